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
def inbox(databases: Databases) -> Recorder:
    """A recorder whose owner confirms opt-outs, with two pending recipients."""
    inbox = recorder(databases)
    choose(inbox.world, opt_in=["VOLTAR"], answer=BYE)
    return inbox


def send(inbox: Recorder, outside: Outside, ticket: ConfirmationTicket | None = None, **other: Any) -> Outcome | NoTurn:
    arguments = {
        "db": inbox.world.databases.jobs,
        "post": outside.post,
        "nudge": lambda _: None,
        "clock": Clock(monotonic=lambda: outside.seconds, now=lambda: datetime.now(UTC), sleep=outside.sleep),
        "sender_timeout": timedelta(seconds=120),
        "patience": 10,
    }
    return send_confirmation(ticket or inbox.queued[0], **(arguments | other))


def kept(world: World) -> list[dict[str, Any]]:
    return world.rows("select phone, claimed_at from hidra.opt_out_confirmations")


def waiting(world: World) -> list[ConfirmationTicket]:
    return world.databases.jobs.as_worker(confirmations.waiting)


def let_pass(world: World, minutes: float) -> None:
    world.databases.owner.execute(
        "update hidra.opt_out_confirmations set requested_at = requested_at - %s", [timedelta(minutes=minutes)]
    )


def test_an_opt_out_is_confirmed_in_a_slot_of_the_connection_and_changes_no_count(inbox: Recorder) -> None:
    inbox.receive(inbox.reply("SAIR"))
    before = (inbox.world.messages(), inbox.world.metrics())
    outside = Outside(Sent("C"))
    assert send(inbox, outside) == Sent("C")
    assert outside.posted == [f"{FIRST} {BYE}"]
    assert slots(inbox.world) == 1
    assert (inbox.world.messages(), inbox.world.metrics()) == before
    assert kept(inbox.world) == []
    [row] = inbox.world.rows("select provider_message_id, ended_at from hidra.direct_sends")
    assert row["provider_message_id"] == "C"
    assert row["ended_at"]
    inbox.world.assert_exact()


def test_copies_of_the_reply_and_of_the_ticket_send_one_confirmation(inbox: Recorder) -> None:
    said = inbox.reply("SAIR")
    inbox.receive(said, said)
    inbox.receive(said)
    inbox.receive(inbox.reply("PARAR", seconds=30))
    assert len(inbox.queued) == 1
    outside = Outside()
    assert send(inbox, outside) == Sent("A")
    assert send(inbox, outside) is NoTurn.NO_WORK
    inbox.receive(said)
    assert len(inbox.queued) == 1
    assert len(outside.posted) == 1


def test_replies_repeated_by_the_stream_confirm_no_opt_out_twice(inbox: Recorder) -> None:
    said = [inbox.reply("SAIR"), inbox.reply("VOLTAR", seconds=10), inbox.reply("SAIR", seconds=20)]
    for reply in [*said, *said]:
        inbox.receive(reply)
    assert len(inbox.queued) == 2  # the recipient opted out twice


def test_concurrent_senders_send_one_confirmation(inbox: Recorder) -> None:
    inbox.receive(inbox.reply("SAIR"))
    found: list[object] = []

    def post(*_: object) -> Outcome:
        found.append(send(inbox, Outside()))
        return Sent("C")

    assert send(inbox, Outside(post)) == Sent("C")
    assert found == [NoTurn.NO_WORK]


def test_without_a_confirmation_text_no_confirmation_is_queued(databases: Databases) -> None:
    inbox = recorder(databases)
    inbox.receive(inbox.reply("SAIR"))
    choose(inbox.world)
    inbox.receive(inbox.reply("STOP", phone=SECOND))
    assert (inbox.queued, kept(inbox.world)) == ([], [])


def test_only_an_opt_out_by_reply_with_a_known_phone_is_confirmed(inbox: Recorder) -> None:
    inbox.receive(inbox.reply("", lid=LID))
    inbox.receive(inbox.reply("SAIR", phone=None, lid=LID))
    assert len(out(inbox.world)) == 1
    assert inbox.queued == []
    sent = Recorder(inbox.world)
    inbox.world.databases.owner.execute("delete from hidra.opt_outs")
    inbox.world.databases.owner.execute("update hidra.campaign_messages set status = 'pending'")
    sent_to_the_first(inbox.world)
    sent.receive(inbox.reply("SAIR", phone=None, lid="888", quoted_id="3EB0A1"))
    assert [row["phone"] for row in kept(inbox.world)] == [FIRST]


@pytest.mark.parametrize(
    "change",
    [
        "delete from hidra.opt_outs",
        "update hidra.opt_outs set source = 'api'",
        "update hidra.opt_out_settings set confirmation = null",
        "update hidra.opt_out_confirmations set requested_at = requested_at - interval '11 minutes'",
    ],
)
def test_a_confirmation_that_no_longer_applies_is_not_sent(inbox: Recorder, change: str) -> None:
    inbox.receive(inbox.reply("SAIR"))
    inbox.world.databases.owner.execute(change)
    outside = Outside()
    assert send(inbox, outside) is NoTurn.NO_WORK
    assert outside.posted == []
    assert slots(inbox.world) == 0


