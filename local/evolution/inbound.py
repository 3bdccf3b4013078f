"""What a person sends to an instance, in the shapes in which Evolution hands it on.

Source: Evolution API 2.3.7, whatsapp.baileys.service.ts (prepareMessage) and whatsapp.business.service.ts.
"""

from collections.abc import Mapping
from typing import Any

KINDS: Mapping[str, str] = {
    "text": "conversation",
    "image": "imageMessage",
    "voice": "audioMessage",
    "sticker": "stickerMessage",
    "reaction": "reactionMessage",
}
"""Kinds of replies, with the messageType of each."""


def content(kind: str, text: str, *, answers: Mapping[str, Any], quotes: bool, cloud: bool) -> dict[str, Any]:
    """The message of a webhook.

    Args:
        text: the text, the caption of an image, or the emoji of a reaction.
        answers: the key of the message that is answered; ``quotes``: the reply quotes it.
    """
    made: dict[str, Any] = {KINDS[kind]: _part(kind, text, answers, cloud=cloud)}
    return made | ({"contextInfo": context(answers)} if quotes and cloud else {})


def context(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The contextInfo of a message that quotes another one. Evolution lifts it to the top of the webhook's data."""
    return {"stanzaId": answers["id"]}


def _part(kind: str, text: str, answers: Mapping[str, Any], *, cloud: bool) -> Any:
    if kind == "text":
        return text
    if kind == "reaction":
        return {"text": text, "key": dict(answers)}
    media = {"id": "1003383421387256"} if cloud else {"url": "https://mmg.whatsapp.net/o1/v/t62.7118-24"}
    name = "mime_type" if cloud else "mimetype"
    match kind:
        case "image":
            return media | {name: "image/jpeg"} | ({"caption": text} if text else {})
        case "voice":
            return (
                media | {name: "audio/ogg; codecs=opus"} | ({"voice": True} if cloud else {"ptt": True, "seconds": 4})
            )
        case _:
            return media | {name: "image/webp"}
