"""Filters as the database understands them, held against a plain reading of them in Python."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from hidra.domain.attribute_name import fold as fold_name
from hidra.domain.consent import LegalBasis
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
from hidra.store import segments
from hidra.store.db import Tx
from tests.conftest import Databases
from tests.store.world import World

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
MIDDLE = UUID(int=2**127)
HOSTILE = (
    "70", "-1,5", "1.234", "1,234", "R$ 2,00", "2%", "05/02/2030", "31/1/30", "VERDADEIRO", "false", "2.0", "1.5",
    "'", "''", '"', "\\", "%", "%s", "%(user_id)s", "$1", "{}", "{key}", ";--", "'; drop table hidra.contacts; --", "/*", "' or true or '",
    "\\'", "E'", "null", "?", "::int", "é", "É", "e\u0301", "ÇÃO", "Recife", "recife", "RECIFE", "Re", "", " ", "2030-01-31", "2030-01-31T12:00:00Z",
    "2030-02-30", "5", "true", "\U0001f600", "\u202e", "\u0301",
)  # fmt: skip
# Letters whose small form is another number of signs, or depends on the place, are not the same everywhere.
PLAIN = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]).filter(
    lambda s: len(s.lower()) == 1 and s not in "Σ"
)
texts = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(codec="latin-1", exclude_characters="\0"), max_size=8)
)
scalars = st.one_of(texts, st.booleans(), st.integers(-3, 3), st.sampled_from([0.5, 2.0, -1.5, 2**53]))
keys = st.sampled_from(["a", "A", "á", "A-b", "a_B", "b", "'", "a'b", "%s", "{key}", "é", "a.b", "\\", '"'])
instants = st.sampled_from([NOW, NOW - timedelta(days=1), NOW + timedelta(days=1), datetime(2030, 1, 31, tzinfo=UTC)])
written = st.sampled_from(
    ["2030-01-31T12:00:00Z", "2030-01-31", "2030-01-30T09:00:00-03:00", "31/01/2030", "2030-02-30"]
)
attributes = st.dictionaries(keys, st.one_of(scalars, written), max_size=4)
consents = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"basis": st.sampled_from([basis.value for basis in LegalBasis])},
        optional={"source": texts, "at": st.one_of(texts, instants.map(lambda at: at.isoformat()))},
    ),
)
contacts = st.tuples(st.one_of(st.none(), texts), attributes, consents, st.one_of(st.none(), instants))

attribute = st.builds(ContactField, st.just(Kind.ATTRIBUTE), keys)
text_field = st.sampled_from(
    [
        ContactField(Kind.NAME),
        ContactField(Kind.PHONE),
        ContactField(Kind.CONSENT_BASIS),
        ContactField(Kind.CONSENT_SOURCE),
    ]
)
instant_field = st.one_of(
    attribute, st.sampled_from([ContactField(Kind.CONSENT_AT), ContactField(Kind.LAST_CONTACTED)])
)
countries = st.sampled_from(["BR", "US", "MX"])
several = st.lists(scalars, min_size=1, max_size=4).map(tuple)
conditions = st.one_of(
    st.builds(OneOf, attribute, several, countries),
    st.builds(OneOf, text_field, st.lists(texts, min_size=1, max_size=3).map(tuple)),
    st.builds(Starts, st.one_of(attribute, text_field), texts),
    st.builds(Contains, st.one_of(attribute, st.just(ContactField(Kind.NAME))), texts),
    st.builds(
        Exists, st.one_of(instant_field, st.just(ContactField(Kind.NAME)), st.just(ContactField(Kind.CONSENT_BASIS)))
    ),
    st.builds(Compared, attribute, st.sampled_from(Comparison), st.sampled_from([-1.5, 0.0, 1.234, 2.0]), countries),
    st.builds(Compared, instant_field, st.sampled_from(Comparison), instants, countries),
)
wanted_filters: st.SearchStrategy[Filter] = st.recursive(
    conditions,
    lambda part: st.one_of(
        st.builds(AllOf, st.lists(part, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(part, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, part),
    ),
    max_leaves=6,
)


def fold(text: str) -> str:
    return (
        unicodedata.normalize("NFD", text)
        .translate(dict.fromkeys(map(ord, "\u0300\u0301\u0302\u0303\u0308\u0327")))
        .lower()
    )


def number(value: Any, country: str) -> float | None:
    """Of the texts that are made here: a whole number, one with a sign before decimals, R$ and %."""
    if not isinstance(value, str):
        return None if isinstance(value, bool) else value
    digits = value.strip().removeprefix("R$ ").removesuffix("%")
    if not re.fullmatch(r"-?[0-9]+([.,][0-9]+)?", digits):
        return None
    if re.fullmatch(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}", digits):
        digits = digits.replace("." if country == "BR" else ",", "")
    return float(digits.replace(",", "."))


def boolean(value: Any) -> bool | None:
    words = {"verdadeiro": True, "verdadero": True, "true": True, "falso": False, "false": False}
    return words.get(value.lower()) if isinstance(value, str) else None


def instant(value: Any, country: str = "BR") -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and (match := re.fullmatch(r" *([0-9]+)/([0-9]+)/([0-9]+) *", value)):
        first, second, year = map(int, match.groups())
        day, month = (second, first) if second > 12 or (country == "US" and first <= 12) else (first, second)
        return datetime(year + (2000 if year < 50 else 0), month, day, tzinfo=UTC)
    try:
        found = datetime.fromisoformat(value) if str(value)[:4].isdigit() and len(value) >= 10 else None
    except (ValueError, TypeError):
        return None
    return found and (found if found.tzinfo else found.replace(tzinfo=UTC))


def fits(wanted: Filter, contact: dict[str, Any]) -> bool:  # noqa: PLR0911
    def value(field: ContactField) -> Any:
        if field.kind is Kind.ATTRIBUTE:
            alike = [key for key in contact["attributes"] if fold_name(key) == fold_name(field.key)]
            chosen = min(alike, key=lambda key: (key != field.key, key), default="")
            return contact["attributes"].get(chosen)
        first, _, second = field.kind.value.partition(".")
        return (contact[first] or {}).get(second) if second else contact[first]

    match wanted:
        case AllOf(parts):
            return all(fits(part, contact) for part in parts)
        case AnyOf(parts):
            return any(fits(part, contact) for part in parts)
        case Not(part):
            return not fits(part, contact)
        case OneOf(field, values, country):
            it = value(field)
            if any(it == other and isinstance(it, bool) == isinstance(other, bool) for other in values):
                return True
            if field.kind is not Kind.ATTRIBUTE or not isinstance(it, str):
                return False
            return any(
                other == (boolean(it) if isinstance(other, bool) else number(it, country))
                for other in values
                if not isinstance(other, str)
            )
        case Starts(field, text):
            it = value(field)
            if field.kind is Kind.PHONE:
                return bool(it.startswith(text))
            return isinstance(it, str) and fold(it).startswith(fold(text))
        case Contains(field, text):
            it = value(field)
            return isinstance(it, str) and fold(text) in fold(it)
        case Exists(field):
            return value(field) is not None
        case Compared(field, comparison, limit, country):
            it = instant(value(field), country) if isinstance(limit, datetime) else number(value(field), country)
            compare: dict[Comparison, Callable[[Any], bool]] = {
                Comparison.LT: lambda it: it < limit,
                Comparison.LTE: lambda it: it <= limit,
                Comparison.GT: lambda it: it > limit,
                Comparison.GTE: lambda it: it >= limit,
            }
            return it is not None and compare[comparison](it)
    raise AssertionError(wanted)


@pytest.fixture
def world(databases: Databases) -> World:
    """The same for all examples of one test."""
    return World.make(databases, recipients=0)


class Undo(Exception):
    pass


def matching(databases: Databases, world: World, people: list[Any], wanted: Filter) -> tuple[set[int], int]:
    """Which of the people (by place) a fill puts into the segment, and the count; all of it undone."""
    ids = [uuid4() for _ in people]
    found: tuple[set[int], int] | None = None

    def work(tx: Tx) -> None:
        nonlocal found
        for place, (contact_id, (name, given_attributes, consent, at)) in enumerate(zip(ids, people, strict=True)):
            tx.run(
                "insert into hidra.contacts (id, user_id, phone, phone_hash, name, attributes, consent)"
                " values (%(id)s, %(user)s, %(phone)s, '', %(name)s, %(attributes)s, %(consent)s)",
                id=contact_id, user=world.user_id, phone=f"+55119800000{place:02}", name=name,
                attributes=Jsonb(given_attributes), consent=None if consent is None else Jsonb(consent),
            )  # fmt: skip
            for sent_at in (at and at - timedelta(days=400), at):
                if at:
                    contacted(tx, world, contact_id, sent_at)
        count = segments.count(tx, wanted=wanted)
        added = fill(tx, world, wanted, segments.FIRST, MIDDLE) + fill(tx, world, wanted, MIDDLE, segments.LAST)
        assert fill(tx, world, wanted, segments.FIRST, segments.LAST) == 0
        members = set(tx.values("select contact_id from hidra.segment_contacts"))
        assert count == added == len(members)
        total = segments.get(tx, segment_id=world.segment_id).total_contacts
        found = {place for place, contact_id in enumerate(ids) if contact_id in members}, total
        raise Undo

    with pytest.raises(Undo):
        databases.http.as_user(world.user_id, work)
    assert found is not None
    return found


def fill(tx: Tx, world: World, wanted: Filter, after: UUID, upto: UUID) -> int:
    return segments.fill(tx, segment_id=world.segment_id, wanted=wanted, after=after, upto=upto)


def contacted(tx: Tx, world: World, contact_id: UUID, at: datetime | None) -> None:
    run_id = uuid4()
    tx.run(
        "insert into hidra.campaign_runs (id, user_id, campaign_id, initiated_by, body, ended_at)"
        " values (%(run)s, %(user)s, %(campaign)s, %(user)s, 'x', now())",
        run=run_id, user=world.user_id, campaign=world.campaign_id,
    )  # fmt: skip
    tx.run(
        "insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, phone, phone_hash, sent_at, status)"
        " values (%(user)s, %(campaign)s, %(run)s, %(contact)s, '+5511980000000', '', %(at)s, 'sent')",
        user=world.user_id, campaign=world.campaign_id, run=run_id, contact=contact_id, at=at,
    )  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(contacts, min_size=1, max_size=5), wanted=wanted_filters)
def test_a_filter_matches_the_contacts_that_its_plain_reading_matches_for_any_values(
    databases: Databases, world: World, people: list[Any], wanted: Filter
) -> None:
    expected = {
        place
        for place, (name, given_attributes, consent, at) in enumerate(people)
        if fits(
            wanted,
            {
                "name": name,
                "phone": f"+55119800000{place:02}",
                "attributes": given_attributes,
                "consent": consent,
                "last_contacted": at,
            },
        )
    }
    assert matching(databases, world, people, wanted) == (expected, len(expected))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(PLAIN, max_size=12))
def test_folding_takes_accents_and_case_away_in_any_script(databases: Databases, text: str) -> None:
    assert databases.owner.execute("select hidra.fold(%s)", [text]).fetchone() == (fold(text),)


@pytest.mark.parametrize(
    "text", ["2030-13-01", "2030-02-30", "today", "infinity", "2030-01-31T25:00:00Z", "20300131", "", "0000-01-01"]
)
def test_what_is_no_instant_is_null_and_no_error(databases: Databases, text: str) -> None:
    assert databases.owner.execute("select hidra.instant(%s)", [text]).fetchone() == (None,)


def test_a_contact_that_goes_while_a_segment_is_filled_makes_it_try_again(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    databases.owner.execute("delete from hidra.segment_contacts")
    dsn = databases.owner.info
    from threading import Timer

    from hidra.errors import Unavailable
    from hidra.services import fill_segment

    with psycopg.connect(dsn.dsn, password=dsn.password) as other:
        other.execute("delete from hidra.contacts")
        timer = Timer(0.5, other.commit)
        timer.start()
        with pytest.raises(Unavailable):
            fill_segment.add_matching(
                databases.http, world.user_id, world.segment_id, Exists(ContactField(Kind.NAME)), after=None
            )
        timer.join()
    assert world.one("select total_contacts from hidra.contact_segments")["total_contacts"] == 0


@pytest.mark.parametrize(
    ("comparison", "number_places", "instant_places"),
    [
        (Comparison.LT, {0}, {0}),
        (Comparison.LTE, {0, 1}, {0, 1}),
        (Comparison.GT, {2}, {2}),
        (Comparison.GTE, {1, 2}, {1, 2}),
    ],
)
def test_a_bound_itself_is_in_or_out_as_the_order_says(
    databases: Databases, world: World, comparison: Comparison, number_places: set[int], instant_places: set[int]
) -> None:
    people = [(None, {"a": 1 + step}, None, NOW + timedelta(days=step)) for step in (-1, 0, 1)] + [
        (None, {}, None, None)
    ]
    number = Compared(ContactField(Kind.ATTRIBUTE, "a"), comparison, 1.0)
    assert matching(databases, world, people, number) == (number_places, len(number_places))
    when = Compared(ContactField(Kind.LAST_CONTACTED), comparison, NOW)
    assert matching(databases, world, people, when) == (instant_places, len(instant_places))
