"""Random faults for some minutes, then a check of every promise; `make soak MINUTES=10 SEED=7` sets minutes and seed."""

import os
import random
from functools import partial
from pathlib import Path

from tests.chaos.soak import soak
from tests.conftest import Databases

MINUTES = float(os.environ.get("SOAK_MINUTES") or "2")
SEED = int(os.environ.get("SOAK_SEED") or random.randrange(1_000_000))


def test_every_promise_holds_under_random_faults(fresh_database: Databases, tmp_path: Path) -> None:
    print(f"\nsoak of {MINUTES:g} min, seed {SEED}", flush=True)
    report = soak(
        fresh_database, tmp_path, seconds=MINUTES * 60, settled_within=120, seed=SEED, say=partial(print, flush=True)
    )
    print(report, flush=True)
    assert not report.breaches, "\n".join([f"seed {SEED}", *report.breaches])
