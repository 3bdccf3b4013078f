"""The Evolution simulator as a process of its own, for tests that talk to it as strangers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.processes import Child, announced_url, clean_environment, scratch_folder

ROOT = Path(__file__).parent.parent


@contextmanager
def simulator(*words: str, command: tuple[str, ...] = ("local.evolution",)) -> Iterator[str]:
    """Its URL. It is killed in the end: how it ends by itself is a test of its own, and nobody waits for it here.

    Args:
        words: its arguments, but for the port, which is a free one.
        command: the module that runs it, and what that has to be told.
    """
    with scratch_folder("hidra-simulator-") as folder:
        child = Child(
            "Evolution simulator", [sys.executable, "-m", *command, "--port", "0", *words],
            log=folder / "simulator.log", env=clean_environment(PYTHONPATH="layers/hidra"), cwd=ROOT,
        )  # fmt: skip
        try:
            yield announced_url(child)
        finally:
            child.stop(patience=0)
