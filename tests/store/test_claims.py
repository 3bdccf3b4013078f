import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from hidra.store import claims, messages, outcomes, runs
from hidra.store.claims import Claim, NoClaim, RecipientOptedOut
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.world import World


def opt_out(world: World, phone: str) -> None:
    world.databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
        [world.user_id, world.hash(phone)],
    )


def test_each_recipient_is_claimed_once(databases: Databases) -> None:
    world = World.make(databases, recipients=3)
    world.advance()
    claimed = [world.claim() for _ in range(4)]
    assert claimed[3] is NoClaim.NO_WORK
    assert len({c.message_id for c in claimed[:3] if isinstance(c, Claim)}) == 3


def test_concurrent_claims_never_claim_the_same_recipient(databases: Databases) -> None:
    world = World.make(databases, recipients=40, concurrent=1000)
    world.advance()
    claimed_ids: list[int] = []

    run_id = run_of(world)

    def work() -> None:
        db = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
        while isinstance(
            found := db.as_worker(
                lambda tx: claims.claim(
                    tx,
                    campaign_id=world.campaign_id,
                    run_id=run_id,
                    connection_id=world.connection_id,
                    sender_timeout=timedelta(seconds=120),
                )
            ),
            Claim,
        ):
            claimed_ids.append(found.message_id)
        db.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(claimed_ids) == sorted(row["id"] for row in world.messages())


def run_of(world: World) -> UUID:
    run_id: UUID = world.one("select id from hidra.campaign_runs where campaign_id = %s", world.campaign_id)["id"]
    return run_id


def test_a_message_found_sending_is_never_claimed_again(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    assert isinstance(world.claim(), Claim)
    assert world.claim() is NoClaim.NO_WORK
    databases.owner.execute("update hidra.campaign_messages set claimed_at = claimed_at - interval '1 hour'")
    assert world.claim() is NoClaim.NO_WORK
    databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    assert world.messages()[0]["status"] == "unknown"
    assert world.claim() is NoClaim.NO_WORK


@pytest.mark.parametrize("status", ["paused", "canceled", "completed", "scheduled"])
def test_nothing_is_claimed_unless_the_campaign_runs(databases: Databases, status: str) -> None:
    world = World.make(databases)
    world.advance()
    databases.owner.execute("update hidra.campaigns set status = %s where id = %s", [status, world.campaign_id])
    assert world.claim() is NoClaim.CLOSED


def test_nothing_is_claimed_on_a_connection_that_is_not_connected(databases: Databases) -> None:
    world = World.make(databases)
    world.advance()
    databases.owner.execute("update hidra.evolution_api_config set status = 'error'")
    assert world.claim() is NoClaim.CLOSED


def test_a_claim_waits_for_a_pause_that_is_open_and_then_finds_it(databases: Databases) -> None:
    world = World.make(databases)
    world.advance()
    found: list[object] = []
    with psycopg.connect(databases.owner.info.dsn, password=databases.owner.info.password) as pause:
        pause.execute("select pg_advisory_xact_lock(hidra.lock_key('campaign', %s))", [world.campaign_id])
        pause.execute("update hidra.campaigns set status = 'paused' where id = %s", [world.campaign_id])
        claiming = threading.Thread(target=lambda: found.append(world.claim()))
        claiming.start()
        world.wait_for_blocked_transaction()
        pause.commit()
    claiming.join(10)
    assert found == [NoClaim.CLOSED]


def test_open_requests_never_exceed_the_connections_limit(databases: Databases) -> None:
    world = World.make(databases, recipients=3, concurrent=2)
    world.advance()
    first, second, third = world.claim(), world.claim(), world.claim()
    assert isinstance(first, Claim)
    assert isinstance(second, Claim)
    assert third is NoClaim.NO_ROOM
    now = datetime.now(UTC)
    databases.jobs.as_worker(lambda tx: outcomes.mark_sent(tx, first, sent_at=now, provider_message_id="A"))
    assert isinstance(world.claim(), Claim)


def test_a_claim_skips_a_recipient_that_opted_out_after_the_freeze(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    opt_out(world, "+5511980000000")
    met = world.claim()
    assert isinstance(met, RecipientOptedOut)
    databases.jobs.as_worker(lambda tx: messages.skip_pending(tx, [met.message_id], code="opted_out"))
    next_one = world.claim()
    assert isinstance(next_one, Claim)
    assert next_one.phone == "+5511980000001"
    assert world.metrics()["skipped"] == 1
    world.assert_exact()


def test_a_released_claim_costs_no_attempt_and_can_be_claimed_again(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    databases.jobs.as_worker(lambda tx: outcomes.release(tx, held))
    again = world.claim()
    assert isinstance(again, Claim)
    assert again.attempts == 1


def test_a_late_release_does_not_touch_a_newer_claim(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    first = world.claim()
    assert isinstance(first, Claim)
    databases.jobs.as_worker(lambda tx: outcomes.release(tx, first))
    second = world.claim()
    databases.jobs.as_worker(lambda tx: outcomes.release(tx, first))
    assert isinstance(second, Claim)
    assert world.messages()[0]["status"] == "sending"


def test_an_outcome_that_comes_after_the_sweep_still_counts(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))
    now = datetime.now(UTC)
    databases.jobs.as_worker(lambda tx: outcomes.mark_sent(tx, held, sent_at=now, provider_message_id="A"))
    assert world.messages()[0]["status"] == "sent"


def test_a_message_to_retry_later_waits_for_its_time(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    databases.jobs.as_worker(
        lambda tx: outcomes.retry_later(tx, held, wait=timedelta(minutes=1), counted=True, code="busy", detail="busy")
    )
    assert world.claim() is NoClaim.NO_WORK
    assert world.messages()[0]["attempts"] == 1


def test_a_refused_recipient_fails_and_is_counted_once(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    held = world.claim()
    assert isinstance(held, Claim)
    for _ in range(2):
        databases.jobs.as_worker(
            lambda tx: outcomes.mark_failed(tx, held, code="not_on_whatsapp", detail="no", at=datetime.now(UTC))
        )
    assert world.metrics()["failed"] == 1
    world.assert_exact()


def test_a_drained_run_is_reported_once(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    run_id = run_of(world)
    reported = lambda: databases.jobs.as_worker(lambda tx: runs.note_drained(tx, run_id=run_id))  # noqa: E731
    assert reported() is False
    held = world.claim()
    assert isinstance(held, Claim)
    assert reported() is False
    databases.jobs.as_worker(
        lambda tx: outcomes.mark_sent(tx, held, sent_at=datetime.now(UTC), provider_message_id=str(uuid4()))
    )
    assert reported() is True
    assert reported() is False


def test_a_claim_passes_over_a_recipient_whose_opt_out_is_not_committed_yet(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    with psycopg.connect(databases.owner.info.dsn, password=databases.owner.info.password) as opting_out:
        opting_out.execute("update hidra.campaign_messages set status = 'skipped' where phone = '+5511980000000'")
        found: list[object] = []
        claiming = threading.Thread(target=lambda: found.append(world.claim()))
        claiming.start()
        claiming.join(3)  # a claim that waited for the opt-out would post to a phone that has opted out
        opting_out.commit()
    claiming.join(10)
    assert [held.phone for held in found if isinstance(held, Claim)] == ["+5511980000001"]
