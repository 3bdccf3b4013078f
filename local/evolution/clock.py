"""Time, passed in, so that tests and virtual clocks can drive the simulator."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` is the wall in epoch seconds, `monotonic` measures real time, `sleep` takes seconds.

    `passing` is the time that `sleep` counts in, `hold` the sleep while a client waits for its answer. `hold` is always
    real; a virtual clock drives `passing` and `sleep` (see `virtual.py`) and says by `ahead` how far it is ahead.
    """

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    passing: Callable[[], float] = time.monotonic
    hold: Callable[[float], Awaitable[None]] | None = None
    ahead: Callable[[], float] = lambda: 0.0

    async def until(self, moment: float) -> None:
        """Sleep until `moment` on the scale of `passing`; a moment in the past returns at once."""
        wait = moment - self.passing()
        if wait > 0:
            await self.sleep(wait)

    async def keep_waiting(self, seconds: float) -> None:
        """Keep a client waiting in real time, as its own time-outs are real."""
        if seconds > 0:
            await (self.hold or self.sleep)(seconds)


@dataclass(frozen=True, slots=True)
class Seconds:
    """A range of seconds from which one value is drawn."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError("seconds are a number or [low, high], from 0 on")

    def draw(self, rng: random.Random) -> float:
        """One value, evenly distributed."""
        return rng.uniform(self.low, self.high)

    @classmethod
    def parse(cls, value: Any) -> Self:
        """A number is exact, a pair is a range."""
        low, high = value if isinstance(value, list | tuple) else (value, value)
        return cls(float(low), float(high))


AT_ONCE = Seconds(0, 0)


def iso(epoch: float) -> str:
    """The form of JavaScript's `toISOString`: UTC, milliseconds, `Z`."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def minute(epoch: float) -> str:
    """The UTC minute that holds `epoch`, as `2026-11-22T14:38:00Z`."""
    return datetime.fromtimestamp(epoch // 60 * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
