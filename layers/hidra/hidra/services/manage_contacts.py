"""Saves contacts and opt-outs that users send: phones in any spelling, all of a request or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from hidra.domain import phone
from hidra.domain.consent import Consent
from hidra.domain.contact import MAX_ATTRIBUTES, Value
from hidra.errors import Field, NotFound, Rejected
from hidra.services.identify_phone import identify_phone, parse_phones
from hidra.store import contacts, messages, opt_out_requests, opt_outs, segments
from hidra.store.contacts import Contact, Given, Upserted
from hidra.store.db import Database, Tx


@dataclass(frozen=True)
class NewContact:
    phone: str
    name: str | None
    attributes: Mapping[str, Value]
    consent: Consent | None = None


@dataclass(frozen=True)
class OptOutResult:
    """How many phones were not opted out before, and how many pending messages to them were skipped."""

    opted_out: int
    skipped_messages: int


def save_contacts(
    db: Database,
    user_id: UUID,
    wanted: Sequence[NewContact],
    *,
    segment_id: UUID | None,
    country: str,
    secret: bytes,
) -> list[Upserted]:
    """Creates or completes the contacts and adds them to the segment; returns a row for each of ``wanted``, in order.

    The same phone twice, in whichever spelling, is one contact: it keeps the phone that it has or that comes first,
    attributes are merged, the last name, consent and value of an attribute win.

    Raises:
        Rejected: a phone is not valid, or its person was erased; a contact would have too many attributes; or the user
            has no such segment. The error names each.
    """
    phones = parse_phones([item.phone for item in wanted], country, lambda index: f"contacts.{index}.phone")
    hashed = phone.hasher(secret, str(user_id))
    hashes = [hashed(e164) for e164 in phones]
    given: dict[bytes, Given] = {}
    for e164, phone_hash, item in zip(phones, hashes, wanted, strict=True):
        known = given.get(phone_hash) or Given(e164, phone_hash, None, {})
        given[phone_hash] = replace(
            known,
            name=item.name or known.name,
            attributes={**known.attributes, **item.attributes},
            consent=item.consent or known.consent,
        )

    def work(tx: Tx) -> list[Upserted]:
        saved = {row.phone_hash: row for row in contacts.upsert(tx, given=list(given.values()))}
        rows = [saved[phone_hash] for phone_hash in hashes]
        _refuse_erased(tx, [(f"contacts.{at}.phone", phone_hash) for at, phone_hash in enumerate(hashes)])
        _check_attributes({f"contacts.{index}.attributes": row for index, row in enumerate(rows)})
        if segment_id is not None:
            segments.add(tx, segment_id=segment_id, contact_ids=[row.id for row in saved.values()])
        return rows

    return db.as_user(user_id, work, contacts.NO_SEGMENT)


def change_contact(
    db: Database,
    user_id: UUID,
    contact_id: UUID,
    *,
    phone_text: str | None,
    country: str,
    secret: bytes,
    name: str | None,
    set_name: bool,
    attributes: Mapping[str, Value | None],
    consent: Consent | None,
    set_consent: bool,
) -> Contact:
    """Changes the given fields; an attribute that is None is removed. Pending messages keep their frozen phone.

    Raises:
        Rejected: the phone is not valid, or its person was erased; or the contact would have too many attributes.
        NotFound: the user has no such contact.
        Conflict: another contact has the phone.
    """
    moved = None
    if phone_text is not None:
        moved = identify_phone(user_id, phone_text, country=country, secret=secret)

    def work(tx: Tx) -> Contact:
        contact = contacts.update(
            tx,
            contact_id=contact_id,
            phone=moved,
            name=name,
            set_name=set_name,
            attributes=attributes,
            consent=consent,
            set_consent=set_consent,
        )
        if moved is not None:
            _refuse_erased(tx, [("phone", moved[1])])
        _check_attributes({"attributes": contact})
        return contact

    return db.as_user(user_id, work, contacts.PHONE_TAKEN)


def opt_out(
    db: Database, user_id: UUID, phones: Sequence[str], *, reason: str | None, country: str, secret: bytes
) -> OptOutResult:
    """Opts the phones out and skips the pending messages to them, in one transaction.

    Raises:
        Rejected: some phones are not valid; the error names each.
    """
    numbers = parse_phones(phones, country, lambda index: f"phones.{index}")
    hashes = list({phone.phone_hash(secret, str(user_id), e164) for e164 in numbers})

    def work(tx: Tx) -> OptOutResult:
        # The lock order: messages before opt-outs.
        skipped = messages.skip_phones(tx, phone_hashes=hashes, code="opted_out")
        added = opt_outs.insert(tx, user_id=user_id, phone_hashes=hashes, reason=reason, source="api")
        return OptOutResult(len(added), skipped)

    return db.as_user(user_id, work)


def opt_in(db: Database, user_id: UUID, phone_text: str, *, secret: bytes) -> None:
    """Opts a phone in again, whether its person or the user opted it out.

    Raises:
        Rejected: the phone is not valid.
        NotFound: the phone is not opted out.
    """
    _, phone_hash = identify_phone(user_id, phone_text, secret=secret)

    def work(tx: Tx) -> bool:
        opt_out_requests.opt_in_by_api(tx, phone_hash=phone_hash)
        return opt_outs.delete(tx, phone_hash=phone_hash)

    if not db.as_user(user_id, work):
        raise NotFound("This phone is not opted out.")


def _refuse_erased(tx: Tx, places: Sequence[tuple[str, bytes]]) -> None:
    """Call it after the contacts were written; see ``opt_outs.erased``."""
    erased = opt_outs.erased(tx, phone_hashes=[phone_hash for _, phone_hash in places])
    wrong = [Field(place, "belongs to a person who was erased") for place, phone_hash in places if phone_hash in erased]
    if wrong:
        raise Rejected(
            "Some phones belong to persons who were erased; nothing was saved. Remove them from the request.",
            code="erased-phone",
            fields=wrong,
        )


def _check_attributes(rows: Mapping[str, Contact]) -> None:
    too_many = [place for place, row in rows.items() if len(row.attributes) > MAX_ATTRIBUTES]
    if too_many:
        raise Rejected(
            f"A contact holds at most {MAX_ATTRIBUTES} attributes; nothing was saved. Remove some.",
            code="too-many-attributes",
            fields=[Field(place, "would be too many, with those that the contact has") for place in too_many],
        )
