"""The life of one message. Statuses from providers join as a lattice: their order and number do not matter."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

OUTCOME_UNKNOWN = "outcome_unknown"
PROVIDER_FAILED = "provider_failed"
UNRESOLVED_VARIABLE = "unresolved_variable"
DELIVERED_ALREADY = "delivered_already"
ERASED = "erased"
# Why a send is refused whose phone is not on WhatsApp: on Baileys; on the Cloud API, where WhatsApp has other reasons
# for the code too (developers.facebook.com, WhatsApp error codes).
NOT_REGISTERED = ("not_on_whatsapp", "meta_131026")

SENDER_LOST_DETAIL = "The sending process ended before it could record the outcome."
GIVEN_UP_DETAIL = "Evolution never confirmed whether this message was sent."
# Evolution API 2.3.7 and 2.4.0-rc2 drop Meta's errors (its issue 2486) and WhatsApp's nack code (2626, 2642).
NO_REASON_DETAIL = "WhatsApp reported that the message failed. Evolution gave no reason."


class MessageStatus(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    SKIPPED = "skipped"


# Baileys uses WhatsApp's acks, the Cloud API Meta's words in upper case. Evolution API 2.3.7 sends SERVER_ACK also for
# an edit of a message that was read long ago, so no word may move a message backwards.
PROVIDER_WORDS = {
    "SERVER_ACK": MessageStatus.SENT,
    "SENT": MessageStatus.SENT,
    "DELIVERY_ACK": MessageStatus.DELIVERED,
    "DELIVERED": MessageStatus.DELIVERED,
    "READ": MessageStatus.READ,
    "PLAYED": MessageStatus.READ,
    "ERROR": MessageStatus.FAILED,
    "FAILED": MessageStatus.FAILED,
}


def provider_status(word: object) -> MessageStatus | None:
    """Returns the status that a provider's word, in any case, stands for; None for any other value."""
    return PROVIDER_WORDS.get(word.upper()) if isinstance(word, str) else None


@dataclass(frozen=True)
class Evidence:
    """A provider's status (sent, failed, delivered or read) and when our webhook received it."""

    status: MessageStatus
    at: datetime


@dataclass(frozen=True)
class Message:
    """The part of a message's row that its status, the counters and the timeline follow from."""

    id: int
    user_id: UUID
    campaign_id: UUID
    status: MessageStatus
    counted: bool
    claimed_at: datetime | None = None
    sent_at: datetime | None = None
    acked_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failed_at: datetime | None = None
    replied_at: datetime | None = None
    provider_message_id: str | None = None
    error_code: str | None = None
    error_detail: str | None = None
    erased: bool = False  # no data of its recipient is kept, and none may be written back


@dataclass(frozen=True)
class Share:
    """What one message adds to its campaign's metrics, and the UTC minute at which the timeline shows it.

    A message that was read is also delivered, and one in any status may have a reply.
    """

    delivered: int = 0
    failed: int = 0
    pending: int = 0
    skipped: int = 0
    read: int = 0
    replied: int = 0
    delivery_ms: int = 0
    minute: datetime | None = None


def share(message: Message) -> Share:
    """What the message counts for; nothing if the row of another run counts for its recipient."""
    return replace(_outcome(message), replied=int(message.replied_at is not None)) if message.counted else Share()


