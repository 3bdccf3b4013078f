"""What our webhook put on the stream, as the recorder reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.message import PROVIDER_WORDS, MessageStatus
from hidra.domain.text import storable

# A message waits that long for a phone that is away; a time further back is none.
OLDEST = timedelta(days=60)
# Of a record: PostgreSQL's years reach further than Python's, so what is written could not be read again.
_YEARS = range(2000, 3000)


@dataclass(frozen=True)
class StatusEvent:
    """A provider's status of one message, known by the connection and the provider's id."""

    connection_id: UUID
    provider_message_id: str
    status: MessageStatus
    received_at: datetime


@dataclass(frozen=True)
class ConnectionEvent:
    """What a connection said of itself."""

    connection_id: UUID
    status: EvolutionConnectionStatus
    reason: str | None
    received_at: datetime


@dataclass(frozen=True)
class ReplyEvent:
    """A person's message to one of our numbers.

    ``phone`` is None where WhatsApp hid it behind ``lid``; ``quoted_id`` is the provider's id of the message that this
    one answers. ``sent_at`` is WhatsApp's own time, in whole seconds: unlike ours it is the same in every copy.
    """

    connection_id: UUID
    phone: str | None
    text: str
    received_at: datetime
    lid: str | None = None
    quoted_id: str | None = None
    sent_at: datetime | None = None

    @property
    def asked_at(self) -> datetime:
        return self.sent_at or self.received_at


DeliveryEvent = StatusEvent | ConnectionEvent | ReplyEvent


def from_record(record: Mapping[str, Any]) -> DeliveryEvent:
    """Reads one record as domain.webhook.reduce made it.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    connection_id, received_at = UUID(_text(record["connection_id"])), datetime.fromisoformat(record["received_at"])
    if received_at.tzinfo is None:
        raise ValueError("the time has no zone")
    if received_at.year not in _YEARS:
        raise ValueError("the time is none of ours")
    match record["kind"]:
        case "status":
            said = MessageStatus(record["status"])
            if said not in PROVIDER_WORDS.values():
                raise ValueError(f"no provider says {said}")
            return StatusEvent(connection_id, _text(record["provider_message_id"]), said, received_at)
        case "connection":
            status = EvolutionConnectionStatus(record["status"])
            return ConnectionEvent(connection_id, status, _text_or_none(record.get("reason")), received_at)
        case "reply":
            return ReplyEvent(
                connection_id,
                _text_or_none(record.get("phone")),
                str(record.get("text") or ""),
                received_at,
                _text_or_none(record.get("lid")),
                _text_or_none(record.get("quoted_id")),
                _sent_at(record.get("sent"), received_at),
            )
        case kind:
            raise ValueError(f"unknown kind {kind!r}")


def _sent_at(seconds: object, received_at: datetime) -> datetime | None:
    """WhatsApp's time of a message; None if it cannot be one: later than we heard of it, or weeks before."""
    if not isinstance(seconds, int):
        return None
    ago = int(received_at.timestamp()) - seconds
    return datetime.fromtimestamp(seconds, UTC) if -1 <= ago <= OLDEST.total_seconds() else None


def _text(value: object) -> str:
    if not isinstance(value, str) or not storable(value):
        raise ValueError("a field is no text")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)
