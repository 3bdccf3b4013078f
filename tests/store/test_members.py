"""Members of segments: counted by the statement that adds them, which also refuses a segment that is not their owner's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import psycopg
import pytest

from hidra.errors import Rejected, Unavailable
from hidra.store import contacts, segments
from tests.conftest import Databases
from tests.store.importing import Importing, members, segment
from tests.store.world import wait_for_blocked_transaction

FILE = b"phone,name\n11980000000,Ana\n11980000001,Bia\n"
ADD = "insert into hidra.segment_contacts (user_id, segment_id, contact_id) select user_id, %s, id from hidra.contacts"


def contact(owner: psycopg.Connection, user_id: UUID, phone: str = "+5511980000000", name: str = "Ana") -> UUID:
    found = owner.execute(
        "insert into hidra.contacts (user_id, phone, phone_hash, name) values (%s, %s, '', %s) returning id",
        [user_id, phone, name],
    ).fetchone()
    assert found is not None
    return found[0]


def beside(databases: Databases, change: Callable[[psycopg.Connection], object], work: Callable[[], object]) -> object:
    """Makes a change and commits it only when ``work`` waits for it; gives what became of the work."""
    dsn = databases.owner.info
    with ThreadPoolExecutor(1) as aside, psycopg.connect(dsn.dsn, password=dsn.password) as other:
        change(other)
        doing = aside.submit(work)
        wait_for_blocked_transaction(databases)
        other.commit()
        return doing.exception(timeout=10) or doing.result()


@pytest.mark.parametrize("given", [uuid4(), None], ids=["no segment", "another's segment"])
def test_a_contact_cannot_join_another_users_segment(databases: Databases, user: UUID, given: UUID | None) -> None:
    contact(databases.owner, user)
    other = uuid4()
    databases.owner.execute("insert into core.users (id) values (%s)", [other])
    with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
        databases.owner.execute(ADD, [given or segment(databases, other)])
    assert refused.value.diag.constraint_name == "segment_contacts_segment_fk"


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
def test_a_segment_accepts_only_contacts_of_its_owner(databases: Databases, user: UUID, whose: str) -> None:
    other = uuid4()
    databases.owner.execute("insert into core.users (id) values (%s)", [other])
    theirs = contact(databases.owner, other)
    with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
        databases.owner.execute(
            "insert into hidra.segment_contacts (user_id, segment_id, contact_id) values (%s, %s, %s)",
            [user, segment(databases, user), theirs if whose == "another's" else uuid4()],
        )
    assert refused.value.diag.constraint_name == "segment_contacts_contact_fk"


def test_a_contact_leaves_every_segment_that_they_are_in(databases: Databases, user: UUID) -> None:
    contact(databases.owner, user, "+5511980000001")
    gone = contact(databases.owner, user)
    both = [segment(databases, user), segment(databases, user)]
    for each in both:
        databases.owner.execute(ADD, [each])
    databases.http.as_user(user, lambda tx: contacts.delete(tx, contact_id=gone))
    assert [members(databases, each) for each in both] == [{"+5511980000001"}, {"+5511980000001"}]
    assert databases.owner.execute("select total_contacts from hidra.contact_segments").fetchall() == [(1,), (1,)]


def test_a_contact_that_is_being_deleted_is_not_added(databases: Databases, user: UUID) -> None:
    gone = contact(databases.owner, user)
    there = segment(databases, user)

    def add() -> object:
        return databases.http.as_user(
            user, lambda tx: segments.add(tx, segment_id=there, contact_ids=[gone]), segments.CONTACT_GONE
        )

    assert isinstance(beside(databases, lambda other: other.execute("delete from hidra.contacts"), add), Unavailable)
    assert databases.owner.execute("select total_contacts from hidra.contact_segments").fetchall() == [(0,)]


def test_members_that_are_being_added_to_a_segment_that_is_being_made_go_with_their_contact(
    databases: Databases, user: UUID
) -> None:
    gone = contact(databases.owner, user)

    def make(other: psycopg.Connection) -> None:
        made = other.execute(
            "insert into hidra.contact_segments (user_id, name) values (%s, 'new') returning id", [user]
        ).fetchone()
        other.execute(ADD, made)

    beside(
        databases,
        make,
        lambda: databases.http.as_user(user, lambda tx: contacts.delete(tx, contact_id=gone)),
    )
    assert databases.owner.execute("select count(*) from hidra.segment_contacts").fetchone() == (0,)
    assert databases.owner.execute("select total_contacts from hidra.contact_segments").fetchall() == [(0,)]


def test_a_segment_takes_its_members_with_it_and_leaves_the_contacts(databases: Databases, user: UUID) -> None:
    contact(databases.owner, user)
    kept, gone = segment(databases, user), segment(databases, user)
    for each in (kept, gone):
        databases.owner.execute(ADD, [each])
    databases.http.as_user(user, lambda tx: segments.delete(tx, segment_id=gone))
    assert databases.owner.execute("select segment_id from hidra.segment_contacts").fetchall() == [(kept,)]
    assert members(databases, kept) == {"+5511980000000"}


def test_a_user_takes_everything_with_them(databases: Databases, user: UUID) -> None:
    contact(databases.owner, user)
    databases.owner.execute(ADD, [segment(databases, user)])
    databases.owner.execute("delete from core.users where id = %s", [user])
    assert databases.owner.execute("select count(*) from hidra.segment_contacts").fetchone() == (0,)


def test_members_that_are_being_added_go_with_their_segment(databases: Databases, user: UUID) -> None:
    contact(databases.owner, user)
    there = segment(databases, user)
    beside(
        databases,
        lambda other: other.execute(ADD, [there]),
        lambda: databases.http.as_user(user, lambda tx: segments.delete(tx, segment_id=there)),
    )
    assert databases.owner.execute("select count(*) from hidra.segment_contacts").fetchone() == (0,)


def test_no_contact_is_added_to_a_segment_that_is_being_deleted(databases: Databases, user: UUID) -> None:
    contact(databases.owner, user)
    there = segment(databases, user)

    def add() -> None:
        databases.jobs.as_worker(lambda tx: tx.run(ADD.replace("%s", f"'{there}'")), contacts.NO_SEGMENT)

    end = beside(
        databases, lambda other: other.execute("delete from hidra.contact_segments where id = %s", [there]), add
    )
    assert isinstance(end, Rejected)
    assert databases.owner.execute("select count(*) from hidra.segment_contacts").fetchone() == (0,)


def test_an_import_finds_the_contact_that_another_request_creates_at_this_moment(
    databases: Databases, user: UUID
) -> None:
    there = segment(databases, user)
    this = Importing.make(databases, user, FILE, segment_id=there)
    beside(databases, lambda other: contact(other, user, name="Eva"), this.slice)
    assert this.counts() == {"rows_read": 2, "created": 1, "updated": 1, "unchanged": 0, "rejected": 0}
    assert members(databases, there) == {"+5511980000000", "+5511980000001"}


def test_an_import_creates_the_contact_again_that_another_request_deletes_at_this_moment(
    databases: Databases, user: UUID
) -> None:
    contact(databases.owner, user)
    there = segment(databases, user)
    this = Importing.make(databases, user, FILE, segment_id=there)
    beside(databases, lambda other: other.execute("delete from hidra.contacts"), this.slice)
    assert this.counts() == {"rows_read": 2, "created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    assert members(databases, there) == {"+5511980000000", "+5511980000001"}
