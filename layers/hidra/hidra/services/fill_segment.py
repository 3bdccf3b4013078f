"""Putting contacts into a segment by hand, all of them or none."""

from collections.abc import Sequence
from uuid import UUID

from hidra.errors import Field, Rejected
from hidra.store import segments
from hidra.store.db import Database, Tx
from hidra.store.segments import Segment


def add_contacts(db: Database, user_id: UUID, segment_id: UUID, contact_ids: Sequence[UUID]) -> tuple[int, Segment]:
    """How many were not in the segment before, and the segment as it is now.

    Raises:
        NotFound: the user has no such segment.
        Rejected: naming each id that is none of the user's contacts.
    """

    def work(tx: Tx) -> tuple[int, Segment]:
        segments.get(tx, user_id=user_id, segment_id=segment_id)
        unknown = segments.unknown_contacts(tx, user_id=user_id, contact_ids=contact_ids)
        if unknown:
            raise Rejected(
                "Some contacts do not exist; none was added.",
                code="unknown-contacts",
                fields=[
                    Field(f"contact_ids.{index}", "is not one of your contacts")
                    for index, contact_id in enumerate(contact_ids)
                    if contact_id in unknown
                ],
            )
        added = segments.add(tx, user_id=user_id, segment_id=segment_id, contact_ids=contact_ids)
        return added, segments.get(tx, user_id=user_id, segment_id=segment_id)

    return db.as_user(user_id, work)
