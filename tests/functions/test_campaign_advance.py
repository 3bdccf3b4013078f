"""Passes of campaigns, as the campaign queue requests them: the real database, and SQS for the queues."""

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest

from hidra.domain.nudge import CampaignNudge
from tests.conftest import Databases
from tests.functions.api import CONTEXT, load
from tests.functions.workers import Aws, Logs, failed, from_queue, unreachable, use
from tests.store.world import World

EVENT = "campaign_advance_pass"


@pytest.fixture
def on_aws() -> Iterator[Aws]:
    with Aws.running() as running:
        yield running


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with Logs.captured() as logs:
        yield logs
    logs.assert_free_of("119800000", "Oi", "sealed")


@pytest.fixture
def advance(databases: Databases, on_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    queues = {"SEND_QUEUE_URL": on_aws.queue("sends"), "CAMPAIGN_QUEUE_URL": on_aws.queue("campaigns")}
    app = use("campaign_advance", monkeypatch, **queues)
    monkeypatch.setattr(app, "db", databases.jobs)
    return app


def body(world: World) -> str:
    [record] = load(EVENT)["Records"]
    ids = {"user_id": str(world.user_id), "campaign_id": str(world.campaign_id)}
    return json.dumps(json.loads(record["body"]) | ids)


def make_pass(advance: ModuleType, *worlds: World) -> None:
    assert advance.handler(from_queue(EVENT, *map(body, worlds)), CONTEXT) == {"batchItemFailures": []}


def statuses(world: World) -> list[str]:
    return [message["status"] for message in world.messages()]


def tickets(advance: ModuleType, on_aws: Aws) -> list[dict[str, Any]]:
    return on_aws.on(advance.ENV["SEND_QUEUE_URL"])


def test_a_due_campaign_is_frozen_and_its_tickets_are_queued_for_their_slots(
    advance: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    world = World.make(databases, recipients=4, rate=6)
    make_pass(advance, world)
    assert world.campaign()["status"] == "running"
    assert statuses(world) == ["pending"] * 4
    [run] = world.rows("select * from hidra.campaign_runs where campaign_id = %s", world.campaign_id)
    ticket = {
        "version": 1,
        "user_id": str(world.user_id),
        "connection_id": str(world.connection_id),
        "campaign_id": str(world.campaign_id),
        "run_id": str(run["id"]),
        "delayed": False,
        "returned": 0,
    }
    assert on_aws.bodies(advance.ENV["SEND_QUEUE_URL"]) == [ticket] * 4
    # 61.7 s for 6 messages: slots 10.28 s apart, each ticket due one to two seconds before its own.
    assert [entry["DelaySeconds"] for entry in tickets(advance, on_aws)] == [0, 9, 19, 29]
    assert {entry["MessageGroupId"] for entry in tickets(advance, on_aws)} == {str(world.connection_id)}
    world.assert_exact()


def test_a_pass_that_issues_the_last_tickets_asks_for_another_before_their_end(
    advance: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    world = World.make(databases, recipients=4, rate=6)
    make_pass(advance, world)
    [again] = on_aws.on(advance.ENV["CAMPAIGN_QUEUE_URL"])
    assert json.loads(again["MessageBody"]) == json.loads(body(world))
    assert again["DelaySeconds"] == 38  # the fourth slot's turn ends at 41 s


def reschedule(world: World, seconds: float) -> None:
    world.databases.owner.execute(
        "update hidra.campaigns set scheduled_at = clock_timestamp() + make_interval(secs => %s) where id = %s",
        [seconds, world.campaign_id],
    )


def test_a_nudge_that_is_a_little_early_is_queued_again_for_the_start(
    advance: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    """The clocks of the database and of the function that scheduled the campaign differ."""
    world = World.make(databases)
    reschedule(world, 2.9)
    make_pass(advance, world)
    [again] = on_aws.sent
    assert (json.loads(again["MessageBody"]), again["DelaySeconds"]) == (json.loads(body(world)), 3)
    assert world.campaign()["status"] == "scheduled"


def test_nudges_for_a_time_that_was_moved_start_nothing_and_nudges_for_the_new_time_start_once(
    advance: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    world = World.make(databases)
    reschedule(world, 60)
    make_pass(advance, world, world)
    assert (world.campaign()["status"], on_aws.sent) == ("scheduled", [])
    reschedule(world, 0)
    make_pass(advance, world, world)
    make_pass(advance, world)
    assert world.campaign()["status"] == "running"
    assert len(world.rows("select from hidra.campaign_runs where campaign_id = %s", world.campaign_id)) == 1
    assert statuses(world) == ["pending"] * 3


def test_a_raised_pace_has_its_tickets_at_once_and_no_change_floods_the_queue(
    advance: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    world = World.make(databases, recipients=40, rate=6)

    def change(rate: int) -> list[int]:
        """The delays of the tickets that a pass issues after this change."""
        for sql in (
            "hidra.campaigns set max_messages_per_minute = %s where id",
            "hidra.pace_limits set rate = %s where subject",
        ):
            databases.owner.execute(f"update {sql} = %s", [rate, world.campaign_id])  # type: ignore[arg-type]
        on_aws.sent.clear()
        make_pass(advance, world)
        return [entry["DelaySeconds"] for entry in tickets(advance, on_aws)]

    assert max(change(6)) > 100
    raised = change(12)
    assert len(raised) == 25
    assert raised[:3] == [0, 4, 9]
    assert change(6) == []
    assert change(12) == []


def test_no_ticket_names_its_recipient(advance: ModuleType, databases: Databases, on_aws: Aws) -> None:
    world = World.make(databases, recipients=25)
    make_pass(advance, world)
    said = json.dumps(tickets(advance, on_aws))
    assert len(tickets(advance, on_aws)) == 25
    assert not [word for word in ("119800000", "Ana", "Oi", "sealed") if word in said]


def test_a_repeated_pass_queues_only_tickets_that_may_have_been_used(
    advance: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    world = World.make(databases, recipients=3, rate=6)
    databases.owner.execute("update hidra.pace_limits set plan = null")
    make_pass(advance, world, world)
    make_pass(advance, world)
    assert len(tickets(advance, on_aws)) == 4
    assert statuses(world) == ["pending"] * 3
    world.assert_exact()


def test_a_pass_of_a_campaign_that_does_not_exist_ends_quietly(
    advance: ModuleType, databases: Databases, on_aws: Aws, logs: Logs
) -> None:
    event = load(EVENT)
    assert advance.handler(event, CONTEXT) == failed(event)
    assert on_aws.sent == []
    assert logs.text == ""


def test_queue_messages_that_fail_do_not_fail_their_neighbours(
    advance: ModuleType, databases: Databases, logs: Logs
) -> None:
    before, after = World.make(databases), World.make(databases)
    wrong = ["", "{", "[]", "null", '{"version": 1}', '{"campaign_id": "+5511980000000"}']
    event = from_queue(EVENT, body(before), *wrong, body(after))
    assert advance.handler(event, CONTEXT) == failed(event, *range(1, len(wrong) + 1))
    assert [world.campaign()["status"] for world in (before, after)] == ["running", "running"]
    assert len(logs.named("queue message failed")) == len(wrong)


def test_a_campaign_that_cannot_start_shows_the_reason_and_sends_nothing(
    advance: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    world = World.make(databases, recipients=0)
    make_pass(advance, world)
    assert (world.campaign()["status"], world.campaign()["blocked_reason"]) == (
        "failed",
        "The segment has no contacts.",
    )
    assert on_aws.sent == []


def test_a_connection_that_is_down_blocks_the_campaign_until_it_is_back(
    advance: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    world = World.make(databases)
    say = "update hidra.evolution_api_config set status = %s where id = %s"
    databases.owner.execute(say, ["disconnected", world.connection_id])
    make_pass(advance, world)
    assert world.campaign()["status"] == "running"
    assert "WhatsApp is disconnected" in world.campaign()["blocked_reason"]
    assert on_aws.sent == []
    databases.owner.execute(say, ["connected", world.connection_id])
    make_pass(advance, world)
    assert world.campaign()["blocked_reason"] is None
    assert len(tickets(advance, on_aws)) == 3


def test_a_canceled_campaign_ends_with_every_recipient_accounted_for(
    advance: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    world = World.make(databases)
    make_pass(advance, world)
    databases.owner.execute("update hidra.campaigns set status = 'canceled' where id = %s", [world.campaign_id])
    make_pass(advance, world)
    assert statuses(world) == ["skipped"] * 3
    run = world.one(
        "select status, ended_at, summary from hidra.campaign_runs where campaign_id = %s", world.campaign_id
    )
    assert (run["status"], run["summary"]) == (
        "canceled",
        {"kind": "first_send", "total": 3, "sent": 0, "failed": 0, "skipped": 3},
    )
    assert run["ended_at"] is not None
    assert len(tickets(advance, on_aws)) == 3
    world.assert_exact()


def test_a_pass_that_the_database_refuses_is_retried(
    advance: ModuleType, databases: Databases, on_aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World.make(databases)
    monkeypatch.setattr(advance, "db", unreachable(databases))
    event = from_queue(EVENT, body(world))
    assert advance.handler(event, CONTEXT) == failed(event, 0)
    monkeypatch.setattr(advance, "db", databases.jobs)
    assert advance.handler(event, CONTEXT) == failed(event)
    assert len(tickets(advance, on_aws)) == 3


def test_a_pass_whose_tickets_the_queue_refuses_is_retried_and_freezes_once(
    advance: ModuleType, databases: Databases, logs: Logs
) -> None:
    advance.ENV["SEND_QUEUE_URL"] += "-that-is-gone"
    world, other = World.make(databases), uuid4()
    event = from_queue(EVENT, body(world), CampaignNudge(other, other).to_json())
    assert advance.handler(event, CONTEXT) == failed(event, 0)
    advance.handler(event, CONTEXT)
    assert statuses(world) == ["pending"] * 3
    assert logs.named("queue message failed")
    world.assert_exact()
