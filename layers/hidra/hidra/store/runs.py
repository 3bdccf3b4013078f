"""Runs of campaigns: what a pass reads of one, and how it ends. Its start is in freeze.py."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.campaign import CampaignStatus, EvolutionConnectionStatus
from hidra.domain.circuit import AMONG, REFUSALS
from hidra.domain.message import PROVIDER_FAILED
from hidra.store.circuit import DISTRUSTED
from hidra.store.db import Tx

NEAR = 1_000  # by id

# Skip locked: a campaign that another pass or a user's action holds needs no pass now.
LOCK = """
select c.id, c.user_id, c.status, c.scheduled_at <= now() as due, coalesce(c.not_after < now(), false) as expired,
    c.segment_id, c.template_id, c.evolution_config_id, c.scheduled_by, s.total_contacts,
    exists (select from hidra.campaign_runs r where r.campaign_id = c.id) as is_retry
from hidra.campaigns c
join hidra.contact_segments s on s.id = c.segment_id
where c.id = %(campaign_id)s
for update of c skip locked
"""
FAIL_START = """
update hidra.campaigns set status = 'failed', completed_at = clock_timestamp(), blocked_reason = %(reason)s
where id = %(campaign_id)s and status = 'scheduled'
"""
# The count of pending messages stops where more change nothing: 130 s take at most 2.2 tickets for a message a minute.
STATE = f"""
select r.id as run_id, r.ticketed_until, r.user_id, c.evolution_config_id as connection_id, k.status as connection,
    k.error_message, {DISTRUSTED} as distrusted, k.distrust_reason,
    case when l.probed_at > k.acknowledged_until then l.probed_at end as probed_at,
    least(c.max_messages_per_minute, k.max_messages_per_minute) as rate, clock_timestamp() as now,
    waiting.pending, waiting.ready,
    exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'sending')
        or exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'unknown') as in_flight
from hidra.campaigns c
join hidra.campaign_runs r on r.campaign_id = c.id and r.ended_at is null
left join hidra.evolution_api_config k on k.id = c.evolution_config_id and k.deleted_at is null
left join hidra.pace_limits l on l.subject = k.id
cross join lateral (
    select count(*) as pending, coalesce(bool_or(not_before is null or not_before <= now()), false) as ready
    from (
        select m.not_before from hidra.campaign_messages m where m.run_id = r.id and m.status = 'pending'
        limit c.max_messages_per_minute * 5
    ) counted
) waiting
where c.id = %(campaign_id)s
"""  # noqa: S608 - made of constants
# Messages are claimed in the order of their ids, so those of about the same time are neighbours. Nothing is counted if
# the latest refusals lie far apart, or no message is pending.
REFUSALS_IN_RUN = f"""
with latest as (
    select r.user_id, m.run_id, m.id
    from hidra.campaign_runs r cross join lateral (
        select m.run_id, m.id from hidra.campaign_messages m
        where m.run_id = r.id and m.error_code = '{PROVIDER_FAILED}'
            and m.claimed_at > coalesce(r.resumed_at, '-infinity')
        order by m.run_id desc, m.id desc limit %(refusals)s
    ) m
    where r.campaign_id = %(campaign_id)s and r.ended_at is null
), span as (
    select user_id, run_id, min(id) as first from latest group by user_id, run_id
    having count(*) = %(refusals)s and max(id) - min(id) < {NEAR}
)
select span.user_id, (
    select count(*) from (
        select from hidra.campaign_messages m
        where m.id between span.first and span.first + {NEAR} and m.run_id = span.run_id and m.acked_at is not null
        limit %(among)s + 1
    ) near
) as answered
from span
where (select true from hidra.campaign_messages m where m.run_id = span.run_id and m.status = 'pending' limit 1)
"""  # noqa: S608 - made of constants
BLOCK = """
update hidra.campaigns set blocked_reason = %(reason)s
where id = %(campaign_id)s and blocked_reason is distinct from %(reason)s
"""
TICKETED = """
update hidra.campaign_runs set ticketed_until = %(until)s, requeue_at = null where id = %(run_id)s
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
select count(*) as total, count(*) filter (where status in ('sent', 'delivered', 'read')) as sent,
    count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'skipped') as skipped
