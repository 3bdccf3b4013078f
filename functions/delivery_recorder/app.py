"""Applies the events that webhooks put on the stream, a batch at a time.

A record that cannot be read or applied is parked. Only whole batches fail: a report of partial failures would make the
stream's poller drop or repeat the records around.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.domain.delivery import from_record
from hidra.domain.phone import phone_hash
from hidra.gateways.aws import hash_secret, read_json_secret
from hidra.gateways.queues import send_confirmations
from hidra.services.record_delivery import Rejection, StreamRecord, record_or_park
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store import identity
from hidra.store.db import Database
from hidra.telemetry import Figure, logger, measure, measured

ENV = require(*DATABASE_SETTINGS, "PHONE_HASH_SECRET", "SEND_QUEUE_URL")


def phone_hash_secret() -> bytes:
    return hash_secret(ENV["PHONE_HASH_SECRET"])


# A stream's handler must fail fast: its shard waits for it.
db = Database(
    ENV, read_json_secret, statement_timeout_ms=20_000, wait_seconds=10, check=identity.checked(phone_hash_secret)
)


def hash_phone(user_id: UUID, e164: str) -> bytes:
    return phone_hash(phone_hash_secret(), str(user_id), e164)


@measured
@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    records: list[StreamRecord] = []
    rejected: list[Rejection] = []
    for record in event["Records"]:
        try:
            received = from_record(json.loads(base64.b64decode(record["kinesis"]["data"])))
            records.append(StreamRecord(record["eventID"], received))
        except (ValueError, KeyError, TypeError, RecursionError) as error:  # the last: 100,000 nested brackets
            rejected.append(Rejection(record["eventID"], f"{type(error).__name__}: {error}"))
    if rejected:
        logger.error("stream records could not be read", records=len(rejected))
    record_or_park(
        records,
        rejected,
        db=db,
        hash_phone=hash_phone,
        queue=lambda tickets: send_confirmations(ENV["SEND_QUEUE_URL"], tickets),
    )
    if records:
        oldest = min(record.event.received_at for record in records)
        measure(Figure.RECORD_DELAY, (datetime.now(UTC) - oldest).total_seconds() * 1000)
