"""A user's connection to an Evolution server, as the user sees and changes it; never with the key."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.connection import ConnectionWarning, connection_warnings
from hidra.domain.connection_error import ConnectionErrorCode
from hidra.domain.daily_limits import DailyLimits
from hidra.domain.send_window import SendWindow
from hidra.errors import Conflict, NotFound
from hidra.store import daily_limits, send_windows, status_backfills
from hidra.store.db import Tx
from hidra.store.status_backfills import StatusBackfill

GET = """
select id, base_url, instance_name, integration, status, error_message, error_code, connected_at,
    last_health_check_at, last_webhook_at, last_status_at, max_messages_per_minute, max_concurrent_sends, jitter,
    send_window, max_messages_per_day, max_first_contacts_per_day, time_zone, created_at, warnings
from hidra.evolution_api_config where user_id = %(user_id)s and deleted_at is null
"""
# Before LOCK: a permit locks the limit before anything else.
LOCK_LIMIT = """
select from hidra.pace_limits
where subject = (select id from hidra.evolution_api_config where user_id = %(user_id)s)
for update
"""
LOCK = """
select id, coalesce(base_url, '') as base_url, coalesce(instance_name, '') as instance_name, integration,
    max_messages_per_minute, max_concurrent_sends, jitter, send_window, deleted_at is not null as deleted
from hidra.evolution_api_config where user_id = %(user_id)s
for update
"""
INSERT = """
with created as (
    insert into hidra.evolution_api_config (user_id, base_url, instance_name, integration, api_key_encrypted,
        max_messages_per_minute, max_concurrent_sends, jitter, send_window)
    values (%(user_id)s, %(base_url)s, %(instance_name)s, %(integration)s, %(sealed)s, %(max_messages_per_minute)s,
        %(max_concurrent_sends)s, %(jitter)s, %(send_window)s)
    on conflict (user_id) do nothing
    returning id, user_id, max_messages_per_minute
), paced as (
    insert into hidra.pace_limits (subject, user_id, rate) select id, user_id, max_messages_per_minute from created
)
select id from created
"""
# Campaigns that have no connection yet, or lost it, get this one.
ATTACH = """
update hidra.campaigns set evolution_config_id = %(id)s
where user_id = %(user_id)s and evolution_config_id is null and status in ('draft', 'scheduled', 'running', 'paused')
"""
# The state that was found says nothing about another server, instance or key: the connection is trusted from now on,
# and no acknowledgement of an earlier message is expected.
UPDATE = """
update hidra.evolution_api_config
set base_url = %(base_url)s, instance_name = %(instance_name)s, integration = %(integration)s,
    api_key_encrypted = coalesce(%(sealed)s, api_key_encrypted),
    max_messages_per_minute = %(max_messages_per_minute)s, max_concurrent_sends = %(max_concurrent_sends)s,
    jitter = %(jitter)s, send_window = %(send_window)s,
    status = case when %(another)s then 'disconnected' else status end,
    error_message = case when %(another)s then null else error_message end,
    error_code = case when %(another)s then null else error_code end,
    status_at = case when %(another)s then null else status_at end,
    connected_at = case when %(another)s then null else connected_at end,
    last_status_at = case
        when (base_url, instance_name, integration) = (%(base_url)s, %(instance_name)s, %(integration)s)
        then last_status_at
    end,
    acknowledged_until = case when %(another)s then clock_timestamp() else acknowledged_until end,
    warnings = case when %(another)s then '[]' else warnings end,
    evolution_instance_id = case when %(another)s then null else evolution_instance_id end,
    evolution_number = case when %(another)s then null else evolution_number end,
    recheck_at = case when %(another)s then null else recheck_at end,
    integration_saved = null, deleted_at = null
