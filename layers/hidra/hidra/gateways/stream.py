"""The delivery stream: once it took a record, nothing of it is lost."""

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

_BATCH = 500  # records that PutRecords takes at once


def put(stream: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Puts records on the stream, each under a random partition key: keys spread load, nothing here needs an order.

    PutRecords may take a part of a batch, mostly because a shard is at its limit; that part is tried once more.

    Raises:
        Unavailable: some were not taken; those that were may be put again, for every reader bears repetition.
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
            raise Unavailable("The delivery stream did not answer; try again in a moment.") from error
        if left:
            logger.warning("the stream refused records", records=len(left))
            raise Unavailable("The delivery stream did not take everything; try again in a moment.")


def _put(stream: str, entries: list["PutRecordsRequestEntryTypeDef"]) -> list["PutRecordsRequestEntryTypeDef"]:
    """Those that were not taken."""
    answer = kinesis().put_records(StreamName=stream, Records=entries)
    if not answer.get("FailedRecordCount"):
        return []
    return [entry for entry, result in zip(entries, answer["Records"], strict=True) if "ErrorCode" in result]
