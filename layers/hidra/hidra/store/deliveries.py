"""Providers' statuses on their way to messages, and those that have to wait for theirs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.delivery import StatusEvent
from hidra.domain.message import Evidence, MessageStatus
from hidra.store.db import Tx
from hidra.store.messages import learn_all

MATCH = """
select m.id, m.evolution_config_id as connection_id, m.provider_message_id
from unnest(%(connection_ids)s::uuid[], %(provider_ids)s::text[]) as e (connection_id, provider_id)
join hidra.campaign_messages m on m.evolution_config_id = e.connection_id and m.provider_message_id = e.provider_id
"""
# In the order of the key, so that two batches cannot wait for each other; a connection that is gone gets no rows.
KEEP = """
insert into hidra.delivery_events_unmatched as u
    (user_id, evolution_config_id, provider_message_id, status, received_at)
select k.user_id, e.connection_id, e.provider_id, e.status, e.received_at
from unnest(
    %(connection_ids)s::uuid[], %(provider_ids)s::text[], %(statuses)s::hidra.message_status[], %(times)s::timestamptz[]
) as e (connection_id, provider_id, status, received_at)
join hidra.evolution_api_config k on k.id = e.connection_id
order by e.connection_id, e.provider_id, e.status
on conflict (evolution_config_id, provider_message_id, status) do update
set received_at = least(u.received_at, excluded.received_at)
"""
WAITING = """
select m.id as message_id, u.evolution_config_id as connection_id, u.provider_message_id, u.status, u.received_at
from hidra.delivery_events_unmatched u
join hidra.campaign_messages m
    on m.evolution_config_id = u.evolution_config_id and m.provider_message_id = u.provider_message_id
limit %(limit)s
"""
WAITING_FOR = """
select m.id as message_id, u.evolution_config_id as connection_id, u.provider_message_id, u.status, u.received_at
from unnest(%(connection_ids)s::uuid[], %(provider_ids)s::text[]) as e (connection_id, provider_id)
join hidra.delivery_events_unmatched u
    on u.evolution_config_id = e.connection_id and u.provider_message_id = e.provider_id
join hidra.campaign_messages m
    on m.evolution_config_id = u.evolution_config_id and m.provider_message_id = u.provider_message_id
"""
# The time is compared too: an earlier one that was kept since then has not been applied yet.
DROP_WAITING = """
delete from hidra.delivery_events_unmatched u
using unnest(
    %(connection_ids)s::uuid[], %(provider_ids)s::text[], %(statuses)s::hidra.message_status[], %(times)s::timestamptz[]
) as e (connection_id, provider_id, status, received_at)
where u.evolution_config_id = e.connection_id and u.provider_message_id = e.provider_id and u.status = e.status
    and u.received_at = e.received_at
"""
FORGET_OLD = """
delete from hidra.delivery_events_unmatched where received_at < clock_timestamp() - interval '48 hours'
"""
REJECT = """
insert into hidra.delivery_events_rejected (stream_position, reason)
values (%(position)s, %(reason)s)
on conflict (stream_position) do nothing
"""


@dataclass(frozen=True)
class Match:
    """The message that a provider's id belongs to."""

    id: int
    connection_id: UUID
    provider_message_id: str


@dataclass(frozen=True)
class Waiting:
    """A kept event whose message is known by now."""

    message_id: int
    connection_id: UUID
    provider_message_id: str
    status: MessageStatus
    received_at: datetime


def match(tx: Tx, events: Sequence[StatusEvent]) -> dict[tuple[UUID, str], int]:
    """The ids of the messages that the events speak of, as far as they are known."""
    keys = sorted({(event.connection_id, event.provider_message_id) for event in events})
    if not keys:
        return {}
    found = tx.rows(Match, MATCH, connection_ids=[key[0] for key in keys], provider_ids=[key[1] for key in keys])
    return {(row.connection_id, row.provider_message_id): row.id for row in found}


def keep(tx: Tx, events: Sequence[StatusEvent]) -> None:
    """Keeps events whose message is not known yet, each status of a message once with its least time."""
    least: dict[tuple[UUID, str, MessageStatus], datetime] = {}
    for event in events:
        key = (event.connection_id, event.provider_message_id, event.status)
        least[key] = min(event.received_at, least.get(key, event.received_at))
    if least:
        tx.run(
            KEEP,
            connection_ids=[key[0] for key in least],
            provider_ids=[key[1] for key in least],
            statuses=[key[2] for key in least],
            times=list(least.values()),
        )


type Key = tuple[UUID, str]  # a connection and a provider's id


def apply_unmatched(tx: Tx, keys: Collection[Key]) -> int:
    """Applies kept events of these messages, if they are known by now; gives the events' number.

    Whoever writes a provider's id, and whoever keeps an event, calls this after their commit: then at least one of the
    two sees the other's, in whatever order they commit.
    """
    given = sorted(set(keys))
    connection_ids, provider_ids = [key[0] for key in given], [key[1] for key in given]
    return _apply_waiting(tx, tx.rows(Waiting, WAITING_FOR, connection_ids=connection_ids, provider_ids=provider_ids))


def apply_all_unmatched(tx: Tx, *, limit: int = 1000) -> int:
    """The same for whatever waits, as far as ``limit``."""
    return _apply_waiting(tx, tx.rows(Waiting, WAITING, limit=limit))


def _apply_waiting(tx: Tx, waiting: Sequence[Waiting]) -> int:
    if not waiting:
        return 0
    evidence: dict[int, list[Evidence]] = {}
    for row in waiting:
        evidence.setdefault(row.message_id, []).append(Evidence(row.status, row.received_at))
    learn_all(tx, evidence)
    tx.run(
        DROP_WAITING,
        connection_ids=[row.connection_id for row in waiting],
        provider_ids=[row.provider_message_id for row in waiting],
        statuses=[row.status for row in waiting],
        times=[row.received_at for row in waiting],
    )
    return len(waiting)


def forget_old(tx: Tx) -> None:
    """Drops kept events of 48 hours and more: their messages are none of ours."""
    tx.run(FORGET_OLD)


def reject(tx: Tx, *, position: str, reason: str) -> None:
    """Parks a stream record that cannot be understood; its content may hold phone numbers and stays in the stream."""
    tx.run(REJECT, position=position, reason=reason)
