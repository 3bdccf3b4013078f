"""Events from webhooks, applied to messages, counters, opt-outs and connections: one transaction a batch."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from hidra.domain.delivery import DeliveryEvent, ReplyEvent, StatusEvent
from hidra.domain.message import Evidence, Message, MessageStatus, join_evidence, skip
from hidra.domain.ticket import ConfirmationTicket
from hidra.errors import Conflict, Rejected
from hidra.services.apply_replies import HashPhone, apply_replies, find_senders, last_wrote, lock_for_replies, written
from hidra.store import circuit, confirmations, connection_health, deliveries, messages, opt_outs, replies, unregistered
from hidra.store.counters import change
from hidra.store.db import Database, Tx
from hidra.telemetry import Figure, logger, measure


@dataclass(frozen=True)
class Rejection:
    """A stream record that could not be read or applied, by its position in the stream."""

    position: str
    reason: str


@dataclass(frozen=True)
class StreamRecord:
    """The event of a stream record, and the record's position in the stream."""

    position: str
    event: DeliveryEvent


@dataclass(frozen=True)
class _Applied:
    """The keys of messages that are not known yet, opt-out confirmations to send, messages that statuses changed."""

    early: set[deliveries.Key]
    due: list[ConfirmationTicket]
    changed: list[Message]


_FIGURES = {
    MessageStatus.DELIVERED: Figure.MESSAGES_DELIVERED,
    MessageStatus.READ: Figure.MESSAGES_READ,
    MessageStatus.FAILED: Figure.MESSAGES_FAILED,
}


def record_or_park(
    records: Sequence[StreamRecord],
    rejections: Sequence[Rejection],
    *,
    db: Database,
    hash_phone: HashPhone,
    queue: Callable[[Sequence[ConfirmationTicket]], object],
) -> None:
    """Does what ``record_delivery`` does, but parks an event that the database refuses, and applies the others.

    The database would refuse the event again at every retry, and its shard would stand still for a day.

    Raises:
        Unavailable: something was not applied; the whole batch must be delivered again.
    """
    try:
        record_delivery([record.event for record in records], rejections, db=db, hash_phone=hash_phone, queue=queue)
    except (Conflict, Rejected) as error:
        if not records:
            raise
        if len(records) == 1:
            reason = f"{type(error).__name__}: {error} ({type(error.__cause__).__name__})"
            logger.error("a stream record could not be applied", position=records[0].position, reason=reason)
            parked = [*rejections, Rejection(records[0].position, reason)]
            record_delivery([], parked, db=db, hash_phone=hash_phone, queue=queue)
            return
        half = len(records) // 2
        record_or_park(records[:half], rejections, db=db, hash_phone=hash_phone, queue=queue)
        record_or_park(records[half:], [], db=db, hash_phone=hash_phone, queue=queue)


def record_delivery(
    events: Sequence[DeliveryEvent],
    rejections: Sequence[Rejection],
    *,
    db: Database,
    hash_phone: HashPhone,
    queue: Callable[[Sequence[ConfirmationTicket]], object],
) -> None:
    """Applies a batch of the stream; the same batch again, or in another order, changes nothing more.

    Args:
        hash_phone: the keyed hash of an E.164 number for a user.
        queue: queues opt-out confirmations; the clock queues again those that it loses.

    Raises:
        Unavailable: nothing was applied, or it is not known whether; the whole batch must be delivered again.
        Conflict, Rejected: nothing was applied, because the database refuses one of the events.
    """
    applied = db.as_worker(lambda tx: _apply(tx, events, rejections, hash_phone))
    for status, figure in _FIGURES.items():
        measure(figure, sum(message.status is status for message in applied.changed))
    measure(Figure.REPLIES, sum(isinstance(event, ReplyEvent) for event in events))
    measure(Figure.RECORDS_PARKED, len(rejections))
    if applied.early:
        # A sender may have written an id between our read and our commit; see deliveries.apply_unmatched.
        db.as_worker(lambda tx: _apply_again(tx, applied.early))
    if applied.due:
        queue(applied.due)


def _apply_again(tx: Tx, early: Collection[deliveries.Key]) -> None:
    circuit.direct_sends_acknowledged(tx, early)
    deliveries.apply_unmatched(tx, early)


def _apply(
    tx: Tx,
    events: Sequence[DeliveryEvent],
    rejections: Sequence[Rejection],
    hash_phone: HashPhone,
) -> _Applied:
    """In the one lock order: erasures, connections, contacts, opt-out requests, metrics, messages, opt-outs."""
    received = [event for event in events if isinstance(event, ReplyEvent)]
    settings = lock_for_replies(tx, received)
    statuses = [event for event in events if isinstance(event, StatusEvent)]
    connection_health.record_received(tx, events)
    known = deliveries.match(tx, statuses)
    evidence: dict[int, list[Evidence]] = {}
    under: dict[int, str] = {}
    early: list[StatusEvent] = []
    for event in statuses:
        message_id = known.get((event.connection_id, event.provider_message_id))
        if message_id is None:
            early.append(event)
        else:
            evidence.setdefault(message_id, []).append(Evidence(event.status, event.received_at))
            under[message_id] = event.provider_message_id
    circuit.acknowledged(tx, evidence)
    senders = find_senders(tx, received, settings, hash_phone)
    unregistered.clear(tx, messages.arrivals(evidence), last_wrote(senders))
    changes = apply_replies(tx, senders, settings)
    answered, unanswered = replies.match(tx, written(senders))
    opted_out: dict[UUID, list[bytes]] = {}
    for user_id, phone_hash in sorted(changes.opted_out):
        opted_out.setdefault(user_id, []).append(phone_hash)
    pending: set[int] = {
        message_id
        for user_id, hashes in opted_out.items()
        for message_id in messages.pending_of_phones(tx, user_id=user_id, phone_hashes=hashes)
    }

    def rule(message: Message) -> Message:
        message = replies.join(message, answered)
        # Evidence first: a message that was sent after all is not skipped.
        if message.id in evidence:
            return join_evidence(message, evidence[message.id], under=under[message.id])
        return skip(message, code="opted_out") if _skips(message, pending) else message

    changed = [message for message in change(tx, [*evidence, *pending, *answered], rule) if message.id in evidence]
    messages.settle_retries(tx, changed)
    new = {
        (user_id, phone_hash)
        for user_id, hashes in opted_out.items()
        for phone_hash in opt_outs.insert(tx, user_id=user_id, phone_hashes=hashes, reason=None, source="reply")
    }
    opt_outs.delete_replied(tx, sorted(changes.opted_in))
    due = confirmations.request(tx, [phone for person, phone in changes.to_confirm.items() if person in new])
    deliveries.keep(tx, early)
    replies.keep(tx, unanswered)
    for rejection in rejections:
        deliveries.reject(tx, position=rejection.position, reason=rejection.reason)
    return _Applied({(event.connection_id, event.provider_message_id) for event in early}, due, changed)


def _skips(message: Message, pending: Collection[int]) -> bool:
    return message.id in pending and message.status is MessageStatus.PENDING
