"""Sends at most one message for what a queue message carries, a ticket or somebody who is to be answered, or the test
that another function asks for."""

import time
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.domain.content import Content
from hidra.domain.outcome import NotSent, Outcome, Refused, Sent, Stops, Unknown, name_of
from hidra.domain.ticket import ConfirmationTicket, Ticket, read
from hidra.domain.trial import UNAVAILABLE, TrialAnswer, TrialMessage
from hidra.entry.batch import each_record
from hidra.errors import Rejected, Unavailable
from hidra.gateways import vault
from hidra.gateways.aws import read_json_secret
from hidra.gateways.evolution import Evolution
from hidra.gateways.queues import nudge, send_ticket_later
from hidra.services.send_confirmation import send_confirmation
from hidra.services.send_message import Clock, End, send_message
from hidra.services.send_trial import NoTurn, send_trial
from hidra.settings import DATABASE_SETTINGS, SENDER_TIMEOUT_SECONDS, require
from hidra.store.claims import ClaimedPost
from hidra.store.db import Database
from hidra.telemetry import logger

ENV = require(*DATABASE_SETTINGS, "VAULT_SECRET", "SEND_QUEUE_URL", "CAMPAIGN_QUEUE_URL", "ALLOW_PRIVATE_ADDRESSES")
ALLOW_PRIVATE = ENV["ALLOW_PRIVATE_ADDRESSES"] == "true"
CLOCK = Clock(monotonic=time.monotonic, now=lambda: datetime.now(UTC), sleep=time.sleep)
TRIAL_PATIENCE_SECONDS = 10  # whoever asks for a test waits 28 s for its answer at most
CONFIRMATION_PATIENCE_SECONDS = 20  # with the post it fits into the time-out
db = Database(ENV, read_json_secret)


@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Messages of the send queue, or a trial message of another function."""
    trial = TrialMessage.from_json(event)
    return each_record(event, send) if trial is None else test(trial).to_json()


def send(body: str) -> None:
    asked = read(body)
    if isinstance(asked, ConfirmationTicket):
        answer(asked)
    else:
        use(asked)


def use(ticket: Ticket) -> None:
    try:
        # Before anybody is claimed: reading them may fail, and takes time that a post at its slot has not.
        private_keys()
        end = send_once(ticket)
    except Unavailable as error:
        # Not to be tried again: a ticket names nobody, and the next look issues another in its place.
        logger.warning("ticket lost", campaign_id=ticket.campaign_id, reason=str(error))
    else:
        logger.debug("ticket used", campaign_id=ticket.campaign_id, end=end)


def send_once(ticket: Ticket) -> End:
    return send_message(
        ticket,
        db=db,
        post=post,
        postpone=lambda later, seconds: send_ticket_later(ENV["SEND_QUEUE_URL"], later, seconds),
        nudge=lambda t: nudge(ENV["CAMPAIGN_QUEUE_URL"], user_id=t.user_id, campaign_id=t.campaign_id),
        clock=CLOCK,
        sender_timeout=timedelta(seconds=SENDER_TIMEOUT_SECONDS),
        record_within=20,
    )


def answer(asked: ConfirmationTicket) -> None:
    try:
        private_keys()
        found = send_confirmation(
            asked,
            db=db,
            post=post,
            clock=CLOCK,
            sender_timeout=timedelta(seconds=SENDER_TIMEOUT_SECONDS),
            patience=CONFIRMATION_PATIENCE_SECONDS,
        )
    except Unavailable as error:
        # Not to be tried again from here: the clock asks again within a minute.
        logger.warning("confirmation put off", reason=str(error))
    else:
        outcome = found.value if isinstance(found, NoTurn) else name_of(found)
        logger.info("confirmation ended", confirmation_id=asked.confirmation_id, outcome=outcome)


def test(message: TrialMessage) -> TrialAnswer:
    try:
        private_keys()
        found = send_trial(
            message,
            db=db,
            post=post,
            clock=CLOCK,
            sender_timeout=timedelta(seconds=SENDER_TIMEOUT_SECONDS),
            patience=TRIAL_PATIENCE_SECONDS,
        )
    except Unavailable as error:
        logger.warning("test not sent", campaign_id=message.campaign_id, reason=str(error))
        return TrialAnswer(UNAVAILABLE)
    outcome = found.value if isinstance(found, NoTurn) else name_of(found)
    logger.info("test ended", campaign_id=message.campaign_id, outcome=outcome)
    if isinstance(found, Sent):
        return TrialAnswer(outcome, provider_message_id=found.provider_message_id)
    if isinstance(found, Refused | NotSent | Unknown):
        return TrialAnswer(outcome, error_code=found.code, error_detail=found.detail)
    return TrialAnswer(outcome)


@cache
def private_keys() -> dict[str, str]:
    return read_json_secret(ENV["VAULT_SECRET"])


def open_key(held: ClaimedPost) -> str:
    """The API key; one that this process cannot open may be sealed to a key that is newer than the process.

    Raises:
        Rejected: it cannot be opened.
        Unavailable: it could not be looked up whether there is a newer key.
    """
    sealed, owner = held.api_key_encrypted, held.user_id
    try:
        return vault.open_sealed(private_keys(), sealed, user_id=owner, base_url=held.base_url)
    except Rejected:
        private_keys.cache_clear()
    return vault.open_sealed(private_keys(), sealed, user_id=owner, base_url=held.base_url)


def post(held: ClaimedPost, phone: str, content: Content) -> Outcome:
    """Opens the connection's key and makes the one request."""
    try:
        key = open_key(held)
    except Rejected as error:
        logger.error("the connection's key cannot be opened", user_id=held.user_id, code=error.code)
        return NotSent("key_unreadable", "The stored API key cannot be read; save it again.", Stops.CONNECTION)
    except Unavailable:
        return NotSent("keys_unavailable", "The stored API key could not be read.", Stops.NOTHING)
    evolution = Evolution(held.base_url, held.instance_name, key, allow_private=ALLOW_PRIVATE)
    return evolution.send(phone, content)
