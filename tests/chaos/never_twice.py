"""Sends under kills and faults, and then the question whether anybody was written to twice, or forgotten."""

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

from psycopg.rows import dict_row

from hidra.domain.ticket import Ticket
from hidra.errors import Conflict
from hidra.services import lifecycle
from hidra.store import recount
from tests.chaos import faults
from tests.chaos.cluster import Cluster, Sizes, Times
from tests.chaos.kill_points import LATE
from tests.chaos.tenants import Tenant, leaver, phones
from tests.conftest import Databases

PARTS = ("advance", "send", "record")
_COMMITS = {
    "advance": ("_start_if_due", "_advance_run", "_skip_pending"),
    "send": (
        "permit", "claim", "release", "mark_sent", "mark_unknown", "mark_failed", "retry_later", "apply_unmatched", "note_drained",
        "claim_or_free_slot",
    ),
    "record": ("_apply", "apply_unmatched"),
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
"""The points that there are, whatever a dry run finds: a hook that got lost is missed."""
# Whoever dies at one of these leaves a claimed message whose outcome nobody noted.
HOLDING = frozenset(
    f"send/{what}"
    for what in (
        "commit:claim:after", "http:send:before", "http:send:written", "http:send:after", "commit:mark_sent:before",
        "commit:mark_unknown:before", "commit:mark_failed:before", "commit:retry_later:before", "commit:release:before",
    )
)  # fmt: skip
GOODBYE = "Pronto, você não recebe mais nada."
# Every message that was ever in doubt, whatever became of it, noted where it cannot be missed.
_WAITING, _LATE = 250, 20  # recipients and tickets, at most, before another campaign starts
_A_DAY = 20  # ticks of the clock until messages in doubt are a day old
_LATER = 25 * 3600
type Key = tuple[str, str, str]
"""A message: its instance, its phone's digits, its text."""
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
# For who surely was not sent to and is to be tried again half a minute later, or longer.
MINUTES_LATER = """
update hidra.campaign_messages set not_before = null where status = 'pending' and not_before is not null
"""
# An answer in doubt keeps its person's messages in doubt, too, until it is forgotten after three days.
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
    """What was done and what came of it."""

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
    also: Sequence[str] = (), tenants: int = 4, audience: int = 60, tick: float = 1.0, seconds: float,
) -> Report:  # fmt: skip
    """Campaigns under fire until so many messages were accepted and every point was hit; then peace, and the account.

    Args:
        sends: how many messages the simulator accepts at least.
        kills: how often a worker dies at each point.
        every: a network fault for each so many sends.
        slow_down: how many of them are a 429, which costs its recipient half a minute.
        also: other functions whose workers die, once at each of their points.
        tick: seconds between the clock's ticks.
        seconds: after which it is given up.
    """
    # Most senders wait for a slot. A look hands the tickets for the next two seconds out again, so with one each half
    # second four in five would find no work.
    sizes, times = Sizes(send=64), Times(tick=tick)
    with Cluster.running(databases, folder, seed=seed, sizes=sizes, times=times) as cluster:
        story = _Story(cluster, random.Random(seed), sends=sends, every=every, slow_down=slow_down, seconds=seconds)
        story.set_up(tenants, audience)
        listed = story.rehearse()
        missing = EXPECTED - listed
        assert not missing, f"nobody came by {sorted(missing)}: a hook is lost, or the rehearsal"
        cluster.plan.want(cluster.plan.points(*PARTS), kills)
        cluster.plan.want(cluster.plan.points(*also), 1)
        story.burn(listed)
        never_hit = {point for point in listed if not cluster.plan.kills[point]}
        assert not never_hit, f"nobody died at {sorted(never_hit)}"
        story.cool_down()
        return story.account(listed)


