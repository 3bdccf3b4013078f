"""What a pass reads of a campaign's open run: its state, refusals, doubts, and why it has sent nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.circuit import AMONG, REFUSALS
from hidra.domain.connection_error import ConnectionErrorCode
from hidra.domain.message import PROVIDER_FAILED
from hidra.domain.send_window import SendWindow
from hidra.store.circuit import DELAYING_PROBE, DISTRUSTED, SLOW
from hidra.store.daily_limits import LIMITED, TODAY
from hidra.store.db import Tx
from hidra.store.send_windows import EFFECTIVE

NEAR = 1_000  # by id

# The pending messages of a run r that the limit of first contacts of the day d lets go, as far as they matter.
_CLAIMABLE = """(
    select count(*) from (
        select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'pending' and not m.first_contact
        limit c.max_messages_per_minute * 5
    ) known
) + (
    select count(*) from (
        select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'pending' and m.first_contact
        limit least(
            c.max_messages_per_minute * 5,
            greatest(0, coalesce(d.first_contact_limit - d.first_contacts - d.first_contacts_before, 0))
        )
    ) first
)"""
# The count of pending messages stops where more change nothing: 130 s take at most 2.2 tickets for a message a minute.
STATE = f"""
select r.id as run_id, r.ticketed_until, r.ticketed_rate, r.user_id, c.evolution_config_id as connection_id,
    k.status as connection, k.error_message, k.error_code, {DISTRUSTED} as distrusted, k.distrust_reason,
    k.distrust_code, {SLOW} as slow, {DELAYING_PROBE} as probed_at,
    moment.now, {EFFECTIVE} as send_window,
    waiting.pending, waiting.ready, {LIMITED} as limited, d.open_until, d.ends_at as day_ends_at, d.message_limit,
    d.first_contact_limit,
    case when d.message_limit is not null then greatest(0, d.message_limit - d.messages - d.messages_before) end
        as messages_left,
    case when k.max_first_contacts_per_day is null then waiting.pending else {_CLAIMABLE} end as claimable,
    exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'sending')
        or exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'unknown') as in_flight
from (select clock_timestamp() as now) moment
cross join hidra.campaigns c
join hidra.campaign_runs r on r.campaign_id = c.id and r.ended_at is null
left join hidra.evolution_api_config k on k.id = c.evolution_config_id and k.deleted_at is null
left join hidra.pace_limits l on l.subject = k.id
{TODAY}
cross join lateral (
    select count(*) as pending, coalesce(bool_or(not_before is null or not_before <= now()), false) as ready
    from (
        select m.not_before from hidra.campaign_messages m where m.run_id = r.id and m.status = 'pending'
        limit c.max_messages_per_minute * 5
    ) counted
) waiting
where c.id = %(campaign_id)s
"""  # noqa: S608 - made of constants
# Messages are claimed in the order of their ids, first contacts and others each, if they are limited: so those of about
# the same time are neighbours. Nothing is counted if
# the latest refusals lie far apart, or no message is pending.
REFUSALS_IN_RUN = f"""
with kinds as (
    select r.user_id, r.id as run_id, r.resumed_at, limits.first_contacts, kind.first_contact
    from hidra.campaign_runs r
    join hidra.campaigns c on c.id = r.campaign_id
    left join hidra.evolution_api_config k on k.id = c.evolution_config_id
    cross join lateral (select k.max_first_contacts_per_day is not null as first_contacts) limits
    cross join lateral (select false union all select true where limits.first_contacts) as kind (first_contact)
    where r.campaign_id = %(campaign_id)s and r.ended_at is null
), latest as (
    select kinds.user_id, kinds.run_id, kinds.first_contacts, kinds.first_contact, m.id
    from kinds cross join lateral (
        select m.id from hidra.campaign_messages m
        where m.run_id = kinds.run_id and m.error_code = '{PROVIDER_FAILED}'
            and m.claimed_at > coalesce(kinds.resumed_at, '-infinity')
            and (not kinds.first_contacts or coalesce(m.first_contact, false) = kinds.first_contact)
        order by m.run_id desc, m.id desc limit %(refusals)s
    ) m
), span as (
    select user_id, run_id, first_contacts, first_contact, min(id) as first from latest
    group by user_id, run_id, first_contacts, first_contact
    having count(*) = %(refusals)s and max(id) - min(id) < {NEAR}
)
select span.user_id, (
    select count(*) from (
        select from hidra.campaign_messages m
        where m.id between span.first and span.first + {NEAR} and m.run_id = span.run_id and m.acked_at is not null
            and (not span.first_contacts or coalesce(m.first_contact, false) = span.first_contact)
        limit %(among)s + 1
    ) near
) as answered
from span
where (select true from hidra.campaign_messages m where m.run_id = span.run_id and m.status = 'pending' limit 1)
order by answered
"""  # noqa: S608 - made of constants
# Of a run without a pending message; empty while a message is being sent, which may be pending again afterwards.
DOUBTS = """
select count(*) as messages, max(m.claimed_at) as latest_claim from hidra.campaign_messages m
where m.run_id = %(run_id)s and m.status = 'unknown'
    and not exists (select from hidra.campaign_messages s where s.run_id = %(run_id)s and s.status = 'sending')
