"""Runs of campaigns: the freeze of their audience, what a look at one finds, and their end."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.campaign import CampaignStatus, EvolutionConnectionStatus
from hidra.domain.template import CONTACT_FIELDS, placeholders
from hidra.store.audience import AUDIENCE
from hidra.store.db import Tx

MAX_AUDIENCE = 2_000_000

# A campaign that somebody else is looking at needs no second look.
LOCK = """
select c.id, c.user_id, c.status, c.scheduled_at <= now() as due, coalesce(c.not_after < now(), false) as expired,
    c.segment_id, c.template_id, c.evolution_config_id, c.scheduled_by, s.total_contacts
from hidra.campaigns c
join hidra.contact_segments s on s.id = c.segment_id
where c.id = %(campaign_id)s
for update of c skip locked
"""
FAIL_START = """
update hidra.campaigns set status = 'failed', completed_at = clock_timestamp(), blocked_reason = %(reason)s
where id = %(campaign_id)s and status = 'scheduled'
"""
OPEN_RUN = """
insert into hidra.campaign_runs (user_id, campaign_id, initiated_by, body, media_url)
select %(user_id)s, %(campaign_id)s, %(initiated_by)s, t.body, t.media_url
from hidra.message_templates t where t.id = %(template_id)s
returning id, body
"""
FREEZE = f"""
with audience as ({AUDIENCE}), frozen as (
    insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, evolution_config_id, phone,
        phone_hash, variables, status, failed_at, error_code, error_detail)
    select user_id, %(campaign_id)s, %(run_id)s, contact_id, %(config_id)s, phone, phone_hash, resolved,
        case error_code when 'opted_out' then 'skipped' when 'unresolved_variable' then 'failed'
            else 'pending' end::hidra.message_status,
        case error_code when 'unresolved_variable' then now() end, error_code, error_detail
    from audience
    returning status
)
select count(*) as total, count(*) filter (where status = 'pending') as pending,
    count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'skipped') as skipped
from frozen
"""  # noqa: S608 - made of constants
COUNT_FROZEN = """
update hidra.campaign_metrics
set total_messages = total_messages + %(total)s, pending = pending + %(pending)s, failed = failed + %(failed)s,
    skipped = skipped + %(skipped)s, last_updated_at = clock_timestamp()
where campaign_id = %(campaign_id)s
"""
POINT_FROZEN = """
insert into hidra.campaign_timeline_points (user_id, campaign_id, timestamp, failed)
select %(user_id)s, %(campaign_id)s, date_trunc('minute', now()), %(failed)s
on conflict (campaign_id, timestamp) do update set failed = campaign_timeline_points.failed + excluded.failed
"""
START = """
update hidra.campaigns
set status = 'running', started_at = coalesce(started_at, now()), completed_at = null, blocked_reason = null
where id = %(campaign_id)s
"""
# The count of the waiting stops where more would change nothing: tickets for 130 s are at most 2.2 a message a minute.
LOOK = """
select r.id as run_id, r.ticketed_until, r.user_id, c.evolution_config_id as config_id, k.status as connection,
    k.error_message, least(c.max_messages_per_minute, k.max_messages_per_minute) as rate, clock_timestamp() as now,
    (
        select count(*) from (
            select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'pending'
            limit c.max_messages_per_minute * 5
        ) as waiting
    ) as pending,
    exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'sending')
        or exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'unknown') as in_flight
from hidra.campaigns c
join hidra.campaign_runs r on r.campaign_id = c.id and r.ended_at is null
left join hidra.evolution_api_config k on k.id = c.evolution_config_id
where c.id = %(campaign_id)s
"""
BLOCK = """
update hidra.campaigns set blocked_reason = %(reason)s
where id = %(campaign_id)s and blocked_reason is distinct from %(reason)s
"""
TICKETED = """
update hidra.campaign_runs set ticketed_until = %(until)s where id = %(run_id)s
"""
SUM_UP = """
select count(*) as total, count(*) filter (where status in ('sent', 'delivered', 'read')) as sent,
    count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'skipped') as skipped
from hidra.campaign_messages where run_id = %(run_id)s
"""
END_RUN = """
update hidra.campaign_runs
set status = %(status)s, ended_at = clock_timestamp(), summary = %(summary)s
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
NEEDING_A_LOOK = """
select user_id, id as campaign_id from hidra.campaigns
where (status = 'scheduled' and scheduled_at <= now()) or status = 'running'
union all
select r.user_id, r.campaign_id from hidra.campaign_runs r
join hidra.campaigns c on c.id = r.campaign_id
where r.ended_at is null and c.status = 'canceled'
"""


