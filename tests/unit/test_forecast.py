"""When a campaign would send, against a simulation that goes from slot to slot."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hidra.domain.daily_limits import DailyLimits, WarmUp, local_day
from hidra.domain.forecast import Forecast, Limits, Work, forecast
from hidra.domain.pacing import spacing_seconds
from hidra.domain.send_window import ALWAYS, DAYS, Opening, SendWindow, opening

ZONE = "America/Sao_Paulo"
NOON = datetime(2026, 12, 1, 15, tzinfo=UTC)  # a Tuesday
STEP = timedelta(seconds=30)
HOUR = timedelta(hours=1)


def window(begins: str, ends: str, days: Sequence[str] = DAYS, zone: str = ZONE) -> SendWindow:
    return {"time_zone": zone, "ranges": [{"days": list(days), "from": begins, "to": ends}]}  # type: ignore[list-item]


@dataclass
class Sending:
    """A campaign of the simulation: the messages that are left, its next slot, and the range of its window."""

    work: Work
    known: int
    first: int
    slot: datetime
    open: Opening = ALWAYS

    def may(self, at: datetime) -> bool:
        if self.open is ALWAYS or (self.open.open_until and at >= self.open.open_until):
            self.open = opening(self.work.window, at)
        return (self.work.begins_at or at) <= at and self.open.contains(at)


def simulated(works: Sequence[Work], limits: Limits, now: datetime) -> list[datetime]:
    """The slots of the first campaign's messages, one after the other."""
    campaigns = [Sending(work, work.known, work.first, now) for work in works]
    day_of: Counter[date] = Counter()
    firsts_of: Counter[date] = Counter()
    at = connection = now
    sent: list[datetime] = []
    own = campaigns[0]
    day, _, end = local_day(now, limits.daily.time_zone)
    while own.known + own.first:
        at = max(at, connection)
        if at >= end:
            day, _, end = local_day(at, limits.daily.time_zone)
        limit, first_limit = limits.daily.messages_on(day), limits.daily.max_first_contacts_per_day
        first_open = first_limit is None or firsts_of[day] < first_limit
        full = (limit is not None and day_of[day] >= limit) or end - at < timedelta(seconds=1.5)
        due = [
            each
            for each in campaigns
            if (each.known or (each.first and first_open)) and each.slot <= at and each.may(at)
        ]
        if full or not due:
            soon = min(
                (each.slot for each in campaigns if each.known + each.first and each.slot > at), default=at + STEP
            )
            at = min(at + STEP, soon)
            continue
        each = min(due, key=lambda each: each.slot)
        if each.first and first_open:
            each.first -= 1
            firsts_of[day] += 1
        else:
            each.known -= 1
        day_of[day] += 1
        each.slot = max(each.slot, at - STEP) + timedelta(seconds=spacing_seconds(each.work.rate))
        connection = at + timedelta(seconds=spacing_seconds(limits.rate))
        if each is own:
            sent.append(at)
    return sent


def expect(works: Sequence[Work], limits: Limits, now: datetime = NOON) -> Forecast:
    return forecast(works[0], limits, others=works[1:], now=now, zone=ZONE)


WINDOWS = st.sampled_from([None, window("09:00", "13:00"), window("22:00", "01:00"), window("12:30", "13:10")])
WORKS = st.builds(
    Work,
    rate=st.sampled_from([1, 2, 6]),
    known=st.integers(1, 60),
    first=st.integers(0, 30),
    window=WINDOWS,
    begins_at=st.sampled_from([None, NOON + HOUR]),
)
DAILY = st.builds(
    DailyLimits,
    max_messages_per_day=st.sampled_from([None, 40]),
    max_first_contacts_per_day=st.sampled_from([None, 12]),
    warm_up=st.sampled_from([None, WarmUp(date(2026, 11, 30), (10, 20, 60))]),
)


@given(st.lists(WORKS, min_size=1, max_size=3), DAILY, st.sampled_from([2, 4, 20]))
@example([Work(6, 60, 30), Work(6, 60, 0)], DailyLimits(40, 12), 4)
@settings(max_examples=20, derandomize=True, deadline=None, database=None)
def test_a_forecast_is_within_a_twentieth_of_a_simulation_from_slot_to_slot(
    works: list[Work], daily: DailyLimits, rate: int
) -> None:
    limits = Limits(rate, daily)
    slots = simulated(works, limits, NOON)
    found = expect(works, limits)
    spacing = timedelta(seconds=spacing_seconds(min(rate, works[0].rate)))
    assert found.end is not None
    assert sum(day["messages"] for day in found.days) == len(slots)
    by_day = Counter(slot.astimezone(ZoneInfo(ZONE)).date() for slot in slots)
    for day in found.days:
        assert abs(day["messages"] - by_day[day["date"]]) <= 2 * len(works)
    if found.days[-1]["messages"] > 2 * len(works):  # otherwise a message more or less may be a day more or less
        assert abs(found.end - slots[-1]) <= max(0.05 * (slots[-1] - NOON), 3 * spacing)
