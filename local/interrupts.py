"""Ctrl-C, SIGTERM and a closed terminal: each ends a command in order, so that it stops what it has started.

This module imports little: it is ready before the command has loaded its libraries.
"""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

_SIGNALS = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)


class Interrupted(BaseException):
    """The user or the system ends the command, by a signal. No KeyboardInterrupt: typer answers that one itself."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number  # as a shell gives it: 130 for Ctrl-C


class _State:
    holders = 0
    waiting: int | None = None


def end_at_once() -> None:
    """Let each signal end the process without a word, as long as it has started nothing."""
    for number in _SIGNALS:
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP
            signal.signal(number, signal.SIG_DFL)


def end_in_order() -> None:
    """From now on each signal raises Interrupted in the main thread."""
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Let an interrupt wait until the end of the block: what is made there is known to its owner then."""
    _State.holders += 1
    try:
        yield
    finally:
        _State.holders -= 1
        if _State.waiting is not None and not _State.holders:
            number, _State.waiting = _State.waiting, None
            raise Interrupted(number)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    if _State.holders:
        _State.waiting = number
    else:
        raise Interrupted(number)
