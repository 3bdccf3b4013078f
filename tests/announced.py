"""The Evolution simulator as a process of its own, for tests that talk to it as strangers."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent


@contextmanager
def simulator(*words: str, command: tuple[str, ...] = ("local.evolution",)) -> Iterator[str]:
    """Its URL. It is killed in the end: how it ends by itself is a test of its own, and nobody waits for it here.

    Args:
        words: its arguments, but for the port, which is a free one.
        command: the module that runs it, and what that has to be told.
    """
    environment = {**os.environ, "PYTHONPATH": "layers/hidra"}  # as ./hidra sets it
    with subprocess.Popen(
        [sys.executable, "-m", *command, "--port", "0", *words],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.kill()
