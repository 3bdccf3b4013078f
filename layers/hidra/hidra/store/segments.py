"""Segments and their members. A trigger keeps total_contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from hidra.domain.campaign import ContactImportSource
from hidra.domain.filter import Filter
from hidra.errors import Conflict, HidraError, NotFound, Unavailable
from hidra.store import contacts, filters
from hidra.store.contacts import Contact
from hidra.store.db import Tx, found
from hidra.store.pages import newest_first

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
# A contact that is deleted after it was found and before it is in the segment.
CONTACT_GONE: Mapping[str, HidraError] = {
    "segment_contacts_contact_fk": Unavailable(
        "A contact was deleted while the segment was being filled; not all contacts were added. Send the same request"
        " again."
    )
}

COLUMNS = "id, name, description, import_source, total_contacts, created_at"
INSERT = f"""
insert into hidra.contact_segments (user_id, name, description, import_source)
values (%(user_id)s, %(name)s, %(description)s, %(source)s)
returning {COLUMNS}
"""  # noqa: S608 - made of constants
GET = f"""
select {COLUMNS} from hidra.contact_segments where user_id = %(user_id)s and id = %(segment_id)s
"""  # noqa: S608 - made of constants
LIST = f"""
select {COLUMNS} from hidra.contact_segments where user_id = %(user_id)s and {newest_first("created_at")}
"""  # noqa: S608 - made of constants
UPDATE = f"""
update hidra.contact_segments
set name = coalesce(%(name)s, name),
    description = case when %(set_description)s then %(description)s else description end
where user_id = %(user_id)s and id = %(segment_id)s
returning {COLUMNS}
"""  # noqa: S608 - made of constants
# Locked, so that no campaign starts to use the segment before it is deleted.
LOCK = "select true from hidra.contact_segments where user_id = %(user_id)s and id = %(segment_id)s for update"
USING_CAMPAIGNS = """
select c.id, c.name, count(*) over () as campaigns from hidra.campaigns c
where c.user_id = %(user_id)s and c.id in (
    select id from hidra.campaigns where user_id = %(user_id)s and segment_id = %(segment_id)s
    union all
    select campaign_id from hidra.campaign_excluded_segments
    where user_id = %(user_id)s and segment_id = %(segment_id)s
)
order by c.created_at desc, c.id desc limit %(limit)s
"""
DELETE = "delete from hidra.contact_segments where user_id = %(user_id)s and id = %(segment_id)s returning true"
# Skips a segment that another transaction uses at this moment: it gets a member or a campaign, or is deleted.
LOCK_OF_IMPORT = """
select s.id from hidra.contact_imports i
join hidra.contact_segments s on s.user_id = i.user_id and s.id = i.segment_id
where i.id = %(import_id)s and i.status in ('failed', 'canceled') and i.created + i.updated + i.unchanged = 0
  and s.name = i.options ->> 'segment_name' and s.description is null and s.total_contacts = 0
for update of s skip locked
"""
DELETE_UNUSED = """
delete from hidra.contact_segments s
where s.id = %(segment_id)s and s.total_contacts = 0
  and not exists (select from hidra.campaigns c where c.user_id = s.user_id and c.segment_id = s.id)
  and not exists (
    select from hidra.campaign_excluded_segments e where e.user_id = s.user_id and e.segment_id = s.id
  )
  and not exists (
    select from hidra.contact_imports i
    where i.user_id = s.user_id and i.segment_id = s.id and i.status in ('waiting', 'running')
  )
