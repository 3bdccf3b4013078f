"""One ticket: permit, wait, claim, one post, outcome."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tenacity import Retrying, retry_if_exception_type, wait_exponential_jitter

from hidra.domain import pacing, template
from hidra.domain.content import Content
from hidra.domain.outcome import NotSent, Outcome, Refused, Sent, Stops, Unknown, name_of
from hidra.domain.ticket import Ticket
from hidra.errors import Conflict, Rejected, Unavailable
from hidra.store import campaigns, circuit, claims, connection_health, deliveries, messages, pace, runs
from hidra.store.claims import Claim, ClaimedPost, NoClaim, RecipientOptedOut
from hidra.store.db import Database, Tx
from hidra.telemetry import logger

MAX_ATTEMPTS = 5
ROOM_POLL_SECONDS = 0.1
DUPLICATE_ID = Unknown("duplicate_id", "Evolution answered with the id of another message.")
# So many outcomes in doubt within the time between two checks stop the connection: a server that is down may burn a
# handful of recipients, not the audience.
DOUBTS, DOUBT_WITHIN = 3, timedelta(minutes=5)


class End(StrEnum):
    """What became of a ticket."""

    POSTPONED = "postponed"
    TOO_EARLY = "too_early"
    CLOSED = "closed"
    NO_ROOM = "no_room"
    NO_WORK = "no_work"
    TOO_LATE = "too_late"
    POSTED = "posted"


@dataclass(frozen=True)
class Clock:
    """Time as a sender needs it: seconds that never step, the wall's time in UTC, and a pause of seconds."""

    monotonic: Callable[[], float]
    now: Callable[[], datetime]
    sleep: Callable[[float], None]


def send_message(
    ticket: Ticket,
    *,
    db: Database,
    post: Callable[[ClaimedPost, str, Content], Outcome],
    postpone: Callable[[Ticket, int], None],
    nudge: Callable[[Ticket], None],
    clock: Clock,
    sender_timeout: timedelta,
    record_within: float,
) -> End:
    """Sends at most one message, at its slot or not at all, and writes down what came of it.

    Args:
        post: makes the one request to Evolution, for an E.164 number, and sorts what happened; never raises for what
            Evolution did.
        postpone: queues the ticket again, for so many seconds.
        nudge: asks for a look at the campaign, for its run has drained.
        sender_timeout: how long a post may take at most; claims older than that take no room.
        record_within: seconds for which the outcome is tried to be written while the database is away.

    Raises:
        Unavailable: the database was away before anything was posted, or for longer than ``record_within`` after;
            then the message stays in sending, is looked up later, and is never posted again.
    """
    permit = db.as_worker(
        lambda tx: pace.permit(tx, connection_id=ticket.connection_id, campaign_id=ticket.campaign_id)
    )
    # From the receipt of the answer: a slow network makes the post late, never early.
    received = clock.monotonic()
    if permit is None:
        return End.CLOSED
    if not permit.granted:
        if ticket.delayed:
            return End.TOO_EARLY
        postpone(ticket.later(), pacing.delay_seconds(permit.slot, permit.now))
        return End.POSTPONED
    found, late = claim_at_slot(permit, received, lambda: _claim(ticket, db=db, timeout=sender_timeout), clock=clock)
    if not isinstance(found, Claim):
        db.as_worker(lambda tx: _forget(tx, ticket, permit))
        if found is NoClaim.NO_WORK:
            _tell_if_drained(ticket, db=db, nudge=nudge)
        return End(found)
    if late:
        db.as_worker(lambda tx: _undo(tx, found, ticket, permit))
        return End.TOO_LATE
    content = _content(found)
    sent_at = clock.now()
    outcome = post(found, found.phone, content) if isinstance(content, Content) else content
    _record_patiently(ticket, found, outcome, sent_at, db=db, clock=clock, within=record_within)
    logger.info("message posted", campaign_id=ticket.campaign_id, message_id=found.message_id, outcome=name_of(outcome))
    if isinstance(outcome, Sent):
        sent = (ticket.connection_id, outcome.provider_message_id)
        db.as_worker(lambda tx: deliveries.apply_unmatched(tx, [sent]))
    _tell_if_drained(ticket, db=db, nudge=nudge)
    return End.POSTED


def claim_at_slot[T](
    permit: pace.Permit, received: float, claim: Callable[[], T | NoClaim | None], *, clock: Clock
) -> tuple[T | NoClaim, bool]:
    """Claims at a permitted slot; waits for room, holding nothing, until shortly after it.

    Args:
        received: when the permit's answer was, by the monotonic clock.
        claim: None asks to claim again at once.

    Returns:
        What was claimed, or why nothing was; and whether it is too late by now to post it.
    """
    slot = received + (permit.slot - permit.now).total_seconds()
    clock.sleep(max(0.0, slot - received))
    while True:
        asked = clock.monotonic()
        found = claim()
        if isinstance(found, ClaimedPost):
            # The claim's time is the database's, as the slot is; what passed since is measured from before the claim.
            late = (found.claimed_at - permit.slot).total_seconds() + clock.monotonic() - asked
            return found, late > pacing.LATEST_AFTER_SLOT_SECONDS
        if found is NoClaim.NO_ROOM:
            clock.sleep(ROOM_POLL_SECONDS)
        elif found is not None:
            return found, False
        if clock.monotonic() > slot + pacing.ROOM_UNTIL_SECONDS:
            return NoClaim.NO_ROOM, False


