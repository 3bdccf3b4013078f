"""What Evolution is told when it is to send (Evolution API 2.3.7, src/validate/message.schema.ts)."""

import mimetypes
from typing import Any
from urllib.parse import unquote, urlsplit

from hidra.domain.content import Content, Media, MediaType


def to_send(number: str, content: Content) -> tuple[str, dict[str, Any]]:
    """The route and the JSON body of one message to an E.164 number.

    No ``delay``: it would hold the request open, and the pace is kept elsewhere.
    """
    to = {"number": number.removeprefix("+")}
    if content.media is None:
        # linkPreview false: Baileys would fetch links in the text before sending.
        return "message/sendText", {**to, "text": content.text, "linkPreview": False}
    return "message/sendMedia", {**to, **_media(content.media, caption=content.text)}


def _media(media: Media, *, caption: str) -> dict[str, Any]:
    """A document always has a name: Evolution's own way to one fails on a URL without a dot in its last part. What is
    not known is left out; Evolution then looks for the MIME type itself.
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
    """By the name's ending; None where that says nothing, or something that is not of this kind."""
    found, encoding = mimetypes.guess_file_type(name)
    if found is None or encoding is not None:
        return None
    return found if media_type == "document" or found.startswith(f"{media_type}/") else None
