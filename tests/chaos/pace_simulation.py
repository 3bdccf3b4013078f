"""One connection and its campaigns in virtual time: hours of passes, tickets, permits, claims and posts in a second.

The simulation calls Hidra's own rules: `issue` and `delay_seconds` for tickets, `claim_at_slot` at a slot. It repeats two
rules that exist in SQL only: the permit (`Limit`), which tests compare with the statement by replaying `Simulation.calls`
on PostgreSQL, and the room that a claim needs. Connections share only the workers, and too few workers only make tickets
late, so each connection is simulated alone. Times are whole microseconds.
"""

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, pairwise
from math import ceil
from uuid import UUID

from hidra.domain import pacing
from hidra.services.send_message import End
from hidra.services.turn import claim_at_slot
from hidra.settings import SENDER_TIMEOUT_SECONDS
from hidra.store.claims import ClaimedPost, NoClaim
from hidra.store.pace import Permit
from tests.chaos import trace
from tests.chaos.pace_limit import Limit
from tests.chaos.pace_scenario import Change, Shape
from tests.chaos.trace import SECOND, Limits, Send
from tests.chaos.virtual_clock import AsleepError, Rerun, moment, since

QUEUE_LATE = 1.1  # seconds; see delay_seconds
MINUTES_AHEAD = 5  # a pass counts the pending recipients of at most so many minutes
CONNECTION = "connection"

type Process = Iterator[int]  # yields the moment at which it continues


@dataclass
class Campaign:
    name: str
    limit: Limit
    pending: int
    started: bool = False
    in_flight: int = 0
    ticketed_until: datetime | None = None
    ticketed_rate: int | None = None


@dataclass(frozen=True)
class PaceCall:
    """A call of the pace's SQL, for a replay: a permit with its answer or, where ``granted`` is None, a slot to forget."""

    campaign: int
    now: int
    slot: int
    granted: bool | None
    chance: float | None = None