@dataclass
class _Story:
    cluster: Cluster
    rng: random.Random
    sends: int
    every: int
    slow_down: int
    seconds: float
    began: float = field(default_factory=time.monotonic)
    tenants: list[Tenant] = field(default_factory=list)
    faults: int = 0
    _slow: "_SlowTenant | None" = None
    _leavers: Iterator[int] = field(default_factory=count)
    _turns: Iterator[Tenant] = field(default_factory=lambda: iter(()))

    def set_up(self, tenants: int, audience: int) -> None:
        self.cluster.databases.owner.execute(WATCH)
        self.tenants = [
            Tenant.make(self.cluster, phones(number, audience, quiet=True), confirmation=GOODBYE)
            for number in range(tenants)
        ]
        self._turns = cycle(self.tenants)
        self._slow = _SlowTenant(self.cluster, Tenant.make(self.cluster, phones(999, 12, odd_every=99)))
        self.cluster.check()  # which sets our webhooks

    def rehearse(self) -> frozenset[str]:
        """First campaigns, with every fault and nobody killed; gives the points that it came by."""
        self.cluster.plan.stall("send/commit:claim:after", seconds=0.8, share=0.04)
        kinds = [*faults.IN_DOUBT.values(), faults.CLOSED]
        for at, fault in enumerate(kinds):
            self.cluster.simulator.fault(self.tenants[at % len(self.tenants)].instance, **fault)
        self._go_on(lambda: self.cluster.plan.points(*PARTS) >= EXPECTED)
        self.cluster.plan.stall("send/commit:claim:after", seconds=0.8, share=0.01)
        return frozenset(self.cluster.plan.points(*PARTS))

    def burn(self, listed: frozenset[str]) -> None:
        """Kills and faults while there is work, until enough was sent and everybody died everywhere."""
        first, rounds = self.cluster.simulator.summary()["accepted"], count(1)

        def done() -> bool:
            summary = self.cluster.simulator.summary()
            assert summary["duplicates"] == 0, f"{summary['duplicates']} written to twice: {self.twice()}"
            accepted = summary["accepted"]
            self.cluster.plan.progress((accepted - first) / max(1, self.sends - first))
            while self.faults < (accepted - first) // self.every:
                self._spoil()
            if next(rounds) % _A_DAY == 0:  # or runs that wait for their doubts pile up
                self.cluster.check(later_seconds=_LATER)
                # One at a time, or it breaks the circuits of all.
                if accepted >= self.sends and self._wanted("retry_later"):
                    self._break(faults.CLOSED)
            return accepted >= self.sends and all(self.cluster.plan.kills[point] for point in listed)

        self._go_on(done)

    def _spoil(self) -> None:
        """The next fault: each kind as often as the others, but for the one that lets somebody be tried again."""
        self.faults += 1
        if self.faults <= self.slow_down:
            self._break(faults.SLOW_DOWN)
        else:
            self._break(_MIX[self.faults % len(_MIX)])

    def _break(self, fault: Mapping[str, Any]) -> None:
        self.cluster.simulator.fault(self.rng.choice(self.tenants).instance, **fault)

    def _go_on(self, done: Any) -> None:
        """The clock and the checks, and always enough recipients who wait."""

        def fed() -> bool:
            if done():
                return True
            # Never more than the senders can follow, or most tickets come too late to find work.
            waiting = self.counts()["waiting"]
            while waiting < _WAITING and self.cluster.queues["send"].waiting() < _LATE:
                tenant = next(self._turns)
                self._start_campaign(tenant)
                waiting += len(tenant.phones)
            assert self._slow is not None
            if self._wanted("_skip_pending", "send_ticket_later"):
                self._slow.go_on()
            return False

        self.cluster.until(fed, seconds=self._left(), about=self.state)

    def _start_campaign(self, tenant: Tenant) -> None:
        if self._wanted("send_confirmations"):
            tenant.add_contacts([leaver(next(self._leavers))])
        tenant.start_campaign(per_minute=1_200, nudged=True)

    def _wanted(self, *what: str) -> bool:
        """Whether such points were not seen yet, or somebody is still to die there."""
        plan, left = self.cluster.plan, self.cluster.plan.left()
        points = [point for point in EXPECTED if point.split(":")[1] in what]
        return any(left[point] or not plan.reached[point] for point in points)

    def cool_down(self) -> None:
        """No more kills and faults: redelivery and the clock alone bring everything to its end."""
        cluster = self.cluster
        cluster.plan.want_no_more()
        cluster.plan.stall("send/commit:claim:after", seconds=0, share=0)
        for tenant in self.tenants:
            cluster.simulator.ask("DELETE", f"/_control/instances/{tenant.instance}/faults")
        cluster.databases.owner.execute(MINUTES_LATER)
        cluster.until(self._only_doubts_are_left, seconds=self._left(), about=self.state)
        cluster.databases.owner.execute(THREE_DAYS_LATER)
        accepted = {(s["instance"], s["digits"], s["text"]) for s in cluster.simulator.sends() if s["accepted"]}
        cluster.until(lambda: not self._doubts_among(accepted), seconds=self._left(), about=self.state)
        # A day later nobody hopes for the others any more.
        while self.counts()["unknown"]:
            cluster.check(later_seconds=_LATER)
        cluster.until(lambda: all(row["ended"] for row in self.rows(CAMPAIGNS)), seconds=30, about=self.state)
        cluster.until(self._is_settled, seconds=30, about=self.state)

    def _only_doubts_are_left(self) -> bool:
        counts = self.counts()
        started = self.rows("select 1 from hidra.campaigns where status = 'scheduled'") == []
        return started and not counts["pending"] and not counts["sending"] and self._is_settled()

    def _is_settled(self) -> bool:
        return self.cluster.simulator.summary()["unsettled"] == 0 and not any(s.waiting() for s in self.cluster.shards)

    def _doubts_among(self, accepted: set[Key]) -> list[int]:
        """Messages in doubt although the simulator has them."""
        unknown = [row for row in self.rows(MESSAGES) if row["status"] == "unknown"]
        return [row["id"] for row in unknown if self._key(row) in accepted]

    def account(self, listed: frozenset[str]) -> Report:
        """Everything that must hold, held against the simulator's own log."""
        sends, rows = self.cluster.simulator.sends(), self.rows(MESSAGES)
        twice = self.twice()
        assert not twice, f"{len(twice)} written to twice: {twice}"
        assert self.cluster.simulator.summary()["duplicates"] == 0
        self._nobody_is_lost(sends, rows)
        self._counts_are_exact(rows)
        doubted = [row for row in rows if row["doubted"]]
        killed = sum(self.cluster.plan.kills[point] for point in HOLDING)
        in_flight = killed + self.cluster.plan.reached[LATE] + sum(map(self._unclear, sends))
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

    def twice(self) -> list[Key]:
        """The messages that the simulator accepted more than once."""
        sends = self.cluster.simulator.sends()
        accepted = Counter((s["instance"], s["digits"], s["text"]) for s in sends if s["accepted"])
        return [key for key, times in accepted.items() if times > 1]

    def _unclear(self, send: Mapping[str, Any]) -> bool:
        """Whether whoever posted this could not tell from the answer; those who had none in time are known as late."""
        status = send["http_status"]
        return status is None or (status in (400, 502) and "exists" not in str(send["error"]))

    def _nobody_is_lost(self, sends: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
        """What the simulator knows of each message is what its row says; all else was refused, skipped or given up."""
        known = {(s["instance"], s["digits"], s["text"]): s for s in sends if s["accepted"] and s["text"] != GOODBYE}
        for row in rows:
            send = known.pop(self._key(row), None)
            if send is None:
                assert row["provider_message_id"] is None, row
                assert row["status"] in ("failed", "skipped"), row
                continue
            assert row["provider_message_id"] == send["provider_id"], (row, send)
            assert row["status"] == send["final"], (row, send)
        assert not known, f"nobody knows of {list(known)[:5]}"

    def _counts_are_exact(self, rows: list[dict[str, Any]]) -> None:
        frozen = Counter(row["campaign_id"] for row in rows)
        audience = {id: len(tenant.phones) for tenant in self._everybody for id in tenant.campaigns}
        for campaign in self.rows(CAMPAIGNS):
            assert campaign["status"] in ("completed", "canceled"), campaign
            assert frozen[campaign["id"]] == campaign["total_messages"] >= audience[campaign["id"]], campaign
            different = self.cluster.databases.jobs.as_worker(
                lambda tx, id=campaign["id"]: recount.compare(tx, campaign_id=id)
            )
            assert different == [], campaign

    def _key(self, row: Mapping[str, Any]) -> Key:
        """The row's message as the simulator knows it."""
        campaign_id, phone = row["campaign_id"], row["phone"]
        [instance] = [tenant.instance for tenant in self._everybody if campaign_id in tenant.campaigns]
        return instance, phone[1:], f"Campanha {campaign_id}: oi Ana {phone[-8:]}"

    @property
    def _everybody(self) -> list[Tenant]:
        assert self._slow is not None
        return [*self.tenants, self._slow.tenant]

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with self.cluster.databases.owner.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql).fetchall()

    def counts(self) -> dict[str, int]:
        return self.rows(COUNTS)[0]

    def state(self) -> str:
        """For whoever has to find out why it does not end."""
        summary = {name: self.cluster.simulator.summary()[name] for name in ("accepted", "unsettled", "duplicates")}
        blocked = [row["blocked_reason"] for row in self.rows(CAMPAIGNS) if row["blocked_reason"]]
        waiting = {name: queue.waiting() for name, queue in self.cluster.queues.items()}
        shards = [shard.waiting() for shard in self.cluster.shards]
        unseen = sorted(EXPECTED - self.cluster.plan.points(*PARTS))
        tickets = (self.cluster.queues["send"].sent, self.cluster.plan.invocations)
        return f"{tickets} {unseen} {self.counts()} {summary} {waiting} {shards} {blocked} {self.cluster.plan.left()} {self.cluster.errors[-1:]}"

    def _left(self) -> float:
        return max(1.0, self.seconds - (time.monotonic() - self.began))


