"""One campaign whose sending window opens, closes and changes, in virtual time: the product's passes, tickets and
statements. Tickets and passes come late, and passes get lost; the time at which Evolution receives each post is noted.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import uuid4

from hidra.domain.content import Content
from hidra.domain.outcome import NotSent, Outcome, Sent, Stops
from hidra.domain.pacing import delay_seconds
from hidra.domain.send_window import DAYS, SendWindow
from hidra.domain.ticket import Ticket
from hidra.errors import HidraError
from hidra.services import edit_campaign
from hidra.services.advance_campaign import advance_campaign
from hidra.services.preflight import Preflight, preflight
from hidra.services.save_connection import Wanted, save_connection
from hidra.services.send_message import send_message
from hidra.settings import SENDER_TIMEOUT_SECONDS
from hidra.store.claims import Claim, ClaimedPost
from hidra.store.db import Database, Tx
from tests.chaos.virtual_time import SET_CLOCK, VirtualTime
from tests.conftest import Databases
from tests.store.world import World

PASS_EVERY = 60
CLAIM_ANSWER, CONNECTING, UNDER_WAY = 0.6, 0.5, 0.5  # seconds at most; a claim whose answer is later is released
ROUNDING = 1e-5
HTTP_CLOCK = "alter role test_http in database {} set search_path = virtual, pg_catalog"


@dataclass(frozen=True)
class Span:
    """A time in which the window was open, in seconds from the start; ``changed``: it began by a change."""

    begin: float
    end: float
    changed: bool


class WindowedCampaign:
    """``arrivals``: when Evolution received each post; ``left``: when each left; ``ends``: what became of the tickets."""

    def __init__(
        self,
        databases: Databases,
        *,
        seed: int,
        per_minute: int,
        recipients: int,
        start: datetime,
        faults: bool,
        claim_answer: float = CLAIM_ANSWER,
    ) -> None:
        self.time, self._claim_answer = VirtualTime(), claim_answer
        self.time.start = start
        self._rng, self._faults, self.ends = random.Random(seed), faults, Counter[str]()
        self.arrivals: list[float] = []
        self.left: list[float] = []
        self.tickets: list[float] = []
        self._windows: list[tuple[float, SendWindow | None]] = [(0.0, None)]
        virtual = self.time.database(databases)
        databases.owner.execute(HTTP_CLOCK.format(databases.settings["DATABASE_NAME"]))  # type: ignore[arg-type]
        self._jobs, self._http = virtual.jobs, _UserInVirtualTime(self.time, databases)
        self.world = World.make(virtual, recipients=recipients, rate=per_minute, connection_rate=per_minute)
        # No statuses arrive here, and a Cloud API connection is trusted without them.
        run = databases.owner.execute
        run("update hidra.evolution_api_config set integration = 'cloud_api', created_at = %s", [start])
        run("update hidra.campaigns set scheduled_at = %s", [start])

    def begin(self, window: SendWindow | None) -> None:
        """Starts the campaign; passes come each minute."""
        self._windows = [(0.0, window)]
        self.world.databases.owner.execute("update hidra.campaigns set send_window = %s::jsonb", [_json(window)])
        self.time.after(self._rng.uniform(0, 5), self._passes)

    def change(self, at: float, window: SendWindow | None, *, of_connection: bool = False) -> None:
        """Changes the campaign's window or, ``of_connection``, its default, at that time."""

        def work() -> None:
            if of_connection:
                wanted = Wanted("https://evo.example", "main", send_window=window, keeps_window=False)
                save_connection(self._http, self.world.user_id, wanted, sealed=None, origin=str, nudge=self._nudge)
            else:
                edit_campaign.change(
                    self._http,
                    self.world.user_id,
                    self.world.campaign_id,
                    {"send_window": window},
                    now=self.time.now(),
                    nudge=self._nudge,
                )
            self._windows.append((self.time.seconds, window))

        self.time.after(at, work)

    def expected(self) -> Preflight:
        """What a preflight says now."""
        return preflight(self._http, self.world.user_id, self.world.campaign_id, now=self.time.now())

    def run(self, seconds: float) -> None:
        try:
            self.time.run(seconds)
        finally:
            self._jobs.close()
            self._http.close()

    @property
    def changes(self) -> list[tuple[float, SendWindow | None]]:
        """The windows and since when each was in force, by the end of the request that changed it."""
        return self._windows[1:]

    def spans(self, end: float) -> list[Span]:
        """When the window was open, by the clock of its zone."""
        spans: list[Span] = []
        changes = [*(change for change in self._windows if change[0] < end), (end, None)]
        for (begin, window), (until, _) in pairwise(changes):
            at, changed = begin, begin > 0
            while at < until:
                following = min(until, self._next_minute(at))
                if window is None or self._is_open(window, at):
                    if spans and spans[-1].end == at and not changed:
                        spans[-1] = Span(spans[-1].begin, following, spans[-1].changed)
                    else:
                        spans.append(Span(at, following, changed))
                at, changed = following, False
        return spans

    def _next_minute(self, seconds: float) -> float:
        at = self.time.start + timedelta(seconds=seconds)
        minute = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return (minute - self.time.start).total_seconds()

    def _is_open(self, window: SendWindow, seconds: float) -> bool:
        # Of a UTC window, whose clock is never set.
        at = self.time.start + timedelta(seconds=seconds)
        clock, day = f"{at:%H:%M}", DAYS[at.weekday()]
        return any(day in each["days"] and each["from"] <= clock < each["to"] for each in window["ranges"])

    def _nudge(self, *, seconds: int = 0, **_: Any) -> None:
        self.time.after(seconds + self._rng.uniform(0, 0.5), self._pass)

    def _passes(self) -> None:
        while True:
            if not self._faults or self._rng.random() > 0.2:
                self._pass()
            self.time.sleep(PASS_EVERY)

    def _pass(self) -> None:
        advance_campaign(
            self.world.campaign_id,
            db=self._jobs,
            issue_tickets=self._issue,
            requeue_after=lambda _, seconds: self._nudge(seconds=seconds),
        )

    def _issue(self, ticket: Ticket, slots: Sequence[datetime], now: datetime) -> None:
        for slot in slots:
            self.tickets.append((slot - self.time.start).total_seconds())
            self._queue(ticket, delay_seconds(slot, now))

    def _queue(self, ticket: Ticket, seconds: int) -> None:
        late = self._rng.choice([0.3, 1.1, 20.0]) if self._faults else 0.3
        self.time.after(seconds + self._rng.uniform(0, late), partial(self._send, ticket))

    def _send(self, ticket: Ticket) -> None:
        self.ends[
            send_message(
                ticket,
                db=_LateClaims(self._jobs, lambda: self._rng.uniform(0, self._claim_answer), self.time.sleep),  # type: ignore[arg-type]
                post=self._post,
                postpone=self._queue,
                nudge=lambda due: self._nudge(seconds=due.seconds),
                clock=self.time.clock,
                sender_timeout=timedelta(seconds=SENDER_TIMEOUT_SECONDS),
                record_within=20,
            )
        ] += 1

    def _post(self, _: ClaimedPost, __: str, ___: Content) -> Outcome:
        self.left.append(self.time.seconds)
        self.time.sleep(self._rng.uniform(0, CONNECTING))
        if self._faults and self._rng.random() < 0.1:
            return NotSent("unreachable", "The connection took too long.", Stops.NOTHING)
        self.time.sleep(self._rng.uniform(0, UNDER_WAY))
        self.arrivals.append(self.time.seconds)
        self.time.sleep(self._rng.uniform(0.1, 0.6))
        return Sent(uuid4().hex)


