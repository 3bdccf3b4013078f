"""One person, as the LGPD lets them ask: everything known about them, or nothing any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain import template
from hidra.errors import Rejected
from hidra.services.manage_contacts import identify
from hidra.store import erasure, persons
from hidra.store.contacts import Contact
from hidra.store.db import Database, Tx
from hidra.store.erasure import Erased
from hidra.store.persons import PersonsMessage, PersonsOptOut, PersonsSegment, PersonsTest


@dataclass(frozen=True)
class Received:
    """A message to the person; ``text`` is None where the contact lacked a value, so that none was ever made."""

    row: PersonsMessage
    text: str | None


@dataclass(frozen=True)
class Known:
    """Everything that is known about one phone."""

    phone: str
    contact: Contact | None
    segments: Sequence[PersonsSegment]
    opt_out: PersonsOptOut | None
    test_messages: Sequence[PersonsTest]
    messages: Sequence[Received]


def erase_person(db: Database, user_id: UUID, phone_text: str, *, country: str, secret: bytes, now: datetime) -> Erased:
    """Leaves nothing of the person in the database but the hash that keeps them opted out.

    Raises:
        Rejected: it is no phone.
        Conflict: a message to them is on its way at this moment.
        Unavailable: a campaign of the user is being started, or their contact is being saved, for more than 5 s.
    """
    e164, phone_hash = identify(user_id, phone_text, country=country, secret=secret)
    return db.as_user(user_id, lambda tx: erasure.erase(tx, user_id=user_id, phone=e164, phone_hash=phone_hash, at=now))


def export_person(
    db: Database, user_id: UUID, phone_text: str, *, country: str, secret: bytes, before_id: int | None, limit: int
) -> Known:
    """What is known, with up to ``limit`` messages, the latest first, from before the given one on.

    Raises:
        Rejected: it is no phone.
    """
    e164, phone_hash = identify(user_id, phone_text, country=country, secret=secret)

    def work(tx: Tx) -> Known:
        contact = persons.contact(tx, user_id=user_id, phone=e164)
        contact_id = contact.id if contact else None
        rows = persons.messages(
            tx, user_id=user_id, phone_hash=phone_hash, contact_id=contact_id, before_id=before_id, limit=limit
        )
        return Known(
            phone=e164,
            contact=contact,
            segments=persons.segments(tx, user_id=user_id, contact_id=contact_id) if contact_id else [],
            opt_out=persons.opt_out(tx, user_id=user_id, phone_hash=phone_hash),
            test_messages=persons.sent_tests(tx, user_id=user_id, phone_hash=phone_hash),
            messages=[Received(row, _text(row)) for row in rows],
        )

    return db.as_user(user_id, work)


def _text(row: PersonsMessage) -> str | None:
    try:
        return template.render(row.body, row.variables)
    except Rejected:
        return None
