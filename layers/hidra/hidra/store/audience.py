"""Who a campaign would reach, and why not the others: one rule for the freeze, the preflight and the preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.template import columns
from hidra.errors import NotFound
from hidra.store.db import Tx

# To be joined to a contact c: its values of the variables, and the names of those without one. An attribute comes
# first, then the contact's own column; blank is none. The values are gathered once, which the offset sees to, and made
# an object by a function of arrays: 60 % of an aggregate's time.
RESOLVED = """lateral (
    select case when h.complete then jsonb_object(%(variables)s::text[], h.given)
            else jsonb_strip_nulls(jsonb_object(%(variables)s::text[], h.given)) end as resolved,
        case when not h.complete then (
            select string_agg(p.name, ', ') from unnest(%(variables)s::text[], h.given) as p (name, value)
            where p.value is null
        ) end as missing
    from (
        select g.given, array_position(g.given, null) is null as complete
        from (
            select array(
                select coalesce(
                    nullif(btrim(c.attributes ->> name), ''),
                    case own when 'name' then nullif(btrim(c.name), '') when 'phone' then c.phone end
                )
                from unnest(%(variables)s::text[], %(columns)s::text[]) as wanted (name, own)
            ) as given
            offset 0
        ) g
        offset 0
    ) h
)"""
# One pass over the table `members` (user_id, contact_id) that a statement makes before: who opted out, each variable.
# Without an error_code a contact gets the message.
AUDIENCE = f"""audience as (
    select c.user_id, c.id as contact_id, c.phone, c.phone_hash, v.resolved,
        case when o.phone_hash is not null then 'opted_out' when v.missing is not null then 'unresolved_variable' end
            as error_code,
        case when o.phone_hash is null and v.missing is not null then 'No value for: ' || v.missing end as error_detail
    from members m
    join hidra.contacts c on c.user_id = m.user_id and c.id = m.contact_id
    left join hidra.opt_outs o on o.user_id = c.user_id and o.phone_hash = c.phone_hash
    cross join {RESOLVED} v
)"""  # noqa: S608 - made of constants
MEMBERS = """
select user_id, contact_id from hidra.segment_contacts where segment_id = %(segment_id)s
"""
FATES = f"""
with members as ({MEMBERS}), {AUDIENCE}, numbered as (
    select contact_id, phone, error_code, error_detail,
        row_number() over (partition by error_code order by contact_id) as place
    from audience
)
select error_code as reason, count(*) as recipients, coalesce(
        jsonb_agg(jsonb_build_object('contact_id', contact_id, 'phone', phone, 'detail', error_detail) order by place)
            filter (where error_code is not null and place <= %(examples)s),
        '[]'
    ) as examples
from numbered group by error_code order by error_code
"""  # noqa: S608 - made of constants
# A user has one connection, and a campaign without one takes it when it is scheduled.
PLAN = """
select c.segment_id, t.body, c.max_messages_per_minute as rate, c.scheduled_at, k.status as connection, k.integration,
    k.max_messages_per_minute as connection_rate
from hidra.campaigns c
join hidra.message_templates t on t.user_id = c.user_id and t.id = c.template_id
left join hidra.evolution_api_config k on k.user_id = c.user_id
where c.user_id = %(user_id)s and c.id = %(campaign_id)s
"""

Reason = Literal["opted_out", "unresolved_variable"]


@dataclass(frozen=True)
class Fate:
    """How many contacts of a segment get the message (no reason), or do not for this reason."""

    reason: Reason | None
    recipients: int
    examples: list[dict[str, Any]]


@dataclass(frozen=True)
class Plan:
    """What a campaign would be sent with by now; the connection's part is None where there is none."""

    segment_id: UUID
    body: str
    rate: int
    scheduled_at: datetime | None
    connection: EvolutionConnectionStatus | None
    integration: str | None
    connection_rate: int | None


def fates(tx: Tx, *, segment_id: UUID, variables: Sequence[str], examples: int) -> list[Fate]:
    """The segment's contacts by what a freeze at this moment would make of them.

    Args:
        examples: how many contacts at most stand for those with the same reason: contact_id, phone and detail of each.
    """
    return tx.rows(
        Fate,
        FATES,
        segment_id=segment_id,
        variables=list(variables),
        columns=columns(variables),
        examples=examples,
    )


def plan(tx: Tx, *, user_id: UUID, campaign_id: UUID) -> Plan:
    """
    Raises:
        NotFound: the user has no such campaign.
    """
    found = tx.row(Plan, PLAN, user_id=user_id, campaign_id=campaign_id)
    if found is None:
        raise NotFound("There is no such campaign.")
    return found
