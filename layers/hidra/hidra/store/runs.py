"""Runs of campaigns: what a pass reads of one, and how it ends. Its start is in freeze.py."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.blocked import Blocked
from hidra.domain.campaign import CampaignStatus, EvolutionConnectionStatus
from hidra.domain.circuit import AMONG, REFUSALS
from hidra.domain.message import PROVIDER_FAILED
from hidra.domain.send_window import SendWindow
from hidra.domain.start import NUDGE_AHEAD_SECONDS
from hidra.store import blocked
from hidra.store.circuit import DELAYING_PROBE, DISTRUSTED, SLOW
from hidra.store.daily_limits import LIMITED, TODAY
from hidra.store.db import Tx
from hidra.store.send_windows import EFFECTIVE

NEAR = 1_000  # by id

# Skip locked: a campaign that another pass or a user's action holds needs no pass now.
LOCK = """
select c.id, c.user_id, c.status, c.scheduled_at <= now() as due, c.not_after,
    coalesce(c.not_after < now(), false) and not exists (
        select from hidra.campaign_runs r where r.campaign_id = c.id and r.ended_at is null
    ) as expired,
    c.segment_id, c.template_id, c.evolution_config_id, c.scheduled_by, s.total_contacts,
    exists (select from hidra.campaign_runs r where r.campaign_id = c.id) as is_retry
from hidra.campaigns c
join hidra.contact_segments s on s.id = c.segment_id
where c.id = %(campaign_id)s
for update of c skip locked
"""
FAIL_START = f"""
update hidra.campaigns set status = 'failed', completed_at = clock_timestamp(), {blocked.SET}
where id = %(campaign_id)s and status = 'scheduled'
"""  # noqa: S608 - made of constants
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
    k.status as connection, k.error_message, {DISTRUSTED} as distrusted, k.distrust_reason, {SLOW} as slow,
    {DELAYING_PROBE} as probed_at,
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
BLOCK = f"""
update hidra.campaigns set {blocked.SET}
where id = %(campaign_id)s and (blocked_code, blocked_params, blocked_reason)
    is distinct from (%(blocked_code)s::text, %(blocked_params)s::jsonb, %(blocked_reason)s::text)
"""  # noqa: S608 - made of constants
# Of a run without a pending message; empty while a message is being sent, which may be pending again afterwards.
DOUBTS = """
select count(*) as messages, max(m.claimed_at) as latest_claim from hidra.campaign_messages m
where m.run_id = %(run_id)s and m.status = 'unknown'
    and not exists (select from hidra.campaign_messages s where s.run_id = %(run_id)s and s.status = 'sending')
having count(*) > 0
"""
TICKETED = """
update hidra.campaign_runs set ticketed_until = %(until)s, ticketed_rate = %(rate)s, requeue_at = null
where id = %(run_id)s
"""
AWAIT_ROOM = """
update hidra.campaign_runs set requeue_at = clock_timestamp() + %(after)s
where id = %(run_id)s and ended_at is null
"""
STOP_AWAITING_ROOM = """
update hidra.campaign_runs set requeue_at = null where id = %(run_id)s and requeue_at is not null
returning true
"""
# The runs of the connection that wait for room: usually none, and at most one sender finds each. A row that is locked
# belongs to another sender, or to a pass that looks for room itself after its commit.
TAKE_AWAITING_ROOM = """
update hidra.campaign_runs r set requeue_at = null
from (
    select w.id, w.requeue_at from hidra.campaign_runs w
    join hidra.campaigns c on c.id = w.campaign_id and c.evolution_config_id = %(connection_id)s
    where w.user_id = %(user_id)s and w.requeue_at is not null and w.ended_at is null
    order by w.id for update of w skip locked
) waiting
where r.id = waiting.id
returning r.user_id, r.campaign_id,
    greatest(0, ceil(extract(epoch from waiting.requeue_at - clock_timestamp())))::integer as seconds
