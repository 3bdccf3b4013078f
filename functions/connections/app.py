"""The user's connection to an Evolution server over HTTP. Its key is sealed at once and never shown."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from hidra.domain.address import check_base_url
from hidra.domain.backfill import OLDEST_HOURS
from hidra.domain.check_request import CheckAction
from hidra.domain.daily_limits import DEFAULT_LADDER, MAX_WARM_UP_DAYS, WarmUp
from hidra.domain.pacing import MAX_JITTER
from hidra.entry.fields import LocalDate, PerDay, PerMinute, Whole
from hidra.entry.http import Answer, Body, answers, lambda_handler, no_content, resolver
from hidra.entry.tenant import user_of
from hidra.entry.times import SendWindowIn, TimeZone, window_of
from hidra.errors import Unavailable
from hidra.gateways import connection, queues
from hidra.gateways.aws import read_json_secret
from hidra.gateways.vault import origin, seal
from hidra.services.save_connection import Wanted, save_connection
from hidra.settings import DATABASE_SETTINGS, TENANT_SETTINGS, require
from hidra.store import connections, status_backfills
from hidra.store.connections import Connection
from hidra.store.db import Database, Tx
from hidra.telemetry import logger

ENV = require(
    *DATABASE_SETTINGS,
    *TENANT_SETTINGS,
    "CAMPAIGN_QUEUE_URL",
    "VAULT_PUBLIC_KEYS",
    "CONNECTION_CHECK_FUNCTION",
    "ALLOW_PRIVATE_ADDRESSES",
)
db = Database(ENV, read_json_secret)
app = resolver()
handler = lambda_handler(app)
me = user_of(app, lambda: db, ENV)
nudge = partial(queues.nudge, ENV["CAMPAIGN_QUEUE_URL"])

PUBLIC_KEYS: dict[str, str] = json.loads(ENV["VAULT_PUBLIC_KEYS"])
ALLOW_PRIVATE = ENV["ALLOW_PRIVATE_ADDRESSES"] == "true"


def _header_value(key: SecretStr) -> SecretStr:
    text = key.get_secret_value().strip()
    if not (0 < len(text) <= 500 and text.isascii() and text.isprintable()):
        raise PydanticCustomError("api_key", "Must be 1 to 500 printable ASCII characters")
    return SecretStr(text)


ApiKey = Annotated[
    SecretStr,
    AfterValidator(_header_value),
    Field(json_schema_extra={"minLength": 1, "maxLength": 500, "pattern": r"^[ -~]*[!-~][ -~]*$"}),
]
# It becomes part of a path.
InstanceName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f/\\?#]+$")]


class WarmUpIn(Body):
    """The most messages of each local day, ``since`` the first one; without ``limits`` those of a new number."""

    since: LocalDate
    limits: Annotated[list[PerDay] | None, Field(min_length=1, max_length=MAX_WARM_UP_DAYS)] = None

    def warm_up(self) -> WarmUp:
        return WarmUp(self.since, tuple(self.limits or DEFAULT_LADDER))


class ConnectionIn(Body):
    """An absent field keeps its value, or takes its default: baileys, 60 a minute, one at a time, jitter 0.25.

    Without a sending window campaigns send at any time. The limits of a day have none by default; null removes one. A
    day is that of ``time_zone``, by default São Paulo's.
    """

    base_url: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    instance_name: InstanceName
    api_key: Annotated[
        ApiKey | None, Field(description="Required for the first connection, and for another scheme, host or port.")
    ] = None
    integration: Literal["baileys", "cloud_api"] | None = None
    max_messages_per_minute: PerMinute | None = None
    max_concurrent_sends: Annotated[int, Field(strict=True, ge=1, le=1_000), Whole] | None = None
    jitter: Annotated[
        Annotated[float, Field(strict=True, ge=0, le=MAX_JITTER)] | None,
        Field(description="By how much of the time between two messages one may be late, at random. 0: none is."),
    ] = None
    send_window: Annotated[
        SendWindowIn | None,
        Field(description="When campaigns without a window of their own may send. Null, if sent: at any time."),
    ] = None
    max_messages_per_day: PerDay | None = None
    max_first_contacts_per_day: Annotated[
        PerDay | None, Field(description="First contacts: phones that have neither got a message from you nor written.")
    ] = None
    warm_up: WarmUpIn | None = None
    time_zone: TimeZone | None = None

    def daily_limits(self) -> dict[str, Any]:
        """The fields of DailyLimits that the request names."""
        given: dict[str, Any] = {
            "max_messages_per_day": self.max_messages_per_day,
            "max_first_contacts_per_day": self.max_first_contacts_per_day,
            "warm_up": self.warm_up and self.warm_up.warm_up(),
        }
        named = {name: value for name, value in given.items() if name in self.model_fields_set}
        return named | ({"time_zone": self.time_zone} if self.time_zone else {})


class StatusBackfillIn(Body):
    """How many hours back, by the time when messages were sent."""

    hours: Annotated[int, Field(strict=True, ge=1, le=OLDEST_HOURS), Whole] = 24


class ConnectionLink(Answer):
    """The instance's state, a code to link WhatsApp with while the instance waits for one, or why there is no code."""

    state: str
    qr_code: str | None = None
    pairing_code: str | None = None
    message: str | None = None


