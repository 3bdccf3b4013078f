"""PostgreSQL: one connection a process, transactions under a role, driver errors translated into Hidra's."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Composed
from tenacity import (
    Retrying,
    retry_if_exception,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from hidra.errors import Conflict, Full, HidraError, NotFound, Rejected, Unavailable
from hidra.store import connecting
from hidra.store.typed_rows import typed_row
from hidra.telemetry import logger

LOCK_TIMEOUT_MS = 5_000
TRANSIENT = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
# Values that no column can hold. psycopg calls the last one (a text too long for its index) operational, as if the
# server were away.
UNFIT = (
    psycopg.errors.CharacterNotInRepertoire,
    psycopg.errors.UntranslatableCharacter,
    psycopg.errors.DatetimeFieldOverflow,
    psycopg.errors.NumericValueOutOfRange,
    psycopg.errors.ProgramLimitExceeded,
)

# A tenant's statements have optional filters and pages. psycopg prepares a statement at its sixth use, and five uses
# later PostgreSQL may choose one plan for all parameters, which reads a tenant's whole index to find one page. So each
# is planned with its parameters. A worker's statements have none such, and claims must not be planned at each use.
#
# All of it ends with the transaction: behind a pooler the next one has another session.
SET_ROLE: LiteralString = """
select set_config('role', %(role)s, true), set_config('hidra.user_id', %(user_id)s, true),
    set_config('plan_cache_mode', %(plan_cache_mode)s, true),
    set_config('statement_timeout', %(statement_timeout)s, true), set_config('lock_timeout', %(lock_timeout)s, true),
    set_config('idle_in_transaction_session_timeout', '60s', true)