"""
SUM_UP = """
select case when exists (
        select from hidra.campaign_runs r join hidra.campaign_runs e on e.campaign_id = r.campaign_id
        where r.id = %(run_id)s and e.started_at < r.started_at
    ) then 'retry' else 'first_send' end as kind,
    count(*) as total, count(*) filter (where status in ('sent', 'delivered', 'read')) as sent,
    count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'skipped') as skipped
from hidra.campaign_messages where run_id = %(run_id)s
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
EVERYTHING_FAILED = """
select failed = total_messages or %(unsent)s and delivered + pending = 0
from hidra.campaign_metrics where campaign_id = %(campaign_id)s
"""
END_RUN = """
update hidra.campaign_runs
set status = %(status)s, ended_at = clock_timestamp(), summary = %(summary)s, requeue_at = null
where id = %(run_id)s and ended_at is null
"""
END_CAMPAIGN = f"""
update hidra.campaigns set status = %(status)s, completed_at = clock_timestamp(), {blocked.SET}
where id = %(campaign_id)s and status = 'running'
"""  # noqa: S608 - made of constants
NOTE_DRAINED = """
update hidra.campaign_runs r set drained_at = clock_timestamp()
where r.id = %(run_id)s and r.drained_at is null and r.ended_at is null
    and not exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'pending')
    and not exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'sending')
    and not exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'unknown')
returning true
"""
RUNNING_ON = """
select user_id, id as campaign_id from hidra.campaigns
where evolution_config_id = %(connection_id)s and status = 'running'
    and user_id = (select user_id from hidra.evolution_api_config where id = %(connection_id)s)
"""
SECONDS_UNTIL_START = """
select extract(epoch from scheduled_at - clock_timestamp())::float8 from hidra.campaigns
where id = %(campaign_id)s and status = 'scheduled'
"""
DUE_CAMPAIGNS = """
select user_id, id as campaign_id, case when status = 'scheduled'
    then greatest(0, ceil(extract(epoch from scheduled_at - clock_timestamp())))::integer else 0 end as seconds
from hidra.campaigns
where (status = 'scheduled' and scheduled_at <= now() + make_interval(secs => %(ahead)s)) or status = 'running'
union all
select r.user_id, r.campaign_id, 0 from hidra.campaign_runs r
join hidra.campaigns c on c.id = r.campaign_id
where r.ended_at is null and c.status = 'canceled'
order by seconds
"""


@dataclass(frozen=True)
class LockedCampaign:
    """A campaign whose row this transaction locks.

    ``expired``: it was to start by now. ``is_retry``: it has run before, or a retry is frozen in part.
    """

    id: UUID
    user_id: UUID
    status: CampaignStatus
    due: bool | None
    not_after: datetime | None
    expired: bool
    segment_id: UUID
    template_id: UUID
    evolution_config_id: UUID | None
    scheduled_by: UUID | None
    total_contacts: int
    is_retry: bool


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
    distrusted: bool
    distrust_reason: str | None
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


@dataclass(frozen=True)
class Summary:
    """A run and its recipients at its end; later statuses and retries change the campaign's metrics, not this."""

    kind: str
    total: int
    sent: int
    failed: int
    skipped: int


@dataclass(frozen=True)
class DueCampaign:
    """A campaign that needs a pass, in so many seconds."""

    user_id: UUID
    campaign_id: UUID
    seconds: int = 0


def lock(tx: Tx, *, campaign_id: UUID) -> LockedCampaign | None:
    """Returns the campaign, locked; None if it is gone, or locked by another pass or a user's action."""
    return tx.row(LockedCampaign, LOCK, campaign_id=campaign_id)


def fail_start(tx: Tx, *, campaign_id: UUID, reason: Blocked) -> None:
    """Ends a scheduled campaign that cannot start; the reason is what its owner reads."""
    tx.run(FAIL_START, campaign_id=campaign_id, **blocked.parameters(reason))


def state(tx: Tx, *, campaign_id: UUID) -> RunState | None:
    """Returns the state of the campaign's open run; None without one."""
    return tx.row(RunState, STATE, campaign_id=campaign_id)


