"""Transactions that really overlap: each thread stops before each statement and commit until it gets the turn."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

import psycopg

from hidra.store.db import Database, Tx
from tests.conftest import Databases

PATIENCE_SECONDS = 60.0
ONE_STATEMENT_SECONDS = 0.002  # longer than most statements; a slower one may wait for a lock
LONGEST_PATIENCE_SECONDS = 0.016
UNGRANTED = "select pid from pg_locks where not granted"

type Pick = Callable[[Sequence[int]], int]


class SteppedTx(Tx):
    """A transaction that waits for its turn before each statement."""

    def __init__(self, connection: psycopg.Connection[Any], user_id: str, turn: Callable[[], None]) -> None:
        super().__init__(connection, user_id)
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
    """The product's transactions and their retries, statement by statement; counts ``transactions`` and ``attempts``.

    Without ``pipelined``, each statement has ended on the server before the next turn.
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
            result = work(SteppedTx(tx._connection, user_id, self.turn))
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
class _Lane:
    """A job on its actor, in a thread of its own; releasing ``go`` gives it the turn."""

    actor: Actor
    state: _State = _State.RUNNING
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    thread: threading.Thread | None = None


class Interleaving:
    """Jobs that run at the same time, each on an actor of its own; one job at a time makes a step.

    A job that waits for a lock makes no step until it has it. So the given turns decide the order of all statements and
    commits, and the same turns give the same order.
    """

    def __init__(self, watch: psycopg.Connection[Any], *, pipelined: bool = False) -> None:
        self._watch, self._pipelined = watch, pipelined
        self._lanes: list[_Lane] = []
        self._changed = threading.Condition()  # only the thread that gives the turns waits for it
        self._moves = 0
        self._errors: list[BaseException] = []
        self._given_up = False

    def run(self, jobs: Sequence[tuple[Actor, Callable[[], object]]], pick: Pick) -> None:
        """Runs all jobs to their end; ``pick`` chooses the next step among the lanes that wait for their turn."""
        for actor, job in jobs:
            self.begin(actor, job)
        self.end(pick)

    def begin(self, actor: Actor, job: Callable[[], object]) -> None:
        """Starts a job up to its first statement."""
        lane = _Lane(actor)
        self._lanes.append(lane)
        actor.stop_at(lambda: self._wait(lane), pipelined=self._pipelined)
        lane.thread = threading.Thread(target=self._act, args=[lane, job], daemon=True)
        lane.thread.start()
        self._settle()

    def waiting(self) -> list[int]:
        """Returns the indexes of the lanes that wait for their turn; the others wait for locks or are done."""
        return [index for index, lane in enumerate(self._lanes) if lane.state is _State.WAITING]

    def busy(self) -> list[Actor]:
        """Returns the actors whose jobs have not ended."""
        return [lane.actor for lane in self._lanes if lane.state is not _State.DONE]

    def step(self, index: int) -> None:
        """Runs one statement or commit of a waiting lane."""
        lane = self._lanes[index]
        lane.state = _State.RUNNING
        lane.go.release()
        self._settle()

    def end(self, pick: Pick) -> None:
        """Runs all jobs to their end.

        Raises:
            the first error of a job.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        try:
            while self._any(_State.WAITING, _State.BLOCKED):
                waiting = self.waiting()
                if waiting:
                    self.step(pick(waiting))
                else:
                    self._settle()  # a deadlock, until PostgreSQL detects it
                assert time.monotonic() < deadline, "the transactions do not end"
        finally:
            self._given_up = True
            for lane in self._lanes:
                lane.go.release()
            for lane in self._lanes:
                assert lane.thread
                lane.thread.join(PATIENCE_SECONDS)
                lane.actor.stop_at(lambda: None, pipelined=self._pipelined)
        if self._errors:
            raise self._errors[0]

    def _act(self, lane: _Lane, job: Callable[[], object]) -> None:
        try:
            self._wait(lane)
            job()
        except BaseException as error:  # noqa: BLE001 - raised at the end
            self._errors.append(error)
        finally:
            self._become(lane, _State.DONE)

    def _wait(self, lane: _Lane) -> None:
        if not self._given_up:
            self._become(lane, _State.WAITING)
            lane.go.acquire()

    def _become(self, lane: _Lane, state: _State) -> None:
        with self._changed:
            lane.state = state
            self._moves += 1
            self._changed.notify()

    def _settle(self) -> None:
        """Waits until no lane is in the middle of a step: each waits for its turn or for a lock, or is done."""
        patience = ONE_STATEMENT_SECONDS
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with self._changed:
                self._changed.wait_for(lambda: not self._any(_State.RUNNING), patience)
                if not self._any(_State.RUNNING, _State.BLOCKED):
                    return
                moves = self._moves
            ungranted = {pid for (pid,) in self._watch.execute(UNGRANTED).fetchall()}
            with self._changed:
                if moves != self._moves:
                    continue  # a step since then may have freed other lanes
                for lane in self._any(_State.RUNNING, _State.BLOCKED):
                    blocked = {lane.actor.jobs.pid, lane.actor.http.pid} & ungranted
                    lane.state = _State.BLOCKED if blocked else _State.RUNNING
                if not self._any(_State.RUNNING):
                    return
            patience = min(2 * patience, LONGEST_PATIENCE_SECONDS)
        raise AssertionError("a step does not end")

    def _any(self, *states: _State) -> list[_Lane]:
        return [lane for lane in self._lanes if lane.state in states]