class Simulation:
    """``sends``: Evolution's log; ``slots``: the slots with a post, by the name of each limit; ``claims``: when each post was
    claimed, with its slot; ``calls``: the calls of the pace's SQL, if ``record``; ``ends``: the results of tickets."""

    def __init__(self, shape: Shape, *, record: bool = False) -> None:
        self.now = 0
        self.sends: list[Send] = []
        self.slots: dict[str, list[int]] = {}
        self.claims: list[tuple[int, int]] = []
        self.calls: list[PaceCall] = []
        self.ends: Counter[str] = Counter()
        self._shape, self._faults, self._record = shape, shape.faults, record
        self._rng = random.Random(shape.seed)
        self._queue: list[tuple[int, int, Process]] = []
        self._number = count()
        self._open = 0
        self._limit = Limit(shape.per_minute)
        self._campaigns = [
            Campaign(f"campaign {index}", Limit(rate), recipients)
            for index, (rate, recipients, _) in enumerate(shape.campaigns)
        ]
        self._stalls = self._draw_stalls()

    def run(self) -> "Simulation":
        """Runs until every campaign has ended or the hours are over."""
        clock = self._rng.uniform(0, 60)
        for index, (_, _, start) in enumerate(self._shape.campaigns):
            self._start(start, self._passes(index, clock))
        for change in self._shape.changes:
            self._start(change.at, self._changes(change))
        end = round(self._shape.hours * 3600 * SECOND)
        while self._queue and self._queue[0][0] <= end:
            self.now, _, process = heapq.heappop(self._queue)
            if (then := next(process, None)) is not None:
                heapq.heappush(self._queue, (max(then, self.now), next(self._number), process))
        return self

    def measured(self) -> dict[str, trace.Measure]:
        """Measures the sends that are answered by now or open."""
        campaigns = {campaign.name: campaign.limit.per_minute for campaign in self._campaigns}
        limits = Limits(self._shape.per_minute, self._shape.concurrent)
        return trace.measure(self.sends, connections={CONNECTION: limits}, campaigns=campaigns)

    def crowded(self) -> list[str]:
        """Returns the limits with two posts less than half a spacing apart: a backlog that bursts."""
        rates = {CONNECTION: self._shape.per_minute} | {each.name: each.limit.per_minute for each in self._campaigns}
        gap = {name: round(30 * SECOND / rate) for name, rate in rates.items()}
        return [
            name for name, slots in self.slots.items() if any(b - a < gap[name] for a, b in pairwise(sorted(slots)))
        ]

    def _start(self, seconds: float, process: Process) -> None:
        heapq.heappush(self._queue, (ceil(seconds * SECOND), next(self._number), process))

    def _after(self, seconds: float) -> int:
        return self.now + ceil(seconds * SECOND)

    def _happens(self, chance: float) -> bool:
        return chance > 0 and self._rng.random() < chance

    def _extreme(self, most: float) -> float:
        """Draws up to so many seconds, often none or all of them: limits break at the edges."""
        return self._rng.choice((0, 0, 0, most, most * self._rng.random()))

    def _draw_stalls(self) -> list[tuple[int, int]]:
        found = [(round(begin * SECOND), round(end * SECOND)) for begin, end in self._shape.stalls]
        at = 0.0
        while self._faults.stall_every and at < self._shape.hours * 3600:
            at += self._rng.expovariate(1 / self._faults.stall_every)
            length = self._rng.uniform(1, 150)
            found.append((round(at * SECOND), round((at + length) * SECOND)))
            at += length
        return found

    def _passes(self, index: int, clock: float) -> Process:
        """The nudge at the start, then one pass each minute until the campaign has ended."""
        campaign = self._campaigns[index]
        campaign.started = True
        while campaign.pending or campaign.in_flight:
            for _ in range(self._times()):
                self._pass(index)
            minute = (self.now / SECOND - clock) // 60 + 1
            yield ceil((clock + minute * 60 + self._rng.uniform(0, 2)) * SECOND)

    def _changes(self, change: Change) -> Process:
        """Changes a pace; a campaign's change is followed by a nudge."""
        limit = self._limit if change.campaign is None else self._campaigns[change.campaign].limit
        limit.change(change.per_minute, self.now)
        if change.campaign is not None:
            yield self._after(self._rng.uniform(0, QUEUE_LATE))
            self._pass(change.campaign)

    def _pass(self, index: int) -> None:
        campaign, now = self._campaigns[index], moment(self.now)
        if not campaign.started:
            return
        others = [
            each.limit.per_minute for each in self._campaigns if each is not campaign and each.started and each.pending
        ]
        rate = pacing.ticket_rate(rate=campaign.limit.per_minute, others=others, connection_rate=self._limit.per_minute)
        plans = [
            pacing.Plan(moment(limit.plan), limit.per_minute)
            for limit in (self._limit, campaign.limit)
            if limit.plan is not None
        ]
        pending = min(campaign.pending, MINUTES_AHEAD * campaign.limit.per_minute)
        issue = pacing.issue(
            now=now,
            ticketed_until=campaign.ticketed_until,
            ticketed_rate=campaign.ticketed_rate,
            rate=rate,
            pending=pending,
            plan=max(plans, key=lambda plan: plan.next, default=None),
        )
        if issue.slots:
            campaign.ticketed_until, campaign.ticketed_rate = issue.until, rate
        for slot in issue.slots:
            self._deliver(index, pacing.delay_seconds(slot, now), delayed=False)
        if issue.requeue_seconds is not None:
            for _ in range(self._times()):
                self._start(self._due(issue.requeue_seconds), self._requeued_pass(index))

    def _requeued_pass(self, index: int) -> Process:
        yield self.now
        self._pass(index)

    def _times(self) -> int:
        """Draws how often a requested pass happens."""
        return 1 if not self._happens(2 * self._faults.lost_pass) else self._rng.choice((0, 2))

    def _deliver(self, index: int, delay: int, *, delayed: bool) -> None:
        for _ in range(2 if self._happens(self._faults.double) else 1):
            self._start(self._due(delay), self._worker(index, delayed=delayed))

    def _due(self, delay: int) -> float:
        due = self.now / SECOND + delay + self._rng.uniform(0, QUEUE_LATE)
        if self._happens(self._faults.late):
            due += self._rng.uniform(0, 120)
        for begin, end in self._stalls:
            if begin <= due * SECOND < end:
                due = end / SECOND
        return due

    def _worker(self, index: int, *, delayed: bool) -> Process:
        """The steps of send_message."""
        campaign = self._campaigns[index]
        permit, slot = self._permit(index)
        if not permit.granted:
            self.ends[End.TOO_EARLY if delayed else End.POSTPONED] += 1
            if not delayed:
                self._deliver(index, pacing.delay_seconds(permit.slot, permit.now), delayed=True)
            return
        dies_before = self._rng.choice(("claim", "post", "outcome")) if self._happens(self._faults.kill) else None
        frozen = self._rng.uniform(0, 20) if self._happens(self._faults.freeze) else 0.0
        before = frozen and self._happens(0.5)  # the worker reads the permit's answer late, else its sleep ends late
        yield self._after(self._extreme(self._faults.slow_answer) + (frozen if before else 0))
        received, rerun = self.now / SECOND, Rerun(lambda: self.now)
        claim = self._claiming(campaign, rerun, since(permit.now))
        if dies_before == "claim":
            self.ends["killed"] += 1
            return
        while True:
            try:
                found, late = claim_at_slot(permit, received, claim, clock=rerun.clock)
                break
            except AsleepError as nap:
                longer = self._extreme(self._faults.oversleep) + (0 if before else frozen)
                yield self._after(nap.seconds + longer)
                rerun.awake()
        if not isinstance(found, ClaimedPost):
            self.ends[found] += 1
            self._forget(index, slot)
            return
        if late:
            self.ends[End.TOO_LATE] += 1
            campaign.pending += 1
            self._release(campaign)
            self._forget(index, slot)
            return
        if dies_before != "post":
            self.claims.append((since(found.claimed_at), slot))
            yield from self._post(campaign, slot)
        if dies_before:
            # The claim takes room until none of its requests can be open; a sweep follows a minute later.
            self.ends["killed"] += 1
            yield max(self._after(0), since(found.claimed_at) + SENDER_TIMEOUT_SECONDS * SECOND)
        self._release(campaign)
        if not campaign.pending and not campaign.in_flight:
            for other in range(len(self._campaigns)):
                self._start(self.now / SECOND + self._rng.uniform(0, QUEUE_LATE), self._requeued_pass(other))

    def _post(self, campaign: Campaign, slot: int) -> Process:
        self.ends[End.POSTED] += 1
        for name in (CONNECTION, campaign.name):
            self.slots.setdefault(name, []).append(slot)
        arrived = self._after(self._extreme(self._faults.transit))
        answered = arrived + ceil(self._rng.uniform(0.2, 1) * self._shape.answer * SECOND)
        self.sends.append(Send(arrived, answered, CONNECTION, campaign.name))
        yield answered + round(self._rng.uniform(0, 0.005) * SECOND)

    def _claiming(
        self, campaign: Campaign, rerun: Rerun, permitted_at: int
    ) -> Callable[[], ClaimedPost | NoClaim | None]:
        before, after = (self._extreme(self._faults.slow_claim) for _ in range(2))

        def claim() -> ClaimedPost | NoClaim | None:
            rerun.clock.sleep(before)
            found: ClaimedPost | NoClaim | None = rerun.recall(lambda: self._claim(campaign, permitted_at))
            rerun.clock.sleep(after)
            return found

        return claim

    def _claim(self, campaign: Campaign, permitted_at: int) -> ClaimedPost | NoClaim | None:
        if permitted_at < max(self._limit.lowered_at, campaign.limit.lowered_at):
            return NoClaim.SLOWED
        if self._open >= self._shape.concurrent:
            return NoClaim.NO_ROOM
        if not campaign.pending:
            return NoClaim.NO_WORK
        campaign.pending -= 1
        if self._happens(self._faults.opted_out):
            return None
        self._open += 1
        campaign.in_flight += 1
        return ClaimedPost(
            claimed_at=moment(self.now), user_id=UUID(int=0), base_url="", instance_name="", api_key_encrypted=b""
        )

    def _release(self, campaign: Campaign) -> None:
        self._open -= 1
        campaign.in_flight -= 1

    def _permit(self, index: int) -> tuple[Permit, int]:
        limits = (self._limit, self._campaigns[index].limit)
        chance = random.Random(max(limit.plan or 0 for limit in limits)).random()  # one for each planned slot
        offers = [limit.offer(self.now, chance, self._shape.jitter) for limit in limits]
        slot = max(offer.slot for offer in offers)
        granted = slot <= self.now + pacing.PERMIT_AHEAD_SECONDS * SECOND
        for limit, offer in zip(limits, offers, strict=True):
            if granted:
                limit.grant(slot, offer.shift, self.now)
            limit.prune(self.now)
        if self._record:
            self.calls.append(PaceCall(index, self.now, slot, granted, chance))
        return Permit(moment(slot), moment(self.now), granted), slot

    def _forget(self, index: int, slot: int) -> None:
        for limit in (self._limit, self._campaigns[index].limit):
            limit.forget(slot)
        if self._record:
            self.calls.append(PaceCall(index, self.now, slot, None))
