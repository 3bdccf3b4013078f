"""Invoked by operators: compares metrics and timelines with a recount of the messages, and repairs them on request."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.errors import Rejected
from hidra.gateways.aws import read_json_secret
from hidra.services.rebuild_metrics import Rebuilt, rebuild_metrics
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store.db import Database
from hidra.telemetry import logger

ENV = require(*DATABASE_SETTINGS)
# Enough for the largest campaign, of two million messages.
SPARE_SECONDS = 120
db = Database(ENV, read_json_secret, statement_timeout_ms=100_000, wait_seconds=20)


@logger.inject_lambda_context
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """{"campaign_id"?, "after"?, "dry_run"?: true} -> {"campaigns", "differences", "continue_after"}.

    ``continue_after`` is null at the end; otherwise pass it to the next invocation as ``after``.
    """
    dry_run = event.get("dry_run", True)
    if not isinstance(dry_run, bool):
        raise Rejected("dry_run must be true or false.")
    rebuilt = rebuild_metrics(
        db=db,
        campaign_id=_id(event, "campaign_id"),
        after_id=_id(event, "after"),
        dry_run=dry_run,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS,
    )
    logger.info(
        "metrics were recounted", campaigns=rebuilt.campaigns, differences=len(rebuilt.differences), dry_run=dry_run
    )
    return _json(rebuilt)


def _id(event: Mapping[str, Any], name: str) -> UUID | None:
    given = event.get(name)
    try:
        return None if given is None else UUID(given)
    except (ValueError, TypeError, AttributeError) as error:
        raise Rejected(f"{name} must be a campaign's id, a UUID.") from error


def _json(rebuilt: Rebuilt) -> dict[str, Any]:
    return {
        "campaigns": rebuilt.campaigns,
        "differences": [
            {
                "campaign_id": str(campaign_id),
                "counter": found.counter,
                "minute": found.minute.isoformat() if found.minute else None,
                "shown": found.shown,
                "recounted": found.recounted,
            }
            for campaign_id, found in rebuilt.differences
        ],
        "continue_after": str(rebuilt.continue_after) if rebuilt.continue_after else None,
    }
