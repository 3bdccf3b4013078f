"""The Evolution simulator as a process of its own, for tests that know only its HTTP."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.processes import Child, clean_environment, printed_url, scratch_folder

ROOT = Path(__file__).parent.parent


@contextmanager
def simulator(*words: str, command: tuple[str, ...] = ("local.evolution",)) -> Iterator[str]:
    """Yields its URL. It is killed at the end, as its orderly end takes time and has a test of its own.

    Args:
        words: its arguments except the port, which is a free one.
        command: the module that runs it, with that module's own arguments.
    """
    with scratch_folder("hidra-simulator-") as folder:
        child = Child(
            "Evolution simulator", [sys.executable, "-m", *command, "--port", "0", *words],
            log=folder / "simulator.log", env=clean_environment(PYTHONPATH="layers/hidra"), cwd=ROOT,
        )  # fmt: skip
        try:
            yield printed_url(child)
        finally:
            child.stop(patience=0)
