"""The simulator's log over HTTP, under /_log. No key."""

import asyncio
import json
from collections.abc import Sequence

from aiohttp import web

from local.evolution.errors import ErrorResponse
from local.evolution.log import Log
from local.evolution.records import Send, Webhook

_PAGE = 1000
_MAX_PAGE = 10_000
_SLICE = 20


def routes(log: Log) -> list[web.RouteDef]:
    """Messages and webhooks page by page, their counts, and the clearing of all of it."""

    async def messages(request: web.Request) -> web.Response:
        return await _page(request, "messages", log.sends)

    async def webhooks(request: web.Request) -> web.Response:
        return await _page(request, "webhooks", log.webhooks)

    async def summary(request: web.Request) -> web.Response:
        return web.json_response(log.totals(request.query.get("instance")).to_json())

    async def clear(_request: web.Request) -> web.Response:
        log.clear()
        return web.json_response({"status": "ok"})

    return [
        web.get("/_log/messages", messages),
        web.get("/_log/webhooks", webhooks),
        web.get("/_log/summary", summary),
        web.delete("/_log", clear),
    ]


async def _page(request: web.Request, name: str, rows: Sequence[Send] | Sequence[Webhook]) -> web.Response:
    """Rows after the `seq` in `after`; `next_after` is null at the end. A `seq` is also the row's place in `rows`."""
    try:
        after = max(0, int(request.query.get("after", 0)))
        limit = min(max(1, int(request.query.get("limit", _PAGE))), _MAX_PAGE)
    except ValueError as error:
        raise ErrorResponse(400, {"error": "after and limit are integers"}) from error
    page = rows[after : after + limit]
    written: list[str] = []
    for start in range(0, len(page), _SLICE):
        written.extend(json.dumps(row.to_json()) for row in page[start : start + _SLICE])
        await asyncio.sleep(0)  # a long page must not delay the sends and webhooks whose times are compared
    more = after + len(page) if after + len(page) < len(rows) else None
    text = f'{{"{name}": [{", ".join(written)}], "next_after": {json.dumps(more)}}}'
    return web.Response(text=text, content_type="application/json")
