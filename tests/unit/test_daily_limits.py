"""Local days of a connection and its limits, whatever its owner changes while it sends."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hidra.domain.daily_limits import DailyLimits, Day, WarmUp, local_day, plan_days

# All with changes of their clocks: São Paulo's at midnight, where a day begins at 1:00 or has 23:00 twice.
ZONES = ["America/Sao_Paulo", "Europe/Lisbon", "America/New_York", "Asia/Tokyo", "America/Manaus"]
YEARS = st.datetimes(datetime(2016, 1, 1), datetime(2019, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - zone is given
HOUR = timedelta(hours=1)
PLAIN = settings(derandomize=True, deadline=None, database=None)


@pytest.mark.parametrize(
    ("zone", "at", "begins", "hours"),
    [
        ("America/Sao_Paulo", "2018-11-04T12:00Z", "2018-11-04T03:00Z", 23),
        ("America/Sao_Paulo", "2018-02-18T01:30Z", "2018-02-17T02:00Z", 25),
        ("Europe/Lisbon", "2018-10-28T12:00Z", "2018-10-27T23:00Z", 25),
        ("America/New_York", "2018-03-11T12:00Z", "2018-03-11T05:00Z", 23),
        ("UTC", "2018-03-11T00:00Z", "2018-03-11T00:00Z", 24),
        # At 0:01 clocks were set back to 23:01 of the day before: that hour belongs to the day that has begun.
        ("America/St_Johns", "2010-11-07T03:00Z", "2010-11-07T02:30Z", 25),
    ],
)
def test_a_local_day_has_as_many_hours_as_its_clocks_give_it(zone: str, at: str, begins: str, hours: int) -> None:
    _, begin, end = local_day(datetime.fromisoformat(at), zone)
    assert (begin, end - begin) == (datetime.fromisoformat(begins), hours * HOUR)


@given(YEARS, st.sampled_from(ZONES))
@settings(PLAIN, max_examples=60)
def test_local_days_follow_each_other_without_a_gap(at: datetime, zone: str) -> None:
    day, begin, end = local_day(at, zone)
    assert begin <= at < end
    assert day == at.astimezone(ZoneInfo(zone)).date()
    assert local_day(end, zone)[:2] == (day + timedelta(days=1), end)


def test_the_warm_up_limits_its_days_and_then_only_the_limit_of_every_day_holds() -> None:
    limits = DailyLimits(max_messages_per_day=60, warm_up=WarmUp(date(2026, 12, 1), (20, 100)))
    assert [limits.messages_on(date(2026, 12, day)) for day in (1, 2, 3)] == [20, 60, 60]
    assert limits.messages_on(date(2026, 11, 30)) == 60
    assert DailyLimits().messages_on(date(2026, 12, 1)) is None


@dataclass
class Connection:
    """The rows of a connection, written and counted as the store does, and the instants of all messages."""

    limits: DailyLimits
    now: datetime
    days: dict[datetime, Day] = field(default_factory=dict)
    sent: list[datetime] = field(default_factory=list)

    def write(self, limits: DailyLimits) -> None:
        planned = plan_days(self.now, limits, self.listed(), before=self.limits)
        self.limits = limits
        self.days = {begins: day for begins, day in self.days.items() if begins <= self.now}
        self.days |= {day.begins_at: day for day in planned}

    def advance(self) -> None:
        """A pass an hour later: it writes what is not there."""
        self.now += HOUR
        if self.today() is None or self.now >= max(self.days):
            self.write(self.limits)

    def listed(self) -> Sequence[Day]:
        return [self.days[begins] for begins in sorted(self.days)]

    def today(self) -> Day | None:
        return next((day for day in self.listed() if day.begins_at <= self.now < day.ends_at), None)

    def send(self, wanted: int) -> int:
        """Sends up to so many messages in this instant."""
        day = self.today()
        assert day is not None
        if self.limits.any and self.now >= day.open_until:
            return 0
        left = wanted if day.message_limit is None else min(wanted, max(0, day.message_limit - day.all_messages))
        self.days[day.begins_at] = replace(day, messages=day.messages + left)
        self.sent += [self.now] * left
        return left

    def in_day_of(self, at: datetime, zone: str) -> int:
        day = at.astimezone(ZoneInfo(zone)).date()
        return sum(sent.astimezone(ZoneInfo(zone)).date() == day for sent in self.sent)


LIMITS = st.builds(
    DailyLimits,
    max_messages_per_day=st.none() | st.integers(1, 12),
    warm_up=st.none()
    | st.builds(
        WarmUp,
        st.dates(date(2018, 10, 30), date(2018, 11, 6)),
        st.lists(st.integers(1, 12), min_size=1, max_size=4).map(tuple),
    ),
    time_zone=st.sampled_from(ZONES),
)
# Hours that pass, messages that want to be sent then, and perhaps other limits.
STEPS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 15), st.none() | LIMITS), max_size=20)
BEFORE_SUMMER = datetime(2018, 11, 1, 1, 30, tzinfo=UTC)


@given(LIMITS, STEPS)
@settings(PLAIN, max_examples=120)
def test_no_message_is_sent_beyond_the_limit_in_force_of_its_local_day(
    first: DailyLimits, steps: list[tuple[int, int, DailyLimits | None]]
) -> None:
    connection = Connection(first, BEFORE_SUMMER)
    connection.write(first)
    for hours, wanted, changed in steps:
        for _ in range(hours):
            connection.advance()
        if changed:
            connection.write(changed)
        before = connection.in_day_of(connection.now, connection.limits.time_zone)
        limit = connection.limits.messages_on(connection.now.astimezone(ZoneInfo(connection.limits.time_zone)).date())
        sent = connection.send(wanted)
        assert limit is None or not sent or before + sent <= limit


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 30), st.none() | st.sampled_from(ZONES)), max_size=20))
@settings(PLAIN, max_examples=120)
def test_a_changed_zone_reopens_no_day_of_the_zone_before(limit: int, steps: list[tuple[int, str | None]]) -> None:
    connection = Connection(DailyLimits(limit), BEFORE_SUMMER)
    connection.write(connection.limits)
    zones: list[tuple[datetime, str]] = []
    for hours, zone in steps:
        for _ in range(hours):
            connection.advance()
            if connection.send(1):
                zones.append((connection.now, connection.limits.time_zone))
        if zone:
            connection.write(DailyLimits(limit, time_zone=zone))
        if connection.send(limit):
            zones.append((connection.now, connection.limits.time_zone))
    assert all(connection.in_day_of(at, zone) <= limit for at, zone in zones)


@given(st.sampled_from(ZONES), st.integers(1, 20), YEARS)
@settings(PLAIN, max_examples=30)
def test_without_a_change_every_day_reaches_its_limit_across_changes_of_clocks(
    zone: str, limit: int, start: datetime
) -> None:
    limits = DailyLimits(limit, time_zone=zone)
    connection = Connection(limits, local_day(start, zone)[1])
    connection.write(limits)
    for _ in range(24 * 8):
        connection.send(limit)
        connection.advance()
    full = [connection.in_day_of(start + timedelta(days=day), zone) for day in range(7)]
    assert full == [limit] * 7


def test_a_zone_changed_at_noon_keeps_the_count_and_begins_its_day_once_both_days_are_over() -> None:
    noon = datetime(2026, 6, 1, 15, tzinfo=UTC)
    connection = Connection(DailyLimits(10), noon)
    connection.write(connection.limits)
    connection.send(7)
    connection.write(DailyLimits(10, time_zone="Asia/Tokyo"))  # where it is 0:00 now
    today, following = connection.listed()
    assert (today.messages, today.begins_at) == (7, datetime(2026, 6, 1, 3, tzinfo=UTC))
    assert today.open_until == today.ends_at == following.begins_at == datetime(2026, 6, 2, 15, tzinfo=UTC)
    connection.write(DailyLimits(10, time_zone="Europe/Lisbon"))
    today, following = connection.listed()
    assert (today.open_until, today.ends_at) == (
        datetime(2026, 6, 1, 23, tzinfo=UTC),
        datetime(2026, 6, 2, 15, tzinfo=UTC),
    )
    assert following.ends_at == datetime(2026, 6, 2, 23, tzinfo=UTC)
    assert connection.send(9) == 3


def test_what_went_without_a_limit_while_a_day_was_closed_counts_in_the_next_one() -> None:
    """São Paulo's day ends 12 hours after Tokyo's: in between a day of Tokyo has begun, whose limit is set only then."""
    noon = datetime(2026, 6, 1, 14, 30, tzinfo=UTC)
    tokyo = DailyLimits(10, time_zone="Asia/Tokyo")
    connection = Connection(DailyLimits(10), noon)
    connection.write(connection.limits)
    connection.write(tokyo)
    connection.now += HOUR
    assert connection.send(1) == 0
    connection.write(replace(tokyo, max_messages_per_day=None))
    assert connection.send(4) == 4
    for _ in range(2):
        connection.write(tokyo)
    connection.now = datetime(2026, 6, 2, 3, tzinfo=UTC)
    assert connection.send(10) == 6


def test_a_zone_changed_twice_still_counts_what_the_first_change_had_found() -> None:
    connection = Connection(DailyLimits(10), datetime(2026, 6, 1, 2, tzinfo=UTC))
    connection.write(connection.limits)
    connection.send(8)
    connection.now = datetime(2026, 6, 1, 4, tzinfo=UTC)  # the next day in São Paulo, the same one in Lisbon
    connection.write(connection.limits)
    connection.write(DailyLimits(10, time_zone="Europe/Lisbon"))
    connection.write(DailyLimits(10))
    assert connection.send(10) == 2


def test_a_zone_changed_while_no_pass_writes_days_counts_the_one_that_has_just_ended() -> None:
    connection = Connection(DailyLimits(10), datetime(2026, 6, 1, 4, tzinfo=UTC))
    connection.write(connection.limits)
    connection.now = datetime(2026, 6, 3, 2, tzinfo=UTC)
    connection.send(7)
    connection.now = datetime(2026, 6, 3, 4, tzinfo=UTC)
    connection.write(DailyLimits(10, time_zone="Europe/Lisbon"))
    assert [day.begins_at for day in connection.listed()][-2:] == [
        datetime(2026, 6, 3, 3, tzinfo=UTC),
        datetime(2026, 6, 3, 23, tzinfo=UTC),
    ]
    assert connection.send(10) == 3
