"""Campaigns: created with their metrics and their limit; each action changes the status by one compare-and-set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.blocked import Blocked, BlockedCode, BlockedParams
from hidra.domain.campaign import SKIP_NOT_ON_WHATSAPP_DAYS, CampaignChannel, CampaignStatus
from hidra.domain.segment import UNKNOWN_EXCLUDED_SEGMENT, UNKNOWN_SEGMENT
from hidra.domain.send_window import SendWindow
from hidra.errors import Field, HidraError, Rejected
from hidra.store import blocked, send_windows
from hidra.store.db import Tx, found
from hidra.store.pages import newest_first

UNKNOWN_REFERENCES: Mapping[str, HidraError] = {
    "campaigns_segment_fk": UNKNOWN_SEGMENT,
    "campaign_excluded_segments_segment_fk": UNKNOWN_EXCLUDED_SEGMENT,
    "campaigns_template_fk": Rejected(
        "There is no template with this id; nothing was saved. Use the id of one of your templates.",
        code="unknown-template",
        fields=[Field("template_id", "is not one of your templates")],
    ),
}

# external_id is stored behind 36 characters of the user's id and a slash, and shown without them.
COLUMNS = """id, name, description, channel, status, segment_id, template_id, evolution_config_id,
    substr(external_id, 38) as external_id, max_messages_per_minute, scheduled_at, not_after, started_at, completed_at,
    array(
        select e.segment_id from hidra.campaign_excluded_segments e where e.campaign_id = campaigns.id
        order by e.segment_id
    ) as exclude_segment_ids, not_contacted_for_days, skip_not_on_whatsapp_days,
    blocked_code, blocked_params, blocked_reason, labels, send_window, created_at"""
# The foreign keys are checked after the whole statement, so the order of its parts does not matter.
INSERT = """
with created as (
    insert into hidra.campaigns (user_id, evolution_config_id, segment_id, template_id, name, description, channel,
        external_id, request_digest, max_messages_per_minute, labels, send_window, not_contacted_for_days,
        skip_not_on_whatsapp_days)
    values (%(user_id)s, (
        select id from hidra.evolution_api_config where user_id = %(user_id)s and deleted_at is null
    ), %(segment_id)s,
        %(template_id)s, %(name)s, %(description)s, %(channel)s,
        %(user_id)s::uuid::text || '/' || %(external_id)s::text, %(request_digest)s, %(max_messages_per_minute)s,
        %(labels)s, %(send_window)s, %(not_contacted_for_days)s, %(skip_not_on_whatsapp_days)s)
    on conflict (external_id) do nothing
    returning id, user_id, max_messages_per_minute
), counted as (
    insert into hidra.campaign_metrics (campaign_id, user_id) select id, user_id from created
), paced as (
    insert into hidra.pace_limits (subject, user_id, rate) select id, user_id, max_messages_per_minute from created
), excluding as (
    insert into hidra.campaign_excluded_segments (user_id, campaign_id, segment_id)
    select distinct c.user_id, c.id, e.segment_id
    from created c cross join unnest(%(exclude_segment_ids)s::uuid[]) as e (segment_id)
    order by e.segment_id
)
select id from created
"""
SAME_EXTERNAL_ID = """
select id, request_digest = %(request_digest)s as same_request from hidra.campaigns
where user_id = %(user_id)s and external_id = %(user_id)s::uuid::text || '/' || %(external_id)s::text
"""
GET = f"""
select {COLUMNS} from hidra.campaigns where user_id = %(user_id)s and id = %(campaign_id)s
"""  # noqa: S608 - made of constants
# A user has few enough campaigns that names and labels need no index.
LIST = f"""
select {COLUMNS} from hidra.campaigns
where user_id = %(user_id)s
  and (%(status)s::hidra.campaign_status is null or status = %(status)s::hidra.campaign_status)
  and (%(search)s::text is null
    or hidra.search_terms(user_id, name) @@ hidra.search_query(user_id, %(search)s::text))
  and (%(label)s::text is null
    or hidra.fold(%(label)s::text) in (select hidra.fold(given) from unnest(labels) as l (given)))
  and {newest_first("created_at")}
"""  # noqa: S608 - made of constants
# Before LOCK: every transaction locks a campaign's limit before the campaign.
LOCK_LIMIT = """
select from hidra.pace_limits where user_id = %(user_id)s and subject = %(campaign_id)s for update
"""
LOCK = """
select from hidra.campaigns where user_id = %(user_id)s and id = %(campaign_id)s for no key update
"""
SAVE = """
update hidra.campaigns
set name = %(name)s, description = %(description)s, segment_id = %(segment_id)s, template_id = %(template_id)s,
    max_messages_per_minute = %(max_messages_per_minute)s, scheduled_at = %(scheduled_at)s, not_after = %(not_after)s,
    labels = %(labels)s, send_window = %(send_window)s,
    not_contacted_for_days = %(not_contacted_for_days)s, skip_not_on_whatsapp_days = %(skip_not_on_whatsapp_days)s
