"""Which of a contact's attributes a name means: SQL and Python agree, and no name of an attribute is missing."""

import json
import random
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from hidra.domain.attribute_name import fold
from hidra.domain.template import placeholders
from hidra.domain.text import blank
from hidra.store import contacts
from hidra.store.contacts import Given
from tests.conftest import Databases
from tests.store.importing import Importing
from tests.store.world import World, wait_for_blocked_transaction

# The plane that is in use, and a tenth of the others: all of Unicode takes eight seconds.
CHARACTERS = [
    chr(code)
    for code in [
        *range(1, 0xD800),
        *range(0xE000, 0x20000),
        *range(0x20000, sys.maxunicode, 10),
        *range(0xE0000, 0xE1000),
    ]
    if unicodedata.category(chr(code)) != "Cn"
]


def of_each(databases: Databases, function: str, texts: list[str]) -> list[Any]:
    row = databases.owner.execute(
        f"select array(select hidra.{function}(t) from unnest(%s::text[]) with ordinality as u (t, place) order by place)",
        [texts],
    ).fetchone()
    assert row is not None
    found: list[Any] = row[0]
    return found


def test_blank_is_one_thing_in_sql_and_in_python(databases: Databases) -> None:
    assert of_each(databases, "blank", ["", *CHARACTERS]) == [blank(text) for text in ["", *CHARACTERS]]
    assert all(blank(character) for character in CHARACTERS if character.isspace())


def test_names_fold_alike_in_sql_and_in_python(databases: Databases) -> None:
    random_names = random.Random(7)
    names = ["".join(random_names.choices(CHARACTERS[:0x3000], k=9)) for _ in range(2_000)]
    texts = ["", "Data de Vencimento", " a - _b ", "-_|{}", "ΟΔΟΣ", "İI", *names, *CHARACTERS]
    folded = of_each(databases, "fold_attribute_name", texts)
    assert folded == list(map(fold, texts))
    assert list(map(fold, folded)) == folded


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_composition_never_matters(form: Any) -> None:
    for character in CHARACTERS:
        assert fold(unicodedata.normalize(form, character)) == fold(character)


def test_case_does_not_matter_in_latin_greek_cyrillic_and_armenian() -> None:
    for character in CHARACTERS[:0x58F]:
        upper, lower = character.upper(), character.lower()
        if len(upper) == len(lower) == 1 and ord(upper) <= 0x58F and upper.lower() == lower:
            assert fold(upper) == fold(lower) == fold(character)


@pytest.fixture
def world(databases: Databases) -> World:
    """The same for all examples of one test."""
    return World.make(databases, recipients=0, rate=20)


def names(databases: Databases, user_id: UUID) -> set[str]:
    return {
        row[0]
        for row in databases.owner.execute("select name from hidra.attribute_names where user_id = %s", [user_id])
    }


def save(databases: Databases, user_id: UUID, phone: str = "+5511987650001", **attributes: Any) -> UUID:
    given = Given(phone, b"", "Ana", attributes)
    [saved] = databases.http.as_user(user_id, lambda tx: contacts.upsert(tx, given=[given]))
    return saved.id


def patch(databases: Databases, user_id: UUID, contact_id: UUID, **attributes: Any) -> None:
    databases.http.as_user(
        user_id,
        lambda tx: contacts.update(
            tx, contact_id=contact_id, phone=None, name=None, set_name=False, attributes=attributes, consent=None,
            set_consent=False,
        ),
    )  # fmt: skip


def test_every_way_to_write_a_contact_keeps_the_names(databases: Databases, world: World) -> None:
    contact_id = save(databases, world.user_id, Cidade="Recife")
    save(databases, world.user_id, cidade="Recife", plano=None)
    patch(databases, world.user_id, contact_id, **{"Data de Vencimento": "x", "cidade": None})
    lines = [{"phone": f"+55119876500{n:02}", "attributes": {f"Campo {n}": n}} for n in range(1, 4)]
    for content, format in (
        (b"telefone;Ultimo Pedido\n+5511987650001;17\n+5511987650009;\n", "csv"),
        ("\n".join(map(json.dumps, lines)).encode(), "jsonl"),
    ):
        assert Importing.make(databases, world.user_id, content, format=format).finish()["status"] == "completed"
    databases.owner.execute("update hidra.contacts set attributes = attributes || '{\"SQL\": 1}'")
    wanted = {
        "Cidade",
        "cidade",
        "plano",
        "Data de Vencimento",
        "Ultimo Pedido",
        "Campo 1",
        "Campo 2",
        "Campo 3",
        "SQL",
    }
    assert names(databases, world.user_id) == wanted
    databases.owner.execute("delete from hidra.contacts")
    assert names(databases, world.user_id) == wanted


