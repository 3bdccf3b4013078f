"""Threads in virtual time: one runs at a time, until it sleeps, and PostgreSQL's clock shows the same time."""

import heapq
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hidra.services.turn import Clock
from hidra.store.db import Database, Tx
from tests.conftest import Databases

# Found before those of pg_catalog, which the search path names last.
CLOCKS = """
create schema virtual;
create function virtual.clock_timestamp() returns timestamptz language sql
    as $$ select current_setting('virtual.now')::timestamptz $$;
create function virtual.now() returns timestamptz language sql
    as $$ select current_setting('virtual.now')::timestamptz $$;
grant usage on schema virtual to public;
alter role test_jobs in database {} set search_path = virtual, pg_catalog;
"""
SET_CLOCK = "select set_config('virtual.now', %(now)s, false)"


class _OverError(BaseException):
    """Ends a thread that sleeps beyond the end."""


class VirtualTime:
    """Seconds from ``start``, which pass only while every thread sleeps."""

    def __init__(self) -> None:
        self.start, self.seconds = datetime.now(UTC), 0.0
        self.clock = Clock(monotonic=lambda: self.seconds, now=self.now, sleep=self.sleep)
        self._due: list[tuple[float, int, threading.Event]] = []
        self._number, self._asleep, self._over = count(), threading.Event(), False
        self._threads: list[threading.Thread] = []
        self._failed: BaseException | None = None

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._wait(self._at(seconds))

    def after(self, seconds: float, work: Callable[[], object]) -> None:
        """Runs ``work`` in a thread of its own, so many seconds from now."""
        awake = self._at(seconds)

        def run() -> None:
            awake.wait()
            try:
                if not self._over:
                    work()
            except _OverError:
                pass
            except BaseException as error:  # noqa: BLE001 - the caller of run raises it
                self._failed = error
            self._asleep.set()

        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()

    def run(self, until: float) -> None:
        """Lets time pass until so many seconds, then ends all threads; raises what one of them raised."""
        while self._due and not self._failed:
            at, _, awake = heapq.heappop(self._due)
            self._over = self._over or at > until
            self.seconds = min(max(at, self.seconds), until)
            awake.set()
            self._asleep.wait()
            self._asleep.clear()
        if self._failed:
            raise self._failed
        for thread in self._threads:
            thread.join(10)

    def database(self, databases: Databases) -> Databases:
        """Returns the databases with a worker's connection whose clock is this one. They must be fresh ones."""
        name = databases.settings["DATABASE_NAME"]
        databases.owner.execute(CLOCKS.format(name))  # type: ignore[arg-type]
        settings = {**databases.settings, "DATABASE_SECRET": "jobs"}
        return replace(databases, jobs=_InVirtualTime(self, settings, databases.logins))

    def _at(self, seconds: float) -> threading.Event:
        awake = threading.Event()
        heapq.heappush(self._due, (self.seconds + seconds, next(self._number), awake))
        return awake

    def _wait(self, awake: threading.Event) -> None:
        self._asleep.set()
        awake.wait()
        if self._over:
            raise _OverError


class _InVirtualTime(Database):
    def __init__(self, time: VirtualTime, settings: dict[str, str], logins: dict[str, dict[str, str]]) -> None:
        super().__init__(settings, logins.__getitem__)
        self._time = time

    def as_worker[T](self, work: Callable[[Tx], T], *args: Any, **options: Any) -> T:
        def timed(tx: Tx) -> T:
            tx.run(SET_CLOCK, now=self._time.now().isoformat())
            return work(tx)

        return super().as_worker(timed, *args, **options)
