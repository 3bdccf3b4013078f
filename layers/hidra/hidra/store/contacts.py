"""Contacts: whom a user may write to, each once by phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.consent import Consent
from hidra.domain.search import NamePart, PhonePart
from hidra.domain.template import columns
from hidra.errors import Conflict, Field, HidraError, NotFound, Rejected
from hidra.store.audience import GIVEN, RESOLVED
from hidra.store.db import Tx

type Value = str | int | float | bool

PHONE_TAKEN: Mapping[str, HidraError] = {
    "contacts_user_id_phone_key": Conflict("Another contact has this phone.", code="phone-taken")
}
NO_SEGMENT: Mapping[str, HidraError] = {
    "segment_contacts_segment_fk": Rejected(
        "There is no such segment.", code="unknown-segment", fields=[Field("segment_id", "is not one of your segments")]
    )
}

# Sorted, so that two calls with the same phones wait for each other instead of locking each other out.
# A row that was there has a locker's transaction in xmax; a new one has none.
UPSERT = """
insert into hidra.contacts as c (user_id, phone, phone_hash, name, attributes, consent)
select %(user_id)s, given.phone, given.phone_hash, given.name, given.attributes, given.consent
from unnest(
    %(phones)s::text[], %(phone_hashes)s::bytea[], %(names)s::text[], %(attributes)s::jsonb[], %(consents)s::jsonb[]
) as given (phone, phone_hash, name, attributes, consent)
order by given.phone
on conflict (user_id, phone) do update
set name = coalesce(excluded.name, c.name), attributes = c.attributes || excluded.attributes,
    consent = coalesce(excluded.consent, c.consent), updated_at = now()
returning c.id, c.phone, c.name, c.attributes, c.consent, c.created_at, c.updated_at, c.xmax = 0 as created
"""
GET = """
select id, phone, name, attributes, consent, created_at, updated_at
from hidra.contacts where user_id = %(user_id)s and id = %(contact_id)s
"""
# An OR with "no cursor yet" would cost the index its range once the plan is generic.
LIST = """
select id, phone, name, attributes, consent, created_at, updated_at from hidra.contacts
where user_id = %(user_id)s and id > coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000')
order by id limit %(limit)s
"""
# The ids come from a function that may use indexes which row-level security would forbid; the rows do not.
SEARCH = """
select c.id, c.phone, c.name, c.attributes, c.consent, c.created_at, c.updated_at
from hidra.search_contacts(
    %(prefixes)s::text[], %(suffix)s::text, %(name_part)s::text,
    coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000'), %(limit)s::integer
) as found (id)
join hidra.contacts c on c.user_id = %(user_id)s and c.id = found.id
order by c.id
"""
MEMBERS = """
select c.id, c.phone, c.name, c.attributes, c.consent, c.created_at, c.updated_at
from hidra.segment_contacts m join hidra.contacts c on c.user_id = m.user_id and c.id = m.contact_id
where m.user_id = %(user_id)s and m.segment_id = %(segment_id)s
  and m.contact_id > coalesce(%(after_id)s::uuid, '00000000-0000-0000-0000-000000000000')
order by m.contact_id limit %(limit)s
"""
VALUES = f"""
select {RESOLVED} from (
    select {GIVEN} as given from hidra.contacts c where c.user_id = %(user_id)s and c.id = %(contact_id)s offset 0
) found
"""  # noqa: S608 - made of constants
UPDATE = """
update hidra.contacts
set phone = coalesce(%(phone)s, phone),
    phone_hash = coalesce(%(phone_hash)s, phone_hash),
    name = case when %(set_name)s then %(name)s else name end,
    attributes = (attributes || %(set_attributes)s) - %(drop_attributes)s::text[],
    consent = case when %(set_consent)s then %(consent)s::jsonb else consent end,
    updated_at = now()