@dataclass(frozen=True)
class _LateClaims:
    """A database whose answer to a successful claim comes late, after its commit."""

    db: Database
    seconds: Callable[[], float]
    sleep: Callable[[float], None]

    def as_worker[T](self, work: Callable[[Tx], T], *args: Any, **options: Any) -> T:
        found = self.db.as_worker(work, *args, **options)
        if isinstance(found, Claim):
            self.sleep(self.seconds())
        return found


class _UserInVirtualTime(Database):
    def __init__(self, time: VirtualTime, databases: Databases) -> None:
        super().__init__({**databases.settings, "DATABASE_SECRET": "http"}, databases.logins.__getitem__)
        self._time = time

    def _run[T](
        self, role: str, user_id: str, work: Callable[[Tx], T], refusals: Mapping[str, HidraError], **options: Any
    ) -> T:
        def timed(tx: Tx) -> T:
            tx.run(SET_CLOCK, now=self._time.now().isoformat())
            return work(tx)

        return super()._run(role, user_id, timed, refusals, **options)


def tomorrow(clock: str) -> datetime:
    """A start that no time in the database lies after."""
    hours, minutes = map(int, clock.split(":"))
    return datetime.now(UTC).replace(hour=hours, minute=minutes, second=0, microsecond=0) + timedelta(days=2)


def daily(*ranges: tuple[str, str]) -> SendWindow:
    return {
        "time_zone": "UTC",
        "ranges": [{"days": list(DAYS), "from": begins, "to": ends} for begins, ends in ranges],
    }


def _json(window: SendWindow | None) -> str | None:
    return None if window is None else json.dumps(window)


@dataclass(frozen=True)
class Figures:
    """Seconds: from each opening to the first arrival, from the last arrival to each close; and what came outside."""

    first_after: list[float]
    last_before: list[float]
    outside: list[float]
    tickets_outside: list[float]


def measure(campaign: WindowedCampaign, end: float) -> Figures:
    """The figures of the spans that a window opened or closed itself, while recipients were left."""
    spans = campaign.spans(end)
    first_after, last_before = [], []
    for span in spans:
        inside = [at for at in campaign.arrivals if span.begin <= at < span.end]
        if inside:
            first_after.append(min(inside) - span.begin)
            last_before.append(span.end - max(inside))
    outside = [at for at in campaign.arrivals if not any(span.begin <= at < span.end for span in spans)]
    tickets = [at + ROUNDING for at in campaign.tickets if at < end]
    tickets_outside = [at for at in tickets if not any(span.begin <= at < span.end for span in spans)]
    return Figures(first_after, last_before, outside, tickets_outside)
