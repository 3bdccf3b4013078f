"""Local days of one connection in virtual time: senders that die, copies of tickets, claims given back, changed limits.

The claims, outcomes and days are Hidra's own statements on PostgreSQL, with the time passed in. What arrives at Evolution
is noted here, at the latest moment that a claim allows, and compared with a plain count of each local day.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hidra.domain.daily_limits import DailyLimits, local_day
from hidra.services.daily_limits import prepare
from hidra.store import claims, daily_limits, outcomes
from hidra.store.claims import Claim, NoClaim
from hidra.store.db import Tx
from tests.conftest import Databases
from tests.store.world import World

START = datetime(2018, 10, 30, 3, tzinfo=UTC)  # days before São Paulo, and Lisbon, change their clocks
TIMEOUT = timedelta(seconds=120)
# From a claim to the arrival of its post at most: late, connecting, under way.
ARRIVES_WITHIN = 1.5
HOUR = timedelta(hours=1)
AROUND_MIDNIGHT = [-2.0, -1.6, -1.4, -0.5, -0.01, 0.0, 0.01]  # seconds
CHANCES = {"sent": 60, "released": 12, "unreachable": 8, "refused": 6, "killed_before_post": 7, "killed_after_post": 7}


@dataclass(frozen=True)
class Arrival:
    """A message at Evolution, and the zone that was in force when it was claimed."""

    at: datetime
    first_contact: bool
    zone: str


@dataclass
class Days:
    """A connection with one campaign of contacts, every other one known, and what arrived at Evolution."""

    world: World
    limits: DailyLimits
    rng: random.Random
    run_id: UUID = field(init=False)
    arrived: list[Arrival] = field(default_factory=list)
    lost: Counter[date] = field(default_factory=Counter)  # counted and never posted: their senders died before
    ends: Counter[str] = field(default_factory=Counter)

    def begin(self) -> None:
        """Freezes and judges the recipients, as a pass does."""
        self.world.databases.owner.execute(
            "insert into hidra.opt_out_requests (user_id, phone_hash, opted_in_at) select user_id, phone_hash, now()"
            " from (select *, row_number() over (order by id) as place from hidra.contacts) c where place % 2 = 0"
        )
        self.world.advance()
        self.run_id = self.world.one("select id from hidra.campaign_runs")["id"]
        self.change(self.limits, START)
        prepare(self.world.campaign_id, db=self.world.databases.jobs)
        self.world.databases.owner.execute("delete from hidra.connection_days")
        self.pass_(START)

    def pass_(self, now: datetime) -> None:
        """Writes the days that a pass writes."""
        self.change(self.limits, now)

    def change(self, limits: DailyLimits, now: datetime) -> None:
        """The owner saves these limits."""
        self.world.databases.owner.execute(
            "update hidra.evolution_api_config set max_messages_per_day = %s, max_first_contacts_per_day = %s,"
            " time_zone = %s",
            [limits.max_messages_per_day, limits.max_first_contacts_per_day, limits.time_zone],
        )
        before, self.limits = self.limits, limits
        connection_id = self.world.connection_id

        def write(tx: Tx) -> None:
            tx.run(daily_limits.LOCK, connection_id=connection_id)
            daily_limits.write_days(tx, connection_id=connection_id, limits=limits, before=before, now=now)

        self.world.databases.jobs.as_worker(write)

    def ticket(self, now: datetime) -> NoClaim | None:
        """Uses one ticket; what becomes of its sender is drawn."""
        found = self.world.databases.jobs.as_worker(
            lambda tx: claims.claim(
                tx,
                campaign_id=self.world.campaign_id,
                run_id=self.run_id,
                connection_id=self.world.connection_id,
                sender_timeout=TIMEOUT,
                now=now,
            )
        )
        if isinstance(found, NoClaim):
            return found
        assert isinstance(found, Claim)
        end = self.rng.choices(list(CHANCES), list(CHANCES.values()))[0]
        self.ends[end] += 1
        if end in ("sent", "refused", "killed_after_post"):
            first = self.world.one("select first_contact from hidra.campaign_messages where id = %s", found.message_id)[
                "first_contact"
            ]
            at = now + timedelta(seconds=self.rng.choice([0.0, ARRIVES_WITHIN - 1e-3]))
            self.arrived.append(Arrival(at, first, self.limits.time_zone))
        elif end == "killed_before_post":
            self.lost[local(now, self.limits.time_zone)] += 1
        self._record(found, end, now)
        return None

    def _record(self, claim: Claim, end: str, now: datetime) -> None:
        def record(tx: Tx) -> None:
            match end:
                case "sent":
                    outcomes.mark_sent(tx, claim, sent_at=now, provider_message_id=uuid4().hex)
                case "released":
                    outcomes.release(tx, claim)
                case "unreachable" | "refused":
                    wait, arrived = timedelta(0), end == "refused"
                    outcomes.retry_later(tx, claim, wait=wait, counted=True, code="x", detail="x", arrived=arrived)
                case _:
                    outcomes.mark_sender_lost(tx, older_than=TIMEOUT)

        # Some outcomes are recorded twice: the answer to the first commit was lost.
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            self.world.databases.jobs.as_worker(record)

    def fullest(self, *, first_contacts: bool = False) -> int:
        """The most that arrived in a local day of a zone that was in force for one of its messages."""
        found = [each for each in self.arrived if each.first_contact or not first_contacts]
        days = {(each.zone, local(each.at, each.zone)) for each in found}
        return max(sum(local(each.at, zone) == day for each in found) for zone, day in days)

    def use(self) -> list[float]:
        """Of each whole day what was used of its limit, without messages whose senders died before the post."""
        arrived = Counter(local(each.at, each.zone) for each in self.arrived)
        limit = self.limits.max_messages_per_day or 0
        return [arrived[day] / (limit - self.lost[day]) for day in sorted(arrived)[1:-1]]


def local(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def made(databases: Databases, limits: DailyLimits, *, days: int, seed: int) -> Days:
    """A connection with work for more than so many days."""
    wanted = days * 2 * (limits.max_messages_per_day or 0)
    found = Days(World.make(databases, recipients=wanted, concurrent=1_000), limits, random.Random(seed))
    found.begin()
    return found


def play(days: Days, number: int, *, zones: Sequence[str] = ()) -> None:
    """Days in which backlogs of tickets come at any hour, and copies of tickets around each midnight.

    ``zones``: the owner changes between these, about every second day.
    """
    for hour in (START + timedelta(hours=passed) for passed in range(24 * number)):
        days.pass_(hour)
        if zones and days.rng.random() < 0.02:
            days.change(replace(days.limits, time_zone=days.rng.choice(zones)), hour)
        _, begin, end = local_day(hour, days.limits.time_zone)
        if end - hour <= HOUR:
            for seconds in AROUND_MIDNIGHT:
                for _ in range(2):
                    days.ticket(end + timedelta(seconds=seconds))
        elif hour - begin == 12 * HOUR:
            _backlog(days, hour, gives_up=0)
        elif days.rng.random() < 0.2:
            _backlog(days, hour, gives_up=0.1)


def _backlog(days: Days, hour: datetime, *, gives_up: float) -> None:
    """Tickets until the day is used up, or, by chance after each, no more of them come."""
    while (found := days.ticket(hour + days.rng.random() * HOUR)) is None:
        if days.rng.random() < gives_up:
            return
    assert found is NoClaim.DAY_USED
