"""What webhooks said, applied to messages, counters, opt-outs and connections: one transaction a batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.delivery import ConnectionEvent, DeliveryEvent, ReplyEvent, StatusEvent
from hidra.domain.message import Evidence, Message, MessageStatus, learn, skip
from hidra.domain.reply import wants_out
from hidra.store import connections, deliveries, messages, opt_outs
from hidra.store.counters import change
from hidra.store.db import Database, Tx
from hidra.telemetry import logger


@dataclass(frozen=True)
class Rejection:
    """A stream record that could not be understood, by its place in the stream."""

    position: str
    reason: str


def record_delivery(
    events: Sequence[DeliveryEvent],
    rejections: Sequence[Rejection],
    *,
    db: Database,
    hash_phone: Callable[[UUID, str], bytes],
) -> None:
    """Applies a batch of the stream; the same batch again, or in another order, changes nothing more.

    Args:
        hash_phone: the keyed hash of an E.164 number for a user.

    Raises:
        Unavailable: nothing was applied; the whole batch must come again.
    """
    early = db.as_worker(lambda tx: _apply(tx, events, rejections, hash_phone))
    if early:
        # A sender may have written an id between our look and our commit; see deliveries.adopt.
        db.as_worker(lambda tx: deliveries.adopt(tx, early))


def _apply(
    tx: Tx,
    events: Sequence[DeliveryEvent],
    rejections: Sequence[Rejection],
    hash_phone: Callable[[UUID, str], bytes],
) -> set[deliveries.Key]:
    """Applies everything in the one lock order; gives the keys of messages that are not known yet."""
    heard: dict[UUID, datetime] = {}
    for event in events:
        heard[event.config_id] = max(event.received_at, heard.get(event.config_id, event.received_at))
    connections.hear(tx, heard, [event for event in events if isinstance(event, ConnectionEvent)])

    statuses = [event for event in events if isinstance(event, StatusEvent)]
    known = deliveries.match(tx, statuses)
    evidence: dict[int, list[Evidence]] = {}
    early: list[StatusEvent] = []
    for event in statuses:
        message_id = known.get((event.config_id, event.provider_message_id))
        if message_id is None:
            early.append(event)
        else:
            evidence.setdefault(message_id, []).append(Evidence(event.status, event.received_at))
    leaving = _leaving(tx, [event for event in events if isinstance(event, ReplyEvent)], hash_phone)
    waiting = {
        message_id
        for user_id, hashes in leaving.items()
        for message_id in messages.pending_of_phones(tx, user_id=user_id, phone_hashes=list(hashes))
    }

    def rule(message: Message) -> Message:
        if message.id in waiting and message.status is MessageStatus.PENDING:
            return skip(message, code="opted_out")
        return learn(message, evidence.get(message.id, ()))

    messages.settle_retries(tx, change(tx, [*evidence, *waiting], rule))
    for user_id, hashes in leaving.items():
        opt_outs.insert(tx, user_id=user_id, phone_hashes=sorted(hashes), reason=None, source="reply")
    deliveries.keep(tx, early)
    for rejection in rejections:
        deliveries.reject(tx, position=rejection.position, reason=rejection.reason)
    return {(event.config_id, event.provider_message_id) for event in early}


def _leaving(tx: Tx, replies: Sequence[ReplyEvent], hash_phone: Callable[[UUID, str], bytes]) -> dict[UUID, set[bytes]]:
    """The phones that asked to be left alone, by user."""
    asking = [reply for reply in replies if wants_out(reply.text)]
    hidden = sum(reply.phone is None for reply in asking)
    if hidden:
        logger.warning("opt-outs whose sender WhatsApp hides could not be applied", replies=hidden)
    owners = connections.owners(tx, {reply.config_id for reply in asking}) if asking else {}
    leaving: dict[UUID, set[bytes]] = {}
    for reply in asking:
        if reply.phone and reply.config_id in owners:
            user_id = owners[reply.config_id]
            leaving.setdefault(user_id, set()).add(hash_phone(user_id, reply.phone))
    return leaving
