"""A short form of tests/slow/test_database_faults.py."""

from pathlib import Path

from tests.chaos.database_faults import database_faults
from tests.chaos.stream_faults import stream_faults
from tests.conftest import Databases

SEED = 9


def test_a_database_that_crashes_again_and_again_loses_no_recipient_and_repeats_no_message(tmp_path: Path) -> None:
    report = database_faults(
        tmp_path,
        tenants=2,
        audience=30,
        rounds=1,
        per_minute=300,
        senders=6,
        crashes=2,
        cuts=2,
        failures=4,
        locks=1,
        seed=SEED,
        seconds=240,
    )
    assert report.done["accepted"] > 40, report


def test_a_stream_that_refuses_records_pauses_and_holds_poison_loses_nothing(
    fresh_database: Databases, tmp_path: Path
) -> None:
    report = stream_faults(
        fresh_database,
        tmp_path,
        tenants=2,
        audience=30,
        rounds=1,
        per_minute=300,
        senders=6,
        refused=0.3,
        pauses=1,
        lag=0.5,
        seed=SEED,
        seconds=240,
    )
    assert report.done["records refused"] > 20, report
