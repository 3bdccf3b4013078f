"""A finding, a check, and the running of many side by side with a time-out each."""

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
    """What was found about a subject, and what to do about it if it is not ok."""

    state: State
    subject: str
    text: str
    advice: str = ""


@dataclass(frozen=True)
class Check:
    """Looks at one thing. `late` is what it means if that takes too long."""

    subject: str
    look: Callable[[], Sequence[Finding]]
    late: State = State.FAILS


def ok(subject: str, text: str) -> Finding:
    return Finding(State.OK, subject, text)


def warning(subject: str, text: str, advice: str = "") -> Finding:
    return Finding(State.WARNING, subject, text, advice)


def fails(subject: str, text: str, advice: str = "") -> Finding:
    return Finding(State.FAILS, subject, text, advice)


def run(checks: Sequence[Check], *, seconds: float) -> Iterator[Finding]:
    """Runs all at once and gives their findings in the order of the checks; none is waited for any longer."""
    runs = [_Run(check) for check in checks]
    deadline = time.monotonic() + seconds
    for one in runs:
        one.join(max(0.0, deadline - time.monotonic()))
        if one.is_alive():
            yield Finding(one.check.late, one.check.subject, f"no answer within {seconds:.0f} s")
        else:
            yield from one.findings


class _Run(threading.Thread):
    """A check at work; a daemon, for what hangs must not keep the command from ending."""

    def __init__(self, check: Check) -> None:
        super().__init__(daemon=True)
        self.check = check
        self.findings: Sequence[Finding] = ()
        self.start()

    def run(self) -> None:
        try:
            self.findings = self.check.look()
        except Exception as error:  # noqa: BLE001 - whatever stops a check is what it has found
            lines = str(error).strip().splitlines() or [""]
            self.findings = [fails(self.check.subject, f"{type(error).__name__}: {lines[0]}".rstrip(": "))]
