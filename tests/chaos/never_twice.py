"""Sends under kills and faults, and an audit: no message is sent twice, and none is lost."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path
from typing import Any
from uuid import UUID

from hidra.domain.ticket import Ticket
from hidra.errors import Conflict
from hidra.services import lifecycle
from hidra.store import recount
from tests.chaos import send_faults
from tests.chaos.broker import Message, queue_event
from tests.chaos.cluster import A_DAY_LATER, PATIENT, Cluster, Sizes
from tests.chaos.kill_points import HELD, LATE
from tests.chaos.tenants import CONFIRMATION, MessageKey, Tenant, opt_out_phone, phones, row_key, sent_key
from tests.conftest import Databases

PARTS = ("advance", "send", "record")
_COMMITS = {
    "advance": ("_start_if_due", "_advance_run", "_skip_pending"),
    "send": (
        "permit", "claim", "release", "mark_sent", "mark_unknown", "mark_failed", "retry_later", "_ask_for_passes",
        "claim_or_free_slot",
    ),
    "record": ("_apply", "_apply_again"),
}  # fmt: skip
_CALLS = {
    "advance": ("secrets:read_secret", "sqs:send_tickets", "sqs:nudge_all"),
    "send": ("secrets:read_secret", "sqs:nudge_all", "sqs:send_ticket_later", "http:send"),
    "record": ("secrets:read_secret", "sqs:send_confirmations"),
}
EXPECTED = frozenset(
    f"{part}/{what}:{when}"
    for part in PARTS
    for what in (*(f"commit:{name}" for name in _COMMITS[part]), *_CALLS[part])
    for when in ("before", "after")
) | {"send/http:send:written"}
"""The points that the dry run must reach: a lost hook is noticed."""
_RECHECK = ("to_recheck", "_record", "end_rechecks", "running_on")
_LATE_CLAIM = {"point": "send/commit:claim:after", "seconds": PATIENT.latest_after_slot + 0.3}
_PER_MINUTE = 150  # of a campaign: what few workers on a busy machine can follow
_LATE = 20  # tickets, at most, before another campaign starts
_BURST = 3  # tickets; a campaign of 20 messages a minute has a slot for one of them in the next two seconds
_CHECK_A_DAY_LATER_EVERY = 20  # ticks of the clock
# Notes every message that was ever in doubt, also after its doubt is resolved.
WATCH = """
create table public.doubts (message_id bigint primary key);
create function public.note_doubt() returns trigger language plpgsql security definer as $$
begin
    insert into public.doubts values (new.id) on conflict do nothing;
    return null;
end $$;
create trigger note_doubt after update on hidra.campaign_messages
for each row when (new.status = 'unknown' and old.status <> 'unknown') execute function public.note_doubt();
"""
COUNTS = """
select count(*) filter (where status = 'pending') as pending, count(*) filter (where status = 'sending') as sending,
    count(*) filter (where status = 'unknown') as unknown,
    count(*) filter (where status = 'pending') + (
        select coalesce(sum(s.total_contacts), 0) from hidra.campaigns c
        join hidra.contact_segments s on s.id = c.segment_id where c.status = 'scheduled'
    ) as waiting
from hidra.campaign_messages
"""
MESSAGES = """
select m.id, m.campaign_id, m.run_id, m.phone, m.status::text, m.provider_message_id, m.error_code,
    d.message_id is not null as doubted
