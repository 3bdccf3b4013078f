"""The one module that moves a campaign's metrics and timeline: with messages that change, and with a freeze.

Every move is a difference, in the transaction that changes the messages. ``store.recount`` compares the sums with a
recount of the messages, and repairs them for an operator.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from hidra.domain.message import Message, Share, share
from hidra.store.db import Tx

FIND_CAMPAIGNS = """
select distinct campaign_id from hidra.campaign_messages where id = any(%(ids)s)
"""
LOCK_METRICS = """
select campaign_id from hidra.campaign_metrics where campaign_id = any(%(campaign_ids)s)
order by campaign_id for update
"""
LOCK_MESSAGES = """
select id, user_id, campaign_id, status, counted, claimed_at, sent_at, acked_at, delivered_at, read_at, failed_at,
    replied_at, provider_message_id, error_code, error_detail, phone is null as erased
from hidra.campaign_messages where id = any(%(ids)s)
order by id for update
"""
WRITE_MESSAGES = """
update hidra.campaign_messages m
set status = n.status, counted = n.counted, sent_at = n.sent_at, acked_at = n.acked_at,
    delivered_at = n.delivered_at, read_at = n.read_at, failed_at = n.failed_at, replied_at = n.replied_at,
    provider_message_id = n.provider_message_id, error_code = n.error_code, error_detail = n.error_detail
from unnest(
    %(id)s::bigint[], %(status)s::hidra.message_status[], %(counted)s::boolean[], %(sent_at)s::timestamptz[],
    %(acked_at)s::timestamptz[], %(delivered_at)s::timestamptz[], %(read_at)s::timestamptz[],
    %(failed_at)s::timestamptz[], %(replied_at)s::timestamptz[], %(provider_message_id)s::text[],
    %(error_code)s::text[], %(error_detail)s::text[]
) as n (id, status, counted, sent_at, acked_at, delivered_at, read_at, failed_at, replied_at, provider_message_id,
    error_code, error_detail)
where m.id = n.id
"""
MOVE_METRICS = """
update hidra.campaign_metrics m
set delivered = m.delivered + d.delivered, failed = m.failed + d.failed, pending = m.pending + d.pending,
    skipped = m.skipped + d.skipped, read = m.read + d.read, replied = m.replied + d.replied,
    delivery_ms_total = m.delivery_ms_total + d.delivery_ms,
    total_messages = m.total_messages + d.delivered + d.failed + d.pending + d.skipped,
    last_updated_at = clock_timestamp()
from unnest(
    %(campaign_id)s::uuid[], %(delivered)s::integer[], %(failed)s::integer[], %(pending)s::integer[],
    %(skipped)s::integer[], %(read)s::integer[], %(replied)s::integer[], %(delivery_ms)s::bigint[]
) as d (campaign_id, delivered, failed, pending, skipped, read, replied, delivery_ms)
where m.campaign_id = d.campaign_id
"""
# The lock on the metrics row orders the writers of a campaign's timeline, so no other can add a point in between.
MOVE_TIMELINE = """
with change as (
    select * from unnest(
        %(user_id)s::uuid[], %(campaign_id)s::uuid[], %(minute)s::timestamptz[],
        %(delivered)s::integer[], %(failed)s::integer[]
    ) as d (user_id, campaign_id, minute, delivered, failed)
), moved as (
    update hidra.campaign_timeline_points p
    set delivered = p.delivered + d.delivered, failed = p.failed + d.failed
    from change d
    where p.campaign_id = d.campaign_id and p.timestamp = d.minute
    returning p.campaign_id, p.timestamp
)
insert into hidra.campaign_timeline_points (user_id, campaign_id, timestamp, delivered, failed)
select d.user_id, d.campaign_id, d.minute, d.delivered, d.failed
from change d
where not exists (select from moved where moved.campaign_id = d.campaign_id and moved.timestamp = d.minute)
"""
DROP_EMPTY_POINTS = """
delete from hidra.campaign_timeline_points
where campaign_id = any(%(campaign_ids)s) and timestamp = any(%(minutes)s) and delivered = 0 and failed = 0
"""

_SUMMED = ("delivered", "failed", "pending", "skipped", "read", "replied", "delivery_ms")
type Sums = dict[UUID, Counter[str]]  # by campaign
type Points = dict[tuple[UUID, UUID, datetime], Counter[str]]  # by user, campaign and UTC minute


@dataclass(frozen=True)
class Frozen:
    """What a freeze did: its recipients by their status, and the failures and replies that do not count any more.

    ``minute`` is the UTC minute of the freeze. A retry's recipients counted as failed until now: ``retried_failures``
    of them at each of ``retried_minutes``. So did ``retried_replies`` as replied.
    """

    total: int
    pending: int
    failed: int
    skipped: int
    minute: datetime
    retried_minutes: list[datetime]
    retried_failures: list[int]
    retried_replies: int


def lock(tx: Tx, campaign_ids: Collection[UUID]) -> None:
    """Locks the campaigns' metrics, and by that their timelines, until the transaction ends."""
    tx.run(LOCK_METRICS, campaign_ids=list(campaign_ids))


