"""The audience of a campaign, and why it skips the others: one rule for freeze, preflight and preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.template import NO_VALUE, columns
from hidra.store.db import Tx, found


def _value(name: str, own: str) -> str:
    """Returns the SQL of a contact c's value: an attribute first, then the contact's own column; blank is none."""
    return f"""coalesce(
        nullif(btrim(c.attributes ->> {name}), ''),
        case {own} when 'name' then nullif(btrim(c.name), '') when 'phone' then c.phone end
    )"""


def _written_out(length: int) -> str:
    places = range(1, length + 1)
    values = [_value(f"(%(variables)s::text[])[{place}]", f"(%(columns)s::text[])[{place}]") for place in places]
    return f"when {length} then array[{', '.join(values)}]"


# A contact c's values of the variables, in their order, null where there is none. The planner knows the number of
# variables and keeps one branch: up to eight, written out, cost half of a subquery for every contact.
GIVEN = f"""case cardinality(%(variables)s::text[])
    {" ".join(map(_written_out, range(1, 9)))}
    else array(
        select {_value("name", "own")} from unnest(%(variables)s::text[], %(columns)s::text[]) as wanted (name, own)
    )
end"""  # noqa: S608 - made of constants
# Whether all values are there, counted without reading them; and the values as an object, made from arrays in 60 % of
# an aggregate's time.
_COMPLETE = "num_nulls(variadic given) = 0"
RESOLVED = f"""case when {_COMPLETE} then jsonb_object(%(variables)s::text[], given)
    else jsonb_strip_nulls(jsonb_object(%(variables)s::text[], given)) end"""
# One pass over the table `members` (user_id, contact_id), which the statement defines before: opt-outs, and a value for
# each variable. A contact without an error_code gets the message. The offset makes the planner compute the values once.
AUDIENCE = f"""audience as (
    select user_id, contact_id, phone, phone_hash, {RESOLVED} as resolved,
        case when opted_out then 'opted_out' when not {_COMPLETE} then 'unresolved_variable' end as error_code,
        case when not opted_out and not {_COMPLETE} then %(no_value)s::text || (
            select string_agg(p.name, ', ') from unnest(%(variables)s::text[], given) as p (name, value)
            where p.value is null
        ) end as error_detail
    from (
        select c.user_id, c.id as contact_id, c.phone, c.phone_hash, o.phone_hash is not null as opted_out,
            {GIVEN} as given
        from members m
        join hidra.contacts c on c.user_id = m.user_id and c.id = m.contact_id
        left join hidra.opt_outs o on o.user_id = c.user_id and o.phone_hash = c.phone_hash
        offset 0
    ) found
)"""  # noqa: S608 - made of constants
MEMBERS = """
select user_id, contact_id from hidra.segment_contacts where segment_id = %(segment_id)s
"""
OUTCOMES = f"""
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
# A user has one connection; a campaign without one gets it when it is scheduled.
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
class AudienceOutcome:
    """The number of a segment's contacts that get the message (no reason), or do not for this reason."""

    reason: Reason | None
    recipients: int
    examples: list[dict[str, Any]]


@dataclass(frozen=True)
class Plan:
    """What a campaign would be sent with now; the fields of the connection are None if there is none."""

    segment_id: UUID
    body: str
    rate: int
    scheduled_at: datetime | None
    connection: EvolutionConnectionStatus | None
    integration: str | None
    connection_rate: int | None


def outcomes(tx: Tx, *, segment_id: UUID, variables: Sequence[str], examples: int) -> list[AudienceOutcome]:
    """Returns the segment's contacts by the outcome of a freeze at this moment.

    Args:
        examples: the maximum of contacts shown for each reason, with contact_id, phone and detail.
    """
    return tx.rows(
        AudienceOutcome,
        OUTCOMES,
        segment_id=segment_id,
        variables=list(variables),
        columns=columns(variables),
        no_value=NO_VALUE,
        examples=examples,
    )


def plan(tx: Tx, *, campaign_id: UUID) -> Plan:
    """
    Raises:
        NotFound: the user has no such campaign.
    """
    return found(tx.row(Plan, PLAN, campaign_id=campaign_id), "campaign")
