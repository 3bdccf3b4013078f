"""What sends and webhooks say of a connection, beside what the checks find."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.delivery import ConnectionEvent
from hidra.store.db import Tx

STOP = """
update hidra.evolution_api_config set status = 'error', error_message = %(message)s
where id = %(config_id)s and status = 'connected'
"""
HEARD = """
update hidra.evolution_api_config k
set last_webhook_at = greatest(k.last_webhook_at, h.at)
from unnest(%(config_ids)s::uuid[], %(times)s::timestamptz[]) as h (id, at)
where k.id = h.id
"""
LOCK_CONFIGS = """
select from hidra.evolution_api_config where id = any(%(config_ids)s) order by id for update
"""
# An event that is older than the last check knows less than it.
CHANGE_STATUS = """
update hidra.evolution_api_config k
set status = e.status, error_message = e.reason,
    connected_at = case when e.status = 'connected' and k.status <> 'connected' then e.at else k.connected_at end
from unnest(
    %(config_ids)s::uuid[], %(statuses)s::hidra.evolution_connection_status[], %(reasons)s::text[],
    %(times)s::timestamptz[]
) as e (id, status, reason, at)
where k.id = e.id and k.status <> e.status and e.at > coalesce(k.last_health_check_at, '-infinity')
"""
OWNERS = """
select id as config_id, user_id from hidra.evolution_api_config where id = any(%(config_ids)s)
"""


@dataclass(frozen=True)
class _Owner:
    config_id: UUID
    user_id: UUID


def owners(tx: Tx, config_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The user of each connection that still exists."""
    return {row.config_id: row.user_id for row in tx.rows(_Owner, OWNERS, config_ids=list(config_ids))}


def stop(tx: Tx, *, config_id: UUID, message: str) -> None:
    """Notes that nothing can be sent on the connection; the next check that finds it well lets it go on."""
    tx.run(STOP, config_id=config_id, message=message)


def hear(tx: Tx, heard: dict[UUID, datetime], events: Sequence[ConnectionEvent]) -> None:
    """Notes when each connection was last heard of, and the latest of what each said of itself."""
    if not heard:
        return
    config_ids = sorted(heard)
    tx.run(LOCK_CONFIGS, config_ids=config_ids)
    tx.run(HEARD, config_ids=config_ids, times=[heard[config_id] for config_id in config_ids])
    latest = {event.config_id: event for event in sorted(events, key=lambda event: event.received_at)}
    if latest:
        tx.run(
            CHANGE_STATUS,
            config_ids=list(latest),
            statuses=[event.status for event in latest.values()],
            reasons=[event.reason for event in latest.values()],
            times=[event.received_at for event in latest.values()],
        )