where user_id = %(user_id)s and id = %(contact_id)s
returning id, phone, name, attributes, consent, created_at, updated_at
"""
DELETE = "delete from hidra.contacts where user_id = %(user_id)s and id = %(contact_id)s returning true"


@dataclass(frozen=True)
class Contact:
    id: UUID
    phone: str
    name: str | None
    attributes: dict[str, Value]
    consent: Consent | None
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        if isinstance(self.consent, dict):  # as the driver reads jsonb
            object.__setattr__(self, "consent", Consent.of(self.consent))


@dataclass(frozen=True)
class Upserted(Contact):
    created: bool


@dataclass(frozen=True)
class Given:
    """What is known of one phone, to be joined to what the contact holds already."""

    phone: str
    phone_hash: bytes
    name: str | None
    attributes: Mapping[str, Value]
    consent: Consent | None = None


def upsert(tx: Tx, *, user_id: UUID, given: Sequence[Given]) -> list[Upserted]:
    """Creates or completes a contact for each phone, which must not repeat; a missing name or consent leaves the
    old one."""
    return tx.rows(
        Upserted,
        UPSERT,
        user_id=user_id,
        phones=[item.phone for item in given],
        phone_hashes=[item.phone_hash for item in given],
        names=[item.name for item in given],
        attributes=[Jsonb(dict(item.attributes)) for item in given],
        consents=[_json(item.consent) for item in given],
    )


def get(tx: Tx, *, user_id: UUID, contact_id: UUID) -> Contact:
    """
    Raises:
        NotFound: the user has no such contact.
    """
    return _found(tx.row(Contact, GET, user_id=user_id, contact_id=contact_id))


def page(tx: Tx, *, user_id: UUID, after_id: UUID | None, limit: int) -> list[Contact]:
    return tx.rows(Contact, LIST, user_id=user_id, after_id=after_id, limit=limit)


def search(tx: Tx, *, user_id: UUID, part: PhonePart | NamePart, after_id: UUID | None, limit: int) -> list[Contact]:
    """A page of those whom the search finds, in the order of ``page``."""
    prefixes, suffix = (list(part.prefixes), part.suffix) if isinstance(part, PhonePart) else ([], "")
    return tx.rows(
        Contact,
        SEARCH,
        user_id=user_id,
        prefixes=prefixes,
        suffix=suffix,
        name_part=part.text if isinstance(part, NamePart) else None,
        after_id=after_id,
        limit=limit,
    )


def members(tx: Tx, *, user_id: UUID, segment_id: UUID, after_id: UUID | None, limit: int) -> list[Contact]:
    return tx.rows(Contact, MEMBERS, user_id=user_id, segment_id=segment_id, after_id=after_id, limit=limit)


def values(tx: Tx, *, user_id: UUID, contact_id: UUID, variables: Sequence[str]) -> dict[str, str] | None:
    """What the contact would put in for each variable, those without a value left out; None without such a contact."""
    found: dict[str, str] | None = tx.value(
        VALUES,
        user_id=user_id,
        contact_id=contact_id,
        variables=list(variables),
        columns=columns(variables),
    )
    return found


def update(
    tx: Tx,
    *,
    user_id: UUID,
    contact_id: UUID,
    phone: tuple[str, bytes] | None,
    name: str | None,
    set_name: bool,
    attributes: Mapping[str, Value | None],
    consent: Consent | None,
    set_consent: bool,
) -> Contact:
    """To be run with ``PHONE_TAKEN`` as refusals.

    Args:
        phone: another number and its hash, or None for the old one.
        set_name: whether ``name`` replaces the old one.
        attributes: joined to the old ones; those that are None are removed.
        set_consent: whether ``consent`` replaces the old one.

    Raises:
        NotFound: the user has no such contact.
    """
    kept: dict[str, Any] = {key: value for key, value in attributes.items() if value is not None}
    e164, phone_hash = phone or (None, None)
    return _found(
        tx.row(
            Contact,
            UPDATE,
            user_id=user_id,
            contact_id=contact_id,
            phone=e164,
            phone_hash=phone_hash,
            name=name,
            set_name=set_name,
            set_attributes=Jsonb(kept),
            drop_attributes=[key for key in attributes if key not in kept],
            consent=_json(consent),
            set_consent=set_consent,
        )
    )


def delete(tx: Tx, *, user_id: UUID, contact_id: UUID) -> None:
    """
    Raises:
        NotFound: the user has no such contact.
    """
    if not tx.value(DELETE, user_id=user_id, contact_id=contact_id):
        raise _missing()


def _found(contact: Contact | None) -> Contact:
    if contact is None:
        raise _missing()
    return contact


def _json(consent: Consent | None) -> Jsonb | None:
    return Jsonb(consent.stored()) if consent else None


def _missing() -> NotFound:
    return NotFound("There is no such contact.")