where user_id = %(user_id)s and id = %(id)s
"""
INCLUDE = """
delete from hidra.campaign_excluded_segments
where user_id = %(user_id)s and campaign_id = %(id)s and segment_id <> all(%(exclude_segment_ids)s::uuid[])
"""
EXCLUDE = """
insert into hidra.campaign_excluded_segments (user_id, campaign_id, segment_id)
select distinct %(user_id)s::uuid, %(id)s::uuid, e.segment_id
from unnest(%(exclude_segment_ids)s::uuid[]) as e (segment_id)
order by e.segment_id
on conflict do nothing
"""
SET_RATE = """
update hidra.pace_limits set rate = %(rate)s where user_id = %(user_id)s and subject = %(campaign_id)s
"""
DELETE_DRAFT = """
with gone as (
    delete from hidra.campaigns where user_id = %(user_id)s and id = %(campaign_id)s and status = 'draft' returning id
), unpaced as (
    delete from hidra.pace_limits where subject in (select id from gone)
)
select true from gone
"""
READINESS = """
select c.status, s.total_contacts,
    exists (
        select from hidra.evolution_api_config k where k.user_id = c.user_id and k.deleted_at is null
    ) as has_connection
from hidra.campaigns c join hidra.contact_segments s on s.user_id = c.user_id and s.id = c.segment_id
where c.user_id = %(user_id)s and c.id = %(campaign_id)s
"""
SCHEDULE = f"""
update hidra.campaigns c
set status = 'scheduled', scheduled_at = coalesce(%(scheduled_at)s, clock_timestamp()), not_after = %(not_after)s,
    scheduled_by = %(user_id)s, {blocked.CLEAR},
    evolution_config_id = (
        select k.id from hidra.evolution_api_config k where k.user_id = c.user_id and k.deleted_at is null
    )
