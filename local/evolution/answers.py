"""HTTP answers as they go out: whole, spoiled by a fault, or cut with the connection."""

import contextlib
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from local.evolution.clock import Clock
from local.evolution.faults import Fault


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client; `cut` closes the connection instead, "during" in the middle of it."""

    status: int
    body: Any
    cut: str | None = None
    error: Any = None


async def spoil(fault: Fault, clock: Clock, normal: Answer | None = None) -> Answer:
    """What a fault makes of an answer; `normal` is the answer to a message that was accepted, if one was."""
    await clock.keep_waiting(fault.hold_seconds)
    if fault.cut:
        during = normal if fault.cut == "during" and normal else Answer(500, None)
        return Answer(during.status, during.body, cut=fault.cut, error="connection cut")
    if fault.status is None:
        return normal or Answer(200, {})
    return Answer(fault.status, fault.body, error=fault.body)


async def respond(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Write an answer to its last byte, or close the connection under the client."""
    if isinstance(answer.body, str):  # a proxy's page
        headers = {"Server": "nginx", "Content-Type": "text/html"}
        response = web.Response(body=answer.body.encode(), status=answer.status, headers=headers)
    else:
        response = web.json_response(answer.body, status=answer.status)
    if answer.cut == "during":
        return await _half(request, response)
    if answer.cut and request.transport is not None:
        request.transport.abort()
    with contextlib.suppress(ConnectionError):  # the client has left, or we have just cut its connection
        await response.prepare(request)
        await response.write_eof()
    return response


async def _half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """The head of an answer and half of its body, then the end of the connection."""
    body = whole.body
    written = bytes(body) if isinstance(body, bytes | bytearray) else b""
    half = web.StreamResponse(status=whole.status, headers=whole.headers)
    half.content_length = len(written)
    with contextlib.suppress(ConnectionError):
        await half.prepare(request)
        await half.write(written[: len(written) // 2])
    if request.transport is not None:
        request.transport.abort()
    return half
