"""One ticket: permit, wait, claim, one post, outcome."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tenacity import Retrying, retry_if_exception_type, wait_exponential_jitter

from hidra.domain import template
from hidra.domain.blocked import media_not_fetched
from hidra.domain.circuit import DOUBT_WITHIN, DOUBTS, doubts_reason, repeated_reason
from hidra.domain.connection_error import ConnectionFault
from hidra.domain.content import Content
from hidra.domain.outcome import NotSent, Outcome, Refused, Sent, Stops, Unknown, name_of
from hidra.domain.pacing import MAX_ATTEMPTS, TICKETS_AHEAD_SECONDS, backoff, delay_seconds
from hidra.domain.ticket import RecheckTicket, Ticket
from hidra.errors import Conflict, Rejected, Unavailable
from hidra.services.check_connection import Recheck, no_recheck
from hidra.services.turn import Clock, Post, claim_or_free_slot, nudge_waiting, timed_post
from hidra.store import campaigns, circuit, claims, connection_health, deliveries, messages, outcomes, pace, runs
from hidra.store.claims import Claim, NoClaim, RecipientOptedOut
from hidra.store.db import Database, Tx
from hidra.store.room import WHOLE
from hidra.store.runs import DueCampaign
from hidra.telemetry import logger

DUPLICATE_ID = Unknown("duplicate_id", "Evolution answered with the id of another message.")


class End(StrEnum):
    """What became of a ticket."""

    POSTPONED = "postponed"
    TOO_EARLY = "too_early"
    CLOSED = "closed"
    SLOW_SERVER = "slow_server"  # see Permit.slow
    NO_ROOM = "no_room"
    SLOWED = "slowed"
    DAY_USED = "day_used"
    NO_WORK = "no_work"
    TOO_LATE = "too_late"
    POSTED = "posted"


@dataclass(frozen=True)
class _Changed:
    """What an outcome changed about the connection.

    ``recheck_at``: when to check it again after a stop. ``circuit``: its circuit closed, or opened because it is slow.
    """

    recheck_at: datetime | None
    circuit: bool


@dataclass(frozen=True)
class _Posted:
    """An outcome; ``took``: how long the post took, None if there was none."""

    outcome: Outcome
    sent_at: datetime
    took: timedelta | None


def send_message(
    ticket: Ticket,
    *,
    db: Database,
    post: Post,
    postpone: Callable[[Ticket, int], None],
    nudge: Callable[[DueCampaign], object],
    clock: Clock,
    sender_timeout: timedelta,
    record_within: float,
    recheck: Recheck = no_recheck,
    share: int = WHOLE,
) -> End:
    """Sends at most one message, at its slot or not at all, and records the outcome.

    Args:
        postpone: queues the ticket again, for so many seconds.
        nudge: asks for a pass of a campaign, because its run has drained, or has waited for room on the connection.
        sender_timeout: how long a post may take at most; claims older than that take no room.
        recheck: asks for an early check of the connection, because it was stopped.
        record_within: for how many seconds the outcome is tried to be recorded while the database is away.
        share: how many requests one connection may have open, see ``pacing.connection_share``.

    Raises:
        Unavailable: the database was away before the post, or for longer than ``record_within`` after it; then the
            message stays in sending, is looked up later, and is never posted again.
    """
    permit = db.as_worker(
        lambda tx: pace.permit(
            tx,
            connection_id=ticket.connection_id,
            campaign_id=ticket.campaign_id,
            run_id=ticket.run_id,
            sender_timeout=sender_timeout,
            share=share,
        )
    )
    # From the receipt of the answer: a slow network makes the post late, never early.
    received = clock.monotonic()
    if permit is None or permit.slow:
        return End.CLOSED if permit is None else End.SLOW_SERVER
    if not permit.granted:
        return _postponed(ticket, permit, postpone)
    claim = claim_or_free_slot(
        permit,
        received,
        lambda: _claim(ticket, db=db, timeout=sender_timeout, permitted_at=permit.now, share=share),
        outcomes.release,
        connection_id=ticket.connection_id,
        campaign_id=ticket.campaign_id,
        db=db,
        clock=clock,
    )
    if claim is None:
        nudge_waiting(ticket.user_id, ticket.connection_id, db=db, nudge=nudge)
        return End.TOO_LATE
    if isinstance(claim, NoClaim):
        if claim is NoClaim.NO_WORK:
            _ask_for_passes(ticket, db=db, nudge=nudge)
        return End(claim)
    content = _content(claim)
    sent_at = clock.now()
    outcome: Outcome
    if isinstance(content, Content):
        outcome, took = timed_post(post, claim, claim.phone, content, clock=clock)
    else:
        outcome, took = content, None
    posted = _Posted(outcome, sent_at, took)
    changed = _record_patiently(ticket, claim, posted, db=db, clock=clock, within=record_within)
    logger.info("message posted", campaign_id=ticket.campaign_id, message_id=claim.message_id, outcome=name_of(outcome))
    if changed.recheck_at:
        recheck(RecheckTicket(ticket.connection_id, changed.recheck_at, since=sent_at))
    # The answer's id or, if no answer gave one, the id that was asked for.
    message_id = outcome.provider_message_id if isinstance(outcome, Sent) else claim.requested_message_id
    _ask_for_passes(ticket, db=db, nudge=nudge, message_id=message_id, all_campaigns=changed.circuit)
    return End.POSTED


def _postponed(ticket: Ticket, permit: pace.Permit, postpone: Callable[[Ticket, int], None]) -> End:
    if permit.slot - permit.now > timedelta(seconds=TICKETS_AHEAD_SECONDS):
        return End.CLOSED  # until its window opens; passes issue other tickets before
    if ticket.delayed:
        return End.TOO_EARLY
    postpone(ticket.later(), delay_seconds(permit.slot, permit.now))
    return End.POSTPONED


def _claim(
    ticket: Ticket, *, db: Database, timeout: timedelta, permitted_at: datetime, share: int
) -> Claim | NoClaim | None:
    """The next recipient of the run; None after it skipped one that has opted out."""
    found = db.as_worker(
        lambda tx: claims.claim(
            tx,
            campaign_id=ticket.campaign_id,
            run_id=ticket.run_id,
            connection_id=ticket.connection_id,
            sender_timeout=timeout,
            permitted_at=permitted_at,
            share=share,
        )
    )
    if isinstance(found, RecipientOptedOut):
        _skip(found, db=db)
        return None
    return found


def _skip(found: RecipientOptedOut, *, db: Database) -> None:
    db.as_worker(lambda tx: messages.skip_pending(tx, [found.message_id], code="opted_out"))


def _content(claim: Claim) -> Content | Refused:
    try:
        return Content(template.render(claim.body, claim.variables), claim.media)
    except Rejected as error:
        names = ", ".join(field.field.removeprefix("variables.") for field in error.fields)
        return Refused("unresolved_variable", f"{template.NO_VALUE}{names}")


def _record_patiently(
    ticket: Ticket,
    claim: Claim,
    posted: _Posted,
    *,
    db: Database,
    clock: Clock,
    within: float,
) -> _Changed:
    """Records the outcome, trying again while the database is away: it is known nowhere else."""
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
                return db.as_worker(lambda tx: _record(tx, ticket, claim, posted))
            except Conflict:
                return db.as_worker(lambda tx: _record(tx, ticket, claim, replace(posted, outcome=DUPLICATE_ID)))
    raise AssertionError("the last attempt returns or raises")


def _record(tx: Tx, ticket: Ticket, claim: Claim, posted: _Posted) -> _Changed:
    stopped: datetime | None = None
    sent_at, closed, pace_changed = posted.sent_at, False, False
    if posted.took is not None:  # Lock order: the connection's limit before the connection and its messages.
        pace_changed = circuit.answered(
            tx, posted.outcome, connection_id=ticket.connection_id, took=posted.took, is_probe=claim.is_probe
        )
    match posted.outcome:
        case Sent(provider_message_id):
            if claim.needs_ack:  # Lock order: the connection before its messages.
                closed = circuit.accepted(tx, connection_id=ticket.connection_id, message_id=claim.message_id)
            outcomes.mark_sent(tx, claim, sent_at=sent_at, provider_message_id=provider_message_id)
        case Unknown(code, detail):
            if outcomes.recently_unknown(tx, run_id=ticket.run_id, within=DOUBT_WITHIN) >= DOUBTS - 1:
                fault = doubts_reason(detail)
                stopped = connection_health.stop(tx, claim, connection_id=ticket.connection_id, fault=fault)
            outcomes.mark_unknown(tx, claim, sent_at=sent_at, code=code, detail=detail)
        # The fault of the connection or of the content, not of the recipient: it costs no attempt.
        case NotSent(code, detail, stops=Stops.CONNECTION, arrived=arrived):
            fault = ConnectionFault.of(code, detail)
            stopped = connection_health.stop(tx, claim, connection_id=ticket.connection_id, fault=fault)
            outcomes.retry_later(tx, claim, wait=timedelta(0), counted=False, code=code, detail=detail, arrived=arrived)
        case NotSent(code, detail, stops=Stops.CAMPAIGN):
            reason = media_not_fetched(detail)
            campaigns.pause_for(tx, user_id=claim.user_id, campaign_id=ticket.campaign_id, reason=reason)
            outcomes.retry_later(tx, claim, wait=timedelta(0), counted=False, code=code, detail=detail)
        case NotSent(code, detail, stops, arrived) if (
            claim.attempts < MAX_ATTEMPTS or stops is Stops.SERVER_IF_REPEATED
        ):
            if stops is not Stops.NOTHING and _repeated(tx, ticket, code):
                fault = repeated_reason(detail)
                stopped = connection_health.stop(tx, claim, connection_id=ticket.connection_id, fault=fault)
            counted = stops is not Stops.SERVER_IF_REPEATED
            wait = backoff(claim.attempts)
            outcomes.retry_later(tx, claim, wait=wait, counted=counted, code=code, detail=detail, arrived=arrived)
        case NotSent(code, detail) | Refused(code, detail):
            arrived = posted.outcome.arrived if isinstance(posted.outcome, NotSent) else posted.took is not None
            outcomes.mark_failed(tx, claim, code=code, detail=detail, at=sent_at, arrived=arrived)
    return _Changed(stopped, closed or pace_changed)


def _repeated(tx: Tx, ticket: Ticket, code: str) -> bool:
    """Whether other recipients of the run wait for the same reason, and the connection has delivered none lately."""
    return circuit.repeated(
        tx,
        run_id=ticket.run_id,
        connection_id=ticket.connection_id,
        code=code,
        others=DOUBTS - 1,
        unacknowledged_for=DOUBT_WITHIN,
    )


def _ask_for_passes(
    ticket: Ticket,
    *,
    db: Database,
    nudge: Callable[[DueCampaign], object],
    message_id: str | None = None,
    all_campaigns: bool = False,
) -> None:
    """Nudges the campaigns that can go on: this one if its run has drained, and others on the connection.

    The others wait for room, or for a probe.

    Args:
        message_id: the provider's id of a recorded outcome. A status under it may be here already and is applied.
        all_campaigns: whether the outcome changed the connection's circuit.
    """

    def due(tx: Tx) -> list[DueCampaign]:
        if message_id is not None:
            deliveries.apply_unmatched(tx, [(ticket.connection_id, message_id)])
        found = runs.take_awaiting_room(tx, user_id=ticket.user_id, connection_id=ticket.connection_id)
        drained = runs.note_drained(tx, run_id=ticket.run_id)
        if drained:
            found.append(DueCampaign(ticket.user_id, ticket.campaign_id))
        if drained or all_campaigns:
            found += runs.running_on(tx, connection_id=ticket.connection_id)
        return list({campaign.campaign_id: campaign for campaign in found}.values())

    for campaign in db.as_worker(due):
        nudge(campaign)
