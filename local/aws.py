"""The emulator's process: ministack, whose functions start in half of the processor time.

ministack 1.5.33 unpacks a function's layer at each of its starts, where Python compiles it again, and imports botocore
in it to count calls from function to function (core/lambda_runtime.py, Worker._spawn). Here each layer is unpacked
once, and calls are not counted: no function of ours calls itself.
"""

import io
import tempfile
import threading
import zipfile
from functools import cache
from pathlib import Path

from ministack import app
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

_COUNTING = "    _ms_install_invoke_depth()\n    try:"
_SITE_PACKAGES = "python/lib/python3.13/site-packages"  # the one place of a layer where .pth files count
_content = lambda_svc._resolve_layer_zip
_lock = threading.Lock()


def patch() -> None:
    """Make ministack start functions like this. Raises AssertionError if it is another one."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    assert script.count(_COUNTING) == 1, "another ministack counts calls elsewhere"
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_COUNTING, "    try:")
    lambda_svc._resolve_layer_zip = _link


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
