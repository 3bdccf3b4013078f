"""Nobody lost and every number exact, whatever comes twice, early, late, contradicted or at the same time."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from local.database import Database as Server
from tests.chaos import overlap_player, rules, schedules
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


@settings(PLAIN, max_examples=300)
@given(rules.histories, st.integers(0, 2**32))
def test_every_interleaving_of_a_history_ends_in_the_same_states_and_sums(told: list[rules.History], seed: int) -> None:
    rules.check(told, seed, interleavings=10)


def test_metrics_equal_a_recount_after_transactions_that_overlap_statement_by_statement(
    server: Server, fresh_database: Databases
) -> None:
    notice_deadlocks_at_once(server, fresh_database)
    with overlap_player.Stage(fresh_database) as stage:

        @settings(PLAIN, max_examples=40)
        @given(schedules.schedules)
        def recount(schedule: schedules.Schedule) -> None:
            stage.play(schedule)

        recount()
        assert stage.tally.interleavings >= 200, stage.tally


def test_metrics_equal_a_recount_after_each_step_of_jobs_that_begin_in_the_midst_of_others(
    server: Server, fresh_database: Databases
) -> None:
    notice_deadlocks_at_once(server, fresh_database)
    with overlap_player.Stage(fresh_database) as stage:
        run_state_machine_as_test(
            lambda: Overlapping(stage), settings=settings(PLAIN, max_examples=10, stateful_step_count=40)
        )


def notice_deadlocks_at_once(server: Server, databases: Databases) -> None:
    """As PostgreSQL does after a second: the product's own retry follows."""
    with server.admin() as admin:
        name = databases.settings["DATABASE_NAME"]
        admin.execute(f"alter database \"{name}\" set deadlock_timeout = '20ms'")
