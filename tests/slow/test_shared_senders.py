"""Five servers that answer after 89 s, and twenty that answer in time: what the twenty keep of their pace.

In virtual time with the senders of a deployment, with the default share and without one; then through worker processes
in real time.
"""

import os
from pathlib import Path

import pytest

from hidra.domain.pacing import WINDOW_SECONDS, connection_share
from tests.chaos import pace_workers
from tests.chaos.pace_workers import Load
from tests.chaos.shared_senders import BATCH, SharedSenders
from tests.conftest import Databases

SEED = int(os.environ.get("SEED", "20261122"))
SENDERS, SLOW_FROM = 50, 15.0
SLOW, GOOD = 5, 20


@pytest.mark.parametrize("slow_pace", [60, 600])
@pytest.mark.parametrize(("percent", "least", "most"), [(10, 0.9, 1.1), (100, 0.0, 0.8)])
def test_with_fifty_senders_the_default_share_keeps_the_pace_of_others_and_no_share_does_not(
    fresh_database: Databases, slow_pace: int, percent: int, least: float, most: float
) -> None:
    share = connection_share(percent=percent, senders=SENDERS, messages_each=BATCH)
    senders = SharedSenders(fresh_database, senders=SENDERS, share=share, seed=SEED)
    for _ in range(SLOW):
        senders.add(per_minute=slow_pace, recipients=10 * slow_pace, concurrent=500, slow_from=SLOW_FROM)
    good = [senders.add(per_minute=60, recipients=150, concurrent=5) for _ in range(GOOD)]
    end = SLOW_FROM + 1.5 * WINDOW_SECONDS
    senders.run(end)
    used = [server.used(SLOW_FROM, end) for server in good]
    print(
        f"SEED={SEED}; {percent} %, slow ones at {slow_pace} a minute: {sum(used) / GOOD:.3f} of the pace, at least"
        f" {min(used):.3f}; {senders.most_held} senders held; {dict(senders.ends)}",
        flush=True,
    )
    assert least <= min(used) <= most


def test_worker_processes_keep_the_pace_of_others_beside_slow_servers(databases: Databases, tmp_path: Path) -> None:
    slow = Load(per_minute=60, concurrent=50, campaigns=(60,), recipients=60, answer=(88, 89))
    good = Load(per_minute=20, concurrent=5, campaigns=(20,), recipients=40)
    outcome = pace_workers.run(
        databases, tmp_path, [slow] * SLOW + [good] * GOOD, seed=SEED, senders=10, seconds=140, connection_share=10
    )
    print(f"SEED={SEED}", outcome, flush=True)
    assert not outcome.over
    used = [one.used for one in outcome.measures.values() if one.per_minute == good.per_minute]
    assert len(used) == 2 * GOOD  # connections and campaigns
    assert all(share is not None and share >= 0.9 for share in used)
