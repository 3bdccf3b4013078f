"""What an operator sees of all tenants: the clock's figures."""

from datetime import timedelta
from uuid import uuid4

import pytest

from hidra.store import figures
from hidra.store.figures import Standing
from tests.conftest import Databases
from tests.store.world import World


def standing(databases: Databases) -> Standing:
    return databases.jobs.as_worker(figures.standing)


def use_slots(world: World, *, seconds_ago: list[float]) -> None:
    for seconds in seconds_ago:
        world.databases.owner.execute(
            "insert into hidra.pace_slots (subject, user_id, slot) values (%s, %s, clock_timestamp() - %s)",
            [world.connection_id, world.user_id, timedelta(seconds=seconds)],
        )


def test_nothing_stands_open_and_no_pace_is_used_where_nothing_runs(databases: Databases) -> None:
    World.make(databases)
    assert standing(databases) == Standing(0, 0, None, 0, 0, 0, 0)


def test_the_pace_used_is_the_last_minutes_slots_of_the_pace_that_unblocked_campaigns_may_use(
    databases: Databases,
) -> None:
    alone = World.make(databases, rate=20, connection_rate=600)  # may use 20
    alone.advance()
    use_slots(alone, seconds_ago=[1, 2, 3, 59, 61])
    sharing = World.make(databases, rate=20, connection_rate=30)  # two campaigns of 20: may use 30
    sharing.add_campaign(uuid4(), rate=20)
    databases.owner.execute("update hidra.campaigns set status = 'running' where user_id = %s", [sharing.user_id])
    use_slots(sharing, seconds_ago=[0.5, -1])  # the second is granted, but not due yet
    for code in ("no-connection", "outside-send-window"):
        databases.owner.execute(
            "update hidra.campaigns set status = 'running', blocked_code = %s where id = %s",
            [code, World.make(databases, rate=600).campaign_id],
        )
    found = standing(databases)
    assert (found.campaigns_running, found.campaigns_blocked) == (5, 1)
    assert found.pace_used == pytest.approx(100 * (4 + 1) / (20 + 30))


def test_doubts_imports_exports_and_backfills_are_counted_until_they_are_over(databases: Databases) -> None:
    world = World.make(databases, recipients=3)
    world.advance()
    run = databases.owner.execute
    run(
        "update hidra.campaign_messages set status = 'unknown' where id = %s",
        [world.messages()[0]["id"]],
    )
    for status in ("waiting", "running", "completed"):
        run(
            "insert into hidra.contact_imports (user_id, source, status) values (%s, 'csv', %s)",
            [world.user_id, status],
        )
    for kind, status in (("contacts", "waiting"), ("opt_outs", "running"), ("opt_outs", "completed")):
        run(
            "insert into hidra.exports (user_id, kind, format, status) values (%s, %s, 'jsonl', %s)",
            [world.user_id, kind, status],
        )
    run(
        "insert into hidra.status_backfills (evolution_config_id, user_id, cause, detected_at, sent_from, delivered_from)"
        " values (%s, %s, 'request', now(), now(), now())",
        [world.connection_id, world.user_id],
    )
    found = standing(databases)
    assert (found.doubts, found.imports_open, found.exports_open, found.backfills_open) == (1, 2, 2, 1)
    run("update hidra.status_backfills set completed_at = now()")
    assert standing(databases).backfills_open == 0
