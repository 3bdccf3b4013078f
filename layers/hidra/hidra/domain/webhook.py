"""Evolution's webhooks: the few of their fields that matter, as events.

Evolution API 2.3.7, src/api/integrations/event/webhook and src/api/integrations/channel. Bodies carry much that must
not be kept: ``apikey`` (on the Cloud API it is Meta's access token), names, media, other text of the sender.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.close_reason import close_reason, code_of
from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault
from hidra.domain.delivery import ConnectionEvent, DeliveryEvent, ReplyEvent, StatusEvent, sent_at
from hidra.domain.message import provider_status
from hidra.domain.text import stripped
from hidra.domain.whatsapp_message import (
    id_of,
    is_personal,
    is_written,
    lid_of,
    object_of,
    phone_of,
    quoted_id_of,
    seconds_of,
    text_of,
)

TEXT_CHARACTERS = 1_000  # of a reply: enough to recognise an opt-out
_CONNECTION_WORDS = {
    "open": EvolutionConnectionStatus.CONNECTED,
    "connecting": EvolutionConnectionStatus.CONNECTING,
    "close": EvolutionConnectionStatus.DISCONNECTED,
    "closed": EvolutionConnectionStatus.DISCONNECTED,
    "refused": EvolutionConnectionStatus.ERROR,
}
QR_REFUSED = ConnectionFault(
    ConnectionErrorCode.CODE_NOT_SCANNED, "The QR code was not scanned in time: connect again."
)
LOGGED_OUT = ConnectionFault(ConnectionErrorCode.LOGGED_OUT, "The connection was logged out: connect again.")
REMOVED = ConnectionFault(ConnectionErrorCode.INSTANCE_REMOVED, "The instance was deleted on the Evolution server.")
# Where a message's key holds its sender's addresses.
_SENDER_FIELDS = ("remoteJid", "remoteJidAlt", "senderPn", "senderLid", "participantAlt", "participantPn")


def events_of(body: Mapping[str, Any], connection_id: UUID, received_at: datetime) -> list[DeliveryEvent]:
    """Returns the events in a verified webhook.

    Args:
        body: the webhook's JSON; ``data`` may be an object, a list of them, or null. ``instance`` is a name.
        received_at: our own time in UTC, because Evolution's ``date_time`` is local time with a false Z.
    """
    read = _READERS.get(str(body.get("event")))
    if read is None:
        return []
    data = body.get("data")
    items = data if isinstance(data, list) else [data]
    found = (event for item in items for event in read(object_of(item), connection_id, received_at))
    return [replace(event, instance=body.get("instance")) for event in found]


def _statuses(data: Mapping[str, Any], connection_id: UUID, received_at: datetime) -> Iterator[StatusEvent]:
    # keyId is WhatsApp's id, messageId Evolution's own; remoteJid and fromMe are often wrong here and not needed.
    message_id, status = id_of(data.get("keyId")), provider_status(data.get("status"))
    if message_id and status:
        yield StatusEvent(connection_id, message_id, status, received_at)


def _replies(data: Mapping[str, Any], connection_id: UUID, received_at: datetime) -> Iterator[ReplyEvent]:
    key = object_of(data.get("key"))
    jids = [jid for jid in map(key.get, _SENDER_FIELDS) if isinstance(jid, str)]
    phone, lid = phone_of(jids), lid_of(jids)
    message = data.get("message")
    text, written = stripped(text_of(message) or "")[:TEXT_CHARACTERS], is_written(message)
    # remoteJid is the chat: a group stays a group, whatever the other fields say.
    if key.get("fromMe") or not is_personal(key.get("remoteJid")):
        return
    # A reaction is no reply, but may show which phone a hidden id belongs to.
    if written or (phone and lid):
        at = sent_at(seconds_of(data.get("messageTimestamp")), received_at)
        yield ReplyEvent(connection_id, phone, text, received_at, lid, quoted_id_of(data), at, written=written)


def _connection(data: Mapping[str, Any], connection_id: UUID, received_at: datetime) -> Iterator[ConnectionEvent]:
    """connection.update has ``state`` and ``statusReason``; status.instance has the same under other names."""
    status = _CONNECTION_WORDS.get(str(data.get("state", data.get("status"))))
    if status is None:
        return
    reason = None
    if status is EvolutionConnectionStatus.DISCONNECTED:
        code = code_of(data.get("statusReason", data.get("disconnectionReasonCode")))
        reason = None if code is None else close_reason(code)
    elif status is EvolutionConnectionStatus.ERROR:
        reason = QR_REFUSED
    yield ConnectionEvent(connection_id, status, reason, received_at)


def _logged_out(_: Mapping[str, Any], connection_id: UUID, received_at: datetime) -> Iterator[ConnectionEvent]:
    yield ConnectionEvent(connection_id, EvolutionConnectionStatus.DISCONNECTED, LOGGED_OUT, received_at)


def _removed(_: Mapping[str, Any], connection_id: UUID, received_at: datetime) -> Iterator[ConnectionEvent]:
    yield ConnectionEvent(connection_id, EvolutionConnectionStatus.ERROR, REMOVED, received_at)


_READERS: Mapping[str, Callable[[Mapping[str, Any], UUID, datetime], Iterator[DeliveryEvent]]] = {
    "messages.update": _statuses,
    "messages.upsert": _replies,
    "connection.update": _connection,
    "status.instance": _connection,
    "logout.instance": _logged_out,
    "remove.instance": _removed,
}
