"""Checks whether a connection works, in words for its user, and sets our webhook on it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.webhook import QR_REFUSED
from hidra.errors import HidraError
from hidra.gateways.evolution import STATE_ABSENT, Evolution, Webhook
from hidra.services.parallel import in_parallel
from hidra.store import connection_health
from hidra.store.connection_health import Endpoint
from hidra.store.db import Database
from hidra.telemetry import logger

AT_MOST = 1_000  # connections that one run checks
FAIR = timedelta(seconds=15)  # a check that the end of the run cuts off earlier proves nothing about its server

# Evolution's words. On the Cloud API the word says nothing: it is "open" from the creation on, no token or number is
# checked (src/api/integrations/channel/meta/whatsapp.business.service.ts). There only a refused send shows
# a fault: it sets the connection to error until the next check.
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

    ``answers``: the server answers our calls, whatever the state of WhatsApp's side. ``webhook_lost``: the check found
    a webhook that is not ours, so the events until then were lost.
    """

    status: EvolutionConnectionStatus
    error_message: str | None
    answers: bool
    webhook_lost: bool = False


def failed(message: str) -> Health:
    """Returns the health of a connection whose state cannot be read."""
    return Health(EvolutionConnectionStatus.ERROR, message, answers=False)


def examine(evolution: Evolution, webhook: Webhook, *, also_ours: Collection[Webhook] = ()) -> Health:
    """Reads the state, and sets our webhook if there is another or none; never raises for what Evolution does.

    Args:
        also_ours: webhooks under earlier keys, which we still accept.
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
        # Messages can still be sent, so this alone does not stop the connection.
        message = message or f"Deliveries and replies may go unnoticed, because our webhook could not be set: {error}"
    return Health(status, message, answers=True, webhook_lost=lost)


def check_one(
    endpoint: Endpoint, *, db: Database, examine: Callable[[Endpoint], Health], now: Callable[[], datetime]
) -> Health:
    """Checks one connection and records what was found."""
    started_at = now()
    health = examine(endpoint)
    _record(endpoint, health, started_at, db=db)
    return health


def check_all(
    *, db: Database, examine: Callable[[Endpoint], Health], now: Callable[[], datetime], seconds: float
) -> list[Endpoint]:
    """Checks connections in parallel for so many seconds; returns the endpoints whose server answers our calls.

    Threads call servers; only the calling thread uses the database. The start of a check is recorded before its server
    is called: otherwise servers that never answer would stay the first in the order of checks.
    """
    started: dict[Endpoint, datetime] = {}

    def begin(batch: list[Endpoint]) -> None:
        at, ids = now(), [endpoint.connection_id for endpoint in batch]
        db.as_worker(lambda tx: connection_health.begin(tx, connection_ids=ids, at=at))
        started.update(dict.fromkeys(batch, at))

    answering = []
    due = db.as_worker(lambda tx: connection_health.due(tx, limit=AT_MOST))
    for endpoint, health in in_parallel(examine, due, seconds=seconds, begin=begin):
        _record(endpoint, health, started.pop(endpoint), db=db)
        if health.answers:
            answering.append(endpoint)
    for endpoint, at in started.items():
        if now() - at >= FAIR:
            _record(endpoint, failed("The Evolution server did not answer in time."), at, db=db)
    logger.info("connections checked", connections=len(due), answering=len(answering))
    return answering


def _record(endpoint: Endpoint, health: Health, at: datetime, *, db: Database) -> None:
    db.as_worker(
        lambda tx: connection_health.record(tx, endpoint, status=health.status, message=health.error_message, at=at)
    )