@pytest.mark.parametrize("status", ["disconnected", "connecting", "error"])
def test_a_confirmation_waits_for_a_connection_and_is_deleted_after_minutes(inbox: Recorder, status: str) -> None:
    inbox.receive(inbox.reply("SAIR"))
    inbox.world.databases.owner.execute("update hidra.evolution_api_config set status = %s", [status])
    assert send(inbox, Outside()) is NoTurn.CLOSED
    assert waiting(inbox.world) == []
    let_pass(inbox.world, 1)
    assert waiting(inbox.world) == inbox.queued
    inbox.world.databases.jobs.as_worker(confirmations.forget_old)
    assert len(kept(inbox.world)) == 1
    let_pass(inbox.world, 10)
    inbox.world.databases.jobs.as_worker(confirmations.forget_old)
    assert kept(inbox.world) == []


@pytest.mark.parametrize("stops", [Stops.NOTHING, Stops.CONNECTION])
def test_a_confirmation_that_was_surely_not_sent_is_sent_later(inbox: Recorder, stops: Stops) -> None:
    inbox.receive(inbox.reply("SAIR"))
    refused = NotSent("unreachable", "The server does not answer.", stops)
    assert send(inbox, Outside(refused)) == refused
    connection = inbox.world.one("select status, error_code from hidra.evolution_api_config")
    stopped = stops is Stops.CONNECTION
    assert (connection["status"], connection["error_code"]) == (
        ("error", "unreachable") if stopped else ("connected", None)
    )
    inbox.world.databases.owner.execute("update hidra.evolution_api_config set status = 'connected'")
    let_pass(inbox.world, 1)
    assert waiting(inbox.world) == inbox.queued
    outside = Outside()
    assert send(inbox, outside) == Sent("A")
    assert len(outside.posted) == 1


@pytest.mark.parametrize("outcome", [Unknown("timed_out", "x"), Refused("not_on_whatsapp", "x")])
def test_a_confirmation_in_doubt_or_refused_is_not_sent_again(inbox: Recorder, outcome: Outcome) -> None:
    inbox.receive(inbox.reply("SAIR"))
    assert send(inbox, Outside(outcome)) == outcome
    let_pass(inbox.world, 1)
    assert waiting(inbox.world) == []
    assert send(inbox, Outside()) is NoTurn.NO_WORK


def test_a_confirmation_whose_sender_died_is_never_posted_again_and_its_phone_is_deleted(inbox: Recorder) -> None:
    inbox.receive(inbox.reply("SAIR"))

    def die(*_: object) -> Outcome:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(inbox, Outside(die))
    let_pass(inbox.world, 1)
    assert waiting(inbox.world) == []
    assert send(inbox, Outside()) is NoTurn.NO_WORK
    let_pass(inbox.world, 10)
    inbox.world.databases.jobs.as_worker(confirmations.forget_old)
    assert kept(inbox.world) == []


def test_a_confirmation_takes_room_and_pace_like_every_send(databases: Databases) -> None:
    world = World.make(databases, concurrent=1, connection_rate=6)
    world.advance()
    inbox = Recorder(world)
    choose(world, answer=BYE)
    inbox.receive(inbox.reply("SAIR"))
    held = world.claim()
    assert isinstance(held, Claim)
    outside = Outside()
    assert send(inbox, outside) is NoTurn.BUSY
    assert outside.posted == []
    databases.owner.execute("update hidra.campaign_messages set status = 'failed' where status = 'sending'")
    assert send(inbox, outside) == Sent("A")
    inbox.receive(inbox.reply("SAIR", phone=SECOND))
    assert send(inbox, outside, inbox.queued[1], patience=1) is NoTurn.BUSY  # the next slot is 5 s away
    assert len(outside.posted) == 1


def test_a_confirmation_too_late_for_its_slot_is_released_with_slot_and_room(inbox: Recorder) -> None:
    inbox.receive(inbox.reply("SAIR"))
    outside, seconds = Outside(), count(step=0.7)  # every step takes longer than a post may be late
    slow = Clock(monotonic=lambda: next(seconds), now=lambda: datetime.now(UTC), sleep=outside.sleep)
    assert send(inbox, outside, clock=slow) is NoTurn.BUSY
    assert outside.posted == []
    assert slots(inbox.world) == 0
    assert inbox.world.rows("select from hidra.direct_sends") == []
    assert send(inbox, outside) == Sent("A")


def test_a_phone_that_opted_out_by_reply_gets_no_other_message(inbox: Recorder) -> None:
    inbox.receive(inbox.reply("SAIR", phone=PHONE))
    assert send_trial(inbox.world, Outside(), message(inbox.world)) is NoTurn.OPTED_OUT


def test_a_confirmations_id_is_never_assigned_to_a_campaigns_message(inbox: Recorder) -> None:
    inbox.receive(inbox.reply("SAIR"))
    send(inbox, Outside(Sent("C")))
    assert inbox.world.databases.jobs.as_worker(
        lambda tx: doubts.assigned(tx, connection_id=inbox.world.connection_id, provider_message_ids=["C", "D"])
    ) == {"C"}


def test_a_hidden_reply_to_the_confirmation_opts_in_again(inbox: Recorder) -> None:
    inbox.receive(inbox.reply("SAIR"))
    send(inbox, Outside(Sent("C")))
    inbox.receive(inbox.reply("VOLTAR", seconds=60, phone=None, lid="999", quoted_id="C"))
    assert out(inbox.world) == {}
