"""Answering somebody who left: one post, in no count, but in its turn like every send."""

from collections.abc import Callable
from datetime import timedelta

from hidra.domain.content import Content
from hidra.domain.outcome import NotSent, Outcome
from hidra.domain.ticket import ConfirmationTicket
from hidra.errors import Unavailable
from hidra.services.send_message import Clock
from hidra.services.send_trial import NoTurn, settle, take_turn
from hidra.store import confirmations, direct_sends
from hidra.store.claims import ClaimedPost
from hidra.store.confirmations import ConfirmationClaim
from hidra.store.db import Database, Tx
from hidra.telemetry import logger


def send_confirmation(
    asked: ConfirmationTicket,
    *,
    db: Database,
    post: Callable[[ClaimedPost, str, Content], Outcome],
    clock: Clock,
    sender_timeout: timedelta,
    patience: float,
) -> Outcome | NoTurn:
    """Posts an answer at most once, at a slot of its connection; the clock asks again for what found no turn.

    Args:
        post: see ``send_message``.
        patience: seconds for which a slot with room is waited for.

    Raises:
        Unavailable: the database was away before anything was posted.
    """

    def drop(tx: Tx, held: ConfirmationClaim) -> None:
        direct_sends.drop(tx, held)
        confirmations.release(tx, asked)

    held = take_turn(
        lambda tx: confirmations.claim(tx, asked, sender_timeout=sender_timeout),
        drop,
        connection_id=asked.connection_id,
        campaign_id=None,
        db=db,
        clock=clock,
        patience=patience,
    )
    if isinstance(held, NoTurn):
        return held
    outcome = post(held, held.phone, Content(held.text))
    try:
        db.as_worker(lambda tx: _record(tx, asked, held, outcome))
    except Unavailable:
        # It stays claimed, so nobody posts it again, and the clock drops it.
        logger.warning("a confirmation's outcome could not be noted", user_id=held.user_id)
    return outcome


def _record(tx: Tx, asked: ConfirmationTicket, held: ConfirmationClaim, outcome: Outcome) -> None:
    settle(tx, held, outcome, connection_id=asked.connection_id)
    if isinstance(outcome, NotSent):
        confirmations.release(tx, asked)
    else:
        confirmations.forget(tx, asked)
