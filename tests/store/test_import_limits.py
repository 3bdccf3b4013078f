"""What a hostile file or a busy user can take from others: attempts after a kill, slices at once, open imports."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import IO, Any
from uuid import UUID, uuid4

import pytest

from hidra.errors import Conflict, Unavailable
from hidra.services.imports.request_import import cancel_import, request_import
from hidra.store import import_slices, imports
from hidra.store.db import Database
from tests.conftest import Databases
from tests.deployment import template
from tests.store.importing import OPTIONS, Crashes, Importing, Killed

FILE = b"phone\n" + b"".join(b"119800000%02d\n" % n for n in range(20))
BEGIN = 3  # steps of Crashes until a slice has begun: the transaction, and its statements


def make(databases: Databases, user: UUID, **how: Any) -> Importing:
    return Importing.make(databases, user, FILE, **how)


def begin(this: Importing) -> import_slices.RunningImport | None:
    return this.databases.jobs.as_worker(
        lambda tx: import_slices.begin(tx, import_id=this.id, bytes_total=len(FILE), version=None)
    )


def killed_while_it_reads(this: Importing) -> None:
    """One slice of a file whose first rows kill the process."""
    read = this.file

    def deadly() -> Any:
        found = read()
        assert found is not None

        def pieces(offset: int, until: int | None) -> Iterator[bytes]:
            if until is None:
                raise Killed
            return found.read(offset, until)

        return type(found)(found.size, found.etag, pieces)

    this.file = deadly  # type: ignore[method-assign]
    with pytest.raises(Killed):
        this.slice()
    this.file = read  # type: ignore[method-assign]


@pytest.fixture
def stranger(databases: Databases) -> UUID:
    other = uuid4()
    databases.owner.execute("insert into core.users (id) values (%s)", [other])
    return other


class TestAfterAKill:
    def test_a_slice_is_tried_twice_more_and_then_the_import_fails(self, databases: Databases, user: UUID) -> None:
        this = make(databases, user)
        for _ in range(3):
            killed_while_it_reads(this)
            assert this.row()["status"] == "running"
        this.slice()
        assert (this.row()["status"], this.row()["failure_code"]) == ("failed", "internal")
        assert "too much time or memory" in this.row()["failure_reason"]

    def test_a_batch_that_commits_makes_the_next_kill_the_first_one(self, databases: Databases, user: UUID) -> None:
        this = make(databases, user)
        for _ in range(4):
            killed_while_it_reads(this)
            killed_while_it_reads(this)
            this.slice(batches=1, batch_rows=10)
        assert this.row()["status"] == "running"
        assert this.row()["rows_read"] == 4  # the first batch of a slice after a kill is a tenth

    def test_no_slice_begins_while_the_killed_one_may_still_run(self, databases: Databases, user: UUID) -> None:
        this = make(databases, user)
        assert begin(this) is not None
        this.slice()
        assert (this.counts()["rows_read"], this.row()["attempts"]) == (0, 1)
        this.lease_runs_out()
        this.slice()
        assert this.row()["status"] == "completed"

    def test_a_lease_outlives_the_function_and_ends_before_the_clock_asks_again(self) -> None:
        timeout = template()["Resources"]["ContactImportFunction"]["Properties"]["Timeout"]
        assert timedelta(seconds=timeout) < timedelta(seconds=import_slices.LEASE_SECONDS) < timedelta(minutes=5)

    def test_a_slice_whose_lease_ran_out_does_not_end_the_lease_of_the_next(
        self, databases: Databases, user: UUID
    ) -> None:
        this = make(databases, user)
        slow = begin(this)
        assert slow is not None
        this.lease_runs_out()
        assert begin(this) is not None
        databases.jobs.as_worker(lambda tx: import_slices.release(tx, slow, counts=False))
        assert begin(this) is None
        assert this.row()["attempts"] == 2


class TestAServiceThatIsAway:
    @pytest.mark.parametrize("times", [1, 40])
    def test_counts_as_no_attempt(self, databases: Databases, user: UUID, times: int) -> None:
        this = make(databases, user)

        def away() -> Any:
            found = Importing.file(this)
            assert found is not None

            def read(_: int, __: int | None) -> Iterator[bytes]:
                raise Unavailable("A file could not be read. Try again in a few seconds.")

            return type(found)(found.size, found.etag, read)

        this.file = away  # type: ignore[method-assign]
        for _ in range(times):
            with pytest.raises(Unavailable):
                this.slice()
        assert (this.row()["attempts"], this.row()["leased_until"]) == (0, None)
        del this.file  # type: ignore[method-assign]
        assert this.finish()["status"] == "completed"

    def test_the_storage_of_rejected_rows_counts_as_none_either(self, databases: Databases, user: UUID) -> None:
        this = Importing.make(databases, user, b"phone\nx\n")

        def away(_: IO[bytes]) -> None:
            raise Unavailable("The storage of files did not answer. Try again in a few seconds.")

        for _ in range(10):
            with pytest.raises(Unavailable):
                this.slice(put=away)
        assert this.finish()["status"] == "completed"

    def test_a_database_that_goes_after_the_begin_costs_one_attempt_and_the_lease(
        self, databases: Databases, user: UUID
    ) -> None:
        this = make(databases, user)
        transactions = iter(["begin"])

        class Going(Database):
            def as_worker(self, *work: Any, **how: Any) -> Any:
                if next(transactions, None):
                    return databases.jobs.as_worker(*work, **how)
                raise Unavailable("The database is not available. Try again in a few seconds.")

        with pytest.raises(Unavailable):
            this.slice(db=Going({}, dict))
        assert this.row()["attempts"] == 1
        assert this.finish()["status"] == "completed"


class TestOneUserRunsTwoSlicesAtOnce:
    def test_a_third_waits_until_one_ends_and_is_queued_then(self, databases: Databases, user: UUID) -> None:
        first, second, third, fourth = (make(databases, user) for _ in range(4))
        assert begin(second) is not None
        third_before = third.row()

        def beside() -> None:
            third.slice()
            fourth.slice()

        first.slice(between=beside, batch_rows=10)
        assert first.row()["status"] == "completed"
        waits = third.row()
        assert waits.pop("held_back_at") is not None
        assert waits | {"held_back_at": None} == third_before
        assert not third.queued_next
        assert first.queued_others == [third.id]
        third.slice()
        assert (third.row()["status"], third.row()["held_back_at"]) == ("completed", None)
        assert third.queued_others == [fourth.id]

    def test_another_user_is_not_held_back(self, databases: Databases, user: UUID, stranger: UUID) -> None:
        for _ in range(2):
            assert begin(make(databases, user)) is not None
        assert begin(make(databases, user)) is None
        assert begin(make(databases, stranger)) is not None

    def test_a_canceled_import_counts_until_its_slice_ends(self, databases: Databases, user: UUID) -> None:
        running = [make(databases, user) for _ in range(2)]
        slices = [begin(this) for this in running]
        for this in running:
            cancel_import(databases.http, user, this.id, nudge=pytest.fail)
        waits = make(databases, user)
        assert begin(waits) is None
        ended = slices[0]
        assert ended is not None
        databases.jobs.as_worker(lambda tx: import_slices.release(tx, ended, counts=True))
        assert begin(waits) is not None

    def test_the_clock_queues_what_was_held_back_once_there_is_room(self, databases: Databases, user: UUID) -> None:
        running = [make(databases, user) for _ in range(2)]
        for this in running:
            assert begin(this) is not None
        waits = make(databases, user)
        waits.slice()
        databases.owner.execute("update hidra.contact_imports set held_back_at = held_back_at - interval '2 minutes'")
        assert databases.jobs.as_worker(import_slices.stale) == []
        running[0].lease_runs_out()  # its process was killed
        assert [each.id for each in databases.jobs.as_worker(import_slices.stale)] == [waits.id]
        assert databases.jobs.as_worker(import_slices.stale) == []
        waits.slice()
        assert waits.row()["status"] == "completed"

    def test_slices_that_begin_at_once_are_counted_one_after_the_other(
        self, databases: Databases, user: UUID, stranger: UUID
    ) -> None:
        mine, theirs = ([make(databases, each) for _ in range(6)] for each in (user, stranger))

        def alone(this: Importing) -> bool:
            db = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
            try:
                return (
                    db.as_worker(lambda tx: import_slices.begin(tx, import_id=this.id, bytes_total=1, version=None))
                    is not None
                )
            finally:
                db.close()

        with ThreadPoolExecutor(12) as threads:
            begun = list(threads.map(alone, [*mine, *theirs]))
        assert (sum(begun[:6]), sum(begun[6:])) == (import_slices.MAX_SLICES, import_slices.MAX_SLICES)

    def test_two_users_leave_a_slice_to_a_third(self) -> None:
        source = template()["Resources"]["ContactImportSource"]["Properties"]
        assert source["ScalingConfig"]["MaximumConcurrency"] > 2 * import_slices.MAX_SLICES


def request(databases: Databases, user: UUID, db: Database | None = None) -> imports.ImportRow:
    return request_import(db or databases.http, user, segment_id=None, segment_name=None, format="csv", options=OPTIONS)


class TestOpenImportsAreLimited:
    def test_the_eleventh_is_refused_until_one_ends(self, databases: Databases, user: UUID, stranger: UUID) -> None:
        made = [request(databases, user) for _ in range(imports.MAX_OPEN)]
        with pytest.raises(Conflict, match="10 of your imports") as refused:
            request(databases, user)
        assert refused.value.code == "too-many-imports"
        request(databases, stranger)
        cancel_import(databases.http, user, made[3].id, nudge=pytest.fail)
        request(databases, user)
        with pytest.raises(Conflict):
            request(databases, user)

    def test_requests_at_once_do_not_exceed_it(self, databases: Databases, user: UUID) -> None:
        for _ in range(imports.MAX_OPEN - 2):
            request(databases, user)

        def alone(_: int) -> bool:
            db = Database({**databases.settings, "DATABASE_SECRET": "http"}, databases.logins.__getitem__)
            try:
                request(databases, user, db)
            except Conflict:
                return False
            finally:
                db.close()
            return True

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(alone, range(8))) == 2


def test_a_slice_killed_anywhere_leaves_no_lease_that_does_not_run_out(databases: Databases, user: UUID) -> None:
    for at in range(BEGIN, 30, 3):
        this = make(databases, user)
        try:
            this.slice(db=Crashes(databases.jobs, at=at))  # type: ignore[arg-type]
        except Killed:
            this.slice()
        assert (this.row()["status"], this.row()["leased_until"]) == ("completed", None), at
