"""Statuses whose webhooks were lost are looked up in Evolution, message by message, and added to what is known."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import partial

from hidra.domain import backfill
from hidra.domain.backfill import BackfillMessage, LookedUp, evidence_of, is_news
from hidra.errors import HidraError
from hidra.gateways.evolution import Evolution
from hidra.services.look_up import look_up
from hidra.store import messages, status_backfills
from hidra.store.connection_health import Endpoint
from hidra.store.db import Database, Tx
from hidra.telemetry import Figure, logger, measure


def backfill_statuses(
    answering: Collection[Endpoint],
    *,
    db: Database,
    evolution: Callable[[Endpoint], Evolution],
    now: datetime,
    seconds: float,
) -> None:
    """Detects outages of our webhook, starts the backfills that are due, and continues those in progress.

    Args:
        answering: the endpoints whose server answers calls.
        evolution: opens one; called in threads.
    """
    end = time.monotonic() + seconds
    endpoints = {endpoint.connection_id: endpoint for endpoint in answering}
    for connection_id in db.as_worker(lambda tx: status_backfills.detect(tx, connection_ids=endpoints, at=now)):
        logger.warning("no webhooks received from a connection", connection_id=connection_id)
    for connection_id in db.as_worker(lambda tx: status_backfills.start(tx, connection_ids=endpoints, at=now)):
        logger.info("status backfill started", connection_id=connection_id)
    look_up(
        db.as_worker(lambda tx: status_backfills.next_messages(tx, connection_ids=endpoints, at=now)),
        endpoints,
        evolution=evolution,
        ask=partial(_ask, begin_until=end - backfill.ONE_LOOKUP_SECONDS),
        settle=partial(_settle, db=db),
        end=end,
    )


def request_backfills(without_webhook: Iterable[Endpoint], *, db: Database, now: datetime) -> None:
    """Requests the backfill of connections on which a check found another webhook in place of ours."""
    ids = [endpoint.connection_id for endpoint in without_webhook]
    if ids:
        oldest = now - backfill.OLDEST
        db.as_worker(
            lambda tx: status_backfills.request(tx, connection_ids=ids, cause="webhook", at=now, oldest=oldest)
        )


def _ask(evolution: Evolution, pending: Iterable[BackfillMessage], *, begin_until: float) -> list[LookedUp]:
    """Looks up as many of the messages as time and the server allow; never ends with those that the server failed at.

    So a server in trouble is asked for them again, and single messages that it cannot report are passed over.
    """
    answered: list[LookedUp] = []
    failed: list[LookedUp] = []
    for message in pending:
        if time.monotonic() > begin_until or len(failed) == backfill.FAILURES:
            break
        try:
            statuses = evolution.find_statuses(message.provider_message_id)
        except HidraError as error:
            logger.warning("a status cannot be looked up", connection_id=message.connection_id, reason=error.code)
            failed.append(LookedUp(message, None))
            continue
        answered += [*failed, LookedUp(message, statuses)]
        failed = []
        time.sleep(backfill.PAUSE_SECONDS)
    return answered


def _settle(_: Endpoint, answered: Sequence[LookedUp], *, db: Database) -> None:
    if not answered:
        return
    evidence = {looked_up.message.id: found for looked_up in answered if (found := evidence_of(looked_up))}
    updated = sum(map(is_news, answered))

    def work(tx: Tx) -> None:
        messages.join_all_evidence(tx, evidence)
        status_backfills.advance(tx, answered[-1].message, messages_checked=len(answered), messages_updated=updated)

    db.as_worker(work)
    measure(Figure.STATUSES_FOUND, updated)
