"""Checks a stopped connection again every few seconds, so that its campaigns continue soon after it works again.

A ticket of the send queue leads to the next one. The connection's ``recheck_at`` says which ticket is the current one.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.circuit import RECHECK_EVERY, RECHECK_FOR
from hidra.domain.ticket import RecheckTicket
from hidra.services.check_connection import Health, Recheck, check_one
from hidra.store import connection_health, runs
from hidra.store.connection_health import Endpoint
from hidra.store.db import Database
from hidra.store.runs import DueCampaign


def recheck_connection(
    ticket: RecheckTicket,
    *,
    db: Database,
    examine: Callable[[Endpoint], Health],
    recheck: Recheck,
    nudge: Callable[[Iterable[DueCampaign]], object],
    now: Callable[[], datetime],
) -> None:
    """Checks a connection; if it is connected its campaigns go on, otherwise it is checked again, for up to an hour.

    Args:
        nudge: asks for passes of the connection's campaigns, which probe it.
    """
    endpoint = db.as_worker(lambda tx: connection_health.to_recheck(tx, ticket))
    if endpoint is None:
        return
    health = check_one(endpoint, db=db, examine=examine, now=now, recheck=recheck)
    if health.status is EvolutionConnectionStatus.CONNECTED:
        db.as_worker(lambda tx: connection_health.end_rechecks(tx, ticket))
        nudge(db.as_worker(lambda tx: runs.running_on(tx, connection_id=ticket.connection_id)))
    elif now() - ticket.since < RECHECK_FOR:
        at = db.as_worker(lambda tx: connection_health.recheck_again(tx, ticket, after=RECHECK_EVERY))
        if at is not None:
            recheck(RecheckTicket(ticket.connection_id, at, ticket.since))
