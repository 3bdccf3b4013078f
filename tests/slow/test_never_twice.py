"""At least 20,000 sends, none of them twice, while workers die at every point and the network fails in every way.

A shorter run: SENDS=2000 make prove PROVE=never_twice.
"""

import os
from pathlib import Path

from tests.chaos.never_twice import never_twice
from tests.conftest import Databases

SENDS = int(os.environ.get("SENDS", "20000"))
SEED = int(os.environ.get("SEED", "2026"))


def test_no_recipient_is_sent_a_message_twice_in_twenty_thousand_sends(
    fresh_database: Databases, tmp_path: Path
) -> None:
    report = never_twice(
        fresh_database,
        tmp_path,
        sends=SENDS,
        kills=max(2, SENDS // 2_000),
        every=40,
        slow_down=5,
        also=("webhook", "clock", "check"),
        tenants=12,
        audience=100,
        odd_every=10,
        waiting=500,
        senders=24,
        seed=SEED,
        seconds=1_500,
    )
    print(report)
    assert report.duplicates == 0
    assert report.sends >= SENDS
