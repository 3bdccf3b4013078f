"""Messages looked up on their Evolution servers: connections in parallel, the messages of one connection in turn."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Protocol
from uuid import UUID

from hidra.gateways.evolution import Evolution
from hidra.services.parallel import in_parallel
from hidra.store.connection_health import Endpoint
from hidra.telemetry import logger


class _Message(Protocol):
    @property
    def connection_id(self) -> UUID: ...


def look_up[M: _Message, R](
    messages: Iterable[M],
    endpoints: Mapping[UUID, Endpoint],
    *,
    evolution: Callable[[Endpoint], Evolution],
    ask: Callable[[Evolution, Sequence[M]], Sequence[R]],
    settle: Callable[[Endpoint, Sequence[R]], object],
    end: float,
) -> None:
    """Asks each connection's server for its messages, and settles its answers in the calling thread.

    Args:
        messages: ordered by connection.
        endpoints: by connection; of every message's connection.
        evolution: opens a connection's server; called in threads.
        ask: looks the messages of one connection up; called in threads.
        settle: writes what one connection's server answered; if it fails, the other connections go on.
        end: of the time for all of it, by the monotonic clock.
    """
    batches = [(endpoints[key], list(group)) for key, group in groupby(messages, key=lambda it: it.connection_id)]

    def ask_server(batch: tuple[Endpoint, list[M]]) -> Sequence[R]:
        endpoint, its_messages = batch
        return ask(evolution(endpoint), its_messages)

    for (endpoint, _), answers in in_parallel(ask_server, batches, seconds=end - time.monotonic()):
        try:
            settle(endpoint, answers)
        except Exception:  # noqa: BLE001 - one server's answers must not stop the work for the others
            logger.exception("lookup results could not be recorded", connection_id=endpoint.connection_id)
