"""Waiting with a time limit."""

import time
from collections.abc import Callable

from local.processes import LocalError


def wait_for(event: str, *, seconds: float, ready: Callable[[], bool]) -> None:
    """Poll until `ready` is true. Raises LocalError, which names the event, after so many seconds."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise LocalError(f"Waited {seconds:.0f} s for {event}.")
        time.sleep(0.3)
