"""Virtual time in whole microseconds, and functions of the product that sleep in it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hidra.services.turn import Clock
from tests.chaos.trace import SECOND

START = datetime(2026, 1, 1, tzinfo=UTC)


def moment(at: int) -> datetime:
    return START + timedelta(microseconds=at)


def since(at: datetime) -> int:
    return (at - START) // timedelta(microseconds=1)


class AsleepError(Exception):
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class Rerun:
    """Runs a function that sleeps in virtual time: stops it at each sleep, then runs it again with the same results."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._results: list[Any] = []
        self._at = 0
        self.clock = Clock(
            monotonic=lambda: self.recall(lambda: now() / SECOND),
            now=lambda: moment(now()),
            sleep=lambda seconds: self.recall(lambda: _sleep(seconds)),
        )

    def recall(self, live: Callable[[], Any]) -> Any:
        if self._at == len(self._results):
            self._results.append(live())
        self._at += 1
        return self._results[self._at - 1]

    def again(self) -> None:
        self._at = 0

    def awake(self) -> None:
        self._results.append(None)
        self._at = 0


def _sleep(seconds: float) -> None:
    if seconds > 0:
        raise AsleepError(seconds)
