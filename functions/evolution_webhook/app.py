"""Receives Evolution's webhooks: verifies them, reads their events, puts the events on the stream, answers.

Needs no database and works without it. There is one route and neither parameters nor models to validate, so this
function answers the event itself: ``entry.http`` would load the resolver and pydantic, most of the cold start of a
function that should answer at once.

Evolution API 2.3.7 (src/api/integrations/event/webhook/webhook.controller.ts) gives an event up for good on 400, 401,
403, 404 and 422, and retries for some 20 minutes on any other answer that is not 2xx. So a fault of ours is a 5xx, and
an unexpected error becomes API Gateway's 500.
"""

import base64
import binascii
import json
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import jwt
from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.domain.delivery import to_record
from hidra.domain.flow import Flow
from hidra.domain.text import storable
from hidra.domain.webhook import events_of
from hidra.domain.webhook_key import REREAD_AFTER, jwt_key
from hidra.errors import Unavailable
from hidra.gateways.aws import read_json_secret
from hidra.gateways.stream import BUSY, put
from hidra.settings import require
from hidra.telemetry import logger

ENV = require("WEBHOOK_SECRET", "DELIVERY_STREAM")
# Evolution makes the token once, before its retries: the last retry carries one that expired long ago.
LEEWAY_SECONDS = 1_800
# Evolution reports one event at a time, or a few: a body with more is an attack on what reads the stream.
# Each event is at most one record, so these are one call of PutRecords.
MAX_ITEMS = 500
# Characters. The largest of Evolution's bodies are those of a message that quotes another one, each with the small
# image of its media, whose bytes are written as {"0":185,...}: some 100 kB each.
MAX_BODY = 2_000_000
_KEY_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_TOKEN = re.compile(r"bearer +([\w-]+\.[\w-]+\.[\w-]+) *", re.ASCII | re.IGNORECASE)
Answer = dict[str, Any]


class Masters:
    """The master keys by id. An unknown id may be newer than this process: the keys are read again before a refusal,
    but not for each (``domain.webhook_key``)."""

    def __init__(self) -> None:
        self._keys: Mapping[str, str] = {}
        self._read_at: float | None = None

    def get(self, key_id: str) -> str | None:
        """Returns the key; None if there is none with this id under which a webhook can be registered.

        Raises:
            Unavailable: the keys cannot be read, so a refusal for good would be too early.
        """
        if key_id not in self._keys and self._may_be_outdated():
            self._keys = read_json_secret(ENV["WEBHOOK_SECRET"])
            self._read_at = time.time()
        return self._keys.get(key_id)

    def _may_be_outdated(self) -> bool:
        # By the wall clock: a monotonic one may stand still while Lambda has frozen the process.
        return self._read_at is None or not 0 <= time.time() - self._read_at < REREAD_AFTER.total_seconds()


class Refused(Exception):
    """A webhook that is not accepted, with the status and the problem of the answer."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        super().__init__(code)
        self.answer = _problem(status, code, detail)


masters = Masters()
flow = Flow()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> Answer:
    try:
        return receive(event)
    except Refused as error:
        return error.answer
    except Unavailable as error:
        # A full shard is what a flood makes; anything else is our fault, which the API's alarm counts.
        if error.code == BUSY:
            logger.warning("webhook not accepted", reason=str(error))
        else:
            logger.error("webhook not accepted", reason=str(error), fault=True)
        return _problem(HTTPStatus.SERVICE_UNAVAILABLE, Unavailable.code, str(error))


def receive(event: Mapping[str, Any]) -> Answer:
    """Checks form and size before anything is parsed, then the signature, then how much it is."""
    received_at = datetime.now(UTC)
    path = event["pathParameters"]
    try:
        connection_id = UUID(path["connection_id"])
    except ValueError:
        raise Refused(HTTPStatus.NOT_FOUND, "not-found", "There is no such thing.") from None
    logger.append_keys(connection_id=connection_id)
    token = _TOKEN.fullmatch(event["headers"].get("authorization", ""))
    if token is None or not _KEY_ID.fullmatch(path["key_id"]):
        raise _unauthorized()
    body = _body(event)
    instance = body.get("instance") if isinstance(body, dict) else None
    if not isinstance(instance, str) or not _is_authentic(token[1], connection_id, path["key_id"], instance):
        raise _unauthorized()
    _check_items(body.get("data"))
    records = [to_record(found) for found in events_of(body, connection_id, received_at)]
    if not flow.admits(connection_id, len(records), at=received_at.timestamp()):
        logger.warning("webhooks of a connection slowed down")
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "too-fast", "Send it again in a few seconds.")
    if records:
        put(ENV["DELIVERY_STREAM"], records)
    return _answer(HTTPStatus.OK, "application/json", {"accepted": len(records)})


def _unauthorized() -> Refused:
    logger.warning("webhook not authentic")
    return Refused(HTTPStatus.UNAUTHORIZED, "unauthorized", "The webhook's signature is not valid.")


def _body(event: Mapping[str, Any]) -> Any:
    if len(event.get("body") or "") > MAX_BODY:
        logger.warning("webhook with too large a body")
        detail = f"The body has more than {MAX_BODY:,} characters."
        raise Refused(HTTPStatus.CONTENT_TOO_LARGE, "webhook-too-large", detail)
    try:
        return json.loads(_raw_body(event))
    except (ValueError, RecursionError):
        raise Refused(HTTPStatus.BAD_REQUEST, "malformed-json", "The body is not valid JSON.") from None


def _check_items(data: Any) -> None:
    if isinstance(data, list) and len(data) > MAX_ITEMS:
        logger.warning("webhook with too many events", items=len(data))
        detail = f"The body has {len(data)} events; at most {MAX_ITEMS} are accepted at once."
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "too-many-events", detail)


def _is_authentic(token: str, connection_id: UUID, key_id: str, instance: str) -> bool:
    master = masters.get(key_id)
    if master is None or not storable(instance):
        return False
    try:
        claims = jwt.decode(
            token,
            jwt_key(master, connection_id, instance),
            algorithms=["HS256"],
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp"]},
        )
    except jwt.InvalidTokenError:
        return False
    return claims.get("app") == "evolution" and claims.get("action") == "webhook"


def _raw_body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _problem(status: HTTPStatus, code: str, detail: str) -> Answer:
    """Returns the document that ``entry.http.problem`` makes; a test compares the two."""
    body = {"type": f"urn:hidra:problem:{code}", "title": status.phrase, "status": status.value, "detail": detail}
    return _answer(status, "application/problem+json", body)


def _answer(status: HTTPStatus, content_type: str, body: Mapping[str, Any]) -> Answer:
    return {
        "statusCode": status.value,
        "headers": {"Content-Type": content_type},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }
