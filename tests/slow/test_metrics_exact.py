"""100,000 interleavings on the pure rules, at least 5,000 through the recorder and the senders on PostgreSQL."""

import time

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from local.database import Database as Server
from tests.chaos import histories, overlap_player, schedules
from tests.chaos.test_metrics_exact import PLAIN, notice_deadlocks_at_once
from tests.conftest import Databases

SEED = 20_260_101
EACH, HISTORIES = 10, 10_000
INTERLEAVINGS = 5_000
SCHEDULES = 900
LONGEST_SECONDS = 600


def test_100_000_interleavings_of_histories_on_the_pure_rules() -> None:
    begun, played = time.monotonic(), 0

    @seed(SEED)
    @settings(PLAIN, derandomize=False, max_examples=HISTORIES)
    @given(histories.histories, st.integers(0, 2**32))
    def check(drawn: list[histories.History], order: int) -> None:
        nonlocal played
        histories.check(drawn, order, EACH)
        played += EACH

    check()
    assert played >= EACH * HISTORIES
    print(f"\nseed {SEED}: {played} interleavings on the pure rules in {time.monotonic() - begun:.0f} s", flush=True)


def test_5_000_interleavings_of_overlapping_transactions_on_postgresql(
    server: Server, fresh_database: Databases
) -> None:
    notice_deadlocks_at_once(server, fresh_database)
    begun = time.monotonic()
    with overlap_player.Player(fresh_database) as player:

        @seed(SEED)
        @settings(PLAIN, derandomize=False, max_examples=SCHEDULES)
        @given(schedules.schedules)
        def recount(schedule: schedules.Schedule) -> None:
            if player.tally.interleavings < INTERLEAVINGS and time.monotonic() < begun + LONGEST_SECONDS:
                player.play(schedule)

        recount()
        print(f"\nseed {SEED}: {player.tally}; {time.monotonic() - begun:.0f} s", flush=True)
        assert player.tally.interleavings >= INTERLEAVINGS, "the machine was too slow"
