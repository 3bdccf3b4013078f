"""A trial: a message of a campaign to one number, as the campaigns function passes it to the sender."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hidra.domain.content import Content, Media


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
        return {
            "user_id": str(self.user_id),
            "connection_id": str(self.connection_id),
            "campaign_id": str(self.campaign_id),
            "phone": self.phone,
            "phone_hash": self.phone_hash.hex(),
            "text": self.content.text,
            "media": vars(media) if media else None,
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "TrialMessage":
        media = found["media"]
        return cls(
            user_id=UUID(found["user_id"]),
            connection_id=UUID(found["connection_id"]),
            campaign_id=UUID(found["campaign_id"]),
            phone=found["phone"],
            phone_hash=bytes.fromhex(found["phone_hash"]),
            content=Content(found["text"], Media(**media) if media else None),
        )
