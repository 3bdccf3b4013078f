"""A trial: a message of a campaign to one number. The invocation of message_sender that sends it, and its answer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from hidra.domain.content import Content, Media
from hidra.errors import Rejected

VERSION = 1
UNAVAILABLE = "unavailable"  # an outcome: nothing was sent, and it may be tried again


@dataclass(frozen=True)
class TrialMessage:
    """A campaign's content for one number; ``phone`` is E.164, ``phone_hash`` its keyed hash."""

    user_id: UUID
    connection_id: UUID
    campaign_id: UUID
    phone: str
    phone_hash: bytes
    content: Content

    def to_json(self) -> dict[str, Any]:
        media = self.content.media
        trial = {
            "user_id": str(self.user_id),
            "connection_id": str(self.connection_id),
            "campaign_id": str(self.campaign_id),
            "phone": self.phone,
            "phone_hash": self.phone_hash.hex(),
            "text": self.content.text,
            "media": vars(media) if media else None,
        }
        return {"version": VERSION, "trial": trial}

    @classmethod
    def from_json(cls, event: Mapping[str, Any]) -> "TrialMessage | None":
        """Reads what message_sender is invoked with. Returns None for an event of its queue.

        Raises:
            Rejected: it is a trial message of another version.
        """
        if "trial" not in event:
            return None
        if event["version"] != VERSION:
            raise Rejected(f"A trial message of version {event['version']} is not supported.")
        found = event["trial"]
        media = found["media"]
        return cls(
            user_id=UUID(found["user_id"]),
            connection_id=UUID(found["connection_id"]),
            campaign_id=UUID(found["campaign_id"]),
            phone=found["phone"],
            phone_hash=bytes.fromhex(found["phone_hash"]),
            content=Content(found["text"], Media(**media) if media else None),
        )


@dataclass(frozen=True)
class TrialAnswer:
    """``outcome`` is a post's outcome, the reason why nothing was posted, or ``UNAVAILABLE``."""

    outcome: str
    provider_message_id: str | None = None
    error_code: str | None = None
    error_detail: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "TrialAnswer":
        return cls(**found)