from hidra.campaign_messages where run_id = %(run_id)s
"""
EVERYTHING_FAILED = """
select failed = total_messages from hidra.campaign_metrics where campaign_id = %(campaign_id)s
"""
END_RUN = """
update hidra.campaign_runs
set status = %(status)s, ended_at = clock_timestamp(), summary = %(summary)s, requeue_at = null
where id = %(run_id)s and ended_at is null
"""
END_CAMPAIGN = """
update hidra.campaigns set status = %(status)s, completed_at = clock_timestamp(), blocked_reason = null
where id = %(campaign_id)s and status = 'running'
"""
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
DUE_CAMPAIGNS = """
select user_id, id as campaign_id from hidra.campaigns
where (status = 'scheduled' and scheduled_at <= now()) or status = 'running'
union all
select r.user_id, r.campaign_id from hidra.campaign_runs r
join hidra.campaigns c on c.id = r.campaign_id
where r.ended_at is null and c.status = 'canceled'
"""


@dataclass(frozen=True)
class LockedCampaign:
    """A campaign whose row this transaction locks. ``is_retry``: it has run before, so what is due is a retry."""

    id: UUID
    user_id: UUID
    status: CampaignStatus
    due: bool | None
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

    ``probed_at``: the time of the last probe, if it was not acknowledged.
    ``ready``: at least one pending message may be sent now.
    """

    run_id: UUID
    ticketed_until: datetime | None
    user_id: UUID
    connection_id: UUID | None
    connection: EvolutionConnectionStatus | None
    error_message: str | None
    distrusted: bool
    distrust_reason: str | None
    probed_at: datetime | None
    rate: int
    now: datetime
    pending: int
    ready: bool
    in_flight: bool


@dataclass(frozen=True)
class RefusalStreak:
    """The latest messages that WhatsApp refused, and how many it ``answered`` in that time."""

    user_id: UUID
    answered: int


@dataclass(frozen=True)
class Summary:
    """A run's recipients at its end; later statuses change the campaign's metrics, not this."""

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


def fail_start(tx: Tx, *, campaign_id: UUID, reason: str) -> None:
    """Ends a scheduled campaign that cannot start; the reason is what its owner reads."""
    tx.run(FAIL_START, campaign_id=campaign_id, reason=reason)


def state(tx: Tx, *, campaign_id: UUID) -> RunState | None:
    """Returns the state of the campaign's open run; None without one."""
    return tx.row(RunState, STATE, campaign_id=campaign_id)


def refused(tx: Tx, *, campaign_id: UUID) -> RefusalStreak | None:
    """Returns the refusals that are to pause the campaign, of messages claimed since the last resume; or None."""
    found = tx.row(RefusalStreak, REFUSALS_IN_RUN, campaign_id=campaign_id, refusals=REFUSALS, among=AMONG)
    return found if found and found.answered <= AMONG else None


def block(tx: Tx, *, campaign_id: UUID, reason: str | None) -> None:
    """Records why a running campaign does not send; None: nothing blocks it."""
    tx.run(BLOCK, campaign_id=campaign_id, reason=reason)


def note_tickets(tx: Tx, *, run_id: UUID, until: datetime | None) -> None:
    """Records until when tickets are issued, before they are; None: tickets already issued will not claim a message."""
    tx.run(TICKETED, run_id=run_id, until=until)


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


def end(tx: Tx, *, campaign_id: UUID, run_id: UUID, canceled: bool) -> CampaignStatus:
    """Ends a drained run and its campaign: as canceled, failed if every message of all runs failed, or completed."""
    summary = tx.row(Summary, SUM_UP, run_id=run_id)
    if summary is None:
        raise AssertionError("an aggregate returns a row")
    status = CampaignStatus.COMPLETED
    if canceled:
        status = CampaignStatus.CANCELED
    elif tx.value(EVERYTHING_FAILED, campaign_id=campaign_id):
        status = CampaignStatus.FAILED
    tx.run(END_RUN, run_id=run_id, status=status, summary=Jsonb(asdict(summary)))
    tx.run(END_CAMPAIGN, campaign_id=campaign_id, status=status)
    return status


def note_drained(tx: Tx, *, run_id: UUID) -> bool:
    """Records that the run is drained; True for the one sender that finds it so first."""
    return bool(tx.value(NOTE_DRAINED, run_id=run_id))


def running_on(tx: Tx, *, connection_id: UUID) -> list[DueCampaign]:
    """Returns the running campaigns of a connection."""
    return tx.rows(DueCampaign, RUNNING_ON, connection_id=connection_id)


def due_campaigns(tx: Tx) -> list[DueCampaign]:
    """Returns campaigns that are due, running, or canceled with a run that has not ended."""
    return tx.rows(DueCampaign, DUE_CAMPAIGNS)
