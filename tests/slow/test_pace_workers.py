"""3,000 messages a minute through worker processes on PostgreSQL, and campaigns that share a connection while workers
freeze and die and tickets are held: by the simulator's log, no limit is exceeded."""

import os
import random
from pathlib import Path

from tests.chaos import pace_workers
from tests.chaos.cluster import Cluster
from tests.chaos.pace_shapes import LEAST_USE
from tests.chaos.pace_workers import Load
from tests.conftest import Databases

SEED = int(os.environ.get("SEED", "20261122"))
FAST = Load(per_minute=3000, concurrent=50, campaigns=(3000,), recipients=3900)
SHARED = Load(per_minute=300, concurrent=5, campaigns=(150, 150), recipients=240)
TIGHT = Load(per_minute=60, concurrent=1, campaigns=(40, 40), recipients=60)


def test_three_thousand_a_minute_stay_within_their_limits_and_use_them(databases: Databases, tmp_path: Path) -> None:
    outcome = pace_workers.run(databases, tmp_path, [FAST], seed=SEED, senders=40, seconds=150)
    print(f"SEED={SEED}; {FAST}", outcome, flush=True)
    assert not outcome.over
    assert outcome.crowded == 0
    if not outcome.saturated:
        assert all((one.used or 0) >= LEAST_USE for one in outcome.measures.values()), str(outcome)


def test_shared_connections_keep_their_limits_while_workers_freeze_die_and_tickets_are_held(
    databases: Databases, tmp_path: Path
) -> None:
    def faults(cluster: Cluster, rng: random.Random) -> None:
        pace_workers.until_sends(cluster, 60)
        pace_workers.hold_tickets(cluster, seconds=20)
        for done in (160, 240, 320):
            pace_workers.until_sends(cluster, done)
            pace_workers.freeze_some(rng, share=0.4, seconds=4)
            pace_workers.kill_some(rng, number=4)

    outcome = pace_workers.run(databases, tmp_path, [SHARED, TIGHT], seed=SEED, senders=12, seconds=180, faults=faults)
    print(f"SEED={SEED}; {SHARED}, {TIGHT}", outcome, flush=True)
    assert not outcome.over
    assert outcome.crowded == 0
    assert outcome.sent > 300
