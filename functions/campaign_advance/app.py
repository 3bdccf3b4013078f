"""Makes a pass of the campaign that a queue message names."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.domain.nudge import CampaignNudge
from hidra.entry.batch import each_record
from hidra.gateways.aws import read_json_secret
from hidra.gateways.queues import nudge, send_tickets
from hidra.services.advance_campaign import advance_campaign
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store.db import Database
from hidra.telemetry import logger

ENV = require(*DATABASE_SETTINGS, "SEND_QUEUE_URL", "CAMPAIGN_QUEUE_URL")
# Freezing two million recipients is one statement.
db = Database(ENV, read_json_secret, statement_timeout_ms=280_000, wait_seconds=20)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_record(event, advance)


def advance(body: str) -> None:
    asked = CampaignNudge.from_json(body)
    advance_campaign(
        asked.campaign_id,
        db=db,
        issue_tickets=lambda ticket, slots, now: send_tickets(ENV["SEND_QUEUE_URL"], ticket, slots, now=now),
        requeue_after=lambda ticket, seconds: nudge(
            ENV["CAMPAIGN_QUEUE_URL"], user_id=ticket.user_id, campaign_id=ticket.campaign_id, seconds=seconds
        ),
        start_after=lambda seconds: nudge(
            ENV["CAMPAIGN_QUEUE_URL"], user_id=asked.user_id, campaign_id=asked.campaign_id, seconds=seconds
        ),
    )
