"""A few connections to PostgreSQL for the threads of a process."""

from collections.abc import Callable, Mapping
from queue import LifoQueue

from hidra.errors import HidraError
from hidra.store.db import Database, Tx


class Pool(Database):
    """A ``Database`` for threads: up to ``size`` transactions side by side, each in a ``Database`` of its own."""

    def __init__(self, make: Callable[[], Database], *, size: int) -> None:
        self._size = size
        # The last one used comes first, so that few connections are opened where few are needed.
        self._idle: LifoQueue[Database] = LifoQueue()
        for _ in range(size):
            self._idle.put(make())

    def close(self) -> None:
        for database in [self._idle.get() for _ in range(self._size)]:
            database.close()
            self._idle.put(database)

    def _run[T](
        self,
        role: str,
        user_id: str,
        work: Callable[[Tx], T],
        refusals: Mapping[str, HidraError],
        *,
        pipelined: bool = True,
    ) -> T:
        database = self._idle.get()
        try:
            return database._run(role, user_id, work, refusals, pipelined=pipelined)
        finally:
            self._idle.put(database)
