"""Every number is exact when statuses arrive twice, early, late, contradicted or at the same time."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from local.database import Database as Server
from tests.chaos import histories, overlap_player, schedules
from tests.chaos.overlapping import Overlapping
from tests.conftest import Databases

# The same histories in each run; without the phase that makes a failure smaller, which would take minutes.
PLAIN = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)


@settings(PLAIN, max_examples=150)
@given(histories.histories, st.integers(0, 2**32))
def test_every_interleaving_of_a_history_ends_in_the_same_states_and_sums(
    drawn: list[histories.History], seed: int
) -> None:
    histories.check(drawn, seed, interleavings=10)


def test_metrics_equal_a_recount_after_transactions_that_overlap_statement_by_statement(
    server: Server, fresh_database: Databases
) -> None:
    notice_deadlocks_at_once(server, fresh_database)
    with overlap_player.Player(fresh_database) as player:

        @settings(PLAIN, max_examples=25)
        @given(schedules.schedules)
        def recount(schedule: schedules.Schedule) -> None:
            player.play(schedule)

        recount()
        assert player.tally.interleavings >= 120, player.tally


def test_metrics_equal_a_recount_after_each_step_of_jobs_that_start_during_others(
    server: Server, fresh_database: Databases
) -> None:
    notice_deadlocks_at_once(server, fresh_database)
    with overlap_player.Player(fresh_database) as player:
        run_state_machine_as_test(
            lambda: Overlapping(player), settings=settings(PLAIN, max_examples=6, stateful_step_count=40)
        )


def notice_deadlocks_at_once(server: Server, databases: Databases) -> None:
    """Lets PostgreSQL detect deadlocks in 20 ms instead of a second; the product's own retry follows."""
    with server.admin() as admin:
        name = databases.settings["DATABASE_NAME"]
        admin.execute(f"alter database \"{name}\" set deadlock_timeout = '20ms'")
