"""Time zones, by the rules of the pinned package tzdata, whatever the machine has; local times as instants."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import tzdata

_DATA = Path(tzdata.__file__).parent
_SECOND = timedelta(seconds=1)


@cache
def names() -> frozenset[str]:
    """Returns the names of all zones, such as America/Sao_Paulo."""
    return frozenset((_DATA / "zones").read_text().split())


@cache
def load(name: str) -> ZoneInfo:
    """
    Raises:
        KeyError: there is no such zone.
    """
    if name not in names():
        raise KeyError(name)
    with (_DATA / "zoneinfo" / name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def exists(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the zone's clock ever shows this time, which has no zone of its own."""
    shown = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return shown.replace(tzinfo=None, fold=0) == local


def reached(local: datetime, zone: ZoneInfo) -> datetime:
    """Returns the first instant at which the zone's clock shows this time or a later one, in UTC."""
    first, second = _readings(local, zone)
    return first if first <= second else _transition(second, first, zone)


def passed(local: datetime, zone: ZoneInfo) -> datetime:
    """Returns the first instant from which on the zone's clock shows no earlier time any more, in UTC."""
    first, second = _readings(local, zone)
    if first > second:
        return _transition(second, first, zone)
    # The clock was set back to this very time, and has shown nothing earlier since its first occurrence.
    set_back = (second - _SECOND).astimezone(zone).utcoffset() == first.astimezone(zone).utcoffset()
    return first if set_back else second


def _readings(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The two readings of a time (PEP 495): mostly equal, in order if it occurs twice, reversed if it never does."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def _transition(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the clock was set forward."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2 // _SECOND * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
