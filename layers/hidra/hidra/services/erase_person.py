"""The rights of one person under the LGPD: an export of everything stored about them, and erasure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from hidra.domain import template
from hidra.errors import Rejected
from hidra.services.identify_phone import identify_phone
from hidra.store import contacts, erasure, exports, persons
from hidra.store.contacts import Contact
from hidra.store.db import Database, Tx
from hidra.store.erasure import Erased
from hidra.store.persons import PersonsDirectSend, PersonsMessageRow, PersonsOptOut, PersonsSegment

MAX_NUDGES = 20  # by a request; the clock asks for the deletion of further files


@dataclass(frozen=True)
class MessageWithText:
    """A campaign's message to the person; ``text`` is None where a variable had no value, so no text was rendered.

    A text that is longer than any of WhatsApp's is cut there.
    """

    row: PersonsMessageRow
    text: str | None


@dataclass(frozen=True)
class ExportPosition:
    """How far an export has come in each of its lists: behind this segment, before this direct message and message."""

    segment_id: UUID
    direct_at: datetime
    direct_id: UUID
    message_id: int


EXPORT_START = ExportPosition(UUID(int=0), datetime.max.replace(tzinfo=UTC), UUID(int=0), 2**63 - 1)
EXPORT_END = ExportPosition(UUID(int=2**128 - 1), datetime.min.replace(tzinfo=UTC), UUID(int=0), 1)


@dataclass(frozen=True)
class PersonExport:
    """Everything stored about one phone, its lists page by page."""

    phone: str
    contact: Contact | None
    segments: Sequence[PersonsSegment]
    opt_out: PersonsOptOut | None
    direct_messages: Sequence[PersonsDirectSend]
    messages: Sequence[MessageWithText]

    def rest_after(self, *, messages: int, limit: int) -> ExportPosition | None:
        """Where the next page begins, if this one has only so many of the messages; None if it is the last."""
        rest = EXPORT_END
        if len(self.segments) == limit:
            rest = replace(rest, segment_id=self.segments[-1].id)
        if len(self.direct_messages) == limit:
            last = self.direct_messages[-1]
            rest = replace(rest, direct_at=last.claimed_at, direct_id=last.id)
        if messages == limit or messages < len(self.messages):
            rest = replace(rest, message_id=self.messages[messages - 1].row.id)
        return None if rest == EXPORT_END else rest


def erase_person(
    db: Database,
    user_id: UUID,
    phone_text: str,
    *,
    country: str,
    secret: bytes,
    now: datetime,
    nudge_export: Callable[[UUID], None] = lambda _: None,
) -> Erased:
    """Deletes everything about the person from the database but the hash that keeps them opted out.

    The user's exports may name the person: open ones end, and no file of a completed one can be had any more.

    Args:
        nudge_export: asks for the deletion of an export's file. If it is lost, the clock asks again.

    Raises:
        Rejected: the phone is not valid.
        Conflict: a message to the person is being sent at this moment.
        Unavailable: starting a campaign of the user, or saving the person's contact, takes more than 5 s.
    """
    e164, phone_hash = identify_phone(user_id, phone_text, country=country, secret=secret)

    def work(tx: Tx) -> tuple[Erased, list[UUID]]:
        erased = erasure.erase(tx, phone=e164, phone_hash=phone_hash, at=now)
        return erased, exports.erase(tx)

    erased, export_ids = db.as_user(user_id, work)
    for export_id in export_ids[:MAX_NUDGES]:
        nudge_export(export_id)
    return erased


def export_person(
    db: Database, user_id: UUID, phone_text: str, *, country: str, secret: bytes, after: ExportPosition, limit: int
) -> PersonExport:
    """Returns everything stored, with up to ``limit`` items of each list from ``after`` on, messages the latest first.

    Raises:
        Rejected: the phone is not valid.
    """
    e164, phone_hash = identify_phone(user_id, phone_text, country=country, secret=secret)

    def work(tx: Tx) -> PersonExport:
        contact = contacts.get_by_phone(tx, phone=e164)
        contact_id = contact.id if contact else None
        rows = persons.messages(
            tx, phone_hash=phone_hash, contact_id=contact_id, before_id=after.message_id, limit=limit
        )
        segments = (
            persons.segments(tx, contact_id=contact_id, after_id=after.segment_id, limit=limit) if contact_id else []
        )
        return PersonExport(
            phone=e164,
            contact=contact,
            segments=segments,
            opt_out=persons.opt_out(tx, phone_hash=phone_hash),
            direct_messages=persons.direct_sends(
                tx, phone_hash=phone_hash, before_at=after.direct_at, before_id=after.direct_id, limit=limit
            ),
            messages=[MessageWithText(row, _text(row)) for row in rows],
        )

    return db.as_user(user_id, work)


def _text(row: PersonsMessageRow) -> str | None:
    try:
        return template.render(row.body, row.variables)[: template.WHATSAPP_CHARACTERS]
    except Rejected:
        return None
