"""Metrics and timelines compared with a recount of the messages, and repaired: for operators, on no message's path.

The SQL below restates ``hidra.domain.message.share`` on purpose: a recount that used it would repeat its mistakes, and
could not add up millions of messages in the database. tests/store/test_recount.py,
test_the_recount_agrees_with_the_share_of_each_message, keeps the two equal.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.store.counters import LOCK_METRICS
from hidra.store.db import Tx
from hidra.store.pages import AFTER_ID

CAMPAIGNS = f"""
select id from hidra.campaigns
where id > {AFTER_ID}
order by id limit %(limit)s
"""  # noqa: S608 - made of constants
EXISTS = """
select id from hidra.campaigns where id = %(campaign_id)s
"""
# By run, because the messages have no index by campaign.
COUNTED = """
select m.status, m.sent_at, m.delivered_at, m.failed_at, m.replied_at
from hidra.campaign_messages m
where m.run_id in (select r.id from hidra.campaign_runs r where r.campaign_id = %(campaign_id)s) and m.counted
"""
METRICS = f"""
select count(*) as total_messages,
    count(*) filter (where c.status in ('delivered', 'read')) as delivered,
    count(*) filter (where c.status = 'failed') as failed,
    count(*) filter (where c.status in ('pending', 'sending', 'unknown', 'sent')) as pending,
    count(*) filter (where c.status = 'skipped') as skipped,
    count(*) filter (where c.status = 'read') as read,
    count(c.replied_at) as replied,
    coalesce(sum(floor(greatest(0, extract(epoch from c.delivered_at) - extract(epoch from c.sent_at)) * 1000))
        filter (where c.status in ('delivered', 'read')), 0)::bigint as delivery_ms_total
from ({COUNTED}) as c
"""  # noqa: S608 - made of constants
TIMELINE = f"""
select p.timestamp, count(*) filter (where p.delivered) as delivered, count(*) filter (where not p.delivered) as failed
from (
    select date_trunc('minute', case c.status when 'failed' then c.failed_at else c.delivered_at end) as timestamp,
        c.status <> 'failed' as delivered
    from ({COUNTED}) as c
    where c.status in ('delivered', 'read', 'failed')
) as p
group by p.timestamp
"""  # noqa: S608 - made of constants
DIFFERENT_METRICS = f"""
select v.counter, null::timestamptz as minute, v.shown, v.recounted
from ({METRICS}) as r
left join hidra.campaign_metrics s on s.campaign_id = %(campaign_id)s
cross join lateral (values
    ('total_messages', s.total_messages::bigint, r.total_messages),
    ('delivered', s.delivered, r.delivered),
    ('failed', s.failed, r.failed),
    ('pending', s.pending, r.pending),
    ('skipped', s.skipped, r.skipped),
    ('read', s.read, r.read),
    ('replied', s.replied, r.replied),
    ('delivery_ms_total', s.delivery_ms_total, r.delivery_ms_total)
) as v (counter, shown, recounted)
where v.shown is distinct from v.recounted
"""  # noqa: S608 - made of constants
DIFFERENT_TIMELINE = f"""
select v.counter, coalesce(s.timestamp, r.timestamp) as minute, v.shown, v.recounted
from (select * from hidra.campaign_timeline_points where campaign_id = %(campaign_id)s) as s
full join ({TIMELINE}) as r on r.timestamp = s.timestamp
cross join lateral (values
    ('timeline.delivered', s.delivered::bigint, r.delivered),
    ('timeline.failed', s.failed, r.failed)
) as v (counter, shown, recounted)
where v.shown is distinct from v.recounted
order by minute, v.counter
"""  # noqa: S608 - made of constants
REPAIR_METRICS = f"""
insert into hidra.campaign_metrics as s
    (campaign_id, user_id, total_messages, delivered, failed, pending, skipped, read, replied, delivery_ms_total,
    last_updated_at)
select k.id, k.user_id, r.total_messages, r.delivered, r.failed, r.pending, r.skipped, r.read, r.replied,
    r.delivery_ms_total, clock_timestamp()
from hidra.campaigns k cross join ({METRICS}) as r
where k.id = %(campaign_id)s
on conflict (campaign_id) do update
set total_messages = excluded.total_messages, delivered = excluded.delivered, failed = excluded.failed,
    pending = excluded.pending, skipped = excluded.skipped, read = excluded.read, replied = excluded.replied,
    delivery_ms_total = excluded.delivery_ms_total, last_updated_at = excluded.last_updated_at
"""  # noqa: S608 - made of constants
REPAIR_TIMELINE = f"""
with recount as ({TIMELINE}), dropped as (
    delete from hidra.campaign_timeline_points p
    where p.campaign_id = %(campaign_id)s and p.timestamp not in (select timestamp from recount)
)
insert into hidra.campaign_timeline_points as p (user_id, campaign_id, timestamp, delivered, failed)
select k.user_id, k.id, r.timestamp, r.delivered, r.failed
from hidra.campaigns k cross join recount r
where k.id = %(campaign_id)s
on conflict (campaign_id, timestamp) do update set delivered = excluded.delivered, failed = excluded.failed
where (p.delivered, p.failed) <> (excluded.delivered, excluded.failed)
"""  # noqa: S608 - made of constants


@dataclass(frozen=True)
class Difference:
    """A number that is shown and the one recounted from the messages; None where a row is missing, or should be.

    `counter` is a column of campaign_metrics, or timeline.delivered or timeline.failed with the point's UTC minute.
    """

    counter: str
    minute: datetime | None
    shown: int | None
    recounted: int | None


def campaigns(tx: Tx, *, after_id: UUID | None, limit: int) -> list[UUID]:
    """Returns campaigns of every tenant, by id."""
    return tx.values(CAMPAIGNS, after_id=after_id, limit=limit)


def exists(tx: Tx, *, campaign_id: UUID) -> bool:
    return tx.value(EXISTS, campaign_id=campaign_id) is not None


def compare(tx: Tx, *, campaign_id: UUID) -> list[Difference]:
    """Returns what differs.

    Takes no lock: each statement sees one moment, and counters and messages agree at every moment.
    """
    return [
        *tx.rows(Difference, DIFFERENT_METRICS, campaign_id=campaign_id),
        *tx.rows(Difference, DIFFERENT_TIMELINE, campaign_id=campaign_id),
    ]


def repair(tx: Tx, *, campaign_id: UUID) -> list[Difference]:
    """Writes the recount where something differs; returns what differed.

    Locks the campaign's metrics row as ``counters.change`` does, so no counter moves between recount and write.
    """
    if not compare(tx, campaign_id=campaign_id):
        return []
    tx.run(LOCK_METRICS, campaign_ids=[campaign_id])
    different = compare(tx, campaign_id=campaign_id)
    if any(difference.minute is None for difference in different):
        tx.run(REPAIR_METRICS, campaign_id=campaign_id)
    if any(difference.minute is not None for difference in different):
        tx.run(REPAIR_TIMELINE, campaign_id=campaign_id)
    return different
