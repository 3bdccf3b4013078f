"""Status backfills: outages of our webhook, and the messages to look up because of them (decision 13).

A connection has at most one row, its latest backfill. The row is detected or requested, then started, then completed;
a pass that started before webhooks came again is followed by a second one. The policy is in ``hidra.domain.backfill``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain import backfill
from hidra.domain.backfill import BackfillMessage, Cause
from hidra.store.db import Tx

# The messages m of one backfill r that may have a newer status than we know.
_TO_LOOK_UP = """
m.evolution_config_id = r.evolution_config_id and m.status in ('sent', 'delivered')
        and m.provider_message_id is not null and m.sent_at >= r.sent_from
        and m.sent_at <= coalesce(r.sent_until, 'infinity') and (m.status = 'sent' or m.sent_at >= r.delivered_from)
"""
# Evolution acknowledges a message within seconds of sending it. So several messages without an acknowledgement, and no
# webhook of any kind since they were sent, mean that webhooks do not arrive.
DETECT = """
insert into hidra.status_backfills as r
    (evolution_config_id, user_id, cause, detected_at, silent_since, sent_from, delivered_from)
-- After an earlier backfill the silence begins where that one stopped looking.
select k.id, k.user_id, 'silence', %(at)s, greatest(k.last_webhook_at, p.sent_until),
    coalesce(k.last_webhook_at, %(at)s) - %(sent_before)s::interval,
    coalesce(k.last_webhook_at, %(at)s::timestamptz - %(sent_before)s::interval) - %(delivered_before)s::interval
from hidra.evolution_api_config k
left join hidra.status_backfills p on p.evolution_config_id = k.id
where k.id = any(%(connection_ids)s)
    -- No backfill is waiting or in progress. If the last one found nothing, the connection may always be this silent.
    and (p.evolution_config_id is null or p.completed_at is not null
        and (p.messages_updated > 0 or p.completed_at < %(at)s::timestamptz - %(fruitless)s::interval))
    -- Enough messages were sent into the silence, and long enough ago.
    and (
        select count(*) from (
            select from hidra.campaign_messages m
            where m.evolution_config_id = k.id and m.status in ('sent', 'delivered') and m.acked_at is null
                and m.sent_at > coalesce(greatest(k.last_webhook_at, p.sent_until), '-infinity')
                and m.sent_at < %(at)s::timestamptz - %(silence)s::interval
            limit %(messages)s
        ) unacknowledged
    ) = %(messages)s
on conflict (evolution_config_id) do update
set cause = excluded.cause, detected_at = excluded.detected_at, silent_since = excluded.silent_since,
    -- Webhooks never came again after the earlier outage: it is one outage with this one.
    sent_from = case when r.webhook_restored then excluded.sent_from else least(r.sent_from, excluded.sent_from) end,
    delivered_from = case when r.webhook_restored then excluded.delivered_from
        else least(r.delivered_from, excluded.delivered_from) end,
    sent_until = null, started_at = null, webhook_restored = false, before_sent_at = 'infinity', before_id = 0,
    messages_total = 0, messages_checked = 0, messages_updated = 0, completed_at = null
returning r.evolution_config_id
"""
# Requested by the user, or by a check that found another webhook in place of ours.
REQUEST = """
insert into hidra.status_backfills as r
    (evolution_config_id, user_id, cause, detected_at, silent_since, sent_from, delivered_from)
select k.id, k.user_id, %(cause)s, %(at)s, case when %(cause)s = 'webhook' then k.last_webhook_at end,
    f.sent_from, f.delivered_from
from hidra.evolution_api_config k
-- From the requested time on, or from some time before the last webhook, but never from before the oldest.
cross join lateral (
    select
        greatest(
            %(oldest)s::timestamptz, coalesce(%(sent_from)s::timestamptz, k.last_webhook_at - %(sent_before)s::interval)
        ) as sent_from,
        greatest(
            %(oldest)s::timestamptz,
            coalesce(%(sent_from)s::timestamptz, k.last_webhook_at - %(delivered_before)s::interval)
        ) as delivered_from
) f
where k.id = any(%(connection_ids)s) and exists (
    select from hidra.campaign_messages m
    where m.evolution_config_id = k.id and m.status in ('sent', 'delivered') and m.sent_at >= f.sent_from
)
on conflict (evolution_config_id) do update
set cause = excluded.cause, detected_at = excluded.detected_at, silent_since = excluded.silent_since,
    -- A backfill that is not completed is extended, never shortened.
    sent_from = case when r.completed_at is null then least(r.sent_from, excluded.sent_from)
        else excluded.sent_from end,
    delivered_from = case when r.completed_at is null then least(r.delivered_from, excluded.delivered_from)
        else excluded.delivered_from end,
    sent_until = null, started_at = null, webhook_restored = false, before_sent_at = 'infinity', before_id = 0,
    messages_total = 0, messages_checked = 0, messages_updated = 0, completed_at = null
