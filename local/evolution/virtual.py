"""A clock that a test drives: Evolution's twenty minutes of retries take only as long as their posts."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable, Callable

from local.evolution.clock import Clock

_MAX_STEPS = 1000
"""The largest number of steps of an advance: sleepers due close to each other wake together."""


class VirtualTime:
    """Seconds that pass at `rate` (1 as real ones, 0 not at all) and by `advance`.

    They drive the statuses of phones, the delays and retries of webhooks and the windows of faults. The wall clock and
    the waiting of HTTP clients stay real, so the simulator's times can be compared with those of other processes. A
    token is dated back by the time advanced since it was signed: the receiver sees it as old as a late retry's.
    """

    def __init__(self, rate: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        if rate < 0:
            raise ValueError("the rate is not negative")
        self._rate = rate
        self._monotonic = monotonic
        self._began = monotonic()
        self._jumped = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._advancing = asyncio.Lock()

    def clock(self) -> Clock:
        """The clock for a simulator."""
        return Clock(sleep=self.sleep, passing=self.passing, hold=asyncio.sleep, ahead=self.ahead)

    def passing(self) -> float:
        """Virtual seconds since the start."""
        return (self._monotonic() - self._began) * self._rate + self._jumped

    def ahead(self) -> float:
        """How far virtual time is ahead of the real one."""
        return (self._monotonic() - self._began) * (self._rate - 1) + self._jumped

    @property
    def sleeping(self) -> int:
        """The number of sleepers."""
        return sum(not sleeper.done() for _, _, sleeper in self._sleepers)

    async def sleep(self, seconds: float) -> None:
        """Until virtual time has passed by so many seconds."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.passing() + seconds, next(self._order), sleeper))
        self._arm()
        await sleeper

    async def advance(self, seconds: float, settled: Callable[[], Awaitable[None]]) -> None:
        """Let time pass; sleepers due on the way wake in order, with `settled` awaited between them."""
        async with self._advancing:
            await settled()
            target, step = self.passing() + seconds, seconds / _MAX_STEPS
            while (due := self._next_due()) is not None and due <= target:
                self._wake(min(due + step, target))
                await settled()
            self._jump_to(target)

    def _next_due(self) -> float | None:
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def _jump_to(self, moment: float) -> None:
        self._jumped += max(0.0, moment - self.passing())

    def _wake(self, until: float) -> None:
        """Wake all sleepers due by then, at the moment of the last of them."""
        due: list[tuple[float, int, asyncio.Future[None]]] = []
        while (at := self._next_due()) is not None and at <= until:
            due.append(heapq.heappop(self._sleepers))
        if due:
            self._jump_to(due[-1][0])
        for _, _, sleeper in due:
            sleeper.set_result(None)
        self._arm()

    def _arm(self) -> None:
        """Wake the next sleeper in real time, if time passes by itself."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        due = self._next_due()
        if due is not None and self._rate:
            wait = max(0.0, due - self.passing()) / self._rate
            self._timer = asyncio.get_running_loop().call_later(wait, self._wake, due)