having count(*) > 0
"""
ANY_CLAIMED = """
select exists (
    select from hidra.campaign_messages m where m.run_id = %(run_id)s and (m.claimed_at is not null or m.attempts > 0)
)
"""
REASONS = """
select error_code, count(*) as recipients from hidra.campaign_messages
where run_id = %(run_id)s group by error_code order by recipients desc, error_code
"""
BODY = "select body from hidra.campaign_runs where id = %(run_id)s"


@dataclass(frozen=True)
class RunState:
    """What a pass reads of an open run; the connection's part is None if the campaign has none.

    ``probed_at``: the time of the last probe, if it closed no circuit. ``slow``: its server answers slowly.
    ``ready``: at least one pending message may be sent now. ``limited``: the connection has limits of a day; those of
    the day in progress are None where there is none. ``claimable``: pending messages that its first contacts allow.
    """

    run_id: UUID
    ticketed_until: datetime | None
    ticketed_rate: int | None
    user_id: UUID
    connection_id: UUID | None
    connection: EvolutionConnectionStatus | None
    error_message: str | None
    error_code: ConnectionErrorCode | None
    distrusted: bool
    distrust_reason: str | None
    distrust_code: ConnectionErrorCode | None
    slow: bool
    probed_at: datetime | None
    now: datetime
    send_window: SendWindow | None
    pending: int
    ready: bool
    limited: bool
    open_until: datetime | None
    day_ends_at: datetime | None
    message_limit: int | None
    first_contact_limit: int | None
    messages_left: int | None
    claimable: int
    in_flight: bool


@dataclass(frozen=True)
class RefusalStreak:
    """The latest messages that WhatsApp refused, and how many it ``answered`` in that time."""

    user_id: UUID
    answered: int


@dataclass(frozen=True)
class Doubts:
    """How many messages are in doubt, and when the last of them was claimed."""

    messages: int
    latest_claim: datetime


@dataclass(frozen=True)
class _Counted:
    error_code: str
    recipients: int


def state(tx: Tx, *, campaign_id: UUID) -> RunState | None:
    """Returns the state of the campaign's open run; None without one."""
    return tx.row(RunState, STATE, campaign_id=campaign_id)


def refused(tx: Tx, *, campaign_id: UUID) -> RefusalStreak | None:
    """Returns the refusals that are to pause the campaign, of messages claimed since the last resume; or None."""
    found = tx.row(RefusalStreak, REFUSALS_IN_RUN, campaign_id=campaign_id, refusals=REFUSALS, among=AMONG)
    return found if found and found.answered <= AMONG else None


def doubts(tx: Tx, *, run_id: UUID) -> Doubts | None:
    """Returns the doubts of a run without a pending message, if nothing else is left of it."""
    return tx.row(Doubts, DOUBTS, run_id=run_id)


def never_claimed(tx: Tx, *, run_id: UUID) -> dict[str, int] | None:
    """Counts a drained run's recipients by error code if no sender has claimed one of them; otherwise None."""
    if tx.value(ANY_CLAIMED, run_id=run_id):
        return None
    return {row.error_code: row.recipients for row in tx.rows(_Counted, REASONS, run_id=run_id)}


def body(tx: Tx, *, run_id: UUID) -> str:
    """Returns the text that the run froze."""
    return str(tx.value(BODY, run_id=run_id))
