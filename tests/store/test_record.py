import random
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault
from hidra.domain.delivery import ConnectionEvent, DeliveryEvent, ReplyEvent, StatusEvent
from hidra.domain.message import MessageStatus as S
from hidra.domain.phone import phone_hash
from hidra.services.record_delivery import Rejection, record_delivery
from hidra.store import claims, deliveries, messages, outcomes
from hidra.store.claims import Claim
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.world import SECRET, World

SENT_AT = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)


def record(world: World, *events: DeliveryEvent, db: Database | None = None) -> None:
    record_delivery(
        events,
        [],
        db=db or world.databases.jobs,
        hash_phone=lambda user_id, phone: phone_hash(SECRET, str(user_id), phone),
        queue=lambda _: None,
    )


def send(world: World, provider_id: str, *, sent_at: datetime = SENT_AT) -> Claim:
    held = world.claim()
    assert isinstance(held, Claim)
    world.databases.jobs.as_worker(
        lambda tx: outcomes.mark_sent(tx, held, sent_at=sent_at, provider_message_id=provider_id)
    )
    world.databases.jobs.as_worker(lambda tx: deliveries.apply_unmatched(tx, [(world.connection_id, provider_id)]))
    return held


def status(world: World, provider_id: str, word: S, seconds: float) -> StatusEvent:
    return StatusEvent(world.connection_id, provider_id, word, SENT_AT + timedelta(seconds=seconds))