def refused(tx: Tx, *, campaign_id: UUID) -> RefusalStreak | None:
    """Returns the refusals that are to pause the campaign, of messages claimed since the last resume; or None."""
    found = tx.row(RefusalStreak, REFUSALS_IN_RUN, campaign_id=campaign_id, refusals=REFUSALS, among=AMONG)
    return found if found and found.answered <= AMONG else None


def block(tx: Tx, *, campaign_id: UUID, reason: Blocked | None) -> None:
    """Records why a running campaign does not send; None: nothing blocks it."""
    tx.run(BLOCK, campaign_id=campaign_id, **blocked.parameters(reason))


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


def note_tickets(tx: Tx, *, run_id: UUID, until: datetime | None, rate: int | None) -> None:
    """Records until when tickets are issued, and at which rate, before they are.

    None: tickets already issued will not claim a message.
    """
    tx.run(TICKETED, run_id=run_id, until=until, rate=rate)


def await_room(tx: Tx, *, run_id: UUID, after: timedelta) -> None:
    """Lets the next post that ends on the run's connection ask for a pass, which comes after that time at the earliest.

    Look for room again after the commit: a post may have ended meanwhile, and then no sender asks.
    """
    tx.run(AWAIT_ROOM, run_id=run_id, after=after)


def stop_awaiting_room(tx: Tx, *, run_id: UUID) -> bool:
    """Returns whether the run waited for room, and no sender has asked for its pass."""
    return bool(tx.value(STOP_AWAITING_ROOM, run_id=run_id))


def take_awaiting_room(tx: Tx, *, user_id: UUID, connection_id: UUID) -> list[DueCampaign]:
    """Returns the campaigns whose runs wait for room on the connection, for the caller to ask for their passes.

    Call it after the commit that freed the room.
    """
    return tx.rows(DueCampaign, TAKE_AWAITING_ROOM, user_id=user_id, connection_id=connection_id)


def end(tx: Tx, *, campaign_id: UUID, run_id: UUID, canceled: bool, unsent: Blocked | None = None) -> CampaignStatus:
    """Ends a drained run and its campaign: as canceled, as failed, or as completed.

    It failed if every message of all runs failed, or if no recipient of all runs was sent one.

    Args:
        unsent: why the run sent nothing, if it did not; it stays readable.
    """
    summary = tx.row(Summary, SUM_UP, run_id=run_id)
    if summary is None:
        raise AssertionError("an aggregate returns a row")
    status = CampaignStatus.COMPLETED
    if canceled:
        status = CampaignStatus.CANCELED
    elif tx.value(EVERYTHING_FAILED, campaign_id=campaign_id, unsent=unsent is not None):
        status = CampaignStatus.FAILED
    tx.run(END_RUN, run_id=run_id, status=status, summary=Jsonb(asdict(summary)))
    tx.run(END_CAMPAIGN, campaign_id=campaign_id, status=status, **blocked.parameters(unsent))
    return status


def note_drained(tx: Tx, *, run_id: UUID) -> bool:
    """Records that the run is drained; True for the one sender that finds it so first."""
    return bool(tx.value(NOTE_DRAINED, run_id=run_id))


def running_on(tx: Tx, *, connection_id: UUID) -> list[DueCampaign]:
    """Returns the running campaigns of a connection."""
    return tx.rows(DueCampaign, RUNNING_ON, connection_id=connection_id)


def seconds_until_start(tx: Tx, *, campaign_id: UUID) -> float | None:
    """Returns the seconds until a scheduled campaign is to start; negative if it is due, None if not scheduled."""
    found: float | None = tx.value(SECONDS_UNTIL_START, campaign_id=campaign_id)
    return found


def due_campaigns(tx: Tx) -> list[DueCampaign]:
    """Returns campaigns that are running, that start soon, or that are canceled with a run that has not ended."""
    return tx.rows(DueCampaign, DUE_CAMPAIGNS, ahead=NUDGE_AHEAD_SECONDS)
