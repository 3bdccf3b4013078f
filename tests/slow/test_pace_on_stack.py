"""Campaigns of every pace on the local stack, measured by the simulator's log.

The fastest campaign runs first and alone: two processors do not suffice for it beside the starts of others.
"""

import os
import time
from dataclasses import dataclass
from itertools import count, islice

import psutil

from local.stack import Stack
from tests.chaos import trace
from tests.chaos.pace_shapes import LEAST_USE, LEAST_USE_SHARED
from tests.chaos.pace_workers import SATURATED
from tests.chaos.trace import Limits
from tests.flow.world import Tenant

SECONDS = 480
JITTER = 0.25  # of a connection that does not say another
NUMBERS = count(70_000_000)


@dataclass(frozen=True)
class Campaign:
    id: str
    tenant: Tenant
    per_minute: int

    def start(self) -> None:
        self.tenant.client.call("POST", f"/v1/campaigns/{self.id}/start")


# (the connection's pace, its requests at once, its campaigns' paces, recipients of each)
LOADS = ((6, 1, (6,), 36), (60, 1, (60,), 240), (600, 10, (600,), 1_000), (60, 1, (30, 30), 120))


def test_campaigns_at_6_60_and_600_a_minute_and_two_that_share_keep_their_limits() -> None:
    with Stack.running("pace", parameters={"SenderConcurrency": "40"}) as stack:
        stack.warm("message_sender", 30)
        campaigns: list[Campaign] = []
        limits: dict[str, Limits] = {}
        for per_minute, concurrent, paces, recipients in LOADS:
            tenant = Tenant.make(stack, per_minute=per_minute, concurrent=concurrent)
            limits[tenant.instance] = Limits(per_minute, concurrent)
            for pace in paces:
                phones = [f"+55119{number}" for number in islice(NUMBERS, recipients)]
                campaign_id = tenant.campaign(phones, per_minute=pace, body=f"{len(campaigns)}: oi {{{{nome}}}}")
                campaigns.append(Campaign(campaign_id, tenant, pace))
        *slow, fastest = sorted(campaigns, key=lambda each: each.per_minute)
        runs = [_run(each) for each in ([fastest], slow)]
        rows = campaigns[0].tenant.simulator.sends()
        found = trace.measure(
            trace.of_log(rows, lambda row: campaigns[int(row["text"].split(":")[0])].id),
            connections=limits,
            campaigns={campaign.id: campaign.per_minute for campaign in campaigns},
        )
    print("", *found.values(), sep="\n")
    for _, busy, load in runs:
        print(f"processors {busy:.0f} % busy, load up to {load:.1f}", flush=True)
    assert not [one for one in found.values() if one.over]
    assert len(rows) > 500
    if all(busy < SATURATED for _, busy, _ in runs):  # otherwise the machine limits the use
        assert all(ended for ended, _, _ in runs)
        shared = {campaign.id for campaign in campaigns if campaign.per_minute == 30}
        shared |= {campaigns[-1].tenant.instance}
        least = {name: LEAST_USE_SHARED if name in shared else LEAST_USE for name in found}
        # The first slot is never late, and the last one by up to JITTER of a spacing: much of a run of 36.
        assert not [one for name, one in found.items() if (one.used or 0) < least[name] * (1 - JITTER / one.sends)]


def _run(campaigns: list[Campaign]) -> tuple[bool, float, float]:
    """Starts the campaigns and waits at most SECONDS for their end.

    Returns:
        Whether all have ended, the mean use of the processors in percent, and the highest load.
    """
    for campaign in campaigns:
        campaign.start()
    psutil.cpu_percent()
    busy, loads = [], [0.0]
    deadline, ended = time.monotonic() + SECONDS, False
    while not ended and time.monotonic() < deadline:
        time.sleep(5)
        busy.append(psutil.cpu_percent())
        loads.append(os.getloadavg()[0])
        ended = all(one.tenant.show(one.id)["status"] in ("completed", "failed") for one in campaigns)
    return ended, sum(busy) / len(busy), max(loads)
