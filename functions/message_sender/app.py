"""Sends at most one message for each message of the send queue, or for an invocation with a trial."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.domain.connection_error import ConnectionFault
from hidra.domain.content import Content
from hidra.domain.outcome import NotSent, NoTurn, Outcome, Refused, Sent, Stops, Unknown, name_of
from hidra.domain.pacing import connection_share
from hidra.domain.ticket import ConfirmationTicket, RecheckTicket, Ticket, read
from hidra.domain.trial import UNAVAILABLE, TrialAnswer, TrialMessage
from hidra.entry.batch import each_record
from hidra.errors import Full, Rejected, Unavailable
from hidra.gateways import vault
from hidra.gateways.aws import read_json_secret
from hidra.gateways.evolution import Evolution
from hidra.gateways.queues import nudge, nudge_all, send_recheck, send_ticket_later
from hidra.services import send_direct
from hidra.services.check_connection import Health, failed, read_state
from hidra.services.recheck_connection import recheck_connection
from hidra.services.send_message import End, send_message
from hidra.services.turn import Clock
from hidra.settings import DATABASE_SETTINGS, SENDER_TIMEOUT_SECONDS, require
from hidra.store.claims import ClaimedPost
from hidra.store.connection_health import Endpoint
from hidra.store.db import Database
from hidra.store.pool import Pool
from hidra.store.runs import DueCampaign
from hidra.telemetry import Figure, logger, measure, measured

ENV = require(
    *DATABASE_SETTINGS,
    "VAULT_SECRET",
    "SEND_QUEUE_URL",
    "CAMPAIGN_QUEUE_URL",
    "ALLOW_PRIVATE_ADDRESSES",
    "SENDER_CONCURRENCY",
    "CONNECTION_SHARE",
)
ALLOW_PRIVATE = ENV["ALLOW_PRIVATE_ADDRESSES"] == "true"
CLOCK = Clock(monotonic=time.monotonic, now=lambda: datetime.now(UTC), sleep=time.sleep)
SENDER_TIMEOUT = timedelta(seconds=SENDER_TIMEOUT_SECONDS)
TRIAL_PATIENCE_SECONDS = 10  # the caller waits at most 24 s for the outcome of a trial
CONFIRMATION_PATIENCE_SECONDS = 20  # with the post it fits into the time-out
ANSWERS = {
    Sent: Figure.MESSAGES_SENT,
    Refused: Figure.MESSAGES_REFUSED,
    NotSent: Figure.MESSAGES_NOT_SENT,
    Unknown: Figure.MESSAGES_IN_DOUBT,
}
# A batch's messages are sent side by side: most of the time each waits, for its slot or for Evolution. A transaction
# takes milliseconds, so few connections serve them.
AT_ONCE, CONNECTIONS = 10, 2  # the template's BatchSize; the connections of one invocation
SHARE = connection_share(
    percent=int(ENV["CONNECTION_SHARE"]), senders=int(ENV["SENDER_CONCURRENCY"]), messages_each=AT_ONCE
)
# Beside a post of 90 s and 20 s for its outcome the time-out leaves 8 s: for the slot, and for a connection if the
# database has none left, which the last of the batch waits for five times. A ticket then returns to the queue.
db = Pool(lambda: Database(ENV, read_json_secret, wait_seconds=1), size=CONNECTIONS)
RETURN_SECONDS = (5, 10, 20, 40, 80, 160)  # at most, before its first return and each further one


@measured
@logger.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Handles messages of the send queue, or a trial of another function."""
    trial = TrialMessage.from_json(event)
    return each_record(event, send, at_once=AT_ONCE) if trial is None else send_trial(trial).to_json()


def send(body: str) -> None:
    ticket = read(body)
    if isinstance(ticket, RecheckTicket):
        recheck(ticket)
    elif isinstance(ticket, ConfirmationTicket):
        send_confirmation(ticket)
    else:
        use_ticket(ticket)


def use_ticket(ticket: Ticket) -> None:
    try:
        end = send_next(ticket)
    except Full as error:
        return_ticket(ticket, error)
    except Unavailable as error:
        # Not retried: a ticket names no recipient, and a later pass issues another one.
        logger.warning("ticket lost", campaign_id=ticket.campaign_id, reason=str(error))
    else:
        logger.debug("ticket used", campaign_id=ticket.campaign_id, end=end)


