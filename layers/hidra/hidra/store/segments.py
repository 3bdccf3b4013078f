"""Segments, and which contacts are in them. A trigger keeps total_contacts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.campaign import ContactImportSource
from hidra.errors import Conflict, HidraError, NotFound
from hidra.store.db import Tx

IN_USE: Mapping[str, HidraError] = {
    "campaigns_segment_fk": Conflict("A campaign uses this segment.", code="segment-in-use")
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
    """To be run with ``IN_USE`` as refusals.

    Raises:
        NotFound: the user has no such segment.
    """
    if not tx.value(DELETE, user_id=user_id, segment_id=segment_id):
        raise _missing()


def unknown_contacts(tx: Tx, *, user_id: UUID, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the ids that are none of the user's contacts."""
    return set(tx.values(UNKNOWN_CONTACTS, user_id=user_id, contact_ids=list(contact_ids)))


def add(tx: Tx, *, user_id: UUID, segment_id: UUID, contact_ids: Sequence[UUID]) -> int:
    """Puts the contacts into the segment and gives how many were not in it before."""
    added: int = tx.value(ADD, user_id=user_id, segment_id=segment_id, contact_ids=list(contact_ids))
    return added


def remove(tx: Tx, *, user_id: UUID, segment_id: UUID, contact_id: UUID) -> None:
    """
    Raises:
        NotFound: the contact is not in the segment.
    """
    if not tx.value(REMOVE, user_id=user_id, segment_id=segment_id, contact_id=contact_id):
        raise NotFound("This contact is not in the segment.")


def _found(segment: Segment | None) -> Segment:
    if segment is None:
        raise _missing()
    return segment


def _missing() -> NotFound:
    return NotFound("There is no such segment.")