@dataclass(frozen=True)
class LockedCampaign:
    """A campaign whose row this transaction holds."""

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


@dataclass(frozen=True)
class _Opened:
    id: UUID
    body: str


@dataclass(frozen=True)
class Frozen:
    """How many recipients a freeze found, by what becomes of them."""

    total: int
    pending: int
    failed: int
    skipped: int


@dataclass(frozen=True)
class Look:
    """What a look at an open run finds; the connection's part is None where the campaign has none."""

    run_id: UUID
    ticketed_until: datetime | None
    user_id: UUID
    config_id: UUID | None
    connection: EvolutionConnectionStatus | None
    error_message: str | None
    rate: int
    now: datetime
    pending: int
    in_flight: bool


@dataclass(frozen=True)
class Summary:
    """A run's recipients at its end; later news from providers move the campaign's metrics, not this."""

    total: int
    sent: int
    failed: int
    skipped: int


@dataclass(frozen=True)
class Nudge:
    """A campaign that somebody should look at."""

    user_id: UUID
    campaign_id: UUID


def lock(tx: Tx, *, campaign_id: UUID) -> LockedCampaign | None:
    """The campaign, locked; None if it is gone or locked by another look or an action."""
    return tx.row(LockedCampaign, LOCK, campaign_id=campaign_id)


def fail_start(tx: Tx, *, campaign_id: UUID, reason: str) -> None:
    """Ends a scheduled campaign that cannot start; the reason is what its owner reads."""
    tx.run(FAIL_START, campaign_id=campaign_id, reason=reason)


def freeze(tx: Tx, campaign: LockedCampaign) -> Frozen:
    """Opens a run with the template's text and the segment's recipients as they are at this moment, and starts it.

    A recipient who opted out is skipped; one without a value for a variable failed, for the text never goes out so.
    """
    run = tx.row(
        _Opened,
        OPEN_RUN,
        user_id=campaign.user_id,
        campaign_id=campaign.id,
        initiated_by=campaign.scheduled_by,
        template_id=campaign.template_id,
    )
    if run is None:
        raise AssertionError("a campaign's template cannot be deleted")
    found = tx.row(
        Frozen,
        FREEZE,
        campaign_id=campaign.id,
        run_id=run.id,
        config_id=campaign.evolution_config_id,
        segment_id=campaign.segment_id,
        variables=placeholders(run.body),
        contact_fields=Jsonb(CONTACT_FIELDS),
    )
    if found is None:
        raise AssertionError("an aggregate gives a row")
    tx.run(COUNT_FROZEN, campaign_id=campaign.id, **asdict(found))
    if found.failed:
        tx.run(POINT_FROZEN, user_id=campaign.user_id, campaign_id=campaign.id, failed=found.failed)
    tx.run(START, campaign_id=campaign.id)
    return found


def look(tx: Tx, *, campaign_id: UUID) -> Look | None:
    """What the campaign's open run needs to know; None without one."""
    return tx.row(Look, LOOK, campaign_id=campaign_id)


def block(tx: Tx, *, campaign_id: UUID, reason: str | None) -> None:
    """Says why a running campaign does not send, or that nothing blocks it."""
    tx.run(BLOCK, campaign_id=campaign_id, reason=reason)


def note_tickets(tx: Tx, *, run_id: UUID, until: datetime | None) -> None:
    """Notes how far tickets are issued, before they are; None: none are on their way that will find work."""
    tx.run(TICKETED, run_id=run_id, until=until)


def end(tx: Tx, *, campaign_id: UUID, run_id: UUID, canceled: bool) -> CampaignStatus:
    """Ends a drained run, and its campaign with it: completed, or failed if every message failed."""
    summary = tx.row(Summary, SUM_UP, run_id=run_id)
    if summary is None:
        raise AssertionError("an aggregate gives a row")
    status = CampaignStatus.COMPLETED
    if canceled:
        status = CampaignStatus.CANCELED
    elif summary.failed == summary.total:
        status = CampaignStatus.FAILED
    tx.run(END_RUN, run_id=run_id, status=status, summary=Jsonb(asdict(summary)))
    tx.run(END_CAMPAIGN, campaign_id=campaign_id, status=status)
    return status


def note_drained(tx: Tx, *, run_id: UUID) -> bool:
    """Whether the run has just been seen drained, for the first time: one sender of many tells it on."""
    return bool(tx.value(NOTE_DRAINED, run_id=run_id))


def needing_a_look(tx: Tx) -> list[Nudge]:
    """Campaigns that are due, running, or canceled with a run that has not ended."""
    return tx.rows(Nudge, NEEDING_A_LOOK)
