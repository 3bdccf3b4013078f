from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from hidra.domain.content import Content, Media
from hidra.domain.outcome import NotSent, NoTurn, Outcome, Refused, Sent, Stops, Unknown
from hidra.domain.pacing import MAX_ATTEMPTS
from hidra.domain.ticket import Ticket
from hidra.domain.trial import TrialMessage
from hidra.errors import Unavailable
from hidra.services import lifecycle
from hidra.services.send_direct import send_trial
from hidra.services.send_message import End, send_message
from hidra.services.turn import Clock
from hidra.store.claims import ClaimedPost
from hidra.store.runs import DueCampaign
from tests.conftest import Databases
from tests.store.world import World


@dataclass
class Outside:
    """Time that passes only by sleeping, and what was sent to Evolution and the queues."""

    outcome: Outcome | Callable[[ClaimedPost, Content], Outcome] = field(default_factory=lambda: Sent("A"))
    seconds: float = 0.0
    posted: list[str] = field(default_factory=list)
    media: list[Media | None] = field(default_factory=list)
    postponed: list[tuple[Ticket, int]] = field(default_factory=list)
    nudged: list[DueCampaign] = field(default_factory=list)

    def post(self, claim: ClaimedPost, phone: str, content: Content) -> Outcome:
        self.posted.append(f"{phone} {content.text}")
        self.media.append(content.media)
        return self.outcome(claim, content) if callable(self.outcome) else self.outcome

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def send(self, world: World, ticket: Ticket, **overrides: object) -> End:
        arguments = {
            "db": world.databases.jobs,
            "post": self.post,
            "postpone": lambda later, seconds: self.postponed.append((later, seconds)),
            "nudge": self.nudged.append,
            "clock": Clock(monotonic=lambda: self.seconds, now=lambda: datetime.now(UTC), sleep=self.sleep),
            "sender_timeout": timedelta(seconds=120),
            "record_within": 20.0,
        }
        return send_message(ticket, **(arguments | overrides))  # type: ignore[arg-type]


def started(databases: Databases, **kwargs: int) -> tuple[World, Ticket]:
    world = World.make(databases, **kwargs)
    [(ticket, _)] = world.advance()
    return world, ticket


def slots(world: World) -> int:
    return len(world.rows("select from hidra.pace_slots"))


def test_a_ticket_sends_one_message_with_its_text(databases: Databases) -> None:
    world, ticket = started(databases, recipients=2)
    outside = Outside()
    assert outside.send(world, ticket) is End.POSTED
    assert outside.posted == ["+5511980000000 Oi Ana 0"]
    first, second = world.messages()
    assert (first["status"], first["provider_message_id"], second["status"]) == ("sent", "A", "pending")
    assert first["sent_at"] is not None
    assert outside.nudged == []


