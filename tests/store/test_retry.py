"""A second run for recipients whose message failed: its recipients, and which message counts for each."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from hidra.domain.delivery import StatusEvent
from hidra.domain.message import MessageStatus as S
from hidra.errors import Conflict
from hidra.services import lifecycle
from hidra.services.advance_campaign import advance_campaign
from hidra.services.record_delivery import record_delivery
from hidra.store import claims, contacts, messages, outcomes
from hidra.store.claims import Claim
from hidra.store.db import Database, Tx
from tests.conftest import Databases
from tests.store.world import World

AT = datetime(2026, 1, 1, 12, 0, 30, tzinfo=UTC)


def ended(databases: Databases, *, failed: int, sent: int = 1) -> World:
    """A campaign whose run has ended."""
    world = World.make(databases, recipients=failed + sent)
    world.advance()
    for _ in range(failed):
        world.finish_one(refused=True)
    for _ in range(sent):
        world.finish_one()
    world.advance()
    assert world.campaign()["status"] == ("completed" if sent else "failed")
    return world


def retry(world: World) -> None:
    lifecycle.retry_failed(world.databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    world.advance()


def receive(world: World, provider_id: str, word: S) -> None:
    event = StatusEvent(world.connection_id, provider_id, word, AT + timedelta(minutes=1))
    record_delivery([event], [], db=world.databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)


def fail_after_sending(world: World, provider_id: str) -> None:
    """The provider accepts the message and then reports that it failed."""
    held = world.claim()
    assert isinstance(held, Claim)
    world.databases.jobs.as_worker(lambda tx: outcomes.mark_sent(tx, held, sent_at=AT, provider_message_id=provider_id))
    receive(world, provider_id, S.FAILED)


def states(world: World) -> list[tuple[str, bool]]:
    return [(message["status"], message["counted"]) for message in world.messages()]


def test_only_failed_recipients_are_in_the_second_run_and_totals_stay_per_recipient(databases: Databases) -> None:
    world = ended(databases, failed=2)
    retry(world)
    assert states(world) == [("failed", False), ("failed", False), ("sent", True), ("pending", True), ("pending", True)]
    assert (world.metrics()["total_messages"], world.metrics()["failed"], world.metrics()["pending"]) == (3, 0, 3)
    assert world.timeline() == []
    world.assert_exact()
    campaign = world.campaign()
    assert (campaign["status"], campaign["completed_at"]) == ("running", None)
    world.finish_one()
    world.finish_one(refused=True)
    world.advance()
    assert world.campaign()["status"] == "completed"
    assert world.metrics()["failed"] == 1
    world.assert_exact()


def test_a_campaign_that_reached_a_recipient_in_any_run_has_not_failed(databases: Databases) -> None:
    world = ended(databases, failed=1)
    retry(world)
    world.finish_one(refused=True)
    world.advance()
    assert world.campaign()["status"] == "completed"


def test_a_failed_campaign_is_retried_again_and_again(databases: Databases) -> None:
    world = ended(databases, failed=2, sent=0)
    for _ in range(2):
        retry(world)
        world.finish_one(refused=True)
        world.finish_one(refused=True)
        world.advance()
        assert world.campaign()["status"] == "failed"
    assert [counted for _, counted in states(world)] == [False] * 4 + [True] * 2
    world.assert_exact()


def test_a_retry_freezes_text_phone_and_name_again(databases: Databases) -> None:
    """Recipients that opted out or whose contact is deleted are not in it."""
    world = ended(databases, failed=4, sent=0)
    retried, opted_out, nameless, gone = [message["contact_id"] for message in world.messages()]
    run = databases.owner.execute
    run("update hidra.message_templates set body = 'Olá {{name}}'")
    run("update hidra.contacts set name = 'Bia', phone = '+5511970000000' where id = %s", [retried])
    run(
        "insert into hidra.opt_outs (user_id, phone_hash, source)"
        " select user_id, phone_hash, 'api' from hidra.contacts where id = %s",
        [opted_out],
    )
    run("update hidra.contacts set name = null where id = %s", [nameless])
    databases.http.as_user(world.user_id, lambda tx: contacts.delete(tx, contact_id=gone))
    retry(world)
    newer = {message["contact_id"]: message for message in world.messages()[4:]}
    assert {key: (m["status"], m["error_code"]) for key, m in newer.items()} == {
        retried: ("pending", None),
        opted_out: ("skipped", "opted_out"),
        nameless: ("failed", "unresolved_variable"),
    }
    held = world.claim()
    assert isinstance(held, Claim)
    assert (held.phone, held.variables, held.body) == ("+5511970000000", {"name": "Bia"}, "Olá {{name}}")
    assert states(world)[3] == ("failed", True)
    world.assert_exact()


def test_recipients_whose_outcome_is_unknown_are_never_retried(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    world.claim()
    databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    [message] = world.messages()
    databases.jobs.as_worker(lambda tx: messages.give_up(tx, message_ids=[message["id"]], at=AT))
    world.advance()
    assert world.campaign()["status"] == "failed"
    with pytest.raises(Conflict) as refused:
        retry(world)
    assert refused.value.code == "nothing-failed"
    assert world.campaign()["status"] == "failed"


def test_without_a_failure_there_is_nothing_to_retry(databases: Databases) -> None:
    world = ended(databases, failed=0)
    with pytest.raises(Conflict) as refused:
        retry(world)
    assert refused.value.code == "nothing-failed"


@pytest.mark.parametrize("status", ["draft", "scheduled", "running", "paused", "canceled"])
def test_only_a_campaign_that_has_ended_is_retried(databases: Databases, status: str) -> None:
    world = ended(databases, failed=1)
    databases.owner.execute("update hidra.campaigns set status = %s", [status])
    with pytest.raises(Conflict, match=f"Cannot retry a campaign that is {status}: it must be completed or failed"):
        retry(world)


def test_a_late_delivery_before_the_retry_is_claimed_takes_its_place(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    fail_after_sending(world, "A")
    world.advance()
    retry(world)
    assert states(world) == [("failed", False), ("pending", True)]
    receive(world, "A", S.DELIVERED)
    assert states(world) == [("delivered", True), ("skipped", False)]
    assert world.messages()[1]["error_code"] == "delivered_already"
    assert world.claim() is claims.NoClaim.NO_WORK
    assert (world.metrics()["delivered"], world.metrics()["total_messages"]) == (1, 1)
    world.assert_exact()
    world.advance()
    assert world.campaign()["status"] == "completed"


def test_a_late_delivery_replaces_a_retry_that_failed_too(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    fail_after_sending(world, "A")
    world.advance()
    retry(world)
    world.finish_one(refused=True)
    receive(world, "A", S.READ)
    assert states(world) == [("read", True), ("failed", False)]
    world.assert_exact()


def retried_after_sending(databases: Databases) -> World:
    """One recipient whose message A failed at the provider, and whose retry is pending."""
    world = World.make(databases, recipients=1)
    world.advance()
    fail_after_sending(world, "A")
    world.advance()
    retry(world)
    return world


@pytest.mark.parametrize("sent", [False, True])
def test_a_late_delivery_while_the_retry_is_on_its_way_counts_for_the_recipient(
    databases: Databases, sent: bool
) -> None:
    world = retried_after_sending(databases)
    if sent:
        world.finish_one()
    else:
        world.claim()
    receive(world, "A", S.DELIVERED)
    assert states(world) == [("delivered", True), ("sent" if sent else "sending", False)]
    world.assert_exact()


@pytest.mark.parametrize("counted_attempt", [None, True, False])
def test_a_retry_released_after_a_late_delivery_is_not_sent(databases: Databases, counted_attempt: bool | None) -> None:
    world = retried_after_sending(databases)
    held = world.claim()
    assert isinstance(held, Claim)
    receive(world, "A", S.DELIVERED)
    if counted_attempt is None:
        databases.jobs.as_worker(lambda tx: outcomes.release(tx, held))
    else:
        databases.jobs.as_worker(
            lambda tx: outcomes.retry_later(
                tx, held, wait=timedelta(0), counted=counted_attempt, code="unauthorized", detail="x"
            )
        )
    assert states(world) == [("delivered", True), ("skipped", False)]
    assert world.messages()[1]["error_code"] == "delivered_already"
    assert world.claim() is claims.NoClaim.NO_WORK
    world.assert_exact()


@pytest.mark.parametrize("order", [("A", "B"), ("B", "A")])
def test_the_counts_do_not_depend_on_the_order_of_late_statuses(databases: Databases, order: tuple[str, str]) -> None:
    world = retried_after_sending(databases)
    held = world.claim()
    assert isinstance(held, Claim)
    databases.jobs.as_worker(lambda tx: outcomes.mark_sent(tx, held, sent_at=AT, provider_message_id="B"))
    for provider_id in order:
        receive(world, provider_id, S.DELIVERED if provider_id == "A" else S.FAILED)
    assert states(world) == [("delivered", True), ("failed", False)]
    world.assert_exact()
    world.advance()
    with pytest.raises(Conflict):
        retry(world)


def test_two_late_deliveries_at_once_count_for_one_recipient(databases: Databases) -> None:
    world = retried_after_sending(databases)
    fail_after_sending(world, "B")
    world.advance()
    retry(world)
    events = [
        StatusEvent(world.connection_id, name, S.DELIVERED, AT + timedelta(minutes=minutes))
        for name, minutes in (("A", 1), ("B", 2))
    ]
    record_delivery(events, [], db=databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)
    assert sorted(counted for _, counted in states(world)) == [False, False, True]
    assert (world.metrics()["total_messages"], world.metrics()["delivered"]) == (1, 1)
    world.assert_exact()


def test_a_late_delivery_counts_though_its_retry_was_canceled(databases: Databases) -> None:
    world = retried_after_sending(databases)
    lifecycle.cancel(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    world.advance()
    assert states(world) == [("failed", False), ("skipped", True)]
    receive(world, "A", S.DELIVERED)
    assert states(world) == [("delivered", True), ("skipped", False)]
    world.assert_exact()


def test_a_phone_that_was_reached_under_another_contact_is_not_sent_to_again(databases: Databases) -> None:
    """One person is in the list twice, once mistyped; the owner deletes one contact and corrects the other."""
    world = ended(databases, failed=1, sent=1)
    mistyped, good = world.messages()
    databases.http.as_user(world.user_id, lambda tx: contacts.delete(tx, contact_id=good["contact_id"]))
    databases.owner.execute(
        "update hidra.contacts set phone = %s, phone_hash = %s where id = %s",
        [good["phone"], good["phone_hash"], mistyped["contact_id"]],
    )
    with pytest.raises(Conflict) as refused:
        retry(world)
    assert refused.value.code == "nothing-failed"


def test_a_late_delivery_waits_for_a_claim_that_is_not_committed_yet(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    fail_after_sending(world, "A")
    world.advance()
    retry(world)
    with psycopg.connect(databases.owner.info.dsn, password=databases.owner.info.password) as claiming:
        claiming.execute("update hidra.campaign_messages set status = 'sending' where status = 'pending'")
        recorder = threading.Thread(target=lambda: receive(world, "A", S.DELIVERED))
        recorder.start()
        world.wait_for_blocked_transaction()
        claiming.commit()
    recorder.join(10)
    assert states(world) == [("delivered", True), ("sending", False)]
    world.assert_exact()


def test_late_deliveries_beside_claims_of_their_retries_stay_exact(databases: Databases) -> None:
    world = World.make(databases, recipients=20, concurrent=100)
    world.advance()
    for index in range(20):
        fail_after_sending(world, f"A{index}")
    world.advance()
    retry(world)
    go = threading.Barrier(2)
    other = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)

    def deliver() -> None:
        go.wait()
        for index in reversed(range(20)):
            receive(world, f"A{index}", S.DELIVERED)

    recorder = threading.Thread(target=deliver)
    recorder.start()
    go.wait()
    run_id = world.one("select id from hidra.campaign_runs where ended_at is null")["id"]
    for _ in range(20):
        other.as_worker(
            lambda tx: claims.claim(
                tx,
                campaign_id=world.campaign_id,
                run_id=run_id,
                connection_id=world.connection_id,
                sender_timeout=timedelta(seconds=120),
            )
        )
    recorder.join()
    other.close()
    world.assert_exact()
    by_contact: dict[str, list[tuple[str, bool]]] = {}
    for message in world.messages():
        by_contact.setdefault(message["contact_id"], []).append((message["status"], message["counted"]))
    assert set(map(tuple, by_contact.values())) <= {
        (("delivered", True), ("skipped", False)),
        (("delivered", True), ("sending", False)),
    }


@pytest.fixture
def slices_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hidra.store.freeze.RETRY_SLICE", 2)


def between_slices(world: World, *events: Callable[[], object]) -> None:
    """Retries the failed recipients; after each slice has committed, the next event happens."""
    left = list(events)

    class Watched:
        def as_worker(self, work: Callable[[Tx], Any]) -> Any:
            done = world.databases.jobs.as_worker(work)
            if isinstance(done, UUID) and left:
                left.pop(0)()
            return done

    lifecycle.retry_failed(world.databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    advance_campaign(
        world.campaign_id, db=Watched(), issue_tickets=lambda *_: None, requeue_after=lambda *_: None,
    )  # type: ignore[call-arg]  # fmt: skip
    assert not left


@pytest.mark.usefixtures("slices_of_two")
def test_a_retry_is_frozen_in_slices_and_webhooks_are_counted_between_them(
    databases: Databases,
) -> None:
    """The metrics are free between two slices; what a webhook changes there is neither lost nor sent again."""
    world = World.make(databases, recipients=6)
    world.advance()
    for name in "ABCDEF":
        fail_after_sending(world, name)
    world.advance()
    by_name = {m["provider_message_id"]: m["contact_id"] for m in world.messages()}
    in_order = sorted(by_name, key=lambda name: by_name[name])
    frozen, waiting = in_order[0], in_order[-1]
    held: list[tuple[str, bool]] = []

    def receive_both() -> None:
        world.assert_exact()
        for name in (frozen, waiting):
            receive(world, name, S.DELIVERED)
        assert world.claim() is claims.NoClaim.CLOSED
        held.extend(states(world))

    between_slices(world, receive_both)
    assert sorted(held).count(("pending", True)) == 1  # of the first slice only one still waits
    world.assert_exact()
    rows: dict[UUID, list[tuple[str, bool]]] = {}
    for message in world.messages():
        rows.setdefault(message["contact_id"], []).append((message["status"], message["counted"]))
    assert rows.pop(by_name[frozen]) == [("delivered", True), ("skipped", False)]
    assert rows.pop(by_name[waiting]) == [("delivered", True)]
    assert list(rows.values()) == [[("failed", False), ("pending", True)]] * 4
    assert world.campaign()["status"] == "running"


@pytest.mark.usefixtures("slices_of_two")
def test_a_retry_whose_pass_is_lost_between_slices_goes_on_where_it_was(databases: Databases) -> None:
    world = ended(databases, failed=5)
    text = world.one("select body from hidra.campaign_runs")["body"]

    class Lost(Exception):
        pass

    def lose() -> None:
        raise Lost

    with pytest.raises(Lost):
        between_slices(world, lose)
    assert world.campaign()["status"] == "scheduled"
    world.assert_exact()
    # Content and start are those of the first slice, whatever changes in between.
    databases.owner.execute("update hidra.message_templates set body = 'other'")
    databases.owner.execute("update hidra.campaigns set not_after = now() - interval '1 minute'")
    world.advance()
    assert world.campaign()["status"] == "running"
    assert [run["body"] for run in world.rows("select body from hidra.campaign_runs")] == [text, text]
    assert sorted(states(world)) == sorted([("failed", False)] * 5 + [("sent", True)] + [("pending", True)] * 5)
    world.assert_exact()


@pytest.mark.usefixtures("slices_of_two")
def test_a_retry_canceled_between_slices_sends_nothing(databases: Databases) -> None:
    world = ended(databases, failed=5)
    cancel = lambda: lifecycle.cancel(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)  # noqa: E731
    between_slices(world, cancel)
    world.advance()
    assert world.campaign()["status"] == "canceled"
    assert sorted(states(world)) == sorted(
        [("failed", False)] * 2 + [("failed", True)] * 3 + [("sent", True)] + [("skipped", True)] * 2
    )
    assert world.rows("select 1 from hidra.campaign_runs where ended_at is null") == []
    world.assert_exact()


@pytest.mark.usefixtures("slices_of_two")
def test_two_passes_at_once_freeze_each_recipient_of_a_retry_once(databases: Databases) -> None:
    """The second pass takes over where the first is between two slices, and the first has nothing to do."""
    world = ended(databases, failed=7)
    between_slices(world, world.advance)
    assert sorted(states(world)) == sorted([("failed", False)] * 7 + [("sent", True)] + [("pending", True)] * 7)
    assert world.campaign()["status"] == "running"
    world.assert_exact()


@pytest.mark.usefixtures("slices_of_two")
def test_recipients_that_are_not_retried_stop_no_slice(databases: Databases) -> None:
    """More of them in a row than a slice holds, at both ends of the list."""
    world = ended(databases, failed=8, sent=0)
    contacts_of_failed = [m["contact_id"] for m in world.messages()]
    lost = [*contacts_of_failed[:3], *contacts_of_failed[-3:]]
    databases.owner.execute(
        "update hidra.campaign_messages set error_code = 'outcome_unknown' where contact_id = any(%s)", [lost]
    )
    retry(world)
    retried = {m["contact_id"] for m in world.messages()[8:]}
    assert retried == set(contacts_of_failed) - set(lost)
    world.assert_exact()
