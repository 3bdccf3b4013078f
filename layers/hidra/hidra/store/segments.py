"""Segments, and which contacts are in them. A trigger keeps total_contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from hidra.domain.campaign import ContactImportSource
from hidra.domain.filter import Filter
from hidra.errors import Conflict, HidraError, NotFound, Unavailable
from hidra.store import filters
from hidra.store.contacts import Contact
from hidra.store.db import Tx

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
# A contact that is deleted between being found and being put into the segment.
CONTACT_GONE: Mapping[str, HidraError] = {
    "segment_contacts_contact_fk": Unavailable("A contact was deleted meanwhile; nothing was changed, try again.")
}

INSERT = """
insert into hidra.contact_segments (user_id, name, description, import_source)
values (%(user_id)s, %(name)s, %(description)s, %(source)s)
returning id, name, description, import_source, total_contacts, created_at
"""
GET = """
select id, name, description, import_source, total_contacts, created_at
from hidra.contact_segments where user_id = %(user_id)s and id = %(segment_id)s
"""
LIST = """
select id, name, description, import_source, total_contacts, created_at from hidra.contact_segments
where user_id = %(user_id)s
  and (created_at, id) < (
    coalesce(%(after_at)s::timestamptz, 'infinity'),
    coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000')
  )
order by created_at desc, id desc limit %(limit)s
"""
UPDATE = """
update hidra.contact_segments
set name = coalesce(%(name)s, name),
    description = case when %(set_description)s then %(description)s else description end
