"""Counters and timelines, for reading; only ``counters`` changes them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.store.db import Tx, found
from hidra.store.pages import AFTER_ID

OVERVIEW_COLUMNS = """owner_id, total_campaigns, running_campaigns, scheduled_campaigns, delivered_messages,
    failed_messages, pending_messages, skipped_messages, draft_campaigns, paused_campaigns, completed_campaigns,
    failed_campaigns, canceled_campaigns, read_messages, replied_messages"""
OVERVIEW = f"""
select {OVERVIEW_COLUMNS} from hidra.campaign_owner_metrics_view where owner_id = %(user_id)s
"""  # noqa: S608 - made of constants
EVERY_OVERVIEW = f"""
select {OVERVIEW_COLUMNS} from hidra.campaign_owner_metrics_view
where owner_id > {AFTER_ID} order by owner_id limit %(limit)s
"""  # noqa: S608 - made of constants
CAMPAIGNS = """
select campaign_id, total_messages, delivered, failed, pending, skipped, read, replied, average_delivery_ms,
    delivery_ms_total, last_updated_at
from hidra.campaign_metrics where user_id = %(user_id)s and campaign_id = any(%(campaign_ids)s)
"""
TIMELINE = """
select timestamp, delivered, failed from hidra.campaign_timeline_points
where user_id = %(user_id)s and campaign_id = %(campaign_id)s
  and timestamp >= coalesce(%(since)s::timestamptz, '-infinity')
  and timestamp < coalesce(%(until)s::timestamptz, 'infinity')
  and timestamp > coalesce(%(after)s::timestamptz, '-infinity')
order by timestamp limit %(limit)s
"""


@dataclass(frozen=True)
class Overview:
    """``total_campaigns`` is the sum of the campaigns in the seven statuses. ``read_messages`` are delivered, too."""

    owner_id: UUID
    total_campaigns: int = 0
    running_campaigns: int = 0
    scheduled_campaigns: int = 0
    delivered_messages: int = 0
    failed_messages: int = 0
    pending_messages: int = 0
    skipped_messages: int = 0
    draft_campaigns: int = 0
    paused_campaigns: int = 0
    completed_campaigns: int = 0
    failed_campaigns: int = 0
    canceled_campaigns: int = 0
    read_messages: int = 0
    replied_messages: int = 0


@dataclass(frozen=True)
class CampaignMetrics:
    """``read`` are delivered, too; ``replied`` are recipients whose message may have any status."""

    campaign_id: UUID
    total_messages: int
    delivered: int
    failed: int
    pending: int
    skipped: int
    read: int
    replied: int
    average_delivery_ms: int | None
    delivery_ms_total: int
    last_updated_at: datetime


@dataclass(frozen=True)
class Point:
    """What happened in one minute, not cumulative."""

    timestamp: datetime
    delivered: int
    failed: int


def overview(tx: Tx, *, user_id: UUID) -> Overview:
    """The user's sums; zeros for a user without campaigns, who is not in the view."""
    return tx.row(Overview, OVERVIEW) or Overview(user_id)


def every_overview(tx: Tx, *, after_id: UUID | None, limit: int) -> list[Overview]:
    """The sums of each owner, ordered by owner, for admins."""
    return tx.rows(Overview, EVERY_OVERVIEW, after_id=after_id, limit=limit)


def campaign(tx: Tx, *, campaign_id: UUID) -> CampaignMetrics:
    """
    Raises:
        NotFound: the user has no such campaign.
    """
    return found(tx.row(CampaignMetrics, CAMPAIGNS, campaign_ids=[campaign_id]), "campaign")


def campaigns(tx: Tx, campaign_ids: Collection[UUID]) -> dict[UUID, CampaignMetrics]:
    """The metrics of those of the campaigns that are the user's, by campaign."""
    rows = tx.rows(CampaignMetrics, CAMPAIGNS, campaign_ids=list(campaign_ids))
    return {row.campaign_id: row for row in rows}


def timeline(
    tx: Tx,
    *,
    campaign_id: UUID,
    since: datetime | None,
    until: datetime | None,
    after: datetime | None,
    limit: int,
) -> list[Point]:
    """The points in ``since <= timestamp < until`` that come after ``after``, oldest first."""
    return tx.rows(Point, TIMELINE, campaign_id=campaign_id, since=since, until=until, after=after, limit=limit)
