"""Sending windows: ranges of local time on days of the week, and the instants between which a run may send.

A window is what the API and the column ``send_window`` hold. A range belongs to the day on which it begins, and goes
over midnight if its end is not later than its beginning. Ranges that overlap or touch are one.

Where the clock of the zone is set forward or back, closed wins. A range begins at the first instant from which on the
clock shows no time before its beginning, and ends at the first one at which the clock shows its end or a later time. So
within an hour that occurs twice a range begins in the second one and ends in the first one, so a range that lies within
it does not open on that day. A time that does not occur is the instant at which the clock is set forward.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Literal, TypedDict

from hidra.domain import time_zone

type Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_RANGES = 28  # four a day
# From the claim to the arrival at Evolution, see pacing: 0.5 s until it is posted, 0.5 s to connect, 0.5 s under way.
CLOSES_EARLY = timedelta(seconds=1.5)
# Days that are searched for the next range: one that began two days ago may still be open where a day was repeated, and
# a weekly one that the clock skips comes a week later.
_DAYS_BEFORE, _DAYS_AFTER = 2, 15

Range = TypedDict("Range", {"days": list[Day], "from": str, "to": str})
"""``from`` and ``to`` as HH:MM; ``to`` may be 24:00, the end of the day."""


class SendWindow(TypedDict):
    """``time_zone``: a name of the IANA time zone database."""

    time_zone: str
    ranges: list[Range]


@dataclass(frozen=True)
class Opening:
    """The instants between which a message may be claimed, the second excluded; None: without a bound."""

    open_from: datetime | None = None
    open_until: datetime | None = None

    def waits(self, now: datetime) -> bool:
        """Whether it opens later than now."""
        return self.open_from is not None and now < self.open_from

    def contains(self, at: datetime) -> bool:
        return not self.waits(at) and (self.open_until is None or at < self.open_until)

    def next_edge(self, now: datetime) -> datetime | None:
        """When it opens or, if it is open, when it closes; None: never."""
        return self.open_from if self.waits(now) else self.open_until


ALWAYS = Opening()


def opening(window: SendWindow | None, now: datetime) -> Opening:
    """Returns the range of the window in which a message may be claimed now or, if there is none, the next one.

    Without a window messages may be claimed at any time. A range of more than two weeks is cut: ask again meanwhile.
    """
    return next(openings(window, now))


def openings(window: SendWindow | None, now: datetime) -> Iterator[Opening]:
    """The range of ``opening`` and those that follow it, for ever; one of more than two weeks comes in parts."""
    if window is None:
        yield ALWAYS
        return
    while True:
        since = now
        for begins, ends in _open(window, since):
            if ends - CLOSES_EARLY > max(now, begins):
                yield Opening(begins, ends - CLOSES_EARLY)
                now = ends
        if now == since:
            raise AssertionError("a window opens within two weeks")


def _open(window: SendWindow, now: datetime) -> Iterable[tuple[datetime, datetime]]:
    zone = time_zone.load(window["time_zone"])
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=days) for days in range(-_DAYS_BEFORE, _DAYS_AFTER + 1))
    local = _joined(sorted(chain.from_iterable(_ranges_of(window, day) for day in days)))
    edges = ((time_zone.passed(begins, zone), time_zone.reached(ends, zone)) for begins, ends in local)
    return _joined((begins, ends) for begins, ends in edges if begins < ends)


def _ranges_of(window: SendWindow, day: date) -> Iterator[tuple[datetime, datetime]]:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local time
    for each in window["ranges"]:
        if DAYS[day.weekday()] in each["days"]:
            begins, ends = midnight + _clock(each["from"]), midnight + _clock(each["to"])
            yield begins, ends if begins < ends else ends + timedelta(days=1)


def _clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _joined(ranges: Iterable[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    """Joins ranges that overlap or touch; they come in the order of their beginnings."""
    current: tuple[datetime, datetime] | None = None
    for begins, ends in ranges:
        if current is None or begins > current[1]:
            if current is not None:
                yield current
            current = begins, ends
        else:
            current = current[0], max(current[1], ends)
    if current is not None:
        yield current
