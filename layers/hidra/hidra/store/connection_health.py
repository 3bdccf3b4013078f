"""Connections as checks, sends and webhooks find them, and the messages of theirs whose outcome is unknown."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.content import MediaType
from hidra.domain.delivery import ConnectionEvent
from hidra.store.circuit import DISTRUSTED
from hidra.store.claims import ClaimedPost
from hidra.store.db import Tx

GET = """
select id, user_id, base_url, instance_name, api_key_encrypted
from hidra.evolution_api_config where id = %(connection_id)s
"""
# Where there are more than one run can check, those go first whose turn was longest ago, even if nothing came of it.
DUE = """
select id, user_id, base_url, instance_name, api_key_encrypted
from hidra.evolution_api_config order by check_started_at nulls first, id limit %(limit)s
"""
BEGIN = """
update hidra.evolution_api_config set check_started_at = %(at)s where id = any(%(connection_ids)s)
"""
# Nothing is written of a server or key that is not the connection's any more.
CHECKED = """
update hidra.evolution_api_config
set last_health_check_at = greatest(last_health_check_at, %(at)s::timestamptz)
where id = %(id)s and base_url = %(base_url)s and instance_name = %(instance_name)s
    and api_key_encrypted = %(api_key_encrypted)s
returning true
"""
# Not over what was told or met while the check ran. WhatsApp's own reason for a close, which only its webhook tells,
# outlives the checks that merely find it closed.
# So does what a state cannot show: why the connection is distrusted.
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
where id = %(id)s and base_url = %(base_url)s and instance_name = %(instance_name)s
    and api_key_encrypted = %(api_key_encrypted)s and coalesce(k.status_at, '-infinity') <= found.at
"""  # noqa: S608 - made of constants
# A part of each connection's, the oldest first that are due to be given up, the others by lot: so each is looked up
# again and again. Not while a request to the same phone is open: what it sends could be taken for this one.
UNKNOWN = """
select id, connection_id, phone, variables, body, media_type, claimed_at, statement_timestamp() as read_at
from (
    select m.id, m.evolution_config_id as connection_id, m.phone, m.variables, r.body, r.media_type,
        m.claimed_at,
        row_number() over (
            partition by m.evolution_config_id order by (m.claimed_at < %(overdue)s) desc, random()
        ) as place
    from hidra.campaign_messages m
    join hidra.campaign_runs r on r.id = m.run_id
    where m.status = 'unknown' and m.evolution_config_id = any(%(connection_ids)s)
        and not exists (
            select from hidra.campaign_messages s
            where s.evolution_config_id = m.evolution_config_id and s.status = 'sending' and s.phone = m.phone
        )
) u
where place <= %(each)s
order by connection_id, claimed_at, id
"""
# The same guard as above, for what began while Evolution was asked, and for test messages of that time whose id nobody
# knows, or is this one by now. Of campaigns' messages no two have the same id.
NAMELESS_TEST = """
t.provider_message_id is null
    and t.claimed_at between m.claimed_at - interval '5 min' and m.claimed_at + interval '5 min'
"""
CROSSED = f"""
select exists (
    select from hidra.campaign_messages s
    where s.evolution_config_id = %(connection_id)s and s.phone = %(phone)s and s.id <> %(message_id)s
        and (s.status = 'sending' or s.status = 'unknown' and s.claimed_at > %(read_at)s)
) or exists (
    select from hidra.direct_sends t
    join hidra.campaign_messages m on m.id = %(message_id)s and m.phone_hash = t.phone_hash
    where t.evolution_config_id = %(connection_id)s
        and (t.provider_message_id = %(provider_message_id)s or {NAMELESS_TEST})
)
"""  # noqa: S608 - made of constants
ASSIGNED = """
select provider_message_id from hidra.campaign_messages
where evolution_config_id = %(connection_id)s and provider_message_id = any(%(provider_message_ids)s)
union all
select provider_message_id from hidra.direct_sends
where evolution_config_id = %(connection_id)s and provider_message_id = any(%(provider_message_ids)s)
"""
UNREACHABLE = f"""
select m.id from hidra.campaign_messages m
where m.status = 'unknown' and (
    m.claimed_at < %(hopeless)s
    or m.claimed_at < %(overdue)s and (
        not exists (select from hidra.evolution_api_config k where k.id = m.evolution_config_id)
        or exists (
            select from hidra.direct_sends t
            where t.evolution_config_id = m.evolution_config_id and t.phone_hash = m.phone_hash and {NAMELESS_TEST}
        )
    )
)
limit %(limit)s
"""  # noqa: S608 - made of constants

