"""Local days of connections: written by passes and saves, counted by claims, taken back where nothing arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hidra.domain.daily_limits import CLOSED_BEFORE_END_SECONDS, DailyLimits, Day, WarmUp, plan_days
from hidra.domain.message import OUTCOME_UNKNOWN
from hidra.store.db import Tx

# Whether a connection k has limits, so that it sends nothing without a day.
LIMITED = """
(num_nonnulls(k.max_messages_per_day, k.max_first_contacts_per_day, k.warm_up_since) > 0)
"""
# The day d of a connection k at moment.now.
TODAY = """
left join hidra.connection_days d
    on d.evolution_config_id = k.id and d.begins_at <= moment.now and d.ends_at > moment.now
"""
# Whether that day lets a campaign's message go. The lock on the connection's limit makes the count exact.
OPEN = f"""
(not {LIMITED} or coalesce(
    moment.now < d.open_until - interval '{CLOSED_BEFORE_END_SECONDS} s'
        and (d.message_limit is null or d.messages + d.messages_before < d.message_limit), false
))
"""
FIRST_CONTACTS_LEFT = "coalesce(d.first_contacts + d.first_contacts_before < d.first_contact_limit, false)"


def counted(first_contact: LiteralString) -> LiteralString:
    """Counts what `claimed` has claimed in the day of `target`, and as a first contact if that expression is true."""
    return f"""counted as (
    update hidra.connection_days d
    set messages = d.messages + 1, first_contacts = d.first_contacts + coalesce({first_contact}, false)::integer
    from claimed cross join target
    where d.evolution_config_id = %(connection_id)s and d.begins_at = target.day
)"""  # noqa: S608 - made of constants


def take_back(undone: LiteralString, *, only: LiteralString = "true") -> LiteralString:
    """Takes back what a statement undoes: in the day of its claim, so that no later day holds more than its limit.

    Args:
        undone: the statement; it returns evolution_config_id, counted_at and first_contact.
        only: whether to take it back.
    """
    return f"""with undone as (
    {undone}
)
update hidra.connection_days d
set messages = greatest(0, d.messages - 1),
    first_contacts = greatest(0, d.first_contacts - coalesce(undone.first_contact, false)::integer)
from undone
where d.evolution_config_id = undone.evolution_config_id
    and d.begins_at <= undone.counted_at and d.ends_at > undone.counted_at and {only}
"""  # noqa: S608 - made of constants


def first_contact(user_id: LiteralString, phone_hash: LiteralString) -> LiteralString:
    """Whether the person at a phone neither got a message from the user nor wrote.

    A message that is being sent, or is in doubt, may have arrived; a failed one has not.
    """
    return f"""(not exists (
        select from hidra.campaign_messages x
        where x.user_id = {user_id} and x.phone_hash = {phone_hash}
            and (x.status in ('sending', 'sent', 'delivered', 'read', 'unknown') or x.error_code = '{OUTCOME_UNKNOWN}')
        offset 0
    ) and not exists (
        select from hidra.opt_out_requests q where q.user_id = {user_id} and q.phone_hash = {phone_hash} offset 0
    ) and not exists (
        select from hidra.opt_outs o
        where o.user_id = {user_id} and o.phone_hash = {phone_hash} and o.source = 'reply' offset 0
    ))"""  # noqa: S608 - made of constants


# The run of a campaign whose recipients must be judged before it sends.
TO_JUDGE = """
select r.id from hidra.campaigns c
join hidra.campaign_runs r on r.campaign_id = c.id and r.ended_at is null and r.judged_at is null
join hidra.evolution_api_config k on k.id = c.evolution_config_id and k.max_first_contacts_per_day is not null
where c.id = %(campaign_id)s and c.status = 'running'
"""
JUDGE = f"""
with slice as (
    select m.id from hidra.campaign_messages m
    where m.run_id = %(run_id)s and m.status = 'pending' and m.id > %(after)s
    order by m.id limit %(limit)s for update
), judged as (
    update hidra.campaign_messages m set first_contact = {first_contact("m.user_id", "m.phone_hash")}
    where m.id in (select id from slice) and m.first_contact is null
)
select max(id) from slice
"""  # noqa: S608 - made of constants
# Those that were being sent meanwhile and may become pending again; without a judgement no claim would find them.
JUDGE_REST = """
update hidra.campaign_messages set first_contact = true
where run_id = %(run_id)s and status in ('pending', 'sending', 'unknown') and first_contact is null
"""
JUDGED = "update hidra.campaign_runs set judged_at = clock_timestamp() where id = %(run_id)s"
# The connection of a campaign that has no row for this moment, or for the day after it.
WITHOUT_DAYS = """
select k.id from hidra.campaigns c
join hidra.evolution_api_config k on k.id = c.evolution_config_id
where c.id = %(campaign_id)s and not (
    exists (
        select from hidra.connection_days d
        where d.evolution_config_id = k.id and d.begins_at <= clock_timestamp() and d.ends_at > clock_timestamp()
    ) and exists (
        select from hidra.connection_days d
        where d.evolution_config_id = k.id and d.begins_at > clock_timestamp()
    )
)
"""
LOCK = "select from hidra.pace_limits where subject = %(connection_id)s for update"
LIMITS = """
select max_messages_per_day, max_first_contacts_per_day, warm_up_since, warm_up_limits, time_zone
from hidra.evolution_api_config where id = %(connection_id)s
"""
NOW = "select clock_timestamp()"
DAYS = """
select begins_at, ends_at, open_until, message_limit, first_contact_limit, messages, first_contacts, messages_before,
    first_contacts_before
