"""Permits: when the next post may happen under the limits of its connection and its campaign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.pacing import (
    FIRST_SLOT_SECONDS,
    IDLE_SPACINGS,
    PERMIT_AHEAD_SECONDS,
    PLAN_BEHIND_SECONDS,
    PLAN_SECONDS,
    PLAN_SLACK,
    WINDOW_SECONDS,
    Plan,
)
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


@dataclass(frozen=True)
class RunPace:
    """The limits of a run and of its connection, and the rates of the ``others`` that have work on the connection."""

    rate: int
    plan: datetime | None
    connection_rate: int
    connection_plan: datetime | None
    others: Sequence[int]

    @property
    def deciding(self) -> Plan | None:
        """The later plan of the two: its limit decides on the next slot. None before the first slot."""
        plans = [(self.plan, self.rate), (self.connection_plan, self.connection_rate)]
        return max((Plan(at, rate) for at, rate in plans if at), key=lambda plan: plan.next, default=None)


# The rows in pace_limits, the connection's first: the one lock order.
LOCK_LIMITS = """
select from hidra.pace_limits where subject in (%(connection_id)s, %(campaign_id)s)
order by (subject = %(campaign_id)s) for update
"""
# The same each time that a planned slot is asked for: a ticket that was delayed until then must not find it later.
CHANCE = "(hashtextextended(l.subject::text || extract(epoch from l.plan), 0) & 1048575) / 1048576.0"
# A statement of its own, so that it reads its clock after the locks are taken. Slots half a spacing apart let a run
# catch up after a stall; at most `rate` slots in every window keep it under the limit.
PERMIT = f"""
with moment as (
    select coalesce(%(now)s::timestamptz, clock_timestamp()) as now,
        (select k.jitter from hidra.evolution_api_config k where k.id = %(connection_id)s) as jitter
),
-- The plan of each limit, with the bounds of a next slot that are no limits, and its slot a window ago. The plan of a
-- campaign begins when its sending window opens.
paced as (
    select l.subject, l.user_id, l.rate, greatest(run.open_from, case
            when l.plan is null then moment.now + interval '{FIRST_SLOT_SECONDS} s'
            when last.slot >= idle.since then l.plan
            else greatest(l.plan, moment.now)
        end) as plan,
        last.slot is null or last.slot < idle.since as begins,
        coalesce(%(chance)s::float8, {CHANCE}) as chance,
        {PLAN_SECONDS}::float8 / l.rate as spacing, {PLAN_SLACK}::float8 * l.rate / {1 + PLAN_SLACK}::float8 as gain,
        last.slot as last_slot, before.slot as slot_before, before.shift as shift_before
    from hidra.pace_limits l cross join moment
    left join hidra.campaign_runs run on run.id = %(run_id)s::uuid and run.campaign_id = l.subject
    cross join lateral (select max(s.slot) as slot from hidra.pace_slots s where s.subject = l.subject) last
    cross join lateral (
        select moment.now - greatest(
            interval '{PLAN_BEHIND_SECONDS} s',
            make_interval(secs => {IDLE_SPACINGS * PLAN_SECONDS}::float8 / l.rate)
        ) as since
    ) idle
    left join hidra.pace_slots before on before.subject = l.subject and before.slot = (
        select s.slot from hidra.pace_slots s where s.subject = l.subject
        order by s.slot desc offset l.rate - 1 limit 1
    )
    where l.subject in (%(connection_id)s, %(campaign_id)s)
),
-- How much later than planned: as the slot a window ago, less what the plan gains on the window, so that the window
-- does not hold the slot up. Where this would be less than nothing, anew. A limit that begins is not late: its plan is
-- kept with its first slot only, and a ticket would meet another one each time that it asks.
shifted as (
    select paced.*, case
        when begins then 0
        when shift_before is null then chance * jitter
        when shift_before >= gain then shift_before - gain
        else jitter - chance * least(jitter, gain)
    end as shift
    from paced cross join moment
), limits as (
    select s.subject, s.user_id, s.plan, s.spacing, s.shift, greatest(
        moment.now,
        s.last_slot + make_interval(secs => 30.0 / s.rate),
        s.slot_before + %(window)s,
        s.plan + make_interval(secs => s.shift * s.spacing)
    ) as earliest
    from shifted s cross join moment
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
    insert into hidra.pace_slots (subject, user_id, slot, shift)
    select limits.subject, limits.user_id, decision.slot, limits.shift from limits, decision where decision.granted
),
-- A limit that did not decide falls behind its plan. It catches up a part of that only.
planned as (
    update hidra.pace_limits l set plan = greatest(
        limits.plan,
        decision.slot - make_interval(secs => limits.shift * limits.spacing) - interval '{PLAN_BEHIND_SECONDS} s'
    ) + make_interval(secs => limits.spacing)
    from limits, decision where decision.granted and l.subject = limits.subject
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
FORGET = f"""
with freed as (
    delete from hidra.pace_slots where subject in (%(connection_id)s, %(campaign_id)s) and slot = %(slot)s
    returning subject
)
update hidra.pace_limits l set plan = l.plan - make_interval(secs => {PLAN_SECONDS}::float8 / l.rate)
from freed where l.subject = freed.subject
"""  # noqa: S608 - made of constants
# The rates of the other runs on the connection of a campaign c that can use tickets, when this one can, at first.slot:
# a run that only has doubts left may stay open for a day, and sending windows may be closed.
OTHERS = """array(
    select o.rate from hidra.campaigns other
    join hidra.campaign_runs its on its.campaign_id = other.id and its.ended_at is null
    join hidra.pace_limits o on o.subject = other.id
    where other.user_id = c.user_id and other.status = 'running'
        and other.evolution_config_id = c.evolution_config_id and other.id <> c.id
        and (its.open_from is null or its.open_from <= first.slot)
        and (its.open_until is null or its.open_until > first.slot)
        and exists (select from hidra.campaign_messages m where m.run_id = its.id and m.status = 'pending')
)"""
OF_RUN = f"""
select own.rate, own.plan, k.rate as connection_rate, k.plan as connection_plan, {OTHERS} as others
from hidra.campaign_runs r
cross join lateral (select greatest(clock_timestamp(), r.open_from) as slot) first
join hidra.campaigns c on c.id = r.campaign_id
join hidra.pace_limits own on own.subject = c.id
join hidra.pace_limits k on k.subject = c.evolution_config_id
where r.id = %(run_id)s
"""  # noqa: S608 - made of constants


def permit(
    tx: Tx,
    *,
    connection_id: UUID,
    campaign_id: UUID | None,
    run_id: UUID | None = None,
    sender_timeout: timedelta = timedelta(seconds=SENDER_TIMEOUT_SECONDS),
    share: int = WHOLE,
    now: datetime | None = None,
    chance: float | None = None,
) -> Permit | None:
    """Returns the next slot of both limits, and records it if it is at most 2 s ahead and the server is not slow.

    Without a campaign the connection's limit is the only one. No slot comes before the sending window of the run, if
    one is given, opens. ``share``: as in ``claims.claim``. ``now`` replaces the database's clock for the slots in
    tests, and ``chance`` (from 0 to below 1) its random number. None: the connection or the campaign is gone.
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
        chance=chance,
        window=timedelta(seconds=WINDOW_SECONDS),
        ahead=timedelta(seconds=PERMIT_AHEAD_SECONDS),
        sender_timeout=sender_timeout,
        share=share,
    )


def lowered_since(tx: Tx, *, connection_id: UUID, campaign_id: UUID | None, since: datetime) -> bool:
    """Whether one of the two limits was lowered after a permit of that time, which is void then."""
    return bool(tx.value(LOWERED_SINCE, connection_id=connection_id, campaign_id=campaign_id, since=since))


def forget(tx: Tx, *, connection_id: UUID, campaign_id: UUID | None, slot: datetime) -> None:
    """Frees a recorded slot under both limits: nothing was posted in it. Locks them, so before other rows."""
    tx.run(LOCK_LIMITS, connection_id=connection_id, campaign_id=campaign_id)
    tx.run(FORGET, connection_id=connection_id, campaign_id=campaign_id, slot=slot)


def of_run(tx: Tx, *, run_id: UUID) -> RunPace | None:
    """Returns the limits of an open run; None if its campaign has no connection."""
    return tx.row(RunPace, OF_RUN, run_id=run_id)
