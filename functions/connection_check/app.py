"""Checks connections every five minutes and on request, and resolves messages in doubt.

Only this function and the sender can open an API key: HTTP functions invoke it for what they need of Evolution.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aws_lambda_powertools.utilities.typing import LambdaContext

from hidra.domain.check_request import CheckAction, PullRequest, failure, read
from hidra.domain.connection_error import ConnectionFault
from hidra.domain.imports import files
from hidra.domain.instance import CLOUD_CLOSED
from hidra.domain.ticket import RecheckTicket
from hidra.domain.webhook_key import current_key_id, jwt_key, known_everywhere
from hidra.errors import HidraError, Rejected
from hidra.gateways import uploads, vault
from hidra.gateways.aws import read_json_secret, read_secret_versions
from hidra.gateways.evolution import Evolution, Webhook
from hidra.gateways.queues import send_recheck
from hidra.services.backfill_statuses import backfill_statuses, request_backfills
from hidra.services.check_connection import Health, Neighbourhood, check_all, check_one, examine, failed
from hidra.services.imports.pull_contacts import give_up, pull_contacts
from hidra.services.reconcile import reconcile
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store import connection_health
from hidra.store.connection_health import Endpoint
from hidra.store.db import Database
from hidra.telemetry import logger, measured

ENV = require(
    *DATABASE_SETTINGS,
    "VAULT_SECRET",
    "WEBHOOK_SECRET",
    "PUBLIC_URL",
    "ALLOW_PRIVATE_ADDRESSES",
    "IMPORT_BUCKET",
    "SEND_QUEUE_URL",
)
ALLOW_PRIVATE = ENV["ALLOW_PRIVATE_ADDRESSES"] == "true"
SPARE_SECONDS = 5  # between the last work and the function's own time-out
RECONCILING_SECONDS = 30  # of a scheduled run, at least
PUTTING_SECONDS = 20  # of a fetch of contacts: the page in progress, then the file
BACKFILL_SECONDS = 25  # of a scheduled run, at least
db = Database(ENV, read_json_secret, wait_seconds=10)


def webhooks() -> str:
    """What the URL of each of our webhooks begins with."""
    return f"{ENV['PUBLIC_URL'].rstrip('/')}/webhooks/evolution/"


def owner_of_webhook(url: str) -> UUID | None:
    """Returns the connection whose webhook this is; None if it is not one of ours."""
    try:
        return UUID(url.removeprefix(webhooks()).partition("/")[0]) if url.startswith(webhooks()) else None
    except ValueError:
        return None


class Keys:
    """Both secrets, read again in each invocation, so that they may rotate; and the other connections."""

    def __init__(self) -> None:
        self._vault = read_json_secret(ENV["VAULT_SECRET"])
        masters = read_secret_versions(ENV["WEBHOOK_SECRET"])
        self._masters = masters.value
        self._registrable = known_everywhere(masters.value, since=masters.since, before=masters.before, now=now())
        self.without_webhook: list[Endpoint] = []  # a check found another webhook there
        self._others = db.as_worker(connection_health.others)

    def evolution(self, endpoint: Endpoint) -> Evolution:
        """Returns a client of the connection's instance.

        Raises:
            Rejected: its API key cannot be opened.
        """
        key = vault.open_sealed(
            self._vault, endpoint.api_key_encrypted, user_id=endpoint.user_id, base_url=endpoint.base_url
        )
        return Evolution(endpoint.base_url, endpoint.instance_name, key, allow_private=ALLOW_PRIVATE)

    def webhook(self, endpoint: Endpoint, key_id: str) -> Webhook:
        """Returns our webhook of the instance under one of the master keys."""
        return Webhook(
            url=f"{webhooks()}{endpoint.connection_id}/{key_id}",
            jwt_key=jwt_key(self._masters[key_id], endpoint.connection_id, endpoint.instance_name),
        )

    def examine(self, endpoint: Endpoint) -> Health:
        """Returns a connection's health; never raises for what Evolution does."""
        ours = {key_id: self.webhook(endpoint, key_id) for key_id in self._masters}
        try:
            health = examine(
                self.evolution(endpoint),
                ours[current_key_id(self._registrable)] if self._registrable else None,
                also_ours=ours.values(),
                among=Neighbourhood(
                    endpoint,
                    [other for other in self._others if other.connection_id != endpoint.connection_id],
                    owner_of_webhook,
                ),
            )
        except Rejected as error:
            return failed(ConnectionFault.of(error.code, str(error)))
        if health.webhook_lost:
            self.without_webhook.append(endpoint)
        return health


@measured
@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any] | None:
    """A request of another function (``domain.check_request``), or the schedule's event."""
    request = read(event)

    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS

    if request is None:
        every_connection(seconds_left=seconds_left)
        return None
    endpoint = db.as_worker(lambda tx: connection_health.get(tx, connection_id=request.connection_id))
    if isinstance(request, PullRequest):
        pull(endpoint, request.import_id, seconds_left=seconds_left)
        return None
    if endpoint is None:
        return failure("There is no such connection.")
    return connect(endpoint) if request.action is CheckAction.CONNECT else check(endpoint)


def check(endpoint: Endpoint) -> dict[str, Any]:
    keys = Keys()
    health = check_one(endpoint, db=db, examine=keys.examine, now=now, recheck=recheck)
    request_backfills(keys.without_webhook, db=db, now=now())
    return {"status": health.status.value, "error_message": health.fault and health.fault.message}


def connect(endpoint: Endpoint) -> dict[str, Any]:
    try:
        offer = Keys().evolution(endpoint).connect()
    except HidraError as error:
        return failure(str(error))
    # Only a closed instance of the Cloud API offers no code.
    message = CLOUD_CLOSED.message if offer.state == "close" else None
    return {"state": offer.state, "qr_code": offer.qr_code, "pairing_code": offer.pairing_code, "message": message}


def pull(endpoint: Endpoint | None, import_id: UUID, *, seconds_left: Callable[[], float]) -> None:
    if endpoint is None:
        give_up(import_id, db=db, code="no_connection", reason="The connection to the Evolution server was deleted.")
        return
    key = files.contacts_key(endpoint.user_id, import_id)
    pull_contacts(
        import_id,
        endpoint,
        db=db,
        evolution=Keys().evolution,
        put=lambda made: uploads.put(ENV["IMPORT_BUCKET"], key, made, content_type=files.CONTENT_TYPES["jsonl"]),
        time_is_over=lambda: seconds_left() < PUTTING_SECONDS,
    )


def every_connection(*, seconds_left: Callable[[], float]) -> None:
    keys = Keys()
    for_checks = seconds_left() - RECONCILING_SECONDS - BACKFILL_SECONDS
    answering = check_all(db=db, examine=keys.examine, now=now, seconds=for_checks, recheck=recheck)
    request_backfills(keys.without_webhook, db=db, now=now())
    reconcile(answering, db=db, evolution=keys.evolution, now=now(), seconds=seconds_left() - BACKFILL_SECONDS)
    backfill_statuses(answering, db=db, evolution=keys.evolution, now=now(), seconds=seconds_left())


def recheck(ticket: RecheckTicket) -> None:
    send_recheck(ENV["SEND_QUEUE_URL"], ticket)


def now() -> datetime:
    return datetime.now(UTC)
