"""The circuit of a connection: what opens it, which claims pass while it is half open, and what closes it."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.circuit import AMONG, LAG, NOT_ACKNOWLEDGED, PATIENCE, PROBE_EVERY, REFUSALS, UNACKNOWLEDGED
from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault
from hidra.domain.delivery import ConnectionEvent, StatusEvent
from hidra.domain.message import MessageStatus
from hidra.domain.outcome import NotSent, Refused, Sent, Stops, Unknown
from hidra.domain.ticket import Ticket
from hidra.services import lifecycle
from hidra.services.check_connection import Health, check_one
from hidra.services.record_delivery import record_delivery
from hidra.services.send_message import End
from hidra.store import claims, connection_health, deliveries
from hidra.store.claims import Claim, NoClaim
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.test_connections import save_key
from tests.store.test_send import Outside, started
from tests.store.world import World

WELL = Health(EvolutionConnectionStatus.CONNECTED, None, answers=True)
SENT, DELIVERED, FAILED = MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.FAILED
TIMES = {
    "campaign_messages": "claimed_at",
    "campaign_runs": "ticketed_until resumed_at",
    "evolution_api_config": "status_at acknowledged_until distrusted_since",
    "pace_limits": "probed_at slow_at",
    "pace_slots": "slot",
}


def let(world: World, passed: timedelta) -> None:
    """Lets so much time pass for the circuit: moves the times that it reads into the past."""
    for table, columns in TIMES.items():
        changes = ", ".join(f"{column} = {column} - %(passed)s" for column in columns.split())
        world.databases.owner.execute(f"update hidra.{table} set {changes}", {"passed": passed})  # type: ignore[arg-type]


def sending() -> Outside:
    """Evolution, which accepts everything."""
    return Outside(lambda *_: Sent(uuid4().hex))


def receive(world: World, status: MessageStatus, *messages: dict[str, object]) -> None:
    """Records a webhook for each of these messages."""
    at = datetime.now(UTC)
    events = [StatusEvent(world.connection_id, str(m["provider_message_id"]), status, at) for m in messages]
    record_delivery(events, [], db=world.databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)


def check(world: World, found: Health = WELL) -> None:
    """Runs the check of every five minutes."""
    connection = world.databases.jobs.as_worker(lambda tx: connection_health.get(tx, connection_id=world.connection_id))
    assert connection is not None
    check_one(connection, db=world.databases.jobs, examine=lambda _: found, now=lambda: datetime.now(UTC))


def connection(world: World) -> dict[str, object]:
    return world.one("select * from hidra.evolution_api_config where id = %s", world.connection_id)


def fault(world: World) -> ConnectionFault | None:
    """Why the connection stopped, with the code of the message."""
    code, message = (connection(world)[name] for name in ("error_code", "error_message"))
    return None if code is message is None else ConnectionFault(code, message)  # type: ignore[arg-type]


def statuses(world: World) -> list[str]:
    return [message["status"] for message in world.messages()]


def accepted(world: World) -> list[dict[str, object]]:
    return [message for message in world.messages() if message["provider_message_id"]]


def in_a_row(world: World, ticket: Ticket, outside: Outside, number: int) -> list[End]:
    """Uses so many tickets one after the other, without limits."""
    ends = []
    for _ in range(number):
        world.databases.owner.execute("delete from hidra.pace_slots")
        world.databases.owner.execute("update hidra.pace_limits set plan = '2000-01-01'")
        ends.append(outside.send(world, ticket))
    return ends


def running(databases: Databases, *, recipients: int = 60, **kwargs: int) -> tuple[World, Ticket]:
    """A campaign on a connection that was trusted a while ago."""
    world, ticket = started(databases, recipients=recipients, **kwargs)
    let(world, LAG)
    return world, ticket


def silent(databases: Databases, *, recipients: int = 40, **kwargs: int) -> tuple[World, Ticket, Outside]:
    """A connection that has just been stopped because acknowledgements are missing."""
    world, ticket = running(databases, recipients=recipients, **kwargs)
    outside = sending()
    in_a_row(world, ticket, outside, UNACKNOWLEDGED)
    let(world, PATIENCE + timedelta(seconds=1))
    assert in_a_row(world, ticket, outside, 1) == [End.POSTED]
    assert connection(world)["status"] == "error"
    return world, ticket, outside


def probed(databases: Databases, **kwargs: int) -> tuple[World, Ticket, Outside]:
    """The same connection after a check that finds nothing wrong: its next claim is a probe."""
    world, ticket, outside = silent(databases, **kwargs)
    check(world)
    return world, ticket, outside


def test_a_connection_without_acknowledgements_is_stopped_and_burns_no_further_recipient(databases: Databases) -> None:
    world, ticket, outside = silent(databases, recipients=40)
    burnt = UNACKNOWLEDGED + 1
    # Tickets queued before find the circuit open.
    assert set(in_a_row(world, ticket, outside, 60)) == {End.CLOSED}
    assert statuses(world) == ["sent"] * burnt + ["pending"] * (40 - burnt)
    assert {message["attempts"] for message in world.messages()[burnt:]} == {0}
    assert len(outside.posted) == burnt
    assert fault(world) == NOT_ACKNOWLEDGED
    assert world.advance() == []
    assert NOT_ACKNOWLEDGED.message in world.campaign()["blocked_reason"]
    world.assert_exact()


def test_a_message_that_was_sent_just_now_may_still_be_acknowledged(databases: Databases) -> None:
    world, ticket = running(databases)
    let(world, timedelta(hours=1))
    in_a_row(world, ticket, sending(), 3 * UNACKNOWLEDGED)
    assert connection(world)["status"] == "connected"


def test_fewer_unacknowledged_messages_do_not_stop_the_connection(databases: Databases) -> None:
    world, ticket = running(databases)
    outside = sending()
    in_a_row(world, ticket, outside, UNACKNOWLEDGED - 1)
    let(world, 20 * PATIENCE)
    in_a_row(world, ticket, outside, 5)
    assert connection(world)["status"] == "connected"


def test_at_the_slowest_pace_the_tenth_message_and_a_minute_stop_the_connection(databases: Databases) -> None:
    world, ticket = running(databases, recipients=30)
    outside = sending()
    for _ in range(UNACKNOWLEDGED):
        assert in_a_row(world, ticket, outside, 1) == [End.POSTED]
        let(world, timedelta(seconds=61))
    assert connection(world)["status"] == "connected"
    assert in_a_row(world, ticket, outside, 2) == [End.POSTED, End.CLOSED]


@pytest.mark.parametrize("status", [SENT, DELIVERED])
def test_one_message_in_ten_that_is_acknowledged_keeps_the_circuit_closed(
    databases: Databases, status: MessageStatus
) -> None:
    world, ticket = running(databases)
    outside = sending()
    for _ in range(4):
        in_a_row(world, ticket, outside, UNACKNOWLEDGED)
        receive(world, status, accepted(world)[-1])
        let(world, PATIENCE + timedelta(seconds=1))
    assert in_a_row(world, ticket, outside, 1) == [End.POSTED]
    assert connection(world)["status"] == "connected"


def test_acknowledgements_within_the_lag_do_not_stop_the_next_campaign(databases: Databases) -> None:
    world, ticket = started(databases, recipients=60)
    outside = sending()
    in_a_row(world, ticket, outside, UNACKNOWLEDGED + 1)
    receive(world, SENT, accepted(world)[-1])
    let(world, timedelta(hours=1))
    assert in_a_row(world, ticket, outside, 3) == [End.POSTED] * 3
    assert connection(world)["status"] == "connected"


def test_an_acknowledgement_of_an_older_message_does_not_hide_missing_later_ones(
    databases: Databases,
) -> None:
    world, ticket = running(databases)
    outside = sending()
    in_a_row(world, ticket, outside, 1)
    let(world, timedelta(hours=1))
    in_a_row(world, ticket, outside, UNACKNOWLEDGED)
    let(world, PATIENCE + timedelta(seconds=1))
    receive(world, DELIVERED, accepted(world)[0])  # a phone that was switched on
    assert in_a_row(world, ticket, outside, 2) == [End.POSTED, End.CLOSED]


def test_an_acknowledgement_that_came_before_the_answer_to_the_post_counts(databases: Databases) -> None:
    world, ticket = running(databases, recipients=40)

    def early(*_: object) -> Sent:
        name = uuid4().hex
        receive(world, SENT, {"provider_message_id": name})
        return Sent(name)

    outside = sending()
    in_a_row(world, ticket, outside, UNACKNOWLEDGED - 1)
    in_a_row(world, ticket, Outside(early), 1)
    in_a_row(world, ticket, outside, 1)
    let(world, PATIENCE + timedelta(seconds=1))
    in_a_row(world, ticket, outside, 2)
    assert connection(world)["status"] == "connected"


def test_after_a_good_check_one_recipient_is_probed_every_five_minutes(databases: Databases) -> None:
    world, ticket, outside = probed(databases)
    assert connection(world)["status"] == "connected"
    assert fault(world) == NOT_ACKNOWLEDGED
    before = len(outside.posted)
    for tries in range(1, 4):
        ends = in_a_row(world, ticket, outside, 8)
        assert ends == [End.POSTED] + [End.CLOSED] * 7
        assert len(outside.posted) == before + tries
        let(world, PROBE_EVERY - timedelta(seconds=5))
        check(world)
        assert in_a_row(world, ticket, outside, 3) == [End.CLOSED] * 3
        let(world, timedelta(seconds=6))
    assert statuses(world).count("sent") == before + 3


def test_a_pass_issues_one_ticket_for_each_probe(databases: Databases) -> None:
    world, ticket, outside = probed(databases)
    [(_, slots)] = world.advance()
    assert len(slots) == 1
    assert "one message every 5 minutes" in world.campaign()["blocked_reason"]
    assert world.campaign()["blocked_params"] == {
        "minutes": 5,
        "detail": NOT_ACKNOWLEDGED.message,
        "error_code": "not-acknowledged",
    }
    assert NOT_ACKNOWLEDGED.message in world.campaign()["blocked_reason"]
    in_a_row(world, ticket, outside, 1)
    assert world.advance() == []
    let(world, PROBE_EVERY - timedelta(seconds=30))
    [(_, slots)] = world.advance()
    [due] = slots
    assert 25 <= (due - datetime.now(UTC)).total_seconds() <= 35


def test_only_one_of_concurrent_claims_is_a_probe(databases: Databases) -> None:
    _, ticket, _ = probed(databases, concurrent=1000)
    found: list[object] = []

    def work() -> None:
        db = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
        for _ in range(5):
            found.append(
                db.as_worker(
                    lambda tx: claims.claim(
                        tx,
                        campaign_id=ticket.campaign_id,
                        run_id=ticket.run_id,
                        connection_id=ticket.connection_id,
                        sender_timeout=timedelta(seconds=120),
                    )
                )
            )
        db.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 30
    assert len([one for one in found if isinstance(one, Claim)]) == 1
    assert {one for one in found if not isinstance(one, Claim)} == {NoClaim.CLOSED}


def test_one_acknowledged_probe_lets_the_campaign_continue_at_full_pace(databases: Databases) -> None:
    world, ticket, outside = probed(databases, recipients=30)
    in_a_row(world, ticket, outside, 1)
    receive(world, SENT, accepted(world)[-1])
    assert (connection(world)["status"], fault(world)) == ("connected", None)
    [(ticket, slots)] = world.advance()
    assert len(slots) >= statuses(world).count("pending")
    assert world.campaign()["blocked_reason"] is None
    in_a_row(world, ticket, outside, 30)
    assert statuses(world) == ["sent"] * 30
    world.advance()
    assert world.campaign()["status"] == "completed"
    world.assert_exact()


def test_late_webhooks_close_the_circuit_without_a_check_or_a_probe(databases: Databases) -> None:
    world, ticket, outside = silent(databases)
    receive(world, SENT, *accepted(world)[:3])
    assert (connection(world)["status"], fault(world)) == ("connected", None)
    assert len(world.advance()[0][1]) > 1
    assert in_a_row(world, ticket, outside, 3) == [End.POSTED] * 3


def test_late_webhooks_do_not_hide_a_fault_that_a_check_has_found_since(databases: Databases) -> None:
    world, _, _ = silent(databases)
    gone = ConnectionFault(ConnectionErrorCode.UNREACHABLE, "The server is gone.")
    check(world, Health(EvolutionConnectionStatus.ERROR, gone, answers=False))
    receive(world, SENT, *accepted(world)[:3])
    assert (connection(world)["status"], fault(world)) == ("error", gone)
    check(world)
    assert (connection(world)["status"], fault(world)) == ("connected", None)
    assert len(world.advance()[0][1]) > 1


def test_a_connected_event_does_not_close_the_circuit(databases: Databases) -> None:
    world, ticket, outside = silent(databases)
    for status, seconds in ((EvolutionConnectionStatus.CONNECTING, 1), (EvolutionConnectionStatus.CONNECTED, 2)):
        event = ConnectionEvent(world.connection_id, status, None, datetime.now(UTC) + timedelta(seconds=seconds))
        record_delivery([event], [], db=databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)
    assert (connection(world)["status"], fault(world)) == ("connected", NOT_ACKNOWLEDGED)
    assert in_a_row(world, ticket, outside, 4) == [End.POSTED] + [End.CLOSED] * 3


def test_a_probe_that_whatsapp_refuses_does_not_close_the_circuit(databases: Databases) -> None:
    world, ticket, outside = probed(databases)
    in_a_row(world, ticket, outside, 1)
    receive(world, FAILED, accepted(world)[-1])
    assert in_a_row(world, ticket, outside, 3) == [End.CLOSED] * 3


def test_a_recipient_that_opted_out_does_not_use_up_the_probe(databases: Databases) -> None:
    world, ticket, outside = probed(databases)
    waiting = next(message for message in world.messages() if message["status"] == "pending")
    databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
        [world.user_id, waiting["phone_hash"]],
    )
    assert in_a_row(world, ticket, outside, 2) == [End.POSTED, End.CLOSED]


STOPS: dict[str, Callable[..., object]] = {
    "doubts": lambda *_: Unknown("server_error", "The Evolution server failed with status 502."),
    "refused": lambda *_: NotSent("connection_closed", "The WhatsApp connection is closed.", Stops.CONNECTION),
}


@pytest.mark.parametrize("cause", STOPS)
def test_after_any_stop_a_connection_is_probed_before_it_continues(databases: Databases, cause: str) -> None:
    world, ticket = running(databases)
    working = sending()
    in_a_row(world, ticket, working, 2)
    in_a_row(world, ticket, Outside(STOPS[cause]), 3)  # type: ignore[arg-type]
    assert connection(world)["status"] == "error"
    receive(world, DELIVERED, *accepted(world))  # of messages from before the stop
    assert connection(world)["status"] == "error"
    let(world, timedelta(minutes=1))
    check(world)
    assert in_a_row(world, ticket, working, 4) == [End.POSTED] + [End.CLOSED] * 3
    receive(world, SENT, accepted(world)[-1])
    assert in_a_row(world, ticket, working, 4) == [End.POSTED] * 4


def test_a_probe_that_was_surely_not_sent_costs_its_recipient_no_attempt(databases: Databases) -> None:
    world, ticket = running(databases, recipients=5)
    broken = Outside(STOPS["refused"])  # type: ignore[arg-type]
    for _ in range(4):
        assert in_a_row(world, ticket, broken, 4) == [End.POSTED] + [End.CLOSED] * 3
        let(world, PROBE_EVERY)
        check(world)
    assert [(m["status"], m["attempts"]) for m in world.messages()] == [("pending", 0)] * 5


def test_a_message_accepted_on_the_cloud_api_counts_as_acknowledged(databases: Databases) -> None:
    """Its state is always `open`, and Evolution 2.3.7 may never report a status."""
    world, ticket = running(databases)
    databases.owner.execute("update hidra.evolution_api_config set integration = 'cloud_api'")
    working = sending()
    in_a_row(world, ticket, working, UNACKNOWLEDGED)
    let(world, 2 * PATIENCE)
    assert in_a_row(world, ticket, working, 3) == [End.POSTED] * 3
    in_a_row(world, ticket, Outside(STOPS["refused"]), 1)  # type: ignore[arg-type]
    check(world)
    assert fault(world) == ConnectionFault(ConnectionErrorCode.CONNECTION_CLOSED, "The WhatsApp connection is closed.")
    refused = Outside(STOPS["refused"])  # type: ignore[arg-type]
    assert in_a_row(world, ticket, refused, 3) == [End.POSTED, End.CLOSED, End.CLOSED]
    let(world, PROBE_EVERY)
    check(world)
    assert len(world.advance()[0][1]) == 1
    assert in_a_row(world, ticket, working, 3) == [End.POSTED] * 3
    assert fault(world) is None


def test_another_instance_starts_with_a_closed_circuit(databases: Databases) -> None:
    world, ticket, outside = silent(databases)
    save_key(world)
    check(world)
    assert in_a_row(world, ticket, outside, 5) == [End.POSTED] * 5
    assert connection(world)["status"] == "connected"


def test_while_acknowledgements_arrive_the_connection_is_seldom_written(databases: Databases) -> None:
    world, ticket = running(databases, recipients=30)
    in_a_row(world, ticket, sending(), 30)
    version = "select xmin::text from hidra.evolution_api_config"
    versions = set()
    for event in acknowledgements(world):
        databases.jobs.as_worker(lambda tx, event=event: deliveries.keep(tx, [event]))
        databases.jobs.as_worker(deliveries.apply_all_unmatched)
        versions.add(world.one(version)["xmin"])
    assert [m["acked_at"] is None for m in world.messages()] == [False] * 30
    assert len(versions) == 1  # written once, by the first


def acknowledgements(world: World) -> Sequence[StatusEvent]:
    at = datetime.now(UTC)
    return [StatusEvent(world.connection_id, str(m["provider_message_id"]), SENT, at) for m in accepted(world)]


# Refusals by WhatsApp


def answered(world: World, ticket: Ticket, words: str) -> None:
    """Sends a message for each sign, which WhatsApp refuses (x), acknowledges (.) or has not answered yet (-)."""
    outside = sending()
    for sign in words:
        in_a_row(world, ticket, outside, 1)
        if sign != "-":
            receive(world, FAILED if sign == "x" else SENT, accepted(world)[-1])


@pytest.mark.parametrize(
    ("words", "paused"),
    [
        ("x" * REFUSALS, True),
        ("x" * (REFUSALS - 1), False),
        ("." * 30 + "x." * (REFUSALS - 1) + "x", True),
        ("x" * REFUSALS + "-" * 15, True),  # messages not answered yet do not count
        ("x.." * REFUSALS, False),
        ("x" * REFUSALS + "." * (AMONG - REFUSALS + 1), False),  # the refusals have ended
    ],
)
def test_a_campaign_that_whatsapp_refuses_is_paused_with_a_warning(
    databases: Databases, words: str, *, paused: bool
) -> None:
    world, ticket = started(databases, recipients=60)
    answered(world, ticket, words)
    world.advance()
    assert world.campaign()["status"] == ("paused" if paused else "running")
    assert (world.campaign()["blocked_reason"] or "").startswith("WhatsApp refused 10 of the last") is paused
    assert in_a_row(world, ticket, sending(), 1) == [End.CLOSED if paused else End.POSTED]
    world.assert_exact()


def test_a_campaign_that_was_paused_for_refusals_can_be_resumed_and_is_paused_for_new_ones_only(
    databases: Databases,
) -> None:
    world, ticket = started(databases, recipients=60)
    answered(world, ticket, "x" * REFUSALS + "-" * 5)
    world.advance()
    assert world.campaign()["status"] == "paused"
    resumed = lifecycle.resume(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    assert (resumed.status, resumed.blocked_reason) == ("running", None)
    assert len(world.advance()[0][1]) > 1
    receive(world, FAILED, *accepted(world)[-5:])  # of messages from before the pause
    answered(world, ticket, "x" * (REFUSALS - 1))
    world.advance()
    assert world.campaign()["status"] == "running"
    answered(world, ticket, "x")
    world.advance()
    assert world.campaign()["status"] == "paused"


def test_numbers_that_are_not_on_whatsapp_pause_nothing(databases: Databases) -> None:
    world, ticket = started(databases, recipients=40)
    in_a_row(world, ticket, Outside(Refused("not_on_whatsapp", "The number is not on WhatsApp.")), 30)
    world.advance()
    assert world.campaign()["status"] == "running"


def test_a_run_without_pending_messages_ends_however_many_whatsapp_refused(databases: Databases) -> None:
    world, ticket = started(databases, recipients=REFUSALS)
    answered(world, ticket, "x" * REFUSALS)
    world.advance()
    assert world.campaign()["status"] == "failed"
