"""Messages outside campaigns: a trial, and the confirmation of an opt-out. Each is posted at most once, in its turn."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from hidra.domain.connection_error import ConnectionFault
from hidra.domain.content import Content
from hidra.domain.outcome import NotSent, NoTurn, Outcome, Refused, Sent, Stops, Unknown
from hidra.domain.ticket import ConfirmationTicket
from hidra.domain.trial import TrialMessage
from hidra.errors import Unavailable
from hidra.services.turn import Clock, Post, nudge_waiting, take_turn, timed_post
from hidra.store import circuit, confirmations, connection_health, direct_sends
from hidra.store.confirmations import ConfirmationClaim
from hidra.store.db import Database, Tx
from hidra.store.direct_sends import DirectClaim
from hidra.store.room import WHOLE
from hidra.store.runs import DueCampaign
from hidra.telemetry import logger


def send_trial(
    trial: TrialMessage,
    *,
    db: Database,
    post: Post,
    nudge: Callable[[DueCampaign], object],
    clock: Clock,
    sender_timeout: timedelta,
    patience: float,
    share: int = WHOLE,
) -> Outcome | NoTurn:
    """Posts a trial at a slot of its campaign and its connection.

    ``patience``, ``share``: see ``take_turn``; ``nudge``: see ``nudge_waiting``.

    Raises:
        Unavailable: the database was away before the post.
    """
    claim = take_turn(
        lambda tx: direct_sends.claim_trial(
            tx,
            user_id=trial.user_id,
            connection_id=trial.connection_id,
            phone_hash=trial.phone_hash,
            sender_timeout=sender_timeout,
            share=share,
        ),
        direct_sends.release,
        connection_id=trial.connection_id,
        campaign_id=trial.campaign_id,
        db=db,
        clock=clock,
        patience=patience,
        sender_timeout=sender_timeout,
        share=share,
    )
    if isinstance(claim, NoTurn):
        return claim
    outcome, took = timed_post(post, claim, trial.phone, trial.content, clock=clock)
    try:
        db.as_worker(lambda tx: _settle(tx, claim, outcome, took, connection_id=trial.connection_id))
        _after_post(claim, outcome, connection_id=trial.connection_id, db=db, nudge=nudge)
    except Unavailable:
        # It takes room until the sender's time-out, and its row keeps a lookup from taking it for a campaign's message.
        logger.warning("a trial's outcome could not be recorded", campaign_id=trial.campaign_id)
    return outcome


def send_confirmation(
    ticket: ConfirmationTicket,
    *,
    db: Database,
    post: Post,
    nudge: Callable[[DueCampaign], object],
    clock: Clock,
    sender_timeout: timedelta,
    patience: float,
    share: int = WHOLE,
) -> Outcome | NoTurn:
    """Posts a confirmation at a slot of its connection; the clock queues it again if it got no turn.

    ``patience``, ``share``: see ``take_turn``; ``nudge``: see ``nudge_waiting``.

    Raises:
        Unavailable: the database was away before the post.
    """

    def release(tx: Tx, claim: ConfirmationClaim) -> None:
        direct_sends.release(tx, claim)
        confirmations.release(tx, ticket)

    def record(tx: Tx, claim: ConfirmationClaim, outcome: Outcome, took: timedelta) -> None:
        _settle(tx, claim, outcome, took, connection_id=ticket.connection_id)
        if isinstance(outcome, NotSent):
            confirmations.release(tx, ticket)
        else:
            confirmations.forget(tx, ticket)

    claim = take_turn(
        lambda tx: confirmations.claim(tx, ticket, sender_timeout=sender_timeout, share=share),
        release,
        connection_id=ticket.connection_id,
        campaign_id=None,
        db=db,
        clock=clock,
        patience=patience,
        sender_timeout=sender_timeout,
        share=share,
    )
    if isinstance(claim, NoTurn):
        return claim
    outcome, took = timed_post(post, claim, claim.phone, Content(claim.text), clock=clock)
    try:
        db.as_worker(lambda tx: record(tx, claim, outcome, took))
        _after_post(claim, outcome, connection_id=ticket.connection_id, db=db, nudge=nudge)
    except Unavailable:
        # It stays claimed, so it is never posted again, and the clock deletes it.
        logger.warning("a confirmation's outcome could not be recorded", user_id=claim.user_id)
    return outcome


def _after_post(
    claim: DirectClaim,
    outcome: Outcome,
    *,
    connection_id: UUID,
    db: Database,
    nudge: Callable[[DueCampaign], object],
) -> None:
    """Asks for the passes that wait for room; applies an acknowledgement of a probe that was faster than the answer."""
    nudge_waiting(claim.user_id, connection_id, db=db, nudge=nudge)
    message_id = outcome.provider_message_id if isinstance(outcome, Sent) else claim.requested_message_id
    if claim.is_probe and message_id is not None:
        db.as_worker(lambda tx: circuit.direct_sends_acknowledged(tx, [(connection_id, message_id)]))


def _settle(tx: Tx, claim: DirectClaim, outcome: Outcome, took: timedelta, *, connection_id: UUID) -> None:
    """Frees the room on the connection; keeps the row of what may have been sent."""
    # Lock order: the connection's limit, the connection, the direct send.
    circuit.answered(tx, outcome, connection_id=connection_id, took=took, is_probe=claim.is_probe)
    match outcome:
        case Sent(provider_message_id):
            if claim.is_probe:
                circuit.direct_send_accepted(tx, connection_id=connection_id, claimed_at=claim.claimed_at)
            direct_sends.end(tx, claim, provider_message_id=provider_message_id)
        case Unknown():
            direct_sends.end(tx, claim, provider_message_id=None)
        case NotSent(code, detail, stops, arrived):
            if stops is Stops.CONNECTION:
                fault = ConnectionFault.of(code, detail)
                connection_health.stop(tx, claim, connection_id=connection_id, fault=fault)
            direct_sends.release(tx, claim, arrived=arrived)
        case Refused():
            direct_sends.release(tx, claim, arrived=True)
