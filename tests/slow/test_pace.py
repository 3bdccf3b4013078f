"""A thousand connections for hours of virtual time: no limit is exceeded, and PostgreSQL gives the same permits."""

import os
import time

from tests.chaos import pace_shapes
from tests.chaos.pace_scenario import CALM
from tests.conftest import Databases

SEED = int(os.environ.get("SEED", "20261122"))
CONNECTIONS, HOURS, SENDS_EACH = 1_000, 3, 600
SAMPLE = 10_000


def test_a_thousand_connections_for_hours_exceed_no_limit() -> None:
    print(f"SEED={SEED}", flush=True)
    began = time.monotonic()
    tally = pace_shapes.check_all(pace_shapes.draw(SEED, CONNECTIONS, hours=HOURS, per_connection=SENDS_EACH))
    print(f"{tally}; {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}", flush=True)
    assert not tally.over, tally.over
    assert not tally.idle, tally.idle
    assert tally.connections == CONNECTIONS
    assert tally.sends <= 5_000_000


def test_the_sql_grants_the_permits_that_the_simulation_granted(databases: Databases) -> None:
    began, permits, differences, connections = time.monotonic(), 0, [], 0
    for case in pace_shapes.draw(SEED, CONNECTIONS, hours=HOURS, per_connection=SENDS_EACH):
        if case.shape.faults != CALM and len(case.shape.campaigns) > 1:
            found, different = pace_shapes.replay(databases, case, most=600)
            permits, differences, connections = permits + found, differences + different, connections + 1
        if permits >= SAMPLE:
            break
    print(
        f"{permits} permits of {connections} connections requested from PostgreSQL, {len(differences)} different;"
        f" {time.monotonic() - began:.0f} s",
        flush=True,
    )
    assert permits >= SAMPLE
    assert differences == []
