"""Puts messages on the queues: nudges, tickets, confirmations to send, rechecks. Losing or repeating one is no harm."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from math import ceil
from uuid import UUID

from hidra.domain.nudge import CampaignNudge, ExportNudge, ImportNudge
from hidra.domain.pacing import delay_seconds
from hidra.domain.ticket import ConfirmationTicket, RecheckTicket, Ticket
from hidra.errors import Unavailable
from hidra.gateways import aws_api
from hidra.telemetry import logger

BATCH = 10  # SQS accepts no more in one call


def nudge(queue_url: str, *, user_id: UUID, campaign_id: UUID, seconds: int = 0) -> None:
    """Asks for a pass of the campaign, after so many seconds, at most SQS's 900.

    A failure is only logged: the clock asks again within a minute.
    """
    nudge_all(queue_url, [(user_id, campaign_id, seconds)])


def nudge_all(queue_url: str, campaigns: Sequence[tuple[UUID, UUID, int]]) -> int:
    """Asks for a pass of each campaign, given as (user id, campaign id, delay in seconds, at most SQS's 900).

    Returns how many the queue accepted.

    Failures are only logged: the clock asks again within a minute.
    """
    accepted = 0
    for batch in batched(campaigns, BATCH, strict=False):
        try:
            answer = aws_api.call(
                "sqs",
                "SendMessageBatch",
                {
                    "QueueUrl": queue_url,
                    "Entries": [
                        {
                            "Id": str(index),
                            "MessageBody": CampaignNudge(user_id, campaign_id).to_json(),
                            "DelaySeconds": min(seconds, 900),
                        }
                        for index, (user_id, campaign_id, seconds) in enumerate(batch)
                    ],
                },
            )
        except Unavailable:
            logger.warning("nudges were not accepted", exc_info=True, campaigns=len(batch))
            continue
        accepted += len(answer.get("Successful", []))
        for failure in answer.get("Failed", []):
            user_id, campaign_id, _ = batch[int(failure["Id"])]
            logger.warning("nudge was not accepted", user_id=user_id, campaign_id=campaign_id, code=failure["Code"])
    return accepted


def nudge_import(queue_url: str, *, user_id: UUID, import_id: UUID) -> None:
    """Asks for the next slice of an import.

    Raises:
        Unavailable: the queue did not accept it.
    """
    try:
        body = ImportNudge(user_id, import_id).to_json()
        aws_api.call("sqs", "SendMessage", {"QueueUrl": queue_url, "MessageBody": body})
    except Unavailable as error:
        raise Unavailable("The queue did not accept the next slice of an import.") from error


def nudge_export(queue_url: str, *, user_id: UUID, export_id: UUID) -> None:
    """Asks for the next slice of an export.

    A failure is only logged: the clock asks again within minutes.
    """
    try:
        body = ExportNudge(user_id, export_id).to_json()
        aws_api.call("sqs", "SendMessage", {"QueueUrl": queue_url, "MessageBody": body})
    except Unavailable:
        logger.warning("a slice of an export was not accepted", exc_info=True, export_id=export_id)


def send_tickets(queue_url: str, ticket: Ticket, slots: Sequence[datetime], *, now: datetime) -> None:
    """Queues the ticket once for each slot, each due 1 to 2 s before it.

    A ticket that the queue does not accept is only logged: a later pass issues it again.

    Raises:
        Unavailable: the queue did not answer; some tickets may be queued.
    """
    body = ticket.to_json()
    refused, began = 0, time.monotonic()
    for batch in batched(slots, BATCH, strict=False):
        # Queueing thousands of tickets takes seconds, by which the delays of the later ones are shorter.
        at = now + timedelta(seconds=time.monotonic() - began)
        answer = aws_api.call(
            "sqs",
            "SendMessageBatch",
            {
                "QueueUrl": queue_url,
                "Entries": [
                    {
                        "Id": str(index),
                        "MessageBody": body,
                        "DelaySeconds": delay_seconds(slot, at),
                        # Fair queues: one busy connection does not delay the others.
                        "MessageGroupId": str(ticket.connection_id),
                    }
                    for index, slot in enumerate(batch)
                ],
            },
        )
        refused += len(answer.get("Failed", []))
    if refused:
        logger.warning("tickets were not accepted", campaign_id=ticket.campaign_id, tickets=refused)


def send_ticket_later(queue_url: str, ticket: Ticket, seconds: int) -> None:
    """Queues one ticket to be delivered after so many seconds, at most SQS's 900.

    Raises:
        Unavailable: the queue did not accept it, or did not answer.
    """
    aws_api.call(
        "sqs",
        "SendMessage",
        {
            "QueueUrl": queue_url,
            "MessageBody": ticket.to_json(),
            "DelaySeconds": min(seconds, 900),
            "MessageGroupId": str(ticket.connection_id),
        },
    )


def send_recheck(queue_url: str, ticket: RecheckTicket) -> None:
    """Asks for a check of a stopped connection at the ticket's time.

    A failure is only logged: the schedule checks the connection too.
    """
    try:
        aws_api.call(
            "sqs",
            "SendMessage",
            {
                "QueueUrl": queue_url,
                "MessageBody": ticket.to_json(),
                "DelaySeconds": max(0, min(ceil((ticket.at - datetime.now(UTC)).total_seconds()), 900)),
                "MessageGroupId": str(ticket.connection_id),
            },
        )
    except Unavailable:
        logger.warning("a recheck was not accepted", exc_info=True, connection_id=ticket.connection_id)


def send_confirmations(queue_url: str, tickets: Sequence[ConfirmationTicket]) -> None:
    """Asks for opt-out confirmations. A failure is only logged: the clock asks again within a minute."""
    refused = 0
    for batch in batched(tickets, BATCH, strict=False):
        try:
            answer = aws_api.call(
                "sqs",
                "SendMessageBatch",
                {
                    "QueueUrl": queue_url,
                    "Entries": [
                        {"Id": str(index), "MessageBody": ticket.to_json(), "MessageGroupId": str(ticket.connection_id)}
                        for index, ticket in enumerate(batch)
                    ],
                },
            )
            refused += len(answer.get("Failed", []))
        except Unavailable:
            logger.warning("the send queue did not answer", exc_info=True)
            refused += len(batch)
    if refused:
        logger.warning("confirmations were not accepted", confirmations=refused)
