"""What our webhook put on the stream, as the recorder reads it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.message import MessageStatus


@dataclass(frozen=True)
class StatusEvent:
    """A provider's status of one message, known by the connection and the provider's id."""

    config_id: UUID
    provider_message_id: str
    status: MessageStatus
    received_at: datetime


@dataclass(frozen=True)
class ConnectionEvent:
    """What a connection said of itself."""

    config_id: UUID
    status: EvolutionConnectionStatus
    reason: str | None
    received_at: datetime


@dataclass(frozen=True)
class ReplyEvent:
    """A person's message to one of our numbers; ``phone`` is None where WhatsApp hid it."""

    config_id: UUID
    phone: str | None
    text: str
    received_at: datetime


DeliveryEvent = StatusEvent | ConnectionEvent | ReplyEvent