def test_the_last_message_of_a_run_asks_for_a_pass(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    outside = Outside()
    outside.send(world, ticket)
    assert outside.nudged == [DueCampaign(world.user_id, world.campaign_id)]
    assert outside.send(world, ticket) is End.NO_WORK
    assert len(outside.nudged) == 1


def test_a_ticket_without_work_frees_its_slot(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    Outside().send(world, ticket)
    before = slots(world)
    assert Outside().send(world, ticket) is End.NO_WORK
    assert slots(world) == before


def test_a_ticket_that_is_too_early_is_postponed_once_and_then_dropped(databases: Databases) -> None:
    world, ticket = started(databases, recipients=3, rate=6)
    outside = Outside()
    assert outside.send(world, ticket) is End.POSTED
    assert outside.send(world, ticket) is End.POSTPONED
    [(later, seconds)] = outside.postponed
    assert later == ticket.later()
    assert 8 <= seconds <= 9  # the slot is 10.3 s after the first: due 1 to 2 s before it
    assert outside.send(world, later) is End.TOO_EARLY
    assert len(outside.posted) == 1


def test_a_ticket_of_a_paused_campaign_is_dropped_and_frees_its_slot(databases: Databases) -> None:
    world, ticket = started(databases)
    databases.owner.execute("update hidra.campaigns set status = 'paused'")
    outside = Outside()
    assert outside.send(world, ticket) is End.CLOSED
    assert outside.posted == []
    assert slots(world) == 0


def test_a_ticket_waits_for_room_until_shortly_after_its_slot(databases: Databases) -> None:
    world, ticket = started(databases, concurrent=1)
    world.claim()
    outside = Outside()
    assert outside.send(world, ticket) is End.NO_ROOM
    assert 0.45 <= outside.seconds <= 0.7
    assert slots(world) == 0


def test_a_message_that_would_be_late_is_released(databases: Databases) -> None:
    world, ticket = started(databases)
    outside = Outside()
    times = iter([0.0, 0.0, 5.0])
    clock = Clock(monotonic=lambda: next(times), now=lambda: datetime.now(UTC), sleep=outside.sleep)
    assert outside.send(world, ticket, clock=clock) is End.TOO_LATE
    assert outside.posted == []
    assert [(m["status"], m["attempts"]) for m in world.messages()] == [("pending", 0)] * 3
    assert slots(world) == 0


def test_a_refusal_fails_the_recipient_and_no_other(databases: Databases) -> None:
    world, ticket = started(databases, recipients=2)
    Outside(Refused("not_on_whatsapp", "The number is not on WhatsApp.")).send(world, ticket)
    assert [(m["status"], m["error_code"]) for m in world.messages()] == [
        ("failed", "not_on_whatsapp"),
        ("pending", None),
    ]
    world.assert_exact()


def test_an_unknown_outcome_is_never_sent_again(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    outside = Outside(Unknown("timeout", "No answer."))
    outside.send(world, ticket)
    assert world.messages()[0]["status"] == "unknown"
    assert outside.send(world, ticket) is End.NO_WORK
    assert len(outside.posted) == 1


def test_three_outcomes_in_doubt_stop_the_connection(databases: Databases) -> None:
    world, ticket = started(databases, recipients=10)
    outside = Outside(Unknown("server_error", "The Evolution server failed with status 502."))
    ends = [outside.send(world, ticket) for _ in range(6)]
    assert ends == [End.POSTED] * 3 + [End.CLOSED] * 3
    assert [m["status"] for m in world.messages()] == ["unknown"] * 3 + ["pending"] * 7
    connection = world.one("select error_message, error_code from hidra.evolution_api_config")
    assert "502" in connection["error_message"]
    assert connection["error_code"] == "repeated-doubts"


def test_an_id_that_another_message_has_leaves_the_outcome_in_doubt(databases: Databases) -> None:
    world, ticket = started(databases, recipients=2)
    assert [Outside().send(world, ticket), Outside().send(world, ticket)] == [End.POSTED, End.POSTED]
    assert [(m["status"], m["error_code"]) for m in world.messages()] == [("sent", None), ("unknown", "duplicate_id")]


def test_a_single_doubt_stops_nothing(databases: Databases) -> None:
    world, ticket = started(databases, recipients=10)
    Outside(Unknown("timed_out", "No answer.")).send(world, ticket)
    assert world.one("select status from hidra.evolution_api_config")["status"] == "connected"


def test_a_broken_connection_costs_the_recipient_nothing_and_stops_the_rest(databases: Databases) -> None:
    world, ticket = started(databases, recipients=2)
    outside = Outside(NotSent("license_required", "Evolution has no licence.", Stops.CONNECTION))
    outside.send(world, ticket)
    assert [(m["status"], m["attempts"]) for m in world.messages()] == [("pending", 0)] * 2
    connection = world.one("select status, error_message, error_code from hidra.evolution_api_config")
    assert connection == {
        "status": "error",
        "error_message": "Evolution has no licence.",
        "error_code": "license-required",
    }
    assert outside.send(world, ticket) is End.CLOSED
    assert len(outside.posted) == 1


NOT_FETCHED = NotSent("media_not_fetched", "Evolution cannot fetch the campaign's image.", Stops.CAMPAIGN)


def with_image(databases: Databases, recipients: int) -> tuple[World, Ticket]:
    world = World.make(databases, recipients=recipients, body="Oi {{name}}")
    world.set_media("https://cdn.example.com/a.png", "image", None)
    [(ticket, _)] = world.advance()
    return world, ticket


def test_a_ticket_sends_the_frozen_media_with_the_text_as_its_caption(databases: Databases) -> None:
    world, ticket = with_image(databases, recipients=1)
    outside = Outside()
    outside.send(world, ticket)
    assert outside.posted == ["+5511980000000 Oi Ana 0"]
    assert outside.media == [Media("https://cdn.example.com/a.png", "image")]


def test_media_that_cannot_be_fetched_pauses_its_campaign_and_burns_no_recipient(databases: Databases) -> None:
    world, ticket = with_image(databases, recipients=3)
    outside = Outside(NOT_FETCHED)
    assert [outside.send(world, ticket) for _ in range(3)] == [End.POSTED, End.CLOSED, End.CLOSED]
    assert [(m["status"], m["attempts"]) for m in world.messages()] == [("pending", 0)] * 3
    assert (world.campaign()["status"], world.campaign()["blocked_reason"]) == ("paused", NOT_FETCHED.detail)
    assert world.one("select status from hidra.evolution_api_config")["status"] == "connected"
    world.assert_exact()
    assert world.advance() == []
    assert world.campaign()["blocked_reason"] == NOT_FETCHED.detail


def test_a_campaign_whose_media_can_be_fetched_again_continues_when_it_is_resumed(databases: Databases) -> None:
    world, ticket = with_image(databases, recipients=2)
    Outside(NOT_FETCHED).send(world, ticket)
    resumed = lifecycle.resume(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    assert (resumed.status, resumed.blocked_reason) == ("running", None)
    [(ticket, slots)] = world.advance()
    assert len(slots) == 2
    ids = iter("AB")
    outside = Outside(lambda *_: Sent(next(ids)))
    for _ in slots:
        outside.send(world, ticket)
    assert [m["status"] for m in world.messages()] == ["sent", "sent"]
    assert [m["error_code"] for m in world.messages()] == [None, None]


def test_media_that_cannot_be_fetched_leaves_a_canceled_campaign_canceled(databases: Databases) -> None:
    world, ticket = with_image(databases, recipients=1)

    def canceled_meanwhile(*_: object) -> Outcome:
        lifecycle.cancel(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
        return NOT_FETCHED

    Outside(canceled_meanwhile).send(world, ticket)
    assert (world.campaign()["status"], world.campaign()["blocked_reason"]) == ("canceled", None)
    assert world.messages()[0]["status"] == "pending"


def test_a_pause_for_media_waits_for_open_claims(databases: Databases) -> None:
    """It takes the same advisory lock as a user's pause: no claim commits after it."""
    world, ticket = with_image(databases, recipients=2)
    locked: list[bool] = []

    class Watching:
        def as_worker(self, work, refusals=None):
            def observed(tx):
                result = work(tx)
                if outside.posted and not locked:
                    locked.append(
                        tx.value(
                            "select exists (select from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and pid = pg_backend_pid())"
                        )
                    )
                return result

            return databases.jobs.as_worker(observed, refusals)

    outside = Outside(NOT_FETCHED)
    outside.send(world, ticket, db=Watching())
    assert locked == [True]


def test_a_message_that_was_surely_not_sent_is_tried_again_a_bounded_number_of_times(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    outside = Outside(NotSent("busy", "Evolution is busy.", Stops.NOTHING))
    for _ in range(MAX_ATTEMPTS):
        databases.owner.execute("update hidra.campaign_messages set not_before = null")
        outside.send(world, ticket)
    message = world.messages()[0]
    assert (message["status"], message["error_code"], message["attempts"]) == ("failed", "busy", MAX_ATTEMPTS)
    assert outside.nudged == [DueCampaign(world.user_id, world.campaign_id)]
    world.assert_exact()


NOT_ENCRYPTED = NotSent("not_encrypted", "Evolution could not encrypt it.", Stops.CONNECTION_IF_REPEATED)


def send_to_each(world: World, ticket: Ticket, outcome: Outcome | Callable[..., Outcome], times: int) -> None:
    for _ in range(times):
        Outside(outcome).send(world, ticket)


def connection_status(world: World) -> str:
    status: str = world.one("select status from hidra.evolution_api_config")["status"]
    return status


def acknowledged(world: World, ago: str) -> None:
    world.databases.owner.execute(
        "update hidra.evolution_api_config set acknowledged_until = now() - %s::interval", [ago]
    )


def test_an_error_of_some_recipients_does_not_stop_a_connection_that_delivers_to_others(databases: Databases) -> None:
    world, ticket = started(databases, recipients=10)
    acknowledged(world, "4 minutes")
    send_to_each(world, ticket, NOT_ENCRYPTED, 8)
    assert connection_status(world) == "connected"
    assert [(m["status"], m["attempts"]) for m in world.messages()] == [("pending", 1)] * 8 + [("pending", 0)] * 2
    world.assert_exact()


def test_an_error_of_several_recipients_stops_a_connection_that_delivers_to_none(databases: Databases) -> None:
    world, ticket = started(databases, recipients=10)
    acknowledged(world, "6 minutes")
    send_to_each(world, ticket, NOT_ENCRYPTED, 2)
    send_to_each(world, ticket, NotSent("meta_131000", "x", Stops.CONNECTION_IF_REPEATED), 1)
    assert connection_status(world) == "connected"
    send_to_each(world, ticket, NOT_ENCRYPTED, 1)
    connection = world.one("select * from hidra.evolution_api_config")
    assert connection["status"] == "error"
    assert connection["error_message"] == connection["distrust_reason"]
    assert connection["error_code"] == connection["distrust_code"] == "repeated-failures"
    assert NOT_ENCRYPTED.detail in connection["error_message"]
    assert Outside(NOT_ENCRYPTED).send(world, ticket) is End.CLOSED
    assert {m["status"] for m in world.messages()} == {"pending"}
    world.assert_exact()


SLOW_TO_CONNECT = NotSent("slow_to_connect", "Connecting took too long.", Stops.SERVER_IF_REPEATED)


def test_a_server_that_is_slow_to_connect_costs_no_attempt_and_a_while_later_the_connection(
    databases: Databases,
) -> None:
    world, ticket = started(databases, recipients=4)
    acknowledged(world, "4 minutes")
    send_to_each(world, ticket, SLOW_TO_CONNECT, 3)
    waiting = "not_before between now() + interval '25 s' and now() + interval '35 s'"
    assert [(m["status"], m["attempts"]) for m in world.messages()] == [("pending", 0)] * 4
    assert world.one(f"select count(*) from hidra.campaign_messages where {waiting}")["count"] == 3
    assert connection_status(world) == "connected"
    acknowledged(world, "6 minutes")
    send_to_each(world, ticket, SLOW_TO_CONNECT, 1)
    assert connection_status(world) == "error"
    world.assert_exact()


def open_request(world: World, seconds: int) -> None:
    """Another message of the connection has waited for its answer for so long."""
    world.databases.owner.execute(
        "update hidra.campaign_messages set status = 'sending', claimed_at = now() - make_interval(secs => %s)"
        " where id = (select max(id) from hidra.campaign_messages)",
        [seconds],
    )


@pytest.mark.parametrize(("seconds", "end"), [(14, End.POSTED), (17, End.SLOW_SERVER), (121, End.POSTED)])
def test_a_server_that_leaves_a_request_unanswered_gets_no_others_for_as_long_as_its_sender_lives(
    databases: Databases, seconds: int, end: End
) -> None:
    world, ticket = started(databases, recipients=3)
    open_request(world, seconds)
    outside = Outside()
    assert outside.send(world, ticket) is end
    assert (slots(world) > 0) is (end is End.POSTED)
    assert outside.seconds < 0.1  # it does not wait for a slot


def test_a_trial_to_a_server_that_leaves_a_request_unanswered_is_told_that_it_is_busy(databases: Databases) -> None:
    world, _ = started(databases, recipients=1)
    open_request(world, 17)
    outside = Outside()
    trial = TrialMessage(
        world.user_id, world.connection_id, world.campaign_id, "+5511987650000", world.hash("+5511987650000"),
        Content("Oi"),
    )  # fmt: skip
    clock = Clock(monotonic=lambda: outside.seconds, now=lambda: datetime.now(UTC), sleep=outside.sleep)
    found = send_trial(
        trial, db=databases.jobs, post=outside.post, nudge=outside.nudged.append, clock=clock,
        sender_timeout=timedelta(seconds=120), patience=10,
    )  # fmt: skip
    assert (found, outside.posted, outside.seconds) == (NoTurn.BUSY, [], 0)


def test_the_last_attempt_of_a_recipient_that_alone_meets_the_error_fails_it(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    acknowledged(world, "1 hour")
    for _ in range(MAX_ATTEMPTS):
        databases.owner.execute("update hidra.campaign_messages set not_before = null")
        send_to_each(world, ticket, NOT_ENCRYPTED, 1)
    assert connection_status(world) == "connected"
    assert [(m["status"], m["error_code"]) for m in world.messages()] == [("failed", "not_encrypted")]


def test_a_recipient_that_opted_out_after_the_freeze_is_skipped_and_the_next_one_gets_the_ticket(
    databases: Databases,
) -> None:
    world, ticket = started(databases, recipients=2)
    databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
        [world.user_id, world.hash("+5511980000000")],
    )
    outside = Outside()
    assert outside.send(world, ticket) is End.POSTED
    assert outside.posted == ["+5511980000001 Oi Ana 1"]
    assert [m["status"] for m in world.messages()] == ["skipped", "sent"]


def test_a_text_with_an_unresolved_variable_is_never_sent(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    databases.owner.execute("update hidra.campaign_messages set variables = '{}'")
    outside = Outside()
    outside.send(world, ticket)
    assert outside.posted == []
    assert world.messages()[0]["error_code"] == "unresolved_variable"


def test_an_outcome_is_recorded_when_the_database_comes_back(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    outside = Outside()
    away = iter([True, True, False])

    class Flaky:
        def as_worker(self, work, refusals=None):
            if outside.posted and next(away, False):
                raise Unavailable("away")
            return databases.jobs.as_worker(work, refusals)

    assert outside.send(world, ticket, db=Flaky()) is End.POSTED
    assert world.messages()[0]["status"] == "sent"
    assert len(outside.posted) == 1


def test_a_message_whose_outcome_cannot_be_recorded_stays_in_sending_to_be_looked_up(databases: Databases) -> None:
    world, ticket = started(databases, recipients=1)
    outside = Outside()

    class Gone:
        def as_worker(self, work, refusals=None):
            if outside.posted:
                raise Unavailable("away")
            return databases.jobs.as_worker(work, refusals)

    with pytest.raises(Unavailable):
        outside.send(world, ticket, db=Gone())
    assert world.messages()[0]["status"] == "sending"
    assert Outside().send(world, ticket) is End.NO_WORK
