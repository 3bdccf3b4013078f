"""The rights of one person under the LGPD: an export of everything stored about them, and erasure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain import template
from hidra.errors import Rejected
from hidra.services.identify_phone import identify_phone
from hidra.store import contacts, erasure, persons
from hidra.store.contacts import Contact
from hidra.store.db import Database, Tx
from hidra.store.erasure import Erased
from hidra.store.persons import PersonsDirectSend, PersonsMessageRow, PersonsOptOut, PersonsSegment


@dataclass(frozen=True)
class MessageWithText:
    """A campaign's message to the person; ``text`` is None where a variable had no value, so no text was rendered."""

    row: PersonsMessageRow
    text: str | None


@dataclass(frozen=True)
class PersonExport:
    """Everything stored about one phone."""

    phone: str
    contact: Contact | None
    segments: Sequence[PersonsSegment]
    opt_out: PersonsOptOut | None
    direct_messages: Sequence[PersonsDirectSend]
    messages: Sequence[MessageWithText]


def erase_person(db: Database, user_id: UUID, phone_text: str, *, country: str, secret: bytes, now: datetime) -> Erased:
    """Deletes everything about the person from the database but the hash that keeps them opted out.

    Raises:
        Rejected: the phone is not valid.
        Conflict: a message to the person is being sent at this moment.
        Unavailable: starting a campaign of the user, or saving the person's contact, takes more than 5 s.
    """
    e164, phone_hash = identify_phone(user_id, phone_text, country=country, secret=secret)
    return db.as_user(user_id, lambda tx: erasure.erase(tx, phone=e164, phone_hash=phone_hash, at=now))


def export_person(
    db: Database, user_id: UUID, phone_text: str, *, country: str, secret: bytes, before_id: int | None, limit: int
) -> PersonExport:
    """Returns everything stored, with up to ``limit`` messages, the latest first, from before the given one on.

    Raises:
        Rejected: the phone is not valid.
    """
    e164, phone_hash = identify_phone(user_id, phone_text, country=country, secret=secret)

    def work(tx: Tx) -> PersonExport:
        contact = contacts.get_by_phone(tx, phone=e164)
        contact_id = contact.id if contact else None
        rows = persons.messages(tx, phone_hash=phone_hash, contact_id=contact_id, before_id=before_id, limit=limit)
        return PersonExport(
            phone=e164,
            contact=contact,
            segments=persons.segments(tx, contact_id=contact_id) if contact_id else [],
            opt_out=persons.opt_out(tx, phone_hash=phone_hash),
            direct_messages=persons.direct_sends(tx, phone_hash=phone_hash),
            messages=[MessageWithText(row, _text(row)) for row in rows],
        )

    return db.as_user(user_id, work)


def _text(row: PersonsMessageRow) -> str | None:
    try:
        return template.render(row.body, row.variables)
    except Rejected:
        return None
