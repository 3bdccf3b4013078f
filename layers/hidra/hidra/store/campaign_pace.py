"""What decides on the pace of one campaign at this moment, as its owner may read it."""

from datetime import timedelta
from typing import LiteralString
from uuid import UUID

from hidra.domain.pace import PaceState
from hidra.settings import SENDER_TIMEOUT_SECONDS
from hidra.store.circuit import DELAYING_PROBE, DISTRUSTED, SLOW
from hidra.store.daily_limits import FIRST_CONTACTS_LEFT, LIMITED, TODAY
from hidra.store.db import Tx, found
from hidra.store.pace import OTHERS
from hidra.store.room import open_requests
from hidra.store.send_windows import EFFECTIVE

_PENDING = "(select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'pending')"
# In the order of the one index that finds it without reading all first contacts.
_KNOWN = """coalesce((
        select true from hidra.campaign_messages m
        where m.run_id = r.id and m.status = 'pending' and m.first_contact is not null and not m.first_contact
        order by m.first_contact desc, m.id limit 1
    ), false)"""


def _sent(subject: LiteralString) -> LiteralString:
    """How many slots of a limit lay in the last minute."""
    return f"""(
    select count(*) from hidra.pace_slots s
    where s.subject = {subject} and s.slot > moment.now - interval '60 s' and s.slot <= moment.now
)"""  # noqa: S608 - made of constants


# A user's transaction has no statistics of columns whose operators are not leakproof, such as the = of an enum. Planned
# without them, a scan of all messages looks cheap. Where one remains, its cost must not have the statement compiled.
BY_INDEX = "select set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true)"
# A user has one connection; a campaign without one gets it when it is scheduled.
STATE = f"""
select moment.now, c.id as campaign_id, c.status, c.blocked_code, c.scheduled_at, c.max_messages_per_minute as rate,
    own.plan, {EFFECTIVE} as send_window,
    k.status as connection, k.error_message, k.error_code, {DISTRUSTED} as distrusted, k.distrust_reason,
    k.distrust_code, {SLOW} as slow, {DELAYING_PROBE} as probed_at,
    k.max_messages_per_minute as connection_rate, l.plan as connection_plan,
    exists {_PENDING} as pending, {OTHERS} as others,
    {_sent("c.id")} as sent, {_sent("k.id")} as connection_sent,
    requests.full_since, requests.oldest as oldest_request_at, coalesce({LIMITED}, false) as limited,
    d.begins_at as day_begins_at, d.ends_at as day_ends_at, d.open_until,
    coalesce(d.messages + d.messages_before, 0) as messages, d.message_limit,
    coalesce(d.first_contacts + d.first_contacts_before, 0) as first_contacts, d.first_contact_limit,
    (k.max_first_contacts_per_day is null or r.judged_at is null or {FIRST_CONTACTS_LEFT}
        or {_KNOWN})::integer as claimable,
    k.max_messages_per_day, k.warm_up_since, k.warm_up_limits, k.time_zone
from (select clock_timestamp() as now) moment
cross join hidra.campaigns c
left join hidra.pace_limits own on own.subject = c.id
left join hidra.campaign_runs r on r.campaign_id = c.id and r.ended_at is null
left join hidra.evolution_api_config k on k.user_id = c.user_id and k.deleted_at is null
left join hidra.pace_limits l on l.subject = k.id
cross join lateral (select greatest(moment.now, r.open_from) as slot) first
left join lateral (
    select min(o.claimed_at) as oldest,
        (array_agg(o.claimed_at order by o.claimed_at))[k.max_concurrent_sends] as full_since
    from ({open_requests("k.id")}) o
) requests on true
{TODAY}
where c.user_id = %(user_id)s and c.id = %(campaign_id)s
"""  # noqa: S608 - made of constants


def state(
    tx: Tx, *, campaign_id: UUID, sender_timeout: timedelta = timedelta(seconds=SENDER_TIMEOUT_SECONDS)
) -> PaceState:
    """
    Raises:
        NotFound: the user has no such campaign.
    """
    tx.run(BY_INDEX)
    return found(tx.row(PaceState, STATE, campaign_id=campaign_id, sender_timeout=sender_timeout), "campaign")
