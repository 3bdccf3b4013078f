"""Imports that are canceled while they run, against the real database."""

import threading
from collections.abc import Callable
from typing import IO, Any
from uuid import UUID, uuid4

import pytest

from hidra.errors import Conflict, NotFound, Unavailable
from hidra.services.imports.request_import import cancel_import
from hidra.store import import_rejects, import_slices
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.importing import Importing, contacts, members, segment

FILE = b"phone\n" + b"".join(b"x\n119800000%02d\n" % n for n in range(10))  # every other row has no phone


def cancel(this: Importing, nudge: Callable[[], None] = lambda: None) -> Any:
    return cancel_import(this.databases.http, this.user_id, this.id, nudge=nudge)


def test_a_running_slice_stops_at_its_next_batch_and_committed_batches_stay(databases: Databases, user: UUID) -> None:
    segment_id = segment(databases, user)
    this = Importing.make(databases, user, FILE, segment_id=segment_id)
    steps = iter(["", "", "cancel"])  # batch 1, 2, 3 is read and not committed
    this.slice(between=lambda: cancel(this) if next(steps) else None, batch_rows=4)
    assert not this.queued_next
    row = this.row()
    assert (row["status"], row["failure_code"], row["checkpoint"]) == ("canceled", None, {})
    assert row["ended_at"] is not None
    assert this.counts() == {"rows_read": 8, "created": 4, "updated": 0, "unchanged": 0, "rejected": 4}
    assert contacts(databases, user).keys() == members(databases, segment_id)
    assert len(members(databases, segment_id)) == 4
    assert this.rejects is None


def test_the_next_slice_makes_the_file_of_rejected_rows_and_imports_nothing(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, FILE)
    this.slice(batches=2, batch_rows=4)
    assert cancel(this).status == "canceled"
    before = this.row()
    assert databases.http.as_user(user, lambda tx: import_rejects.exist(tx, import_id=this.id))
    this.slice()
    assert this.rejected() == [(2, "invalid_phone"), (4, "invalid_phone"), (6, "invalid_phone"), (8, "invalid_phone")]
    assert not databases.http.as_user(user, lambda tx: import_rejects.exist(tx, import_id=this.id))
    this.rejects = None
    this.slice()
    assert this.rejects is None
    assert this.row() == before


def test_two_slices_at_once_do_not_shorten_each_others_file_of_rejected_rows(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, FILE)
    this.slice(batches=1, batch_rows=4)
    cancel(this)
    with databases.owner.transaction():
        databases.owner.execute("select from hidra.contact_imports where id = %s for update", [this.id])
        this.slice()
        assert this.rejects is None
    this.slice()
    assert len(this.rejected()) == 2


def test_a_cancel_before_the_last_step_leaves_the_rejected_rows_to_the_next_slice(
    databases: Databases, user: UUID
) -> None:
    this = Importing.make(databases, user, FILE)
    steps = iter(["begin", "batch", "complete", "release", "others"])

    class Canceling(Database):
        def as_worker(self, *work: Any, **how: Any) -> Any:
            if next(steps) == "complete":
                cancel(this)
            return databases.jobs.as_worker(*work, **how)

    this.slice(db=Canceling({}, dict))
    assert next(steps, None) is None
    assert (this.row()["status"], this.counts()["rows_read"], this.rejects) == ("canceled", 20, None)
    this.slice()
    assert len(this.rejected()) == 10


def test_a_file_of_rejected_rows_that_could_not_be_stored_is_made_by_the_next_slice(
    databases: Databases, user: UUID
) -> None:
    this = Importing.make(databases, user, FILE)
    this.slice(batches=1, batch_rows=4)
    cancel(this)

    def lost(_: IO[bytes]) -> None:
        raise Unavailable("The storage of files did not answer. Try again in a few seconds.")

    with pytest.raises(Unavailable):
        this.slice(put=lost)
    this.slice()
    assert len(this.rejected()) == 2


def test_a_file_that_arrives_after_the_cancel_is_not_imported(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, FILE)
    nudges: list[None] = []
    assert cancel(this, lambda: nudges.append(None)).status == "canceled"
    this.slice()
    assert (this.row()["status"], this.counts()["rows_read"], contacts(databases, user)) == ("canceled", 0, {})
    assert nudges == []  # there are no rejected rows
    assert databases.jobs.as_worker(import_slices.stale) == []


def test_every_cancel_queues_a_slice_while_there_are_rejected_rows(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, FILE)
    this.slice(batches=1, batch_rows=4)
    nudges: list[None] = []
    first = cancel(this, lambda: nudges.append(None))
    assert cancel(this, lambda: nudges.append(None)) == first
    assert len(nudges) == 2


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_an_import_that_has_ended_is_not_canceled(databases: Databases, user: UUID, status: str) -> None:
    this = Importing.make(databases, user, b"phone\nx\n" if status == "completed" else b"nome\nx\n")
    before = this.finish()
    assert before["status"] == status
    with pytest.raises(Conflict, match=f"The import is {status}") as refused:
        cancel(this)
    assert refused.value.code == "import-ended"
    assert this.row() == before


def test_a_user_cannot_cancel_the_import_of_another_user(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, FILE)
    stranger = uuid4()
    databases.owner.execute("insert into core.users (id) values (%s)", [stranger])
    with pytest.raises(NotFound):
        cancel_import(databases.http, stranger, this.id, nudge=pytest.fail)
    assert this.row()["status"] == "waiting"


def test_no_contact_is_imported_after_the_answer_to_a_cancel(databases: Databases, user: UUID) -> None:
    segment_id = segment(databases, user)
    content = b"phone\n" + b"".join(b"119%08d\n" % (80000000 + n) for n in range(3000))
    this = Importing.make(databases, user, content, segment_id=segment_id)
    under_way = threading.Event()
    batches = iter(range(10_000))
    running = threading.Thread(
        target=this.slice, kwargs={"between": lambda: next(batches) < 5 or under_way.set(), "batch_rows": 20}
    )
    running.start()
    try:
        assert under_way.wait(30)
        answered = cancel(this)
    finally:
        running.join()
    assert answered.status == "canceled"
    assert 100 <= answered.created < 3000
    assert this.counts()["created"] == answered.created == len(contacts(databases, user))
    assert len(members(databases, segment_id)) == answered.created
    assert not this.queued_next
