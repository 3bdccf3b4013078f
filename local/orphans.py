"""Stop the processes and remove the folders that a killed parent leaves behind.

A process started by the local stack outlives its parent when the parent is killed by SIGKILL, and so do its folders.
The reaper is a small process that holds the reading end of a pipe. The kernel closes the other end however the parent
ends. The reaper then stops and removes everything that the parent registered and did not release.
"""

import atexit
import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]


class _Reaper:
    """The reaper process of this Python process, started at the first registration."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[tuple[str, str]] = []
        self._process: subprocess.Popen[bytes] | None = None

    def register(self, kind: str, value: object) -> None:
        """A `process` [pid, created] or a `folder`."""
        with self._lock:
            self._entries.append((kind, json.dumps(value)))
            if self._process is None:
                self._process = self._launch()
            self._send("+", kind, value)

    def release(self, kind: str, value: object) -> None:
        with self._lock:
            if (kind, json.dumps(value)) in self._entries:
                self._entries.remove((kind, json.dumps(value)))
                self._send("-", kind, value)
            if not self._entries:
                self._end()

    def _send(self, *message: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def _launch(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.wait()

    def close(self) -> None:
        with self._lock:
            self._end()


_reaper = _Reaper()
atexit.register(_reaper.close)


def stop_if_orphaned(pid: int, created: float) -> None:
    _reaper.register("process", [pid, created])


def release_process(pid: int, created: float) -> None:
    """The process ended, or is meant to outlive this one."""
    _reaper.release("process", [pid, created])


def remove_if_orphaned(folder: Path) -> None:
    _reaper.register("folder", str(folder))


def release_folder(folder: Path) -> None:
    """The folder is removed, or is meant to outlive this process."""
    _reaper.release("folder", str(folder))


def stop_process(pid: int, created: float, *, patience: float = 10.0) -> None:
    """Stop this process and its descendants; the creation time tells it from a later process with the same number."""
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - created) > 2:
            return
        family = process.children(recursive=True)
        process.terminate()
    except psutil.NoSuchProcess:
        return
    if not _ended([process], patience):
        family.append(process)
    for relative in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            relative.kill()
    _ended(family, 5)


def _ended(processes: list[psutil.Process], seconds: float) -> bool:
    """Wait for the processes to end; a zombie has ended, even if its parent has not fetched its status."""
    deadline = time.monotonic() + seconds
    while any(map(_alive, processes)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _reap_after_parent() -> None:
    """Read registrations until the parent ends, then clean up what is left of them."""
    entries: list[tuple[str, str | list[float]]] = []
    for line in sys.stdin:
        sign, kind, value = json.loads(line)
        if sign == "+":
            entries.append((kind, value))
        elif (kind, value) in entries:
            entries.remove((kind, value))
    for kind, value in reversed(entries):
        if kind == "process" and isinstance(value, list):
            stop_process(int(value[0]), value[1], patience=5)
    for kind, value in entries:
        if kind == "folder" and isinstance(value, str):
            shutil.rmtree(value, ignore_errors=True)


if __name__ == "__main__":
    _reap_after_parent()