@app.put(
    "/v1/evolution-config",
    operation_id="save_connection",
    summary="Save your connection to an Evolution server, and check it",
    responses=answers(rejected=["base-url", "api-key-required", "wrong-times"]),
)
def save(body: ConnectionIn) -> Connection:
    user_id = me()
    base_url = check_base_url(body.base_url, allow_private=ALLOW_PRIVATE)
    sealed = None
    if body.api_key is not None:
        sealed = seal(PUBLIC_KEYS, body.api_key.get_secret_value(), user_id=user_id, base_url=base_url)
    wanted = Wanted(
        base_url,
        body.instance_name,
        body.integration,
        body.max_messages_per_minute,
        body.max_concurrent_sends,
        jitter=body.jitter,
        send_window=window_of(body.send_window),
        keeps_window="send_window" not in body.model_fields_set,
        daily_limits=body.daily_limits(),
    )
    connection_id = save_connection(db, user_id, wanted, sealed=sealed, origin=origin, nudge=nudge)
    try:
        connection.ask(ENV["CONNECTION_CHECK_FUNCTION"], CheckAction.CHECK, connection_id=connection_id)
    except Unavailable:
        # It is saved; the next scheduled check finds its state.
        logger.warning("connection was saved but not checked", exc_info=True, connection_id=connection_id)
    return read(user_id)


@app.get(
    "/v1/evolution-config",
    operation_id="get_connection",
    summary="Show your connection",
    responses=answers(not_found=["not-found"]),
)
def get() -> Connection:
    return read(me())


@app.delete(
    "/v1/evolution-config",
    operation_id="delete_connection",
    summary="Delete your connection; campaigns wait for another one",
    responses=answers(204, not_found=["not-found"]),
)
def delete() -> Response[Any]:
    db.as_user(me(), connections.delete)
    return no_content()


@app.post(
    "/v1/evolution-config/check",
    operation_id="check_connection",
    summary="Check your connection now",
    responses=answers(not_found=["not-found"], unavailable=["evolution-unavailable"]),
)
def check() -> Connection:
    user_id = me()
    connection.ask(ENV["CONNECTION_CHECK_FUNCTION"], CheckAction.CHECK, connection_id=read(user_id).id)
    return read(user_id)


@app.post(
    "/v1/evolution-config/connect",
    operation_id="connect_connection",
    summary="Link WhatsApp: show the state and the code to scan or type",
    responses=answers(not_found=["not-found"], unavailable=["evolution-unavailable"]),
)
def connect() -> ConnectionLink:
    found = connection.ask(ENV["CONNECTION_CHECK_FUNCTION"], CheckAction.CONNECT, connection_id=read(me()).id)
    return ConnectionLink(
        state=found["state"],
        qr_code=found.get("qr_code"),
        pairing_code=found.get("pairing_code"),
        message=found.get("message"),
    )


@app.post(
    "/v1/evolution-config/repair-statuses",
    operation_id="backfill_statuses",
    summary="Look up the statuses of your latest messages in Evolution, after webhooks were lost",
    status_code=HTTPStatus.ACCEPTED,
    responses=answers(not_found=["not-found"]),
)
def backfill(body: StatusBackfillIn | None = None) -> Connection:
    now = datetime.now(UTC)
    sent_from = now - timedelta(hours=(body or StatusBackfillIn()).hours)

    def work(tx: Tx) -> Connection:
        connection_id = connections.get(tx).id
        status_backfills.request(
            tx, connection_ids=[connection_id], cause="request", at=now, oldest=sent_from, sent_from=sent_from
        )
        return connections.get(tx)

    return db.as_user(me(), work)


def read(user_id: UUID) -> Connection:
    return db.as_user(user_id, connections.get)
