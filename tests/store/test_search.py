"""The search's three ways through the contacts find the same, and none of them reads the table."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from hidra.domain.search import NamePart, parse
from hidra.store.db import Tx
from tests.conftest import Databases

FIRST_SIGHT, BY_INDEX, BY_ORDER = (100_000, 10_000), (10, 10_000), (10, 3)
PEOPLE = """
insert into hidra.contacts (user_id, phone, phone_hash, name)
select %s, '+55' || 11 + n %% 7 || '9' || lpad((n * 7919 %% 100000000)::text, 8, '0'), '',
    (array['Ana', 'João', 'Mariá', 'Zé'])[1 + n %% 4] || ' ' || (array['Silva', 'Sá', 'D''Ávila'])[1 + n %% 3]
        || case when n %% 500 = 0 then ' Único' else '' end
from generate_series(1, 3000) n
"""
FOUND = {
    "unico": "name like '%% Único%%'",
    "ana si": "name like 'Ana Silva%%'",
    "avila maria": "name like 'Mariá D''Ávila%%'",
    "nobody": "false",
    "11 9": "phone like '+55119%%' or phone like '%%119'",
    "7919": "phone like '%%7919' or phone like '+557919%%'",
    "19": "phone like '%%19' or phone like '+5519%%' or phone like '+19%%'",
}
READ_BY = {
    "unico": "contacts_name_words",
    "ana unico": "contacts_name_words",
    "2222 1111": "contacts_last_digits",
    "11 90000": "contacts_subscriber",
}


@pytest.fixture
def owners(databases: Databases) -> tuple[UUID, UUID]:
    """Two whose ids begin alike, so that their words stand together in the index."""
    first = uuid4()
    second = UUID(str(first)[:8] + str(uuid4())[8:])
    for user_id in (first, second):
        databases.owner.execute("insert into core.users (id) values (%s)", [user_id])
        databases.owner.execute(PEOPLE, [user_id])
    databases.owner.execute("analyze hidra.contacts")
    return first, second


def ids(tx: Tx, text: str, ways: tuple[int, int], *, page: int) -> Iterator[UUID]:
    part = parse(text, calling_code="55")
    after = UUID(int=0)
    while True:
        rows = tx.values(
            "select hidra.search_contacts(%(prefixes)s::text[], %(suffix)s::text, %(name)s::text, %(after)s::uuid,"
            " %(page)s::integer, %(look)s::integer, %(enough)s::integer)",
            prefixes=[] if isinstance(part, NamePart) else list(part.prefixes),
            suffix="" if isinstance(part, NamePart) else part.suffix,
            name=part.text if isinstance(part, NamePart) else None,
            after=after, page=page, look=ways[0], enough=ways[1],
        )  # fmt: skip
        yield from rows
        if len(rows) < page:
            return
        after = rows[-1]


@pytest.mark.parametrize("ways", [FIRST_SIGHT, BY_INDEX, BY_ORDER])
def test_every_way_finds_the_same_page_by_page_in_order(
    databases: Databases, owners: tuple[UUID, UUID], ways: tuple[int, int]
) -> None:
    for text, condition in FOUND.items():
        expected = databases.owner.execute(
            f"select id from hidra.contacts where user_id = %s and ({condition}) order by id", [owners[0]]
        ).fetchall()
        found = databases.http.as_user(owners[0], lambda tx, text=text: list(ids(tx, text, ways, page=40)))
        assert found == [row[0] for row in expected], text


def test_a_search_reads_by_an_index_and_never_the_table(fresh_database: Databases, owners: tuple[UUID, UUID]) -> None:
    def work(tx: Tx, text: str, index: str) -> tuple[int, int, int]:
        list(ids(tx, text, BY_INDEX, page=50))
        return (
            tx.value("select pg_stat_get_xact_numscans('hidra.contacts'::regclass)"),
            tx.value("select pg_stat_get_xact_tuples_fetched('hidra.contacts'::regclass)"),
            tx.value("select pg_stat_get_xact_numscans(%(index)s::regclass)", index=f"hidra.{index}"),
        )

    for text, index in READ_BY.items():
        table_scans, rows_read, index_scans = fresh_database.http.as_user(
            owners[0], lambda tx, text=text, index=index: work(tx, text, index)
        )
        assert (table_scans, rows_read < 100, index_scans > 0) == (0, True, True), text


def test_without_a_user_a_search_finds_no_contact(databases: Databases, owners: tuple[UUID, UUID]) -> None:
    databases.owner.execute("select set_config('hidra.user_id', '', false)")
    found = databases.owner.execute("select hidra.search_contacts('{+55}', '', null, %s, 10)", [UUID(int=0)]).fetchall()
    assert found == []
    with pytest.raises(Exception, match="permission denied"):
        databases.jobs.as_worker(lambda tx: list(ids(tx, "ana", BY_INDEX, page=5)))


@pytest.mark.parametrize("name", ["", " ", "...", "x" * 5000, "\U0001d160" * 250, "'\\&|!:*<->", None, "a  b"])
def test_any_name_can_be_saved(databases: Databases, user: UUID, name: str | None) -> None:
    databases.owner.execute(
        "insert into hidra.contacts (user_id, phone, phone_hash, name) values (%s, '+5511987654321', '', %s)",
        [user, name],
    )
