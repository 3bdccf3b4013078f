"""Changes a draft, and duplicates a campaign as a draft."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from hidra.domain.campaign import CampaignStatus, only_a_draft
from hidra.services.campaign_transaction import campaign_transaction
from hidra.store import campaigns
from hidra.store.campaigns import Campaign, Draft
from hidra.store.db import Database, Tx

NAME_CHARACTERS = 200
COPY = " (copy)"


def change(db: Database, user_id: UUID, campaign_id: UUID, changes: Mapping[str, Any]) -> Campaign:
    """Returns the draft with the changed fields.

    Raises:
        NotFound: the user has no such campaign.
        Conflict: the campaign is not a draft any more.
        Rejected: the user has no such segment or template.
    """

    def work(tx: Tx) -> Campaign:
        campaign = campaigns.lock(tx, campaign_id=campaign_id)
        if campaign.status is not CampaignStatus.DRAFT:
            raise only_a_draft("change", campaign.status)
        changed = replace(campaign, **changes)
        campaigns.save(tx, changed)
        return changed

    return campaign_transaction(db, user_id, work, campaigns.UNKNOWN_REFERENCES)


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
        )
        created = campaigns.insert(tx, draft, request_digest=None)
        if created is None:
            raise AssertionError("without an external id no other campaign conflicts")
        return campaigns.get(tx, campaign_id=created)

    return db.as_user(user_id, work)
