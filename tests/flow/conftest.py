"""A whole stack for the tests that walk through it: one a session, shared, so each test brings its own user."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import expand
from local.stack import ROOT, Stack

HERE = Path(__file__).parent

STAND_IN = """
import json

def handler(event, context):
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps({"items": []})}
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker of pytest-xdist runs all of a file, or each worker would start the shared stack again."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.xdist_group("stack" if item.path.stem == "test_stack" else "flow"))


@pytest.fixture(scope="session")
def sources() -> Iterator[Path]:
    """The repository, or a copy in which functions that are not written yet have stand-ins."""
    functions = expand.sources(expand.load(ROOT / "template.yaml")).values()
    missing = [
        folder for folder in functions if folder.startswith("functions/") and not (ROOT / folder / "app.py").exists()
    ]
    if not missing:
        yield ROOT
        return
    with tempfile.TemporaryDirectory(prefix="hidra-sources-") as copy:
        shutil.copy(ROOT / "template.yaml", copy)
        for folder in ("functions", "layers", "sql"):
            shutil.copytree(ROOT / folder, Path(copy, folder), ignore=shutil.ignore_patterns("__pycache__"))
        for folder in missing:
            Path(copy, folder).mkdir(exist_ok=True)
            Path(copy, folder, "app.py").write_text(STAND_IN)
        yield Path(copy)


@pytest.fixture(scope="session")
def stack(sources: Path) -> Iterator[Stack]:
    """Few senders: each is a process of some 70 MB as soon as it is needed."""
    with Stack.running(
        "flow", root=sources, parameters={"SenderConcurrency": "10", "SenderLostAfterSeconds": "20"}
    ) as running:
        yield running
