"""Short forms of tests/slow/test_pace.py and test_pace_workers.py."""

import random
from pathlib import Path

from tests.chaos import pace_shapes, pace_workers
from tests.chaos.cluster import Cluster
from tests.chaos.pace_shapes import Kind
from tests.chaos.pace_simulation import CALM, STORM, Shape
from tests.chaos.pace_workers import Load
from tests.conftest import Databases

SEED = 7
STORMY = [
    pace_shapes.Case(Kind.MORE, Shape(SEED, 60, 2, ((40, 150, 0), (30, 150, 20)), 1.0, 0.2, STORM)),
    pace_shapes.Case(Kind.EXACT, Shape(SEED, 7, 1, ((7, 60, 0), (5, 60, 0)), 3.0, 0.2, STORM)),
]
# Their tickets are used up, most of them too early, long before the clock's next pass.
GREEDY = [
    pace_shapes.Case(Kind.MORE, Shape(SEED, rate, rate // 60, ((rate, recipients, 0),) * 3, 0.3, 0.2, CALM))
    for rate, recipients in ((600, 300), (120, 80))
]


def test_simulated_connections_exceed_no_limit_under_faults_and_use_their_pace_without() -> None:
    drawn = pace_shapes.draw(SEED, 48, hours=1, per_connection=250)
    tally = pace_shapes.check_all([*drawn, *GREEDY])
    assert not tally.over, tally.over
    assert not tally.idle, tally.idle
    assert tally.sends > 10_000
    assert tally.full > 50, "no test of the limits: too few were reached"
    assert set(tally.ends) == {
        "posted", "postponed", "too_early", "too_late", "no_room", "no_work", "killed",
    }, tally  # fmt: skip


def test_the_database_grants_the_permits_that_the_simulation_granted(databases: Databases) -> None:
    for case in STORMY:
        permits, differences = pace_shapes.replay(databases, case, most=1_000)
        assert permits > 100
        assert differences == []


def test_a_backlog_released_to_workers_that_die_and_freeze_exceeds_no_limit(
    databases: Databases, tmp_path: Path
) -> None:
    def faults(cluster: Cluster, rng: random.Random) -> None:
        pace_workers.hold_tickets(cluster, seconds=4)
        pace_workers.until_sends(cluster, 10, seconds=10)
        pace_workers.freeze_some(rng, share=0.5, seconds=1)
        pace_workers.kill_some(rng, number=1)

    load = Load(per_minute=180, concurrent=2, campaigns=(120, 120), recipients=12, answer=(0.6, 0.9))
    outcome = pace_workers.run(databases, tmp_path, [load], seed=SEED, senders=10, seconds=14, faults=faults)
    assert not outcome.over, str(outcome)
    assert outcome.crowded == 0, str(outcome)
    assert outcome.sent >= 10, str(outcome)
    assert any(one.most_open == 2 for one in outcome.measures.values()), "no test of the limits: none was reached"