where user_id = %(user_id)s and id = %(segment_id)s
returning id, name, description, import_source, total_contacts, created_at
"""
# Locked, so that no campaign comes to use it before it is gone.
LOCK = "select true from hidra.contact_segments where user_id = %(user_id)s and id = %(segment_id)s for update"
USERS = """
select id, name, count(*) over () as campaigns from hidra.campaigns
where user_id = %(user_id)s and segment_id = %(segment_id)s
order by created_at desc, id desc limit %(limit)s
"""
DELETE = "delete from hidra.contact_segments where user_id = %(user_id)s and id = %(segment_id)s returning true"
UNKNOWN_CONTACTS = """
select wanted.id from unnest(%(contact_ids)s::uuid[]) as wanted (id)
where not exists (select from hidra.contacts c where c.user_id = %(user_id)s and c.id = wanted.id)
"""
ADD = """
with added as (
    insert into hidra.segment_contacts (user_id, segment_id, contact_id)
    select distinct %(user_id)s::uuid, %(segment_id)s::uuid, wanted.id
    from unnest(%(contact_ids)s::uuid[]) as wanted (id)
    order by wanted.id
    on conflict do nothing
    returning 1
)
select count(*) from added
"""
# The end of the next so many contacts or members.
CONTACTS_UPTO = """
select id from (
    select id from hidra.contacts
    where user_id = %(user_id)s and id > %(after)s::uuid order by id limit %(size)s
) slice order by id desc limit 1
"""
MEMBERS_UPTO = """
select contact_id from (
    select contact_id from hidra.segment_contacts
    where user_id = %(user_id)s and segment_id = any(%(segment_ids)s::uuid[]) and contact_id > %(after)s::uuid
    order by contact_id limit %(size)s
) slice order by contact_id desc limit 1
"""
# In the order of ids: so the index of members grows page by page, and two that fill one segment wait for each other.
FILL = sql.SQL("""
with added as (
    insert into hidra.segment_contacts (user_id, segment_id, contact_id)
    select c.user_id, %(segment_id)s::uuid, c.id
    from hidra.contacts c {joined}
    where c.user_id = %(user_id)s and c.id > %(after)s::uuid and c.id <= %(upto)s::uuid and {condition}
    order by c.id
    on conflict do nothing
    returning 1
)
select count(*) from added
""")
COUNT = sql.SQL("select count(*) from hidra.contacts c {joined} where c.user_id = %(user_id)s and {condition}")
EXAMPLES = sql.SQL("""
select c.id, c.phone, c.name, c.attributes, c.consent, c.created_at, c.updated_at
from hidra.contacts c {joined}
where c.user_id = %(user_id)s and {condition}
order by c.id limit %(limit)s
""")
UNKNOWN = """
select wanted.id from unnest(%(segment_ids)s::uuid[]) as wanted (id)
where not exists (select from hidra.contact_segments s where s.user_id = %(user_id)s and s.id = wanted.id)
"""
MERGE = """
with added as (
    insert into hidra.segment_contacts (user_id, segment_id, contact_id)
    select distinct m.user_id, %(segment_id)s::uuid, m.contact_id
    from hidra.segment_contacts m
    where m.user_id = %(user_id)s and m.segment_id = any(%(segment_ids)s::uuid[])
      and m.contact_id > %(after)s::uuid and m.contact_id <= %(upto)s::uuid
    order by m.contact_id
    on conflict do nothing
    returning 1
)
select count(*) from added
"""
SUBTRACT = """
with removed as (
    delete from hidra.segment_contacts t
    where t.user_id = %(user_id)s and t.segment_id = %(segment_id)s
      and t.contact_id > %(after)s::uuid and t.contact_id <= %(upto)s::uuid
      and t.contact_id in (
        select m.contact_id from hidra.segment_contacts m
        where m.user_id = %(user_id)s and m.segment_id = any(%(segment_ids)s::uuid[])
      )
    returning 1
)
select count(*) from removed
"""
REMOVE = """
delete from hidra.segment_contacts
where user_id = %(user_id)s and segment_id = %(segment_id)s and contact_id = %(contact_id)s
returning true
"""


@dataclass(frozen=True)
class Segment:
    id: UUID
    name: str
    description: str | None
    import_source: ContactImportSource
    total_contacts: int
    created_at: datetime


@dataclass(frozen=True)
class User:
    """A campaign that uses a segment, and how many do."""

    id: UUID
    name: str
    campaigns: int


def create(
    tx: Tx,
    *,
    user_id: UUID,
    name: str,
    description: str | None,
    source: ContactImportSource = ContactImportSource.MANUAL,
) -> Segment:
    segment = tx.row(Segment, INSERT, user_id=user_id, name=name, description=description, source=source)
    assert segment is not None
    return segment


def get(tx: Tx, *, user_id: UUID, segment_id: UUID) -> Segment:
    """
    Raises:
        NotFound: the user has no such segment.
    """
    return _found(tx.row(Segment, GET, user_id=user_id, segment_id=segment_id))


def page(tx: Tx, *, user_id: UUID, after_at: datetime | None, after_id: UUID | None, limit: int) -> list[Segment]:
    """The newest first, from behind the given one on."""
    return tx.rows(Segment, LIST, user_id=user_id, after_at=after_at, after_id=after_id, limit=limit)


def update(
    tx: Tx, *, user_id: UUID, segment_id: UUID, name: str | None, description: str | None, set_description: bool
) -> Segment:
    """Changes the name unless it is None, and the description if ``set_description``.

    Raises:
        NotFound: the user has no such segment.
    """
    return _found(
        tx.row(
            Segment,
            UPDATE,
            user_id=user_id,
            segment_id=segment_id,
            name=name,
            description=description,
            set_description=set_description,
        )
    )


def delete(tx: Tx, *, user_id: UUID, segment_id: UUID) -> None:
    """
    Raises:
        NotFound: the user has no such segment.
        Conflict: campaigns use it; up to five are named.
    """
    if not tx.value(LOCK, user_id=user_id, segment_id=segment_id):
        raise _missing()
    users = tx.rows(User, USERS, user_id=user_id, segment_id=segment_id, limit=5)
    if users:
        raise Conflict(
            f"{users[0].campaigns} campaigns use this segment." if len(users) > 1 else "A campaign uses this segment.",
            code="segment-in-use",
            more={"campaigns": [{"id": str(user.id), "name": user.name} for user in users]},
        )
    tx.run(DELETE, user_id=user_id, segment_id=segment_id)


def unknown_contacts(tx: Tx, *, user_id: UUID, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are none of the user's contacts."""
    return set(tx.values(UNKNOWN_CONTACTS, user_id=user_id, contact_ids=list(contact_ids)))


