"""The health of connections: what checks, sends and webhooks find out about them, and how to reach their servers."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.circuit import RECHECK_AFTER
from hidra.domain.connection import ConnectionWarning
from hidra.domain.connection_error import ConnectionFault
from hidra.domain.delivery import ConnectionEvent, DeliveryEvent, StatusEvent
from hidra.domain.instance import INTEGRATIONS, InstanceFacts, OtherConnection
from hidra.domain.ticket import RecheckTicket
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
"""
# Under the same condition. It does not depend on the status, so no webhook or send is newer.
FOUND = """
update hidra.evolution_api_config
set integration = coalesce(%(integration)s::text, integration),
    integration_saved = case
        when coalesce(%(integration)s::text, integration) <> coalesce(integration_saved, integration)
            then coalesce(integration_saved, integration)
    end,
    last_status_at = case when coalesce(%(integration)s::text, integration) = integration then last_status_at end,
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
    error_code = case
        when found.message is not null then found.code
        when k.status = 'disconnected' and found.status = 'disconnected' then k.error_code
        when found.status = 'connected' and {DISTRUSTED} then k.distrust_code
    end,
    connected_at = case
        when k.status <> 'connected' and found.status = 'connected' then found.at else k.connected_at
    end,
    recheck_at = case
        when k.status = 'connected' and found.status in ('error', 'connecting')
            then clock_timestamp() + %(recheck_after)s::interval
        else k.recheck_at
    end
from (
    select %(status)s::hidra.evolution_connection_status as status, %(message)s::text as message,
        %(code)s::text as code, %(at)s::timestamptz as at
) found
where id = %(connection_id)s and base_url = %(base_url)s and instance_name = %(instance_name)s
    and api_key_encrypted = %(api_key_encrypted)s and coalesce(k.status_at, '-infinity') <= found.at
-- A subquery reads the row as it was before.
returning case
    when k.recheck_at is distinct from (select b.recheck_at from hidra.evolution_api_config b where b.id = k.id)
        then k.recheck_at
end
"""  # noqa: S608 - made of constants
# A connection in error is stopped again: its new status_at keeps a check in progress from undoing the stop.
STOP = """
update hidra.evolution_api_config
set status = 'error', error_message = %(message)s, error_code = %(code)s,
    status_at = greatest(status_at, clock_timestamp()),
    distrusted_since = clock_timestamp(), distrust_reason = %(message)s, distrust_code = %(code)s,
    recheck_at = clock_timestamp() + %(recheck_after)s
where id = %(connection_id)s and status in ('connected', 'error') and base_url = %(base_url)s
    and instance_name = %(instance_name)s and api_key_encrypted = %(api_key_encrypted)s
returning recheck_at
"""
RECHECK_AGAIN = """
update hidra.evolution_api_config set recheck_at = clock_timestamp() + %(after)s::interval
where id = %(connection_id)s and recheck_at = %(at)s and deleted_at is null
returning recheck_at
"""
RECHECKS_END = """
update hidra.evolution_api_config set recheck_at = null where id = %(connection_id)s and recheck_at = %(at)s
"""
RECHECK = f"""
{GET} and recheck_at = %(at)s
"""
RECEIVED = """
update hidra.evolution_api_config k
set last_webhook_at = greatest(k.last_webhook_at, w.at), last_status_at = greatest(k.last_status_at, w.status_at)
from unnest(
    %(connection_ids)s::uuid[], %(instances)s::text[], %(times)s::timestamptz[], %(status_times)s::timestamptz[]
) as w (id, instance, at, status_at)
where k.id = w.id and (w.instance = k.instance_name) is not false
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
    error_code = case
        when k.status = e.status then case when k.error_message is null then e.code else k.error_code end
        when e.status = 'connected' and {DISTRUSTED} then k.distrust_code
        else e.code
    end,
    connected_at = case when e.status = 'connected' and k.status <> 'connected' then e.at else k.connected_at end
from unnest(
    %(connection_ids)s::uuid[], %(instances)s::text[], %(statuses)s::hidra.evolution_connection_status[],
    %(reasons)s::text[], %(codes)s::text[], %(times)s::timestamptz[]
) as e (id, instance, status, reason, code, at)
where k.id = e.id and k.deleted_at is null and (e.instance = k.instance_name) is not false
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


def record(
    tx: Tx, endpoint: Endpoint, *, status: EvolutionConnectionStatus, fault: ConnectionFault | None, at: datetime
) -> datetime | None:
    """Writes what a check found, unless the connection has been changed or deleted since it was read.

    Returns when to check it again before the next scheduled check, because it has just stopped working; else None.

    Args:
        at: when the check began: what webhooks and sends report from then on is newer.
    """
    checked = {
        "connection_id": endpoint.connection_id,
        "base_url": endpoint.base_url,
        "instance_name": endpoint.instance_name,
        "api_key_encrypted": endpoint.api_key_encrypted,
    }
    recheck_at: datetime | None = tx.value(
        RECORD,
        **checked,
        status=status,
        message=fault and fault.message,
        code=fault and fault.code,
        at=at,
        recheck_after=RECHECK_AFTER,
    )
    tx.run(CHECKED, **checked, at=at)
    return recheck_at


def stop(tx: Tx, post: ClaimedPost, *, connection_id: UUID, fault: ConnectionFault) -> datetime | None:
    """Sets the connection to error and distrusts it: from the next check that finds it connected on it is probed.

    Returns when to check it again. None: the connection has another server, instance or key by now than the claimed
    post's, and nothing is changed.
    """
    recheck_at: datetime | None = tx.value(
        STOP,
        connection_id=connection_id,
        base_url=post.base_url,
        instance_name=post.instance_name,
        api_key_encrypted=post.api_key_encrypted,
        message=fault.message,
        code=fault.code,
        recheck_after=RECHECK_AFTER,
    )
    return recheck_at


def to_recheck(tx: Tx, ticket: RecheckTicket) -> Endpoint | None:
    """Returns the endpoint that the ticket asks to check; None if the ticket is out of date."""
    return tx.row(Endpoint, RECHECK, connection_id=ticket.connection_id, at=ticket.at)


def recheck_again(tx: Tx, ticket: RecheckTicket, *, after: timedelta) -> datetime | None:
    """Returns when to check the connection again; None if the ticket is out of date by now."""
    found: datetime | None = tx.value(RECHECK_AGAIN, connection_id=ticket.connection_id, at=ticket.at, after=after)
    return found


def end_rechecks(tx: Tx, ticket: RecheckTicket) -> None:
    """Records that no recheck is due, unless the connection has been stopped again."""
    tx.run(RECHECKS_END, connection_id=ticket.connection_id, at=ticket.at)


def record_received(tx: Tx, events: Sequence[DeliveryEvent]) -> None:
    """Notes what webhooks say about their connections: the last webhook, the last status of a message, their own state.

    Events of an instance that a connection does not use any more change nothing.
    """
    if not events:
        return
    tx.run(LOCK_CONNECTIONS, connection_ids=[event.connection_id for event in events])
    received_at = _last(events)
    statuses_at = _last([event for event in events if isinstance(event, StatusEvent)])
    tx.run(
        RECEIVED,
        connection_ids=[connection_id for connection_id, _ in received_at],
        instances=[instance for _, instance in received_at],
        times=list(received_at.values()),
        status_times=list(map(statuses_at.get, received_at)),
    )
    changes = [event for event in events if isinstance(event, ConnectionEvent)]
    latest = {_source(event): event for event in sorted(changes, key=lambda event: event.received_at)}
    if latest:
        tx.run(
            CHANGE_STATUS,
            connection_ids=[event.connection_id for event in latest.values()],
            instances=[event.instance for event in latest.values()],
            statuses=[event.status for event in latest.values()],
            reasons=[event.reason and event.reason.message for event in latest.values()],
            codes=[event.reason and event.reason.code for event in latest.values()],
            times=[event.received_at for event in latest.values()],
        )


def _last(events: Sequence[DeliveryEvent]) -> dict[tuple[UUID, str | None], datetime]:
    """When the last event of each connection and instance was received."""
    return {_source(event): event.received_at for event in sorted(events, key=lambda event: event.received_at)}


def _source(event: DeliveryEvent) -> tuple[UUID, str | None]:
    return event.connection_id, event.instance
