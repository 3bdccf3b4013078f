"""Creates a campaign once for each external id: the same request again, even at the same time, returns the same one."""

import json
from dataclasses import asdict
from hashlib import sha256
from uuid import UUID

from hidra.errors import Conflict, Unavailable
from hidra.store import campaigns
from hidra.store.campaigns import Campaign, Draft
from hidra.store.db import Database, Tx


def create_campaign(db: Database, user_id: UUID, draft: Draft) -> tuple[Campaign, bool]:
    """Returns the campaign, and whether it is new.

    Raises:
        Rejected: the user has no such segment or template.
        Conflict: the external id was used for another request.
    """
    digest = sha256(json.dumps(asdict(draft), sort_keys=True, default=str).encode()).digest()

    def work(tx: Tx) -> tuple[Campaign, bool]:
        created = campaigns.insert(tx, draft, request_digest=digest)
        campaign_id = created or _same(tx, draft.external_id or "", digest)
        return campaigns.get(tx, campaign_id=campaign_id), created is not None

    return db.as_user(user_id, work, campaigns.UNKNOWN_REFERENCES)


def _same(tx: Tx, external_id: str, digest: bytes) -> UUID:
    found = campaigns.same_external_id(tx, external_id=external_id, request_digest=digest)
    if found is None:
        raise Unavailable("The campaign with this external_id is being deleted. Try again in a few seconds.")
    if not found.same_request:
        raise Conflict(
            "This external_id belongs to a campaign that was created by a different request; nothing was created. Use"
            " another external_id.",
            code="external-id-reused",
        )
    return found.id
