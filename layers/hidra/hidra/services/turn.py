"""A sender's turn: a slot under the limits of pace, and a claim at that slot. All messages are sent in turn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from hidra.domain.content import Content
from hidra.domain.outcome import NoTurn, Outcome
from hidra.domain.pacing import LATEST_AFTER_SLOT_SECONDS, ROOM_UNTIL_SECONDS
from hidra.store import pace, runs
from hidra.store.claims import ClaimedPost, NoClaim
from hidra.store.db import Database, Tx
from hidra.store.pace import Permit
from hidra.store.runs import DueCampaign

type Post = Callable[[ClaimedPost, str, Content], Outcome]
"""Makes the one request to Evolution, for an E.164 number, and sorts the result; raises for nothing Evolution does."""

ROOM_POLL_SECONDS = 0.1
# Earlier than the tickets of campaigns, which are due 1 to 2 s before a slot: a campaign that uses the whole pace would
# otherwise leave no slot. A permit is granted at most 2 s ahead.
ASK_BEFORE_SLOT_SECONDS = 1.95


@dataclass(frozen=True)
class Clock:
    """Time as a sender needs it: seconds that never step, the wall's time in UTC, and a pause of seconds."""

    monotonic: Callable[[], float]
    now: Callable[[], datetime]
    sleep: Callable[[float], None]


def claim_at_slot[T](
    permit: Permit, received: float, claim: Callable[[], T | NoClaim | None], *, clock: Clock
) -> tuple[T | NoClaim, bool]:
    """Claims at a permitted slot; waits for room until shortly after it, holding no lock.

    Args:
        received: when the permit's answer came, by the monotonic clock.
        claim: returns None to be called again at once.

    Returns:
        The claim, or why there is none; and whether it is now too late to post it.
    """
    slot = received + (permit.slot - permit.now).total_seconds()
    clock.sleep(max(0.0, slot - received))
    while True:
        began = clock.monotonic()
        found = claim()
        if isinstance(found, ClaimedPost):
            # The claim's time is the database's, as the slot is; the rest is measured from before the claim.
            late = (found.claimed_at - permit.slot).total_seconds() + clock.monotonic() - began
            return found, late > LATEST_AFTER_SLOT_SECONDS
        if found is NoClaim.NO_ROOM:
            clock.sleep(ROOM_POLL_SECONDS)
        elif found is not None:
            return found, False
        if clock.monotonic() > slot + ROOM_UNTIL_SECONDS:
            return NoClaim.NO_ROOM, False


def claim_or_free_slot[T: ClaimedPost](
    permit: Permit,
    received: float,
    claim: Callable[[], T | NoClaim | None],
    release: Callable[[Tx, T], object],
    *,
    connection_id: UUID,
    campaign_id: UUID | None,
    db: Database,
    clock: Clock,
) -> T | NoClaim | None:
    """Claims as ``claim_at_slot`` does, and frees the slot if nothing will be posted in it.

    Args:
        release: undoes a claim.

    Returns:
        The claim; NoClaim: why there is none; None: it came too late for the slot and is released.
    """
    found, late = claim_at_slot(permit, received, claim, clock=clock)
    if not isinstance(found, NoClaim) and not late:
        return found

    def free(tx: Tx) -> None:
        # Lock order: the limits before messages.
        pace.forget(tx, connection_id=connection_id, campaign_id=campaign_id, slot=permit.slot)
        if not isinstance(found, NoClaim):
            release(tx, found)

    db.as_worker(free)
    return found if isinstance(found, NoClaim) else None


def take_turn[T: ClaimedPost](
    claim: Callable[[Tx], T | NoClaim],
    release: Callable[[Tx, T], object],
    *,
    connection_id: UUID,
    campaign_id: UUID | None,
    db: Database,
    clock: Clock,
    patience: float,
    sender_timeout: timedelta,
    share: int,
) -> T | NoTurn:
    """Asks for slots until it claims at one; returns the claim, which is now to be posted, or why there is none.

    Args:
        claim: claims the message and room on its connection.
        release: undoes the claim.
        campaign_id: None where the connection's limit is the only one.
        patience: seconds after which no further slot is waited for.
        sender_timeout: how long a post may take at most.
        share: how many requests one connection may have open.

    Raises:
        Unavailable: the database is away.
    """

    def in_time(permit: Permit, tx: Tx) -> T | NoClaim:
        """Claims, unless a limit was lowered after the permit; the claim holds the lock of the connection's limit."""
        found = claim(tx)
        if isinstance(found, NoClaim) or not pace.lowered_since(
            tx, connection_id=connection_id, campaign_id=campaign_id, since=permit.now
        ):
            return found
        release(tx, found)
        return NoClaim.SLOWED

    give_up_at = clock.monotonic() + patience
    while clock.monotonic() <= give_up_at:
        permit = db.as_worker(
            lambda tx: pace.permit(
                tx, connection_id=connection_id, campaign_id=campaign_id, sender_timeout=sender_timeout, share=share
            )
        )
        received = clock.monotonic()
        if permit is None:
            return NoTurn.CLOSED
        if permit.slow:
            return NoTurn.BUSY
        if not permit.granted:
            until_slot = (permit.slot - permit.now).total_seconds()
            if received + until_slot > give_up_at:
                break
            clock.sleep(max(0.0, until_slot - ASK_BEFORE_SLOT_SECONDS))
            continue
        found = claim_or_free_slot(
            permit,
            received,
            partial(db.as_worker, partial(in_time, permit)),
            release,
            connection_id=connection_id,
            campaign_id=campaign_id,
            db=db,
            clock=clock,
        )
        match found:
            case NoClaim.CLOSED | NoClaim.DISTRUSTED | NoClaim.OPTED_OUT | NoClaim.NO_WORK:
                return NoTurn(found)
            case NoClaim.NO_ROOM | NoClaim.SLOWED | NoClaim.DAY_USED | None:
                continue
            case _:
                return found
    return NoTurn.BUSY


def timed_post(
    post: Post, claim: ClaimedPost, phone: str, content: Content, *, clock: Clock
) -> tuple[Outcome, timedelta]:
    """Posts once; returns the outcome, and how long it took."""
    began = clock.monotonic()
    outcome = post(claim, phone, content)
    return outcome, timedelta(seconds=clock.monotonic() - began)


def nudge_waiting(user_id: UUID, connection_id: UUID, *, db: Database, nudge: Callable[[DueCampaign], object]) -> None:
    """Asks for the passes that wait for room on a connection. To be called after a post has ended and is recorded."""
    for campaign in db.as_worker(lambda tx: runs.take_awaiting_room(tx, user_id=user_id, connection_id=connection_id)):
        nudge(campaign)