"""


type Statement = LiteralString | SQL | Composed


class Tx:
    """One open transaction. Statements travel in a pipeline: only asking for rows waits for an answer.

    A user's transaction binds the parameter ``user_id`` of every statement. A worker's binds none: there the caller
    passes it like any other parameter.
    """

    def __init__(self, connection: psycopg.Connection[Any], user_id: str = "") -> None:
        self._connection = connection
        self._bound: dict[str, Any] = {"user_id": UUID(user_id)} if user_id else {}

    def rows[T](self, cls: type[T], sql: Statement, **params: Any) -> list[T]:
        """Every row as a ``cls``, built from the columns by name."""
        with self._connection.cursor(row_factory=typed_row(cls)) as cursor:
            return cursor.execute(sql, self._bound | params).fetchall()

    def row[T](self, cls: type[T], sql: Statement, **params: Any) -> T | None:
        """The first row as a ``cls``, or None."""
        with self._connection.cursor(row_factory=typed_row(cls)) as cursor:
            return cursor.execute(sql, self._bound | params).fetchone()

    def value(self, sql: Statement, **params: Any) -> Any:
        """The first column of the first row, or None."""
        with self._connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(sql, self._bound | params).fetchone()

    def values(self, sql: Statement, **params: Any) -> list[Any]:
        """The first column of every row."""
        with self._connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(sql, self._bound | params).fetchall()

    def run(self, sql: LiteralString, **params: Any) -> None:
        """Sends the statement on without waiting; its error, if any, is raised by the next wait or the commit."""
        self._connection.execute(sql, self._bound | params)

    def copy(self, sql: LiteralString, data: bytes) -> None:
        """Sends ``data`` as the input of a COPY. libpq allows it only in a transaction that is not pipelined."""
        with self._connection.cursor().copy(sql) as copy:
            copy.write(data)


def found[T](row: T | None, name: str) -> T:
    """The row.

    Raises:
        NotFound: there is none, or it belongs to another user.
    """
    if row is None:
        raise NotFound(f"There is no {name} with this id.")
    return row


class Database:
    """Runs work in transactions on one connection, opened at the first use and reopened after it broke."""

    def __init__(
        self,
        settings: Mapping[str, str],
        credentials: Callable[[str], Mapping[str, str]],
        *,
        statement_timeout_ms: int = 25_000,
        wait_seconds: float = 5,
        check: Callable[[Tx], None] | None = None,
    ) -> None:
        """
        Args:
            settings: those of ``hidra.settings.DATABASE_SETTINGS``.
            credentials: reads a secret, {"username", "password"}, for each new connection, so that it may rotate.
            statement_timeout_ms: the server cancels any statement that takes longer.
            wait_seconds: for how long a transaction waits for a connection while the server has none left.
            check: runs in a transaction on each new connection, which is not used if it raises.
        """
        self._settings = settings
        self._credentials = credentials
        self._statement_timeout_ms = statement_timeout_ms
        self._wait_seconds = wait_seconds
        self._check = check
        self._connection: psycopg.Connection[Any] | None = None

    def as_user[T](self, user_id: UUID, work: Callable[[Tx], T], refusals: Mapping[str, HidraError] | None = None) -> T:
        """Runs ``work`` where row-level security shows this user's rows only. See ``_run``."""
        return self._run("hidra_api", str(user_id), work, refusals or {})

    def as_worker[T](
        self, work: Callable[[Tx], T], refusals: Mapping[str, HidraError] | None = None, *, pipelined: bool = True
    ) -> T:
        """Runs ``work`` with every tenant's rows visible. See ``_run``."""
        return self._run("hidra_worker", "", work, refusals or {}, pipelined=pipelined)

    def as_admin[T](self, work: Callable[[Tx], T]) -> T:
        """Runs ``work`` with every campaign's metrics readable and nothing else. See ``_run``."""
        return self._run("hidra_admin", "", work, {})

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run[T](
        self,
        role: str,
        user_id: str,
        work: Callable[[Tx], T],
        refusals: Mapping[str, HidraError],
        *,
        pipelined: bool = True,
    ) -> T:
        """One transaction: commits everything that ``work`` did, or nothing.

        ``work`` runs again after a deadlock or serialization failure, and once more on a new connection if the old one
        broke before the commit was requested: it must do nothing but talk to the database.

        Raises:
            the error that ``refusals`` holds for the name of a violated constraint; Conflict for any other constraint.
            Rejected: the database cannot hold a value; the same request fails the same way.
            Full: the server had no connection left for ``wait_seconds``.
            Unavailable: the database cannot be reached, a lock was not available or a statement not done in time.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(TRANSIENT),
            wait=wait_random_exponential(multiplier=0.01, max=0.5),
            stop=stop_after_attempt(8),
            reraise=True,
        )
        waiting = Retrying(
            retry=retry_if_exception(connecting.is_full),
            wait=wait_random_exponential(multiplier=0.1, max=2),
            stop=stop_before_delay(self._wait_seconds),
            reraise=True,
        )
        try:
            result: T = waiting(retrying, self._once, role, user_id, work, pipelined)
            return result
        except psycopg.errors.IntegrityError as error:
            name = error.diag.constraint_name or ""
            if name in refusals:
                raise refusals[name] from error
            logger.warning("a constraint was violated", constraint=name)
            raise Conflict("The change contradicts other data; nothing was saved.") from error
        except UNFIT as error:
            logger.warning("the database cannot hold a value", sqlstate=error.sqlstate)
            raise Rejected(
                "The database cannot hold a value of this request; nothing was saved.", code="unfit"
            ) from error
        except psycopg.errors.LockNotAvailable as error:
            raise Unavailable(
                "Another request is changing the same data; nothing was saved. Try again in a few seconds.",
                code="locked",
            ) from error
        except psycopg.errors.QueryCanceled as error:  # the statement's time is over
            logger.warning("a statement took too long")
            raise Unavailable(
                "The request takes too long for the database; nothing was saved. Ask for less at once, or try again"
                " later.",
                code="too-slow",
            ) from error
        except (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction, *TRANSIENT) as error:
            self.close()
            if connecting.is_full(error):
                logger.warning("the database has no connection left", reason=str(error).strip())
                raise Full("The database has no free connection. Try again in a few seconds.") from error
            if connecting.is_untrusted(error):
                logger.error("the database's certificate is not accepted", reason=str(error).strip())
            raise Unavailable("The database is not available. Try again in a few seconds.") from error

    def _once[T](self, role: str, user_id: str, work: Callable[[Tx], T], pipelined: bool) -> T:
        used_before = self._connection is not None
        try:
            return self._transaction(role, user_id, work, pipelined)
        except _BrokenBeforeCommit as error:
            self.close()
            if not used_before:
                raise error.cause from None
            logger.info("database connection was lost, opening another")
        try:
            return self._transaction(role, user_id, work, pipelined)
        except _BrokenBeforeCommit as error:
            raise error.cause from None

    def _transaction[T](self, role: str, user_id: str, work: Callable[[Tx], T], pipelined: bool) -> T:
        connection = self._connect(role)
        if connection.info.transaction_status is not TransactionStatus.IDLE:
            raise AssertionError("A transaction inside a transaction: its commit would end the outer one.")
        working = True
        try:
            # Plain statements, which travel with the others: psycopg's context of a transaction waits for the answer of
            # its BEGIN and again before its COMMIT.
            with connection.pipeline() if pipelined else nullcontext():
                connection.execute("begin", prepare=False)
                self._take(connection, role, user_id)
                result = work(Tx(connection, user_id))
                working = False
                commit = connection.execute("commit", prepare=False)
            if commit.statusmessage != "COMMIT":  # after a failed statement, COMMIT is a ROLLBACK without an error
                raise psycopg.errors.InFailedSqlTransaction("A statement of the transaction failed; nothing was saved.")
            return result
        except BaseException as error:
            lost = connection.broken
            _roll_back(connection)
            if working and lost and isinstance(error, psycopg.OperationalError):
                raise _BrokenBeforeCommit(error) from error
            raise

    def _connect(self, role: str) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            login = self._credentials(self._settings["DATABASE_SECRET"])
            opened = connecting.connect(self._settings, login)
            try:
                self._check_new(opened, role)
            except BaseException:
                opened.close()
                raise
            self._connection = opened
        return self._connection

    def _check_new(self, connection: psycopg.Connection[Any], role: str) -> None:
        if self._check is not None:
            with connection.transaction():
                self._take(connection, role, "")
                self._check(Tx(connection))

    def _take(self, connection: psycopg.Connection[Any], role: str, user_id: str) -> None:
        connection.execute(
            SET_ROLE,
            {
                "role": role,
                "user_id": user_id,
                "plan_cache_mode": "auto" if role == "hidra_worker" else "force_custom_plan",
                "statement_timeout": str(self._statement_timeout_ms),
                "lock_timeout": str(LOCK_TIMEOUT_MS),
            },
        )


def _roll_back(connection: psycopg.Connection[Any]) -> None:
    try:
        connection.rollback()
    except psycopg.Error:
        connection.close()


class _BrokenBeforeCommit(Exception):
    def __init__(self, cause: psycopg.OperationalError) -> None:
        super().__init__(str(cause))
        self.cause = cause
