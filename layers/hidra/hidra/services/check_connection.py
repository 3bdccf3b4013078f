"""Whether a connection works, in words that its owner understands; and our webhook on it."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.webhook import QR_REFUSED
from hidra.errors import HidraError
from hidra.gateways.evolution import STATE_ABSENT, Evolution, Webhook
from hidra.store import connections
from hidra.store.connections import Connection
from hidra.store.db import Database
from hidra.telemetry import logger

THREADS = 16
AT_MOST = 1_000  # connections that one run begins to check

# Evolution's words. On the Cloud API the word says nothing: it is "open" from the creation on, no token or number is
# checked (src/api/integrations/channel/meta/whatsapp.business.service.ts). There only a send tells, and its refusal
# sets the connection to error until the next check lets it try again.
_STATES = {
    "open": (EvolutionConnectionStatus.CONNECTED, None),
    "connecting": (EvolutionConnectionStatus.CONNECTING, None),
    "close": (EvolutionConnectionStatus.DISCONNECTED, None),
    "refused": (EvolutionConnectionStatus.ERROR, QR_REFUSED),
    STATE_ABSENT: (
        EvolutionConnectionStatus.ERROR,
        "Evolution knows this instance but does not run it: restart it, or the server.",
    ),
}


@dataclass(frozen=True)
class Health:
    """What a check found. ``answers``: the server takes our calls, whatever WhatsApp's side of it."""

    status: EvolutionConnectionStatus
    error_message: str | None
    answers: bool


def failed(message: str) -> Health:
    """The health of a connection that cannot even be asked."""
    return Health(EvolutionConnectionStatus.ERROR, message, answers=False)


def examine(evolution: Evolution, webhook: Webhook) -> Health:
    """Asks for the state, and sets our webhook where another or none is found; never raises for what Evolution does."""
    try:
        state = evolution.connection_state()
    except HidraError as error:
        return failed(str(error))
    status, message = _STATES.get(
        state, (EvolutionConnectionStatus.ERROR, "Evolution reports a state that Hidra does not know.")
    )
    try:
        if evolution.find_webhook() != webhook:
            evolution.set_webhook(webhook.url, webhook.jwt_key)
    except HidraError as error:
        # Messages can be sent all the same, so this alone stops nothing.
        message = message or f"Deliveries and replies may go unnoticed, for our webhook could not be set: {error}"
    return Health(status, message, answers=True)


def check_one(
    connection: Connection, *, db: Database, examine: Callable[[Connection], Health], now: Callable[[], datetime]
) -> Health:
    """Checks one connection and writes down what was found."""
    began = now()
    health = examine(connection)
    _record(connection, health, began, db=db)
    return health


def check_all(
    *, db: Database, examine: Callable[[Connection], Health], now: Callable[[], datetime], seconds: float
) -> list[Connection]:
    """Checks connections side by side for so long; gives those whose server takes our calls.

    Only the talking to servers is in threads: the database stays on this one.
    """

    def timed(connection: Connection) -> tuple[datetime, Health]:
        return now(), examine(connection)

    answering = []
    due = db.as_worker(lambda tx: connections.due(tx, limit=AT_MOST))
    for connection, (began, health) in in_parallel(timed, due, seconds=seconds):
        _record(connection, health, began, db=db)
        if health.answers:
            answering.append(connection)
    logger.info("connections checked", connections=len(due), answering=len(answering))
    return answering


def in_parallel[T, R](work: Callable[[T], R], items: Iterable[T], *, seconds: float) -> Iterator[tuple[T, R]]:
    """Each item with what ``work`` made of it, as they are done; what is not done in time is left to itself."""
    pool = ThreadPoolExecutor(THREADS)
    doing = {pool.submit(work, item): item for item in items}
    try:
        for done in as_completed(doing, timeout=seconds):
            error = done.exception()
            if error is None:
                yield doing[done], done.result()
            else:
                logger.error("a connection's work failed", exc_info=error)
    except TimeoutError:
        logger.warning("not everything was done in time", left=sum(not future.done() for future in doing))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _record(connection: Connection, health: Health, began: datetime, *, db: Database) -> None:
    db.as_worker(
        lambda tx: connections.record(tx, connection, status=health.status, message=health.error_message, at=began)
    )
