"""Replies, matched to the campaigns' messages that they answer; those whose message is not known yet are kept.

A reply answers the message that it quotes, or else the latest one that was sent, or may have been, to its sender on
the same connection within the seven days before. Only its time is stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.message import OUTCOME_UNKNOWN, Message, join_reply
from hidra.store.counters import change
from hidra.store.db import Tx

# WhatsApp's times are whole seconds, so a reply may seem up to one earlier than the message that it answers.
WITHIN, EARLY = timedelta(days=7), timedelta(seconds=1)
MOST_KEPT = 10_000  # of one connection

# One row for each of the `replies` that the statement defines before. A known quoted id decides. Otherwise, while a
# message to the phone is being posted (`posting`), the reply is kept until the sender has recorded the outcome.
_ANSWERED = f"""
found as (
    select e.place, q.id as quoted, coalesce(e.phone_hash, l.phone_hash) is not null as identified,
        latest.id as latest, e.replied_at, exists (
            select from hidra.campaign_messages m
            where q.id is null and m.evolution_config_id = e.evolution_config_id and m.status = 'sending'
                and m.user_id = e.user_id and m.phone_hash = coalesce(e.phone_hash, l.phone_hash)
        ) as posting
    from replies e
    left join hidra.whatsapp_lids l
        on e.phone_hash is null and l.user_id = e.user_id and l.lid_hash = e.lid_hash
    left join lateral (
        select m.id from hidra.campaign_messages m
        where m.evolution_config_id = e.evolution_config_id and m.provider_message_id = e.quoted_id
        union all
        select m.id from hidra.campaign_messages m
        where m.evolution_config_id = e.evolution_config_id and m.requested_message_id = e.quoted_id
            and m.provider_message_id is null
        limit 1
    ) q on true
    left join lateral (
        select m.id from hidra.campaign_messages m
        where q.id is null and m.user_id = e.user_id and m.phone_hash = coalesce(e.phone_hash, l.phone_hash)
            and coalesce(m.sent_at, m.claimed_at) > e.replied_at - %(within)s::interval
            and coalesce(m.sent_at, m.claimed_at) < e.replied_at + %(early)s::interval
            and m.evolution_config_id = e.evolution_config_id
            and (m.sent_at is not null or m.status = 'unknown' or m.error_code = '{OUTCOME_UNKNOWN}')
        order by coalesce(m.sent_at, m.claimed_at) desc, m.id desc limit 1
    ) latest on true
), answered as (
    select place, case when not posting then coalesce(quoted, latest) end as message_id, replied_at,
        posting or (quoted is null and not identified) as waits
    from found
)
"""  # noqa: S608 - made of constants
MATCH = f"""
with replies as (
    select * from unnest(
        %(user_ids)s::uuid[], %(connection_ids)s::uuid[], %(phone_hashes)s::bytea[], %(lid_hashes)s::bytea[],
        %(quoted_ids)s::text[], %(times)s::timestamptz[]
    ) with ordinality as e (user_id, evolution_config_id, phone_hash, lid_hash, quoted_id, replied_at, place)
), {_ANSWERED}
select place, message_id, replied_at, waits from answered where waits or message_id is not null
"""  # noqa: S608 - made of constants
# Those whose message is known by now, and those of identified senders that answer none.
MATCH_KEPT = f"""
with replies as not materialized (select u.*, u.id as place from hidra.replies_unmatched u), {_ANSWERED}
select place, message_id, replied_at, waits from answered where not waits limit %(limit)s
"""  # noqa: S608 - made of constants
# A connection that was deleted gets no rows, and one that has enough of them no further ones.
KEEP = """
insert into hidra.replies_unmatched (user_id, evolution_config_id, phone_hash, lid_hash, quoted_id, replied_at)
select e.* from unnest(
    %(user_ids)s::uuid[], %(connection_ids)s::uuid[], %(phone_hashes)s::bytea[], %(lid_hashes)s::bytea[],
    %(quoted_ids)s::text[], %(times)s::timestamptz[]
) as e (user_id, connection_id, phone_hash, lid_hash, quoted_id, replied_at)
join hidra.evolution_api_config k on k.id = e.connection_id
where (
    select count(*) from (
        select from hidra.replies_unmatched u where u.evolution_config_id = e.connection_id limit %(most)s
    ) few
) < %(most)s
order by e.connection_id, e.phone_hash, e.lid_hash, e.quoted_id, e.replied_at
on conflict on constraint replies_unmatched_reply_key do nothing
"""
DROP = "delete from hidra.replies_unmatched where id = any(%(ids)s::bigint[])"
FORGET_OLD = "delete from hidra.replies_unmatched where kept_at < clock_timestamp() - interval '1 hour'"


@dataclass(frozen=True)
class Reply:
    """The sender, as far as it is known, the quoted message's id, and WhatsApp's time of a reply."""

    user_id: UUID
    connection_id: UUID
    phone_hash: bytes | None
    lid_hash: bytes | None
    quoted_id: str | None
    at: datetime


@dataclass(frozen=True)
class _Answered:
    place: int
    message_id: int | None
    replied_at: datetime
    waits: bool


def match(tx: Tx, replies: Sequence[Reply]) -> tuple[dict[int, datetime], list[Reply]]:
    """Returns when each message was first replied to, by its id, and the replies to ``keep``.

    Call it after the hidden ids of the replies are recorded.
    """
    if not replies:
        return {}, []
    rows = tx.rows(_Answered, MATCH, within=WITHIN, early=EARLY, **_columns(replies))
    return _first(rows), [replies[row.place - 1] for row in rows if row.waits]


def keep(tx: Tx, replies: Sequence[Reply]) -> None:
    """Keeps replies whose message is not known yet. Erasures of their users must be blocked."""
    if replies:
        tx.run(KEEP, most=MOST_KEPT, **_columns(replies))


def apply_all_unmatched(tx: Tx, *, limit: int = 1000) -> int:
    """Applies up to ``limit`` kept replies whose message is known by now; returns their number.

    Those of identified senders that answer no message are dropped.
    """
    rows = tx.rows(_Answered, MATCH_KEPT, within=WITHIN, early=EARLY, limit=limit)
    first = _first(rows)
    change(tx, first, lambda message: join(message, first))
    if rows:
        tx.run(DROP, ids=[row.place for row in rows])
    return len(rows)


def join(message: Message, first: Mapping[int, datetime]) -> Message:
    """Returns the message with its reply, if it has one among ``first``."""
    return join_reply(message, first[message.id]) if message.id in first else message


def forget_old(tx: Tx) -> None:
    """Drops replies that were kept for an hour: they answer no message of a campaign, or nothing shows which."""
    tx.run(FORGET_OLD)


def _first(rows: Iterable[_Answered]) -> dict[int, datetime]:
    first: dict[int, datetime] = {}
    for row in rows:
        if row.message_id is not None:
            first[row.message_id] = min(row.replied_at, first.get(row.message_id, row.replied_at))
    return first


def _columns(replies: Sequence[Reply]) -> dict[str, list[object]]:
    return {
        "user_ids": [reply.user_id for reply in replies],
        "connection_ids": [reply.connection_id for reply in replies],
        "phone_hashes": [reply.phone_hash for reply in replies],
        "lid_hashes": [reply.lid_hash for reply in replies],
        "quoted_ids": [reply.quoted_id for reply in replies],
        "times": [reply.at for reply in replies],
    }
