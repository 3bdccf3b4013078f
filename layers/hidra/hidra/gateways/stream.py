"""The delivery stream: a record that it accepted is not lost."""

import json
import secrets
from collections.abc import Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from hidra.errors import Unavailable
from hidra.gateways.aws import kinesis
from hidra.telemetry import logger

if TYPE_CHECKING:
    from types_boto3_kinesis.type_defs import PutRecordsRequestEntryTypeDef

_BATCH = 500  # records that PutRecords accepts at once


def put(stream: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Puts records on the stream, each under a random partition key: keys spread load, and no record needs an order.

    PutRecords may accept a part of a batch, mostly because a shard is at its limit; the rest is tried once more.

    Raises:
        Unavailable: some records were not accepted. The accepted ones may be put again: readers tolerate repetition.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    for batch in batched(records, _BATCH, strict=False):
        left: list[PutRecordsRequestEntryTypeDef] = [
            {"Data": json.dumps(record, ensure_ascii=False).encode(), "PartitionKey": secrets.token_hex(8)}
            for record in batch
        ]
        try:
            left = _put(stream, left)
            left = left and _put(stream, left)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("The delivery stream did not answer. Try again in a few seconds.") from error
        if left:
            logger.warning("the stream refused records", records=len(left))
            raise Unavailable("The delivery stream did not accept every record. Try again in a few seconds.")


def _put(stream: str, entries: list["PutRecordsRequestEntryTypeDef"]) -> list["PutRecordsRequestEntryTypeDef"]:
    """Puts records once; returns those that were not accepted."""
    answer = kinesis().put_records(StreamName=stream, Records=entries)
    if not answer.get("FailedRecordCount"):
        return []
    return [entry for entry, result in zip(entries, answer["Records"], strict=True) if "ErrorCode" in result]
