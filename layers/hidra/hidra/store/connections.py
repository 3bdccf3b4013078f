"""A user's connection to an Evolution server, as the user sees and changes it; never with the key."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.connection import ConnectionWarning, connection_warnings
from hidra.errors import Conflict, NotFound
from hidra.store import status_backfills
from hidra.store.db import Tx
from hidra.store.status_backfills import StatusBackfill

GET = """
select id, base_url, instance_name, integration, status, error_message, connected_at, last_health_check_at,
    last_webhook_at, last_status_at, max_messages_per_minute, max_concurrent_sends, created_at
from hidra.evolution_api_config where user_id = %(user_id)s
"""
# Before LOCK: a permit locks the limit before anything else.
LOCK_LIMIT = """
select from hidra.pace_limits
where subject = (select id from hidra.evolution_api_config where user_id = %(user_id)s)
for update
"""
LOCK = """
select id, base_url, instance_name, integration, max_messages_per_minute, max_concurrent_sends
from hidra.evolution_api_config where user_id = %(user_id)s
for update
"""
# Campaigns that have no connection yet, or lost it, get this one.
INSERT = """
with created as (
    insert into hidra.evolution_api_config (user_id, base_url, instance_name, integration, api_key_encrypted,
        max_messages_per_minute, max_concurrent_sends)
    values (%(user_id)s, %(base_url)s, %(instance_name)s, %(integration)s, %(sealed)s, %(max_messages_per_minute)s,
        %(max_concurrent_sends)s)
    on conflict (user_id) do nothing
    returning id, user_id, max_messages_per_minute
), paced as (
    insert into hidra.pace_limits (subject, user_id, rate) select id, user_id, max_messages_per_minute from created
), attached as (
    update hidra.campaigns c set evolution_config_id = created.id from created
    where c.user_id = created.user_id and c.evolution_config_id is null
      and c.status in ('draft', 'scheduled', 'running', 'paused')
)
select id from created
"""
# The state that was found says nothing about another server, instance or key: the connection is trusted from now on,
# and no acknowledgement of an earlier message is expected.
UPDATE = """
update hidra.evolution_api_config
set base_url = %(base_url)s, instance_name = %(instance_name)s, integration = %(integration)s,
    api_key_encrypted = coalesce(%(sealed)s, api_key_encrypted),
    max_messages_per_minute = %(max_messages_per_minute)s, max_concurrent_sends = %(max_concurrent_sends)s,
    status = case when %(another)s then 'disconnected' else status end,
    error_message = case when %(another)s then null else error_message end,
    status_at = case when %(another)s then null else status_at end,
    connected_at = case when %(another)s then null else connected_at end,
    last_status_at = case
        when (base_url, instance_name, integration) = (%(base_url)s, %(instance_name)s, %(integration)s)
        then last_status_at
    end,
    acknowledged_until = case when %(another)s then clock_timestamp() else acknowledged_until end
where user_id = %(user_id)s and id = %(id)s
"""
SET_RATE = "update hidra.pace_limits set rate = %(rate)s where user_id = %(user_id)s and subject = %(id)s"
DELETE_LIMIT = """
delete from hidra.pace_limits
where subject = (select id from hidra.evolution_api_config where user_id = %(user_id)s)
"""
DELETE = "delete from hidra.evolution_api_config where user_id = %(user_id)s returning true"


@dataclass(frozen=True)
class Connection:
    id: UUID
    base_url: str
    instance_name: str
    integration: str
    status: EvolutionConnectionStatus
    error_message: str | None
    connected_at: datetime | None
    last_health_check_at: datetime | None
    last_webhook_at: datetime | None
    last_status_at: datetime | None
    max_messages_per_minute: int
    max_concurrent_sends: int
    created_at: datetime
    status_backfill: StatusBackfill | None = None
    warnings: list[ConnectionWarning] = field(default_factory=list)


@dataclass(frozen=True)
class Settings:
    """The fields of a connection that a user sets, without the key."""

    base_url: str
    instance_name: str
    integration: str
    max_messages_per_minute: int
    max_concurrent_sends: int


@dataclass(frozen=True)
class LockedConnection(Settings):
    id: UUID


def get(tx: Tx) -> Connection:
    """
    Raises:
        NotFound: the user has no connection.
    """
    connection = tx.row(Connection, GET)
    if connection is None:
        raise _missing()
    return replace(
        connection,
        status_backfill=status_backfills.get(tx, connection_id=connection.id),
        warnings=connection_warnings(integration=connection.integration, last_status_at=connection.last_status_at),
    )


def require(tx: Tx) -> Connection:
    """Returns the user's connection, for an action that needs one.

    Raises:
        Conflict: the user has no connection.
    """
    try:
        return get(tx)
    except NotFound:
        raise no_connection() from None


def lock(tx: Tx) -> LockedConnection | None:
    """The user's connection, locked against other changes until this transaction ends; None if there is none."""
    tx.run(LOCK_LIMIT)
    return tx.row(LockedConnection, LOCK)


def insert(tx: Tx, settings: Settings, *, sealed: bytes) -> UUID | None:
    """Creates the user's connection with its limit; None if the user has one already."""
    connection_id: UUID | None = tx.value(INSERT, sealed=sealed, **vars(settings))
    return connection_id


def update(tx: Tx, settings: Settings, *, connection_id: UUID, sealed: bytes | None, another: bool) -> None:
    """Writes a locked connection and its limit.

    Args:
        sealed: another key, or None to keep the old one.
        another: whether the connection's state must be checked anew.
    """
    tx.run(SET_RATE, id=connection_id, rate=settings.max_messages_per_minute)
    tx.run(UPDATE, id=connection_id, sealed=sealed, another=another, **vars(settings))


def delete(tx: Tx) -> None:
    """
    Raises:
        NotFound: the user has no connection.
    """
    tx.run(DELETE_LIMIT)
    if not tx.value(DELETE):
        raise _missing()


def no_connection() -> Conflict:
    return Conflict("Save the connection to an Evolution server first.", code="no-connection")


def _missing() -> NotFound:
    return NotFound("You have no connection to an Evolution server. Save one first.")