def test_a_delivery_moves_the_counters_and_the_timeline(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    send(world, "A")
    record(world, status(world, "A", S.SENT, 0.2), status(world, "A", S.DELIVERED, 1.5), status(world, "A", S.READ, 40))
    message = world.messages()[0]
    assert message["status"] == "read"
    assert message["acked_at"] == SENT_AT + timedelta(seconds=0.2)
    assert message["delivered_at"] == SENT_AT + timedelta(seconds=1.5)
    metrics = world.metrics()
    assert (metrics["delivered"], metrics["pending"], metrics["average_delivery_ms"]) == (1, 1, 1500)
    assert world.timeline() == [{"timestamp": SENT_AT.replace(second=0), "delivered": 1, "failed": 0}]
    world.assert_exact()


@pytest.mark.parametrize("order", list(permutations([(S.SENT, 1), (S.FAILED, 50), (S.DELIVERED, 70), (S.READ, 10)])))
def test_the_order_of_arrival_does_not_change_the_result(databases: Databases, order: list[tuple[S, int]]) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    send(world, "A")
    for word, seconds in order:
        record(world, status(world, "A", word, seconds))
    message = world.messages()[0]
    assert (message["status"], message["error_code"]) == ("read", None)
    assert message["delivered_at"] == SENT_AT + timedelta(seconds=10)
    assert world.timeline() == [{"timestamp": SENT_AT.replace(second=0), "delivered": 1, "failed": 0}]
    world.assert_exact()


def test_the_same_events_again_change_nothing(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    send(world, "A")
    events = [status(world, "A", S.DELIVERED, 2), status(world, "A", S.FAILED, 1)]
    record(world, *events)
    before = (world.messages(), world.metrics(), world.timeline())
    record(world, *events, *events)
    assert (world.messages(), world.metrics(), world.timeline()) == before


def test_statuses_received_before_the_answer_to_the_post_are_applied_with_it(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    record(world, status(world, "A", S.DELIVERED, 3), status(world, "A", S.DELIVERED, 2))
    assert world.metrics()["delivered"] == 0
    send(world, "A")
    assert world.messages()[0]["delivered_at"] == SENT_AT + timedelta(seconds=2)
    assert world.rows("select from hidra.delivery_events_unmatched") == []
    world.assert_exact()


def test_a_delivery_before_its_sending_counts_as_no_time_at_all(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    send(world, "A")
    record(world, status(world, "A", S.DELIVERED, -5))
    assert world.metrics()["average_delivery_ms"] == 0
    world.assert_exact()


def test_statuses_of_messages_that_are_not_ours_are_kept_and_then_deleted(databases: Databases) -> None:
    world = World.make(databases)
    record(world, status(world, "not ours", S.READ, 1))
    assert len(world.rows("select from hidra.delivery_events_unmatched")) == 1
    databases.jobs.as_worker(deliveries.forget_old)
    assert world.rows("select from hidra.delivery_events_unmatched") == []


def test_of_a_flood_of_unknown_messages_only_the_latest_statuses_are_kept(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "MOST_KEPT", 10)
    monkeypatch.setattr(deliveries, "_LEFT", 8)
    flooding, other = World.make(databases), World.make(databases, recipients=1)
    other.advance()
    record(other, status(other, "A", S.DELIVERED, -1_000))  # older than all of the flood
    for batch in range(5):
        record(flooding, *(status(flooding, f"{batch}-{at}", S.READ, batch) for at in range(7)))
    kept = "select provider_message_id from hidra.delivery_events_unmatched where evolution_config_id = %s"
    found = [row["provider_message_id"] for row in flooding.rows(kept, flooding.connection_id)]
    assert len(found) <= 10
    assert {f"4-{at}" for at in range(7)} <= set(found)
    send(other, "A")
    assert other.messages()[0]["status"] == "delivered"
    other.assert_exact()


def test_a_status_that_its_sender_is_applying_is_not_waited_for_when_the_oldest_are_dropped(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "MOST_KEPT", 2)
    monkeypatch.setattr(deliveries, "_LEFT", 1)
    world = World.make(databases)
    record(world, status(world, "A", S.READ, 1), status(world, "B", S.READ, 2))
    with databases.owner.transaction():
        databases.owner.execute(
            "select from hidra.delivery_events_unmatched where provider_message_id = 'A' for update"
        )
        record(world, status(world, "C", S.READ, 3))
    kept = world.rows("select provider_message_id from hidra.delivery_events_unmatched")
    assert {row["provider_message_id"] for row in kept} == {"A", "C"}


def test_events_of_a_deleted_connection_are_dropped(databases: Databases) -> None:
    world = World.make(databases)
    record(world, StatusEvent(uuid4(), "A", S.READ, SENT_AT))
    assert world.rows("select from hidra.delivery_events_unmatched") == []


def test_an_event_of_one_connection_does_not_change_messages_of_another(databases: Databases) -> None:
    world, other = World.make(databases), World.make(databases)
    world.advance()
    send(world, "A")
    record(world, StatusEvent(other.connection_id, "A", S.READ, SENT_AT))
    assert world.messages()[0]["status"] == "sent"


def test_a_reply_that_opts_out_skips_pending_messages(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    record(world, ReplyEvent(world.connection_id, "+5511980000001", "SAIR", SENT_AT))
    assert [m["status"] for m in world.messages()] == ["pending", "skipped"]
    assert len(world.rows("select from hidra.opt_outs where source = 'reply'")) == 1
    world.assert_exact()


def test_a_reply_without_a_request_changes_nothing(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    record(world, ReplyEvent(world.connection_id, "+5511980000000", "Quero sair com vocês amanhã", SENT_AT))
    assert world.messages()[0]["status"] == "pending"


def test_a_connection_that_logs_out_stops_and_an_older_event_is_ignored(databases: Databases) -> None:
    world = World.make(databases)
    now = datetime.now(UTC)
    databases.owner.execute("update hidra.evolution_api_config set last_health_check_at = %s", [now])
    gone = EvolutionConnectionStatus.DISCONNECTED
    reason = ConnectionFault(ConnectionErrorCode.LOGGED_OUT, "logged out")
    record(world, ConnectionEvent(world.connection_id, gone, reason, now - timedelta(seconds=1)))
    assert world.one("select status from hidra.evolution_api_config")["status"] == "connected"
    record(world, ConnectionEvent(world.connection_id, gone, reason, now + timedelta(seconds=1)))
    connection = world.one("select * from hidra.evolution_api_config")
    assert (connection["status"], connection["error_message"]) == ("disconnected", "logged out")
    assert connection["error_code"] == "logged-out"
    assert connection["last_webhook_at"] == now + timedelta(seconds=1)


def test_the_last_status_of_a_message_is_noted_and_no_other_event(databases: Databases) -> None:
    """A Cloud API connection without one is warned of: its Evolution discards Meta's statuses."""
    world = World.make(databases)
    world.advance()
    send(world, "A")
    record(world, ReplyEvent(world.connection_id, "+5511980000000", "Oi", SENT_AT))
    assert world.one("select last_status_at from hidra.evolution_api_config")["last_status_at"] is None
    record(world, status(world, "A", S.READ, 9), status(world, "stranger", S.SENT, 4))
    record(world, status(world, "A", S.DELIVERED, 3))
    found = world.one("select last_status_at from hidra.evolution_api_config")["last_status_at"]
    assert found == SENT_AT + timedelta(seconds=9)


def test_an_instance_that_the_connection_used_before_reports_on_messages_and_not_on_the_connection(
    databases: Databases,
) -> None:
    """It still sends webhooks, and is often logged out or deleted once another instance has replaced it."""
    world = World.make(databases)
    world.advance()
    send(world, "A")
    read = status(world, "A", S.READ, 9)
    states = [EvolutionConnectionStatus.DISCONNECTED, EvolutionConnectionStatus.ERROR]
    reason = ConnectionFault(ConnectionErrorCode.CONNECTION_CLOSED, "closed")
    closed = [ConnectionEvent(world.connection_id, state, reason, SENT_AT) for state in states]
    reply = ReplyEvent(world.connection_id, "+5511980000000", "SAIR", SENT_AT)
    databases.owner.execute("update hidra.evolution_api_config set instance_name = 'new'")
    before = world.one("select * from hidra.evolution_api_config")
    record(world, *(replace(event, instance="old") for event in (read, *closed, reply)))
    assert world.messages()[0]["status"] == "read"
    assert len(world.rows("select from hidra.opt_outs where source = 'reply'")) == 1
    assert world.one("select * from hidra.evolution_api_config") == before
    record(world, replace(closed[0], instance="new"), *(replace(event, instance="old") for event in (read, closed[1])))
    after = world.one("select * from hidra.evolution_api_config")
    assert (after["status"], after["last_webhook_at"], after["last_status_at"]) == ("disconnected", SENT_AT, None)
    record(world, replace(read, instance="new"))
    found = world.one("select last_status_at from hidra.evolution_api_config")["last_status_at"]
    assert found == read.received_at


@pytest.mark.parametrize("late", [False, True])
def test_a_failure_says_that_evolution_gave_no_reason_and_a_delivery_takes_it_back(
    databases: Databases, *, late: bool
) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    send(world, "A")
    record(world, status(world, "A", S.FAILED, 2))
    if late:
        record(world, status(world, "A", S.DELIVERED, 5))
    message = world.messages()[0]
    reason = "WhatsApp reported that the message failed. Evolution gave no reason."
    wanted = (None, None) if late else ("provider_failed", reason)
    assert (message["error_code"], message["error_detail"]) == wanted


def test_a_record_that_cannot_be_read_is_parked_once(databases: Databases) -> None:
    for _ in range(2):
        record_delivery(
            [],
            [Rejection("shard:1", "KeyError: 'kind'")],
            db=databases.jobs,
            hash_phone=lambda *_: b"",
            queue=lambda _: None,
        )
    rows = databases.owner.execute("select stream_position, reason from hidra.delivery_events_rejected").fetchall()
    assert rows == [("shard:1", "KeyError: 'kind'")]


def test_an_unknown_message_that_is_found_counts_as_sent_and_gets_its_kept_statuses(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    record(world, status(world, "A", S.READ, 1))
    found = lambda: databases.jobs.as_worker(  # noqa: E731
        lambda tx: messages.resolve(tx, message_id=held.message_id, provider_message_id="A")
    )
    assert found() is True
    assert found() is False
    databases.jobs.as_worker(deliveries.apply_all_unmatched)
    message = world.messages()[0]
    assert (message["status"], message["sent_at"]) == ("read", held.claimed_at)
    world.assert_exact()


def test_a_message_given_up_fails_and_later_evidence_replaces_that(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    databases.jobs.as_worker(lambda tx: messages.give_up(tx, message_ids=[held.message_id], at=SENT_AT))
    assert (world.metrics()["failed"], world.messages()[0]["error_code"]) == (1, "outcome_unknown")
    world.assert_exact()
    databases.jobs.as_worker(lambda tx: messages.resolve(tx, message_id=held.message_id, provider_message_id="A"))
    assert (world.metrics()["failed"], world.metrics()["pending"]) == (0, 1)
    world.assert_exact()


def test_recorders_and_senders_side_by_side_stay_exact(databases: Databases) -> None:
    """Overlapping transactions on two campaigns of one connection, every event twice and in any order."""
    world = World.make(databases, recipients=30, rate=6000, concurrent=1000)
    other = world.add_campaign(uuid4())
    both = [world.campaign_id, other]
    for campaign_id in both:
        world.campaign_id = campaign_id
        world.advance()
    order = random.Random(7)
    ids = [f"id-{index}" for index in range(60)]
    events = [
        status(world, provider_id, word, order.uniform(-1, 200))
        for provider_id in ids
        for word in order.sample([S.SENT, S.FAILED, S.DELIVERED, S.READ], order.randint(1, 4))
    ]
    events = [*events, *events]
    order.shuffle(events)
    errors: list[BaseException] = []

    def guarded(work) -> None:
        db = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
        try:
            work(db)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)
        finally:
            db.close()

    def sender(db: Database, mine: list[tuple[UUID, str]], runs: dict[UUID, UUID]) -> None:
        for campaign_id, provider_id in mine:
            held = db.as_worker(
                lambda tx, c=campaign_id: claims.claim(
                    tx,
                    campaign_id=c,
                    run_id=runs[c],
                    connection_id=world.connection_id,
                    sender_timeout=timedelta(seconds=120),
                )
            )
            assert isinstance(held, Claim)
            db.as_worker(
                lambda tx, h=held, p=provider_id: outcomes.mark_sent(tx, h, sent_at=SENT_AT, provider_message_id=p)
            )
            db.as_worker(lambda tx, p=provider_id: deliveries.apply_unmatched(tx, [(world.connection_id, p)]))

    runs = {row["campaign_id"]: row["id"] for row in world.rows("select id, campaign_id from hidra.campaign_runs")}
    mine = list(zip(both * 30, ids, strict=True))
    work = [lambda db, part=mine[n::2]: sender(db, part, runs) for n in range(2)]
    work += [
        lambda db, part=events[n::3]: [record(world, *part[i : i + 7], db=db) for i in range(0, len(part), 7)]
        for n in range(3)
    ]
    threads = [threading.Thread(target=guarded, args=[item]) for item in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert world.rows("select from hidra.delivery_events_unmatched") == []
    for campaign_id in both:
        world.campaign_id = campaign_id
        world.assert_exact()
        assert {m["status"] for m in world.messages()} <= {"sent", "failed", "delivered", "read"}