from hidra.connection_days
where evolution_config_id = %(connection_id)s and ends_at > %(now)s::timestamptz - interval '4 days' order by begins_at
"""
# Counts belong to claims and stay. A day that is made after it has begun counts the direct sends since then: they are
# sent without a pass.
WRITE = """
with gone as (
    delete from hidra.connection_days
    where evolution_config_id = %(connection_id)s
        and (ends_at < %(now)s::timestamptz - interval '8 days'
            or begins_at > %(now)s::timestamptz and begins_at <> all(%(begins)s::timestamptz[]))
)
insert into hidra.connection_days as d (evolution_config_id, user_id, begins_at, ends_at, open_until, message_limit,
    first_contact_limit, messages, messages_before, first_contacts_before)
select k.id, k.user_id, g.begins_at, g.ends_at, g.open_until, g.message_limit, g.first_contact_limit, (
        select count(*) from hidra.direct_sends s
        where s.user_id = k.user_id and s.evolution_config_id = k.id and s.claimed_at >= g.begins_at
            and s.claimed_at < g.ends_at
    ), g.messages_before, g.first_contacts_before
from hidra.evolution_api_config k
cross join unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[], %(open)s::timestamptz[],
    %(message_limits)s::integer[], %(first_contact_limits)s::integer[], %(messages_before)s::integer[],
    %(first_contacts_before)s::integer[])
    as g (begins_at, ends_at, open_until, message_limit, first_contact_limit, messages_before, first_contacts_before)
where k.id = %(connection_id)s
on conflict (evolution_config_id, begins_at) do update set ends_at = excluded.ends_at,
    open_until = excluded.open_until, message_limit = excluded.message_limit,
    first_contact_limit = excluded.first_contact_limit, messages_before = excluded.messages_before,
    first_contacts_before = excluded.first_contacts_before
"""


@dataclass(frozen=True)
class _Limits:
    max_messages_per_day: int | None
    max_first_contacts_per_day: int | None
    warm_up_since: date | None
    warm_up_limits: list[int] | None
    time_zone: str


def limits(tx: Tx, *, connection_id: UUID) -> DailyLimits:
    """Returns the limits of a connection."""
    row = tx.row(_Limits, LIMITS, connection_id=connection_id)
    if row is None:
        raise AssertionError("the row of a connection stays when it is deleted")
    warm_up = None
    if row.warm_up_since is not None and row.warm_up_limits is not None:
        warm_up = WarmUp(row.warm_up_since, tuple(row.warm_up_limits))
    return DailyLimits(row.max_messages_per_day, row.max_first_contacts_per_day, warm_up, row.time_zone)


def today(tx: Tx, *, connection_id: UUID) -> Day | None:
    """Returns the connection's day in progress, if it was written."""
    now = tx.value(NOW)
    days = latest(tx, connection_id=connection_id, now=now)
    return next((day for day in days if day.begins_at <= now < day.ends_at), None)


def latest(tx: Tx, *, connection_id: UUID, now: datetime) -> list[Day]:
    """Returns the connection's days that are written, from four days ago to tomorrow."""
    return tx.rows(Day, DAYS, connection_id=connection_id, now=now)


def write_days(
    tx: Tx, *, connection_id: UUID, limits: DailyLimits, before: DailyLimits, now: datetime | None = None
) -> None:
    """Writes the connection's current and next day, by its limits and by those that were in force before.

    The caller holds the lock on the connection's row in pace_limits. ``now`` replaces the database's clock in tests.
    """
    now = now or tx.value(NOW)
    planned = plan_days(now, limits, latest(tx, connection_id=connection_id, now=now), before=before)
    _write(tx, planned, connection_id=connection_id, now=now)


def prepare(tx: Tx, *, campaign_id: UUID) -> None:
    """Writes the current and the next day of the campaign's connection, unless they are there."""
    connection_id: UUID | None = tx.value(WITHOUT_DAYS, campaign_id=campaign_id)
    if connection_id is None:
        return
    tx.run(LOCK, connection_id=connection_id)
    found = limits(tx, connection_id=connection_id)
    write_days(tx, connection_id=connection_id, limits=found, before=found)


def run_to_judge(tx: Tx, *, campaign_id: UUID) -> UUID | None:
    """Returns the campaign's run if its recipients must be judged, because the connection limits first contacts."""
    run_id: UUID | None = tx.value(TO_JUDGE, campaign_id=campaign_id)
    return run_id


def judge(tx: Tx, *, run_id: UUID, after: int, limit: int) -> int | None:
    """Judges whether up to ``limit`` pending recipients of a run are first contacts; those judged before stay so.

    Returns:
        the last message of this slice, for ``after`` of the next one; None: all are judged.
    """
    last: int | None = tx.value(JUDGE, run_id=run_id, after=after, limit=limit)
    if last is None:
        tx.run(JUDGE_REST, run_id=run_id)
        tx.run(JUDGED, run_id=run_id)
    return last


def _write(tx: Tx, days: Sequence[Day], *, connection_id: UUID, now: datetime) -> None:
    tx.run(
        WRITE,
        connection_id=connection_id,
        now=now,
        begins=[day.begins_at for day in days],
        ends=[day.ends_at for day in days],
        open=[day.open_until for day in days],
        message_limits=[day.message_limit for day in days],
        first_contact_limits=[day.first_contact_limit for day in days],
        messages_before=[day.messages_before for day in days],
        first_contacts_before=[day.first_contacts_before for day in days],
    )
