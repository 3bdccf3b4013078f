"""One stack for a session of tests, shared; each test has a user of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import Stack

HERE = Path(__file__).parent
CONSOLE = "https://console.example"
PARAMETERS = {"SenderLostAfterSeconds": "20", "CorsOrigins": CONSOLE}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each file to one worker of pytest-xdist, or each worker would start a shared stack."""
    for item in items:
        if item.path.parent == HERE:
            group = "stack" if item.path.stem == "test_stack" else "flow"
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    recording = (str(HERE / "recording_emulator.py"),)
    with Stack.running("flow", parameters=PARAMETERS, aws_command=recording) as running:
        yield running