def test_a_tenant_sees_only_their_own_names(databases: Databases, world: World) -> None:
    other = World.make(databases, recipients=0)
    save(databases, world.user_id, Cidade="Recife")
    save(databases, other.user_id, CIDADE="Natal")
    spellings = "select hidra.spellings(%(user_id)s, 'cidade')"
    assert databases.http.as_user(world.user_id, lambda tx: tx.value(spellings)) == ["Cidade"]
    assert databases.http.as_user(other.user_id, lambda tx: tx.value(spellings)) == ["CIDADE"]


def test_a_name_that_another_transaction_is_adding_is_waited_for(databases: Databases, world: World) -> None:
    insert = "insert into hidra.contacts (user_id, phone, phone_hash, attributes) values (%s, '+5511987650009', '', %s)"
    dsn = databases.owner.info
    for end, commits in ((psycopg.Connection.commit, True), (psycopg.Connection.rollback, False)):
        with ThreadPoolExecutor(1) as aside, psycopg.connect(dsn.dsn, password=dsn.password) as other:
            other.execute(insert, [world.user_id, Jsonb({f"Novo {commits}": 1})])
            doing = aside.submit(save, databases, world.user_id, **{f"Novo {commits}": 2})
            wait_for_blocked_transaction(databases)
            end(other)
            doing.result(timeout=10)
        databases.owner.execute("delete from hidra.contacts")
    assert names(databases, world.user_id) == {"Novo True", "Novo False"}


spelled = st.sampled_from(
    ["cidade", "Cidade", "CIDADE", "cidadé", "ci dade", "ci-dade", "Ci_Dade", "nome", "Nome", "NOME ", "celular", "x"]
)
values = st.sampled_from(["Recife", " ", "", "\u200b", "\ufe0f", " Olinda ", "é", "日", "\u00a0b", 7, 0, True, "{{x}}"])
own_names = st.sampled_from(["Ana", "\u2800", None, "Éva", "🎂"])
OWN: dict[str, Callable[[str | None], str | None]] = {
    "nome": lambda name: name,
    "celular": lambda _: "+5511987650001",
}


def expected(wanted: str, attributes: dict[str, Any], name: str | None, known: set[str]) -> str | None:
    """The rule once more, plainly."""
    alike = sorted(key for key in attributes if fold(key) == fold(wanted))
    alike.sort(key=lambda key: key != wanted)
    found = [written(attributes[key]) for key in alike]
    own = OWN.get(fold(wanted), lambda _: None)(name)
    if own is not None and (fold(wanted) == "nome" or not any(fold(key) == fold(wanted) for key in known)):
        found.append(own)
    return next((text.strip(" ") for text in found if not blank(text)), None)


def written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    attributes=st.dictionaries(spelled, values, max_size=6),
    name=own_names,
    wanted=st.lists(spelled.map(str.strip), min_size=1, max_size=12, unique=True),
)
def test_freeze_and_preview_resolve_as_the_rule_says(
    databases: Databases, world: World, attributes: dict[str, Any], name: str | None, wanted: list[str]
) -> None:
    run = databases.owner.execute
    for table in ("campaign_messages", "campaign_runs", "segment_contacts", "contacts"):
        run(f"delete from hidra.{table}")
    run("update hidra.campaign_metrics set total_messages = 0, pending = 0, failed = 0")
    run("update hidra.campaigns set status = 'scheduled', scheduled_at = now()")
    body = " ".join(f"{{{{{each}}}}}" for each in wanted)
    assert placeholders(body) == wanted
    run("update hidra.message_templates set body = %s", [body])
    world.add_contact("+5511987650001", name=name)
    run("update hidra.contacts set attributes = %s", [Jsonb(attributes)])
    known = names(databases, world.user_id)
    values = {each: expected(each, attributes, name, known) for each in wanted}
    filled = {each: value for each, value in values.items() if value is not None}
    contact_id = world.one("select id from hidra.contacts")["id"]
    preview = databases.http.as_user(
        world.user_id, lambda tx: contacts.values(tx, contact_ids=[contact_id], variables=wanted)
    )
    assert preview == {contact_id: filled}
    world.advance()
    [message] = world.messages()
    assert message["variables"] == filled
    missing = [each for each, value in values.items() if value is None]
    assert message["error_detail"] == (f"No value for: {', '.join(missing)}" if missing else None)
    assert message["status"] == ("failed" if missing else "pending")