_MIX = [fault for doubt in faults.IN_DOUBT.values() for fault in (doubt, faults.CLOSED)]


@dataclass
class _SlowTenant:
    """One whose tickets come all at once, far more than its pace has slots for, and whose campaigns are canceled."""

    cluster: Cluster
    tenant: Tenant
    _campaign_id: UUID | None = None
    _steps: Iterator[int] = field(default_factory=count)

    def go_on(self) -> None:
        """One step: start, a burst of tickets, cancel."""
        step = next(self._steps) % 4
        if step == 0:
            self._campaign_id = self.tenant.start_campaign(per_minute=20)
        elif step == 2:
            self._burst()
        elif step == 3:
            with suppress(Conflict):  # it ended before, or did not begin
                database, user_id = self.cluster.databases.http, self.tenant.user_id
                lifecycle.cancel(database, user_id, self._campaign_id, nudge=lambda **_: None)

    def _burst(self) -> None:
        runs = self.cluster.databases.owner.execute(
            "select id from hidra.campaign_runs where campaign_id = %s", [self._campaign_id]
        ).fetchall()
        for (run_id,) in runs:
            ticket = Ticket(self.tenant.user_id, self.tenant.connection_id, self._campaign_id, run_id)
            for _ in range(6):
                self.cluster.queues["send"].put(ticket.to_json())
