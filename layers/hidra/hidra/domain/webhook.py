"""Evolution's webhooks: the key they are signed with, and the few fields of them that matter.

Evolution API 2.3.7, src/api/integrations/event/webhook and src/api/integrations/channel. Bodies carry much that must
not be kept: ``apikey`` (on the Cloud API it is Meta's access token), names, media, whatever else a person wrote.
"""

import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.content import MediaType
from hidra.domain.message import PROVIDER_WORDS
from hidra.domain.phone import canonical
from hidra.domain.text import stripped

TEXT_CHARACTERS = 1_000  # of a reply: enough to know an opt-out
ID_CHARACTERS = 300
_PHONE_JID = re.compile(r"^([1-9]\d{6,14})(?::\d+)?@s\.whatsapp\.net$", re.ASCII)
_LID_JID = re.compile(r"^(\d{1,32})(?::\d+)?@lid$", re.ASCII)
# What disappearing chats, media seen once, linked devices and edits put around a message, one around another.
_WRAPPERS = (
    "ephemeralMessage",
    "viewOnceMessage",
    "viewOnceMessageV2",
    "viewOnceMessageV2Extension",
    "documentWithCaptionMessage",
    "deviceSentMessage",
    "editedMessage",
)
MAX_WRAPPERS = 5
_TEXTS = (
    ("extendedTextMessage", "text"),
    ("imageMessage", "caption"),
    ("videoMessage", "caption"),
    ("documentMessage", "caption"),
    ("buttonsResponseMessage", "selectedDisplayText"),
    ("templateButtonReplyMessage", "selectedDisplayText"),
    ("listResponseMessage", "title"),
    ("listResponseMessage", "description"),
)
_MEDIA_TYPES: Mapping[str, MediaType] = {
    "imageMessage": "image",
    "documentMessage": "document",
    "videoMessage": "video",
    "audioMessage": "audio",
}
_CONNECTION_WORDS = {
    "open": EvolutionConnectionStatus.CONNECTED,
    "connecting": EvolutionConnectionStatus.CONNECTING,
    "close": EvolutionConnectionStatus.DISCONNECTED,
    "closed": EvolutionConnectionStatus.DISCONNECTED,
    "refused": EvolutionConnectionStatus.ERROR,
}
QR_REFUSED = "The QR code was not scanned in time: connect again."
# WhatsApp's own reasons (Baileys' DisconnectReason); others are told by their number.
_REASONS = {
    401: "The phone has logged this connection out: connect again.",
    402: "WhatsApp asks for a payment on this account.",
    403: "WhatsApp has banned this number.",
    406: "WhatsApp does not accept this client any more.",
}
LOGGED_OUT = "The connection was logged out: connect again."
REMOVED = "The instance was deleted on the Evolution server."


def jwt_key(master: str, connection_id: UUID, instance: str) -> str:
    """The key that one connection's webhooks are signed with; nothing of it is stored.

    It covers the instance's name, so that a body that names another instance fails the signature.
    """
    return hmac.digest(master.encode(), f"{connection_id}\0{instance}".encode(), "sha256").hex()


def current_key_id(masters: Mapping[str, str]) -> str:
    """The id of the master key that new registrations use: the lexically last."""
    return max(masters)


def reduce(body: Mapping[str, Any], connection_id: UUID, received_at: datetime) -> list[dict[str, Any]]:
    """What a verified webhook says that matters, as flat records for the stream (``hidra.domain.delivery`` reads them).

    Args:
        body: the webhook's JSON; ``data`` may be an object, a list of them, or null.
        received_at: our own time in UTC, for Evolution's ``date_time`` is local time with a false Z.
    """
    read = _READERS.get(str(body.get("event")))
    if read is None:
        return []
    data = body.get("data")
    common = {"connection_id": str(connection_id), "received_at": received_at.isoformat(timespec="microseconds")}
    return [
        record | common
        for item in (data if isinstance(data, list) else [data])
        for record in read(item if isinstance(item, Mapping) else {})
    ]


def text_of(message: object) -> str | None:
    """The text of a WhatsApp message, be it plain, a caption, or the title of a button or list entry; None if none.

    Disappearing chats are not unwrapped by Evolution (src/.../whatsapp.baileys.service.ts, prepareMessage).
    """
    content = _unwrapped(message)
    candidates = [content.get("conversation")]
    candidates += [_mapping(content.get(kind)).get(field) for kind, field in _TEXTS]
    candidates.append(_mapping(_mapping(content.get("interactiveResponseMessage")).get("body")).get("text"))
    candidates.append(_flow_title(content))
    return next((text for text in candidates if isinstance(text, str) and text), None)


def media_type_of(message: object) -> MediaType | None:
    """The kind of media in a WhatsApp message; None if none."""
    content = _unwrapped(message)
    return next((kind for name, kind in _MEDIA_TYPES.items() if name in content), None)


