"""The content of a send, validated. Source: Evolution API 2.3.7, src/validate/message.schema.ts and both services."""

import base64
import binascii
import contextlib
import ipaddress
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from local.evolution.errors import bad_request, envelope, schema_error

MEDIA_TYPES = ("image", "document", "video", "audio")
_NO_REPLY_FROM_META = "TypeError: Cannot read properties of undefined (reading 'message')"


@dataclass(frozen=True, slots=True)
class Content:
    """A valid request to send. `message` has the form in which Evolution stores and returns it; `kind` is its type."""

    number: str
    kind: str
    message: dict[str, Any]
    delay_ms: int = 0
    message_id: str | None = None


def _message_id(body: Mapping[str, Any]) -> str | None:
    """The id that the caller asks for: 2.3.7 takes any property that it does not know, and ignores it."""
    value = body.get("messageId")
    return value if isinstance(value, str) and value else None


def _common(body: Mapping[str, Any]) -> tuple[str, int]:
    if "number" not in body:
        raise schema_error('instance requires property "number"')
    number, delay = body["number"], body.get("delay", 0)
    if not isinstance(number, str):
        raise schema_error("Invalid format")
    if isinstance(delay, bool) or not isinstance(delay, int):
        raise schema_error("Enter a value in milliseconds")
    return number, max(0, delay)


def text_content(body: Mapping[str, Any], *, cloud: bool) -> Content:
    """A sendText body; an empty text is Baileys' own refusal, on the Cloud API a request that never reaches Meta."""
    number, delay = _common(body)
    if "text" not in body:
        raise schema_error('instance requires property "text"')
    text = body["text"]
    if not isinstance(text, str):
        raise schema_error("text is not of a type(s) string")
    if not text.strip():
        raise bad_request(_NO_REPLY_FROM_META if cloud else "Text is required")
    return Content(number, "conversation", {"conversation": text}, delay, _message_id(body))


def media_content(body: Mapping[str, Any], *, cloud: bool) -> Content:
    """A sendMedia body: `media` is a URL or base64. No URL is fetched; one under `.invalid` fails as if unreachable."""
    number, delay = _common(body)
    if "mediatype" not in body:
        raise schema_error('instance requires property "mediatype"')
    kind, media = body["mediatype"], body.get("media")
    if kind not in MEDIA_TYPES:
        raise schema_error(f"mediatype is not one of enum values: {','.join(MEDIA_TYPES)}")
    url = media if isinstance(media, str) and media.startswith(("http://", "https://")) else None
    if (url is None and not _is_base64(media)) or (url and not _is_url(url)):
        raise bad_request("Owned media must be a url or base64")
    if url is None and kind == "document" and not body.get("fileName"):
        raise bad_request("For base64 the file name must be informed.")
    host = urlsplit(url).hostname or "" if url else ""
    if host.endswith(".invalid") and not cloud:
        raise envelope(500, [f"Error: getaddrinfo ENOTFOUND {host}"])
    name = body.get("fileName") or f"{kind}.{'png' if kind == 'image' else 'mp4'}"
    mimetype = body.get("mimetype") or mimetypes.guess_type(name)[0]
    caption = {"caption": body["caption"]} if body.get("caption") else {}
    if cloud:
        shown = {"fileName": name, "mediaType": kind, "media": media, "gifPlayback": False}
        shown |= {"id": url or "1000000248434848", "type": "link" if url else "id", "mimetype": mimetype}
    else:
        shown = {"url": "https://mmg.whatsapp.net/o1/v/simulated", "mimetype": mimetype, "fileName": name}
    return Content(number, f"{kind}Message", {f"{kind}Message": caption | shown}, delay, _message_id(body))


def _is_url(url: str) -> bool:
    """As class-validator's isURL: a host with a top-level domain and without underscores, or an IP address."""
    host = urlsplit(url).hostname or ""
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(host))
    return "." in host and "_" not in host and len(host.rpartition(".")[2]) > 1


def _is_base64(media: Any) -> bool:
    try:
        return isinstance(media, str) and bool(base64.b64decode(media, validate=True))
    except binascii.Error:
        return False