def add(tx: Tx, *, user_id: UUID, segment_id: UUID, contact_ids: Sequence[UUID]) -> int:
    """Puts the contacts into the segment and gives how many were not in it before."""
    added: int = tx.value(ADD, user_id=user_id, segment_id=segment_id, contact_ids=list(contact_ids))
    return added


def contacts_upto(tx: Tx, *, user_id: UUID, after: UUID, size: int) -> UUID | None:
    """The last of the next ``size`` contacts by id; None if there are no more."""
    upto: UUID | None = tx.value(CONTACTS_UPTO, user_id=user_id, after=after, size=size)
    return upto


def members_upto(tx: Tx, *, user_id: UUID, segment_ids: Sequence[UUID], after: UUID, size: int) -> UUID | None:
    """As ``contacts_upto``, of the members of any of the segments; one of two counts twice."""
    upto: UUID | None = tx.value(MEMBERS_UPTO, user_id=user_id, segment_ids=list(segment_ids), after=after, size=size)
    return upto


def fill(tx: Tx, *, user_id: UUID, segment_id: UUID, wanted: Filter, after: UUID, upto: UUID) -> int:
    """Puts every contact of the range that the filter fits into the segment; how many were not in it before."""
    added: int = _filtered(tx, FILL, wanted, user_id=user_id, segment_id=segment_id, after=after, upto=upto)
    return added


def count(tx: Tx, *, user_id: UUID, wanted: Filter) -> int:
    """How many contacts the filter fits."""
    found: int = _filtered(tx, COUNT, wanted, user_id=user_id, after=FIRST, upto=LAST)
    return found


def examples(tx: Tx, *, user_id: UUID, wanted: Filter, limit: int) -> list[Contact]:
    """The first that the filter fits, in the order of a list of contacts."""
    condition, parameters = filters.condition(wanted)
    statement = EXAMPLES.format(joined=filters.joined(wanted), condition=condition)
    return tx.rows(Contact, statement, user_id=user_id, after=FIRST, upto=LAST, limit=limit, **parameters)


def unknown(tx: Tx, *, user_id: UUID, segment_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are none of the user's segments."""
    return set(tx.values(UNKNOWN, user_id=user_id, segment_ids=list(segment_ids)))


def merge(tx: Tx, *, user_id: UUID, segment_id: UUID, segment_ids: Sequence[UUID], after: UUID, upto: UUID) -> int:
    """Puts the members of the others in the range into the segment; how many were not in it before."""
    added: int = tx.value(
        MERGE, user_id=user_id, segment_id=segment_id, segment_ids=list(segment_ids), after=after, upto=upto
    )
    return added


def subtract(tx: Tx, *, user_id: UUID, segment_id: UUID, segment_ids: Sequence[UUID], after: UUID, upto: UUID) -> int:
    """Takes the members of the others in the range out of the segment; how many were in it."""
    removed: int = tx.value(
        SUBTRACT, user_id=user_id, segment_id=segment_id, segment_ids=list(segment_ids), after=after, upto=upto
    )
    return removed


def remove(tx: Tx, *, user_id: UUID, segment_id: UUID, contact_id: UUID) -> None:
    """
    Raises:
        NotFound: the contact is not in the segment.
    """
    if not tx.value(REMOVE, user_id=user_id, segment_id=segment_id, contact_id=contact_id):
        raise NotFound("This contact is not in the segment.")


def _filtered(tx: Tx, statement: sql.SQL, wanted: Filter, **parameters: Any) -> Any:
    condition, values = filters.condition(wanted)
    return tx.value(statement.format(joined=filters.joined(wanted), condition=condition), **parameters, **values)


def _found(segment: Segment | None) -> Segment:
    if segment is None:
        raise _missing()
    return segment


def _missing() -> NotFound:
    return NotFound("There is no such segment.")
