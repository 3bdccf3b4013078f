"""The events that webhooks bring, and the stream record of each: written here, read here.

``instance`` of an event is the instance in Evolution that sent the webhook. An instance that the connection used before
still sends webhooks: they concern messages and people, but say nothing about the connection of now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.connection_error import ConnectionFault
from hidra.domain.message import PROVIDER_WORDS, MessageStatus
from hidra.domain.text import storable

# WhatsApp's times are whole seconds, so one of this second may be up to a second after our time of receipt.
AHEAD = timedelta(seconds=1)
# Of a record: PostgreSQL's years reach further than Python's, so a year beyond could be written and not read again.
_YEARS = range(2000, 3000)


@dataclass(frozen=True)
class StatusEvent:
    """A provider's status of one message, known by the connection and the provider's id."""

    connection_id: UUID
    provider_message_id: str
    status: MessageStatus
    received_at: datetime
    instance: str | None = None


@dataclass(frozen=True)
class ConnectionEvent:
    """A connection's status as Evolution reported it, with the reason for its user and for programs."""

    connection_id: UUID
    status: EvolutionConnectionStatus
    reason: ConnectionFault | None
    received_at: datetime
    instance: str | None = None


@dataclass(frozen=True)
class ReplyEvent:
    """A person's message to one of our numbers. Only its text is read, for opt-outs; nothing of it is stored.

    ``written``: the person wrote or sent something, so it is a reply; False for a reaction and the like.
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
    instance: str | None = None
    written: bool = True

    @property
    def requested_at(self) -> datetime:
        return self.sent_at or self.received_at


DeliveryEvent = StatusEvent | ConnectionEvent | ReplyEvent


def to_record(event: DeliveryEvent) -> dict[str, Any]:
    """Returns the event as a flat JSON object for the stream."""
    received_at = event.received_at.isoformat(timespec="microseconds")
    record: dict[str, Any] = {
        "connection_id": str(event.connection_id),
        "received_at": received_at,
        "instance": event.instance,
    }
    match event:
        case StatusEvent():
            record |= {"kind": "status", "provider_message_id": event.provider_message_id, "status": event.status.value}
        case ConnectionEvent():
            reason = event.reason
            record |= {"kind": "connection", "status": event.status.value, "reason": reason and reason.message}
            record |= {"code": reason.code.value} if reason else {}
        case ReplyEvent():
            record |= {
                "kind": "reply",
                "phone": event.phone,
                "lid": event.lid,
                "quoted_id": event.quoted_id,
                "text": event.text,
                "sent": int(event.sent_at.timestamp()) if event.sent_at else None,
                "written": event.written,
            }
    return record


def from_record(record: Mapping[str, Any]) -> DeliveryEvent:
    """Returns the event of a record that ``to_record`` made.

    Raises:
        ValueError, KeyError, TypeError: the record is not one of ours.
    """
    connection_id, received_at = UUID(_text(record["connection_id"])), datetime.fromisoformat(record["received_at"])
    if received_at.tzinfo is None:
        raise ValueError("the time has no zone")
    if received_at.year not in _YEARS:
        raise ValueError("the time is out of range")
    instance = _text_or_none(record.get("instance"))  # records of earlier versions have none
    match record["kind"]:
        case "status":
            message_status = MessageStatus(record["status"])
            if message_status not in PROVIDER_WORDS.values():
                raise ValueError(f"no provider says {message_status}")
            message_id = _text(record["provider_message_id"])
            return StatusEvent(connection_id, message_id, message_status, received_at, instance)
        case "connection":
            status = EvolutionConnectionStatus(record["status"])
            return ConnectionEvent(connection_id, status, _reason(record), received_at, instance)
        case "reply":
            text = str(record.get("text") or "")
            return ReplyEvent(
                connection_id,
                _text_or_none(record.get("phone")),
                text,
                received_at,
                _text_or_none(record.get("lid")),
                _text_or_none(record.get("quoted_id")),
                sent_at(record.get("sent"), received_at),
                instance,
                written=bool(record.get("written", text)),  # records of earlier versions do not say
            )
        case kind:
            raise ValueError(f"unknown kind {kind!r}")


def sent_at(seconds: object, received_at: datetime) -> datetime | None:
    """Returns WhatsApp's time of a message, from seconds since 1970, however long ago.

    None if there is no such time, or if it is after our time of receipt: then the message counts as sent when we
    received it, because a request with a future time would outlast every later one.
    """
    if not isinstance(seconds, int) or not 0 < seconds <= (received_at + AHEAD).timestamp():
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _reason(record: Mapping[str, Any]) -> ConnectionFault | None:
    message = _text_or_none(record.get("reason"))
    # Records of earlier versions have no code.
    return None if message is None else ConnectionFault.of(_text(record.get("code", "")), message)


def _text(value: object) -> str:
    if not isinstance(value, str) or not storable(value):
        raise ValueError("a field is no text")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)
