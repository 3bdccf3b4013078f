"""Whether a connection works, in words that its owner understands; and our webhook on it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.webhook import QR_REFUSED
from hidra.errors import HidraError
from hidra.gateways.evolution import STATE_ABSENT, Evolution, Webhook
from hidra.services.parallel import in_parallel
from hidra.store import connection_health
from hidra.store.connection_health import Connection
from hidra.store.db import Database
from hidra.telemetry import logger

AT_MOST = 1_000  # connections that one run begins to check
FAIR = timedelta(seconds=15)  # a check that was given less before the run's end says nothing of its server

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
    """What a check found.

    ``answers``: the server takes our calls, whatever WhatsApp's side of it. ``webhook_lost``: another webhook than any
    of ours was found, so nobody has told us of what happened until it was set.
    """

    status: EvolutionConnectionStatus
    error_message: str | None
    answers: bool
    webhook_lost: bool = False


def failed(message: str) -> Health:
    """The health of a connection that cannot even be asked."""
    return Health(EvolutionConnectionStatus.ERROR, message, answers=False)


def examine(evolution: Evolution, webhook: Webhook, *, also_ours: Collection[Webhook] = ()) -> Health:
    """Asks for the state, and sets our webhook where another or none is found; never raises for what Evolution does.

    Args:
        also_ours: webhooks under earlier keys, which we still take.
    """
    try:
        state = evolution.connection_state()
    except HidraError as error:
        return failed(str(error))
    status, message = _STATES.get(
        state, (EvolutionConnectionStatus.ERROR, "Evolution reports a state that Hidra does not know.")
    )
    lost = False
    try:
        found = evolution.find_webhook()
        if found != webhook:
            lost = found not in also_ours
            evolution.set_webhook(webhook.url, webhook.jwt_key)
    except HidraError as error:
        # Messages can be sent all the same, so this alone stops nothing.
        message = message or f"Deliveries and replies may go unnoticed, for our webhook could not be set: {error}"
    return Health(status, message, answers=True, webhook_lost=lost)


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

    Only the talking to servers is in threads: the database stays on this one. A connection's turn is noted before its
    server is asked, or those that never answer would be the first to be asked again, for ever.
    """
    began: dict[Connection, datetime] = {}

    def begin(batch: list[Connection]) -> None:
        at = now()
        db.as_worker(
            lambda tx: connection_health.begin(tx, connection_ids=[connection.id for connection in batch], at=at)
        )
        began.update(dict.fromkeys(batch, at))

    answering = []
    due = db.as_worker(lambda tx: connection_health.due(tx, limit=AT_MOST))
    for connection, health in in_parallel(examine, due, seconds=seconds, begin=begin):
        _record(connection, health, began.pop(connection), db=db)
        if health.answers:
            answering.append(connection)
    for connection, at in began.items():
        if now() - at >= FAIR:
            _record(connection, failed("The Evolution server did not answer in time."), at, db=db)
    logger.info("connections checked", connections=len(due), answering=len(answering))
    return answering


def _record(connection: Connection, health: Health, began: datetime, *, db: Database) -> None:
    db.as_worker(
        lambda tx: connection_health.record(
            tx, connection, status=health.status, message=health.error_message, at=began
        )
    )
