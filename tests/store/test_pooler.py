"""Hidra behind PgBouncer in transaction mode: a transaction may have another session than the one before it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.domain.outcome import Sent
from hidra.errors import Full
from hidra.services.send_message import End
from hidra.store import identity
from hidra.store.db import Database, Tx
from local.database import Database as Server
from tests.conftest import PHONE_HASH_SECRET, Databases
from tests.pooler import NEEDS_PGBOUNCER, pooled
from tests.store.test_send import Outside, started

pytestmark = NEEDS_PGBOUNCER

SESSION = """
select pg_backend_pid() as pid, current_user::text as role, current_setting('hidra.user_id') as user_id,
    current_setting('statement_timeout') as statement_timeout, current_setting('lock_timeout') as lock_timeout,
    current_setting('idle_in_transaction_session_timeout') as idle_timeout, current_setting('timezone') as timezone,
    now() as at, (select count(*) from pg_prepared_statements)::int as prepared
"""


class Session:
    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


@pytest.fixture
def two(databases: Databases) -> Iterator[Databases]:
    """The database through a pooler with two connections for each login, used in turn."""
    with pooled(databases, connections=2) as found:
        yield found


def client(databases: Databases, login: str, **options: Any) -> Database:
    return Database({**databases.settings, "DATABASE_SECRET": login}, databases.logins.__getitem__, **options)


def session(tx: Tx) -> Any:
    found = tx.row(Session, SESSION)
    assert found is not None
    return found


def test_every_transaction_has_its_own_role_user_and_limits_in_whatever_session(two: Databases) -> None:
    users = [uuid4() for _ in range(8)]
    ready = threading.Barrier(len(users))

    def act(user: UUID) -> list[Any]:
        db = client(two, "http", statement_timeout_ms=7_000)
        ready.wait(10)
        try:
            return [db.as_user(user, session) for _ in range(12)]
        finally:
            db.close()

    with ThreadPoolExecutor(len(users)) as threads:
        seen = list(threads.map(act, users))
    assert {one.pid for mine in seen for one in mine} == {one.pid for one in seen[0]}
    assert len({one.pid for one in seen[0]}) == 2
    for user, mine in zip(users, seen, strict=True):
        for one in mine:
            assert (one.role, one.user_id) == ("hidra_api", str(user))
            assert (one.statement_timeout, one.lock_timeout, one.idle_timeout) == ("7s", "5s", "1min")
            assert (one.timezone, one.prepared) == ("UTC", 0)


def test_nothing_of_a_transaction_is_left_to_the_next_client_of_its_session(two: Databases) -> None:
    two.jobs.as_worker(session)
    two.http.as_user(uuid4(), session)
    left = "select current_setting('statement_timeout') || current_user || coalesce(current_setting('hidra.user_id', true), '')"
    for login, db in (("http", two.http), ("jobs", two.jobs)):
        connection = db._connection
        assert connection is not None
        for _ in range(4):
            assert connection.execute(left).fetchone() == (f"0{two.logins[login]['username']}",)


def test_times_are_utc_where_the_servers_own_zone_is_another_one(fresh_database: Databases) -> None:
    name = fresh_database.settings["DATABASE_NAME"]
    fresh_database.owner.execute(f"alter database {name} set timezone = 'America/Sao_Paulo'")  # type: ignore[call-overload]
    with pooled(fresh_database, connections=1) as through:
        for db in (through.jobs, client(fresh_database, "jobs")):
            for _ in range(2):
                at: datetime = db.as_worker(lambda tx: tx.value("select now()"))
                assert at.utcoffset() == timedelta(0)
            db.close()


def test_a_connection_is_checked_through_sessions_that_change(two: Databases) -> None:
    db = client(two, "jobs", check=identity.checked(lambda: PHONE_HASH_SECRET))

    def inside(tx: Tx) -> tuple[int, int]:
        """Takes this transaction's session away from the other client's."""
        return session(tx).pid, two.jobs.as_worker(session).pid

    first, second = db.as_worker(inside)
    assert first != second
    assert {db.as_worker(inside)[0] for _ in range(4)} <= {first, second}
    db.close()


def test_a_message_is_sent_and_recorded_through_a_pooler(two: Databases) -> None:
    world, ticket = started(two)
    for number in range(3):
        outside = Outside(Sent(f"ID-{number}"))
        assert outside.send(world, ticket, db=two.jobs) is End.POSTED
    world.assert_exact()
    assert [row["status"] for row in world.messages()] == ["sent"] * 3


def test_a_session_that_ends_behind_the_pooler_costs_nothing(two: Databases, server: Server) -> None:
    pids = {two.jobs.as_worker(session).pid for _ in range(4)}
    with server.admin() as admin:
        for pid in pids:
            admin.execute("select pg_terminate_backend(%s, 5000)", [pid])
    assert two.jobs.as_worker(session).pid not in pids


def test_a_transaction_waits_while_every_connection_of_the_pooler_is_used(databases: Databases) -> None:
    with pooled(databases, connections=1) as one:
        holds, may_end = threading.Event(), threading.Event()

        def hold(tx: Tx) -> None:
            tx.value("select 1")
            holds.set()
            may_end.wait(10)

        with ThreadPoolExecutor(1) as threads:
            holder = threads.submit(one.jobs.as_worker, hold)
            holds.wait(10)
            impatient = client(one, "jobs", wait_seconds=0)
            with pytest.raises(Full, match="no free connection"):  # query_wait_timeout, after a second
                impatient.as_worker(session)
            may_end.set()
            holder.result(10)
        assert impatient.as_worker(session).role == "hidra_worker"
        impatient.close()


def test_a_client_too_many_waits_and_is_then_served(databases: Databases) -> None:
    with pooled(databases, connections=1, clients=1) as one:
        one.jobs.as_worker(session)
        waiting = client(one, "jobs", wait_seconds=0)
        with pytest.raises(Full):  # no more connections allowed
            waiting.as_worker(session)
        one.jobs.close()
        waiting = client(one, "jobs", wait_seconds=5)
        assert waiting.as_worker(session).role == "hidra_worker"
        waiting.close()
