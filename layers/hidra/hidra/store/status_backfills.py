"""Outages of our webhook, and the repair of what they lost: which messages are still to be looked up (decision 13)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from hidra.domain.message import MessageStatus
from hidra.store.db import Tx

Cause = Literal["silence", "webhook", "request"]

# The messages of one repair that may have grown unheard of.
_TO_LOOK_UP = """
m.evolution_config_id = r.evolution_config_id and m.status in ('sent', 'delivered')
        and m.provider_message_id is not null and m.sent_at >= r.sent_from
        and m.sent_at <= coalesce(r.sent_until, 'infinity') and (m.status = 'sent' or m.sent_at >= r.delivered_from)
"""
# Evolution tells of a message within seconds that it sent it, so several of which it told nothing, and nothing else
# either since then, mean that we do not hear it. After a repair that found nothing, that is how this one speaks.
NOTICE = """
insert into hidra.status_backfills as r
    (evolution_config_id, user_id, cause, detected_at, silent_since, sent_from, delivered_from)
select k.id, k.user_id, 'silence', %(at)s, greatest(k.last_webhook_at, p.sent_until),
    coalesce(k.last_webhook_at, %(at)s) - %(sent_before)s::interval,
    coalesce(k.last_webhook_at, %(at)s::timestamptz - %(sent_before)s::interval) - %(delivered_before)s::interval
from hidra.evolution_api_config k
left join hidra.status_backfills p on p.evolution_config_id = k.id
where k.id = any(%(connection_ids)s)
    and (p.evolution_config_id is null or p.completed_at is not null
        and (p.messages_updated > 0 or p.completed_at < %(at)s::timestamptz - %(fruitless)s::interval))
    and (
        select count(*) from (
            select from hidra.campaign_messages m
            where m.evolution_config_id = k.id and m.status in ('sent', 'delivered') and m.acked_at is null
                and m.sent_at > coalesce(greatest(k.last_webhook_at, p.sent_until), '-infinity')
                and m.sent_at < %(at)s::timestamptz - %(silence)s::interval
            limit %(messages)s
        ) unheard
    ) = %(messages)s
on conflict (evolution_config_id) do update
set cause = excluded.cause, detected_at = excluded.detected_at, silent_since = excluded.silent_since,
    sent_from = case when r.webhook_restored then excluded.sent_from else least(r.sent_from, excluded.sent_from) end,
    delivered_from = case when r.webhook_restored then excluded.delivered_from
        else least(r.delivered_from, excluded.delivered_from) end,
    sent_until = null, started_at = null, webhook_restored = false, before_sent_at = 'infinity', before_id = 0,
    messages_total = 0, messages_checked = 0, messages_updated = 0, completed_at = null
returning r.evolution_config_id
"""
# Told by the check that found another webhook in the place of ours, or by the owner. What they know joins what is
# known already; the same request again, while it is being done, changes nothing.
DEMAND = """
insert into hidra.status_backfills as r
    (evolution_config_id, user_id, cause, detected_at, silent_since, sent_from, delivered_from)
select k.id, k.user_id, %(cause)s, %(at)s, case when %(cause)s = 'webhook' then k.last_webhook_at end,
    f.sent_from, f.delivered_from
from hidra.evolution_api_config k
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
    sent_from = case when r.completed_at is null then least(r.sent_from, excluded.sent_from)
        else excluded.sent_from end,
    delivered_from = case when r.completed_at is null then least(r.delivered_from, excluded.delivered_from)
        else excluded.delivered_from end,
    sent_until = null, started_at = null, webhook_restored = false, before_sent_at = 'infinity', before_id = 0,
    messages_total = 0, messages_checked = 0, messages_updated = 0, completed_at = null
where r.completed_at is not null or r.cause <> excluded.cause or r.sent_from > excluded.sent_from
"""
# A message that was sent in the silence and acknowledged within it: webhooks did come, only the recorder was late.
# And if all of them are acknowledged by now, Evolution's own tries have outlasted the silence.
DISMISS = """
delete from hidra.status_backfills r
where r.evolution_config_id = any(%(connection_ids)s) and r.cause = 'silence' and r.started_at is null and (
    exists (
        select from hidra.campaign_messages m
        where m.evolution_config_id = r.evolution_config_id and m.status in ('sent', 'delivered')
            and m.sent_at > coalesce(r.silent_since, '-infinity') and m.sent_at < r.detected_at
            and m.acked_at < r.detected_at
    ) or not exists (
        select from hidra.campaign_messages m
        where m.evolution_config_id = r.evolution_config_id and m.status in ('sent', 'delivered')
            and m.sent_at > coalesce(r.silent_since, '-infinity') and m.sent_at < r.detected_at and m.acked_at is null
    )
)
"""
# While nobody at all is heard, the recorder may be late, and what it has not read is not lost: then it waits. Of what
# was sent a moment ago the webhooks may be on their way.
BEGIN = """
update hidra.status_backfills r
set started_at = %(at)s, webhook_restored = r.cause <> 'silence' or coalesce(k.last_webhook_at > r.detected_at, false),
    sent_until = case r.cause when 'webhook' then r.detected_at else %(at)s::timestamptz - %(silence)s::interval end
