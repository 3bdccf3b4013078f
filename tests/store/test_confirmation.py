"""The confirmation of an opt-out by reply: sent once, in its turn, outside every count."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from hidra.domain.outcome import NotSent, NoTurn, Outcome, Refused, Sent, Stops, Unknown
from hidra.domain.ticket import ConfirmationTicket
from hidra.services.send_direct import send_confirmation
from hidra.services.turn import Clock
from hidra.store import confirmations, doubts
from hidra.store.claims import Claim
from tests.conftest import Databases
from tests.store.test_replies import FIRST, LID, SECOND, Recorder, choose, out, recorder, sent_to_the_first
from tests.store.test_send import Outside, slots
from tests.store.test_trial_send import PHONE, message
from tests.store.test_trial_send import send as send_trial
from tests.store.world import World

BYE = "Pronto, você não recebe mais."


@pytest.fixture
def told(databases: Databases) -> Recorder:
    """A recorder whose owner confirms opt-outs, with two pending recipients."""
    told = recorder(databases)
    choose(told.world, come_back=["VOLTAR"], answer=BYE)
    return told


def send(told: Recorder, outside: Outside, ticket: ConfirmationTicket | None = None, **other: Any) -> Outcome | NoTurn:
    arguments = {
        "db": told.world.databases.jobs,
        "post": outside.post,
        "clock": Clock(monotonic=lambda: outside.seconds, now=lambda: datetime.now(UTC), sleep=outside.sleep),
        "sender_timeout": timedelta(seconds=120),
        "patience": 10,
    }
    return send_confirmation(ticket or told.queued[0], **(arguments | other))


def kept(world: World) -> list[dict[str, Any]]:
    return world.rows("select phone, claimed_at from hidra.opt_out_confirmations")


def waiting(world: World) -> list[ConfirmationTicket]:
    return world.databases.jobs.as_worker(confirmations.waiting)


def let_pass(world: World, minutes: float) -> None:
    world.databases.owner.execute(
        "update hidra.opt_out_confirmations set requested_at = requested_at - %s", [timedelta(minutes=minutes)]
    )


def test_an_opt_out_is_confirmed_in_a_slot_of_the_connection_and_changes_no_count(told: Recorder) -> None:
    told.hear(told.reply("SAIR"))
    before = (told.world.messages(), told.world.metrics())
    outside = Outside(Sent("C"))
    assert send(told, outside) == Sent("C")
    assert outside.posted == [f"{FIRST} {BYE}"]
    assert slots(told.world) == 1
    assert (told.world.messages(), told.world.metrics()) == before
    assert kept(told.world) == []
    [row] = told.world.rows("select provider_message_id, ended_at from hidra.direct_sends")
    assert row["provider_message_id"] == "C"
    assert row["ended_at"]
    told.world.assert_exact()


def test_copies_of_the_reply_and_of_the_ticket_send_one_confirmation(told: Recorder) -> None:
    said = told.reply("SAIR")
    told.hear(said, said)
    told.hear(said)
    told.hear(told.reply("PARAR", seconds=30))
    assert len(told.queued) == 1
    outside = Outside()
    assert send(told, outside) == Sent("A")
    assert send(told, outside) is NoTurn.NO_WORK
    told.hear(said)
    assert len(told.queued) == 1
    assert len(outside.posted) == 1


def test_replies_repeated_by_the_stream_confirm_no_opt_out_twice(told: Recorder) -> None:
    said = [told.reply("SAIR"), told.reply("VOLTAR", seconds=10), told.reply("SAIR", seconds=20)]
    for reply in [*said, *said]:
        told.hear(reply)
    assert len(told.queued) == 2  # the recipient opted out twice


def test_concurrent_senders_send_one_confirmation(told: Recorder) -> None:
    told.hear(told.reply("SAIR"))
    found: list[object] = []

    def post(*_: object) -> Outcome:
        found.append(send(told, Outside()))
        return Sent("C")

    assert send(told, Outside(post)) == Sent("C")
    assert found == [NoTurn.NO_WORK]


def test_without_a_confirmation_text_no_confirmation_is_queued(databases: Databases) -> None:
    told = recorder(databases)
    told.hear(told.reply("SAIR"))
    choose(told.world)
    told.hear(told.reply("STOP", phone=SECOND))
    assert (told.queued, kept(told.world)) == ([], [])


def test_only_an_opt_out_by_reply_with_a_known_phone_is_confirmed(told: Recorder) -> None:
    told.hear(told.reply("", lid=LID))
    told.hear(told.reply("SAIR", phone=None, lid=LID))
    assert len(out(told.world)) == 1
    assert told.queued == []
    sent = Recorder(told.world)
    told.world.databases.owner.execute("delete from hidra.opt_outs")
    told.world.databases.owner.execute("update hidra.campaign_messages set status = 'pending'")
    sent_to_the_first(told.world)
    sent.hear(told.reply("SAIR", phone=None, lid="888", quoted_id="3EB0A1"))
    assert [row["phone"] for row in kept(told.world)] == [FIRST]


@pytest.mark.parametrize(
    "change",
    [
        "delete from hidra.opt_outs",
        "update hidra.opt_outs set source = 'api'",
        "update hidra.opt_out_settings set confirmation = null",
        "update hidra.opt_out_confirmations set requested_at = requested_at - interval '11 minutes'",
    ],
)
def test_a_confirmation_that_no_longer_applies_is_not_sent(told: Recorder, change: str) -> None:
    told.hear(told.reply("SAIR"))
    told.world.databases.owner.execute(change)
    outside = Outside()
    assert send(told, outside) is NoTurn.NO_WORK
    assert outside.posted == []
    assert slots(told.world) == 0


@pytest.mark.parametrize("status", ["disconnected", "connecting", "error"])
def test_a_confirmation_waits_for_a_connection_and_is_deleted_after_minutes(told: Recorder, status: str) -> None:
    told.hear(told.reply("SAIR"))
    told.world.databases.owner.execute("update hidra.evolution_api_config set status = %s", [status])
    assert send(told, Outside()) is NoTurn.CLOSED
    assert waiting(told.world) == []
    let_pass(told.world, 1)
    assert waiting(told.world) == told.queued
    told.world.databases.jobs.as_worker(confirmations.forget_old)
    assert len(kept(told.world)) == 1
    let_pass(told.world, 10)
    told.world.databases.jobs.as_worker(confirmations.forget_old)
    assert kept(told.world) == []


@pytest.mark.parametrize("stops", [Stops.NOTHING, Stops.CONNECTION])
def test_a_confirmation_that_was_surely_not_sent_is_sent_later(told: Recorder, stops: Stops) -> None:
    told.hear(told.reply("SAIR"))
    refused = NotSent("down", "The server does not answer.", stops)
    assert send(told, Outside(refused)) == refused
    connection = told.world.one("select status, error_message from hidra.evolution_api_config")
    assert connection["status"] == ("error" if stops is Stops.CONNECTION else "connected")
    told.world.databases.owner.execute("update hidra.evolution_api_config set status = 'connected'")
    let_pass(told.world, 1)
    assert waiting(told.world) == told.queued
    outside = Outside()
    assert send(told, outside) == Sent("A")
    assert len(outside.posted) == 1


@pytest.mark.parametrize("outcome", [Unknown("timed_out", "x"), Refused("not_on_whatsapp", "x")])
def test_a_confirmation_in_doubt_or_refused_is_not_sent_again(told: Recorder, outcome: Outcome) -> None:
    told.hear(told.reply("SAIR"))
    assert send(told, Outside(outcome)) == outcome
    let_pass(told.world, 1)
    assert waiting(told.world) == []
    assert send(told, Outside()) is NoTurn.NO_WORK


def test_a_confirmation_whose_sender_died_is_never_posted_again_and_its_phone_is_deleted(told: Recorder) -> None:
    told.hear(told.reply("SAIR"))

    def die(*_: object) -> Outcome:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(told, Outside(die))
    let_pass(told.world, 1)
    assert waiting(told.world) == []
    assert send(told, Outside()) is NoTurn.NO_WORK
    let_pass(told.world, 10)
    told.world.databases.jobs.as_worker(confirmations.forget_old)
    assert kept(told.world) == []


def test_a_confirmation_takes_room_and_pace_like_every_send(databases: Databases) -> None:
    world = World.make(databases, concurrent=1, connection_rate=6)
    world.advance()
    told = Recorder(world)
    choose(world, answer=BYE)
    told.hear(told.reply("SAIR"))
    held = world.claim()
    assert isinstance(held, Claim)
    outside = Outside()
    assert send(told, outside) is NoTurn.BUSY
    assert outside.posted == []
    databases.owner.execute("update hidra.campaign_messages set status = 'failed' where status = 'sending'")
    assert send(told, outside) == Sent("A")
    told.hear(told.reply("SAIR", phone=SECOND))
    assert send(told, outside, told.queued[1], patience=1) is NoTurn.BUSY  # the next slot is 5 s away
    assert len(outside.posted) == 1


def test_a_confirmation_too_late_for_its_slot_is_released_with_slot_and_room(told: Recorder) -> None:
    told.hear(told.reply("SAIR"))
    outside, seconds = Outside(), count(step=0.7)  # every step takes longer than a post may be late
    slow = Clock(monotonic=lambda: next(seconds), now=lambda: datetime.now(UTC), sleep=outside.sleep)
    assert send(told, outside, clock=slow) is NoTurn.BUSY
    assert outside.posted == []
    assert slots(told.world) == 0
    assert told.world.rows("select from hidra.direct_sends") == []
    assert send(told, outside) == Sent("A")


def test_a_phone_that_opted_out_by_reply_gets_no_other_message(told: Recorder) -> None:
    told.hear(told.reply("SAIR", phone=PHONE))
    assert send_trial(told.world, Outside(), message(told.world)) is NoTurn.OPTED_OUT


def test_a_confirmations_id_is_never_assigned_to_a_campaigns_message(told: Recorder) -> None:
    told.hear(told.reply("SAIR"))
    send(told, Outside(Sent("C")))
    assert told.world.databases.jobs.as_worker(
        lambda tx: doubts.assigned(tx, connection_id=told.world.connection_id, provider_message_ids=["C", "D"])
    ) == {"C"}


def test_a_hidden_reply_to_the_confirmation_opts_in_again(told: Recorder) -> None:
    told.hear(told.reply("SAIR"))
    send(told, Outside(Sent("C")))
    told.hear(told.reply("VOLTAR", seconds=60, phone=None, lid="999", quoted_id="C"))
    assert out(told.world) == {}