def _unwrapped(message: object) -> Mapping[str, Any]:
    content = _mapping(message)
    for _ in range(MAX_WRAPPERS):
        inner = next((_mapping(content[name]).get("message") for name in _WRAPPERS if name in content), None)
        edited = _mapping(content.get("protocolMessage")).get("editedMessage")
        if inner is None and edited is None:
            break
        content = _mapping(edited if inner is None else inner)
    return content


def _flow_title(content: Mapping[str, Any]) -> object:
    """What a button of a native flow was called; WhatsApp tells it as JSON in a text."""
    flow = _mapping(_mapping(content.get("interactiveResponseMessage")).get("nativeFlowResponseMessage"))
    try:
        told = _mapping(json.loads(flow["paramsJson"]))
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return told.get("display_text", told.get("title"))


def _statuses(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    # keyId is WhatsApp's id, messageId Evolution's own; remoteJid and fromMe are often wrong here and not needed.
    message_id, word = id_of(data.get("keyId")), data.get("status")
    status = PROVIDER_WORDS.get(word.upper()) if isinstance(word, str) else None
    if message_id and status:
        yield {"kind": "status", "provider_message_id": message_id, "status": status.value}


def _replies(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    key, message = _mapping(data.get("key")), _mapping(data.get("message"))
    places = ("remoteJid", "remoteJidAlt", "senderPn", "senderLid", "participantAlt", "participantPn")
    jids = [jid for jid in map(key.get, places) if isinstance(jid, str)]
    numbers = (canonical(f"+{match[1]}") for jid in jids if (match := _PHONE_JID.match(jid)))
    phone = next(numbers, None)
    lid = next((match[1] for jid in jids if (match := _LID_JID.match(jid))), None)
    text = stripped(text_of(message) or "")[:TEXT_CHARACTERS]
    # A group, a broadcast or a newsletter stands in remoteJid itself, whatever the other fields say.
    chat = key.get("remoteJid")
    personal = isinstance(chat, str) and bool(_PHONE_JID.match(chat) or _LID_JID.match(chat))
    # A sticker asks for nothing, but may tell whose hidden id it is.
    if key.get("fromMe") or not personal or not (text or (phone and lid)):
        return
    yield {
        "kind": "reply",
        "message_id": id_of(key.get("id")),
        "phone": phone,
        "lid": lid,
        "quoted_id": _quoted_id(data, message),
        "text": text,
        "sent": _seconds(data.get("messageTimestamp")),
    }


def _connection(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """connection.update tells ``state`` and ``statusReason``, status.instance the same in other words."""
    status = _CONNECTION_WORDS.get(str(data.get("state", data.get("status"))))
    if status is None:
        return
    reason = None
    if status is EvolutionConnectionStatus.DISCONNECTED:
        code = data.get("statusReason", data.get("disconnectionReasonCode"))
        reason = _REASONS.get(code, f"WhatsApp closed the connection with code {code}.") if _is_code(code) else None
    elif status is EvolutionConnectionStatus.ERROR:
        reason = QR_REFUSED
    yield {"kind": "connection", "status": status.value, "reason": reason}


def _logged_out(_: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"kind": "connection", "status": EvolutionConnectionStatus.DISCONNECTED.value, "reason": LOGGED_OUT}


def _removed(_: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield {"kind": "connection", "status": EvolutionConnectionStatus.ERROR.value, "reason": REMOVED}


_READERS = {
    "messages.update": _statuses,
    "messages.upsert": _replies,
    "connection.update": _connection,
    "status.instance": _connection,
    "logout.instance": _logged_out,
    "remove.instance": _removed,
}


def _quoted_id(data: Mapping[str, Any], message: Mapping[str, Any]) -> str | None:
    """The id of the message that this one answers: Evolution lifts it to the top, WhatsApp has it with each kind."""
    content = _unwrapped(message)
    places = (data, message, content, *(_mapping(part) for part in content.values()))
    found = (id_of(_mapping(place.get("contextInfo")).get("stanzaId")) for place in places)
    return next((quoted for quoted in found if quoted), None)


def _seconds(value: object) -> int | None:
    """A time of WhatsApp's in seconds since 1970: a number, the same as text, or a long integer in two halves."""
    value = _mapping(value).get("low", value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= ID_CHARACTERS:
        return int(value)
    return value if isinstance(value, int) and _is_code(value) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def id_of(value: object) -> str | None:
    """A provider's id; WhatsApp's are printable ASCII, anything else would only do harm further on."""
    fits = isinstance(value, str) and 0 < len(value) <= ID_CHARACTERS and value.isascii() and value.isprintable()
    return str(value) if fits else None


def _is_code(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