from hidra.evolution_api_config k
where k.id = r.evolution_config_id and k.id = any(%(connection_ids)s) and r.started_at is null
    and case r.cause
        when 'request' then true
        when 'webhook' then r.detected_at < %(at)s::timestamptz - %(silence)s::interval
        else r.detected_at < %(at)s::timestamptz - %(patience)s::interval or exists (
            select from hidra.evolution_api_config o where o.last_webhook_at > %(at)s::timestamptz - %(fresh)s::interval
        )
    end
returning r.evolution_config_id
"""
# A repair that began while nothing was heard yet has missed what happened until our webhook was heard again.
AGAIN = """
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
UNDER_WAY = """
select evolution_config_id from hidra.status_backfills
where evolution_config_id = any(%(connection_ids)s) and started_at is not null and completed_at is null
"""
# Not of a repair that was begun anew in between.
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
    """The latest repair of a connection's statuses, as its owner sees it.

    ``messages_total`` is counted when it begins. ``messages_updated``: the look-up added to what was known of so many.
    """

    cause: Cause
    detected_at: datetime
    sent_from: datetime
    started_at: datetime | None
    messages_total: int
    messages_checked: int
    messages_updated: int
    completed_at: datetime | None


@dataclass(frozen=True)
class BackfillMessage:
    """A message of a repair, with what is known of it."""

    id: int
    connection_id: UUID
    started_at: datetime
    provider_message_id: str
    status: MessageStatus
    sent_at: datetime
    acked_at: datetime | None
    delivered_at: datetime | None
    silent_since: datetime | None


@dataclass(frozen=True)
class Rules:
    """When a silence is an outage, and how far back its repair looks.

    Args:
        silence: for so long nothing may be heard ...
        messages: ... after as many were sent.
        sent_before, delivered_before: messages sent so long before the silence are looked up, if nothing but their
            sending is known, or their delivery.
        fresh: if anybody was heard so lately, the recorder is not late.
        patience: a silence of everybody is an outage after so long, whatever the recorder does.
        fruitless: a repair that found nothing is followed by none for a silence alone.
    """

    silence: timedelta = timedelta(minutes=15)
    messages: int = 3
    sent_before: timedelta = timedelta(hours=24)
    delivered_before: timedelta = timedelta(hours=1)
    fresh: timedelta = timedelta(minutes=10)
    patience: timedelta = timedelta(hours=1)
    fruitless: timedelta = timedelta(hours=24)


RULES = Rules()


def notice(tx: Tx, *, connection_ids: Collection[UUID], at: datetime, rules: Rules = RULES) -> list[UUID]:
    """Notes which of the connections are silent though much was sent; gives those that were not known to be."""
    found: list[UUID] = tx.values(
        NOTICE,
        connection_ids=list(connection_ids),
        at=at,
        silence=rules.silence,
        messages=rules.messages,
        sent_before=rules.sent_before,
        delivered_before=rules.delivered_before,
        fruitless=rules.fruitless,
    )
    return found


def demand(
    tx: Tx,
    *,
    connection_ids: Collection[UUID],
    cause: Cause,
    at: datetime,
    oldest: datetime,
    sent_from: datetime | None = None,
    rules: Rules = RULES,
) -> None:
    """Asks for the repair of what was sent from then on, or what a silence since the last word may have lost.

    Where nothing was sent, there is nothing to repair.

    Args:
        oldest: not further back than this.
    """
    given = list(connection_ids)
    tx.run(
        DEMAND,
        connection_ids=given,
        cause=cause,
        at=at,
        oldest=oldest,
        sent_from=sent_from,
        sent_before=rules.sent_before,
        delivered_before=rules.delivered_before,
    )
    tx.run(COUNT, connection_ids=given)


def begin(tx: Tx, *, connection_ids: Collection[UUID], at: datetime, rules: Rules = RULES) -> list[UUID]:
    """Begins the repairs whose time has come, and drops those of silences that were none; gives those that began."""
    given = list(connection_ids)
    tx.run(DISMISS, connection_ids=given)
    begun: list[UUID] = tx.values(
        BEGIN, connection_ids=given, at=at, silence=rules.silence, fresh=rules.fresh, patience=rules.patience
    )
    begun += tx.values(AGAIN, connection_ids=given, at=at, silence=rules.silence)
    tx.run(COUNT, connection_ids=begun)
    return begun


def next_messages(
    tx: Tx, *, connection_ids: Collection[UUID], each: int, at_most: int, at: datetime
) -> list[BackfillMessage]:
    """The next messages of every repair under way, the newest first; a repair that has none left is completed.

    Args:
        each: so many of one repair; fewer if all together would be more than ``at_most``.
    """
    under_way: list[UUID] = tx.values(UNDER_WAY, connection_ids=list(connection_ids))
    if not under_way:
        return []
    found = tx.rows(BackfillMessage, NEXT, connection_ids=under_way, each=min(each, max(1, at_most // len(under_way))))
    done = set(under_way) - {message.connection_id for message in found}
    tx.run(COMPLETE, connection_ids=list(done), at=at)
    return found


def advance(tx: Tx, last: BackfillMessage, *, messages_checked: int, messages_updated: int) -> None:
    """Notes how far a repair has come: the last message that is done, and how many were, of which how many had news."""
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
    """The latest repair of a connection, if there ever was one."""
    return tx.row(StatusBackfill, GET, connection_id=connection_id)
