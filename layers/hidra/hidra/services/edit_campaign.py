"""What a user changes in a draft, and the draft that is made of another campaign."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from hidra.domain.campaign import CampaignStatus, only_a_draft
from hidra.services.lifecycle import unless_starting
from hidra.store import campaigns
from hidra.store.campaigns import Campaign
from hidra.store.db import Database, Tx


def change(db: Database, user_id: UUID, campaign_id: UUID, changes: Mapping[str, Any]) -> Campaign:
    """The draft with the changed fields.

    Raises:
        NotFound: the user has no such campaign.
        Conflict: it is no draft any more.
        Rejected: the segment or the template is none of the user's.
    """

    def work(tx: Tx) -> Campaign:
        campaign = campaigns.lock(tx, user_id=user_id, campaign_id=campaign_id)
        if campaign.status is not CampaignStatus.DRAFT:
            raise only_a_draft("change", campaign.status)
        changed = replace(campaign, **changes)
        campaigns.save(tx, changed, user_id=user_id)
        return changed

    return unless_starting(db, user_id, work, campaigns.UNKNOWN_REFERENCES)