where c.user_id = %(user_id)s and c.id = %(campaign_id)s and c.status = any(%(wanted)s::hidra.campaign_status[])
returning true
"""  # noqa: S608 - made of constants
UNSCHEDULE = f"""
update hidra.campaigns
set status = 'draft', scheduled_at = null, not_after = null, scheduled_by = null, {blocked.CLEAR}
where user_id = %(user_id)s and id = %(campaign_id)s and status = 'scheduled'
"""  # noqa: S608 - made of constants
# What blocked a campaign says nothing about one that its user has paused.
SET_STATUS = f"""
update hidra.campaigns set status = %(status)s::hidra.campaign_status, {blocked.CLEAR}
where user_id = %(user_id)s and id = %(campaign_id)s and status = any(%(wanted)s::hidra.campaign_status[])
returning true
"""  # noqa: S608 - made of constants
# The campaign's advisory lock, exclusive. Claims take it shared (claims.SHARE_CAMPAIGN), so this waits for open claims
# and holds later ones up. The id is read from the table, so that a user cannot lock the campaign of another.
STOP_CLAIMS = """
select pg_advisory_xact_lock(hidra.lock_key('campaign', id)) from hidra.campaigns
where user_id = %(user_id)s and id = %(campaign_id)s
"""
PAUSE_FOR = f"""
update hidra.campaigns set status = 'paused', {blocked.SET}
where user_id = %(user_id)s and id = %(campaign_id)s and status = 'running'
"""  # noqa: S608 - made of constants
RESTART_TICKETS = """
update hidra.campaign_runs set ticketed_until = null, resumed_at = clock_timestamp()
where user_id = %(user_id)s and campaign_id = %(campaign_id)s and ended_at is null
"""


@dataclass(frozen=True)
class Draft:
    """The fields that a user sets in a new campaign."""

    name: str
    description: str | None
    channel: CampaignChannel
    segment_id: UUID
    template_id: UUID
    external_id: str | None
    max_messages_per_minute: int
    labels: list[str]
    exclude_segment_ids: Sequence[UUID] = ()
    not_contacted_for_days: int | None = None
    skip_not_on_whatsapp_days: int = SKIP_NOT_ON_WHATSAPP_DAYS
    send_window: SendWindow | None = None


@dataclass(frozen=True)
class Campaign:
    id: UUID
    name: str
    description: str | None
    channel: CampaignChannel
    status: CampaignStatus
    segment_id: UUID
    template_id: UUID
    evolution_config_id: UUID | None
    external_id: str | None
    max_messages_per_minute: int
    exclude_segment_ids: list[UUID]
    not_contacted_for_days: int | None
    skip_not_on_whatsapp_days: int
    scheduled_at: datetime | None
    not_after: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    blocked_code: BlockedCode | None
    blocked_params: BlockedParams
    blocked_reason: str | None
    labels: list[str]
    send_window: SendWindow | None
    created_at: datetime


@dataclass(frozen=True)
class Readiness:
    status: CampaignStatus
    total_contacts: int
    has_connection: bool


@dataclass(frozen=True)
class SameExternalId:
    id: UUID
    same_request: bool


def insert(tx: Tx, draft: Draft, *, request_digest: bytes | None) -> UUID | None:
    """Creates a draft with its metrics and its limit; None if the user has a campaign with this external id.

    Run it with ``UNKNOWN_REFERENCES`` as refusals. ``request_digest`` distinguishes requests with the same external id.
    """
    given = {
        **vars(draft),
        "exclude_segment_ids": list(draft.exclude_segment_ids),
        "send_window": send_windows.column(draft.send_window),
    }
    campaign_id: UUID | None = tx.value(INSERT, request_digest=request_digest, **given)
    return campaign_id


def same_external_id(tx: Tx, *, external_id: str, request_digest: bytes) -> SameExternalId | None:
    return tx.row(SameExternalId, SAME_EXTERNAL_ID, external_id=external_id, request_digest=request_digest)


def get(tx: Tx, *, campaign_id: UUID) -> Campaign:
    """
    Raises:
        NotFound: the user has no such campaign.
    """
    return found(tx.row(Campaign, GET, campaign_id=campaign_id), "campaign")


def page(
    tx: Tx,
    *,
    status: CampaignStatus | None,
    search: str | None,
    label: str | None,
    after_at: datetime | None,
    after_id: UUID | None,
    limit: int,
) -> list[Campaign]:
    """The newest first, after the given one.

    Args:
        search: each of its words begins a word of the name, without regard to case and accents.
        label: one that they have, without regard to case and accents.
    """
    return tx.rows(
        Campaign, LIST, status=status, search=search, label=label, after_at=after_at, after_id=after_id, limit=limit
    )


def lock(tx: Tx, *, campaign_id: UUID) -> Campaign:
    """The campaign, locked against other changes until this transaction ends.

    Raises:
        NotFound: the user has no such campaign.
    """
    tx.run(LOCK_LIMIT, campaign_id=campaign_id)
    send_windows.hold(tx, campaign_id=campaign_id)
    tx.run(LOCK, campaign_id=campaign_id)
    return get(tx, campaign_id=campaign_id)


def save(tx: Tx, campaign: Campaign) -> None:
    """Writes the fields of a locked campaign that may change, and its limit.

    Run it with ``UNKNOWN_REFERENCES`` as refusals.
    """
    tx.run(SET_RATE, campaign_id=campaign.id, rate=campaign.max_messages_per_minute)
    tx.run(SAVE, **{**vars(campaign), "send_window": send_windows.column(campaign.send_window)})
    tx.run(INCLUDE, id=campaign.id, exclude_segment_ids=campaign.exclude_segment_ids)
    tx.run(EXCLUDE, id=campaign.id, exclude_segment_ids=campaign.exclude_segment_ids)


def delete_draft(tx: Tx, *, campaign_id: UUID) -> bool:
    """False if the user has no such campaign, or it is not a draft."""
    tx.run(LOCK_LIMIT, campaign_id=campaign_id)
    return bool(tx.value(DELETE_DRAFT, campaign_id=campaign_id))


def readiness(tx: Tx, *, campaign_id: UUID) -> Readiness:
    """
    Raises:
        NotFound: the user has no such campaign.
    """
    return found(tx.row(Readiness, READINESS, campaign_id=campaign_id), "campaign")


def schedule(
    tx: Tx,
    *,
    campaign_id: UUID,
    wanted: Sequence[CampaignStatus],
    scheduled_at: datetime | None,
    not_after: datetime | None,
) -> bool:
    """Compare-and-set: schedules the campaign for a time (None: now) on the user's connection.

    Returns False if its status is none of ``wanted``.
    """
    return bool(
        tx.value(
            SCHEDULE,
            campaign_id=campaign_id,
            wanted=list(wanted),
            scheduled_at=scheduled_at,
            not_after=not_after,
        )
    )


def unschedule(tx: Tx, *, campaign_id: UUID) -> None:
    """Makes a locked, scheduled campaign a draft."""
    tx.run(UNSCHEDULE, campaign_id=campaign_id)


def set_status(tx: Tx, *, campaign_id: UUID, wanted: Sequence[CampaignStatus], status: CampaignStatus) -> bool:
    """Compare-and-set of the status; False if the present one is none of ``wanted``."""
    return bool(tx.value(SET_STATUS, campaign_id=campaign_id, wanted=list(wanted), status=status))


def restart_tickets(tx: Tx, *, campaign_id: UUID) -> None:
    """Lets the next pass issue tickets anew from its own time on, and ignore earlier refusals by WhatsApp."""
    tx.run(RESTART_TICKETS, campaign_id=campaign_id)


def stop_claims(tx: Tx, *, campaign_id: UUID) -> None:
    """Waits for open claims of the campaign, and lets no other claim until this transaction ends."""
    tx.run(STOP_CLAIMS, campaign_id=campaign_id)


def pause_for(tx: Tx, *, user_id: UUID, campaign_id: UUID, reason: Blocked) -> None:
    """Pauses a running campaign that would use up its recipients for nothing, in a worker's transaction.

    The reason stays until the user resumes or cancels the campaign.
    """
    tx.run(STOP_CLAIMS, user_id=user_id, campaign_id=campaign_id)
    tx.run(PAUSE_FOR, user_id=user_id, campaign_id=campaign_id, **blocked.parameters(reason))
