"""A short form of tests/slow/test_soak.py."""

from pathlib import Path

import pytest

from tests.chaos.soak import TENANTS, soak
from tests.conftest import Databases

# Fixed, so that a change does not fail for an older bug that a new seed happens to find; `make soak` draws its seeds. The
# interleaving of the processes differs in each run all the same.
SEED = 12
SECONDS, SETTLED_WITHIN = 15, 75
# Half of the long form: other tests run beside it, and some of them measure time.
HALF, SENDERS = TENANTS[::2], 8
# Not beside test_never_twice, which needs the processors as long.
pytestmark = [pytest.mark.xdist_group("cluster"), pytest.mark.usefixtures("fresh_database")]


def test_every_promise_holds_under_random_faults(databases: Databases, tmp_path: Path) -> None:
    report = soak(
        databases, tmp_path, seconds=SECONDS, settled_within=SETTLED_WITHIN, seed=SEED, say=print, tenants=HALF,
        senders=SENDERS,
    )  # fmt: skip
    assert not report.breaches, str(report)
    assert min(report.sends, report.kills, report.network_faults, report.actions.total()) > 0, str(report)
