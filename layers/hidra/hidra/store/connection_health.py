"""The health of connections: what checks, sends and webhooks find out about them, and how to reach their servers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.delivery import ConnectionEvent
from hidra.domain.instance import INTEGRATIONS, ConnectionWarning, InstanceFacts, OtherConnection
from hidra.store.circuit import DISTRUSTED
from hidra.store.claims import ClaimedPost
from hidra.store.db import Tx

GET = """
select id as connection_id, user_id, base_url, instance_name, api_key_encrypted,
    coalesce(integration_saved, integration) as integration_saved
from hidra.evolution_api_config where id = %(connection_id)s and deleted_at is null
"""
# If one run cannot check all connections, those go first whose last check began the longest ago, finished or not.
DUE = """
select id as connection_id, user_id, base_url, instance_name, api_key_encrypted,
    coalesce(integration_saved, integration) as integration_saved
from hidra.evolution_api_config where deleted_at is null
order by check_started_at nulls first, id limit %(limit)s
"""
OTHERS = """
select id as connection_id, base_url, evolution_instance_id, evolution_number
from hidra.evolution_api_config where evolution_instance_id is not null and deleted_at is null
"""
BEGIN = """
update hidra.evolution_api_config set check_started_at = %(at)s where id = any(%(connection_ids)s)
"""
# Writes nothing about a server or key that is not the connection's any more.
CHECKED = """
update hidra.evolution_api_config
set last_health_check_at = greatest(last_health_check_at, %(at)s::timestamptz)
where id = %(connection_id)s and base_url = %(base_url)s and instance_name = %(instance_name)s
    and api_key_encrypted = %(api_key_encrypted)s
returning true
"""
# Under the same condition. It does not depend on the status, so no webhook or send is newer.
FOUND = """
update hidra.evolution_api_config
set integration = coalesce(%(integration)s::text, integration),
    integration_saved = case
        when coalesce(%(integration)s::text, integration) <> coalesce(integration_saved, integration)
            then coalesce(integration_saved, integration)
    end,
    evolution_instance_id = %(evolution_instance_id)s, evolution_number = %(evolution_number)s,
    warnings = %(warnings)s
where id = %(connection_id)s and base_url = %(base_url)s and instance_name = %(instance_name)s
    and api_key_encrypted = %(api_key_encrypted)s
"""
# Does not replace what a webhook or a send found out while the check ran. Two messages outlive the check:
# - WhatsApp's reason for a close, which only its webhook reports, while the connection stays closed;
# - why the connection is distrusted, which a state cannot show.
RECORD = f"""
update hidra.evolution_api_config k
set status = found.status, status_at = found.at,
    error_message = coalesce(
        found.message,
        case when k.status = 'disconnected' and found.status = 'disconnected' then k.error_message end,
        case when found.status = 'connected' and {DISTRUSTED} then k.distrust_reason end
    ),
    connected_at = case
        when k.status <> 'connected' and found.status = 'connected' then found.at else k.connected_at
    end
from (
    select %(status)s::hidra.evolution_connection_status as status, %(message)s::text as message,
        %(at)s::timestamptz as at
) found
where id = %(connection_id)s and base_url = %(base_url)s and instance_name = %(instance_name)s
    and api_key_encrypted = %(api_key_encrypted)s and coalesce(k.status_at, '-infinity') <= found.at
"""  # noqa: S608 - made of constants
# A connection in error is stopped again: its new status_at keeps a check in progress from undoing the stop.
STOP = """
update hidra.evolution_api_config
set status = 'error', error_message = %(message)s, status_at = greatest(status_at, clock_timestamp()),
    distrusted_since = clock_timestamp(), distrust_reason = %(message)s
where id = %(connection_id)s and status in ('connected', 'error') and base_url = %(base_url)s
    and instance_name = %(instance_name)s and api_key_encrypted = %(api_key_encrypted)s
"""
RECEIVED = """
update hidra.evolution_api_config k
set last_webhook_at = greatest(k.last_webhook_at, w.at)
from unnest(%(connection_ids)s::uuid[], %(times)s::timestamptz[]) as w (id, at)
where k.id = w.id
"""
# In the order of ids, so that two transactions cannot deadlock.
LOCK_CONNECTIONS = """
select from hidra.evolution_api_config where id = any(%(connection_ids)s) order by id for update
"""
# Events arrive in any order, and repeatedly: one that is older than the status or the last check is ignored.
CHANGE_STATUS = f"""
update hidra.evolution_api_config k
set status = e.status, status_at = e.at,
    error_message = case
        when k.status = e.status then coalesce(k.error_message, e.reason)
        when e.status = 'connected' and {DISTRUSTED} then k.distrust_reason
        else e.reason
    end,
    connected_at = case when e.status = 'connected' and k.status <> 'connected' then e.at else k.connected_at end
