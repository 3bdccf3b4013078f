"""Permits: when the next post may happen under the limits of its connection and its campaign."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.pacing import PERMIT_AHEAD_SECONDS, WINDOW_SECONDS
from hidra.settings import SENDER_TIMEOUT_SECONDS
from hidra.store.db import Tx
from hidra.store.room import SLOW, WHOLE


@dataclass(frozen=True)
class Permit:
    """The earliest slot, and ``now``, both by the database's clock; ``granted``: the slot is recorded.

    ``slow``: the slot is refused, because the connection's server leaves a request unanswered for long, or as many as
    the connection's share for seconds.
    """

    slot: datetime
    now: datetime
    granted: bool
    slow: bool = False


# The rows in pace_limits, the connection's first: the one lock order.
LOCK_LIMITS = """
select from hidra.pace_limits where subject in (%(connection_id)s, %(campaign_id)s)
order by (subject = %(campaign_id)s) for update
"""
# A statement of its own, so that it reads its clock after the locks are taken. Slots half a spacing apart let a run
# catch up after a stall; at most `rate` slots in every window keep it under the limit.
PERMIT = f"""
with moment as (
    select coalesce(%(now)s::timestamptz, clock_timestamp()) as now
), limits as (
    select l.subject, l.user_id, greatest(
        moment.now,
        (select max(s.slot) from hidra.pace_slots s where s.subject = l.subject) + make_interval(secs => 30.0 / l.rate),
        (select s.slot from hidra.pace_slots s where s.subject = l.subject
            order by s.slot desc offset l.rate - 1 limit 1) + %(window)s,
        (select r.open_from from hidra.campaign_runs r where r.id = %(run_id)s::uuid)
    ) as earliest
    from hidra.pace_limits l, moment
    where l.subject in (%(connection_id)s, %(campaign_id)s)
), server as (
    select {SLOW} as slow
), decision as (
    select max(earliest) as slot, not bool_or(slow) and max(earliest) <= max(now) + %(ahead)s as granted,
        bool_or(slow) as slow
    from limits, moment, server
), pruned as (
    delete from hidra.pace_slots s using moment
    where s.subject in (%(connection_id)s, %(campaign_id)s) and s.slot < moment.now - %(window)s - interval '0.5 s'
), recorded as (
    insert into hidra.pace_slots (subject, user_id, slot)
    select limits.subject, limits.user_id, decision.slot from limits, decision where decision.granted
)
select decision.slot, moment.now, decision.granted, decision.slow from decision, moment
where (select count(*) from limits) = %(limits)s
"""  # noqa: S608 - made of constants
# The trigger pace_limits_lowered writes lowered_at, whichever statement lowers a rate.
LOWERED_SINCE = """
select exists (
    select from hidra.pace_limits
    where subject in (%(connection_id)s, %(campaign_id)s) and lowered_at > %(since)s
)
"""
FORGET = """
delete from hidra.pace_slots where subject in (%(connection_id)s, %(campaign_id)s) and slot = %(slot)s
"""


def permit(
    tx: Tx,
    *,
    connection_id: UUID,
    campaign_id: UUID | None,
    run_id: UUID | None = None,
    sender_timeout: timedelta = timedelta(seconds=SENDER_TIMEOUT_SECONDS),
    share: int = WHOLE,
    now: datetime | None = None,
) -> Permit | None:
    """Returns the next slot of both limits, and records it if it is at most 2 s ahead and the server is not slow.

    Without a campaign the connection's limit is the only one. No slot comes before the sending window of the run, if
    one is given, opens. ``share``: as in ``claims.claim``. ``now`` replaces the
    database's clock for the slots in tests. None: the connection or the campaign is gone.
    """
    tx.run(LOCK_LIMITS, connection_id=connection_id, campaign_id=campaign_id)
    return tx.row(
        Permit,
        PERMIT,
        connection_id=connection_id,
        campaign_id=campaign_id,
        run_id=run_id,
        limits=1 if campaign_id is None else 2,
        now=now,
        window=timedelta(seconds=WINDOW_SECONDS),
        ahead=timedelta(seconds=PERMIT_AHEAD_SECONDS),
        sender_timeout=sender_timeout,
        share=share,
    )


def lowered_since(tx: Tx, *, connection_id: UUID, campaign_id: UUID | None, since: datetime) -> bool:
    """Whether one of the two limits was lowered after a permit of that time, which is void then."""
    return bool(tx.value(LOWERED_SINCE, connection_id=connection_id, campaign_id=campaign_id, since=since))


def forget(tx: Tx, *, connection_id: UUID, campaign_id: UUID | None, slot: datetime) -> None:
    """Frees a recorded slot under both limits: nothing was posted in it."""
    tx.run(FORGET, connection_id=connection_id, campaign_id=campaign_id, slot=slot)
