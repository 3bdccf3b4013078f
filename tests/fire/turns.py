"""Transactions that really overlap: each thread stops before each of its statements and its commit until it has the turn."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import Any

import psycopg

from hidra.store.db import Database, Tx
from tests.conftest import Databases

PATIENCE_SECONDS = 60.0
ONE_STATEMENT_SECONDS = 0.002  # longer than most take; who is not back by then may wait for a lock
UNGRANTED = "select pid from pg_locks where not granted"

type Pick = Callable[[Sequence[int]], int]


class SteppedTx(Tx):
    """A transaction that waits for its turn before each statement."""

    def __init__(self, connection: psycopg.Connection[Any], turn: Callable[[], None]) -> None:
        super().__init__(connection)
        self._turn = turn

    def rows(self, cls, sql, **params):
        self._turn()
        return super().rows(cls, sql, **params)

    def row(self, cls, sql, **params):
        self._turn()
        return super().row(cls, sql, **params)

    def value(self, sql, **params):
        self._turn()
        return super().value(sql, **params)

    def values(self, sql, **params):
        self._turn()
        return super().values(sql, **params)

    def run(self, sql, **params):
        self._turn()
        super().run(sql, **params)


class SteppedDatabase(Database):
    """The product's transactions and their retries, statement by statement; ``transactions`` and ``attempts`` count.

    Where ``pipelined`` is off, each statement has ended on the server before the next turn is given.
    """

    pipelined = False

    def __init__(self, databases: Databases, role: str) -> None:
        super().__init__({**databases.settings, "DATABASE_SECRET": role}, databases.logins.__getitem__)
        self.turn: Callable[[], None] = lambda: None
        self.transactions = self.attempts = 0

    @property
    def pid(self) -> int | None:
        return self._connection.info.backend_pid if self._connection else None

    def _run(self, role, user_id, work, refusals, *, pipelined=True):
        self.transactions += 1
        return super()._run(role, user_id, work, refusals, pipelined=pipelined)

    def _transaction(self, role, user_id, work, pipelined):
        self.attempts += 1

        def stepped(tx: Tx) -> Any:
            result = work(SteppedTx(tx._connection, self.turn))
            self.turn()
            return result

        return super()._transaction(role, user_id, stepped, pipelined and self.pipelined)


@dataclass
class Actor:
    """One process of the product, with its connection as a worker and as an HTTP function."""

    jobs: SteppedDatabase
    http: SteppedDatabase

    @classmethod
    def of(cls, databases: Databases) -> "Actor":
        return cls(SteppedDatabase(databases, "jobs"), SteppedDatabase(databases, "http"))

    def stop_at(self, turn: Callable[[], None], *, pipelined: bool) -> None:
        for db in (self.jobs, self.http):
            db.turn, db.pipelined = turn, pipelined

    def close(self) -> None:
        self.jobs.close()
        self.http.close()


class _State(Enum):
    RUNNING = auto()
    BLOCKED = auto()  # waits for a lock in PostgreSQL
    WAITING = auto()  # waits for its turn
    DONE = auto()


@dataclass
class Turns:
    """Runs a job for each actor at the same time; ``pick`` says which of those that could go on does the next step.

    Who waits for another's lock is left to wait. So the order of statements and commits is the one that was picked, and
    the same again for the same picks.
    """

    watch: psycopg.Connection[Any]
    pick: Pick
    _condition: threading.Condition = field(default_factory=threading.Condition)
    _states: list[_State] = field(default_factory=list)
    _turn: int | None = None
    _given_up: bool = False

    def run(self, jobs: Sequence[tuple[Actor, Callable[[], object]]], *, pipelined: bool = False) -> None:
        errors: list[BaseException] = []
        self._states = [_State.RUNNING] * len(jobs)

        def act(index: int, job: Callable[[], object]) -> None:
            try:
                self._wait(index)
                job()
            except BaseException as error:  # noqa: BLE001 - told below
                errors.append(error)
            finally:
                with self._condition:
                    self._states[index] = _State.DONE
                    self._condition.notify_all()

        threads = []
        for index, (actor, job) in enumerate(jobs):
            actor.stop_at(partial(self._wait, index), pipelined=pipelined)
            threads.append(threading.Thread(target=act, args=[index, job]))
            threads[-1].start()
        try:
            self._conduct([actor for actor, _ in jobs])
        finally:
            with self._condition:
                self._given_up = True
                self._condition.notify_all()
            for thread in threads:
                thread.join(PATIENCE_SECONDS)
            for actor, _ in jobs:
                actor.stop_at(lambda: None, pipelined=pipelined)
        if errors:
            raise errors[0]

    def _wait(self, index: int) -> None:
        with self._condition:
            self._states[index] = _State.WAITING
            self._condition.notify_all()
            self._condition.wait_for(lambda: self._turn == index or self._given_up)
            self._turn = None
            self._states[index] = _State.RUNNING

    def _conduct(self, actors: Sequence[Actor]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._settle(actors)
            with self._condition:
                waiting = self._who(_State.WAITING)
                if all(state is _State.DONE for state in self._states):
                    return
                if waiting:
                    self._turn = self.pick(waiting)
                    self._states[self._turn] = _State.RUNNING
                    self._condition.notify_all()
            assert time.monotonic() < deadline, "the transactions do not end"

    def _settle(self, actors: Sequence[Actor]) -> None:
        """Until nobody is in the middle of a step: each waits for its turn or for a lock, or is done."""
        while True:
            with self._condition:
                self._condition.wait_for(lambda: not self._who(_State.RUNNING), ONE_STATEMENT_SECONDS)
                if not self._who(_State.RUNNING, _State.BLOCKED):
                    return
            ungranted = {pid for (pid,) in self.watch.execute(UNGRANTED).fetchall()}
            with self._condition:
                for index in self._who(_State.RUNNING, _State.BLOCKED):
                    blocked = {actors[index].jobs.pid, actors[index].http.pid} & ungranted
                    self._states[index] = _State.BLOCKED if blocked else _State.RUNNING
                if not self._who(_State.RUNNING):
                    return

    def _who(self, *states: _State) -> list[int]:
        return [index for index, state in enumerate(self._states) if state in states]