-- The same request again changes nothing while the backfill is in progress.
where r.completed_at is not null or r.cause <> excluded.cause or r.sent_from > excluded.sent_from
"""
DISMISS = """
delete from hidra.status_backfills r
where r.evolution_config_id = any(%(connection_ids)s) and r.cause = 'silence' and r.started_at is null and (
    exists (
        -- A message sent in the silence was acknowledged within it: webhooks did come, only the recorder was late.
        select from hidra.campaign_messages m
        where m.evolution_config_id = r.evolution_config_id and m.status in ('sent', 'delivered')
            and m.sent_at > coalesce(r.silent_since, '-infinity') and m.sent_at < r.detected_at
            and m.acked_at < r.detected_at
    ) or not exists (
        -- Each of them is acknowledged by now: Evolution's own retries have outlasted the silence.
        select from hidra.campaign_messages m
        where m.evolution_config_id = r.evolution_config_id and m.status in ('sent', 'delivered')
            and m.sent_at > coalesce(r.silent_since, '-infinity') and m.sent_at < r.detected_at and m.acked_at is null
    )
)
"""
START = """
update hidra.status_backfills r
set started_at = %(at)s, webhook_restored = r.cause <> 'silence' or coalesce(k.last_webhook_at > r.detected_at, false),
    -- The webhooks of messages sent a moment ago may still come.
    sent_until = case r.cause when 'webhook' then r.detected_at else %(at)s::timestamptz - %(silence)s::interval end
from hidra.evolution_api_config k
where k.id = r.evolution_config_id and k.id = any(%(connection_ids)s) and r.started_at is null
    and case r.cause
        when 'request' then true
        when 'webhook' then r.detected_at < %(at)s::timestamptz - %(silence)s::interval
        -- While no connection has webhooks, the recorder may be late, and what it has not read yet is not lost.
        else r.detected_at < %(at)s::timestamptz - %(patience)s::interval or exists (
            select from hidra.evolution_api_config o where o.last_webhook_at > %(at)s::timestamptz - %(fresh)s::interval
        )
    end
returning r.evolution_config_id
"""
# A pass that started during the outage missed what happened until webhooks came again.
RESTART = """
update hidra.status_backfills r
set started_at = %(at)s, silent_since = r.sent_until, sent_until = %(at)s::timestamptz - %(silence)s::interval,
    webhook_restored = true, before_sent_at = 'infinity', before_id = 0, completed_at = null
from hidra.evolution_api_config k
where k.id = r.evolution_config_id and k.id = any(%(connection_ids)s) and r.completed_at is not null
    and not r.webhook_restored
    and k.last_webhook_at > r.started_at
returning r.evolution_config_id
"""
COUNT = f"""
update hidra.status_backfills r
set messages_total = r.messages_checked + (select count(*) from hidra.campaign_messages m where {_TO_LOOK_UP})
where r.evolution_config_id = any(%(connection_ids)s)
"""  # noqa: S608 - of constants
NEXT = f"""
select m.id, r.evolution_config_id as connection_id, r.started_at, m.provider_message_id, m.status, m.sent_at,
    m.acked_at, m.delivered_at, r.silent_since
from hidra.status_backfills r
-- One backfill at a time: the index campaign_messages_backfill has its messages behind the cursor in this order.
cross join lateral (
    select m.id, m.provider_message_id, m.status, m.sent_at, m.acked_at, m.delivered_at
    from hidra.campaign_messages m
    where {_TO_LOOK_UP} and (m.sent_at, m.id) < (r.before_sent_at, r.before_id)
    order by m.sent_at desc, m.id desc
    limit %(each)s
) m
where r.evolution_config_id = any(%(connection_ids)s) and r.started_at is not null and r.completed_at is null
order by r.evolution_config_id, m.sent_at desc, m.id desc
"""  # noqa: S608 - of constants
IN_PROGRESS = """
select evolution_config_id from hidra.status_backfills
where evolution_config_id = any(%(connection_ids)s) and started_at is not null and completed_at is null
"""
# Not if the backfill was started anew in between.
ADVANCE = """
update hidra.status_backfills
set before_sent_at = %(sent_at)s, before_id = %(id)s, messages_checked = messages_checked + %(messages_checked)s,
    messages_updated = messages_updated + %(messages_updated)s
