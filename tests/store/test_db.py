from contextlib import suppress
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest

from hidra.errors import Conflict, Rejected, Unavailable
from hidra.store.db import Database, Tx
from local.database import Database as Server
from tests.conftest import Databases


def add_segment(tx: Tx, user: UUID) -> UUID:
    return tx.value(
        "insert into hidra.contact_segments (user_id, name) values (%(user)s, 'all') returning id",
        user=user,
    )


def test_a_user_sees_only_their_own_rows_even_without_a_filter(databases: Databases, user: UUID) -> None:
    databases.http.as_user(user, lambda tx: add_segment(tx, user))
    names = "select name from hidra.contact_segments"
    assert databases.http.as_user(user, lambda tx: tx.values(names)) == ["all"]
    assert databases.http.as_user(uuid4(), lambda tx: tx.values(names)) == []
    assert databases.jobs.as_worker(lambda tx: tx.values(names)) == ["all"]


def test_a_user_cannot_write_rows_of_another(databases: Databases, user: UUID) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        databases.http.as_user(uuid4(), lambda tx: add_segment(tx, user))


def test_http_functions_cannot_become_workers(databases: Databases) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        databases.http.as_worker(lambda tx: tx.value("select 1"))


def test_without_a_role_a_login_can_read_nothing(databases: Databases) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        databases.http._run("none", "", lambda tx: tx.values("select id from hidra.campaigns"), {})


def test_a_violated_constraint_raises_the_callers_error(databases: Databases) -> None:
    refusals = {"contact_segments_user_fk": Rejected("unknown user")}
    stranger = uuid4()
    with pytest.raises(Rejected, match="unknown user"):
        databases.http.as_user(stranger, lambda tx: add_segment(tx, stranger), refusals)
    with pytest.raises(Conflict):
        databases.http.as_user(stranger, lambda tx: add_segment(tx, stranger))


def test_work_that_fails_leaves_nothing_behind(databases: Databases, user: UUID) -> None:
    def work(tx: Tx) -> None:
        add_segment(tx, user)
        raise Rejected("no")

    with pytest.raises(Rejected, match="no"):
        databases.http.as_user(user, work)
    assert databases.http.as_user(user, lambda tx: tx.value("select count(*) from hidra.contact_segments")) == 0


def test_an_error_of_a_statement_without_a_result_fails_the_transaction(databases: Databases, user: UUID) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        databases.http.as_user(user, lambda tx: tx.run("select 1 / 0"))


def test_a_lost_connection_is_opened_again(databases: Databases, server: Server) -> None:
    pid = databases.jobs.as_worker(lambda tx: tx.value("select pg_backend_pid()"))
    with server.admin() as admin:
        assert admin.execute("select pg_terminate_backend(%s)", [pid]).fetchone() == (True,)
    assert databases.jobs.as_worker(lambda tx: tx.value("select 1")) == 1


def test_a_stopped_database_is_unavailable_and_a_started_one_available_again() -> None:
    with Server.running() as server:
        settings = {
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_PORT": str(server.port),
            "DATABASE_NAME": "hidra",
            "DATABASE_SSLMODE": "disable",
            "DATABASE_ROOT_CERTIFICATES": "rds",
            "DATABASE_POOLER": "false",
            "DATABASE_SECRET": "any",
        }
        url = urlsplit(server.url)
        db = Database(settings, lambda _: {"username": url.username or "", "password": url.password or ""})
        run = lambda: db._run("none", "", lambda tx: tx.value("select 1"), {})  # noqa: E731
        assert run() == 1
        server.stop("immediate")
        with pytest.raises(Unavailable):
            run()
        server.start()
        assert run() == 1
        db.close()


def test_a_deadlocked_transaction_runs_again_whole(databases: Databases, user: UUID) -> None:
    runs = []

    def work(tx: Tx) -> int:
        runs.append(1)
        if len(runs) == 1:
            tx.value("do $$ begin raise deadlock_detected; end $$")
        return 7

    assert databases.jobs.as_worker(work) == 7
    assert len(runs) == 2


def test_a_transaction_inside_another_on_the_same_connection_is_refused(databases: Databases) -> None:
    jobs = databases.jobs
    with pytest.raises(AssertionError, match="inside a transaction"):
        jobs.as_worker(lambda _: jobs.as_worker(lambda tx: tx.value("select 1")))
    assert jobs.as_worker(lambda tx: tx.value("select 1")) == 1


def test_a_failed_statement_that_was_caught_saves_nothing_and_is_an_error(databases: Databases, user: UUID) -> None:
    def work(tx: Tx) -> None:
        add_segment(tx, user)
        with suppress(psycopg.errors.DivisionByZero):
            tx.value("select 1 / 0")

    for pipelined in (True, False):
        with pytest.raises((Unavailable, psycopg.errors.InFailedSqlTransaction)):
            databases.http._run("hidra_api", str(user), work, {}, pipelined=pipelined)
    assert databases.http.as_user(user, lambda tx: tx.value("select count(*) from hidra.contact_segments")) == 0
