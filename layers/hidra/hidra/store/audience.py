"""The audience of a campaign, and why it skips the others: one rule for freeze, preflight and preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.content import MediaType
from hidra.domain.template import (
    NO_VALUE,
    TOO_LONG,
    columns,
    length_limit,
    longest,
    occurrences,
    placeholders,
    refuses_long,
)
from hidra.store.db import Tx, found

# For each variable its spellings among the names of the user's attributes, and the contact's own column that takes an
# attribute's place. The triggers contacts_added and contacts_changed keep the names. It belongs into the statement that
# reads the contacts: then no contact has a name that it lacks.
SPELLED = """spelled as materialized (
    select w.place, s.names, s.names[1] as first, s.names[2] as second, cardinality(s.names) > 2 as more,
        coalesce(w.own, case when s.names = '{}' then w.guess end) as own
    from unnest(%(variables)s::text[], %(columns)s::text[], %(guesses)s::text[])
        with ordinality as w (name, own, guess, place)
    cross join lateral (select hidra.spellings(%(user_id)s, w.name) as names offset 0) s
)"""
# How many variables are written out: for each contact that costs half of a subquery.
_WRITTEN_OUT = 8


def _own(place: str, contact: str) -> str:
    return f"case {place} when 'name' then {contact}.name when 'phone' then {contact}.phone end"


def _spelled(column: str, place: int) -> str:
    return f"(select {column} from spelled where place = {place})"  # noqa: S608 - made of constants


def _first(place: int) -> str:
    """The text that is probably the value: of an attribute or a column that a contact c has."""
    return f"""case when cardinality(%(variables)s::text[]) between {place} and {_WRITTEN_OUT} then coalesce(
        c.attributes ->> {_spelled("first", place)},
        c.attributes ->> {_spelled("second", place)},
        case when not {_spelled("more", place)} then {_own(_spelled("own", place), "c")} end
    ) end as first_{place}"""


def _value(place: int) -> str:
    """The value: that text if it begins with a letter or sign that surely shows; else hidra.value decides."""
    first = f"first_{place}"
    return f"""case
        when ascii({first}) between 33 and 126 or ascii({first}) between 174 and 767 then btrim({first})
        when {first} is not null or {_spelled("more", place)} then
            hidra.value(attributes, {_spelled("names", place)}, {_own(_spelled("own", place), "listed")})
    end"""


def _values(length: int) -> str:
    return f"when {length} then array[{', '.join(map(_value, range(1, length + 1)))}]::text[]"


# A contact's values of the variables, in their order, null where there is none. The planner knows the number of
# variables and keeps one branch.
GIVEN = f"""case cardinality(%(variables)s::text[])
    {" ".join(map(_values, range(1, _WRITTEN_OUT + 1)))}
    else array(
        select hidra.value(attributes, s.names, {_own("s.own", "listed")}) from spelled s order by s.place
    )
end"""  # noqa: S608 - made of constants
# Whether all values are there, counted without reading them; and the values as an object, made from arrays in 60 % of
# an aggregate's time.
_COMPLETE = "num_nulls(variadic given) = 0"
RESOLVED = f"""case when {_COMPLETE} then jsonb_object(%(variables)s::text[], given)
    else jsonb_strip_nulls(jsonb_object(%(variables)s::text[], given)) end"""
# The characters of the text with the values, and whether they are too many. An array has at least as many bytes as its
# texts have characters, so most contacts are not counted, and none if the limit is null.
_CHARACTERS = """(
    select %(fixed)s::integer + sum(length(p.value) * p.times)
    from unnest(given, %(times)s::integer[]) as p (value, times)
)"""
_TOO_LONG = f"""case when %(fixed)s::integer + %(most)s::integer * pg_column_size(given) > %(limit)s::integer
    then {_COMPLETE} and {_CHARACTERS} > %(limit)s::integer else false end"""
# One pass over the table `members` (user_id, contact_id), which the statement defines before: opt-outs, and a value for
# each variable. A contact without an error_code gets the message. Each offset makes the planner compute the columns
# below it once.
AUDIENCE = f"""{SPELLED}, audience as (
    select user_id, contact_id, phone, phone_hash, {RESOLVED} as resolved, too_long,
        case when opted_out then 'opted_out' when not {_COMPLETE} then 'unresolved_variable'
            when too_long and %(refuse_long)s then 'text_too_long' end as error_code,
        case when opted_out then null
            when not {_COMPLETE} then %(no_value)s::text || (
                select string_agg(p.name, ', ') from unnest(%(variables)s::text[], given) as p (name, value)
                where p.value is null
            )
            when too_long and %(refuse_long)s then format(%(too_long)s::text, {_CHARACTERS}, %(limit)s::integer)
        end as error_detail
    from (
        select user_id, contact_id, phone, phone_hash, opted_out, given, {_TOO_LONG} as too_long
        from (
            select user_id, contact_id, phone, phone_hash, opted_out, {GIVEN} as given
            from (
                select c.user_id, c.id as contact_id, c.phone, c.phone_hash, o.phone_hash is not null as opted_out,
                    c.name, c.attributes, {", ".join(map(_first, range(1, _WRITTEN_OUT + 1)))}
                from members m
                join hidra.contacts c on c.user_id = m.user_id and c.id = m.contact_id
                left join hidra.opt_outs o on o.user_id = c.user_id and o.phone_hash = c.phone_hash
                offset 0
            ) listed
            offset 0
        ) found
        offset 0
    ) measured
)"""  # noqa: S608 - made of constants
MEMBERS = """
select user_id, contact_id from hidra.segment_contacts where segment_id = %(segment_id)s
"""
OUTCOMES = f"""
with members as ({MEMBERS}), {AUDIENCE}, numbered as (
    select contact_id, phone, error_code, error_detail, too_long,
        row_number() over (partition by error_code order by contact_id) as place
    from audience
)
select error_code as reason, count(*) as recipients, count(*) filter (where too_long) as too_long, coalesce(
        jsonb_agg(jsonb_build_object('contact_id', contact_id, 'phone', phone, 'detail', error_detail) order by place)
            filter (where error_code is not null and place <= %(examples)s),
        '[]'
    ) as examples
