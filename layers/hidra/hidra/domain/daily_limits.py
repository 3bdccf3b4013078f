"""How many messages a connection sends in a local day: the limits, the days, and what a change makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hidra.domain import time_zone as time_zones

DEFAULT_ZONE = "America/Sao_Paulo"
# A new number: few at first, so that people answer before it writes to many.
DEFAULT_LADDER = (20, 40, 80, 120, 160, 200, 250, 300, 400, 500, 600, 700, 850, 1_000)
MAX_PER_DAY = 1_000_000
MAX_WARM_UP_DAYS = 365
# A post is claimed up to 0.5 s after its slot, connects for up to 0.5 s and is under way for up to 0.5 s: a claim this
# long before a day's end arrives in it.
CLOSED_BEFORE_END_SECONDS = 1.5


@dataclass(frozen=True)
class WarmUp:
    """The most messages of each local day, ``since`` the first one."""

    since: date
    limits: tuple[int, ...]

    def on(self, day: date) -> int | None:
        """The limit of that day; None before the first and after the last day."""
        index = (day - self.since).days
        return self.limits[index] if 0 <= index < len(self.limits) else None


@dataclass(frozen=True)
class DailyLimits:
    """What a connection's owner allows in one day of ``time_zone``; None: no limit."""

    max_messages_per_day: int | None = None
    max_first_contacts_per_day: int | None = None
    warm_up: WarmUp | None = None
    time_zone: str = DEFAULT_ZONE

    @property
    def any(self) -> bool:
        return any(
            limit is not None for limit in (self.max_messages_per_day, self.max_first_contacts_per_day, self.warm_up)
        )

    def messages_on(self, day: date) -> int | None:
        """The lower one of the limit of every day and of the warm-up's for this one."""
        found = [self.max_messages_per_day, self.warm_up.on(day) if self.warm_up else None]
        return min((limit for limit in found if limit is not None), default=None)


@dataclass(frozen=True)
class Day:
    """A row of hidra.connection_days. ``ends_at`` is where the next one begins; all times are in UTC."""

    begins_at: datetime
    ends_at: datetime
    open_until: datetime
    message_limit: int | None
    first_contact_limit: int | None
    messages: int = 0
    first_contacts: int = 0
    messages_before: int = 0
    first_contacts_before: int = 0

    @property
    def all_messages(self) -> int:
        return self.messages + self.messages_before

    @property
    def all_first_contacts(self) -> int:
        return self.first_contacts + self.first_contacts_before


def local_day(at: datetime, time_zone: str) -> tuple[date, datetime, datetime]:
    """The local day of an instant, with its begin and its end in UTC; 23 to 25 hours, where clocks are changed.

    A day begins when its midnight comes for the first time or, where clocks skip it, when they do.
    """
    zone = time_zones.load(time_zone)
    day = at.astimezone(zone).date()
    if at >= _begin(day + timedelta(days=1), zone):  # set back over midnight, a clock shows the day before once more
        day += timedelta(days=1)
    return day, _begin(day, zone), _begin(day + timedelta(days=1), zone)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def plan_days(now: datetime, limits: DailyLimits, days: Sequence[Day], *, before: DailyLimits) -> tuple[Day, Day]:
    """The day of ``now`` and the next one, to be written in place of all of ``days`` that are not over.

    Of a new zone, the day in progress keeps its count and adds that of each earlier day that overlaps with it. If
    limits are in force, it closes when the new zone's day ends, and the next one begins when the old zone's has ended,
    too: so neither a day of the old zone nor one of the new zone holds more than its limit.

    Args:
        days: the connection's latest days, in their order.
        before: the limits that were in force until now.
    """
    current = next((day for day in days if day.begins_at <= now < day.ends_at), None)
    date_, begin, end = local_day(now, limits.time_zone)
    moved = limits.time_zone != before.time_zone
    if current is None:
        last = max((day.ends_at for day in days if day.ends_at <= now), default=begin)
        current = _carrying(Day(max(begin, last), end, end, None, None), days, begin)
    elif moved:
        closes = end
        if limits.any and before.any:
            closes = max(end, current.ends_at)
        current = replace(_carrying(current, days, begin), ends_at=closes, open_until=end)
    today = replace(
        current,
        message_limit=limits.messages_on(date_),
        first_contact_limit=limits.max_first_contacts_per_day,
    )
    return today, _next_day(today, limits, [day for day in days if day.begins_at > now], closed=before.any)


def _next_day(today: Day, limits: DailyLimits, later: Sequence[Day], *, closed: bool) -> Day:
    date_, begin, end = local_day(today.ends_at, limits.time_zone)
    found = Day(today.ends_at, end, end, limits.messages_on(date_), limits.max_first_contacts_per_day)
    # Without limits nothing is closed, so today's messages may lie in the next local day.
    counted = [*later, *([today] if begin < today.ends_at and not closed else [])]
    return replace(
        found,
        messages_before=max((day.all_messages for day in counted), default=0),
        first_contacts_before=max((day.all_first_contacts for day in counted), default=0),
    )


def _carrying(day: Day, days: Sequence[Day], begin: datetime) -> Day:
    """The day with what the earlier ones counted that overlap with the local day from ``begin`` on."""
    overlapping = [other for other in days if begin < other.ends_at and other.begins_at < day.begins_at]
    return replace(
        day,
        messages_before=max(day.messages_before, sum(other.messages for other in overlapping)),
        first_contacts_before=max(day.first_contacts_before, sum(other.first_contacts for other in overlapping)),
    )
