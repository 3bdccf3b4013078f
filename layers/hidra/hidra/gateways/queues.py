"""What goes on the queues. A nudge says "look at this campaign" and nothing else: losing or repeating one is harmless."""

import json
from collections.abc import Sequence
from itertools import batched
from uuid import UUID

from hidra.gateways.aws import sqs
from hidra.telemetry import logger

BATCH = 10  # SQS takes no more in one call


def nudge(queue_url: str, *, user_id: UUID, campaign_id: UUID) -> None:
    """Asks for a look at the campaign. A failure is only logged: the clock asks again within a minute."""
    nudge_all(queue_url, [(user_id, campaign_id)])


def nudge_all(queue_url: str, campaigns: Sequence[tuple[UUID, UUID]]) -> int:
    """Asks for a look at each campaign, given as (user id, campaign id); gives how many the queue took.

    Failures are only logged: the clock asks again within a minute.
    """
    # botocore comes with the client: importing it costs a cold start what boto3 does.
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    taken = 0
    for batch in batched(campaigns, BATCH, strict=False):
        bodies = [_nudge(user_id, campaign_id) for user_id, campaign_id in batch]
        try:
            answer = sqs().send_message_batch(
                QueueUrl=queue_url,
                Entries=[{"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies)],
            )
        except (BotoCoreError, ClientError):
            logger.warning("nudges were not taken", exc_info=True, campaigns=len(batch))
            continue
        taken += len(answer.get("Successful", []))
        for failure in answer.get("Failed", []):
            user_id, campaign_id = batch[int(failure["Id"])]
            logger.warning("nudge was not taken", user_id=user_id, campaign_id=campaign_id, code=failure["Code"])
    return taken


def _nudge(user_id: UUID, campaign_id: UUID) -> str:
    return json.dumps({"version": 1, "user_id": str(user_id), "campaign_id": str(campaign_id)})