def add_frozen(tx: Tx, frozen: Frozen, *, user_id: UUID, campaign_id: UUID) -> None:
    """Counts a freeze, under the lock on its campaign that it took before."""
    points: Points = {}
    for minute, failed in zip(frozen.retried_minutes, frozen.retried_failures, strict=True):
        points[user_id, campaign_id, minute] = Counter(failed=-failed)
    points.setdefault((user_id, campaign_id, frozen.minute), Counter())["failed"] += frozen.failed
    failed = frozen.failed - sum(frozen.retried_failures)
    sums = Counter(failed=failed, pending=frozen.pending, skipped=frozen.skipped, replied=-frozen.retried_replies)
    _move(tx, {campaign_id: sums}, points)


def change(tx: Tx, ids: Iterable[int], rule: Callable[[Message], Message]) -> list[Message]:
    """Applies a pure rule to messages and moves metrics and timeline with them.

    Locks in the one order: metrics by campaign, then messages by id. The campaigns are found without a lock, which is
    right because a message never changes its campaign. Returns the messages that changed, as they are now.
    """
    ids = sorted(set(ids))
    campaign_ids = tx.values(FIND_CAMPAIGNS, ids=ids) if ids else []
    if not campaign_ids:
        return []
    lock(tx, campaign_ids)
    old = tx.rows(Message, LOCK_MESSAGES, ids=ids)
    changed = [(before, after) for before in old if (after := rule(before)) != before]
    if not changed:
        return []
    tx.run(WRITE_MESSAGES, **_columns([after for _, after in changed]))
    _move(tx, *_differences(changed))
    return [after for _, after in changed]


def _columns(messages: Sequence[Message]) -> dict[str, list[Any]]:
    return {field.name: [getattr(message, field.name) for message in messages] for field in fields(Message)}


def _differences(changed: Sequence[tuple[Message, Message]]) -> tuple[Sums, Points]:
    sums: Sums = {}
    points: Points = {}
    for before, after in changed:
        for message, sign in ((before, -1), (after, 1)):
            part = share(message)
            _add(sums.setdefault(message.campaign_id, Counter()), part, sign)
            if part.minute:
                _add(points.setdefault((message.user_id, message.campaign_id, part.minute), Counter()), part, sign)
    return sums, points


def _add(sums: Counter[str], part: Share, sign: int) -> None:
    for name in _SUMMED:
        sums[name] += sign * getattr(part, name)


def _move(tx: Tx, sums: Sums, points: Points) -> None:
    moved = {campaign_id: sums[campaign_id] for campaign_id in sorted(sums) if any(sums[campaign_id].values())}
    if moved:
        tx.run(MOVE_METRICS, campaign_id=list(moved), **{name: [s[name] for s in moved.values()] for name in _SUMMED})
    shifted = {key: point for key, point in points.items() if point["delivered"] or point["failed"]}
    if shifted:
        tx.run(
            MOVE_TIMELINE,
            user_id=[user_id for user_id, _, _ in shifted],
            campaign_id=[campaign_id for _, campaign_id, _ in shifted],
            minute=[minute for _, _, minute in shifted],
            delivered=[point["delivered"] for point in shifted.values()],
            failed=[point["failed"] for point in shifted.values()],
        )
        tx.run(
            DROP_EMPTY_POINTS,
            campaign_ids=list({campaign_id for _, campaign_id, _ in shifted}),
            minutes=list({minute for _, _, minute in shifted}),
        )
