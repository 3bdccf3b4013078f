"""A short form of tests/slow/test_never_twice.py."""

from pathlib import Path

import pytest

from tests.chaos.never_twice import never_twice
from tests.conftest import Databases

SEED = 20
pytestmark = [pytest.mark.xdist_group("cluster"), pytest.mark.usefixtures("fresh_database")]


def test_no_recipient_is_sent_a_message_twice_wherever_a_worker_dies(databases: Databases, tmp_path: Path) -> None:
    report = never_twice(databases, tmp_path, sends=150, kills=1, every=5, seed=SEED, seconds=370)
    assert (report.duplicates, report.sends >= 150) == (0, True), report