where evolution_config_id = %(connection_id)s and started_at = %(started_at)s
"""
COMPLETE = """
update hidra.status_backfills set completed_at = %(at)s, messages_total = messages_checked
where evolution_config_id = any(%(connection_ids)s)
"""
GET = """
select cause, detected_at, sent_from, started_at, messages_total, messages_checked, messages_updated, completed_at
from hidra.status_backfills where evolution_config_id = %(connection_id)s
"""


@dataclass(frozen=True)
class StatusBackfill:
    """The latest status backfill of a connection, as its user sees it.

    ``messages_total`` is counted when a pass starts. ``messages_updated``: for so many the lookup found a newer status.
    """

    cause: Cause
    detected_at: datetime
    sent_from: datetime
    started_at: datetime | None
    messages_total: int
    messages_checked: int
    messages_updated: int
    completed_at: datetime | None


def detect(tx: Tx, *, connection_ids: Collection[UUID], at: datetime) -> list[UUID]:
    """Notes which of the connections get no webhooks though messages were sent; returns the newly detected ones."""
    detected: list[UUID] = tx.values(
        DETECT,
        connection_ids=list(connection_ids),
        at=at,
        silence=backfill.SILENCE,
        messages=backfill.MESSAGES,
        sent_before=backfill.SENT_BEFORE,
        delivered_before=backfill.DELIVERED_BEFORE,
        fruitless=backfill.FRUITLESS,
    )
    return detected


def request(
    tx: Tx,
    *,
    connection_ids: Collection[UUID],
    cause: Cause,
    at: datetime,
    oldest: datetime,
    sent_from: datetime | None = None,
) -> None:
    """Requests a backfill of the messages sent from ``sent_from`` on, or since shortly before the last webhook.

    A connection without such messages gets none.

    Args:
        oldest: no message sent earlier is looked up.
    """
    requested = list(connection_ids)
    tx.run(
        REQUEST,
        connection_ids=requested,
        cause=cause,
        at=at,
        oldest=oldest,
        sent_from=sent_from,
        sent_before=backfill.SENT_BEFORE,
        delivered_before=backfill.DELIVERED_BEFORE,
    )
    tx.run(COUNT, connection_ids=requested)


def start(tx: Tx, *, connection_ids: Collection[UUID], at: datetime) -> list[UUID]:
    """Starts the backfills that are due, and deletes those of false alarms; returns the connections of the started."""
    given = list(connection_ids)
    tx.run(DISMISS, connection_ids=given)
    started: list[UUID] = tx.values(
        START,
        connection_ids=given,
        at=at,
        silence=backfill.SILENCE,
        fresh=backfill.FRESH,
        patience=backfill.PATIENCE,
    )
    started += tx.values(RESTART, connection_ids=given, at=at, silence=backfill.SILENCE)
    tx.run(COUNT, connection_ids=started)
    return started


def next_messages(tx: Tx, *, connection_ids: Collection[UUID], at: datetime) -> list[BackfillMessage]:
    """Returns the next messages of every backfill in progress, the newest first; completes those that have none left.

    At most ``backfill.EACH`` of one backfill; fewer if all together would be more than ``backfill.AT_MOST``.
    """
    in_progress: list[UUID] = tx.values(IN_PROGRESS, connection_ids=list(connection_ids))
    if not in_progress:
        return []
    each = min(backfill.EACH, max(1, backfill.AT_MOST // len(in_progress)))
    found = tx.rows(BackfillMessage, NEXT, connection_ids=in_progress, each=each)
    done = set(in_progress) - {message.connection_id for message in found}
    tx.run(COMPLETE, connection_ids=list(done), at=at)
    return found


def advance(tx: Tx, last: BackfillMessage, *, messages_checked: int, messages_updated: int) -> None:
    """Moves a backfill's cursor to the last message that was looked up, and adds to its numbers."""
    tx.run(
        ADVANCE,
        connection_id=last.connection_id,
        started_at=last.started_at,
        sent_at=last.sent_at,
        id=last.id,
        messages_checked=messages_checked,
        messages_updated=messages_updated,
    )


def get(tx: Tx, *, connection_id: UUID) -> StatusBackfill | None:
    """Returns the latest backfill of a connection; None if it never had one."""
    return tx.row(StatusBackfill, GET, connection_id=connection_id)
