"""What Evolution told while our webhook was away is looked up, message by message, and joins what is known.

Evolution tries a webhook for some 20 minutes and then forgets it (2.3.7, webhook.controller.ts). Why an outage is
noticed as it is, and what time a status gets that was looked up, stands in decision 13.
"""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from hidra.domain.message import Evidence, MessageStatus
from hidra.errors import HidraError
from hidra.gateways.evolution import Evolution
from hidra.services.parallel import in_parallel
from hidra.store import messages, status_backfills
from hidra.store.connection_health import Connection
from hidra.store.db import Database, Tx
from hidra.store.status_backfills import BackfillMessage
from hidra.telemetry import logger

EACH = 200  # messages of one connection in one run, one after the other; that is 2,400 an hour
PAUSE_SECONDS = 0.05  # after each, so that a quick server is asked at most 20 times a second
AT_MOST = 4_000  # over all connections
ONE_LOOK_UP_SECONDS = 13  # its time-outs
FAILURES = 3  # one after the other mean that the server is in trouble; fewer, that it cannot tell of these messages
OLDEST = timedelta(hours=72)


@dataclass(frozen=True)
class LookedUp:
    """A message, and what Evolution knows of it; None: it could not say."""

    message: BackfillMessage
    statuses: Collection[MessageStatus] | None


def backfill_statuses(
    answering: Collection[Connection],
    *,
    db: Database,
    evolution: Callable[[Connection], Evolution],
    now: datetime,
    seconds: float,
) -> None:
    """Notices outages, and goes on with the repairs of those that were.

    Args:
        answering: the connections whose server takes our calls.
        evolution: opens one; called in threads.
    """
    known = {connection.id: connection for connection in answering}
    begin_until = time.monotonic() + seconds - ONE_LOOK_UP_SECONDS
    noticed = db.as_worker(lambda tx: status_backfills.notice(tx, connection_ids=known, at=now))
    for connection_id in noticed:
        logger.warning("a connection's webhooks do not come", connection_id=connection_id)
    begun = db.as_worker(lambda tx: status_backfills.begin(tx, connection_ids=known, at=now))
    for connection_id in begun:
        logger.info("a connection's statuses are being looked up", connection_id=connection_id)
    growing = db.as_worker(
        lambda tx: status_backfills.next_messages(tx, connection_ids=known, each=EACH, at_most=AT_MOST, at=now)
    )
    batches = [
        (known[connection_id], list(group)) for connection_id, group in groupby(growing, key=lambda m: m.connection_id)
    ]

    def look_up(batch: tuple[Connection, list[BackfillMessage]]) -> list[LookedUp]:
        return _look_up(evolution(batch[0]), batch[1], begin_until=begin_until)

    for (connection, _), looked_up in in_parallel(look_up, batches, seconds=seconds):
        try:
            _learn(looked_up, db=db)
        except Exception:  # noqa: BLE001 - one server's answers must not keep the repairs of the others
            logger.exception("what was looked up could not be learned", connection_id=connection.id)


def webhook_was_lost(connections: Iterable[Connection], *, db: Database, now: datetime) -> None:
    """Asks for the repair of connections on which another webhook was found in the place of ours."""
    ids = [connection.id for connection in connections]
    if ids:
        db.as_worker(
            lambda tx: status_backfills.demand(tx, connection_ids=ids, cause="webhook", at=now, oldest=now - OLDEST)
        )


def evidence_of(looked_up: LookedUp) -> list[Evidence]:
    """What was looked up, each status at the earliest moment at which it can have happened.

    Evolution gives no time, and our own of the look-up would be an outage too late.
    """
    message = looked_up.message
    times = (message.sent_at, message.acked_at, message.delivered_at, message.silent_since)
    at = max(known for known in times if known is not None)
    return [Evidence(status, at) for status in looked_up.statuses or ()]


def is_news(looked_up: LookedUp) -> bool:
    """Whether it tells more of the message than was known."""
    message, told = looked_up.message, set(looked_up.statuses or ())
    if MessageStatus.READ in told or (message.acked_at is None and told):
        return True
    return message.status is MessageStatus.SENT and bool(told & {MessageStatus.DELIVERED, MessageStatus.FAILED})


def _look_up(evolution: Evolution, growing: Iterable[BackfillMessage], *, begin_until: float) -> list[LookedUp]:
    """As many of the messages as time and the server allow; never ends with those that the server failed at."""
    done: list[LookedUp] = []
    failed: list[LookedUp] = []
    for message in growing:
        if time.monotonic() > begin_until or len(failed) == FAILURES:
            break
        try:
            statuses = evolution.find_statuses(message.provider_message_id)
        except HidraError as error:
            logger.warning("a status cannot be looked up", connection_id=message.connection_id, reason=error.code)
            failed.append(LookedUp(message, None))
            continue
        done += [*failed, LookedUp(message, statuses)]
        failed = []
        time.sleep(PAUSE_SECONDS)
    return done


def _learn(looked_up: Sequence[LookedUp], *, db: Database) -> None:
    if not looked_up:
        return
    evidence = {look.message.id: found for look in looked_up if (found := evidence_of(look))}
    updated = sum(map(is_news, looked_up))

    def work(tx: Tx) -> None:
        messages.learn_all(tx, evidence)
        status_backfills.advance(tx, looked_up[-1].message, messages_checked=len(looked_up), messages_updated=updated)

    db.as_worker(work)
