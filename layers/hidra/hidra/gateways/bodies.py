"""The requests that make Evolution send a message (Evolution API 2.3.7, src/validate/message.schema.ts)."""

import mimetypes
from typing import Any
from urllib.parse import unquote, urlsplit

from hidra.domain.content import Content, Media, MediaType


def to_send(number: str, content: Content, *, message_id: str | None = None) -> tuple[str, dict[str, Any]]:
    """Returns the route and the JSON body of one message to an E.164 number.

    No ``delay``: it would hold the request open, and the pace is kept elsewhere.
    """
    to = {"number": number.removeprefix("+")}
    if message_id is not None:
        to["messageId"] = message_id  # from 2.4 on, Baileys only (src/api/dto/sendMessage.dto.ts); ignored before
    if content.media is None:
        # linkPreview false: Baileys would fetch links in the text before sending.
        return "message/sendText", {**to, "text": content.text, "linkPreview": False}
    return "message/sendMedia", {**to, **_media(content.media, caption=content.text)}


def _media(media: Media, *, caption: str) -> dict[str, Any]:
    """Returns the media's fields; without a MIME type Evolution finds it out itself.

    A document always has a name: Evolution fails to derive one from a URL without a dot in its last part.
    """
    body: dict[str, Any] = {"mediatype": media.type, "media": media.url}
    last_part = unquote(urlsplit(media.url).path).rpartition("/")[2]
    name = media.file_name or last_part or "document"
    mimetype = _mimetype(name, media.type) or _mimetype(last_part, media.type)
    if mimetype:
        body["mimetype"] = mimetype
    if media.type == "document":
        body["fileName"] = name
    if caption:
        body["caption"] = caption
    return body


def _mimetype(name: str, media_type: MediaType) -> str | None:
    """Returns the MIME type of the name's ending; None if it has none, or one of another kind of media."""
    found, encoding = mimetypes.guess_file_type(name)
    if found is None or encoding is not None:
        return None
    return found if media_type == "document" or found.startswith(f"{media_type}/") else None
