"""A batch of an import's rows, copied into a temporary table and from there into contacts and a segment."""

from dataclasses import dataclass
from uuid import UUID

from hidra.errors import Unavailable
from hidra.store.db import Tx

# Lives for one transaction: no other one sees it, and a crash leaves nothing to clean up.
STAGE = """
create temporary table entries (
    number integer not null,
    round integer not null,
    phone text not null,
    phone_hash bytea not null,
    name text,
    attributes jsonb not null,
    consent jsonb,
    first_name text,
    first_attributes jsonb,
    first_consent jsonb
) on commit drop
"""
# There are no statistics of the temporary table, nor of the contacts that a first import has just created. Without them
# the planner reads all of a user's contacts for each batch, or for each row. A batch is small beside them, so every row
# is looked up by index: OFFSET 0 below keeps the planner from turning the lookup into another join.
BY_INDEX = """
select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_bitmapscan', 'off', true)
"""
COPY = "copy pg_temp.entries from stdin"
# The hash of an erased phone is kept, so that no file creates the contact again.
ERASED = """
select e.number
from pg_temp.entries e
join hidra.opt_outs o on o.user_id = %(user_id)s and o.phone_hash = e.phone_hash and o.source = 'erasure'
order by e.number
"""
REMOVE = "delete from pg_temp.entries where number = any(%(numbers)s::integer[])"
# Contacts that would not change are neither written nor locked, so importing the same file again only reads. New ones
# are inserted without ON CONFLICT, which costs a fifth more: if another transaction creates one at this moment, this
# one fails (``Raced``), is run again and finds it. A new contact is in no segment yet: its members are not looked up.
WRITE = """
with known as materialized (
    select e.number, e.phone, e.phone_hash, e.name, e.attributes, e.consent, c.id,
        c.id is not null and not c.attributes @> e.attributes
            and (select count(*) from jsonb_object_keys(c.attributes || e.attributes)) > %(max_attributes)s as too_many,
        c.id is not null and not (
            c.attributes @> f.attributes
            and (f.name is null or c.name is not distinct from f.name)
            and (f.consent is null or c.consent is not distinct from f.consent)
        ) as first_changes,
        c.id is not null and not (
            c.attributes @> e.attributes
            and (e.name is null or c.name is not distinct from e.name)
            and (e.consent is null or c.consent is not distinct from e.consent)
        ) as changes
    from pg_temp.entries e
    left join lateral (
        select c.id, c.name, c.attributes, c.consent
        from hidra.contacts c where c.user_id = %(user_id)s and c.subscriber = hidra.subscriber(e.phone) offset 0
    ) c on true
    cross join lateral (
        select coalesce(e.first_attributes, e.attributes) as attributes,
            case when e.first_attributes is null then e.name else e.first_name end as name,
            case when e.first_attributes is null then e.consent else e.first_consent end as consent
    ) f
    where e.round = %(round)s
), created as (
    insert into hidra.contacts (user_id, phone, phone_hash, name, attributes, consent)
    select %(user_id)s, k.phone, k.phone_hash, k.name, k.attributes, k.consent
    from known k where k.id is null
    returning id
), changed as (
    insert into hidra.contacts as c (user_id, phone, phone_hash, name, attributes, consent)
    select %(user_id)s, k.phone, k.phone_hash, k.name, k.attributes, k.consent
    from known k where k.changes and not k.too_many order by hidra.subscriber(k.phone)
    on conflict (user_id, subscriber) do update
    set name = coalesce(excluded.name, c.name), attributes = c.attributes || excluded.attributes,
        consent = coalesce(excluded.consent, c.consent), updated_at = now()
), added as (
    insert into hidra.segment_contacts (user_id, segment_id, contact_id)
    select %(user_id)s, %(segment_id)s, c.id from created c where %(segment_id)s::uuid is not null order by c.id
), joined as (
    insert into hidra.segment_contacts (user_id, segment_id, contact_id)
    select %(user_id)s, %(segment_id)s, k.id from known k
    where %(segment_id)s::uuid is not null and k.id is not null and not k.too_many and not exists (
        select from hidra.segment_contacts m where m.segment_id = %(segment_id)s and m.contact_id = k.id
    )
    order by k.id
    on conflict do nothing
)
select count(*) filter (where id is null) as created,
    count(*) filter (where first_changes and not too_many) as updated,
    count(*) filter (where id is not null and not first_changes and not too_many) as unchanged,
    coalesce(array_agg(number order by number) filter (where too_many), '{}') as too_many_attributes
from known
"""


class Raced(Unavailable):
    """Another transaction created or deleted a contact of the batch at this moment. Run again, the batch sees that."""


_RACED = Raced("Another request is saving the same contacts. Try again in a few seconds.")
RACES = {"contacts_subscriber": _RACED, "segment_contacts_contact_fk": _RACED}


@dataclass(frozen=True)
class Written:
    """How many entries did what, and the numbers of those not written, because their contact would get too many
    attributes."""

    created: int
    updated: int
    unchanged: int
    too_many_attributes: list[int]


def stage(tx: Tx, *, user_id: UUID, copy_text: bytes) -> list[int]:
    """Copies the entries into a temporary table, without those of erased contacts; returns the numbers of these.

    Needs an unpipelined transaction.

    Args:
        copy_text: as ``Batch.copy_text`` returns it.
    """
    tx.run(STAGE)
    tx.copy(COPY, copy_text)
    tx.run(BY_INDEX)
    erased: list[int] = tx.values(ERASED, user_id=user_id)
    if erased:
        tx.run(REMOVE, numbers=erased)
    return erased


def write(tx: Tx, *, user_id: UUID, segment_id: UUID | None, round: int, max_attributes: int) -> Written:
    """Creates or updates the contact of each entry of the round, and makes it a member of the segment if there is one.

    An entry counts as its first row does.
    """
    written = tx.row(Written, WRITE, user_id=user_id, segment_id=segment_id, round=round, max_attributes=max_attributes)
    assert written is not None
    return written