from hidra.campaign_messages m left join public.doubts d on d.message_id = m.id
order by m.id
"""
# Ends the waits of half a minute and more before the next attempt.
MINUTES_LATER = """
update hidra.campaign_messages set not_before = null where status = 'pending' and not_before is not null
"""
# A confirmation in doubt keeps its recipient's messages in doubt, too, until it is forgotten after three days.
THREE_DAYS_LATER = """
update hidra.direct_sends set claimed_at = claimed_at - interval '73 hours' where provider_message_id is null
"""
CAMPAIGNS = """
select c.id, c.status::text, c.blocked_reason, r.ended_at is not null as ended, metrics.total_messages
from hidra.campaigns c
join hidra.campaign_runs r on r.campaign_id = c.id
join hidra.campaign_metrics metrics on metrics.campaign_id = c.id
"""


@dataclass(frozen=True)
class Report:
    """The sends, the kills and the outcomes in doubt of a scenario."""

    sends: int
    kills: Counter[str]
    listed: frozenset[str]
    unknown: int
    in_flight: int
    resolved: int
    given_up: int
    duplicates: int
    seconds: float
    seed: int

    def __str__(self) -> str:
        hit = sum(1 for point in self.listed if self.kills[point])
        return (
            f"never twice: {self.sends} sends, {self.kills.total()} kills, {hit} of {len(self.listed)} points hit, "
            f"{self.unknown} unknown ({self.in_flight} in flight at a kill or a fault), {self.resolved} resolved, "
            f"{self.given_up} given up, {self.duplicates} duplicates, {self.seconds:.0f} s, seed {self.seed}"
        )


def never_twice(
    databases: Databases, folder: Path, *, sends: int, kills: int, every: int, seed: int, slow_down: int = 0,
    also: Sequence[str] = (), tenants: int = 4, audience: int = 32, odd_every: int = 4, waiting: int = 90, senders: int = 6,
    seconds: float,
) -> Report:  # fmt: skip
    """Runs campaigns under faults until so many messages are accepted and every point was hit; then settles and audits.

    Args:
        sends: how many messages the simulator accepts at least.
        kills: how often a worker dies at each point.
        every: one network fault in so many sends.
        slow_down: how many of the faults are a 429, after which the recipient waits half a minute.
        also: other functions whose workers die once at each of their points.
        odd_every: see ``phones``.
        waiting: recipients, at most, before another campaign starts.
        senders: how many worker processes send.
        seconds: the scenario fails after them.
    """
    with Cluster.running(databases, folder, seed=seed, sizes=Sizes(send=senders), times=PATIENT) as cluster:
        scenario = _Scenario(
            cluster,
            random.Random(seed),
            sends=sends,
            every=every,
            slow_down=slow_down,
            waiting=waiting,
            seconds=seconds,
        )
        scenario.set_up(tenants, audience, odd_every)
        listed = scenario.dry_run()
        missing = EXPECTED - listed
        assert not missing, f"no worker reached {sorted(missing)}: a hook is lost, or the dry run misses a case"
        cluster.plan.request(cluster.plan.points(*PARTS), kills)
        cluster.plan.request(cluster.plan.points(*also), 1)
        scenario.inject_faults(listed)
        never_hit = {point for point in listed if not cluster.plan.kills[point]}
        assert not never_hit, f"no worker died at {sorted(never_hit)}"
        scenario.settle()
        return scenario.audit(listed)


@dataclass
class _Scenario:
    cluster: Cluster
    rng: random.Random
    sends: int
    every: int
    slow_down: int
    waiting: int
    seconds: float
    began: float = field(default_factory=time.monotonic)
    tenants: list[Tenant] = field(default_factory=list)
    faults: int = 0
    _enough: bool = False  # messages are accepted; only points are missing
    _slow: "_SlowTenant | None" = None
    _opt_out_numbers: Iterator[int] = field(default_factory=count)
    _next_tenant: Iterator[Tenant] = field(default_factory=lambda: iter(()))

    def set_up(self, tenants: int, audience: int, odd_every: int) -> None:
        self.cluster.databases.owner.execute(WATCH)
        self.tenants = [
            Tenant.make(
                self.cluster, phones(number, audience, odd_every=odd_every, quiet=True), confirmation=CONFIRMATION
            )
            for number in range(tenants)
        ]
        self._next_tenant = cycle(self.tenants)
        self._slow = _SlowTenant(self.cluster, Tenant.make(self.cluster, phones(999, 12, odd_every=99)))
        self.cluster.check()  # sets our webhooks

    def dry_run(self) -> frozenset[str]:
        """Runs the first campaigns with every fault and without kills; returns the points that workers reached."""
        self.cluster.plan.stall(**_LATE_CLAIM, share=0.04)
        kinds = [*send_faults.IN_DOUBT.values(), send_faults.CLOSED]
        for at, fault in enumerate(kinds):
            self.cluster.simulator.fault(self.tenants[at % len(self.tenants)].instance, **fault)
        self._run_until(lambda: self.cluster.plan.points(*PARTS) >= EXPECTED)
        self.cluster.plan.stall(**_LATE_CLAIM, share=0.01)
        return frozenset(self.cluster.plan.points(*PARTS))

    def inject_faults(self, listed: frozenset[str]) -> None:
        """Kills workers and breaks sends until enough messages are accepted and a worker has died at each point."""
        first, rounds = self.cluster.simulator.summary()["accepted"], count(1)

        def done() -> bool:
            summary = self.cluster.simulator.summary()
            assert summary["duplicates"] == 0, f"{summary['duplicates']} messages were sent twice: {self.twice()}"
            accepted = summary["accepted"]
            self.cluster.plan.progress((accepted - first) / max(1, self.sends - first))
            while self.faults < (accepted - first) // self.every:
                self._break_next_send()
            # Otherwise runs that wait for the end of their doubts pile up.
            if next(rounds) % _CHECK_A_DAY_LATER_EVERY == 0:
                self.cluster.check(later_seconds=A_DAY_LATER)
            self._enough = accepted >= self.sends
            return self._enough and all(self.cluster.plan.kills[point] for point in listed)

        self._run_until(done)

    def _break_next_send(self) -> None:
        """Sets the next fault: every second one closes the connection, the kinds in doubt share the others."""
        self.faults += 1
        if self.faults <= self.slow_down:
            self._break(send_faults.SLOW_DOWN)
        else:
            self._break(_MIX[self.faults % len(_MIX)])

    def _break(self, fault: Mapping[str, Any]) -> None:
        self.cluster.simulator.fault(self.rng.choice(self.tenants).instance, **fault)

    def _run_until(self, done: Any) -> None:
        """Runs the clock and the checks, and keeps enough recipients waiting."""

        def feed_until_done() -> bool:
            if done():
                return True
            # Not more than the senders can follow, or most tickets come too late to find work. After the last send only
            # so much that workers still come to the points that are missing.
            waiting, most = self.counts()["waiting"], 1 if self._enough else self.waiting
            while waiting < most and self.cluster.queues["send"].waiting() < _LATE:
                tenant = next(self._next_tenant)
                self._start_campaign(tenant)
                waiting += len(tenant.phones)
            assert self._slow is not None
            if self._lacks("_skip_pending", "send_ticket_later"):
                self._slow.step()
            return False

        self.cluster.run_until(feed_until_done, seconds=self._left(), state=self.state)

    def _start_campaign(self, tenant: Tenant) -> None:
        """Starts one that leads workers to the rare points that are missing."""
        if self._lacks("send_confirmations"):
            tenant.add_contacts([opt_out_phone(next(self._opt_out_numbers))])
        # Only then, and one at a time: more of them would open every circuit.
        if self._enough and self._lacks("retry_later", *_RECHECK):
            self.cluster.simulator.fault(tenant.instance, **send_faults.CLOSED)
        if self._enough and self._lacks("release", "take_awaiting_room"):
            self.cluster.plan.stall(**_LATE_CLAIM, share=0.3)
        tenant.start_campaign(per_minute=_PER_MINUTE, nudged=True)

    def _lacks(self, *what: str) -> bool:
        """Whether points with one of these names were not reached yet or lack a requested kill."""
        plan = self.cluster.plan
        unreached = {point for point in EXPECTED if not plan.reached[point]}
        return any(point.split(":")[1] in what for point in unreached | plan.remaining().keys())

    def settle(self) -> None:
        """Ends kills and faults, and waits until redelivery, the clock and the checks end every run."""
        cluster = self.cluster
        cluster.plan.cancel_requests()
        cluster.plan.stall("send/commit:claim:after", seconds=0, share=0)
        for tenant in self.tenants:
            cluster.simulator.ask("DELETE", f"/_control/instances/{tenant.instance}/faults")
        cluster.databases.owner.execute(MINUTES_LATER)
        cluster.run_until(self._only_doubts_are_left, seconds=self._left(), state=self.state)
        cluster.databases.owner.execute(THREE_DAYS_LATER)
        accepted = {sent_key(send) for send in cluster.simulator.sends() if send["accepted"]}
        cluster.run_until(lambda: not self._doubts_among(accepted), seconds=self._left(), state=self.state)
        while self.counts()["unknown"]:
            cluster.check(later_seconds=A_DAY_LATER)
        cluster.run_until(
            lambda: all(row["ended"] for row in self.cluster.rows(CAMPAIGNS)), seconds=30, state=self.state
        )
        cluster.run_until(self.cluster.is_settled, seconds=30, state=self.state)

    def _only_doubts_are_left(self) -> bool:
        counts = self.counts()
        started = self.cluster.rows("select 1 from hidra.campaigns where status = 'scheduled'") == []
        return started and not counts["pending"] and not counts["sending"] and self.cluster.is_settled()

    def _doubts_among(self, accepted: set[MessageKey]) -> list[int]:
        """Returns the messages in doubt that the simulator has accepted."""
        unknown = [row for row in self.cluster.rows(MESSAGES) if row["status"] == "unknown"]
        return [row["id"] for row in unknown if row_key(row, self._all_tenants) in accepted]

    def audit(self, listed: frozenset[str]) -> Report:
        """Compares the database with the simulator's log."""
        sends, rows = self.cluster.simulator.sends(), self.cluster.rows(MESSAGES)
        twice = self.twice()
        assert not twice, f"{len(twice)} messages were sent twice: {twice}"
        assert self.cluster.simulator.summary()["duplicates"] == 0
        self._check_statuses(sends, rows)
        self._check_counts(rows)
        doubted = [row for row in rows if row["doubted"]]
        in_flight = (
            self.cluster.plan.reached[HELD] + self.cluster.plan.reached[LATE] + sum(map(self._leaves_doubt, sends))
        )
        assert len(doubted) <= in_flight, f"{len(doubted)} were unknown, {in_flight} were in flight"
        given_up = sum(row["error_code"] == "outcome_unknown" for row in rows)
        return Report(
            sends=sum(s["accepted"] for s in sends),
            kills=self.cluster.plan.kills,
            listed=listed,
            unknown=len(doubted),
            in_flight=in_flight,
            resolved=sum(row["provider_message_id"] is not None for row in doubted),
            given_up=given_up,
            duplicates=len(twice),
            seconds=time.monotonic() - self.began,
            seed=self.cluster.seed,
        )

    def twice(self) -> list[MessageKey]:
        """Returns the messages that the simulator accepted more than once."""
        accepted = Counter(sent_key(send) for send in self.cluster.simulator.sends() if send["accepted"])
        return [key for key, times in accepted.items() if times > 1]

    def _leaves_doubt(self, send: Mapping[str, Any]) -> bool:
        """Whether the answer leaves open if the message was sent. Posts without an answer in time are counted as LATE."""
        status = send["http_status"]
        return status is None or (status in (400, 502) and "exists" not in str(send["error"]))

    def _check_statuses(self, sends: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
        """Each accepted message has a row with its final status; every other row was refused, skipped or given up."""
        known = {sent_key(send): send for send in sends if send["accepted"] and send["text"] != CONFIRMATION}
        for row in rows:
            send = known.pop(row_key(row, self._all_tenants), None)
            if send is None:
                assert row["provider_message_id"] is None, row
                assert row["status"] in ("failed", "skipped"), row
                continue
            assert row["provider_message_id"] == send["provider_id"], (row, send)
            assert row["status"] == send["final"], (row, send)
        assert not known, f"the database does not know {list(known)[:5]}"

    def _check_counts(self, rows: list[dict[str, Any]]) -> None:
        frozen = Counter(row["campaign_id"] for row in rows)
        audience = {id: len(tenant.phones) for tenant in self._all_tenants for id in tenant.campaigns}
        for campaign in self.cluster.rows(CAMPAIGNS):
            assert campaign["status"] in ("completed", "canceled"), campaign
            assert frozen[campaign["id"]] == campaign["total_messages"] >= audience[campaign["id"]], campaign
            different = self.cluster.databases.jobs.as_worker(
                lambda tx, id=campaign["id"]: recount.compare(tx, campaign_id=id)
            )
            assert different == [], campaign

    @property
    def _all_tenants(self) -> list[Tenant]:
        assert self._slow is not None
        return [*self.tenants, self._slow.tenant]

    def counts(self) -> dict[str, int]:
        return self.cluster.rows(COUNTS)[0]

    def state(self) -> str:
        """Returns what explains a scenario that does not end."""
        summary = {name: self.cluster.simulator.summary()[name] for name in ("accepted", "unsettled", "duplicates")}
        blocked = [row["blocked_reason"] for row in self.cluster.rows(CAMPAIGNS) if row["blocked_reason"]]
        waiting = {name: queue.waiting() for name, queue in self.cluster.queues.items()}
        shards = [shard.waiting() for shard in self.cluster.shards]
        unseen = sorted(EXPECTED - self.cluster.plan.points(*PARTS))
        tickets = (self.cluster.queues["send"].sent, self.cluster.plan.invocations)
        return f"{tickets} {unseen} {self.counts()} {summary} {waiting} {shards} {blocked} {self.cluster.plan.remaining()} {self.cluster.errors[-1:]}"

    def _left(self) -> float:
        return max(1.0, self.seconds - (time.monotonic() - self.began))


_MIX = [fault for doubt in send_faults.IN_DOUBT.values() for fault in (doubt, send_faults.CLOSED)]


@dataclass
class _SlowTenant:
    """A tenant with more tickets at once than its pace has slots for, whose campaigns are canceled."""

    cluster: Cluster
    tenant: Tenant
    _campaign_id: UUID | None = None

    def step(self) -> None:
        """Starts a campaign, or has a burst of tickets used and cancels it once it has started."""
        if self._campaign_id is None:
            self._campaign_id = self.tenant.start_campaign(per_minute=20, nudged=True)
            return
        for run in self.cluster.rows("select id from hidra.campaign_runs where campaign_id = %s", self._campaign_id):
            self._burst(run["id"])
            self._cancel()

    def _burst(self, run_id: UUID) -> None:
        """Past the queue, where the tickets of other campaigns come first: after the cancel, none would be postponed."""
        ticket = Ticket(self.tenant.user_id, self.tenant.connection_id, self._campaign_id, run_id)
        self.cluster.invoke("send", queue_event(*(Message(0, at, ticket.to_json()) for at in range(_BURST))))

    def _cancel(self) -> None:
        with suppress(Conflict):  # it has ended
            lifecycle.cancel(
                self.cluster.databases.http, self.tenant.user_id, self._campaign_id, nudge=self.cluster.nudge
            )
        self._campaign_id = None
