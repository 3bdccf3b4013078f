"""The id that Evolution is asked to send a message under: made at the claim, and how a message is found by it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from hidra.domain.delivery import StatusEvent
from hidra.domain.message import MessageStatus
from hidra.domain.outcome import NotSent, Outcome, Refused, Sent, Stops, Unknown
from hidra.gateways.evolution import SentMessage
from hidra.services import reconcile
from hidra.services.record_delivery import record_delivery
from hidra.services.send_message import End
from hidra.services.sweep import sweep
from hidra.store import doubts, erasure, messages, outcomes
from hidra.store.claims import Claim, NoClaim
from hidra.store.connection_health import Endpoint
from tests.conftest import Databases
from tests.store.test_send import Outside, started
from tests.store.test_trial_send import message as trial_message
from tests.store.test_trial_send import send as send_trial
from tests.store.world import World

FORM = re.compile(r"3EB0[0-9A-F]{18}")
LOST = Unknown("timed_out", "No answer.")
NOT_NOW = NotSent("too_many_requests", "Slow down.", Stops.NOTHING)


def claimed(world: World) -> Claim:
    found = world.claim()
    assert isinstance(found, Claim)
    return found


def receive(world: World, status: str, message_id: str | None) -> None:
    assert message_id is not None
    event = StatusEvent(world.connection_id, message_id, MessageStatus(status), datetime.now(UTC))
    record_delivery([event], [], db=world.databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)


def sweep_now(world: World) -> None:
    sweep(
        db=world.databases.jobs,
        nudge_all=lambda _: None,
        nudge_import=lambda _: None,
        nudge_export=lambda _: None,
        queue=lambda _: None,
        sender_lost_after=timedelta(seconds=0),
    )


def no_wait(world: World) -> None:
    world.databases.owner.execute("update hidra.campaign_messages set not_before = null")


def row(world: World) -> dict[str, Any]:
    return world.messages()[0]


def unmatched(world: World) -> int:
    return len(world.rows("select from hidra.delivery_events_unmatched"))


def test_a_claim_makes_an_id_in_whatsapps_form_and_stores_it(databases: Databases) -> None:
    world, _ = started(databases, recipients=3)
    ids = [claimed(world).requested_message_id for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(FORM.fullmatch(str(found)) for found in ids)
    assert [found["requested_message_id"] for found in world.messages()] == ids


def test_evolution_is_asked_for_the_id_only_where_it_can_choose_one(databases: Databases) -> None:
    world, _ = started(databases, recipients=1)
    world.databases.owner.execute("update hidra.evolution_api_config set integration = 'cloud_api'")
    assert claimed(world).requested_message_id is None
    assert row(world)["requested_message_id"] is None


@pytest.mark.parametrize("undo", ["released", "surely not sent"])
def test_another_attempt_asks_for_the_same_id(databases: Databases, undo: str) -> None:
    world, _ = started(databases, recipients=1)
    first = claimed(world)

    def work(tx: Any) -> None:
        if undo == "released":
            outcomes.release(tx, first)
        else:
            outcomes.retry_later(tx, first, wait=timedelta(0), counted=True, code="x", detail="y")

    world.databases.jobs.as_worker(work)
    assert claimed(world).requested_message_id == first.requested_message_id


def test_the_answers_id_wins_and_the_requested_one_leads_nowhere(databases: Databases) -> None:
    """Evolution 2.3.7 ignores the id."""
    world, ticket = started(databases, recipients=1)
    assert Outside(Sent("ITS-OWN")).send(world, ticket) is End.POSTED
    requested = row(world)["requested_message_id"]
    receive(world, "read", requested)
    assert (row(world)["status"], row(world)["provider_message_id"]) == ("sent", "ITS-OWN")
    receive(world, "delivered", "ITS-OWN")
    assert (row(world)["status"], row(world)["provider_message_id"]) == ("delivered", "ITS-OWN")
    world.assert_exact()


@pytest.mark.parametrize(("status", "shown"), [("sent", "sent"), ("delivered", "delivered"), ("failed", "failed")])
def test_a_status_finds_a_message_in_doubt_at_once(databases: Databases, status: str, shown: str) -> None:
    world, ticket = started(databases, recipients=1)
    Outside(LOST).send(world, ticket)
    requested = row(world)["requested_message_id"]
    receive(world, status, requested)
    found = row(world)
    assert (found["status"], found["provider_message_id"]) == (shown, requested)
    assert found["acked_at"]
    assert unmatched(world) == 0
    receive(world, "read", requested)
    assert row(world)["status"] == "read"
    world.assert_exact()


def early(world: World, outcome: Outcome) -> Callable[..., Outcome]:
    """A post whose status is received before its end."""

    def post(claim: Claim, _: object) -> Outcome:
        receive(world, "delivered", claim.requested_message_id)
        assert row(world)["status"] == "sending"
        return outcome

    return post


@pytest.mark.parametrize("outcome", [LOST, NOT_NOW, Refused("not_on_whatsapp", "x")], ids=["doubt", "wait", "refused"])
def test_a_status_before_the_end_of_the_post_is_applied_when_its_outcome_is_recorded(
    databases: Databases, outcome: Outcome
) -> None:
    world, ticket = started(databases, recipients=1)
    outside = Outside(early(world, outcome))
    assert outside.send(world, ticket) is End.POSTED
    assert (row(world)["status"], row(world)["provider_message_id"]) == (
        "delivered",
        row(world)["requested_message_id"],
    )
    assert unmatched(world) == 0
    assert outside.send(world, ticket) is End.NO_WORK
    assert len(outside.posted) == 1
    world.assert_exact()


def test_a_status_of_a_message_whose_sender_was_lost_is_applied_by_the_sweep(databases: Databases) -> None:
    world, _ = started(databases, recipients=1)
    claim = claimed(world)
    receive(world, "read", claim.requested_message_id)
    assert row(world)["status"] == "sending"
    sweep_now(world)
    assert (row(world)["status"], row(world)["provider_message_id"]) == ("read", claim.requested_message_id)
    world.assert_exact()


def test_a_message_that_waits_for_another_attempt_is_not_posted_again_once_a_status_shows_that_it_was_sent(
    databases: Databases,
) -> None:
    world, ticket = started(databases, recipients=1)
    outside = Outside(NOT_NOW)
    outside.send(world, ticket)
    assert row(world)["status"] == "pending"
    receive(world, "delivered", row(world)["requested_message_id"])
    no_wait(world)
    assert outside.send(world, ticket) is End.NO_WORK
    assert len(outside.posted) == 1
    assert row(world)["status"] == "delivered"
    world.assert_exact()


def test_a_message_that_was_given_up_is_found_by_a_late_status(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    Outside(LOST).send(world, ticket)
    found = row(world)
    world.databases.jobs.as_worker(lambda tx: messages.give_up(tx, message_ids=[found["id"]], at=datetime.now(UTC)))
    assert row(world)["error_code"] == "outcome_unknown"
    receive(world, "sent", found["requested_message_id"])
    assert (row(world)["status"], row(world)["error_code"]) == ("sent", None)
    world.assert_exact()


def test_a_status_for_the_id_on_another_connection_finds_nothing(databases: Databases) -> None:
    world, other = started(databases, recipients=1)[0], World.make(databases)
    other.advance()
    receive(other, "read", claimed(world).requested_message_id)
    sweep_now(world)
    assert row(world)["status"] == "unknown"


def look_up(world: World, under: dict[str, str], to_phone: list[SentMessage] | None = None) -> list[str]:
    """Looks messages in doubt up on a server that sent these texts under these ids; returns the ids asked for."""
    asked: list[str] = []
    now = datetime.now(UTC)

    def find_message(message_id: str) -> SentMessage | None:
        asked.append(message_id)
        return SentMessage(message_id, under[message_id], now) if message_id in under else None

    evolution = SimpleNamespace(find_message=find_message, find_messages=lambda *_: to_phone or [])
    endpoint = Endpoint(world.connection_id, world.user_id, "https://evo.example", "main", b"sealed")
    reconcile.reconcile(
        [endpoint],
        db=world.databases.jobs,
        evolution=lambda _: evolution,  # type: ignore[arg-type,return-value]
        now=now,
        seconds=60,
    )
    return asked


def test_a_message_in_doubt_is_looked_up_by_its_id_whatever_its_text_and_address(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    Outside(LOST).send(world, ticket)
    requested = row(world)["requested_message_id"]
    assert look_up(world, {requested: "another text"}) == [requested]
    assert (row(world)["status"], row(world)["provider_message_id"]) == ("sent", requested)
    world.assert_exact()


def test_a_message_under_its_own_id_is_found_beside_a_trial_of_unknown_outcome(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    phone = row(world)["phone"]
    assert send_trial(world, Outside(LOST), trial_message(world, phone)) == LOST
    world.databases.owner.execute("delete from hidra.pace_slots")
    Outside(LOST).send(world, ticket)
    requested = row(world)["requested_message_id"]
    look_up(world, {requested: "Oi Ana 0"})
    assert row(world)["provider_message_id"] == requested


def test_a_trial_under_its_own_id_is_not_taken_for_a_message(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    phone = row(world)["phone"]
    send_trial(world, Outside(LOST), trial_message(world, phone))
    trials_id = world.one("select requested_message_id from hidra.direct_sends")["requested_message_id"]
    assert FORM.fullmatch(trials_id)
    world.databases.owner.execute("update hidra.direct_sends set claimed_at = claimed_at - interval '20 min'")
    world.databases.owner.execute("delete from hidra.pace_slots")
    Outside(LOST).send(world, ticket)
    look_up(world, {}, [SentMessage(trials_id, "Oi Ana 0", datetime.now(UTC))])
    assert row(world)["status"] == "unknown"


def test_a_message_under_the_id_of_another_is_the_others(databases: Databases) -> None:
    world, ticket = started(databases, recipients=2)
    world.databases.owner.execute('update hidra.campaign_messages set variables = \'{"name": "Ana"}\'')
    for _ in range(2):
        Outside(LOST).send(world, ticket)
    first, second = world.messages()
    found = [SentMessage(second["requested_message_id"], "Oi Ana", datetime.now(UTC))]
    look_up(world, {}, found)
    assert row(world)["status"] == "unknown"
    assert world.databases.jobs.as_worker(
        lambda tx: doubts.assigned(
            tx,
            connection_id=world.connection_id,
            provider_message_ids=[first["requested_message_id"], second["requested_message_id"], "X"],
        )
    ) == {first["requested_message_id"], second["requested_message_id"]}


def test_evolution_before_2_4_is_still_found_by_text(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    Outside(LOST).send(world, ticket)
    look_up(world, {}, [SentMessage("ITS-OWN", "Oi Ana 0", datetime.now(UTC))])
    assert (row(world)["status"], row(world)["provider_message_id"]) == ("sent", "ITS-OWN")


@pytest.mark.parametrize("integration", ["baileys", "cloud_api"])
def test_a_trial_asks_for_an_id_of_its_own(databases: Databases, integration: str) -> None:
    world = World.make(databases)
    world.databases.owner.execute("update hidra.evolution_api_config set integration = %s", [integration])
    asked: list[str | None] = []

    def post(claim: Any, _: object) -> Outcome:
        asked.append(claim.requested_message_id)
        return Sent("T")

    send_trial(world, Outside(post))
    [stored] = world.rows("select requested_message_id from hidra.direct_sends")
    assert asked == [stored["requested_message_id"]]
    assert bool(asked[0] and FORM.fullmatch(asked[0])) is (integration == "baileys")


def test_an_erasure_forgets_the_id_and_what_was_received_under_it(databases: Databases) -> None:
    world, _ = started(databases, recipients=1)
    claim = claimed(world)
    receive(world, "read", claim.requested_message_id)
    world.databases.owner.execute("update hidra.campaign_messages set status = 'unknown'")
    world.databases.http.as_user(
        world.user_id,
        lambda tx: erasure.erase(tx, phone=claim.phone, phone_hash=world.hash(claim.phone), at=datetime.now(UTC)),
    )
    assert row(world)["requested_message_id"] is None
    assert unmatched(world) == 0
    receive(world, "read", claim.requested_message_id)
    sweep_now(world)
    assert (row(world)["status"], row(world)["provider_message_id"]) == ("failed", None)
    assert world.claim() is NoClaim.NO_WORK
    world.assert_exact()