where user_id = %(user_id)s and id = %(id)s
"""
# Before the first message can be claimed there: a claim waits for the limit's lock, and then is later than this time.
NOTE_ENDPOINT = """
with current as (
    select id, user_id, hidra.endpoint_hash(base_url, instance_name) as endpoint_hash
    from hidra.evolution_api_config where user_id = %(user_id)s and id = %(id)s
), ended as (
    delete from hidra.connection_endpoints old using current
    where old.evolution_config_id = current.id and exists (
        select from hidra.connection_endpoints later
        where later.evolution_config_id = old.evolution_config_id and later.since > old.since
            and later.since < clock_timestamp() - interval '72 hours'
    )
)
insert into hidra.connection_endpoints (evolution_config_id, user_id, since, endpoint_hash)
select id, user_id, clock_timestamp(), endpoint_hash from current
where endpoint_hash is distinct from (
    select e.endpoint_hash from hidra.connection_endpoints e
    where e.evolution_config_id = current.id order by e.since desc limit 1
)
"""
SET_RATE = """
update hidra.pace_limits
set rate = %(rate)s, slow_answers = case when %(another)s then 0 else slow_answers end,
    slow_at = case when %(another)s then null else slow_at end
where user_id = %(user_id)s and subject = %(id)s
"""
SET_DAILY_LIMITS = """
update hidra.evolution_api_config
set max_messages_per_day = %(max_messages_per_day)s, max_first_contacts_per_day = %(max_first_contacts_per_day)s,
    warm_up_since = %(since)s, warm_up_limits = %(limits)s, time_zone = %(time_zone)s
where user_id = %(user_id)s and id = %(id)s
"""
# The row stays, with its id, its limits and what happened under them: a later save continues there, and webhooks and
# messages in doubt find it. Nothing of the server stays.
EMPTY = """
update hidra.evolution_api_config
set deleted_at = clock_timestamp(), base_url = null, instance_name = null, api_key_encrypted = null,
    status = 'disconnected', status_at = null, error_message = null, error_code = null, connected_at = null,
    check_started_at = null, last_health_check_at = null, last_status_at = null, distrust_reason = null,
    distrust_code = null, warnings = '[]',
    integration_saved = null, evolution_instance_id = null, evolution_number = null, recheck_at = null
where user_id = %(user_id)s and deleted_at is null
returning id
"""
# Ended campaigns keep it: their messages were sent with it.
DETACH = """
update hidra.campaigns set evolution_config_id = null
where user_id = %(user_id)s and evolution_config_id = %(id)s and status in ('draft', 'scheduled', 'running', 'paused')
"""
FORGET_BACKFILL = "delete from hidra.status_backfills where user_id = %(user_id)s and evolution_config_id = %(id)s"


@dataclass(frozen=True)
class ShownWarmUp:
    """The most messages of each local day, ``since`` the first one."""

    since: date
    limits: list[int]


@dataclass(frozen=True)
class Today:
    """The local day in progress: its limits, and the messages that they count, test messages and confirmations too."""

    begins_at: datetime
    ends_at: datetime
    messages: int
    message_limit: int | None
    first_contacts: int
    first_contact_limit: int | None


@dataclass(frozen=True)
class Connection:
    id: UUID
    base_url: str
    instance_name: str
    integration: str
    status: EvolutionConnectionStatus
    error_message: str | None
    error_code: ConnectionErrorCode | None
    connected_at: datetime | None
    last_health_check_at: datetime | None
    last_webhook_at: datetime | None
    last_status_at: datetime | None
    max_messages_per_minute: int
    max_concurrent_sends: int
    jitter: float
    send_window: SendWindow | None
    max_messages_per_day: int | None
    max_first_contacts_per_day: int | None
    time_zone: str
    created_at: datetime
    warnings: list[ConnectionWarning]
    warm_up: ShownWarmUp | None = None
    today: Today | None = None
    status_backfill: StatusBackfill | None = None


@dataclass(frozen=True)
class Settings:
    """The fields of a connection that a user sets, without the key."""

    base_url: str
    instance_name: str
    integration: str
    max_messages_per_minute: int
    max_concurrent_sends: int
    jitter: float
    send_window: SendWindow | None


@dataclass(frozen=True)
class LockedConnection(Settings):
    """``deleted``: it has limits, but no server, instance and key."""

    id: UUID
    deleted: bool


def get(tx: Tx) -> Connection:
    """
    Raises:
        NotFound: the user has no connection.
    """
    connection = tx.row(Connection, GET)
    if connection is None:
        raise _missing()
    found = [ConnectionWarning(**warning) for warning in vars(connection)["warnings"]]  # read as JSON
    derived = connection_warnings(integration=connection.integration, last_status_at=connection.last_status_at)
    status_backfill = status_backfills.get(tx, connection_id=connection.id)
    warm_up = daily_limits.limits(tx, connection_id=connection.id).warm_up
    return replace(
        connection,
        warnings=[*found, *derived],
        warm_up=ShownWarmUp(warm_up.since, list(warm_up.limits)) if warm_up else None,
        today=_today(tx, connection.id),
        status_backfill=status_backfill,
    )


def _today(tx: Tx, connection_id: UUID) -> Today | None:
    day = daily_limits.today(tx, connection_id=connection_id)
    if day is None:
        return None
    return Today(
        day.begins_at,
        day.ends_at,
        day.all_messages,
        day.message_limit,
        day.all_first_contacts,
        day.first_contact_limit,
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
    """The user's connection, deleted or not, locked against other changes until this transaction ends; or None."""
    tx.run(LOCK_LIMIT)
    return tx.row(LockedConnection, LOCK)


