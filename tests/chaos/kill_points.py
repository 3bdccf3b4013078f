"""Where a worker process can die: before and after each commit and each call to the outside, named as it gets there.

Only tests load this. A point's name is `<part>/<kind>:<what>:<when>`, such as `send/commit:mark_sent:before`: the part is
the function at work, the kind `commit`, `http`, `sqs`, `kinesis` or `secrets`, and what the nearest function of the
product that says what is being done. An HTTP call has a third moment, `written`: the request is out and the answer is not
read, so Evolution goes on with it whatever becomes of us.
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
"""No point: an invocation that still held its message when its post must have timed out, whatever kept it."""
_PLUMBING = ("hidra.store.db", "hidra.telemetry")


class KillPoints:
    """The points that one invocation reaches, and what is to happen at some of them."""

    def __init__(self) -> None:
        self.reached: Counter[str] = Counter()
        self._part = ""
        self._armed: dict[str, float] = {}
        self._last_words: Callable[[str], None] = lambda _: None
        self._lock = threading.Lock()
        self.patience = float("inf")
        self._late_from = float("inf")

    def begin(self, part: str, armed: Mapping[str, float], last_words: Callable[[str], None]) -> None:
        """A new invocation.

        Args:
            armed: by point, KILL or for how many seconds the process hangs there, the first time that it comes by.
            last_words: is told the point before the process kills itself.
        """
        self.reached.clear()
        self._late_from = float("inf")
        self._part, self._armed, self._last_words = part, dict(armed), last_words

    def reach(self, what: str) -> None:
        """Here is a point; maybe the end."""
        name = f"{self._part}/{what}"
        with self._lock:
            self.reached[name] += 1
            if what == "commit:claim:after":
                self._late_from = time.monotonic() + self.patience
            elif time.monotonic() > self._late_from:
                self.reached[LATE] = 1
            todo = self._armed.pop(name, None)
        if todo is None:
            return
        if todo > KILL:
            time.sleep(todo)
            return
        self._last_words(name)
        os.kill(os.getpid(), signal.SIGKILL)


points = KillPoints()


def install() -> None:
    """Puts a point at each commit and each HTTP call of this process; ``clients`` has those of the AWS calls."""
    _watch_commits()
    _watch_http()


def product_function() -> str:
    """The nearest public function of the product that led here."""
    for frame in _frames():
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.startswith(("hidra.", "functions.")) and module not in _PLUMBING and name[0] not in "_<":
            return name
    return "nobody"


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _watch_commits() -> None:
    transact = Database._transaction

    def transaction(self: Database, role: str, user_id: str, work: Callable[[Tx], Any], pipelined: bool) -> Any:
        name = ""

        def to_its_end(tx: Tx) -> Any:
            nonlocal name
            named = _Naming(tx._connection, user_id)
            result = work(named)
            name = named.claims_function or _name_of(work)
            points.reach(f"commit:{name}:before")
            return result

        result = transact(self, role, user_id, to_its_end, pipelined)
        points.reach(f"commit:{name}:after")
        return result

    db.Database._transaction = transaction  # type: ignore[method-assign]


class _Naming(Tx):
    """Notes which function of ``store.claims`` ran a statement last: they tell the outcomes of a post apart."""

    claims_function = ""

    def _note(self) -> None:
        for frame in _frames():
            module = frame.f_globals.get("__name__", "")
            if module == "hidra.store.claims" and frame.f_code.co_name[0] != "<":
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
    """A named function's own name, a lambda's by what it calls: `lambda tx: pace.permit(tx, …)` is `permit`."""
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
