"""What daily limits ask of a pass: the days of its connection, recipients judged, and tickets for what a day allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.blocked import Blocked
from hidra.domain.pacing import PERMIT_AHEAD_SECONDS, TICKETS_AHEAD_SECONDS
from hidra.domain.standstill import by_day
from hidra.store import daily_limits
from hidra.store.db import Database
from hidra.store.run_state import RunState

JUDGED_AT_ONCE = 2_000


@dataclass(frozen=True)
class Closed:
    """A day whose limit is used up: why, and the first slot of the next one that a ticket may be issued for."""

    reason: Blocked
    first_slot: datetime


def prepare(campaign_id: UUID, *, db: Database) -> None:
    """Writes the connection's current and next day, and judges which recipients are first contacts if they are limited.

    Claims need both, so it comes before the tickets.
    """
    db.as_worker(lambda tx: daily_limits.prepare(tx, campaign_id=campaign_id))
    run_id = db.as_worker(lambda tx: daily_limits.run_to_judge(tx, campaign_id=campaign_id))
    after: int | None = 0
    while run_id is not None and after is not None:
        after = _judge(run_id, after, db=db)


def _judge(run_id: UUID, after: int, *, db: Database) -> int | None:
    return db.as_worker(lambda tx: daily_limits.judge(tx, run_id=run_id, after=after, limit=JUDGED_AT_ONCE))


def closed(run: RunState) -> Closed | None:
    """Why the day in progress lets none of the pending messages go; None if it lets one go, or there is no limit."""
    reason = by_day(run)
    if reason is None or run.day_ends_at is None:
        return None
    # Nearly due tickets get permits up to two seconds before their slots: an earlier one would find the day still used.
    return Closed(reason, run.day_ends_at + timedelta(seconds=PERMIT_AHEAD_SECONDS))


def claimable(run: RunState) -> int:
    """How many pending messages tickets are issued for: those of this day, until tickets reach into the next one."""
    ahead = run.now + timedelta(seconds=TICKETS_AHEAD_SECONDS)
    if not run.limited or run.day_ends_at is None or run.day_ends_at <= ahead:
        return run.pending
    return run.claimable if run.messages_left is None else min(run.claimable, run.messages_left)
