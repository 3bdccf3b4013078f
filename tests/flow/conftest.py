"""A whole stack for the tests that walk through it: one a session, shared, so each test brings its own user."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import Stack

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker of pytest-xdist runs all of a file, or each worker would start the shared stack again."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(
                pytest.mark.xdist_group("stack" if item.path.stem in ("test_stack", "test_tour") else "flow")
            )


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Few senders: each is a process of some 70 MB as soon as it is needed."""
    with Stack.running("flow", parameters={"SenderConcurrency": "10", "SenderLostAfterSeconds": "20"}) as running:
        yield running
