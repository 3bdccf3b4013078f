"""Request bodies as Evolution reads them: a JSON object or a multipart form."""

import base64
import json
from typing import Any

from aiohttp import BodyPartReader, web

from local.evolution.errors import bad_request, envelope


async def read_body(request: web.Request) -> dict[str, Any]:
    """The fields of a request. Malformed JSON is refused before any guard runs."""
    if request.content_type.startswith("multipart/"):
        return await _read_form(request)
    raw = await request.read()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise envelope(400, str(error), "Internal Server Error") from error
    if not isinstance(body, dict):
        raise bad_request("Invalid body")
    return body


async def _read_form(request: web.Request) -> dict[str, Any]:
    body: dict[str, Any] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.name == "file":
            body["media"] = base64.b64encode(await part.read()).decode()
            body.setdefault("fileName", part.filename)
            body.setdefault("mimetype", part.headers.get("Content-Type"))
        else:
            body[part.name] = await part.text()
    if isinstance(body.get("delay"), str) and body["delay"].isdigit():
        body["delay"] = int(body["delay"])
    return body
