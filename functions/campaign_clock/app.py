"""Every minute: asks for a pass of each due campaign, and repairs what was lost on the way."""

from datetime import timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.gateways.aws import read_json_secret
from hidra.gateways.queues import nudge_all, nudge_export, nudge_import, send_confirmations
from hidra.services.sweep import sweep
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store.db import Database
from hidra.telemetry import logger, measured

ENV = require(
    *DATABASE_SETTINGS,
    "CAMPAIGN_QUEUE_URL",
    "IMPORT_QUEUE_URL",
    "EXPORT_QUEUE_URL",
    "SEND_QUEUE_URL",
    "SENDER_LOST_AFTER_SECONDS",
)
db = Database(ENV, read_json_secret, wait_seconds=10)


@measured
@logger.inject_lambda_context
def handler(_event: dict[str, Any], _context: LambdaContext) -> None:
    sweep(
        db=db,
        nudge_all=lambda due: nudge_all(
            ENV["CAMPAIGN_QUEUE_URL"], [(each.user_id, each.campaign_id, each.seconds) for each in due]
        ),
        nudge_import=lambda stale: nudge_import(ENV["IMPORT_QUEUE_URL"], user_id=stale.user_id, import_id=stale.id),
        nudge_export=lambda stale: nudge_export(ENV["EXPORT_QUEUE_URL"], user_id=stale.user_id, export_id=stale.id),
        queue=lambda tickets: send_confirmations(ENV["SEND_QUEUE_URL"], tickets),
        sender_lost_after=timedelta(seconds=int(ENV["SENDER_LOST_AFTER_SECONDS"])),
    )
