"""Sending windows against a slow reference, which looks at every minute and asks the clock of the zone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hidra.domain import time_zone
from hidra.domain.send_window import CLOSES_EARLY, DAYS, Opening, Range, SendWindow, opening

MINUTE = timedelta(minutes=1)
DAYS_READ = 11
# Around these days the clocks of these zones are set forward or back, at midnight and at other times, by an hour, by
# half of one, and by a whole day.
TRANSITIONS = {
    "America/Sao_Paulo": ["2018-02-18", "2018-11-04", "2026-06-01"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Europe/Lisbon": ["1992-09-27", "2026-03-29", "2026-10-25"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Asia/Kathmandu": ["1986-01-01", "2026-06-01"],
    "Pacific/Apia": ["2011-12-30"],
}
PLACES = [(zone, datetime.fromisoformat(f"{day}T12:00Z")) for zone, days in TRANSITIONS.items() for day in days]


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def allowed(window: SendWindow) -> list[bool]:
    """Whether a range of the window contains it, for each local minute of a week from Monday on."""
    week = [False] * 7 * 24 * 60
    for each in window["ranges"]:
        begins, ends = minutes(each["from"]), minutes(each["to"])
        for day in map(DAYS.index, each["days"]):
            for at in range(begins, ends if ends > begins else ends + 24 * 60):
                week[(day * 24 * 60 + at) % len(week)] = True
    return week


@cache
def shown(zone: str, start: datetime) -> list[tuple[datetime, datetime]]:
    """For each minute from ``start`` on the earliest time that the clock will show, and the latest that it has shown."""
    loaded = time_zone.load(zone)
    clock = [(start + at * MINUTE).astimezone(loaded).replace(tzinfo=None) for at in range(DAYS_READ * 24 * 60)]
    earliest = list(accumulate(reversed(clock), min))[::-1]
    return list(zip(earliest, accumulate(clock, max), strict=True))


def reference(window: SendWindow, start: datetime) -> list[bool]:
    """Whether the window is open, for each minute from ``start`` on.

    It is, if every local minute is allowed between the earliest one that the clock will show from now on, and the
    latest one that it has shown so far: where the clock is set back, both readings of a time must be open.
    """
    week = allowed(window)

    def is_open(first: datetime, last: datetime) -> bool:
        begin = first.weekday() * 1440 + first.hour * 60 + first.minute
        if first == last:
            return week[begin]
        return all(week[(begin + at) % len(week)] for at in range((last - first) // MINUTE + 1))

    return [is_open(*span) for span in shown(window["time_zone"], start)]


clock_times = st.one_of(
    st.sampled_from(["00:00", "00:30", "01:00", "01:30", "02:00", "02:30", "03:00", "23:30"]),
    st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
)


@st.composite
def ranges(draw: Callable[..., object]) -> Range:
    begins = draw(clock_times)
    ends = draw(clock_times.filter(lambda text: text != begins) | st.just("24:00"))
    days = draw(st.sets(st.sampled_from(DAYS), min_size=1) | st.just(set(DAYS)))
    return {"days": sorted(days), "from": begins, "to": ends}  # type: ignore[typeddict-item]


@given(
    place=st.sampled_from(PLACES),
    drawn=st.lists(ranges(), min_size=1, max_size=3),
    at=st.integers(0, 3 * 24 * 60),
    late=st.integers(0, 59),
)
@settings(max_examples=25, deadline=None)
def test_a_window_opens_and_closes_when_the_clock_of_its_zone_says_so(
    place: tuple[str, datetime], drawn: list[Range], at: int, late: int
) -> None:
    zone, day = place
    window: SendWindow = {"time_zone": zone, "ranges": drawn}
    start = day - timedelta(days=4)
    is_open = reference(window, start)
    here = 2 * 24 * 60 + at
    now = start + here * MINUTE + timedelta(seconds=late)
    if now - start + CLOSES_EARLY >= (here + 1) * MINUTE:
        here += 1  # a range that ends with this minute takes no more claims
    found = opening(window, now)
    assert found.open_from is not None
    assert found.open_until is not None
    begins = next((index for index in range(here, len(is_open)) if is_open[index]), None)
    if begins is None:
        assert found.open_from >= start + len(is_open) * MINUTE
        return
    ends = next((index for index in range(begins, len(is_open)) if not is_open[index]), None)
    if begins > here:
        assert found.open_from == start + begins * MINUTE
    else:
        assert found.contains(now)
    if ends is None:
        assert found.open_until + CLOSES_EARLY >= start + len(is_open) * MINUTE
    else:
        assert found.open_until + CLOSES_EARLY == start + ends * MINUTE


def found(zone: str, on: str, begins: str, ends: str, *more: tuple[str, str]) -> tuple[str, str]:
    """The next range after noon of the day before, as times of UTC, of a daily window."""
    window: SendWindow = {
        "time_zone": zone,
        "ranges": [{"days": list(DAYS), "from": first, "to": last} for first, last in ((begins, ends), *more)],
    }
    opens = opening(window, datetime.fromisoformat(f"{on}T00:00Z"))
    assert opens.open_from is not None
    assert opens.open_until is not None
    return f"{opens.open_from:%d %H:%M}", f"{opens.open_until + CLOSES_EARLY:%d %H:%M}"


@pytest.mark.parametrize(
    ("zone", "on", "clock", "opens"),
    [
        # New York: 02:00 becomes 03:00 on 8 March, at 07:00 UTC.
        ("America/New_York", "2026-03-08", ["01:00", "02:30"], ("08 06:00", "08 07:00")),
        ("America/New_York", "2026-03-08", ["02:30", "04:00"], ("08 07:00", "08 08:00")),
        ("America/New_York", "2026-03-08", ["02:10", "02:50"], ("09 06:10", "09 06:50")),
        # New York: 02:00 becomes 01:00 on 1 November, at 06:00 UTC.
        ("America/New_York", "2026-11-01", ["00:30", "01:30"], ("01 04:30", "01 05:30")),
        ("America/New_York", "2026-11-01", ["01:30", "03:00"], ("01 06:30", "01 08:00")),
        ("America/New_York", "2026-11-01", ["00:00", "02:00"], ("01 04:00", "01 07:00")),
        ("America/New_York", "2026-11-01", ["01:00", "02:00"], ("01 05:00", "01 07:00")),
        ("America/New_York", "2026-11-01", ["01:10", "01:40"], ("02 06:10", "02 06:40")),
        # Sao Paulo: midnight became 01:00 on 4 November 2018, at 03:00 UTC.
        ("America/Sao_Paulo", "2018-11-04", ["00:00", "09:00"], ("04 03:00", "04 11:00")),
        ("Asia/Kathmandu", "2026-06-01", ["09:00", "12:00"], ("01 03:15", "01 06:15")),
    ],
)
def test_edges_that_the_clock_skips_or_repeats_are_decided_for_closed(
    zone: str, on: str, clock: list[str], opens: tuple[str, str]
) -> None:
    assert found(zone, on, *clock) == opens


def test_ranges_that_touch_are_one_also_at_a_time_that_occurs_twice() -> None:
    assert found("America/New_York", "2026-11-01", "00:30", "01:30", ("01:30", "03:00")) == ("01 04:30", "01 08:00")
    assert found("UTC", "2026-06-01", "20:00", "24:00", ("00:00", "02:00")) == ("31 20:00", "01 02:00")


def test_a_range_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    window: SendWindow = {"time_zone": "UTC", "ranges": [{"days": ["sat"], "from": "20:00", "to": "02:00"}]}
    opens = opening(window, datetime(2026, 6, 7, 1, tzinfo=UTC))  # a Sunday
    assert opens.open_from == datetime(2026, 6, 6, 20, tzinfo=UTC)
    assert opens == opening(window, datetime(2026, 6, 5, tzinfo=UTC))


def test_without_a_window_it_is_always_open() -> None:
    assert opening(None, datetime.now(UTC)) == Opening(None, None)


def test_every_day_from_midnight_to_midnight_never_closes() -> None:
    window: SendWindow = {
        "time_zone": "America/New_York",
        "ranges": [{"days": list(DAYS), "from": "00:00", "to": "24:00"}],
    }
    for now in (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)):
        opens = opening(window, now)
        assert opens.contains(now)
        assert opens.open_until is not None
        assert opens.open_until > now + timedelta(days=14)
