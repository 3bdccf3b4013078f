"""Child processes, ports and folders of the local stack, each with one owner that cleans it up."""

import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil  # type: ignore[import-untyped]

from local import orphans
from local.interrupts import held


class LocalError(Exception):
    """An error that the user can fix. The message is one sentence, perhaps followed by the end of a log."""


@dataclass(frozen=True)
class Identity:
    """A process; its creation time tells it from a later process with the same number."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> Self:
        return cls(pid, psutil.Process(pid).create_time())

    def alive(self) -> bool:
        try:
            process = psutil.Process(self.pid)
            return bool(abs(process.create_time() - self.created) <= 2 and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False

    def stop(self, *, patience: float = 10.0) -> None:
        """SIGTERM, `patience` seconds, SIGKILL; its descendants go with it."""
        orphans.stop_process(self.pid, self.created, patience=patience)

    def stop_group(self) -> None:
        """Stop what a process that was killed has left in its group."""
        if psutil.pid_exists(self.pid):
            return
        for process in psutil.process_iter():
            with contextlib.suppress(ProcessLookupError, PermissionError, psutil.Error):
                if os.getpgid(process.pid) == self.pid:
                    process.kill()


class Child:
    """A process of the stack with a log file; the reaper stops it if this process is killed."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str],
        cwd: str | Path = "/",
        user: Mapping[str, object] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self.log_begins = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output, held():
            # A session of its own: Ctrl-C reaches only this process, which stops its children in order.
            self._popen = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
                **(user or {}),  # type: ignore[call-overload]
            )
            self.pid = self._popen.pid
            self.identity = Identity.of(self.pid)
            orphans.stop_if_orphaned(self.identity.pid, self.identity.created)

    def running(self) -> bool:
        return self._popen.poll() is None

    def wait_for[T](self, ready: Callable[[], T | None], *, seconds: float) -> T:
        """Poll until `ready` returns a value. Raises LocalError with the log's end if it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while True:
            died = not self.running()
            if not died and (value := ready()) is not None:
                return value
            if died or time.monotonic() > deadline:
                outcome = (
                    f"ended with status {self._popen.returncode}" if died else f"was not ready after {seconds:.0f} s"
                )
                self.stop()
                raise LocalError(f"{self.name} {outcome}. The end of its log:\n{tail(self.log)}")
            time.sleep(0.01)

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._popen.send_signal(number)

    def stop(self, *, patience: float = 10.0) -> None:
        if self.running():
            self.identity.stop(patience=patience)
        self.reap()

    def reap(self, *, seconds: float = 10.0) -> None:
        """Wait for a process that was signalled to end. Raises subprocess.TimeoutExpired."""
        self._popen.wait(seconds)
        orphans.release_process(self.identity.pid, self.identity.created)

    def detach(self) -> Identity:
        """Let the process outlive this one."""
        orphans.release_process(self.identity.pid, self.identity.created)
        self._popen.returncode = 0  # or its finaliser would warn that the process still runs
        return self.identity


def printed_url(child: Child, *, seconds: float = 30) -> str:
    """The URL in the line {"url": ...} that the process prints when it is ready."""

    def read() -> str | None:
        for line in child.log.read_bytes()[child.log_begins :].decode(errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                return str(json.loads(line)["url"])
        return None

    return child.wait_for(read, seconds=seconds)


def tail(log: Path, lines: int = 15) -> str:
    with contextlib.suppress(FileNotFoundError):
        return "\n".join("    " + line for line in log.read_text(errors="replace").splitlines()[-lines:])
    return ""


def free_port() -> int:
    """A port of 127.0.0.1 on which no process listened a moment ago.

    It lies below the range from which the kernel gives ports to outgoing connections (32768 on Linux, 49152 on macOS):
    an outgoing connection could take it while a server restarts that needs the same port.
    """
    while True:
        port = random.randint(20_000, 32_000)
        with contextlib.suppress(LocalError):
            return require_port(port, "a test")


def require_port(port: int, what: str) -> int:
    """The port itself if it is free, a free one for 0. Raises LocalError when another process has it."""
    if port == 0:
        return free_port()
    if not 0 < port < 65_536:
        raise LocalError(f"{port} is not a port. Choose one from 1 to 65535, or 0 for any free one.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise LocalError(f"Port {port} for {what} is taken or forbidden. Choose another one.") from error
    return port


@contextlib.contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    folder = make_folder(prefix)
    try:
        yield folder
    finally:
        remove_folder(folder)


def make_folder(prefix: str, *, parent: Path | None = None) -> Path:
    with held():
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent)).resolve()
        orphans.remove_if_orphaned(folder)
    return folder


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    orphans.release_folder(folder)


def clean_environment(**more: str) -> dict[str, str]:
    """The variables without which no child runs, and nothing else of the caller's (AWS profile, proxy, Python path)."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    # C is the one locale that every machine has; Python reads and writes UTF-8 there.
    fixed = {"LC_ALL": "C", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "TMPDIR": tempfile.gettempdir()}
    return {**fixed, **kept, **more}
