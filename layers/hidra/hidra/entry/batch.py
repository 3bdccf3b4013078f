"""Processes queue messages one by one and reports those that failed, so that SQS delivers only them again."""

from collections.abc import Callable
from typing import Any

from hidra.errors import HidraError
from hidra.telemetry import logger


def each_record(event: dict[str, Any], work: Callable[[str], None]) -> dict[str, Any]:
    """Runs ``work`` on the body of each SQS record; returns the answer that ReportBatchItemFailures expects."""
    failed = []
    for record in event["Records"]:
        try:
            work(record["body"])
        except HidraError as error:
            logger.warning("queue message failed", code=error.code, reason=str(error))
            failed.append({"itemIdentifier": record["messageId"]})
        except Exception:  # noqa: BLE001 - one message must not fail the others of its batch
            logger.exception("queue message failed")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
