"""Checks whether a connection works, in words for its user, and sets our webhook on it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.close_reason import close_reason
from hidra.domain.connection import ConnectionWarning
from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault
from hidra.domain.instance import (
    CLOUD_CLOSED,
    INTEGRATIONS,
    NO_WHATSAPP,
    InstanceFacts,
    OtherConnection,
    on_same_instance,
    warnings_of,
)
from hidra.domain.ticket import RecheckTicket
from hidra.domain.webhook import QR_REFUSED
from hidra.errors import HidraError
from hidra.gateways.evolution import STATE_ABSENT, Evolution, Webhook
from hidra.services.parallel import in_parallel
from hidra.store import connection_health
from hidra.store.connection_health import Endpoint
from hidra.store.db import Database, Tx
from hidra.telemetry import Figure, logger, measure

AT_MOST = 1_000  # connections that one run checks
FAIR = timedelta(seconds=15)  # a check that the end of the run cuts off earlier proves nothing about its server

# Evolution's words. On the Cloud API the word says nothing: it is "open" from the creation on, no token or number is
# checked (src/api/integrations/channel/meta/whatsapp.business.service.ts). There only a refused send shows
# a fault: it sets the connection to error until the next check.
_STATES: Mapping[str, tuple[EvolutionConnectionStatus, ConnectionFault | None]] = {
    "open": (EvolutionConnectionStatus.CONNECTED, None),
    "connecting": (EvolutionConnectionStatus.CONNECTING, None),
    "close": (EvolutionConnectionStatus.DISCONNECTED, None),
    "refused": (EvolutionConnectionStatus.ERROR, QR_REFUSED),
    STATE_ABSENT: (
        EvolutionConnectionStatus.ERROR,
        ConnectionFault(
            ConnectionErrorCode.NOT_RUNNING,
            "Evolution knows this instance but does not run it: restart it, or the server.",
        ),
    ),
}
_STATE_UNKNOWN = ConnectionFault(
    ConnectionErrorCode.STATE_UNKNOWN, "Evolution reports a state that Hidra does not know."
)
_NOT_IN_TIME = ConnectionFault(ConnectionErrorCode.TIMED_OUT, "The Evolution server did not answer in time.")


type Recheck = Callable[[RecheckTicket], object]
"""Queues a ticket until its time; never fails."""


def no_recheck(_: RecheckTicket) -> None:
    """Leaves the connection to its scheduled check."""


@dataclass(frozen=True)
class Health:
    """What a check found.

    ``answers``: the server answers our calls, whatever the state of WhatsApp's side. ``webhook_lost``: the check found
    a webhook that is not ours, so the events until then were lost.
    """

    status: EvolutionConnectionStatus
    fault: ConnectionFault | None
    answers: bool
    webhook_lost: bool = False
    facts: InstanceFacts | None = None
    warnings: Sequence[ConnectionWarning] = ()


def failed(fault: ConnectionFault) -> Health:
    """Returns the health of a connection whose state cannot be read."""
    return Health(EvolutionConnectionStatus.ERROR, fault, answers=False)


def read_state(evolution: Evolution, *, facts_too: bool = True) -> Health:
    """Reads the state, and what explains it; never raises for what Evolution does."""
    try:
        state = evolution.connection_state()
    except HidraError as error:
        return failed(ConnectionFault.of(error.code, str(error)))
    status, fault = _STATES.get(state, (EvolutionConnectionStatus.ERROR, _STATE_UNKNOWN))
    facts = _facts(evolution) if facts_too else None
    if facts:
        status, fault = _explained(status, fault, facts)
    return Health(status, fault, answers=True, facts=facts)


@dataclass(frozen=True)
class Neighbourhood:
    """The connection to be examined among all others, and whose webhook a URL is."""

    endpoint: Endpoint
    others: Sequence[OtherConnection] = ()
    owner_of: Callable[[str], UUID | None] = lambda _: None


def _serves(found: Webhook | None, ours: Webhook) -> bool:
    """Whether it is our webhook, maybe with further events, as an earlier version of Hidra set it: it lost nothing."""
    return found is not None and replace(found, events=ours.events) == ours and found.events >= ours.events


def examine(
    evolution: Evolution,
    webhook: Webhook | None,
    *,
    also_ours: Collection[Webhook] = (),
    among: Neighbourhood | None = None,
) -> Health:
    """Reads the state, and sets our webhook if there is another or none; never raises for what Evolution does.

    The webhook of another connection that uses the same instance is left as it is: both would replace it for ever.

    Args:
        webhook: None if its key is too new for a registration: a later check sets it.
        also_ours: webhooks under other keys, which we also accept.
        among: None if the connection is not to be compared with others.
    """
    health = read_state(evolution, facts_too=among is not None)
    if not health.answers:
        return health
    facts, fault = health.facts, health.fault
    shared = on_same_instance(facts, among.others) if facts and among else frozenset()
    lost = theirs = False
    try:
        found = webhook and evolution.find_webhook()
        if webhook is not None and found != webhook:
            theirs = found is not None and among is not None and among.owner_of(found.url) in shared
            lost = not theirs and not any(_serves(found, ours) for ours in (webhook, *also_ours))
            if not theirs:
                evolution.set_webhook(webhook.url, webhook.jwt_key)
    except HidraError as error:
        # Messages can still be sent, so this alone does not stop the connection.
        fault = fault or _webhook_not_set(error)
    warnings = _warnings(facts, among, shared=bool(shared), receives=not theirs) if facts and among else ()
    return replace(health, fault=fault, webhook_lost=lost, warnings=warnings)


def _webhook_not_set(error: HidraError) -> ConnectionFault:
    message = f"Deliveries and replies may go unnoticed, because our webhook could not be set: {error}"
    return ConnectionFault(ConnectionErrorCode.WEBHOOK_NOT_SET, message)


def _facts(evolution: Evolution) -> InstanceFacts | None:
    try:
        return evolution.facts()
    except HidraError:
        return None  # the state says enough to send


def _explained(
    status: EvolutionConnectionStatus, fault: ConnectionFault | None, facts: InstanceFacts
) -> tuple[EvolutionConnectionStatus, ConnectionFault | None]:
    """The status, and its fault in the light of what Evolution tells about the instance."""
    if facts.integration == "EVOLUTION":
        return EvolutionConnectionStatus.ERROR, NO_WHATSAPP
    if status is not EvolutionConnectionStatus.DISCONNECTED:
        return status, fault
    if INTEGRATIONS.get(facts.integration or "") == "cloud_api":
        return status, CLOUD_CLOSED
    return status, fault if facts.close_code is None else close_reason(facts.close_code)


def _warnings(
    facts: InstanceFacts, among: Neighbourhood, *, shared: bool, receives: bool
) -> tuple[ConnectionWarning, ...]:
    endpoint = among.endpoint
    found = warnings_of(
        facts,
        base_url=endpoint.base_url,
        saved=endpoint.integration_saved,
        others=among.others,
        shared=shared,
        receives=receives,
    )
    return tuple(found)


def check_one(
    endpoint: Endpoint,
    *,
    db: Database,
    examine: Callable[[Endpoint], Health],
    now: Callable[[], datetime],
    recheck: Recheck = no_recheck,
) -> Health:
    """Checks one connection and records what was found.

    Args:
        recheck: asks for an early check, because the connection has just stopped working.
    """
    started_at = now()
    health = examine(endpoint)
    _record(endpoint, health, started_at, db=db, recheck=recheck)
    return health


def check_all(
    *,
    db: Database,
    examine: Callable[[Endpoint], Health],
    now: Callable[[], datetime],
    seconds: float,
    recheck: Recheck = no_recheck,
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
        _record(endpoint, health, started.pop(endpoint), db=db, recheck=recheck)
        if health.answers:
            answering.append(endpoint)
    for endpoint, at in started.items():
        if now() - at >= FAIR:
            _record(endpoint, failed(_NOT_IN_TIME), at, db=db, recheck=recheck)
    measure(Figure.CONNECTIONS_CHECKED, len(due))
    measure(Figure.CONNECTIONS_UNANSWERED, len(due) - len(answering))
    logger.info("connections checked", connections=len(due), answering=len(answering))
    return answering


def _record(endpoint: Endpoint, health: Health, at: datetime, *, db: Database, recheck: Recheck) -> None:
    def work(tx: Tx) -> datetime | None:
        if health.facts:
            connection_health.record_found(tx, endpoint, health.facts, warnings=health.warnings)
        return connection_health.record(tx, endpoint, status=health.status, fault=health.fault, at=at)

    recheck_at = db.as_worker(work)
    if recheck_at:
        recheck(RecheckTicket(endpoint.connection_id, recheck_at, since=at))
