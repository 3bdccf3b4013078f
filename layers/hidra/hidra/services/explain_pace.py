"""Explains the pace of a campaign from what the database says at this moment."""

from uuid import UUID

from hidra.domain.pace import CampaignPace, explain
from hidra.store import campaign_pace
from hidra.store.db import Database


def explain_pace(db: Database, user_id: UUID, campaign_id: UUID) -> CampaignPace:
    """Says how fast a campaign sends, which limit decides on it, and when it continues.

    Raises:
        NotFound: the user has no such campaign.
    """
    return explain(db.as_user(user_id, lambda tx: campaign_pace.state(tx, campaign_id=campaign_id)))
