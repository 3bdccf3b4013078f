"""The emulator's process: ministack, whose functions start in half of the processor time and answer 50 ms earlier.

ministack 1.5.33 unpacks a function's layer at each of its starts, where Python compiles it again, and imports botocore
in it to count calls from function to function (core/lambda_runtime.py, Worker._spawn). Here each layer is unpacked
once, and calls are not counted: no function of ours calls itself. After each call it waits up to 50 ms for lines of the
log (Worker._drain_stderr_bounded). Here the function says that its lines are complete.
"""

import contextlib
import io
import queue
import tempfile
import threading
import zipfile
from functools import cache
from pathlib import Path

from ministack import app
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_COUNTING = "    _ms_install_invoke_depth()\n    try:"
_ANSWERED = "        _real_stdout.flush()\n\nrun()\n"
_LOGGED = "\0 logged"  # the last line of the log of a call
_PATIENCE = 0.25  # seconds for the next line of a function that died and says nothing more
_SITE_PACKAGES = "python/lib/python3.13/site-packages"  # the one place of a layer where .pth files count
_content = lambda_svc._resolve_layer_zip
_lock = threading.Lock()


def patch() -> None:
    """Make ministack start functions like this. Raises AssertionError if it is another one."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    assert script.count(_COUNTING) == 1, "another ministack counts calls elsewhere"
    assert script.count(_ANSWERED) == 1, "another ministack answers elsewhere"
    logged = f"        print({_LOGGED!r}, file=sys.stderr, flush=True)\n"
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_COUNTING, "    try:").replace(_ANSWERED, logged + _ANSWERED)
    lambda_runtime.Worker._drain_stderr_bounded = _log
    lambda_svc._resolve_layer_zip = _link


def _log(worker: lambda_runtime.Worker) -> str:
    lines = []
    with contextlib.suppress(queue.Empty):
        while (line := worker._stderr_queue.get(timeout=_PATIENCE)) != _LOGGED:
            lines.append(line)
    return "\n".join(lines)


def _link(layer: object) -> bytes | None:
    content = _content(layer)
    if content is None:
        return None
    with _lock:
        return _linked(content)


@cache
def _linked(content: bytes) -> bytes:
    """A layer that leads to the unpacked `content`, which gets its bytecode from the first function that imports it."""
    folder = Path(tempfile.mkdtemp(prefix="layer-"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        archive.writestr(f"{_SITE_PACKAGES}/layer.pth", f"{folder / 'python'}\n")
    return link.getvalue()


patch()
if __name__ == "__main__":
    app.main()
