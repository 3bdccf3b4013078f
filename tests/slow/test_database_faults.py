"""Campaigns to hundreds of recipients lose none of them in a dozen crashes of PostgreSQL or on a faulty stream.

Another seed: SEED=7 make prove PROVE=database_faults.
"""

import os
from pathlib import Path

from tests.chaos.database_faults import database_faults
from tests.chaos.stream_faults import stream_faults
from tests.conftest import Databases

SEED = int(os.environ.get("SEED", "2026"))


def test_campaigns_survive_a_dozen_crashes_thirty_cuts_and_sixty_failed_transactions(tmp_path: Path) -> None:
    report = database_faults(
        tmp_path,
        tenants=4,
        audience=100,
        rounds=3,
        per_minute=600,
        senders=12,
        crashes=12,
        cuts=30,
        failures=60,
        locks=3,
        seed=SEED,
        seconds=280,
    )
    print(report)
    assert report.done["messages"] == 4 * 100 * 3, report
    assert report.done["deadlocks met"] > 0, report


def test_a_faulty_stream_loses_nothing_in_three_campaigns_of_each_tenant(
    fresh_database: Databases, tmp_path: Path
) -> None:
    report = stream_faults(
        fresh_database,
        tmp_path,
        tenants=4,
        audience=100,
        rounds=3,
        per_minute=600,
        senders=12,
        refused=0.3,
        pauses=5,
        lag=5.0,
        seed=SEED,
        seconds=200,
    )
    print(report)
    assert report.done["poison"] == 4 * 3 * 13, report
    assert report.done["seconds of lag"] >= 25, report
