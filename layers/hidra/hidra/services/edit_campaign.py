"""Changes what a campaign's status allows to change, and duplicates a campaign as a draft."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hidra.domain.campaign import AUDIENCE, ONGOING, SEND_WINDOW, TIMES, CampaignStatus, check_edit
from hidra.domain.start import check_times
from hidra.services.campaign_transaction import campaign_transaction
from hidra.services.lifecycle import Nudge, nudge_at_start, require_recipients
from hidra.store import campaigns, send_windows
from hidra.store.campaigns import Campaign, Draft
from hidra.store.db import Database, Tx

NAME_CHARACTERS = 200
COPY = " (copy)"


def change(
    db: Database, user_id: UUID, campaign_id: UUID, changes: Mapping[str, Any], *, now: datetime, nudge: Nudge
) -> Campaign:
    """Returns the campaign with the changed fields: all of them, or none and an error.

    The lock that it shares with the start decides between an edit and the start at the same moment. After a lower pace
    is committed, no message is claimed for a slot of the higher one; after another window, none outside it.

    Raises:
        NotFound: the user has no such campaign.
        Conflict: a field cannot change in the campaign's status, or a scheduled campaign would reach no recipient.
        Rejected: the user has no such segment or template, or the times do not fit each other.
    """

    def work(tx: Tx) -> Campaign:
        if ONGOING & set(changes):
            campaigns.stop_claims(tx, campaign_id=campaign_id)
        campaign = campaigns.lock(tx, campaign_id=campaign_id)
        check_edit(changes, campaign.status, has_run=campaign.started_at is not None)
        changed = replace(campaign, **changes)
        if changed.scheduled_at is not None and TIMES & set(changes):
            check_times(scheduled_at=changed.scheduled_at, not_after=changed.not_after, now=now)
        campaigns.save(tx, changed)
        if SEND_WINDOW in changes:
            send_windows.reopen(tx, campaign_id=campaign_id)
        if changed.status is CampaignStatus.SCHEDULED and AUDIENCE & set(changes):
            require_recipients(tx, campaign_id, campaigns.readiness(tx, campaign_id=campaign_id))
        return campaigns.get(tx, campaign_id=campaign_id)

    changed = campaign_transaction(db, user_id, work, campaigns.UNKNOWN_REFERENCES)
    # A pass that comes while this transaction holds the campaign does nothing, so another one is asked for.
    if changed.status is CampaignStatus.SCHEDULED:
        nudge_at_start(changed, user_id=user_id, now=now, nudge=nudge)
    elif changed.status is CampaignStatus.RUNNING and ONGOING & set(changes):
        nudge(user_id=user_id, campaign_id=campaign_id)
    return changed


def duplicate(db: Database, user_id: UUID, campaign_id: UUID, *, name: str | None) -> Campaign:
    """Creates a draft with the content of a campaign in any status, but without its external id.

    Raises:
        NotFound: the user has no such campaign.
    """

    def work(tx: Tx) -> Campaign:
        old = campaigns.get(tx, campaign_id=campaign_id)
        draft = Draft(
            name=name or old.name[: NAME_CHARACTERS - len(COPY)] + COPY,
            description=old.description,
            channel=old.channel,
            segment_id=old.segment_id,
            template_id=old.template_id,
            external_id=None,
            max_messages_per_minute=old.max_messages_per_minute,
            labels=old.labels,
            exclude_segment_ids=old.exclude_segment_ids,
            not_contacted_for_days=old.not_contacted_for_days,
            skip_not_on_whatsapp_days=old.skip_not_on_whatsapp_days,
            send_window=old.send_window,
        )
        created = campaigns.insert(tx, draft, request_digest=None)
        if created is None:
            raise AssertionError("without an external id no other campaign conflicts")
        return campaigns.get(tx, campaign_id=created)

    return db.as_user(user_id, work)
