"""Queue messages, one by one; those that failed are reported, so that only they come again."""

from collections.abc import Callable
from typing import Any

from hidra.errors import HidraError
from hidra.telemetry import logger


def each_record(event: dict[str, Any], work: Callable[[str], None]) -> dict[str, Any]:
    """Runs ``work`` on the body of each SQS record; gives the answer that ReportBatchItemFailures wants."""
    failed = []
    for record in event["Records"]:
        try:
            work(record["body"])
        except HidraError as error:
            logger.warning("queue message failed", code=error.code, reason=str(error))
            failed.append({"itemIdentifier": record["messageId"]})
        except Exception:  # noqa: BLE001 - one message must not take its neighbours along
            logger.exception("queue message failed")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