from numbered group by error_code order by error_code
"""  # noqa: S608 - made of constants
# A user has one connection; a campaign without one gets it when it is scheduled.
PLAN = """
select c.segment_id, t.body, t.media_type, c.max_messages_per_minute as rate, c.scheduled_at, k.status as connection,
    k.integration, k.max_messages_per_minute as connection_rate
from hidra.campaigns c
join hidra.message_templates t on t.user_id = c.user_id and t.id = c.template_id
left join hidra.evolution_api_config k on k.user_id = c.user_id and k.deleted_at is null
where c.user_id = %(user_id)s and c.id = %(campaign_id)s
"""

Reason = Literal["opted_out", "unresolved_variable", "text_too_long"]


@dataclass(frozen=True)
class AudienceOutcome:
    """The number of a segment's contacts that get the message (no reason), or do not for this reason.

    ``too_long`` of them have a text above the limit of the Cloud API.
    """

    reason: Reason | None
    recipients: int
    too_long: int
    examples: list[dict[str, Any]]


@dataclass(frozen=True)
class Plan:
    """What a campaign would be sent with now; the fields of the connection are None if there is none."""

    segment_id: UUID
    body: str
    media_type: MediaType | None
    rate: int
    scheduled_at: datetime | None
    connection: EvolutionConnectionStatus | None
    integration: str | None
    connection_rate: int | None


def parameters(body: str, media_type: MediaType | None, integration: str | None) -> dict[str, Any]:
    """The parameters of ``AUDIENCE``, but for ``user_id``, for a connection of this integration."""
    variables = placeholders(body)
    fixed, times = occurrences(body)
    limit = length_limit(media_type)
    return {
        **spelling(variables),
        "no_value": NO_VALUE,
        "too_long": TOO_LONG,
        "fixed": fixed,
        "times": times,
        "most": max(times, default=0),
        "limit": limit if longest(body) > limit else None,
        "refuse_long": refuses_long(integration),
    }


def spelling(variables: Sequence[str]) -> dict[str, Any]:
    """The parameters of ``SPELLED`` and ``GIVEN``, but for ``user_id``."""
    own, guesses = columns(variables)
    return {"variables": list(variables), "columns": own, "guesses": guesses}


def outcomes(tx: Tx, *, plan: Plan, examples: int) -> list[AudienceOutcome]:
    """Returns the segment's contacts by the outcome of a freeze at this moment.

    Args:
        examples: the maximum of contacts shown for each reason, with contact_id, phone and detail.
    """
    given = parameters(plan.body, plan.media_type, plan.integration)
    return tx.rows(AudienceOutcome, OUTCOMES, segment_id=plan.segment_id, examples=examples, **given)


def plan(tx: Tx, *, campaign_id: UUID) -> Plan:
    """
    Raises:
        NotFound: the user has no such campaign.
    """
    return found(tx.row(Plan, PLAN, campaign_id=campaign_id), "campaign")
