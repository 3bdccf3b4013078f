"""Processes the queue messages of a batch and reports those that failed, so that SQS delivers only them again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from hidra.errors import HidraError
from hidra.telemetry import logger


def each_record(event: dict[str, Any], work: Callable[[str], None], *, at_once: int = 1) -> dict[str, Any]:
    """Runs ``work`` on the body of each SQS record; returns the answer that ReportBatchItemFailures expects.

    Args:
        at_once: how many records are processed side by side, each in a thread of its own; 1: one after the other.
    """
    records, fails = event["Records"], partial(_fails, work)
    if at_once == 1 or len(records) == 1:
        failed = [fails(record) for record in records]
    else:
        with ThreadPoolExecutor(at_once) as threads:
            failed = list(threads.map(fails, records))
    return {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]} for record, fail in zip(records, failed, strict=True) if fail
        ]
    }


def _fails(work: Callable[[str], None], record: dict[str, Any]) -> bool:
    try:
        work(record["body"])
    except HidraError as error:
        logger.warning("queue message failed", code=error.code, reason=str(error))
        return True
    except Exception:  # noqa: BLE001 - one message must not fail the others of its batch
        logger.exception("queue message failed")
        return True
    return False
