"""Waiting for a condition that other threads or processes bring about."""

import time
from collections.abc import Callable


def wait_until(reached: Callable[[], object], *, seconds: float = 60) -> None:
    """
    Raises:
        AssertionError: the condition is still false after so many seconds.
    """
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"the condition is still false after {seconds} s"
        time.sleep(0.02)
