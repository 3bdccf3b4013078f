"""The clock's tick against the real database, with SQS for the queues."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.domain.delivery import StatusEvent
from hidra.domain.message import MessageStatus
from hidra.errors import Unavailable
from hidra.store import confirmations, deliveries, outcomes
from hidra.store.claims import Claim
from hidra.store.confirmations import OptedOutPhone
from tests.conftest import Databases
from tests.functions.api import CONTEXT, load
from tests.functions.workers import Aws, Logs, unreachable, use
from tests.store.exporting import Exporting
from tests.store.importing import Importing
from tests.store.world import World

PROVIDER_ID = "3EB0C0FFEE00000000000001"


@pytest.fixture
def on_aws() -> Iterator[Aws]:
    with Aws.running() as running:
        yield running


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with Logs.captured() as logs:
        yield logs
    logs.assert_free_of("119800000", PROVIDER_ID, "Oi Ana", "sealed")


@pytest.fixture
def clock(databases: Databases, on_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    app = use(
        "campaign_clock",
        monkeypatch,
        CAMPAIGN_QUEUE_URL=on_aws.queue("campaigns"),
        IMPORT_QUEUE_URL=on_aws.queue("imports"),
        EXPORT_QUEUE_URL=on_aws.queue("exports"),
        SEND_QUEUE_URL=on_aws.queue("sends"),
    )
    monkeypatch.setattr(app, "db", databases.jobs)
    return app


def tick(clock: ModuleType) -> None:
    assert clock.handler(load("campaign_clock_tick"), CONTEXT) is None


def set_campaign(world: World, **columns: Any) -> None:
    for column, value in columns.items():
        statement = f"update hidra.campaigns set {column} = %s where id = %s"
        world.databases.owner.execute(statement, [value, world.campaign_id])  # type: ignore[arg-type]


def lose_sender(world: World, *, age: timedelta) -> int:
    """A message that has been in sending for so long."""
    claim = world.claim()
    assert isinstance(claim, Claim)
    world.databases.owner.execute(
        "update hidra.campaign_messages set claimed_at = now() - %s where id = %s", [age, claim.message_id]
    )
    return claim.message_id


def test_each_tick_asks_for_a_pass_of_due_campaigns_and_of_no_others(
    clock: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    due, running, canceled, paused, draft, later, ended = (World.make(databases) for _ in range(7))
    for world in (running, canceled, paused):
        world.advance()
    set_campaign(canceled, status="canceled")
    set_campaign(paused, status="paused")
    set_campaign(draft, status="draft", scheduled_at=None)
    set_campaign(later, scheduled_at=datetime.now(UTC) + timedelta(minutes=3))
    set_campaign(ended, status="completed")
    tick(clock)
    nudges = on_aws.bodies(clock.ENV["CAMPAIGN_QUEUE_URL"])
    assert sorted(nudges, key=str) == sorted(
        (
            {"version": 1, "user_id": str(world.user_id), "campaign_id": str(world.campaign_id)}
            for world in (due, running, canceled)
        ),
        key=str,
    )


def test_a_tick_asks_ahead_for_the_passes_that_start_campaigns_soon_each_at_its_time(
    clock: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    overdue, soon, in_two_minutes, later, draft = (World.make(databases) for _ in range(5))
    now = datetime.now(UTC)
    set_campaign(overdue, scheduled_at=now - timedelta(hours=1))
    set_campaign(soon, scheduled_at=now + timedelta(seconds=30))
    set_campaign(in_two_minutes, scheduled_at=now + timedelta(seconds=125))
    set_campaign(later, scheduled_at=datetime(9999, 12, 31, tzinfo=UTC))
    set_campaign(draft, scheduled_at=now + timedelta(seconds=30), status="draft")
    tick(clock)
    sent = on_aws.on(clock.ENV["CAMPAIGN_QUEUE_URL"])
    delays = {json.loads(entry["MessageBody"])["campaign_id"]: entry["DelaySeconds"] for entry in sent}
    assert delays.keys() == {str(world.campaign_id) for world in (overdue, soon, in_two_minutes)}
    assert delays[str(overdue.campaign_id)] == 0
    # Never before the start: SQS delivers no message early.
    assert 28 <= delays[str(soon.campaign_id)] <= 30
    assert 123 <= delays[str(in_two_minutes.campaign_id)] <= 125


def test_more_campaigns_than_one_call_takes_are_all_nudged(
    clock: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    world = World.make(databases)
    campaigns = {world.campaign_id} | {world.add_campaign(uuid4()) for _ in range(22)}
    tick(clock)
    nudges = on_aws.bodies(clock.ENV["CAMPAIGN_QUEUE_URL"])
    assert sorted(body["campaign_id"] for body in nudges) == sorted(map(str, campaigns))


def test_a_message_whose_sender_was_lost_is_unknown_from_then_on(
    clock: ModuleType, databases: Databases, logs: Logs
) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    lost = lose_sender(world, age=timedelta(seconds=181))
    in_flight = lose_sender(world, age=timedelta(seconds=170))
    tick(clock)
    messages = {message["id"]: message for message in world.messages()}
    assert (messages[lost]["status"], messages[lost]["error_code"]) == ("unknown", "sender_lost")
    assert messages[in_flight]["status"] == "sending"
    [line] = logs.named("messages with a lost sender set to unknown")
    assert line["messages"] == 1
    world.assert_exact()


def test_an_early_webhook_is_applied_to_its_message(clock: ModuleType, databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    claim = world.claim()
    assert isinstance(claim, Claim)
    early = StatusEvent(world.connection_id, PROVIDER_ID, MessageStatus.DELIVERED, datetime.now(UTC))
    old = StatusEvent(world.connection_id, "none of ours", MessageStatus.READ, datetime.now(UTC) - timedelta(hours=49))
    databases.jobs.as_worker(lambda tx: deliveries.keep(tx, [early, old]))
    databases.jobs.as_worker(
        lambda tx: outcomes.mark_sent(tx, claim, sent_at=claim.claimed_at, provider_message_id=PROVIDER_ID)
    )
    tick(clock)
    assert world.messages()[0]["status"] == "delivered"
    assert world.metrics()["delivered"] == 1
    assert world.rows("select from hidra.delivery_events_unmatched") == []
    world.assert_exact()


def test_a_confirmation_whose_ticket_was_lost_is_queued_again_for_some_minutes(
    clock: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    world = World.make(databases, recipients=0)
    new, lost, claimed, old = databases.jobs.as_worker(
        lambda tx: confirmations.request(
            tx, [OptedOutPhone(world.user_id, world.connection_id, "+5511980000000", b"x")] * 4
        )
    )
    age = "update hidra.opt_out_confirmations set requested_at = now() - %s, claimed_at = %s where id = %s"
    for ticket, minutes, claimed_at in ((lost, 2, None), (claimed, 2, datetime.now(UTC)), (old, 11, None)):
        databases.owner.execute(age, [timedelta(minutes=minutes), claimed_at, ticket.confirmation_id])
    tick(clock)
    assert on_aws.bodies(clock.ENV["SEND_QUEUE_URL"]) == [json.loads(lost.to_json())]
    left = {row["id"] for row in world.rows("select id from hidra.opt_out_confirmations")}
    assert left == {ticket.confirmation_id for ticket in (new, lost, claimed)}


def test_a_tick_repairs_even_if_the_queue_accepts_nothing(clock: ModuleType, databases: Databases, logs: Logs) -> None:
    clock.ENV["CAMPAIGN_QUEUE_URL"] += "-that-is-gone"
    world = World.make(databases, recipients=1)
    world.advance()
    lose_sender(world, age=timedelta(hours=1))
    tick(clock)
    assert world.messages()[0]["status"] == "unknown"
    [line] = logs.named("nudges were not accepted")
    assert line["campaigns"] == 1


def test_a_second_tick_repairs_nothing_more(clock: ModuleType, databases: Databases, on_aws: Aws) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    lose_sender(world, age=timedelta(hours=1))
    tick(clock)
    before = (world.messages(), world.metrics(), world.timeline(), world.campaign())
    tick(clock)
    assert (world.messages(), world.metrics(), world.timeline(), world.campaign()) == before
    assert len(on_aws.sent) == 2


def test_a_tick_without_a_database_fails_so_that_the_alarm_goes_off(
    clock: ModuleType, databases: Databases, on_aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "db", unreachable(databases))
    with pytest.raises(Unavailable):
        tick(clock)
    assert on_aws.sent == []


def test_a_stalled_export_is_nudged_once_in_five_minutes(
    clock: ModuleType, databases: Databases, user: UUID, on_aws: Aws
) -> None:
    stuck, moving = (Exporting.make(databases, user, kind=kind) for kind in ("contacts", "opt_outs"))
    say = (
        "update hidra.exports set status = 'running', last_progress_at = now() - make_interval(mins => %s)"
        " where id = %s"
    )
    databases.owner.execute(say, [6, stuck.id])
    databases.owner.execute(say, [1, moving.id])
    tick(clock)
    tick(clock)
    wanted = {"version": 1, "user_id": str(user), "export_id": str(stuck.id)}
    assert on_aws.bodies(clock.ENV["EXPORT_QUEUE_URL"]) == [wanted]


def test_a_stalled_import_is_nudged_once_in_five_minutes(
    clock: ModuleType, databases: Databases, user: UUID, on_aws: Aws
) -> None:
    stuck, moving, fresh = (Importing.make(databases, user, b"") for _ in range(3))
    say = (
        "update hidra.contact_imports set status = 'running', last_progress_at = now() - make_interval(mins => %s)"
        " where id = %s"
    )
    databases.owner.execute(say, [6, stuck.id])
    databases.owner.execute(say, [1, moving.id])
    tick(clock)
    tick(clock)
    wanted = {"version": 1, "user_id": str(user), "import_id": str(stuck.id)}
    assert on_aws.bodies(clock.ENV["IMPORT_QUEUE_URL"]) == [wanted]
    assert fresh.row()["status"] == "waiting"
