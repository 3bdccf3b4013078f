"""Short forms of tests/slow/test_pace.py and test_pace_workers.py."""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from hidra.store.claims import NoClaim
from tests.chaos import pace_shapes, pace_workers
from tests.chaos.cluster import Cluster
from tests.chaos.pace_scenario import CALM, STORM, Change, FaultRates, Shape
from tests.chaos.pace_shapes import Kind
from tests.chaos.pace_simulation import Simulation
from tests.chaos.pace_workers import Load
from tests.chaos.trace import SECOND
from tests.conftest import Databases

SEED = 7
STORMY = [
    pace_shapes.Case(Kind.MORE, Shape(SEED, 60, 2, ((40, 150, 0), (30, 150, 20)), 1.0, 0.2, STORM, jitter=0.5)),
    pace_shapes.Case(Kind.EXACT, Shape(SEED, 7, 1, ((7, 60, 0), (5, 60, 0)), 3.0, 0.2, STORM, jitter=0.25)),
    # A slot a minute: the last one is older than the window at the next permit.
    pace_shapes.Case(Kind.LESS, Shape(SEED, 6, 5, ((1, 60, 0), (1, 60, 70)), 40.0, 1, STORM, jitter=0.25)),
]
# Their tickets are used up, most of them too early, long before the clock's next pass.
GREEDY = [
    pace_shapes.Case(Kind.MORE, Shape(SEED, rate, rate // 60, ((rate, recipients, 0),) * 3, 0.3, 0.2, CALM))
    for rate, recipients in ((600, 300), (120, 80))
]


def test_simulated_connections_exceed_no_limit_under_faults_and_use_their_pace_without() -> None:
    drawn = pace_shapes.draw(SEED, 30, hours=1, per_connection=250)
    tally = pace_shapes.check_all([*drawn, *GREEDY])
    assert not tally.over, tally.over
    assert not tally.idle, tally.idle
    assert tally.sends > 6_000
    assert tally.full > 30, "no test of the limits: too few were reached"
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


def _changed(old: int, new: int, campaign: int | None, faults: FaultRates) -> tuple[Simulation, list[int]]:
    """A pace that changes after 45 s, just after the queue has released a backlog; returns the slots of the claims after
    the change, too."""
    campaigns = ((old if campaign is not None else 6_000, 8 * max(old, new), 0.0),)
    changes, stalls = (Change(45.0, campaign, new),), ((20.0, 44.3),)
    shape = Shape(SEED, old if campaign is None else 6_000, 50, campaigns, 1.0, 0.15, faults, changes, stalls)
    simulation = Simulation(shape).run()
    return simulation, sorted(slot for claimed, slot in simulation.claims if claimed > 45 * SECOND)


@pytest.mark.parametrize("faults", [CALM, STORM], ids=["calm", "storm"])
@pytest.mark.parametrize("campaign", [0, None], ids=["campaign", "connection"])
@pytest.mark.parametrize(("old", "new"), [(600, 20), (1200, 60), (60, 6)])
def test_after_a_lower_pace_nothing_bursts_and_no_window_holds_more_than_it(
    old: int, new: int, campaign: int | None, faults: FaultRates
) -> None:
    simulation, slots = _changed(old, new, campaign, faults)
    assert simulation.ends[NoClaim.SLOWED] > 0, "no test of the limits: no permit was ahead of the change"
    assert len(slots) > 4 * new
    half_a_spacing = round(30 * SECOND / new) - 1
    assert not [slot for slot, later in pairwise(slots) if later - slot < half_a_spacing]
    arrived = sorted(send.arrived for send in simulation.sends if send.arrived > 47 * SECOND)
    assert max(sum(end - 60 * SECOND < at <= end for at in arrived) for end in arrived) <= new


@pytest.mark.parametrize("campaign", [0, None], ids=["campaign", "connection"])
def test_a_raised_pace_is_used_within_seconds_and_a_connections_from_the_next_pass_on(campaign: int | None) -> None:
    _, slots = _changed(20, 120, campaign, CALM)
    begin = (50 if campaign == 0 else 110) * SECOND
    used = [slot for slot in slots if begin <= slot < begin + 60 * SECOND]
    assert 0.9 * 120 <= len(used) <= 120  # at 20 a minute there were tickets for 20
    assert not [slot for slot, later in pairwise(slots) if later - slot < SECOND // 4 - 1]