def return_ticket(ticket: Ticket, error: Full) -> None:
    """Queues a ticket again that found no connection to the database, some seconds apart from the others."""
    if ticket.returned >= len(RETURN_SECONDS):
        logger.warning("ticket lost", campaign_id=ticket.campaign_id, reason=str(error))
        return
    longest = RETURN_SECONDS[ticket.returned]
    seconds = random.randint(longest // 2, longest)  # noqa: S311 - only spreads the tickets
    send_ticket_later(ENV["SEND_QUEUE_URL"], ticket.again(), seconds)
    logger.info("ticket returned", campaign_id=ticket.campaign_id, seconds=seconds)


def send_next(ticket: Ticket) -> End:
    private_keys()
    return send_message(
        ticket,
        db=db,
        post=post,
        postpone=lambda later, seconds: send_ticket_later(ENV["SEND_QUEUE_URL"], later, seconds),
        nudge=ask_for_pass,
        clock=CLOCK,
        sender_timeout=SENDER_TIMEOUT,
        recheck=recheck_later,
        record_within=20,
        share=SHARE,
    )


def recheck(ticket: RecheckTicket) -> None:
    private_keys()
    try:
        recheck_connection(
            ticket,
            db=db,
            examine=examine,
            recheck=recheck_later,
            nudge=lambda found: nudge_all(ENV["CAMPAIGN_QUEUE_URL"], [(it.user_id, it.campaign_id, 0) for it in found]),
            now=CLOCK.now,
        )
    except Unavailable as error:
        # Not retried: the schedule checks the connection.
        logger.warning("recheck lost", connection_id=ticket.connection_id, reason=str(error))


def recheck_later(ticket: RecheckTicket) -> None:
    send_recheck(ENV["SEND_QUEUE_URL"], ticket)


def examine(endpoint: Endpoint) -> Health:
    """Reads the instance's state; its webhook and its warnings are left to connection_check."""
    try:
        key = vault.open_sealed(
            private_keys(), endpoint.api_key_encrypted, user_id=endpoint.user_id, base_url=endpoint.base_url
        )
    except Rejected as error:
        return failed(ConnectionFault.of(error.code, str(error)))
    evolution = Evolution(endpoint.base_url, endpoint.instance_name, key, allow_private=ALLOW_PRIVATE)
    return replace(read_state(evolution), facts=None)


def send_confirmation(ticket: ConfirmationTicket) -> None:
    try:
        found = in_turn(send_direct.send_confirmation, ticket, patience=CONFIRMATION_PATIENCE_SECONDS)
    except Unavailable as error:
        # Not retried here: the clock queues it again within a minute.
        logger.warning("confirmation postponed", reason=str(error))
    else:
        logger.info("confirmation ended", confirmation_id=ticket.confirmation_id, outcome=name_of(found))


def send_trial(trial: TrialMessage) -> TrialAnswer:
    try:
        found = in_turn(send_direct.send_trial, trial, patience=TRIAL_PATIENCE_SECONDS)
    except Unavailable as error:
        logger.warning("trial not sent", campaign_id=trial.campaign_id, reason=str(error))
        return TrialAnswer(UNAVAILABLE)
    outcome = name_of(found)
    logger.info("trial ended", campaign_id=trial.campaign_id, outcome=outcome)
    if isinstance(found, Sent):
        return TrialAnswer(outcome, provider_message_id=found.provider_message_id)
    if isinstance(found, Refused | NotSent | Unknown):
        return TrialAnswer(outcome, error_code=found.code, error_detail=found.detail)
    return TrialAnswer(outcome)


def in_turn(
    send_one: Callable[..., Outcome | NoTurn], message: ConfirmationTicket | TrialMessage, *, patience: float
) -> Outcome | NoTurn:
    private_keys()
    return send_one(
        message,
        db=db,
        post=post,
        nudge=ask_for_pass,
        clock=CLOCK,
        sender_timeout=SENDER_TIMEOUT,
        patience=patience,
        share=SHARE,
    )


def ask_for_pass(due: DueCampaign) -> None:
    nudge(ENV["CAMPAIGN_QUEUE_URL"], user_id=due.user_id, campaign_id=due.campaign_id, seconds=due.seconds)


@cache
def private_keys() -> dict[str, str]:
    """Called before a claim, too: reading them may fail, and takes time that a post at its slot does not have."""
    return read_json_secret(ENV["VAULT_SECRET"])


def open_key(claim: ClaimedPost) -> str:
    """Returns the API key. One that this process cannot open may be sealed with a key newer than the process.

    Raises:
        Rejected: it cannot be opened.
        Unavailable: newer keys could not be read.
    """
    sealed, owner = claim.api_key_encrypted, claim.user_id
    try:
        return vault.open_sealed(private_keys(), sealed, user_id=owner, base_url=claim.base_url)
    except Rejected:
        private_keys.cache_clear()
    return vault.open_sealed(private_keys(), sealed, user_id=owner, base_url=claim.base_url)


def post(claim: ClaimedPost, phone: str, content: Content) -> Outcome:
    """Opens the connection's key and makes the one request."""
    try:
        key = open_key(claim)
    except Rejected as error:
        logger.error("the connection's key cannot be opened", user_id=claim.user_id, code=error.code)
        return NotSent(
            "key_unreadable", "The stored API key cannot be read; save it again.", Stops.CONNECTION, arrived=False
        )
    except Unavailable:
        return NotSent("keys_unavailable", "The stored API key could not be read.", Stops.NOTHING, arrived=False)
    evolution = Evolution(claim.base_url, claim.instance_name, key, allow_private=ALLOW_PRIVATE)
    began = CLOCK.monotonic()
    outcome = evolution.send(phone, content, message_id=claim.requested_message_id)
    measure(Figure.ANSWER_TIME, (CLOCK.monotonic() - began) * 1000)
    measure(ANSWERS[type(outcome)])
    return outcome
