"""Filters over contacts: conditions joined by all, any and not. For every contact a filter is true or false.

A contact without a field matches no condition on it, so ``Not`` of the condition is true. Texts are compared exactly,
but ``Starts`` and ``Contains`` ignore case and accents. An attribute's text is also the number, the time or the boolean
that it says, because files bring nothing but texts. ``country`` decides what 1.234 and 05/02/2026 are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hidra.domain.contact import Value
from hidra.errors import Field, Rejected

MAX_DEPTH = 4
MAX_CONDITIONS = 50


class Kind(StrEnum):
    """The field of a contact that a condition is about."""

    NAME = "name"
    PHONE = "phone"
    ATTRIBUTE = "attributes"
    CONSENT_BASIS = "consent.basis"
    CONSENT_SOURCE = "consent.source"
    CONSENT_AT = "consent.at"
    LAST_CONTACTED = "last_contacted"


@dataclass(frozen=True)
class ContactField:
    """``key`` is an attribute's name; empty for other kinds."""

    kind: Kind
    key: str = ""


class Comparison(StrEnum):
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"


@dataclass(frozen=True)
class OneOf:
    """A text is compared to texts, and to the numbers and booleans that it says."""

    field: ContactField
    values: tuple[Value, ...]
    country: str = "BR"


@dataclass(frozen=True)
class Starts:
    field: ContactField
    text: str


@dataclass(frozen=True)
class Contains:
    field: ContactField
    text: str


@dataclass(frozen=True)
class Exists:
    field: ContactField


@dataclass(frozen=True)
class Compared:
    """A number is compared to numbers and texts that are numbers, an instant to instants and texts that are dates
    (without a zone: UTC)."""

    field: ContactField
    comparison: Comparison
    value: float | datetime
    country: str = "BR"


type Condition = OneOf | Starts | Contains | Exists | Compared


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Filter", ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple["Filter", ...]


@dataclass(frozen=True)
class Not:
    part: "Filter"


type Filter = AllOf | AnyOf | Not | Condition

_TEXTS = {Kind.NAME, Kind.PHONE, Kind.CONSENT_BASIS, Kind.CONSENT_SOURCE}
_INSTANTS = {Kind.CONSENT_AT, Kind.LAST_CONTACTED}


def check(wanted: Filter, place: str = "filter") -> None:
    """
    Raises:
        Rejected: the filter is too deep or too long, or a condition does not suit its field.
    """
    if _depth(wanted) > MAX_DEPTH:
        raise _rejected(place, f"may nest all, any and not at most {MAX_DEPTH} deep")
    conditions = list(_conditions(wanted))
    if len(conditions) > MAX_CONDITIONS:
        raise _rejected(place, f"may hold at most {MAX_CONDITIONS} conditions")
    for condition in conditions:
        if not _suits(condition):
            raise _rejected(place, f"uses an op that {condition.field.kind.value} does not support")


def asks_last_contacted(wanted: Filter) -> bool:
    return any(condition.field.kind is Kind.LAST_CONTACTED for condition in _conditions(wanted))


def _depth(wanted: Filter) -> int:
    match wanted:
        case AllOf(parts) | AnyOf(parts):
            return 1 + max(map(_depth, parts), default=0)
        case Not(AllOf() | AnyOf() | Not() as part):
            return 1 + _depth(part)
    return 0


def _conditions(wanted: Filter) -> Iterator[Condition]:
    match wanted:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _conditions(part)
        case Not(part):
            yield from _conditions(part)
        case _:
            yield wanted


def _suits(condition: Condition) -> bool:
    kind = condition.field.kind
    match condition:
        case OneOf(_, values, _):
            texts = all(isinstance(value, str) for value in values)
            return kind is Kind.ATTRIBUTE or (kind in _TEXTS and texts)
        case Starts():
            return kind is Kind.ATTRIBUTE or kind in _TEXTS
        case Contains():
            return kind in {Kind.NAME, Kind.ATTRIBUTE}
        case Exists():
            return kind is not Kind.PHONE
        case Compared(_, _, datetime(), _):
            return kind is Kind.ATTRIBUTE or kind in _INSTANTS
        case Compared():
            return kind is Kind.ATTRIBUTE


def _rejected(place: str, message: str) -> Rejected:
    return Rejected(
        "The filter is not valid. Correct it as errors says.", code="wrong-filter", fields=[Field(place, message)]
    )
