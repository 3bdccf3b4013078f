"""When a campaign would send its messages: by day, under paces, sending windows, limits of a day and first contacts.

Messages flow instead of being sent one by one: between two events each campaign has one speed. An event is the edge of
a window or of a day, a limit that is used up, or a campaign that has sent everything. So a forecast costs a few steps
for each day, however many messages there are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import floor
from typing import Self, TypedDict

from hidra.domain.daily_limits import CLOSED_BEFORE_END_SECONDS, DailyLimits, Day, local_day
from hidra.domain.pacing import PLAN_SECONDS, even_share
from hidra.domain.send_window import Opening, SendWindow, openings

HORIZON = timedelta(days=365)  # from the start on; it touches at most 366 local days
_NOTHING = 1e-6  # of a message
_LEAST_STEP = timedelta(microseconds=1)

ForecastDay = TypedDict("ForecastDay", {"date": date, "from": datetime, "until": datetime, "messages": int})
"""A local day: its expected messages, and when the first and the last of them go."""


@dataclass(frozen=True)
class Work:
    """What a campaign has to send: messages to ``known`` recipients and to ``first`` contacts, at ``rate`` a minute.

    ``first`` is 0 if first contacts are not limited. ``begins_at``: when it starts, if it has not started yet.
    """

    rate: int
    known: int
    first: int = 0
    window: SendWindow | None = None
    begins_at: datetime | None = None


@dataclass(frozen=True)
class Limits:
    """What a connection allows: messages a minute and in each local day.

    ``days``: those of the connection that are written, with what they have counted.
    """

    rate: int
    daily: DailyLimits = DailyLimits()  # noqa: RUF009 - frozen
    days: Sequence[Day] = ()


@dataclass(frozen=True)
class Forecast:
    """``begin`` and ``end``: of the messages; ``end`` is None if it lies a year or more after the start."""

    begin: datetime
    end: datetime | None
    days: list[ForecastDay]


def forecast(work: Work, limits: Limits | None, *, others: Sequence[Work] = (), now: datetime, zone: str) -> Forecast:
    """Says when the messages of a campaign would go if nothing goes wrong.

    Args:
        work: of the campaign.
        limits: of its connection; None: there is none yet.
        others: the other campaigns that are running on the connection.
        zone: the time zone of the days that are listed.
    """
    start = max(now, work.begins_at or now)
    try:
        return _Flow(work, limits or Limits(work.rate), list(others), now, zone).run(start)
    except OverflowError:  # it may be scheduled for the last days of the calendar
        return Forecast(start, None, [])


@dataclass
class _Campaign:
    """``open``: the range of its window in which it is, or the next one; ``later``: those after it."""

    work: Work
    known: float
    first: float
    open: Opening
    later: Iterator[Opening]

    @classmethod
    def of(cls, work: Work, now: datetime) -> Self:
        later = openings(work.window, max(now, work.begins_at or now))
        return cls(work, work.known, work.first, next(later), later)

    @property
    def left(self) -> float:
        return self.known + self.first

    def ready(self, at: datetime) -> bool:
        return self.left > 0 and (self.work.begins_at is None or self.work.begins_at <= at) and self.open.contains(at)

    def moved(self, at: datetime) -> None:
        """Finds the range of the window that counts from this time on."""
        while self.left and self.open.open_until is not None and at >= self.open.open_until:
            self.open = next(self.later)

    def send(self, messages: float, *, first_allowed: bool, closed: bool) -> tuple[float, float]:
        """Takes messages, first contacts before the others; returns how many, and how many of these.

        A message goes at the begin of its time, so the last one before a close (``closed``) has gone as a whole.
        """
        if self.first and first_allowed:
            before, self.first = self.first, _rest(self.first - messages, closed)
            return before - self.first, before - self.first
        before, self.known = self.known, _rest(self.known - messages, closed)
        return before - self.known, 0

    def edges(self, at: datetime) -> list[datetime]:
        """When it may begin or must stop."""
        return [edge for edge in (self.work.begins_at, self.open.next_edge(at)) if edge is not None and edge > at]


@dataclass
class _Listed:
    """The messages of a local day, which begins and ends then."""

    date: date
    begins_at: datetime
    ends_at: datetime
    messages: float = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass
class _Flow:
    work: Work
    limits: Limits
    others: Sequence[Work]
    now: datetime
    zone: str
    _campaigns: list[_Campaign] = field(init=False)
    _midnight: datetime = field(init=False)  # the next one in the zone
    _listed: list[_Listed] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._midnight = self.now
        works = [self.work, *(other for other in self.others if other.known + other.first > 0)]
        self._campaigns = [_Campaign.of(work, self.now) for work in works]

    def run(self, start: datetime) -> Forecast:
        own, at = self._campaigns[0], self.now
        day = self._day(at)
        used, used_first = float(day.all_messages), float(day.all_first_contacts)
        while own.left > 0 and at < start + HORIZON:
            if at < start and not any(other.left > 0 for other in self._campaigns[1:]):
                at = start  # nothing uses the limits until then
            if at >= day.ends_at:
                day = self._day(at)
                used, used_first = float(day.all_messages), float(day.all_first_contacts)
            for each in self._campaigns:
                each.moved(at)
            left = _left(day.message_limit, used)
            first_left = _left(day.first_contact_limit, used_first)
            closes = day.open_until - timedelta(seconds=CLOSED_BEFORE_END_SECONDS) if self.limits.daily.any else None
            active = []
            if left > 0 and (closes is None or at < closes):
                active = [each for each in self._campaigns if each.ready(at) and (each.known or first_left > 0)]
            speeds = self._speeds(active)
            until = min(self._edges(at, day, closes), default=start + HORIZON)
            seconds = min([(until - at).total_seconds(), *_used_up(active, speeds, left, first_left)])
            following = min(until, at + max(timedelta(seconds=seconds), _LEAST_STEP))
            for each, speed in zip(active, speeds, strict=True):
                closed = following in (closes, each.open.open_until)
                sent, sent_first = each.send(speed * seconds, first_allowed=first_left > 0, closed=closed)
                used, used_first = used + sent, used_first + sent_first
                if each is own:
                    self._list(sent, at, following)
            at = following
        return self._result(start, own.left <= 0)

    def _day(self, at: datetime) -> Day:
        """The day of the connection at that time: a written one, or as its limits will be."""
        for day in self.limits.days:
            if day.begins_at <= at < day.ends_at:
                return day
        daily = self.limits.daily
        date_, begin, end = local_day(at, daily.time_zone)
        return Day(begin, end, end, daily.messages_on(date_), daily.max_first_contacts_per_day)

    def _speeds(self, active: Sequence[_Campaign]) -> list[float]:
        """Messages a second of each: its own pace, or its share of the connection's."""
        rates = sorted(each.work.rate for each in active)
        level = even_share(others=rates[:-1], connection_rate=self.limits.rate)
        return [min(each.work.rate, level) / PLAN_SECONDS for each in active]

    def _edges(self, at: datetime, day: Day, closes: datetime | None) -> list[datetime]:
        if at >= self._midnight:
            _, _, self._midnight = local_day(at, self.zone)
        edges = [day.ends_at, self._midnight, *([closes] if closes and closes > at else [])]
        for each in self._campaigns:
            if each.left > 0:
                edges += each.edges(at)
        return edges

    def _list(self, sent: float, since: datetime, until: datetime) -> None:
        if not self._listed or since >= self._listed[-1].ends_at:
            self._listed.append(_Listed(*local_day(since, self.zone)))
        listed = self._listed[-1]
        listed.messages += sent
        listed.first_at, listed.last_at = listed.first_at or since, until

    def _result(self, start: datetime, whole: bool) -> Forecast:
        days: list[ForecastDay] = []
        total = listed_total = 0.0
        for each in self._listed:
            total += each.messages
            messages = round(total) - round(listed_total)
            listed_total = total
            if messages and each.first_at and each.last_at:
                days.append({"date": each.date, "from": each.first_at, "until": each.last_at, "messages": messages})
        begin = days[0]["from"] if days else start
        if not whole:
            return Forecast(begin, None, days)
        return Forecast(begin, days[-1]["until"] if days else start, days)


def _left(limit: int | None, used: float) -> float:
    if limit is None:
        return float("inf")
    left = limit - used
    return left if left > _NOTHING else 0


def _used_up(active: Sequence[_Campaign], speeds: Sequence[float], left: float, first_left: float) -> list[float]:
    """In how many seconds something of the campaigns or of the limits of the day would be used up at these speeds."""
    if not active:
        return []
    first = [speed for each, speed in zip(active, speeds, strict=True) if each.first and first_left > 0]
    found = [left / sum(speeds), *([first_left / sum(first)] if first else [])]
    for each, speed in zip(active, speeds, strict=True):
        found.append((each.first if each.first and first_left > 0 else each.known) / speed)
    return [seconds for seconds in found if seconds != float("inf")]


def _rest(messages: float, closed: bool) -> float:
    rest = messages if messages > _NOTHING else 0
    return floor(rest + _NOTHING) if closed else rest
