"""The recount of metrics and timelines: silent when they are exact, exact about what is not, undisturbed by writers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from psycopg.rows import dict_row

from hidra.domain.delivery import ReplyEvent, StatusEvent
from hidra.domain.message import Message, share
from hidra.domain.message import MessageStatus as S
from hidra.errors import NotFound
from hidra.services.rebuild_metrics import Rebuilt, rebuild_metrics
from hidra.services.record_delivery import record_delivery
from hidra.store import counters, outcomes, recount
from hidra.store.claims import Claim
from hidra.store.db import Database, Tx
from tests.conftest import Databases
from tests.store.world import World

SENT_AT = datetime(2026, 1, 1, 12, 0, 30, 500, tzinfo=UTC)
MINUTE = SENT_AT.replace(second=0, microsecond=0)


def send(world: World, provider_id: str) -> None:
    held = world.claim()
    assert isinstance(held, Claim)
    world.databases.jobs.as_worker(
        lambda tx: outcomes.mark_sent(tx, held, sent_at=SENT_AT, provider_message_id=provider_id)
    )


def receive(world: World, provider_id: str, word: S, seconds: float, *, db: Database | None = None) -> None:
    event = StatusEvent(world.connection_id, provider_id, word, SENT_AT + timedelta(seconds=seconds))
    record_delivery([event], [], db=db or world.databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)


def reply(world: World, provider_id: str, seconds: float) -> None:
    event = ReplyEvent(
        world.connection_id, None, "", SENT_AT + timedelta(seconds=seconds), lid="777", quoted_id=provider_id
    )
    record_delivery([event], [], db=world.databases.jobs, hash_phone=lambda *_: b"777", queue=lambda _: None)


def lively(databases: Databases) -> World:
    """A campaign with a message in every state that the counters know."""
    world = World.make(databases, recipients=8)
    databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
        [world.user_id, world.hash("+5511980000007")],
    )
    world.add_contact("+5511980000099")  # whose name the template lacks
    world.advance()
    for provider_id in "ABCDEF":
        send(world, provider_id)
    receive(world, "A", S.DELIVERED, 1.2345678)
    receive(world, "B", S.READ, 70.0009)
    receive(world, "C", S.FAILED, 2)
    receive(world, "D", S.DELIVERED, -3)
    receive(world, "E", S.DELIVERED, 0.0005)
    for provider_id in "ABC":
        reply(world, provider_id, 90)
    assert {row["status"] for row in world.messages()} == {
        "pending", "sent", "delivered", "read", "failed", "skipped",
    }  # fmt: skip
    return world


def recounted(world: World, statement: str) -> list[dict[str, Any]]:
    with world.databases.owner.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, {"campaign_id": world.campaign_id}).fetchall()


def assert_shares_add_up(world: World) -> None:
    ids = [message["id"] for message in world.messages()]
    messages = world.databases.jobs.as_worker(lambda tx: tx.rows(Message, counters.LOCK_MESSAGES, ids=ids))
    shares = [share(message) for message in messages]
    total = lambda *names: {name: sum(getattr(it, name) for it in shares) for name in names}  # noqa: E731
    totals = total("delivered", "failed", "pending", "skipped")
    expected = {
        **totals,
        **total("read", "replied"),
        "total_messages": sum(totals.values()),
        "delivery_ms_total": sum(it.delivery_ms for it in shares),
    }
    assert recounted(world, recount.METRICS) == [expected]
    points = {it.minute for it in shares if it.minute}
    assert {row["timestamp"]: (row["delivered"], row["failed"]) for row in recounted(world, recount.TIMELINE)} == {
        minute: tuple(
            sum(getattr(it, name) for it in shares if it.minute == minute) for name in ("delivered", "failed")
        )
        for minute in points
    }


def test_the_recount_agrees_with_the_share_of_each_message(databases: Databases) -> None:
    world = lively(databases)
    assert_shares_add_up(world)
    databases.owner.execute("update hidra.campaign_messages set status = 'unknown' where status = 'sent'")
    databases.owner.execute("update hidra.campaign_messages set status = 'sending' where status = 'pending'")
    databases.owner.execute("update hidra.campaign_messages set counted = false where provider_message_id = 'D'")
    assert_shares_add_up(world)


def rebuilt(databases: Databases, **wanted: Any) -> Rebuilt:
    defaults = {"campaign_id": None, "after_id": None, "dry_run": True, "seconds_left": lambda: 60.0}
    return rebuild_metrics(db=databases.jobs, **(defaults | wanted))  # type: ignore[arg-type]


def differences(world: World, *, dry_run: bool = True) -> set[tuple[str, datetime | None, int | None, int | None]]:
    found = rebuilt(world.databases, campaign_id=world.campaign_id, dry_run=dry_run).differences
    assert {campaign_id for campaign_id, _ in found} <= {world.campaign_id}
    return {(it.counter, it.minute, it.shown, it.recounted) for _, it in found}


@pytest.mark.parametrize("dry_run", [True, False])
def test_after_sends_and_deliveries_there_is_nothing_to_change(databases: Databases, dry_run: bool) -> None:
    world = lively(databases)
    before = (world.metrics(), world.timeline())
    assert rebuilt(databases, dry_run=dry_run) == Rebuilt(1, [], None)
    assert (world.metrics(), world.timeline()) == before
    world.assert_exact()


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (
            "update hidra.campaign_metrics set delivered = delivered - 1, total_messages = total_messages - 1",
            {("delivered", None, 3, 4), ("total_messages", None, 8, 9)},
        ),
        (
            "update hidra.campaign_metrics set failed = failed - 1, skipped = skipped + 1",
            {("failed", None, 1, 2), ("skipped", None, 2, 1)},
        ),
        (
            "update hidra.campaign_metrics set read = 0, replied = replied + 1",
            {("read", None, 0, 1), ("replied", None, 4, 3)},
        ),
        (
            "update hidra.campaign_metrics set delivery_ms_total = 999 where delivery_ms_total <> 999",
            {("delivery_ms_total", None, 999, 71_234)},
        ),
        (
            "update hidra.campaign_timeline_points set delivered = delivered + 2 where timestamp = '2026-01-01 12:00Z'",
            {("timeline.delivered", MINUTE, 5, 3)},
        ),
        (
            "delete from hidra.campaign_timeline_points where timestamp = '2026-01-01 12:01Z'",
            {
                ("timeline.delivered", MINUTE + timedelta(minutes=1), None, 1),
                ("timeline.failed", MINUTE + timedelta(minutes=1), None, 0),
            },
        ),
        (
            "insert into hidra.campaign_timeline_points (user_id, campaign_id, timestamp)"
            " select user_id, id, '2026-01-01 13:00Z' from hidra.campaigns",
            {
                ("timeline.delivered", MINUTE + timedelta(hours=1), 0, None),
                ("timeline.failed", MINUTE + timedelta(hours=1), 0, None),
            },
        ),
    ],
    ids=["counter", "two counters", "what came back", "average", "point", "lost point", "empty point"],
)
def test_numbers_broken_by_hand_are_found_and_repaired(databases: Databases, spoil: Any, found: set[Any]) -> None:
    world = lively(databases)
    before = {**world.metrics(), "last_updated_at": None}, world.timeline()
    databases.owner.execute(spoil)
    assert differences(world) == found
    assert differences(world) == found, "a report changes nothing"
    assert differences(world, dry_run=False) == found
    assert differences(world) == set()
    assert ({**world.metrics(), "last_updated_at": None}, world.timeline()) == before
    world.assert_exact()


def test_a_campaign_that_lost_its_metrics_gets_them_back(databases: Databases) -> None:
    world = lively(databases)
    before = {**world.metrics(), "last_updated_at": None}
    databases.owner.execute("delete from hidra.campaign_metrics")
    assert ("total_messages", None, None, 9) in differences(world, dry_run=False)
    assert {**world.metrics(), "last_updated_at": None} == before


def test_a_row_that_another_run_counts_for_is_left_out(databases: Databases) -> None:
    world = lively(databases)
    databases.owner.execute(
        "update hidra.campaign_messages set counted = false where status = 'failed' and provider_message_id is not null"
    )
    assert differences(world) == {
        ("failed", None, 2, 1),
        ("replied", None, 3, 2),
        ("total_messages", None, 9, 8),
        ("timeline.failed", MINUTE, 1, 0),
    }
    differences(world, dry_run=False)
    world.assert_exact()


def test_other_campaigns_are_not_touched(databases: Databases) -> None:
    world, other = World.make(databases), lively(databases)
    databases.owner.execute(
        "update hidra.campaign_metrics set skipped = skipped + 1, total_messages = total_messages + 1"
    )
    differences(world, dry_run=False)
    assert differences(world) == set()
    assert differences(other) == {("skipped", None, 2, 1), ("total_messages", None, 10, 9)}


def test_all_campaigns_are_compared_in_pieces_that_fit_the_time(databases: Databases) -> None:
    world = World.make(databases)
    everything = sorted([world.campaign_id, *(world.add_campaign(uuid4()) for _ in range(4))])
    databases.owner.execute("update hidra.campaign_metrics set failed = 1, total_messages = 1")
    repaired, after_id = [], None
    for at in (1, 3):
        ticks = iter([1.0, 0.0])
        piece = rebuilt(databases, after_id=after_id, dry_run=False, seconds_left=lambda ticks=ticks: next(ticks))
        assert (piece.campaigns, piece.continue_after) == (2, everything[at])
        repaired += [campaign_id for campaign_id, it in piece.differences if it.counter == "failed"]
        after_id = piece.continue_after
    piece = rebuilt(databases, after_id=after_id, dry_run=False, seconds_left=lambda: 0.0)
    assert (piece.campaigns, piece.continue_after) == (1, None)
    repaired += [campaign_id for campaign_id, it in piece.differences if it.counter == "failed"]
    assert repaired == everything
    assert rebuilt(databases) == Rebuilt(5, [], None)


def test_a_campaign_that_does_not_exist_is_not_found(databases: Databases) -> None:
    with pytest.raises(NotFound):
        rebuilt(databases, campaign_id=uuid4())


@contextmanager
def delivering(world: World, provider_id: str) -> Iterator[threading.Event]:
    """Another connection that has moved message, counter and point, and commits when the event is set."""
    message = next(row["id"] for row in world.messages() if row["provider_message_id"] == provider_id)
    other = Database({**world.databases.settings, "DATABASE_SECRET": "jobs"}, world.databases.logins.__getitem__)
    moved, commit = threading.Event(), threading.Event()

    def work(tx: Tx) -> None:
        at = SENT_AT + timedelta(seconds=1)
        counters.change(tx, [message], lambda it: replace(it, status=S.DELIVERED, delivered_at=at))
        moved.set()
        assert commit.wait(10)

    writer = threading.Thread(target=lambda: other.as_worker(work))
    writer.start()
    try:
        assert moved.wait(10)
        yield commit
    finally:
        commit.set()
        writer.join()
        other.close()


def test_a_report_does_not_wait_for_a_delivery_nor_count_it_as_a_difference(databases: Databases) -> None:
    world = lively(databases)
    with delivering(world, "F"):
        assert differences(world) == set()
    assert differences(world) == set()
    assert world.metrics()["delivered"] == 5


def test_a_repair_waits_for_a_delivery_and_counts_it(databases: Databases) -> None:
    world = lively(databases)
    databases.owner.execute("update hidra.campaign_metrics set skipped = 0, total_messages = total_messages - 1")
    with delivering(world, "F") as commit:
        threading.Timer(0.3, commit.set).start()
        assert differences(world, dry_run=False) == {("skipped", None, 0, 1), ("total_messages", None, 8, 9)}
    assert world.metrics()["delivered"] == 5
    world.assert_exact()


def test_a_status_that_comes_twice_at_once_is_counted_once(databases: Databases) -> None:
    world = lively(databases)
    with delivering(world, "F") as commit:
        second = threading.Thread(target=receive, args=(world, "F", S.DELIVERED, 2))
        second.start()
        world.wait_for_blocked_transaction()
        commit.set()
        second.join()
    assert world.metrics()["delivered"] == 5
    world.assert_exact()


@pytest.mark.parametrize("dry_run", [True, False])
def test_writers_that_never_pause_cause_no_false_difference(databases: Databases, dry_run: bool) -> None:
    world = World.make(databases, recipients=120)
    world.advance()
    for number in range(120):
        send(world, f"P{number}")
    other = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)

    def deliver() -> None:
        for number in range(120):
            receive(world, f"P{number}", S.FAILED if number % 5 == 0 else S.DELIVERED, number, db=other)

    writer = threading.Thread(target=deliver)
    writer.start()
    passes = 0
    while writer.is_alive():
        assert differences(world, dry_run=dry_run) == set()
        passes += 1
    other.close()
    assert passes > 5
    assert world.metrics()["pending"] == 0
    world.assert_exact()
