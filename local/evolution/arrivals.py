"""When requests came in: the first byte as it is read, not the moment at which a busy loop had time for its handler.

Without processor the loop reads late, on a saturated machine by seconds, but still in order: a client that left before
another one began is noted first.
"""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

_CONNECTIONS = itertools.count(1)


class Stamp(asyncio.Protocol):
    """Stands before a connection's protocol and notes, in monotonic seconds, its requests' first bytes and its end."""

    def __init__(self, inner: asyncio.Protocol) -> None:
        self._inner = inner
        self.connection = next(_CONNECTIONS)
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


class Runner(web.AppRunner):
    """Serves an app with a stamp before every connection."""

    @property
    def server(self) -> Any:
        """The factory of protocols that a site listens with."""
        made: Callable[[], asyncio.Protocol] | None = super().server
        return made and (lambda: Stamp(made()))


def stamp_of(request: web.Request) -> Stamp:
    """The stamp of a request's connection; of a server without them, or a connection that is gone, one of now."""
    protocol = request.transport.get_protocol() if request.transport else None
    if isinstance(protocol, Stamp):
        return protocol
    late = Stamp(asyncio.Protocol())
    late.first_byte = time.monotonic()
    return late
