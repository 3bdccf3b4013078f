"""Time, passed in, so that tests and virtual clocks can drive the simulator."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` is the wall in epoch seconds, `monotonic` orders and measures, `sleep` takes seconds."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def until(self, moment: float) -> None:
        """Sleep until `moment` on the monotonic scale; a moment in the past returns at once."""
        wait = moment - self.monotonic()
        if wait > 0:
            await self.sleep(wait)


def iso(epoch: float) -> str:
    """The form of JavaScript's `toISOString`: UTC, milliseconds, `Z`."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def minute(epoch: float) -> str:
    """The UTC minute that holds `epoch`, as `2026-11-22T14:38:00Z`."""
    return datetime.fromtimestamp(epoch // 60 * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
