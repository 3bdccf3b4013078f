"""A filter as a condition on a contact c: constant fragments, every value and every attribute's name a parameter.

The one place in which a statement is put together at run time, see docs/decisions/0011-filters.md.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from hidra.domain import filter as filters
from hidra.domain.contact import Value
from hidra.domain.country import BOOLEANS, writing
from hidra.domain.filter import (
    AllOf,
    AnyOf,
    Compared,
    Comparison,
    Condition,
    ContactField,
    Contains,
    Exists,
    Filter,
    Kind,
    Not,
    OneOf,
    Starts,
)

# What a statement joins to a contact c, in a range of ids, for a filter that asks for it. A message is found by its
# run, so that the sender need not keep an index by contact.
CONTACTED = sql.SQL("""
left join (
    select m.contact_id, max(m.sent_at) as at
    from hidra.campaign_runs r join hidra.campaign_messages m on m.run_id = r.id
    where r.user_id = %(user_id)s and m.sent_at is not null
      and m.contact_id > %(after)s::uuid and m.contact_id <= %(upto)s::uuid
    group by m.contact_id
) contacted on contacted.contact_id = c.id
""")
NOTHING = sql.SQL("")

# The first of the contact's attributes that the name means. The planner finds the spellings once for a statement.
_ATTRIBUTE = sql.SQL("""(coalesce(
    c.attributes -> (select (hidra.spellings(%(user_id)s, {key}::text))[1]),
    c.attributes -> (select (hidra.spellings(%(user_id)s, {key}::text))[2]),
    case when (select cardinality(hidra.spellings(%(user_id)s, {key}::text)) > 2) then
        hidra.attribute(c.attributes, (select hidra.spellings(%(user_id)s, {key}::text))) end
))""")
_TEXT = {
    Kind.NAME: sql.SQL("c.name"),
    Kind.PHONE: sql.SQL("c.phone"),
    Kind.CONSENT_BASIS: sql.SQL("(c.consent ->> 'basis')"),
    Kind.CONSENT_SOURCE: sql.SQL("(c.consent ->> 'source')"),
    Kind.ATTRIBUTE: sql.SQL("(case when jsonb_typeof({it}) = 'string' then {it} #>> '{{}}' end)"),
}
_INSTANT = {
    Kind.CONSENT_AT: sql.SQL("hidra.instant(c.consent ->> 'at')"),
    Kind.LAST_CONTACTED: sql.SQL("contacted.at"),
    Kind.ATTRIBUTE: sql.SQL("hidra.instant({it} #>> '{{}}', {month_first}::boolean)"),
}
_ANYTHING = {
    **_TEXT,
    Kind.CONSENT_AT: sql.SQL("(c.consent ->> 'at')"),
    Kind.LAST_CONTACTED: _INSTANT[Kind.LAST_CONTACTED],
    Kind.ATTRIBUTE: sql.SQL("{it}"),
}
_ONE_OF_TEXTS = sql.SQL("coalesce({text} = any({value}::text[]), false)")
_ONE_OF = sql.SQL("coalesce({value}::jsonb @> {it}, false)")
_ONE_OF_NUMBERS = sql.SQL("coalesce(hidra.number({text}, {decimal}::text) = any({value}::numeric[]), false)")
_STARTS = sql.SQL("coalesce(starts_with(hidra.fold({text}), hidra.fold({value}::text)), false)")
_PHONE_STARTS = sql.SQL("starts_with(c.subscriber, hidra.subscriber({value}::text))")
_ONE_OF_PHONES = sql.SQL("(c.subscriber in (select hidra.subscriber(v) from unnest({value}::text[]) v))")
_CONTAINS = sql.SQL("coalesce(strpos(hidra.fold({text}), hidra.fold({value}::text)) > 0, false)")
_EXISTS = sql.SQL("({it} is not null)")
_NUMBER = {
    comparison: sql.SQL(
        "coalesce(case jsonb_typeof({it}) when 'number' then ({it})::numeric"
        " when 'string' then hidra.number({it} #>> '{{}}', {decimal}::text) end " + sign + " {value}::numeric, false)"
    )
    for comparison, sign in {Comparison.LT: "<", Comparison.LTE: "<=", Comparison.GT: ">", Comparison.GTE: ">="}.items()
}
_TIME = {
    comparison: sql.SQL("coalesce({at} " + sign + " {value}::timestamptz, false)")
    for comparison, sign in {Comparison.LT: "<", Comparison.LTE: "<=", Comparison.GT: ">", Comparison.GTE: ">="}.items()
}


def joined(wanted: Filter) -> sql.Composable:
    return CONTACTED if filters.asks_last_contacted(wanted) else NOTHING


def condition(wanted: Filter) -> tuple[sql.Composable, Mapping[str, Any]]:
    """The condition, never null, and its parameters."""
    parameters: dict[str, Any] = {}

    def bound(value: Any) -> sql.Placeholder:
        name = f"filter_{len(parameters)}"
        parameters[name] = value
        return sql.Placeholder(name)

    def of(table: Mapping[Kind, sql.SQL], field: ContactField) -> sql.Composable:
        fragment = table[field.kind]
        if field.kind is not Kind.ATTRIBUTE:
            return fragment
        return fragment.format(it=_ATTRIBUTE.format(key=bound(field.key)))

    def instant(field: ContactField, country: str) -> sql.Composable:
        fragment = _INSTANT[field.kind]
        if field.kind is not Kind.ATTRIBUTE:
            return fragment
        it = _ATTRIBUTE.format(key=bound(field.key))
        return fragment.format(it=it, month_first=bound(writing(country).month_first))

    def one_of(field: ContactField, values: Sequence[Value], country: str) -> sql.Composable:
        """Also a text that says the same: 70,00 is 70, and VERDADEIRO is true."""
        numbers = [
            Decimal(repr(each)) for each in values if isinstance(each, int | float) and not isinstance(each, bool)
        ]
        words = [word for each in values if isinstance(each, bool) for word in BOOLEANS[each]]
        made = [_ONE_OF.format(it=of(_ANYTHING, field), value=bound(Jsonb(list(values))))]
        if numbers:
            decimal = bound(writing(country).decimal)
            made.append(_ONE_OF_NUMBERS.format(text=of(_TEXT, field), decimal=decimal, value=bound(numbers)))
        if words:
            text = sql.SQL("lower({})").format(of(_TEXT, field))
            made.append(_ONE_OF_TEXTS.format(text=text, value=bound(words)))
        return sql.SQL("({})").format(sql.SQL(" or ").join(made))

    def compiled(part: Filter) -> sql.Composable:
        match part:
            case AllOf(parts):
                return sql.SQL("(true and {})").format(sql.SQL(" and ").join(map(compiled, parts)))
            case AnyOf(parts):
                return sql.SQL("(false or {})").format(sql.SQL(" or ").join(map(compiled, parts)))
            case Not(inner):
                return sql.SQL("(not {})").format(compiled(inner))
        return tested(part)

    def tested(part: Condition) -> sql.Composable:
        made: sql.Composable
        match part:
            case OneOf(field, values, country) if field.kind is Kind.ATTRIBUTE:
                made = one_of(field, values, country)
            case OneOf(field, values, _) if field.kind is Kind.PHONE:
                made = _ONE_OF_PHONES.format(value=bound(list(values)))
            case OneOf(field, values, _):
                made = _ONE_OF_TEXTS.format(text=of(_TEXT, field), value=bound(list(values)))
            case Starts(field, text) if field.kind is Kind.PHONE:
                made = _PHONE_STARTS.format(value=bound(text))
            case Starts(field, text):
                made = _STARTS.format(text=of(_TEXT, field), value=bound(text))
            case Contains(field, text):
                made = _CONTAINS.format(text=of(_TEXT, field), value=bound(text))
            case Exists(field):
                made = _EXISTS.format(it=of(_ANYTHING, field))
            case Compared(field, comparison, datetime() as at, country):
                made = _TIME[comparison].format(at=instant(field, country), value=bound(at))
            case Compared(field, comparison, number, country):
                made = _NUMBER[comparison].format(
                    it=of(_ANYTHING, field),
                    decimal=bound(writing(country).decimal),
                    value=bound(Decimal(repr(number))),
                )
        return made

    return compiled(wanted), parameters
