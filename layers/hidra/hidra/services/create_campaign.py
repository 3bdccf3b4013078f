"""Making a campaign, once for each external id: asking again gives the same one, whoever asks at the same time."""

import json
from dataclasses import asdict
from hashlib import sha256
from uuid import UUID

from hidra.errors import Conflict, Unavailable
from hidra.store import campaigns
from hidra.store.campaigns import Campaign, Draft
from hidra.store.db import Database, Tx


def create_campaign(db: Database, user_id: UUID, draft: Draft) -> tuple[Campaign, bool]:
    """The campaign, and whether it is new.

    Raises:
        Rejected: the segment or the template is none of the user's.
        Conflict: the external id was used for another request.
    """
    digest = sha256(json.dumps(asdict(draft), sort_keys=True, default=str).encode()).digest()

    def work(tx: Tx) -> tuple[Campaign, bool]:
        created = campaigns.insert(tx, draft, user_id=user_id, request_digest=digest)
        campaign_id = created or _same(tx, user_id, draft.external_id or "", digest)
        return campaigns.get(tx, user_id=user_id, campaign_id=campaign_id), created is not None

    return db.as_user(user_id, work, campaigns.UNKNOWN_REFERENCES)


def _same(tx: Tx, user_id: UUID, external_id: str, digest: bytes) -> UUID:
    found = campaigns.same_external_id(tx, user_id=user_id, external_id=external_id, request_digest=digest)
    if found is None:
        raise Unavailable("The campaign with this external_id is just being deleted; try again in a moment.")
    if not found.same_request:
        raise Conflict("This external_id was used for another request.", code="external-id-reused")
    return found.id
