"""A filter over contacts in a request's body, and its meaning."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from hidra.domain import filter as filters
from hidra.domain.contact import MAX_NUMBER
from hidra.domain.filter import (
    AllOf,
    AnyOf,
    Compared,
    Comparison,
    ContactField,
    Contains,
    Exists,
    Filter,
    Kind,
    Not,
    OneOf,
    Starts,
)
from hidra.entry.fields import AttributeValue, Instant, Whole, WithoutNul
from hidra.entry.http import Body

_ATTRIBUTE = r"attributes\.[^\x00]{1,64}"
_TEXTS = rf"name|phone|consent\.(basis|source)|{_ATTRIBUTE}"
_INSTANTS = rf"consent\.at|last_contacted|{_ATTRIBUTE}"
_INSTANT = TypeAdapter(Instant)


def _named(pattern: str) -> Any:
    return Annotated[str, StringConstraints(pattern=rf"^({pattern})$"), Field(examples=["attributes.cidade"])]


def _comparable(value: Any) -> float | datetime:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER:
        return float(value)
    try:
        if isinstance(value, str):
            return _INSTANT.validate_python(value)
    except ValidationError:
        pass
    raise PydanticCustomError("comparable", "Must be a number, or a time as in 2030-01-31T09:00:00-03:00")


Text = Annotated[str, StringConstraints(min_length=1, max_length=200), WithoutNul()]
Comparable = Annotated[
    float | datetime,
    BeforeValidator(
        _comparable,
        json_schema_input_type=Annotated[float, Field(ge=-MAX_NUMBER, le=MAX_NUMBER)] | datetime,
    ),
]


class FilterEquals(Body):
    """``ne`` also matches contacts without the field. Case and accents matter. A number, true or false also matches an
    attribute's text that says it."""

    field: _named(_TEXTS)  # type: ignore[valid-type]
    op: Literal["eq", "ne"]
    value: AttributeValue


class FilterOneOf(Body):
    field: _named(_TEXTS)  # type: ignore[valid-type]
    op: Literal["in"]
    value: Annotated[list[AttributeValue], Field(min_length=1, max_length=100)]


class FilterPrefix(Body):
    """The beginning of the field, ignoring case and accents; a phone begins with its country's code."""

    field: _named(_TEXTS)  # type: ignore[valid-type]
    op: Literal["prefix"]
    value: Text


class FilterContains(Body):
    """A part of the field, ignoring case and accents."""

    field: _named(rf"name|{_ATTRIBUTE}")  # type: ignore[valid-type]
    op: Literal["contains"]
    value: Text


class FilterExists(Body):
    field: _named(rf"name|consent\.(basis|source|at)|last_contacted|{_ATTRIBUTE}")  # type: ignore[valid-type]
    op: Literal["exists"]
    value: bool = True


class FilterCompares(Body):
    """Compares an attribute that is a number, or a text with a number, to a number; and a time, or an attribute's text
    with a date, to a time."""

    field: _named(_INSTANTS)  # type: ignore[valid-type]
    op: Literal["lt", "lte", "gt", "gte"]
    value: Comparable


class FilterWhen(Body):
    """A contact that was never messaged matches neither ``before`` nor ``after``."""

    field: _named(_INSTANTS)  # type: ignore[valid-type]
    op: Literal["before", "after"]
    value: Instant


class FilterOlder(Body):
    field: _named(_INSTANTS)  # type: ignore[valid-type]
    op: Literal["older_than_days"]
    value: Annotated[int, Field(strict=True, ge=0, le=36_500), Whole]


class FilterAll(Body):
    """Every part matches."""

    all: Annotated[list["FilterPart"], Field(min_length=1, max_length=50)]


class FilterAny(Body):
    """At least one part matches."""

    any: Annotated[list["FilterPart"], Field(min_length=1, max_length=50)]


class FilterNot(Body):
    """The part does not match."""

    part: Annotated["FilterPart", Field(alias="not")]


_TAGS = {
    **dict.fromkeys(("eq", "ne"), "<equals>"),
    "in": "<in>",
    "prefix": "<prefix>",
    "contains": "<contains>",
    "exists": "<exists>",
    **dict.fromkeys(("lt", "lte", "gt", "gte"), "<compares>"),
    **dict.fromkeys(("before", "after"), "<when>"),
    "older_than_days": "<older>",
}


def _tag(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    for group in ("all", "any", "not"):
        if group in value:
            return f"<{group}>"
    op = value.get("op")
    return _TAGS.get(op) if isinstance(op, str) else None


type FilterPart = Annotated[
    Annotated[FilterAll, Tag("<all>")]
    | Annotated[FilterAny, Tag("<any>")]
    | Annotated[FilterNot, Tag("<not>")]
    | Annotated[FilterEquals, Tag("<equals>")]
    | Annotated[FilterOneOf, Tag("<in>")]
    | Annotated[FilterPrefix, Tag("<prefix>")]
    | Annotated[FilterContains, Tag("<contains>")]
    | Annotated[FilterExists, Tag("<exists>")]
    | Annotated[FilterCompares, Tag("<compares>")]
    | Annotated[FilterWhen, Tag("<when>")]
    | Annotated[FilterOlder, Tag("<older>")],
    Discriminator(
        _tag,
        custom_error_type="filter",
        custom_error_message="Must hold all, any or not, or a field with a known op",
    ),
]


def read(part: FilterPart, *, now: datetime, country: str = "BR") -> Filter:
    """The filter's meaning at this time, where attributes' texts hold numbers and dates as this country writes them.

    Raises:
        Rejected: the filter is too deep or too long, or a field does not support its op.
    """
    wanted = _read(part, now, country)
    filters.check(wanted)
    return wanted


def _read(part: Any, now: datetime, country: str) -> Filter:
    match part:
        case FilterAll():
            return AllOf(tuple(_read(inner, now, country) for inner in part.all))
        case FilterAny():
            return AnyOf(tuple(_read(inner, now, country) for inner in part.any))
        case FilterNot():
            return Not(_read(part.part, now, country))
    return _condition(part, _field(part.field), now, country)


def _condition(part: Any, field: ContactField, now: datetime, country: str) -> Filter:
    made: Filter
    match part:
        case FilterEquals():
            made = OneOf(field, (part.value,), country)
        case FilterOneOf():
            made = OneOf(field, tuple(part.value), country)
        case FilterPrefix():
            made = Starts(field, _phone(part.value) if field.kind is Kind.PHONE else part.value)
        case FilterContains():
            made = Contains(field, part.value)
        case FilterExists():
            made = Exists(field)
        case FilterCompares():
            made = Compared(field, Comparison(part.op), part.value, country)
        case FilterWhen():
            made = Compared(field, Comparison.LT if part.op == "before" else Comparison.GT, part.value, country)
        case FilterOlder():
            made = Compared(field, Comparison.LT, now - timedelta(days=part.value), country)
    return Not(made) if part.op == "ne" or (part.op == "exists" and not part.value) else made


def _field(name: str) -> ContactField:
    kind, _, key = name.partition(".")
    return ContactField(Kind.ATTRIBUTE, key) if kind == Kind.ATTRIBUTE else ContactField(Kind(name))


def _phone(text: str) -> str:
    return "+" + "".join(sign for sign in text if sign in "0123456789")
