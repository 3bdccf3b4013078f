"""The time of each request: when its first byte is read, not when a busy loop gets to its handler.

Without processor time the loop reads late, on a saturated machine by seconds, but still in order: a client that closes
its connection before another client begins a request is noted first.
"""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

_CONNECTIONS = itertools.count(1)


class TimedConnection(asyncio.Protocol):
    """Wraps a connection's protocol and notes, in monotonic seconds, its requests' first bytes and its end."""

    def __init__(self, inner: asyncio.Protocol) -> None:
        self._inner = inner
        self.number = next(_CONNECTIONS)
        self.first_byte: float | None = None
        self.lost: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Forwarded."""
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Forwarded, noted if it begins a request."""
        if self.first_byte is None:
            self.first_byte = time.monotonic()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Forwarded."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """Forwarded."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Forwarded."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forwarded, and noted."""
        self.lost = time.monotonic()
        self._inner.connection_lost(exc)


CONNECTION = web.RequestKey("connection", TimedConnection)
"""Where the middleware leaves a request's connection for its handler."""


class TimedRunner(web.AppRunner):
    """Serves an app with every connection timed."""

    @property
    def server(self) -> Any:
        """The factory of protocols that a site listens with."""
        made: Callable[[], asyncio.Protocol] | None = super().server
        return made and (lambda: TimedConnection(made()))


def timed_connection(request: web.Request) -> TimedConnection:
    """The request's connection; a new one with the time of now if the connection is gone or the server is untimed."""
    protocol = request.transport.get_protocol() if request.transport else None
    if isinstance(protocol, TimedConnection):
        return protocol
    untimed = TimedConnection(asyncio.Protocol())
    untimed.first_byte = time.monotonic()
    return untimed
