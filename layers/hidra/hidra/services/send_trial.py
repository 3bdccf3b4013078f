"""Sending a test: one post to one number, in no count, but in its turn like every send."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from hidra.domain.content import Content
from hidra.domain.outcome import NotSent, Outcome, Refused, Sent, Stops
from hidra.domain.trial import TrialMessage
from hidra.errors import Unavailable
from hidra.services.send_message import Clock, claim_at_slot
from hidra.store import connection_health, direct_sends, pace
from hidra.store.claims import ClaimedPost, NoClaim
from hidra.store.db import Database, Tx
from hidra.store.direct_sends import DirectClaim
from hidra.telemetry import logger

# Before the campaigns' tickets, which come 1 to 2 s before a slot: a campaign that uses all of the pace would else let
# nothing in between. A permit is given at most 2 s ahead.
ASK_BEFORE_SLOT_SECONDS = 1.95


class NoTurn(StrEnum):
    """Why nothing was posted."""

    BUSY = "busy"  # the pace, or the connection's room, is taken for now
    CLOSED = "closed"  # the connection is gone or not usable
    OPTED_OUT = "opted_out"
    NO_WORK = "no_work"  # an answer that is not to be sent, or was; a test always is


def send_trial(
    test: TrialMessage,
    *,
    db: Database,
    post: Callable[[ClaimedPost, str, Content], Outcome],
    clock: Clock,
    sender_timeout: timedelta,
    patience: float,
) -> Outcome | NoTurn:
    """Posts a test at most once, at a slot of its campaign and connection.

    Args:
        post: see ``send_message``.
        patience: seconds for which a slot with room is waited for.

    Raises:
        Unavailable: the database was away before anything was posted.
    """
    held = take_turn(
        lambda tx: direct_sends.claim(
            tx,
            user_id=test.user_id,
            connection_id=test.connection_id,
            phone_hash=test.phone_hash,
            sender_timeout=sender_timeout,
        ),
        direct_sends.drop,
        connection_id=test.connection_id,
        campaign_id=test.campaign_id,
        db=db,
        clock=clock,
        patience=patience,
    )
    if isinstance(held, NoTurn):
        return held
    outcome = post(held, test.phone, test.content)
    try:
        db.as_worker(lambda tx: settle(tx, held, outcome, connection_id=test.connection_id))
    except Unavailable:
        # The room is taken until the sender's time-out, and no look-up takes the message for another: no harm is done.
        logger.warning("a test's outcome could not be noted", campaign_id=test.campaign_id)
    return outcome


def take_turn[T: ClaimedPost](
    claim: Callable[[Tx], T | NoClaim],
    drop: Callable[[Tx, T], object],
    *,
    connection_id: UUID,
    campaign_id: UUID | None,
    db: Database,
    clock: Clock,
    patience: float,
) -> T | NoTurn:
    """Asks for slots until one comes with room on the connection, and claims there.

    Args:
        claim: takes what is to be posted, and room for it.
        drop: gives both back, since it is too late for the slot.
        campaign_id: None where the connection's limit is the only one.
        patience: seconds for which a slot with room is waited for.
    """
    give_up_at = clock.monotonic() + patience
    while clock.monotonic() <= give_up_at:
        permit = db.as_worker(lambda tx: pace.permit(tx, connection_id=connection_id, campaign_id=campaign_id))
        received = clock.monotonic()
        if permit is None:
            return NoTurn.CLOSED
        until_slot = (permit.slot - permit.now).total_seconds()
        if not permit.granted and received + until_slot > give_up_at:
            break
        if not permit.granted:
            clock.sleep(max(0.0, until_slot - ASK_BEFORE_SLOT_SECONDS))
            continue
        found, late = claim_at_slot(permit, received, lambda: db.as_worker(claim), clock=clock)
        if not isinstance(found, NoClaim) and not late:
            return found

        def release(tx: Tx, slot: datetime = permit.slot, found: T | NoClaim = found) -> None:
            pace.forget(tx, connection_id=connection_id, campaign_id=campaign_id, slot=slot)
            if not isinstance(found, NoClaim):
                drop(tx, found)

        db.as_worker(release)
        if found in (NoClaim.CLOSED, NoClaim.OPTED_OUT, NoClaim.NO_WORK):
            return NoTurn(found)
    return NoTurn.BUSY


def settle(tx: Tx, held: DirectClaim, outcome: Outcome, *, connection_id: UUID) -> None:
    """Gives the room of a message outside the counts back, with what came of its post."""
    match outcome:
        case Sent(provider_message_id):
            direct_sends.end(tx, held, provider_message_id=provider_message_id)
        case NotSent(_, detail, stops=Stops.CONNECTION):
            connection_health.stop(tx, held, connection_id=connection_id, message=detail)
            direct_sends.drop(tx, held)
        case NotSent() | Refused():
            direct_sends.drop(tx, held)
        case _:
            direct_sends.end(tx, held, provider_message_id=None)
