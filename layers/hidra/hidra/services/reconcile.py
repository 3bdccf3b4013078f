"""Messages in doubt are looked up in Evolution, and given up after a day. None of them is ever sent again."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from hidra.domain import template
from hidra.domain.blocked import LONGER_IF_UNANSWERED, LOOKED_UP_FOR
from hidra.domain.phone import whatsapp_jids
from hidra.errors import Conflict, HidraError, Rejected
from hidra.gateways.evolution import Evolution, SentMessage
from hidra.services.look_up import look_up
from hidra.settings import SENDER_TIMEOUT_SECONDS
from hidra.store import deliveries, doubts, messages
from hidra.store.connection_health import Endpoint
from hidra.store.db import Database, Tx
from hidra.store.doubts import Unresolved
from hidra.telemetry import Figure, logger, measure

EACH = 20  # messages of one connection in one run: each lookup makes Evolution scan its messages
AT_MOST = 500
# The post follows the claim within a second and may take 90; Evolution's clock is not ours.
BEFORE_CLAIM, AFTER_CLAIM = timedelta(seconds=5), timedelta(seconds=180)
SENDING = timedelta(seconds=SENDER_TIMEOUT_SECONDS)
ONE_LOOKUP_SECONDS = 26  # two addresses, each up to its timeouts; a lookup by the id takes half of it


@dataclass(frozen=True)
class Candidates:
    """A message, and what its connection sent under the id that was asked for; if nothing, what it sent to the phone
    at about the time of the claim."""

    message: Unresolved
    found: Sequence[SentMessage]


def reconcile(
    answering: Collection[Endpoint],
    *,
    db: Database,
    evolution: Callable[[Endpoint], Evolution],
    now: datetime,
    seconds: float,
) -> None:
    """Resolves the messages in doubt that a lookup finds, and gives up the others once they are older than a day.

    Args:
        answering: the endpoints whose server answers calls.
        evolution: opens one; called in threads.
    """
    overdue, end = now - LOOKED_UP_FOR, time.monotonic() + seconds
    endpoints = {endpoint.connection_id: endpoint for endpoint in answering}
    look_up(
        db.as_worker(lambda tx: doubts.unknown(tx, connection_ids=endpoints, each=EACH, overdue=overdue)),
        endpoints,
        evolution=evolution,
        ask=partial(_ask, begin_until=end - ONE_LOOKUP_SECONDS),
        settle=partial(_settle, db=db, overdue=overdue, now=now),
        end=end,
    )
    unreachable = db.as_worker(
        lambda tx: doubts.unreachable(tx, overdue=overdue, patience=LONGER_IF_UNANSWERED, limit=AT_MOST)
    )
    _give_up(unreachable, db=db, now=now)


def choose(message: Unresolved, found: Iterable[SentMessage], *, assigned: Collection[str]) -> str | None:
    """Returns the provider's id of the message that was sent: the id that was asked for. If none was sent under it, of
    the message with this very text and kind of media, nearest to the claim: Evolution before 2.4 chooses the id.

    Args:
        assigned: ids of messages, and ids that were asked for; none of other messages is chosen.
    """
    found = list(found)
    if any(item.provider_message_id == message.requested_message_id for item in found):
        return message.requested_message_id
    try:
        text = template.render(message.body, message.variables).strip()
    except Rejected:
        return None  # it cannot have been sent
    same = [
        item
        for item in found
        if item.provider_message_id not in assigned
        and (item.text or "").strip() == text
        and item.media_type == message.media_type
    ]
    if not text:
        # Media without a caption does not show which message it is, and the user may send one by hand. So there must
        # be exactly one, within the time that the post can have taken.
        same = [item for item in same if item.at <= message.claimed_at + SENDING] if len(same) == 1 else []
    nearest = min(same, key=lambda item: abs(item.at - message.claimed_at), default=None)
    return nearest.provider_message_id if nearest else None


def _ask(evolution: Evolution, unresolved: Iterable[Unresolved], *, begin_until: float) -> list[Candidates]:
    """Looks up as many of the messages as time and the server allow."""
    answered: list[Candidates] = []
    for message in unresolved:
        if time.monotonic() > begin_until:
            break
        start, end = message.claimed_at - BEFORE_CLAIM, message.claimed_at + AFTER_CLAIM
        try:
            own = evolution.find_message(message.requested_message_id) if message.requested_message_id else None
            if own is None and time.monotonic() > begin_until:
                break
            found = [own] if own else evolution.find_messages(whatsapp_jids(message.phone), start, end)
            answered.append(Candidates(message, found))
        except HidraError as error:
            logger.warning("messages cannot be looked up", connection_id=message.connection_id, reason=error.code)
            break
    return answered


def _settle(
    endpoint: Endpoint, answered: Sequence[Candidates], *, db: Database, overdue: datetime, now: datetime
) -> None:
    found = {item.provider_message_id for candidates in answered for item in candidates.found}
    assigned = db.as_worker(
        lambda tx: doubts.assigned(tx, connection_id=endpoint.connection_id, provider_message_ids=found)
    )
    lost = []
    for candidates in answered:
        message = candidates.message
        provider_message_id = choose(message, candidates.found, assigned=assigned)
        if provider_message_id is not None:
            assigned.add(provider_message_id)
            _resolve(message, provider_message_id, db=db)
        elif message.claimed_at < overdue:
            lost.append(message.id)
    _give_up(lost, db=db, now=now)


def _resolve(message: Unresolved, provider_message_id: str, *, db: Database) -> None:
    def work(tx: Tx) -> bool:
        return not doubts.ambiguous(tx, message, provider_message_id=provider_message_id) and messages.resolve(
            tx, message_id=message.id, provider_message_id=provider_message_id
        )

    try:
        resolved = db.as_worker(work)
    except Conflict:  # another message got this id a moment ago: campaign_messages_provider_id
        return
    if resolved:
        measure(Figure.DOUBTS_RESOLVED)
        logger.info("message in doubt resolved", message_id=message.id)
        # Its statuses may have been received before its id was known.
        db.as_worker(lambda tx: deliveries.apply_unmatched(tx, [(message.connection_id, provider_message_id)]))


def _give_up(message_ids: list[int], *, db: Database, now: datetime) -> None:
    if message_ids:
        given_up = db.as_worker(lambda tx: messages.give_up(tx, message_ids=message_ids, at=now))
        measure(Figure.DOUBTS_GIVEN_UP, given_up)
        logger.warning("unknown messages were given up", messages=given_up)
