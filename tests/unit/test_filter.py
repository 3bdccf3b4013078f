from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from hidra.domain.filter import (
    AllOf,
    AnyOf,
    Compared,
    Comparison,
    ContactField,
    Contains,
    Exists,
    Kind,
    Not,
    OneOf,
    Starts,
)
from hidra.entry.filters import FilterPart, read
from hidra.errors import Rejected

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
ADAPTER: TypeAdapter[Any] = TypeAdapter(FilterPart)
LEAF = {"field": "name", "op": "eq", "value": "Ana"}


def meant(given: Any) -> Any:
    return read(ADAPTER.validate_python(given), now=NOW)


def nested(depth: int) -> dict[str, Any]:
    part: dict[str, Any] = LEAF
    for level in range(depth):
        part = {"not": part} if level % 3 == 2 else {"all" if level % 3 else "any": [part]}
    return part


CITY = ContactField(Kind.ATTRIBUTE, "cidade")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"field": "attributes.cidade", "op": "eq", "value": "Recife"}, OneOf(CITY, ("Recife",))),
        ({"field": "attributes.cidade", "op": "ne", "value": True}, Not(OneOf(CITY, (True,)))),
        (
            {"field": "attributes.a.b", "op": "in", "value": [1, "1"]},
            OneOf(ContactField(Kind.ATTRIBUTE, "a.b"), (1, "1")),
        ),
        ({"field": "phone", "op": "prefix", "value": "55 (11) 9"}, Starts(ContactField(Kind.PHONE), "+55119")),
        ({"field": "name", "op": "contains", "value": "ana"}, Contains(ContactField(Kind.NAME), "ana")),
        ({"field": "consent.basis", "op": "exists"}, Exists(ContactField(Kind.CONSENT_BASIS))),
        ({"field": "name", "op": "exists", "value": False}, Not(Exists(ContactField(Kind.NAME)))),
        ({"field": "attributes.cidade", "op": "gte", "value": 5}, Compared(CITY, Comparison.GTE, 5.0)),
        (
            {"field": "consent.at", "op": "lt", "value": "2030-01-31T09:00:00-03:00"},
            Compared(ContactField(Kind.CONSENT_AT), Comparison.LT, NOW),
        ),
        (
            {"field": "last_contacted", "op": "older_than_days", "value": 30},
            Compared(ContactField(Kind.LAST_CONTACTED), Comparison.LT, NOW - timedelta(days=30)),
        ),
        (
            {"field": "last_contacted", "op": "after", "value": "2030-01-31T12:00:00Z"},
            Compared(ContactField(Kind.LAST_CONTACTED), Comparison.GT, NOW),
        ),
        (
            {"all": [LEAF, {"any": [LEAF, {"not": LEAF}]}]},
            AllOf(
                (
                    OneOf(ContactField(Kind.NAME), ("Ana",)),
                    AnyOf((OneOf(ContactField(Kind.NAME), ("Ana",)), Not(OneOf(ContactField(Kind.NAME), ("Ana",))))),
                )
            ),
        ),
    ],
)
def test_a_filter_is_read_as_what_it_says(given: Any, wanted: Any) -> None:
    assert meant(given) == wanted


@pytest.mark.parametrize(
    "given",
    [
        {},
        [],
        "name",
        {"all": []},
        {"all": [LEAF], "any": [LEAF]},
        {**LEAF, "op": "like"},
        {**LEAF, "op": ["eq"]},
        {**LEAF, "field": "user_id"},
        {**LEAF, "field": "attributes."},
        {**LEAF, "field": "attributes.a\0"},
        {**LEAF, "field": "attributes." + "x" * 65},
        {**LEAF, "value": "x" * 501},
        {**LEAF, "value": "a\0"},
        {**LEAF, "value": None},
        {**LEAF, "more": 1},
        {"field": "name", "op": "in", "value": ["x"] * 101},
        {"field": "name", "op": "in", "value": []},
        {"field": "phone", "op": "contains", "value": "1"},
        {"field": "phone", "op": "exists"},
        {"field": "name", "op": "prefix", "value": ""},
        {"field": "attributes.a", "op": "lt", "value": "5"},
        {"field": "attributes.a", "op": "lt", "value": True},
        {"field": "attributes.a", "op": "lt", "value": float("nan")},
        {"field": "attributes.a", "op": "before", "value": 5},
        {"field": "last_contacted", "op": "older_than_days", "value": 10**9},
        {"field": "last_contacted", "op": "older_than_days", "value": True},
        {"field": "last_contacted", "op": "eq", "value": "x"},
    ],
)
def test_what_is_no_filter_is_refused(given: Any) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(given)


@pytest.mark.parametrize(
    "given",
    [
        nested(5),
        {"all": [{"any": [LEAF] * 26}, {"any": [LEAF] * 25}]},
        {"field": "name", "op": "eq", "value": 5},
        {"field": "last_contacted", "op": "lt", "value": 5},
    ],
)
def test_a_filter_that_is_too_deep_too_long_or_asks_the_wrong_thing_is_rejected(given: Any) -> None:
    with pytest.raises(Rejected) as error:
        meant(given)
    assert [field.field for field in error.value.fields] == ["filter"]


def test_a_filter_may_be_four_deep_and_have_fifty_conditions() -> None:
    assert meant(nested(4))
    assert meant({"all": [{"any": [LEAF] * 25}, {"any": [LEAF] * 25}]})


def test_a_filter_of_a_thousand_levels_is_refused_and_breaks_nothing() -> None:
    part: dict[str, Any] = LEAF
    for _ in range(1000):
        part = {"not": part}
    with pytest.raises((ValidationError, Rejected)):
        meant(part)
