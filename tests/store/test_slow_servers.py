"""Servers that answer slowly: the share of the senders that a connection gets, and the circuit that slow answers open."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hidra.domain.circuit import PROBE_EVERY, SLOW_AFTER, SLOW_ANSWERS, SLOW_WITHIN
from hidra.domain.message import MessageStatus
from hidra.domain.outcome import NotSent, NoTurn, Outcome, Refused, Sent, Stops, Unknown
from hidra.domain.ticket import Ticket
from hidra.services.send_message import End
from tests.conftest import Databases
from tests.store.test_circuit import accepted, check, in_a_row, let, receive
from tests.store.test_connections import save_key
from tests.store.test_send import Outside, slots, started
from tests.store.test_trial_send import send as send_trial
from tests.store.world import World

IN_TIME, LATE = SLOW_AFTER.total_seconds() - 1, SLOW_AFTER.total_seconds() + 1


def answering(seconds: float, outcome: Outcome | None = None) -> Outside:
    """A server that takes so long to answer."""
    outside = Outside()

    def answer(*_: object) -> Outcome:
        outside.sleep(seconds)
        return outcome or Sent(uuid4().hex)

    outside.outcome = answer
    return outside


def open_requests(world: World, number: int, *, seconds: float) -> None:
    """So many of the last messages have waited for their answers for so long."""
    world.databases.owner.execute(
        "update hidra.campaign_messages set status = 'sending', claimed_at = now() - make_interval(secs => %s)"
        " where id in (select id from hidra.campaign_messages order by id desc limit %s)",
        [seconds, number],
    )


def slow(databases: Databases, **kwargs: Any) -> tuple[World, Ticket]:
    """A connection whose circuit has just opened."""
    world, ticket = started(databases, recipients=20, **kwargs)
    assert in_a_row(world, ticket, answering(LATE), SLOW_ANSWERS) == [End.POSTED] * SLOW_ANSWERS
    return world, ticket


# The share


@pytest.mark.parametrize(("share", "end"), [(3, End.POSTED), (2, End.NO_ROOM)])
def test_a_connection_has_no_more_requests_open_than_its_share_of_the_senders(
    databases: Databases, share: int, end: End
) -> None:
    world, ticket = started(databases, recipients=5, concurrent=10)
    open_requests(world, 2, seconds=1)
    outside = Outside()
    assert outside.send(world, ticket, share=share) is end
    assert sum(message["attempts"] for message in world.messages()) == len(outside.posted)
    assert (slots(world) > 0) is (end is End.POSTED)


def test_while_a_connections_whole_share_waits_for_seconds_its_tickets_hold_no_sender(databases: Databases) -> None:
    world, ticket = started(databases, recipients=5, concurrent=10)
    open_requests(world, 2, seconds=3)
    outside = Outside()
    assert outside.send(world, ticket, share=2) is End.SLOW_SERVER
    assert (outside.seconds, outside.posted, outside.postponed, slots(world)) == (0, [], [], 0)
    assert send_trial(world, outside, share=2) is NoTurn.BUSY
    assert outside.send(world, ticket, share=3) is End.POSTED


def test_a_run_whose_server_is_slow_is_left_to_the_sender_that_waits_for_it(databases: Databases) -> None:
    world, _ = started(databases, recipients=3, concurrent=10)
    open_requests(world, 1, seconds=LATE)
    world.passes_requested.clear()
    databases.owner.execute("update hidra.campaign_runs set ticketed_until = null")
    assert len(world.advance()) == 1
    assert world.passes_requested == []
    assert world.one("select requeue_at from hidra.campaign_runs")["requeue_at"] is not None


# The circuit


def test_slow_answers_open_the_circuit_and_one_message_in_five_minutes_is_tried(databases: Databases) -> None:
    world, ticket = slow(databases)
    for _ in range(2):
        assert in_a_row(world, ticket, answering(LATE), 3) == [End.POSTED, End.CLOSED, End.CLOSED]
        let(world, PROBE_EVERY - timedelta(seconds=5))
        assert in_a_row(world, ticket, answering(LATE), 1) == [End.CLOSED]
        let(world, timedelta(seconds=6))
    assert [message["attempts"] for message in world.messages()] == [1] * 5 + [0] * 15
    assert world.one("select status from hidra.evolution_api_config")["status"] == "connected"
    world.assert_exact()


def test_the_owner_of_a_slow_server_reads_why_and_a_pass_issues_one_ticket_for_each_probe(
    databases: Databases,
) -> None:
    world, ticket = slow(databases)
    [(_, due)] = world.advance()
    assert len(due) == 1
    campaign = world.campaign()
    assert (campaign["blocked_code"], campaign["blocked_params"]) == ("server-slow", {"seconds": 15, "minutes": 5})
    assert (
        "takes longer than 15 seconds to answer, so one message is sent every 5 minutes" in campaign["blocked_reason"]
    )
    in_a_row(world, ticket, answering(LATE), 1)
    assert world.advance() == []
    let(world, PROBE_EVERY - timedelta(seconds=30))
    assert [len(due) for _, due in world.advance()] == [1]


@pytest.mark.parametrize("answer", [None, Refused("not_on_whatsapp", "The number is not on WhatsApp.")])
def test_a_probe_that_is_answered_in_time_lets_the_campaign_continue(
    databases: Databases, answer: Outcome | None
) -> None:
    world, ticket = slow(databases)
    world.advance()
    outside = answering(IN_TIME, answer)
    assert in_a_row(world, ticket, outside, 3) == [End.POSTED] * 3
    assert [nudged.campaign_id for nudged in outside.nudged] == [world.campaign_id]
    assert len(world.advance()[0][1]) > 1
    assert world.campaign()["blocked_reason"] is None


@pytest.mark.parametrize("outcome", [NotSent("busy", "Busy.", Stops.NOTHING), Unknown("connection_lost", "Lost.")])
def test_a_probe_without_an_answer_proves_nothing(databases: Databases, outcome: Outcome) -> None:
    world, ticket = slow(databases)
    assert in_a_row(world, ticket, answering(0, outcome), 2) == [End.POSTED, End.CLOSED]


def test_a_recipient_that_is_not_posted_to_proves_nothing(databases: Databases) -> None:
    world, ticket = slow(databases)
    databases.owner.execute("update hidra.campaign_messages set variables = '{}' where status = 'pending'")
    assert in_a_row(world, ticket, answering(0), 2) == [End.POSTED, End.CLOSED]


def test_an_acknowledged_message_does_not_close_the_circuit_of_a_slow_server(databases: Databases) -> None:
    world, ticket = slow(databases)
    in_a_row(world, ticket, answering(LATE), 1)
    receive(world, MessageStatus.DELIVERED, *accepted(world))
    assert in_a_row(world, ticket, answering(LATE), 1) == [End.CLOSED]


def test_a_trial_is_the_probe_that_is_due_and_closes_the_circuit_if_it_is_answered_in_time(
    databases: Databases,
) -> None:
    world, ticket = slow(databases)
    assert isinstance(send_trial(world, answering(LATE)), Sent)
    assert send_trial(world, answering(0)) is NoTurn.DISTRUSTED
    let(world, PROBE_EVERY)
    assert isinstance(send_trial(world, answering(IN_TIME)), Sent)
    assert in_a_row(world, ticket, answering(0), 3) == [End.POSTED] * 3


@pytest.mark.parametrize(("apart", "opens"), [(SLOW_WITHIN - timedelta(seconds=5), True), (SLOW_WITHIN, False)])
def test_slow_answers_far_apart_open_no_circuit(databases: Databases, apart: timedelta, *, opens: bool) -> None:
    world, ticket = started(databases, recipients=10)
    for _ in range(SLOW_ANSWERS):
        let(world, apart)
        in_a_row(world, ticket, answering(LATE), 1)
    world.advance()
    assert (world.campaign()["blocked_code"] == "server-slow") is opens


def test_answers_in_time_open_no_circuit(databases: Databases) -> None:
    world, ticket = started(databases, recipients=10)
    assert in_a_row(world, ticket, answering(IN_TIME), 6) == [End.POSTED] * 6


def test_time_outs_stop_the_connection_which_continues_once_it_answers_in_time_and_acknowledges(
    databases: Databases,
) -> None:
    world, ticket = started(databases, recipients=20)
    in_a_row(world, ticket, answering(90, Unknown("timed_out", "No answer.")), SLOW_ANSWERS)
    check(world)
    assert in_a_row(world, ticket, answering(0), 2) == [End.POSTED, End.CLOSED]
    world.advance()
    assert world.campaign()["blocked_code"] == "connection-probed"
    receive(world, MessageStatus.SENT, accepted(world)[-1])
    assert in_a_row(world, ticket, answering(0), 3) == [End.POSTED] * 3


def test_another_server_starts_with_a_closed_circuit(databases: Databases) -> None:
    world, ticket = slow(databases)
    in_a_row(world, ticket, answering(LATE), 1)
    save_key(world)
    check(world)
    assert in_a_row(world, ticket, answering(0), 3) == [End.POSTED] * 3
