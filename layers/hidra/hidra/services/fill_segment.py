"""Adds contacts to a segment and removes them: by id, by a filter, by other segments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from hidra.domain.filter import Filter
from hidra.errors import Field, Rejected
from hidra.store import segments
from hidra.store.db import Database, Tx
from hidra.store.segments import Segment

# A slice takes a second or two. A client waits for the answer, and HTTP API gives up after 30 s.
SLICE = 50_000
ENOUGH_SECONDS = 15


def add_contacts(db: Database, user_id: UUID, segment_id: UUID, contact_ids: Sequence[UUID]) -> tuple[int, Segment]:
    """Returns how many contacts were not in the segment before, and the segment as it is now.

    Raises:
        NotFound: the user has no such segment.
        Rejected: some ids are not contacts of the user; the error names each.
    """

    def work(tx: Tx) -> tuple[int, Segment]:
        segments.get(tx, segment_id=segment_id)
        unknown = segments.unknown_contacts(tx, contact_ids=contact_ids)
        if unknown:
            raise Rejected(
                "Some of the ids are not your contacts; no contact was added.",
                code="unknown-contacts",
                fields=[
                    Field(f"contact_ids.{index}", "is not one of your contacts")
                    for index, contact_id in enumerate(contact_ids)
                    if contact_id in unknown
                ],
            )
        added = segments.add(tx, segment_id=segment_id, contact_ids=contact_ids)
        return added, segments.get(tx, segment_id=segment_id)

    return db.as_user(user_id, work)


@dataclass(frozen=True)
class Changed:
    """How many members were added or removed, the segment as it is now, and where to continue if time ran out."""

    members: int
    segment: Segment
    rest_after: UUID | None


def add_matching(db: Database, user_id: UUID, segment_id: UUID, wanted: Filter, *, after: UUID | None) -> Changed:
    """Adds the contacts that match the filter and come after the given one, slice by slice; each slice commits.

    Raises:
        NotFound: the user has no such segment.
    """

    def work(tx: Tx, after: UUID) -> tuple[int, UUID | None]:
        upto = segments.contacts_upto(tx, after=after, size=SLICE)
        if upto is None:
            return 0, None
        added = segments.fill(tx, segment_id=segment_id, wanted=wanted, after=after, upto=upto)
        return added, upto

    return _in_slices(db, user_id, segment_id, after, work)


def merge(db: Database, user_id: UUID, segment_id: UUID, others: Sequence[UUID], *, after: UUID | None) -> Changed:
    """Adds the members of the other segments, slice by slice as ``add_matching``.

    Raises:
        NotFound: the user has no such segment.
        Rejected: some of the others are not segments of the user; the error names each.
    """
    return _with_others(db, user_id, segment_id, others, after=after, change=segments.merge)


def subtract(db: Database, user_id: UUID, segment_id: UUID, others: Sequence[UUID], *, after: UUID | None) -> Changed:
    """Removes the members of the other segments, slice by slice as ``add_matching``.

    Raises:
        NotFound: the user has no such segment.
        Rejected: some of the others are not segments of the user; the error names each.
    """
    return _with_others(db, user_id, segment_id, others, after=after, change=segments.subtract)


def _with_others(
    db: Database,
    user_id: UUID,
    segment_id: UUID,
    others: Sequence[UUID],
    *,
    after: UUID | None,
    change: Callable[..., int],
) -> Changed:
    def work(tx: Tx, after: UUID) -> tuple[int, UUID | None]:
        unknown = segments.unknown(tx, segment_ids=others)
        if unknown:
            raise Rejected(
                "Some of the ids are not your segments; nothing was changed.",
                code="unknown-segment",
                fields=[
                    Field(f"segment_ids.{index}", "is not one of your segments")
                    for index, other in enumerate(others)
                    if other in unknown
                ],
            )
        upto = segments.members_upto(tx, segment_ids=others, after=after, size=SLICE)
        if upto is None:
            return 0, None
        changed = change(tx, segment_id=segment_id, segment_ids=others, after=after, upto=upto)
        return changed, upto

    return _in_slices(db, user_id, segment_id, after, work)


def _in_slices(
    db: Database,
    user_id: UUID,
    segment_id: UUID,
    after: UUID | None,
    work: Callable[[Tx, UUID], tuple[int, UUID | None]],
) -> Changed:
    began = monotonic()
    members = 0
    rest = after or segments.FIRST
    while True:

        def slice_of(tx: Tx, rest: UUID = rest) -> tuple[int, UUID | None, Segment]:
            segments.get(tx, segment_id=segment_id)
            changed, upto = work(tx, rest)
            return changed, upto, segments.get(tx, segment_id=segment_id)

        changed, upto, segment = db.as_user(user_id, slice_of, segments.CONTACT_GONE)
        members += changed
        if upto is None or monotonic() - began > ENOUGH_SECONDS:
            return Changed(members, segment, upto)
        rest = upto
