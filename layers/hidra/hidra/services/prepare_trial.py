"""What a test of a campaign is: its message as it is by now, for one number."""

from collections.abc import Mapping
from uuid import UUID

from hidra.domain.trial import TrialMessage
from hidra.errors import Conflict, NotFound
from hidra.services import edit_template
from hidra.store import campaigns, connections
from hidra.store.db import Database


def prepare_trial(
    db: Database,
    user_id: UUID,
    campaign_id: UUID,
    *,
    phone: str,
    phone_hash: bytes,
    contact_id: UUID | None,
    variables: Mapping[str, str],
) -> TrialMessage:
    """What would be sent to a number.

    Args:
        phone: E.164.
        contact_id: whose values are put in, where ``variables`` has none.

    Raises:
        NotFound: the user has no such campaign.
        Conflict: the user has no connection.
        Rejected: some variable has no value, or the contact is none of the user's.
    """
    campaign = db.as_user(user_id, lambda tx: campaigns.get(tx, campaign_id=campaign_id))
    content = edit_template.preview(db, user_id, campaign.template_id, contact_id=contact_id, values=variables)
    try:
        config = db.as_user(user_id, connections.get)
    except NotFound:
        raise Conflict("Save the connection to an Evolution server first.", code="no-connection") from None
    return TrialMessage(user_id, config.id, campaign_id, phone, phone_hash, content)