# What stopped already is stopped anew, so that no check that is under way undoes it.
STOP = """
update hidra.evolution_api_config
set status = 'error', error_message = %(message)s, status_at = greatest(status_at, clock_timestamp()),
    distrusted_since = clock_timestamp(), distrust_reason = %(message)s
where id = %(connection_id)s and status in ('connected', 'error') and base_url = %(base_url)s
    and instance_name = %(instance_name)s and api_key_encrypted = %(api_key_encrypted)s
"""
HEARD = """
update hidra.evolution_api_config k
set last_webhook_at = greatest(k.last_webhook_at, h.at)
from unnest(%(connection_ids)s::uuid[], %(times)s::timestamptz[]) as h (id, at)
where k.id = h.id
"""
LOCK_CONNECTIONS = """
select from hidra.evolution_api_config where id = any(%(connection_ids)s) order by id for update
"""
# Events come in any order, and again; one that is older than the status, or than the last check, knows less than it.
CHANGE_STATUS = f"""
update hidra.evolution_api_config k
set status = e.status, status_at = e.at,
    error_message = case
        when k.status = e.status then k.error_message
        when e.status = 'connected' and {DISTRUSTED} then k.distrust_reason
        else e.reason
    end,
    connected_at = case when e.status = 'connected' and k.status <> 'connected' then e.at else k.connected_at end
from unnest(
    %(connection_ids)s::uuid[], %(statuses)s::hidra.evolution_connection_status[], %(reasons)s::text[],
    %(times)s::timestamptz[]
) as e (id, status, reason, at)
where k.id = e.id and e.at > coalesce(greatest(k.status_at, k.last_health_check_at), '-infinity')
"""  # noqa: S608 - made of constants


@dataclass(frozen=True)
class Connection:
    """What is needed to talk to a user's Evolution instance."""

    id: UUID
    user_id: UUID
    base_url: str
    instance_name: str
    api_key_encrypted: bytes


@dataclass(frozen=True)
class Unresolved:
    """A message that may have been sent, and what it takes to look for it."""

    id: int
    connection_id: UUID
    phone: str
    variables: Mapping[str, str]
    body: str
    media_type: MediaType | None
    claimed_at: datetime
    read_at: datetime  # by the database's clock, as claimed_at is


def get(tx: Tx, *, connection_id: UUID) -> Connection | None:
    """One connection, if it still exists."""
    return tx.row(Connection, GET, connection_id=connection_id)


def due(tx: Tx, *, limit: int) -> list[Connection]:
    """The connections to check, those first whose turn was longest ago."""
    return tx.rows(Connection, DUE, limit=limit)


def begin(tx: Tx, *, connection_ids: Iterable[UUID], at: datetime) -> None:
    """Notes that it is these connections' turn to be checked."""
    given = sorted(connection_ids)
    tx.run(LOCK_CONNECTIONS, connection_ids=given)
    tx.run(BEGIN, connection_ids=given, at=at)


def record(
    tx: Tx, connection: Connection, *, status: EvolutionConnectionStatus, message: str | None, at: datetime
) -> bool:
    """Writes what a check found; False if the connection has been changed or deleted since it was read.

    Args:
        at: when the check began: what webhooks and sends tell from then on is newer.
    """
    place = {
        "id": connection.id,
        "base_url": connection.base_url,
        "instance_name": connection.instance_name,
        "api_key_encrypted": connection.api_key_encrypted,
    }
    tx.run(RECORD, **place, status=status, message=message, at=at)
    return tx.value(CHECKED, **place, at=at) is True


def unknown(tx: Tx, *, connection_ids: Collection[UUID], each: int, overdue: datetime) -> list[Unresolved]:
    """Up to ``each`` unresolved messages of each connection, by connection and time.

    Args:
        overdue: those claimed before go first.
    """
    return tx.rows(Unresolved, UNKNOWN, connection_ids=list(connection_ids), each=each, overdue=overdue)


def crossed(tx: Tx, message: Unresolved, *, provider_message_id: str) -> bool:
    """Whether what was found under this id may be another post to the same phone: a test, or one that began since."""
    found = tx.value(
        CROSSED,
        message_id=message.id,
        connection_id=message.connection_id,
        phone=message.phone,
        read_at=message.read_at,
        provider_message_id=provider_message_id,
    )
    return found is True


def assigned(tx: Tx, *, connection_id: UUID, provider_message_ids: Collection[str]) -> set[str]:
    """Those of the provider's ids that belong to a message already."""
    return set(tx.values(ASSIGNED, connection_id=connection_id, provider_message_ids=list(provider_message_ids)))


def unreachable(tx: Tx, *, overdue: datetime, patience: timedelta, limit: int) -> list[int]:
    """Unresolved messages that nobody can look up: overdue with their connection deleted, or where what is found may be
    a test whose id nobody knows, or for ``patience`` longer because the server never answered."""
    ids: list[int] = tx.values(UNREACHABLE, overdue=overdue, hopeless=overdue - patience, limit=limit)
    return ids


def stop(tx: Tx, held: ClaimedPost, *, connection_id: UUID, message: str) -> None:
    """Notes that nothing can be sent on the connection; the next check that finds it well lets it be tried.

    Says nothing of another server, instance or key than the claim's.
    """
    tx.run(
        STOP,
        connection_id=connection_id,
        base_url=held.base_url,
        instance_name=held.instance_name,
        api_key_encrypted=held.api_key_encrypted,
        message=message,
    )


def record_received(tx: Tx, heard: dict[UUID, datetime], events: Sequence[ConnectionEvent]) -> None:
    """Notes when each connection was last heard of, and the latest of what each said of itself."""
    if not heard:
        return
    connection_ids = sorted(heard)
    tx.run(LOCK_CONNECTIONS, connection_ids=connection_ids)
    tx.run(HEARD, connection_ids=connection_ids, times=[heard[connection_id] for connection_id in connection_ids])
    latest = {event.connection_id: event for event in sorted(events, key=lambda event: event.received_at)}
    if latest:
        tx.run(
            CHANGE_STATUS,
            connection_ids=list(latest),
            statuses=[event.status for event in latest.values()],
            reasons=[event.reason for event in latest.values()],
            times=[event.received_at for event in latest.values()],
        )
