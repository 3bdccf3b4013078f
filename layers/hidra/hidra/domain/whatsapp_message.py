"""WhatsApp's messages as Baileys and Evolution hand them over: ids, addresses, text, kind of media, quoted message.

Any field may be absent or of another type: it comes from the sender's client.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from hidra.domain.content import MediaType
from hidra.domain.phone import canonical

MAX_WRAPPERS = 5
_ID_CHARACTERS = 300
HIDDEN = "lid"
_PERSON = re.compile(r"^([^@:]*)(?::\d+)?@(s\.whatsapp\.net|c\.us|lid)$", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{6,14}", re.ASCII)
_LID = re.compile(r"\d{1,32}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,20}(\.\d{1,20})?", re.ASCII)
_FIRST_MILLISECOND = 10**11  # seconds reach it in the year 5138, milliseconds passed it in 1973
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
# What a person sends beside text. Not here: a reaction, which marks a message and can be withdrawn; votes, calls,
# deletions and keys, which are no messages.
_WITHOUT_TEXT = frozenset(
    {
        "audioMessage",
        "contactMessage",
        "contactsArrayMessage",
        "documentMessage",
        "imageMessage",
        "liveLocationMessage",
        "locationMessage",
        "lottieStickerMessage",
        "orderMessage",
        "productMessage",
        "ptvMessage",
        "stickerMessage",
        "videoMessage",
    }
)
_MEDIA_TYPES: Mapping[str, MediaType] = {
    "imageMessage": "image",
    "documentMessage": "document",
    "videoMessage": "video",
    "audioMessage": "audio",
}


def id_of(value: object) -> str | None:
    """Returns a message's id; None unless it is printable ASCII of at most 300 characters, as WhatsApp's ids are."""
    fits = isinstance(value, str) and 0 < len(value) <= _ID_CHARACTERS and value.isascii() and value.isprintable()
    return str(value) if fits else None


def person_of(jid: str) -> tuple[str, str] | None:
    """Returns the user and the server of a person's address, without its device; None for any other address.

    The server is "lid" (``HIDDEN``) if the user is a hidden id. Otherwise the user is a number, unless it is malformed.
    """
    match = _PERSON.match(jid)
    return (match[1], match[2]) if match else None


def _number(jid: str) -> str | None:
    user, server = person_of(jid) or ("", "")
    return user if server == "s.whatsapp.net" and _NUMBER.fullmatch(user) else None


def _lid(jid: str) -> str | None:
    user, server = person_of(jid) or ("", "")
    return user if server == HIDDEN and _LID.fullmatch(user) else None


def phone_of(jids: Iterable[str]) -> str | None:
    """Returns the canonical E.164 number of the first address that holds one (``…@s.whatsapp.net``); None if none."""
    return next((canonical(f"+{number}") for jid in jids if (number := _number(jid))), None)


def lid_of(jids: Iterable[str]) -> str | None:
    """Returns the first hidden id (``…@lid``) among addresses; None if none."""
    return next((lid for jid in jids if (lid := _lid(jid))), None)


def is_personal(jid: object) -> bool:
    """Whether a chat's address is a person's: not a group's, a broadcast's or a newsletter's."""
    return isinstance(jid, str) and bool(_number(jid) or _lid(jid))


def text_of(message: object) -> str | None:
    """Returns the text of a message: plain, a caption, or the title of a button or list entry; None if none.

    Evolution does not unwrap disappearing chats (src/.../whatsapp.baileys.service.ts, prepareMessage).
    """
    content = _unwrapped(message)
    candidates = [content.get("conversation")]
    candidates += [object_of(content.get(kind)).get(field) for kind, field in _TEXTS]
    candidates.append(object_of(object_of(content.get("interactiveResponseMessage")).get("body")).get("text"))
    candidates.append(_flow_title(content))
    return next((text for text in candidates if isinstance(text, str) and text), None)


def is_written(message: object) -> bool:
    """Whether a person wrote or sent something: a text, a picture, a voice note, a sticker and the like."""
    return text_of(message) is not None or not _WITHOUT_TEXT.isdisjoint(_unwrapped(message))


def media_type_of(message: object) -> MediaType | None:
    """Returns the kind of media in a message; None if none."""
    content = _unwrapped(message)
    return next((kind for name, kind in _MEDIA_TYPES.items() if name in content), None)


def quoted_id_of(data: Mapping[str, Any]) -> str | None:
    """Returns the id of the message that this one answers; None if none.

    Evolution lifts it to the top of the webhook's data, WhatsApp has it with each kind of message.
    """
    message = object_of(data.get("message"))
    content = _unwrapped(message)
    places = (data, message, content, *(object_of(part) for part in content.values()))
    found = (id_of(object_of(place.get("contextInfo")).get("stanzaId")) for place in places)
    return next((quoted for quoted in found if quoted), None)


def seconds_of(timestamp: object) -> int | None:
    """Returns a message's time in whole seconds since 1970; None if it is no time.

    The time is a number, the same as text, or a long integer in two halves of 32 bits; seconds, or milliseconds, which
    are recognised by their size.
    """
    halves = object_of(timestamp)
    value: object = timestamp
    if halves:
        low, high = halves.get("low"), halves.get("high", 0)
        value = (high << 32) + (low & 0xFFFFFFFF) if _is_half(low) and _is_half(high) else None
    if isinstance(value, str):
        value = _number_in(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _FIRST_MILLISECOND * 1_000:
        return None
    return int(value if value < _FIRST_MILLISECOND else value / 1_000)


def _is_half(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and -(1 << 31) <= value < 1 << 32


def _number_in(text: str) -> float | None:
    return float(text) if _DECIMAL.fullmatch(text.strip()) else None


def object_of(value: object) -> Mapping[str, Any]:
    """Returns a JSON object as it is, and an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def _unwrapped(message: object) -> Mapping[str, Any]:
    content = object_of(message)
    for _ in range(MAX_WRAPPERS):
        inner = next((object_of(content[name]).get("message") for name in _WRAPPERS if name in content), None)
        edited = object_of(content.get("protocolMessage")).get("editedMessage")
        if inner is None and edited is None:
            break
        content = object_of(edited if inner is None else inner)
    return content


def _flow_title(content: Mapping[str, Any]) -> object:
    """Returns the title of a native flow's button, which WhatsApp puts as JSON into a text."""
    flow = object_of(object_of(content.get("interactiveResponseMessage")).get("nativeFlowResponseMessage"))
    try:
        button = object_of(json.loads(flow["paramsJson"]))
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return button.get("display_text", button.get("title"))
