"""The audience of a campaign, and why it skips the others: one rule for freeze, preflight and preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hidra.domain.content import MediaType
from hidra.domain.message import OUTCOME_UNKNOWN
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
from hidra.store.db import Tx

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
# Whether a message of any campaign was sent to the phone of a contact c, or may have been, since the rules' days began:
# one that is being posted, or whose outcome is in doubt or was never known, counts. The offset makes it a lookup by
# campaign_messages_phone for each contact that no rule before skips.
CONTACTED = f"""exists (
    select from hidra.campaign_messages x
    where x.user_id = %(user_id)s and x.phone_hash = c.phone_hash
        and coalesce(x.sent_at, x.claimed_at) > now() - make_interval(days => %(not_contacted_for_days)s)
        and (x.sent_at is not null or x.status in ('sending', 'unknown') or x.error_code = '{OUTCOME_UNKNOWN}')
    offset 0
)"""
# Why a contact c is skipped, in this order; null if it is not.
SKIPPED = f"""case
    when o.phone_hash is not null then 'opted_out'
    when excluded.contact_id is not null then 'excluded'
    when %(skip_not_on_whatsapp_days)s > 0
        and c.not_on_whatsapp_at > now() - make_interval(days => %(skip_not_on_whatsapp_days)s)
        then 'not_on_whatsapp_before'
    when %(not_contacted_for_days)s::integer is not null and {CONTACTED} then 'contacted_recently'
end"""
# One pass over the table `members` (user_id, contact_id), which the statement defines before: the contacts to skip, and
# a value for each variable of the others. A contact without an error_code gets the message. Each offset makes the
# planner compute the columns below it once.
AUDIENCE = f"""{SPELLED}, audience as (
    select user_id, contact_id, phone, phone_hash, {RESOLVED} as resolved, too_long, skipped is not null as skipped,
        case when skipped is not null then skipped when not {_COMPLETE} then 'unresolved_variable'
            when too_long and %(refuse_long)s then 'text_too_long' end as error_code,
        case when skipped is not null then null
            when not {_COMPLETE} then %(no_value)s::text || (
                select string_agg(p.name, ', ') from unnest(%(variables)s::text[], given) as p (name, value)
                where p.value is null
            )
            when too_long and %(refuse_long)s then format(%(too_long)s::text, {_CHARACTERS}, %(limit)s::integer)
        end as error_detail
    from (
        select user_id, contact_id, phone, phone_hash, skipped, given, {_TOO_LONG} as too_long
        from (
            select user_id, contact_id, phone, phone_hash, skipped, {GIVEN} as given
            from (
                select c.user_id, c.id as contact_id, c.phone, c.phone_hash, {SKIPPED} as skipped,
                    c.name, c.attributes, {", ".join(map(_first, range(1, _WRITTEN_OUT + 1)))}
                from members m
                join hidra.contacts c on c.user_id = m.user_id and c.id = m.contact_id
                left join hidra.opt_outs o on o.user_id = c.user_id and o.phone_hash = c.phone_hash
                left join (
                    select distinct s.contact_id from hidra.segment_contacts s
                    where s.user_id = %(user_id)s and s.segment_id = any(%(exclude_segment_ids)s::uuid[])
                ) excluded on excluded.contact_id = c.id
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
RULES = """
select array(
        select e.segment_id from hidra.campaign_excluded_segments e where e.campaign_id = c.id order by e.segment_id
    ) as exclude_segment_ids, c.not_contacted_for_days, c.skip_not_on_whatsapp_days
from hidra.campaigns c where c.user_id = %(user_id)s and c.id = %(campaign_id)s
"""


@dataclass(frozen=True)
class SkipRules:
    """Which recipients a campaign's first freeze skips, beside those that opted out; see hidra.campaigns."""

    exclude_segment_ids: list[UUID]
    not_contacted_for_days: int | None
    skip_not_on_whatsapp_days: int


# A retry's: its recipients were judged when they were frozen first.
SKIP_NONE = SkipRules([], None, 0)


def skip_rules(tx: Tx, *, user_id: UUID, campaign_id: UUID) -> SkipRules:
    """Returns the campaign's rules for its first freeze."""
    found = tx.row(SkipRules, RULES, user_id=user_id, campaign_id=campaign_id)
    if found is None:
        raise AssertionError("the caller has read the campaign")
    return found


def parameters(body: str, media_type: MediaType | None, integration: str | None, rules: SkipRules) -> dict[str, Any]:
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
        **vars(rules),
    }


def spelling(variables: Sequence[str]) -> dict[str, Any]:
    """The parameters of ``SPELLED`` and ``GIVEN``, but for ``user_id``."""
    own, guesses = columns(variables)
    return {"variables": list(variables), "columns": own, "guesses": guesses}
