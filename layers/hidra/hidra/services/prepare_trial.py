"""A trial of a campaign: its message, with the template as it is now, for one number."""

from collections.abc import Mapping
from uuid import UUID

from hidra.domain.template import refuses_long, too_long
from hidra.domain.trial import TrialMessage
from hidra.errors import Field, Rejected
from hidra.services.render_template import render_template
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
    """Returns the message that would be sent to a number.

    Args:
        phone: E.164.
        contact_id: the contact whose values fill variables that ``variables`` leaves out.

    Raises:
        NotFound: the user has no such campaign.
        Conflict: the user has no connection.
        Rejected: some variable has no value, the contact is none of the user's, or the text with its values is too long
            for the connection.
    """
    campaign = db.as_user(user_id, lambda tx: campaigns.get(tx, campaign_id=campaign_id))
    content = render_template(db, user_id, campaign.template_id, contact_id=contact_id, values=variables)
    connection = db.as_user(user_id, connections.require)
    reason = too_long(content.text, content.media.type if content.media else None)
    if reason and refuses_long(connection.integration):
        raise Rejected(
            f"{reason} Shorten the values or the template.",
            code="text-too-long",
            fields=[Field("variables", "make the text too long")],
        )
    return TrialMessage(user_id, connection.id, campaign_id, phone, phone_hash, content)
