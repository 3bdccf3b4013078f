"""Clean up after a parent that could not do it itself.

A process started by the local stack outlives its parent when the parent is killed by SIGKILL, and so do its folders.
The guard is a small process that holds the reading end of a pipe; the kernel closes the other end however the parent
ends. What the parent registered and did not take back is then stopped and removed.
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


class _Guard:
    """One guard process for each Python process that needs one, started at the first registration."""

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
            self._tell("+", kind, value)

    def take_back(self, kind: str, value: object) -> None:
        with self._lock:
            if (kind, json.dumps(value)) in self._entries:
                self._entries.remove((kind, json.dumps(value)))
                self._tell("-", kind, value)
            if not self._entries:
                self._dismiss()

    def _tell(self, *message: object) -> None:
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

    def _dismiss(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.wait()

    def close(self) -> None:
        with self._lock:
            self._dismiss()


_guard = _Guard()
atexit.register(_guard.close)


def stop_if_orphaned(pid: int, created: float) -> None:
    _guard.register("process", [pid, created])


def process_is_done(pid: int, created: float) -> None:
    """It ended, or it is meant to outlive this process."""
    _guard.take_back("process", [pid, created])


def remove_if_orphaned(folder: Path) -> None:
    _guard.register("folder", str(folder))


def folder_is_done(folder: Path) -> None:
    """It is removed, or it is meant to outlive this process."""
    _guard.take_back("folder", str(folder))


def stop_process(pid: int, created: float, *, patience: float = 10.0) -> None:
    """Stop exactly this process (the creation time tells it from a stranger with its number), then its descendants."""
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
    for left in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            left.kill()
    _ended(family, 5)


def _ended(processes: list[psutil.Process], seconds: float) -> bool:
    """Wait for them to end; a zombie has ended, whenever its parent may fetch its status."""
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


def _watch() -> None:
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
    _watch()
