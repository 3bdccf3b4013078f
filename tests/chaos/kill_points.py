"""The points at which a worker process can be killed: before and after each commit and each call to the outside.

Only tests load this. A point's name is `<part>/<kind>:<what>:<when>`, such as `send/commit:mark_sent:before`:

- part: the function that runs, see `worker.PARTS`;
- kind: `commit`, `http`, `sqs`, `kinesis` or `secrets`;
- what: the nearest function of the product whose name tells the purpose;
- when: `before`, `after`, or for HTTP `written`: the request is sent and the answer not read, so Evolution processes it
  whether the worker lives or not.
"""

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FrameType, ModuleType
from typing import Any

from urllib3.connection import HTTPConnection

from hidra.gateways.addresses import Adapter
from hidra.store import db
from hidra.store.db import Database, Tx

KILL = 0.0
LATE = "late"
"""Counted like a point: a sender that still held its message when its post must have timed out."""
HELD = "held"
"""Counted like a point: the messages that were claimed and without a recorded outcome when a worker died."""
_CLAIMED = "commit:claim:after"
_RECORDED = frozenset(
    f"commit:{what}:after"
    for what in ("mark_sent", "mark_unknown", "mark_failed", "retry_later", "release", "claim_or_free_slot")
)
_NAMELESS_MODULES = ("hidra.store.db", "hidra.telemetry")  # their functions do not tell the purpose


class KillPoints:
    """The points that one invocation reaches, and the kills and stalls at some of them."""

    def __init__(self) -> None:
        self.reached: Counter[str] = Counter()
        self._part = ""
        self._armed: dict[str, float] = {}
        self._report_death: Callable[[str], None] = lambda _: None
        self._lock = threading.Lock()
        self.post_timeout = float("inf")  # seconds
        # By thread, which sends one message: from when on its post must have timed out.
        self._held: dict[int, float] = {}

    def begin(self, part: str, armed: Mapping[str, float], report_death: Callable[[str], None]) -> None:
        """Starts a new invocation.

        Args:
            armed: by point, KILL or for how many seconds the process stalls, at the first time that it gets there.
            report_death: receives the point before the process kills itself.
        """
        self.reached.clear()
        self._held.clear()
        self._part, self._armed, self._report_death = part, dict(armed), report_death

    def reach(self, what: str) -> None:
        """Counts a point; stalls or kills the process where that is armed."""
        name = f"{self._part}/{what}"
        with self._lock:
            self.reached[name] += 1
            self._note(what, threading.get_ident())
            todo = self._armed.pop(name, None)
        if todo is None:
            return
        if todo > KILL:
            time.sleep(todo)
            return
        self.reached[HELD] = len(self._held)
        self._report_death(name)
        os.kill(os.getpid(), signal.SIGKILL)

    def _note(self, what: str, thread: int) -> None:
        if time.monotonic() > self._held.get(thread, float("inf")):
            self.reached[LATE] += 1
            self._held[thread] = float("inf")
        if what == _CLAIMED:
            self._held[thread] = time.monotonic() + self.post_timeout
        elif what in _RECORDED:
            self._held.pop(thread, None)


points = KillPoints()


def install() -> None:
    """Puts a point at each commit and each HTTP call of this process; ``clients`` has the points of the AWS calls."""
    _watch_commits()
    _watch_http()


def product_function() -> str:
    """Returns the name of the nearest public function of the product on the stack."""
    for frame in _frames():
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.startswith(("hidra.", "functions.")) and module not in _NAMELESS_MODULES and name[0] not in "_<":
            return name
    return "unknown"


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _watch_commits() -> None:
    transact = Database._transaction

    def transaction(self: Database, role: str, user_id: str, work: Callable[[Tx], Any], pipelined: bool) -> Any:
        name = ""

        def work_and_count(tx: Tx) -> Any:
            nonlocal name
            named = _Naming(tx._connection, user_id)
            result = work(named)
            name = named.claims_function or _name_of(work)
            points.reach(f"commit:{name}:before")
            return result

        result = transact(self, role, user_id, work_and_count, pipelined)
        points.reach(f"commit:{name}:after")
        return result

    db.Database._transaction = transaction  # type: ignore[method-assign]


class _Naming(Tx):
    """Notes which function of a claim or its outcome ran a statement last: its name tells the outcome of a post."""

    claims_function = ""

    def _note(self) -> None:
        for frame in _frames():
            module = frame.f_globals.get("__name__", "")
            if module in ("hidra.store.claims", "hidra.store.outcomes") and frame.f_code.co_name[0] != "<":
                self.claims_function = frame.f_code.co_name
                return
            if module.startswith(("hidra.services", "functions.")):
                return

    def rows(self, *args: Any, **params: Any) -> Any:
        self._note()
        return super().rows(*args, **params)

    def row(self, *args: Any, **params: Any) -> Any:
        self._note()
        return super().row(*args, **params)

    def value(self, *args: Any, **params: Any) -> Any:
        self._note()
        return super().value(*args, **params)

    def values(self, *args: Any, **params: Any) -> Any:
        self._note()
        return super().values(*args, **params)

    def run(self, *args: Any, **params: Any) -> None:
        self._note()
        super().run(*args, **params)


def _name_of(work: Callable[..., Any]) -> str:
    """Returns a function's name; for a lambda, the function that it calls: `lambda tx: pace.permit(tx, …)` is `permit`."""
    code: CodeType | None = getattr(work, "__code__", None)
    if code is None:
        return "work"
    if code.co_name != "<lambda>":
        return code.co_qualname.split(".<locals>", 1)[0].rsplit(".", 1)[-1]
    if not code.co_names:
        return code.co_freevars[0]
    first = work.__globals__.get(code.co_names[0])
    return code.co_names[1] if isinstance(first, ModuleType) else code.co_names[0]


def _watch_http() -> None:
    send, getresponse = Adapter.send, HTTPConnection.getresponse

    def sending(self: Adapter, *args: Any, **options: Any) -> Any:
        what = product_function()
        points.reach(f"http:{what}:before")
        try:
            return send(self, *args, **options)
        finally:
            points.reach(f"http:{what}:after")

    def waiting(self: HTTPConnection) -> Any:
        points.reach(f"http:{product_function()}:written")
        return getresponse(self)

    Adapter.send = sending  # type: ignore[method-assign]
    HTTPConnection.getresponse = waiting  # type: ignore[method-assign]
