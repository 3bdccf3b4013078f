"""When a scheduled campaign starts: the times that a user may set, and how long its nudge is delayed."""

from datetime import datetime
from math import ceil

from hidra.errors import Field, Rejected

# The clock ticks each minute, so each start gets a nudge from two ticks at least: one may be lost.
NUDGE_AHEAD_SECONDS = 130
EARLY_SECONDS = 5  # a nudge that is early by at most this is queued again: clocks differ


def check_times(*, scheduled_at: datetime, not_after: datetime | None, now: datetime) -> None:
    """
    Raises:
        Rejected: the start is in the past, or not before ``not_after``.
    """
    if scheduled_at < now:
        raise Rejected(
            "A campaign cannot be scheduled in the past.",
            code="wrong-times",
            fields=[Field("scheduled_at", "is past")],
        )
    if not_after is not None and not_after <= scheduled_at:
        raise Rejected(
            "The last moment to start must be later than the first.",
            code="wrong-times",
            fields=[Field("not_after", "must be later than scheduled_at")],
        )


def nudge_delay(scheduled_at: datetime, now: datetime) -> int | None:
    """For how many whole seconds a queue delays the nudge that starts a campaign; None: a tick of the clock serves it.

    The nudge is due at the start or less than a second after it, never before: SQS delivers no message early.
    """
    seconds = (scheduled_at - now).total_seconds()
    return None if seconds > NUDGE_AHEAD_SECONDS else max(0, ceil(seconds))
