"""A short form of tests/slow/test_soak.py."""

from pathlib import Path

import pytest

from tests.chaos.soak import TENANTS, soak
from tests.conftest import Databases

# Always the same: a gate is not to fail for a fault that a change did not make, but that only its turn of the dice met.
# How the processes meet differs in each run all the same, and other seeds are for `make soak`.
SEED = 12
SECONDS, SETTLED_WITHIN = 60, 75
# Half of what the long form does: other tests run beside it, and some of them look at the clock.
HALF, SENDERS = TENANTS[::2], 16
# Not beside the other one that burns as long.
pytestmark = [pytest.mark.xdist_group("cluster"), pytest.mark.usefixtures("fresh_database")]


def test_every_promise_holds_under_a_minute_of_random_faults(databases: Databases, tmp_path: Path) -> None:
    report = soak(
        databases, tmp_path, seconds=SECONDS, settled_within=SETTLED_WITHIN, seed=SEED, say=print, tenants=HALF,
        senders=SENDERS,
    )  # fmt: skip
    assert not report.breaches, str(report)
    assert min(report.sends, report.kills, report.faults, report.acts.total()) > 0, str(report)
