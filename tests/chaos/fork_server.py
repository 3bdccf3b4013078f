"""The workers as the test's process sees them: it forks, invokes and replaces them."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
type Serve = Callable[[str, str, dict[str, Any]], Any]
"""Answers a worker's call to AWS: service, operation, parameters."""


@dataclass(frozen=True)
class Reply:
    """The result of one invocation. ``died``: the worker ended without an answer; ``died_at``: the kill point, if any."""

    result: Any = None
    error: str | None = None
    reached: Mapping[str, int] = field(default_factory=Counter)
    died: bool = False
    died_at: str | None = None

    @property
    def failed(self) -> bool:
        return self.died or self.error is not None


class ForkServer:
    """The process that workers are forked from."""

    def __init__(self, control: socket.socket) -> None:
        self._control, self._lock = control, threading.Lock()

    @classmethod
    @contextmanager
    def open(cls, environment: Mapping[str, str], log: Path) -> Iterator[Self]:
        """
        Args:
            environment: the workers' environment variables, with their settings.
            log: the file that all workers log to.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.chaos.worker", str(theirs.fileno())]
        with log.open("a") as out, ours:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=out, stderr=out, pass_fds=[theirs.fileno()]
            )
            theirs.close()
            try:
                assert ours.recv(16) == b"ready", log.read_text()[-4000:]
                yield cls(ours)
            finally:
                ours.close()  # this ends the fork server; each worker ends with its own connection
                process.wait(timeout=10)

    def fork(self) -> "Worker":
        """A new worker."""
        ours, theirs = socket.socketpair()
        with self._lock:
            socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
            pid = int(self._control.recv(16))
        theirs.close()
        return Worker(Connection(ours.detach()), pid)


class Worker:
    """One worker process."""

    def __init__(self, connection: Connection, pid: int) -> None:
        self._connection, self.pid = connection, pid

    def invoke(self, part: str, event: Any, seconds: float, armed: Mapping[str, float], serve: Serve) -> Reply:
        """Invokes the function once; kills the process after so many ``seconds``, as Lambda's timeout does.

        Args:
            armed: see ``KillPoints.begin``.
            serve: answers the worker's calls to AWS.
        """
        reached: Mapping[str, int] = {}
        died_at = None
        ends = time.monotonic() + seconds
        try:
            self._connection.send((part, event, seconds, dict(armed)))
            while True:
                if not self._connection.poll(max(0.0, ends - time.monotonic())):
                    os.kill(self.pid, signal.SIGKILL)
                match self._connection.recv():
                    case ("call", service, operation, params):
                        self._connection.send(serve(service, operation, params))
                    case ("done", result, error, reached):
                        return Reply(result, error, reached)
                    case ("dying", died_at, reached):
                        pass
        except (EOFError, OSError):
            return Reply(reached=reached, died=True, died_at=died_at)

    def close(self) -> None:
        self._connection.close()


class Pool:
    """The warm workers of one function, at most ``size`` of them."""

    def __init__(self, part: str, size: int, *, fork_server: ForkServer, serve: Serve, seconds: float) -> None:
        self.part, self.size = part, size
        self._fork_server, self._serve, self._seconds = fork_server, serve, seconds
        self._free: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)

    def invoke(self, event: Any, armed: Mapping[str, float]) -> Reply:
        """Waits for a free worker and invokes the function in it; a dead worker is replaced when it is needed next."""
        worker = self._free.get()
        replaced: Worker | None = None
        try:
            worker = worker or self._fork_server.fork()
            reply = worker.invoke(self.part, event, self._seconds, armed, self._serve)
            if reply.died:
                worker.close()
            else:
                replaced = worker
            return reply
        finally:
            self._free.put(replaced)

    def warm(self, event: Any) -> None:
        """Invokes every worker once, so that none is cold. No other thread may be waiting for a worker."""
        workers = [self._fork_server.fork() for _ in range(self.size)]
        for worker in workers:
            self._free.get()
            reply = worker.invoke(self.part, event, self._seconds, {}, self._serve)
            assert not reply.failed, reply
        for worker in workers:
            self._free.put(worker)

    def close(self) -> None:
        for _ in range(self.size):
            worker = self._free.get()
            if worker is not None:
                worker.close()
