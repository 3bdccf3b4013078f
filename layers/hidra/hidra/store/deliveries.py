"""Providers' statuses, matched to messages; those that were received before their message is known are kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.delivery import StatusEvent
from hidra.domain.message import Evidence, MessageStatus
from hidra.store.db import Tx
from hidra.store.messages import join_all_evidence
from hidra.telemetry import logger

# A message m whose answer was lost, or seemed to say that it was not sent, is found by the id that was asked for. While
# it is being posted it belongs to its sender: its statuses are kept until the sender has recorded the outcome.
REQUESTED = """
m.provider_message_id is null and m.status in ('pending', 'unknown', 'failed')
"""
MATCH = f"""
select m.id, e.connection_id, e.provider_id as provider_message_id
from unnest(%(connection_ids)s::uuid[], %(provider_ids)s::text[]) as e (connection_id, provider_id)
join hidra.campaign_messages m on m.evolution_config_id = e.connection_id and m.provider_message_id = e.provider_id
union all
select m.id, e.connection_id, e.provider_id
from unnest(%(connection_ids)s::uuid[], %(provider_ids)s::text[]) as e (connection_id, provider_id)
join hidra.campaign_messages m on m.evolution_config_id = e.connection_id and m.requested_message_id = e.provider_id
    and {REQUESTED}
"""  # noqa: S608 - made of constants
# In the order of the key, so that two batches cannot deadlock. A connection that was deleted gets no rows.
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
# Connections with more kept statuses than they may have: each is counted no further than one too many.
FULL = """
select c.id from unnest(%(connection_ids)s::uuid[]) as c (id)
where (
    select count(*) from (
        select from hidra.delivery_events_unmatched u where u.evolution_config_id = c.id limit %(most)s + 1
    ) few
) > %(most)s
"""
# A row that a sender is applying is not waited for: this transaction holds other locks.
DROP_OLDEST = """
with oldest as materialized (
    select provider_message_id, status from hidra.delivery_events_unmatched
    where evolution_config_id = %(connection_id)s
    order by received_at
    limit greatest(0, (
        select count(*) - %(left)s from hidra.delivery_events_unmatched where evolution_config_id = %(connection_id)s
    ))
), free as (
    select u.provider_message_id, u.status from oldest
    join hidra.delivery_events_unmatched u on u.evolution_config_id = %(connection_id)s
        and u.provider_message_id = oldest.provider_message_id and u.status = oldest.status
    for update of u skip locked
)
delete from hidra.delivery_events_unmatched u using free
where u.evolution_config_id = %(connection_id)s
    and u.provider_message_id = free.provider_message_id and u.status = free.status
returning 1
"""
_MATCHED = f"""
matched as (
    select m.id as message_id, u.evolution_config_id as connection_id, u.provider_message_id, u.status, u.received_at
    from waiting u
    join hidra.campaign_messages m
        on m.evolution_config_id = u.evolution_config_id and m.provider_message_id = u.provider_message_id
    union all
    select m.id, u.evolution_config_id, u.provider_message_id, u.status, u.received_at
    from waiting u
    join hidra.campaign_messages m
        on m.evolution_config_id = u.evolution_config_id and m.requested_message_id = u.provider_message_id
        and {REQUESTED}
)
"""  # noqa: S608 - made of constants
MATCHED = f"""
with waiting as not materialized (select * from hidra.delivery_events_unmatched), {_MATCHED}
select * from matched limit %(limit)s
"""  # noqa: S608 - made of constants
MATCHED_OF = f"""
with waiting as not materialized (
    select u.*
    from unnest(%(connection_ids)s::uuid[], %(provider_ids)s::text[]) as e (connection_id, provider_id)
    join hidra.delivery_events_unmatched u
        on u.evolution_config_id = e.connection_id and u.provider_message_id = e.provider_id
), {_MATCHED}
select * from matched
"""  # noqa: S608 - made of constants
# Compares the time too: an earlier one that was kept in between has not been applied yet.
DROP = """
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


# Kept statuses of one connection. An honest status waits for seconds, those of messages in doubt for minutes. The rest
# belong to messages that Hidra did not send, or to none: they must not fill the table or slow the clock down.
MOST_KEPT = 10_000
_LEFT = MOST_KEPT * 9 // 10  # once there are more, so that not every batch of a flood deletes

type Key = tuple[UUID, str]  # a connection and a provider's id


@dataclass(frozen=True)
class Match:
    """A known message, with the provider's id that leads to it."""

    id: int
    connection_id: UUID
    provider_message_id: str


@dataclass(frozen=True)
class Matched:
    """A kept status whose message is known by now."""

    message_id: int
    connection_id: UUID
    provider_message_id: str
    status: MessageStatus
    received_at: datetime


def match(tx: Tx, events: Sequence[StatusEvent]) -> dict[Key, int]:
    """Returns the ids of the events' messages, as far as the messages are known.

    A message is known by its provider's id or, if its answer was lost, by the id that Evolution was asked for.
    """
    keys = sorted({(event.connection_id, event.provider_message_id) for event in events})
    if not keys:
        return {}
    found = tx.rows(Match, MATCH, connection_ids=[key[0] for key in keys], provider_ids=[key[1] for key in keys])
    return {(row.connection_id, row.provider_message_id): row.id for row in found}


def keep(tx: Tx, events: Sequence[StatusEvent]) -> None:
    """Keeps events whose message is not known yet: each status of a message once, with its earliest time.

    Of a connection with more than MOST_KEPT the oldest are dropped, so that those of the latest messages stay.
    """
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
        for connection_id in tx.values(FULL, connection_ids=sorted({key[0] for key in least}), most=MOST_KEPT):
            dropped = tx.values(DROP_OLDEST, connection_id=connection_id, left=_LEFT)
            logger.warning("statuses of unknown messages dropped", connection_id=connection_id, statuses=len(dropped))


def apply_unmatched(tx: Tx, keys: Collection[Key]) -> int:
    """Applies the kept statuses of these messages, if they are known by now; returns the number of statuses.

    Call it after the commit that writes a provider's id, and after the commit that keeps an event: then at least one of
    the two transactions sees the other's row, in whatever order they commit.
    """
    wanted = sorted(set(keys))
    connection_ids, provider_ids = [key[0] for key in wanted], [key[1] for key in wanted]
    return _apply(tx, tx.rows(Matched, MATCHED_OF, connection_ids=connection_ids, provider_ids=provider_ids))


def apply_all_unmatched(tx: Tx, *, limit: int = 1000) -> int:
    """Applies up to ``limit`` kept statuses of any messages that are known by now."""
    return _apply(tx, tx.rows(Matched, MATCHED, limit=limit))


def _apply(tx: Tx, matched: Sequence[Matched]) -> int:
    if not matched:
        return 0
    evidence: dict[int, list[Evidence]] = {}
    for row in matched:
        evidence.setdefault(row.message_id, []).append(Evidence(row.status, row.received_at))
    join_all_evidence(tx, evidence, {row.message_id: row.provider_message_id for row in matched})
    tx.run(
        DROP,
        connection_ids=[row.connection_id for row in matched],
        provider_ids=[row.provider_message_id for row in matched],
        statuses=[row.status for row in matched],
        times=[row.received_at for row in matched],
    )
    return len(matched)


def forget_old(tx: Tx) -> None:
    """Drops statuses that were kept for 48 hours: their messages are not ours."""
    tx.run(FORGET_OLD)


def reject(tx: Tx, *, position: str, reason: str) -> None:
    """Parks the position of a stream record that cannot be applied; its content may hold phones and is not copied."""
    tx.run(REJECT, position=position, reason=reason)