def _outcome(message: Message) -> Share:
    match message.status:
        case MessageStatus.DELIVERED | MessageStatus.READ:
            if message.delivered_at is None or message.sent_at is None:
                raise ValueError("a delivered message has the times of its sending and delivery")
            # Whole milliseconds; 0 if our two clocks disagree about the order.
            took = max(0, (message.delivered_at - message.sent_at) // timedelta(milliseconds=1))
            read = int(message.status is MessageStatus.READ)
            return Share(delivered=1, read=read, delivery_ms=took, minute=_minute(message.delivered_at))
        case MessageStatus.FAILED:
            if message.failed_at is None:
                raise ValueError("a failed message has the time of its failure")
            return Share(failed=1, minute=_minute(message.failed_at))
        case MessageStatus.SKIPPED:
            return Share(skipped=1)
        case _:
            return Share(pending=1)


def join_evidence(message: Message, evidence: Iterable[Evidence], *, under: str | None = None) -> Message:
    """Returns the message with its evidence joined: outcome_unknown < sent < failed < delivered < read, by maximum.

    Every status keeps the earliest time at which it was received, so the result is the same for every order, number
    and grouping of the evidence. A delivery that was never reported happened at the reading at the latest.

    Args:
        under: the provider's id under which the evidence came. A message without one was sent under it, although its
            answer was lost, or the answer seemed to say that it was not sent.
    """
    received: dict[MessageStatus, list[datetime]] = {status: [] for status in PROVIDER_WORDS.values()}
    for item in evidence:
        received[item.status].append(item.at)
    everything = [at for times in received.values() for at in times]
    if not everything:
        return message
    if under is not None and message.provider_message_id is None and not message.erased:
        message = replace(identify(message, under), sent_at=message.sent_at or message.claimed_at or min(everything))
    # A message that Hidra gave up is not failed for the provider: any status from it replaces ours.
    failed_before = None if message.error_code == OUTCOME_UNKNOWN else message.failed_at
    read_at = _least(message.read_at, *received[MessageStatus.READ])
    delivered_at = _least(message.delivered_at, read_at, *received[MessageStatus.DELIVERED])
    failed_at = _least(failed_before, *received[MessageStatus.FAILED])
    if read_at:
        status = MessageStatus.READ
    elif delivered_at:
        status = MessageStatus.DELIVERED
    elif failed_at:
        status = MessageStatus.FAILED
    else:
        status = MessageStatus.SENT
    return replace(
        message,
        status=status,
        sent_at=message.sent_at or message.claimed_at,
        acked_at=_least(message.acked_at, *everything),
        delivered_at=delivered_at,
        read_at=read_at,
        failed_at=failed_at,
        error_code=PROVIDER_FAILED if status is MessageStatus.FAILED else None,
        error_detail=NO_REASON_DETAIL if status is MessageStatus.FAILED and not message.erased else None,
    )


def join_reply(message: Message, at: datetime) -> Message:
    """Returns the message as replied to at this time, or earlier: the first reply holds, in any order and number."""
    return message if message.erased else replace(message, replied_at=_least(message.replied_at, at))


def identify(message: Message, provider_message_id: str) -> Message:
    """Returns an unresolved message as sent under this provider id.

    An erased message stays as it is: the id may contain the phone.
    """
    if message.erased:
        return message
    return replace(
        message,
        status=MessageStatus.SENT,
        provider_message_id=provider_message_id,
        sent_at=message.sent_at or message.claimed_at,
        failed_at=None,
        error_code=None,
        error_detail=None,
    )


def fail(message: Message, *, code: str, detail: str | None, at: datetime) -> Message:
    """Returns the message as failed: surely not delivered, or given up. ``detail`` is the reason for its owner."""
    return replace(message, status=MessageStatus.FAILED, failed_at=at, error_code=code, error_detail=detail)


def skip(message: Message, *, code: str) -> Message:
    """Returns the message as not to be sent: ``opted_out``, ``canceled``, ``erased`` or ``delivered_already``.

    The last one is the code of a retry whose earlier message was delivered.
    """
    return replace(message, status=MessageStatus.SKIPPED, error_code=code, error_detail=None)


def close(message: Message, *, at: datetime) -> Message:
    """Returns the message of an erased person: if it was open, it will be neither sent nor looked up any more."""
    if message.status is MessageStatus.PENDING:
        return skip(message, code=ERASED)
    if message.status is MessageStatus.UNKNOWN:
        return fail(message, code=OUTCOME_UNKNOWN, detail=None, at=at)
    return message


def _least(*times: datetime | None) -> datetime | None:
    return min((time for time in times if time is not None), default=None)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