def _claim(ticket: Ticket, *, db: Database, timeout: timedelta) -> Claim | NoClaim | None:
    """The next recipient who has not opted out; whoever has is skipped, one at a time."""
    found = db.as_worker(
        lambda tx: claims.claim(
            tx,
            campaign_id=ticket.campaign_id,
            run_id=ticket.run_id,
            connection_id=ticket.connection_id,
            sender_timeout=timeout,
        )
    )
    if isinstance(found, RecipientOptedOut):
        _skip(found, db=db)
        return None
    return found


def _skip(found: RecipientOptedOut, *, db: Database) -> None:
    db.as_worker(lambda tx: messages.skip_pending(tx, [found.message_id], code="opted_out"))


def _content(found: Claim) -> Content | Refused:
    try:
        return Content(template.render(found.body, found.variables), found.media)
    except Rejected as error:
        names = ", ".join(field.field.removeprefix("variables.") for field in error.fields)
        return Refused("unresolved_variable", f"No value for: {names}")


def _undo(tx: Tx, found: Claim, ticket: Ticket, permit: pace.Permit) -> None:
    claims.release(tx, found)
    _forget(tx, ticket, permit)


def _forget(tx: Tx, ticket: Ticket, permit: pace.Permit) -> None:
    pace.forget(tx, connection_id=ticket.connection_id, campaign_id=ticket.campaign_id, slot=permit.slot)


def _record_patiently(
    ticket: Ticket,
    found: Claim,
    outcome: Outcome,
    sent_at: datetime,
    *,
    db: Database,
    clock: Clock,
    within: float,
) -> None:
    """Writes the outcome down, again and again while the database is away: it is known nowhere else."""
    give_up_at = clock.monotonic() + within
    for attempt in Retrying(
        retry=retry_if_exception_type(Unavailable),
        wait=wait_exponential_jitter(initial=0.2, max=3),
        stop=lambda _: clock.monotonic() > give_up_at,
        sleep=clock.sleep,
        reraise=True,
    ):
        with attempt:
            try:
                db.as_worker(lambda tx: _record(tx, ticket, found, outcome, sent_at))
            except Conflict:
                db.as_worker(lambda tx: _record(tx, ticket, found, DUPLICATE_ID, sent_at))


def _record(tx: Tx, ticket: Ticket, found: Claim, outcome: Outcome, sent_at: datetime) -> None:
    match outcome:
        case Sent(provider_message_id):
            if found.needs_ack:  # Lock order: the connection before its messages.
                circuit.accepted(tx, connection_id=ticket.connection_id, message_id=found.message_id)
            claims.mark_sent(tx, found, sent_at=sent_at, provider_message_id=provider_message_id)
        case Unknown(code, detail):
            if claims.recently_unknown(tx, run_id=ticket.run_id, within=DOUBT_WITHIN) >= DOUBTS - 1:
                message = f"Sending is in doubt again and again: {detail}"
                connection_health.stop(tx, found, connection_id=ticket.connection_id, message=message)
            claims.mark_unknown(tx, found, sent_at=sent_at, code=code, detail=detail)
        # The connection's or the content's fault, not the recipient's: it costs them no attempt.
        case NotSent(code, detail, stops=Stops.CONNECTION):
            connection_health.stop(tx, found, connection_id=ticket.connection_id, message=detail)
            claims.retry_later(tx, found, wait=timedelta(0), counted=False, code=code, detail=detail)
        case NotSent(code, detail, stops=Stops.CAMPAIGN):
            campaigns.pause_for(tx, user_id=found.user_id, campaign_id=ticket.campaign_id, reason=detail)
            claims.retry_later(tx, found, wait=timedelta(0), counted=False, code=code, detail=detail)
        case NotSent(code, detail) if found.attempts < MAX_ATTEMPTS:
            wait = pacing.backoff(found.attempts)
            claims.retry_later(tx, found, wait=wait, counted=True, code=code, detail=detail)
        case NotSent(code, detail) | Refused(code, detail):
            claims.mark_failed(tx, found, code=code, detail=detail, at=sent_at)


def _tell_if_drained(ticket: Ticket, *, db: Database, nudge: Callable[[Ticket], None]) -> None:
    if db.as_worker(lambda tx: runs.note_drained(tx, run_id=ticket.run_id)):
        nudge(ticket)