def insert(tx: Tx, settings: Settings, *, sealed: bytes) -> UUID | None:
    """Creates the user's connection with its limit; None if the user has one already."""
    connection_id: UUID | None = tx.value(INSERT, sealed=sealed, **_columns(settings))
    if connection_id is not None:
        _settle_in(tx, connection_id)
    return connection_id


def update(tx: Tx, settings: Settings, *, connection_id: UUID, sealed: bytes | None, another: bool) -> None:
    """Writes a locked connection and its limit. A deleted one is in use again.

    Args:
        sealed: another key, or None to keep the old one.
        another: whether the connection's state must be checked anew.
    """
    tx.run(SET_RATE, id=connection_id, rate=settings.max_messages_per_minute, another=another)
    tx.run(UPDATE, id=connection_id, sealed=sealed, another=another, **_columns(settings))
    _settle_in(tx, connection_id)


def set_daily_limits(tx: Tx, limits: DailyLimits, *, connection_id: UUID) -> None:
    """Writes the daily limits of a locked connection, and its days anew: what was counted today still counts."""
    before = daily_limits.limits(tx, connection_id=connection_id)
    warm_up = limits.warm_up
    tx.run(
        SET_DAILY_LIMITS,
        id=connection_id,
        max_messages_per_day=limits.max_messages_per_day,
        max_first_contacts_per_day=limits.max_first_contacts_per_day,
        since=warm_up and warm_up.since,
        limits=warm_up and list(warm_up.limits),
        time_zone=limits.time_zone,
    )
    daily_limits.write_days(tx, connection_id=connection_id, limits=limits, before=before)


def delete(tx: Tx) -> None:
    """Empties the connection: its row stays, with its id and its limits.

    Raises:
        NotFound: the user has no connection.
    """
    tx.run(LOCK_LIMIT)
    connection_id = tx.value(EMPTY)
    if connection_id is None:
        raise _missing()
    tx.run(DETACH, id=connection_id)
    tx.run(FORGET_BACKFILL, id=connection_id)


def _columns(settings: Settings) -> dict[str, Any]:
    return {**vars(settings), "send_window": send_windows.column(settings.send_window)}


def _settle_in(tx: Tx, connection_id: UUID) -> None:
    tx.run(NOTE_ENDPOINT, id=connection_id)
    tx.run(ATTACH, id=connection_id)


def no_connection() -> Conflict:
    return Conflict("Save the connection to an Evolution server first.", code="no-connection")


def _missing() -> NotFound:
    return NotFound("You have no connection to an Evolution server. Save one first.")
