"""What our webhook put on the stream, as the recorder reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
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


def from_record(record: Mapping[str, Any]) -> DeliveryEvent:
    """Reads one record as domain.webhook.reduce made it.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    config_id, received_at = UUID(record["config_id"]), datetime.fromisoformat(record["received_at"])
    match record["kind"]:
        case "status":
            provider_message_id = record["provider_message_id"]
            if not isinstance(provider_message_id, str) or "\0" in provider_message_id:
                raise ValueError("the provider's id is no text")
            return StatusEvent(config_id, provider_message_id, MessageStatus(record["status"]), received_at)
        case "connection":
            status = EvolutionConnectionStatus(record["status"])
            return ConnectionEvent(config_id, status, record.get("reason"), received_at)
        case "reply":
            return ReplyEvent(config_id, record.get("phone"), str(record.get("text") or ""), received_at)
        case kind:
            raise ValueError(f"unknown kind {kind!r}")
