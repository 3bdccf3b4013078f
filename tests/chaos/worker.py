"""`python -m tests.chaos.worker`: a process with every worker function imported, which forks itself for each worker.

A fork takes milliseconds, and dead workers are replaced hundreds of times. A worker connects to the database after the
fork, as a Lambda does after its start. It reads its settings from the environment.
"""

import importlib
import json
import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any

from hidra.domain import circuit
from hidra.gateways import evolution
from hidra.services import turn
from hidra.store import claims
from tests.chaos import clients, kill_points
from tests.chaos.kill_points import points

PARTS = {
    "advance": "campaign_advance",
    "send": "message_sender",
    "record": "delivery_recorder",
    "webhook": "evolution_webhook",
    "clock": "campaign_clock",
    "check": "connection_check",
}
"""The functions by their short names, which start the names of kill points."""
LATER = {"check": timedelta(0)}
"""How much later it is for a check that looks up messages in doubt: `later_seconds` of its event."""


class Context:
    """The members of Lambda's context that the functions read."""

    function_name = "cluster"
    function_version = "1"
    memory_limit_in_mb = 256
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:cluster"
    aws_request_id = "cluster"

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._end - time.monotonic()) * 1000))


class Worker:
    """One process of one function: runs one invocation after the other until it is killed."""

    def __init__(self, connection: Connection, functions: Mapping[str, ModuleType]) -> None:
        self._connection, self._functions = connection, functions
        self._lock = threading.Lock()

    def work(self) -> None:
        clients.install(self.ask)
        while True:
            part, event, seconds, armed = self._connection.recv()
            if part == "check":
                LATER["check"] = timedelta(seconds=event.get("later_seconds", 0))
            points.begin(part, armed, self.report_death)
            try:
                result, error = self._functions[part].handler(event, Context(seconds)), None
            except Exception:  # noqa: BLE001 - Lambda answers with any error, too
                result, error = None, traceback.format_exc()
            self._connection.send(("done", result, error, dict(points.reached)))

    def report_death(self, point: str) -> None:
        with self._lock:
            self._connection.send(("dying", point, dict(points.reached)))

    def ask(self, service: str, operation: str, params: dict[str, Any]) -> Any:
        with self._lock:
            self._connection.send(("call", service, operation, params))
            return self._connection.recv()


def import_functions() -> dict[str, ModuleType]:
    """Imports the functions and sets the times of the cluster."""
    functions = {part: importlib.import_module(f"functions.{name}.app") for part, name in PARTS.items()}
    shorter = json.loads(os.environ["CHAOS_CONSTANTS"])
    evolution._SEND_TIMEOUT = tuple(shorter["send_timeout"])
    points.post_timeout = shorter["send_timeout"][1]
    functions["send"].SENDER_TIMEOUT = timedelta(seconds=shorter["sender_timeout"])
    functions["send"].CONFIRMATION_PATIENCE_SECONDS = shorter["confirmation_patience"]
    circuit.PROBE_EVERY = claims.PROBE_EVERY = timedelta(seconds=shorter["probe_every"])
    turn.LATEST_AFTER_SLOT_SECONDS = shorter["latest_after_slot"]
    reconcile = functions["check"].reconcile

    def reconcile_later(*args: Any, now: datetime, **options: Any) -> None:
        reconcile(*args, now=now + LATER["check"], **options)

    functions["check"].reconcile = reconcile_later
    return functions


def serve_forks(control: socket.socket) -> None:
    """Forks a worker for each socket that arrives over the control socket; answers with its process id."""
    functions = import_functions()
    kill_points.install()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps dead workers
    control.send(b"ready")
    while True:
        data, fds, _, _ = socket.recv_fds(control, 16, 1)
        if not data:
            return
        pid = os.fork()
        if pid == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                Worker(Connection(fds[0]), functions).work()
            except (EOFError, OSError):  # the test has ended
                os._exit(0)
        os.close(fds[0])
        control.send(str(pid).encode())


if __name__ == "__main__":
    serve_forks(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)
