"""The delivery stream: a record that it accepted is not lost."""

import base64
import json
from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any

from hidra.errors import Unavailable
from hidra.gateways import aws_api
from hidra.telemetry import logger

BUSY = "stream-busy"  # the code of the error if the stream answers and does not accept every record
_BATCH = 500  # records that PutRecords accepts at once


def put(stream: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Puts records on the stream, each under its connection's id: a flood of one connection fills one shard only.

    A shard accepts 1,000 records a second (Kinesis Developer Guide, "Quotas"), more than a connection's fastest pace
    causes; no record needs an order.

    PutRecords may accept a part of a batch, mostly because a shard is at its limit; the rest is tried once more.

    Raises:
        Unavailable: some records were not accepted, with the code BUSY if a shard is at its limit. The accepted ones
            may be put again: readers tolerate repetition.
    """
    for batch in batched(records, _BATCH, strict=False):
        left = [{"Data": _data(record), "PartitionKey": record["connection_id"]} for record in batch]
        try:
            left = _put(stream, left)
            left = left and _put(stream, left)
        except Unavailable as error:
            raise Unavailable("The delivery stream did not answer. Try again in a few seconds.") from error
        if left:
            logger.warning("the stream refused records", records=len(left))
            raise Unavailable("The delivery stream did not accept every record. Try again in a few seconds.", code=BUSY)


def _data(record: Mapping[str, Any]) -> str:
    return base64.b64encode(json.dumps(record, ensure_ascii=False).encode()).decode()


def _put(stream: str, entries: list[dict[str, str]]) -> list[dict[str, str]]:
    """Puts records once; returns those that were not accepted."""
    answer = aws_api.call("kinesis", "PutRecords", {"StreamName": stream, "Records": entries})
    if not answer.get("FailedRecordCount"):
        return []
    return [entry for entry, result in zip(entries, answer["Records"], strict=True) if "ErrorCode" in result]