"""
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
# The last id of a slice of contacts, or of members.
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
# In the order of ids: the index of members grows page by page, and two requests that fill one segment wait for each
# other instead of deadlocking.
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
EXAMPLES = sql.SQL(
    f"select {contacts.COLUMNS}"  # noqa: S608 - made of constants
    " from hidra.contacts c {joined} where c.user_id = %(user_id)s and {condition} order by c.id limit %(limit)s"
)
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
class UsingCampaign:
    """A campaign that uses a segment, and how many campaigns use it."""

    id: UUID
    name: str
    campaigns: int


def create(
    tx: Tx,
    *,
    name: str,
    description: str | None,
    source: ContactImportSource = ContactImportSource.MANUAL,
) -> Segment:
    [segment] = tx.rows(Segment, INSERT, name=name, description=description, source=source)
    return segment


def get(tx: Tx, *, segment_id: UUID) -> Segment:
    """
    Raises:
        NotFound: the user has no such segment.
    """
    return found(tx.row(Segment, GET, segment_id=segment_id), "segment")


def page(tx: Tx, *, after_at: datetime | None, after_id: UUID | None, limit: int) -> list[Segment]:
    """The newest first, after the given one."""
    return tx.rows(Segment, LIST, after_at=after_at, after_id=after_id, limit=limit)


def update(tx: Tx, *, segment_id: UUID, name: str | None, description: str | None, set_description: bool) -> Segment:
    """Changes the name unless it is None, and the description if ``set_description``.

    Raises:
        NotFound: the user has no such segment.
    """
    segment = tx.row(
        Segment,
        UPDATE,
        segment_id=segment_id,
        name=name,
        description=description,
        set_description=set_description,
    )
    return found(segment, "segment")


def delete(tx: Tx, *, segment_id: UUID) -> None:
    """
    Raises:
        NotFound: the user has no such segment.
        Conflict: campaigns use it; up to five are named.
    """
    found(tx.value(LOCK, segment_id=segment_id), "segment")
    using = tx.rows(UsingCampaign, USING_CAMPAIGNS, segment_id=segment_id, limit=5)
    if using:
        campaigns_use = "A campaign uses" if len(using) == 1 else f"{using[0].campaigns} campaigns use"
        raise Conflict(
            f"{campaigns_use} this segment; it was not deleted. Change or delete the drafts that use"
            " it; a campaign that has started keeps it.",
            code="segment-in-use",
            more={"campaigns": [{"id": str(campaign.id), "name": campaign.name} for campaign in using]},
        )
    tx.run(DELETE, segment_id=segment_id)


def delete_unused(tx: Tx, *, import_id: UUID) -> None:
    """Deletes the segment that was created for an import which failed or was canceled and imported no contact, unless
    the segment has members, was changed, or a campaign or another import uses it."""
    segment_id = tx.value(LOCK_OF_IMPORT, import_id=import_id)
    if segment_id is not None:
        tx.run(DELETE_UNUSED, segment_id=segment_id)


def unknown_contacts(tx: Tx, *, contact_ids: Sequence[UUID]) -> set[UUID]:
    """The ids that are not a contact of the user."""
    return set(tx.values(UNKNOWN_CONTACTS, contact_ids=list(contact_ids)))


def add(tx: Tx, *, segment_id: UUID, contact_ids: Sequence[UUID]) -> int:
    """Adds the contacts to the segment; returns how many were not in it before."""
    added: int = tx.value(ADD, segment_id=segment_id, contact_ids=list(contact_ids))
    return added


def contacts_upto(tx: Tx, *, after: UUID, size: int) -> UUID | None:
    """The last of the next ``size`` contacts by id; None if there are no more."""
    upto: UUID | None = tx.value(CONTACTS_UPTO, after=after, size=size)
    return upto


def members_upto(tx: Tx, *, segment_ids: Sequence[UUID], after: UUID, size: int) -> UUID | None:
    """As ``contacts_upto``, over the members of the segments; a member of two counts twice."""
    upto: UUID | None = tx.value(MEMBERS_UPTO, segment_ids=list(segment_ids), after=after, size=size)
    return upto


def fill(tx: Tx, *, segment_id: UUID, wanted: Filter, after: UUID, upto: UUID) -> int:
    """Adds each contact of the range that matches the filter; returns how many were not in the segment before."""
    return _counted(tx, FILL, wanted, segment_id=segment_id, after=after, upto=upto)


def count(tx: Tx, *, wanted: Filter) -> int:
    """How many contacts match the filter."""
    return _counted(tx, COUNT, wanted, after=FIRST, upto=LAST)


def examples(tx: Tx, *, wanted: Filter, limit: int) -> list[Contact]:
    """The first contacts that match the filter, in the order of ``contacts.page``."""
    condition, parameters = filters.condition(wanted)
    statement = EXAMPLES.format(joined=filters.joined(wanted), condition=condition)
    return tx.rows(Contact, statement, after=FIRST, upto=LAST, limit=limit, **parameters)


def unknown(tx: Tx, *, segment_ids: Sequence[UUID]) -> set[UUID]:
    """The ids that are not a segment of the user."""
    return set(tx.values(UNKNOWN, segment_ids=list(segment_ids)))


def merge(tx: Tx, *, segment_id: UUID, segment_ids: Sequence[UUID], after: UUID, upto: UUID) -> int:
    """Adds the other segments' members in the range; returns how many were not in the segment before."""
    added: int = tx.value(MERGE, segment_id=segment_id, segment_ids=list(segment_ids), after=after, upto=upto)
    return added


def subtract(tx: Tx, *, segment_id: UUID, segment_ids: Sequence[UUID], after: UUID, upto: UUID) -> int:
    """Removes the other segments' members in the range; returns how many were in the segment."""
    removed: int = tx.value(SUBTRACT, segment_id=segment_id, segment_ids=list(segment_ids), after=after, upto=upto)
    return removed


def remove(tx: Tx, *, segment_id: UUID, contact_id: UUID) -> None:
    """
    Raises:
        NotFound: the contact is not in the segment.
    """
    if not tx.value(REMOVE, segment_id=segment_id, contact_id=contact_id):
        raise NotFound("This contact is not in the segment.")


def _counted(tx: Tx, statement: sql.SQL, wanted: Filter, **parameters: Any) -> int:
    condition, values = filters.condition(wanted)
    filtered = statement.format(joined=filters.joined(wanted), condition=condition)
    count: int = tx.value(filtered, **parameters, **values)
    return count
