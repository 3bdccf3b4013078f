"""Request fields about time zones: sending windows, and instants that may be written as local time."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints, ValidationInfo, field_validator
from pydantic import Field as Constraints
from pydantic_core import PydanticCustomError

from hidra.domain import time_zone
from hidra.domain.send_window import DAYS, MAX_RANGES, Day, SendWindow
from hidra.entry.fields import in_utc, written_as_time
from hidra.entry.http import Body
from hidra.errors import Field, Rejected

_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_LOCAL_TIME = f"^[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T{_CLOCK}(:[0-5][0-9])?$"


def _known(name: str) -> str:
    if name not in time_zone.names():
        raise PydanticCustomError(
            "time_zone", "Must be a name of the IANA time zone database, such as America/Sao_Paulo"
        )
    return name


def _in_order(days: list[Day]) -> list[Day]:
    return [day for day in DAYS if day in days]


def _in_utc(value: datetime) -> datetime:
    return value if value.tzinfo is None else in_utc(value)


TimeZone = Annotated[
    str,
    StringConstraints(max_length=100),
    AfterValidator(_known),
    Constraints(description="A name of the IANA time zone database.", examples=["America/Sao_Paulo"]),
]


class RangeIn(Body):
    """Local times. A range belongs to the day on which it begins; it goes over midnight if `to` is before `from`."""

    days: Annotated[list[Day], Constraints(min_length=1, max_length=len(DAYS)), AfterValidator(_in_order)]
    begins: Annotated[str, Constraints(alias="from", pattern=f"^{_CLOCK}$")]
    ends: Annotated[
        str, Constraints(alias="to", pattern=f"^({_CLOCK}|24:00)$", description="24:00 is the end of the day.")
    ]

    @field_validator("ends")
    @classmethod
    def _has_length(cls, ends: str, others: ValidationInfo) -> str:
        if ends == others.data.get("begins"):
            raise PydanticCustomError("no_length", "Must differ from `from`; a whole day is from 00:00 to 24:00")
        return ends


class SendWindowIn(Body):
    """The ranges in which messages may be sent. Those that overlap or touch are one."""

    time_zone: TimeZone
    ranges: Annotated[list[RangeIn], Constraints(min_length=1, max_length=MAX_RANGES)]


def window_of(window: SendWindowIn | None) -> SendWindow | None:
    return None if window is None else {
        "time_zone": window.time_zone,
        "ranges": [{"days": each.days, "from": each.begins, "to": each.ends} for each in window.ranges],
    }  # fmt: skip


def _exists(value: Any) -> Any:
    if isinstance(value, str) and re.match(_LOCAL_TIME, value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("local_time", "Must be a date of the calendar") from None
    return written_as_time(value)


# An instant in UTC, or a local time without zone, for ``instants``.
MaybeLocal = Annotated[
    datetime,
    BeforeValidator(_exists, json_schema_input_type=datetime | Annotated[str, StringConstraints(pattern=_LOCAL_TIME)]),
    AfterValidator(_in_utc),
]


def instants(times: dict[str, Any], zone: str | None) -> dict[str, Any]:
    """Returns the times by field, each local one as the instant at which it first occurs in the zone.

    Raises:
        Rejected: a local time has no zone, or does not occur there; or the zone is of no time.
    """
    local = {name: at for name, at in times.items() if isinstance(at, datetime) and at.tzinfo is None}
    if zone is not None and not local:
        raise _wrong("time_zone", "is for a time without an offset, and there is none")
    if zone is None:
        for name in local:
            raise _wrong(name, "must have an offset, as in 2030-01-31T09:00:00-03:00, or needs time_zone")
        return times
    return times | {name: _instant(name, at, zone) for name, at in local.items()}


def _instant(name: str, local: datetime, zone: str) -> datetime:
    loaded = time_zone.load(zone)
    try:
        if not time_zone.exists(local, loaded):
            raise _wrong(name, f"does not occur in {zone}: the clock is set forward over it")
        return local.replace(tzinfo=loaded).astimezone(UTC)
    except OverflowError:
        raise _wrong(name, "must be in the years 1 to 9999, in UTC") from None


def _wrong(field: str, message: str) -> Rejected:
    return Rejected(f"Nothing was changed: {field} {message}.", code="wrong-times", fields=[Field(field, message)])
