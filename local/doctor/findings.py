"""Findings, and checks that run side by side within a time limit."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILS = "fails"


@dataclass(frozen=True)
class Finding:
    """The result of a check on a subject, with advice if it is not ok."""

    state: State
    subject: str
    text: str
    advice: str = ""


@dataclass(frozen=True)
class Check:
    """A check of one subject. `late` is its state if it takes too long."""

    subject: str
    run: Callable[[], Sequence[Finding]]
    late: State = State.FAILS


def ok(subject: str, text: str) -> Finding:
    return Finding(State.OK, subject, text)


def warning(subject: str, text: str, advice: str = "") -> Finding:
    return Finding(State.WARNING, subject, text, advice)


def fails(subject: str, text: str, advice: str = "") -> Finding:
    return Finding(State.FAILS, subject, text, advice)


def run(checks: Sequence[Check], *, seconds: float) -> Iterator[Finding]:
    """Run all checks at once; yields their findings in the order of the checks, after so many seconds at most."""
    threads = [_CheckThread(check) for check in checks]
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            yield Finding(thread.check.late, thread.check.subject, f"no answer within {seconds:.0f} s")
        else:
            yield from thread.findings


class _CheckThread(threading.Thread):
    """Runs one check. It is a daemon: a check that hangs must not keep the command from ending."""

    def __init__(self, check: Check) -> None:
        super().__init__(daemon=True)
        self.check = check
        self.findings: Sequence[Finding] = ()
        self.start()

    def run(self) -> None:
        try:
            self.findings = self.check.run()
        except Exception as error:  # noqa: BLE001 - the error is the finding
            lines = str(error).strip().splitlines() or [""]
            self.findings = [fails(self.check.subject, f"{type(error).__name__}: {lines[0]}".rstrip(": "))]