from unnest(
    %(connection_ids)s::uuid[], %(statuses)s::hidra.evolution_connection_status[], %(reasons)s::text[],
    %(times)s::timestamptz[]
) as e (id, status, reason, at)
where k.id = e.id and k.deleted_at is null
    and e.at > coalesce(greatest(k.status_at, k.last_health_check_at), '-infinity')
"""  # noqa: S608 - made of constants


@dataclass(frozen=True)
class Endpoint:
    """A connection's server, instance and sealed key: what a call to Evolution needs."""

    connection_id: UUID
    user_id: UUID
    base_url: str
    instance_name: str
    api_key_encrypted: bytes
    integration_saved: str = "baileys"  # by its user, whatever Evolution says


def get(tx: Tx, *, connection_id: UUID) -> Endpoint | None:
    """Returns the endpoint of one connection; None if the connection does not exist any more."""
    return tx.row(Endpoint, GET, connection_id=connection_id)


def due(tx: Tx, *, limit: int) -> list[Endpoint]:
    """Returns the endpoints to check, those first whose last check began the longest ago."""
    return tx.rows(Endpoint, DUE, limit=limit)


def begin(tx: Tx, *, connection_ids: Collection[UUID], at: datetime) -> None:
    """Notes that checks of these connections begin."""
    tx.run(LOCK_CONNECTIONS, connection_ids=list(connection_ids))
    tx.run(BEGIN, connection_ids=list(connection_ids), at=at)


def others(tx: Tx) -> list[OtherConnection]:
    """Returns the connections of all users whose instance a check has found."""
    return tx.rows(OtherConnection, OTHERS)


def record_found(tx: Tx, endpoint: Endpoint, facts: InstanceFacts, *, warnings: Sequence[ConnectionWarning]) -> None:
    """Writes what a check found about the instance, unless the connection has been changed or deleted since."""
    tx.run(
        FOUND,
        connection_id=endpoint.connection_id,
        base_url=endpoint.base_url,
        instance_name=endpoint.instance_name,
        api_key_encrypted=endpoint.api_key_encrypted,
        integration=INTEGRATIONS.get(facts.integration or ""),
        evolution_instance_id=facts.id,
        evolution_number=facts.number,
        warnings=Jsonb([asdict(warning) for warning in warnings]),
    )


def record(tx: Tx, endpoint: Endpoint, *, status: EvolutionConnectionStatus, message: str | None, at: datetime) -> bool:
    """Writes what a check found; returns False if the connection has been changed or deleted since it was read.

    Args:
        at: when the check began: what webhooks and sends report from then on is newer.
    """
    checked = {
        "connection_id": endpoint.connection_id,
        "base_url": endpoint.base_url,
        "instance_name": endpoint.instance_name,
        "api_key_encrypted": endpoint.api_key_encrypted,
    }
    tx.run(RECORD, **checked, status=status, message=message, at=at)
    return tx.value(CHECKED, **checked, at=at) is True


def stop(tx: Tx, post: ClaimedPost, *, connection_id: UUID, message: str) -> None:
    """Sets the connection to error and distrusts it: from the next check that finds it connected on it is probed.

    Changes nothing if the connection has another server, instance or key by now than the claimed post's.
    """
    tx.run(
        STOP,
        connection_id=connection_id,
        base_url=post.base_url,
        instance_name=post.instance_name,
        api_key_encrypted=post.api_key_encrypted,
        message=message,
    )


def record_received(tx: Tx, received_at: Mapping[UUID, datetime], events: Sequence[ConnectionEvent]) -> None:
    """Notes when each connection's last webhook was received, and the latest status that it reported."""
    if not received_at:
        return
    connection_ids = list(received_at)
    tx.run(LOCK_CONNECTIONS, connection_ids=connection_ids)
    tx.run(RECEIVED, connection_ids=connection_ids, times=list(received_at.values()))
    latest = {event.connection_id: event for event in sorted(events, key=lambda event: event.received_at)}
    if latest:
        tx.run(
            CHANGE_STATUS,
            connection_ids=list(latest),
            statuses=[event.status for event in latest.values()],
            reasons=[event.reason for event in latest.values()],
            times=[event.received_at for event in latest.values()],
        )
