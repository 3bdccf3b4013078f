"""The policy of a status backfill: when a silence is an outage, which messages are looked up, and what a lookup adds.

Evolution retries a webhook for some 20 minutes and then forgets it (2.3.7, webhook.controller.ts). Why an outage is
detected like this, and which time a looked-up status gets: docs/decisions/0013-lost-webhooks.md.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from hidra.domain.message import Evidence, MessageStatus

Cause = Literal["silence", "webhook", "request"]

# No webhook for SILENCE after MESSAGES messages were sent is an outage of our webhook.
SILENCE, MESSAGES = timedelta(minutes=15), 3
FRESH = timedelta(minutes=10)  # a webhook of any connection within this time shows that the recorder is not late
PATIENCE = timedelta(hours=1)  # a silence of all connections is an outage after this time, late recorder or not
FRUITLESS = timedelta(hours=24)  # for this time after a backfill that found nothing, silence alone starts no other

# Messages sent up to this time before the silence are looked up: those with status sent, and those with delivered.
SENT_BEFORE, DELIVERED_BEFORE = timedelta(hours=24), timedelta(hours=1)
OLDEST_HOURS = 72
OLDEST = timedelta(hours=OLDEST_HOURS)  # no message sent earlier is looked up

EACH = 200  # messages of one connection in one run, one after the other; that is 2,400 an hour
AT_MOST = 4_000  # messages of all connections in one run
PAUSE_SECONDS = 0.05  # after each lookup, so that a fast server gets at most 20 a second
ONE_LOOKUP_SECONDS = 13  # its timeouts
FAILURES = 3  # lookups that fail in a row mean that the server is in trouble; fewer, that it cannot report these


@dataclass(frozen=True)
class BackfillMessage:
    """A message to look up, with what is known of it; ``started_at`` and ``silent_since`` are the backfill's."""

    id: int
    connection_id: UUID
    started_at: datetime
    provider_message_id: str
    status: MessageStatus
    sent_at: datetime
    acked_at: datetime | None
    delivered_at: datetime | None
    silent_since: datetime | None


@dataclass(frozen=True)
class LookedUp:
    """A message, and the statuses that Evolution knows; None if the lookup failed."""

    message: BackfillMessage
    statuses: Collection[MessageStatus] | None


def evidence_of(looked_up: LookedUp) -> list[Evidence]:
    """Returns each looked-up status at the earliest moment at which it can have happened.

    Evolution reports no time, and the time of the lookup would be late by the length of the outage.
    """
    message = looked_up.message
    times = (message.sent_at, message.acked_at, message.delivered_at, message.silent_since)
    at = max(known for known in times if known is not None)
    return [Evidence(status, at) for status in looked_up.statuses or ()]


def is_news(looked_up: LookedUp) -> bool:
    """Whether the lookup adds to what was known of the message."""
    message, statuses = looked_up.message, set(looked_up.statuses or ())
    if MessageStatus.READ in statuses or (message.acked_at is None and statuses):
        return True
    return message.status is MessageStatus.SENT and bool(statuses & {MessageStatus.DELIVERED, MessageStatus.FAILED})
