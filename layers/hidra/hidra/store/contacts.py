"""Contacts: the people that a user may write to, one for each phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.consent import Consent
from hidra.domain.contact import Value
from hidra.domain.search import NamePart, PhonePart
from hidra.domain.segment import UNKNOWN_SEGMENT
from hidra.errors import Conflict, HidraError
from hidra.store.audience import SPELLED, spelling
from hidra.store.db import Tx, found
from hidra.store.pages import AFTER_ID

PHONE_TAKEN: Mapping[str, HidraError] = {
    "contacts_subscriber": Conflict("Another contact has this phone; nothing was saved.", code="phone-taken")
}
NO_SEGMENT: Mapping[str, HidraError] = {"segment_contacts_segment_fk": UNKNOWN_SEGMENT}

# Of a contact c.
COLUMNS = "c.id, c.phone, c.name, c.attributes, c.consent, c.not_on_whatsapp_at, c.created_at, c.updated_at"
# One contact for each subscriber: another spelling of its number leaves the contact's phone as it is.
# Sorted, so that two statements with the same phones wait for each other instead of deadlocking.
# A row that existed has a locker's transaction in xmax; a new one has none.
UPSERT = f"""
insert into hidra.contacts as c (user_id, phone, phone_hash, name, attributes, consent)
select %(user_id)s, given.phone, given.phone_hash, given.name, given.attributes, given.consent
from unnest(
    %(phones)s::text[], %(phone_hashes)s::bytea[], %(names)s::text[], %(attributes)s::jsonb[], %(consents)s::jsonb[]
) as given (phone, phone_hash, name, attributes, consent)
order by hidra.subscriber(given.phone)
on conflict (user_id, subscriber) do update
set name = coalesce(excluded.name, c.name), attributes = c.attributes || excluded.attributes,
    consent = coalesce(excluded.consent, c.consent), updated_at = now()
returning {COLUMNS}, c.phone_hash, c.xmax = 0 as created
"""  # noqa: S608 - made of constants
GET = f"""
select {COLUMNS} from hidra.contacts c where c.user_id = %(user_id)s and c.id = %(contact_id)s
"""  # noqa: S608 - made of constants
GET_BY_PHONE = f"""
select {COLUMNS} from hidra.contacts c where c.user_id = %(user_id)s and c.subscriber = hidra.subscriber(%(phone)s)
"""  # noqa: S608 - made of constants
LIST = f"""
select {COLUMNS} from hidra.contacts c
where c.user_id = %(user_id)s and c.id > {AFTER_ID} order by c.id limit %(limit)s
"""  # noqa: S608 - made of constants
# The ids come from a function that may use indexes which row-level security would forbid; the rows do not.
SEARCH = f"""
select {COLUMNS}
from hidra.search_contacts(
    %(prefixes)s::text[], %(suffix)s::text, %(name_part)s::text, {AFTER_ID}, %(limit)s::integer
) as found (id)
join hidra.contacts c on c.user_id = %(user_id)s and c.id = found.id
order by c.id
"""  # noqa: S608 - made of constants
MEMBERS = f"""
select {COLUMNS}
from hidra.segment_contacts m join hidra.contacts c on c.user_id = m.user_id and c.id = m.contact_id
where m.user_id = %(user_id)s and m.segment_id = %(segment_id)s and m.contact_id > {AFTER_ID}
order by m.contact_id limit %(limit)s
"""  # noqa: S608 - made of constants
# As the freeze resolves them, see store/audience.py.
VALUES = f"""
with {SPELLED}
select c.id, (
    select coalesce(
        jsonb_object_agg((%(variables)s::text[])[s.place], v.value) filter (where v.value is not null), '{{}}'
    )
    from spelled s cross join lateral (
        select hidra.value(
            c.attributes, s.names, case s.own when 'name' then c.name when 'phone' then c.phone end
        ) as value
    ) v
) as values
from hidra.contacts c where c.user_id = %(user_id)s and c.id = any(%(contact_ids)s)
"""  # noqa: S608 - made of constants
UPDATE = f"""
update hidra.contacts c
set phone = coalesce(%(phone)s, c.phone),
    phone_hash = coalesce(%(phone_hash)s, c.phone_hash),
    name = case when %(set_name)s then %(name)s else c.name end,
    attributes = (c.attributes || %(set_attributes)s) - %(drop_attributes)s::text[],
    consent = case when %(set_consent)s then %(consent)s::jsonb else c.consent end,
    not_on_whatsapp_at = case
        when coalesce(%(phone_hash)s, c.phone_hash) = c.phone_hash then c.not_on_whatsapp_at
    end,
    updated_at = now()
where c.user_id = %(user_id)s and c.id = %(contact_id)s
returning {COLUMNS}
"""  # noqa: S608 - made of constants
DELETE = "delete from hidra.contacts where user_id = %(user_id)s and id = %(contact_id)s returning true"


@dataclass(frozen=True)
class Contact:
    id: UUID
    phone: str
    name: str | None
    attributes: dict[str, Value]
    consent: Consent | None
    not_on_whatsapp_at: datetime | None
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        if isinstance(self.consent, dict):  # as the driver reads jsonb
            object.__setattr__(self, "consent", Consent.of(self.consent))


@dataclass(frozen=True)
class Upserted(Contact):
    phone_hash: bytes
    created: bool


@dataclass(frozen=True)
class Given:
    """The values to save for one phone; they are merged into the contact of its subscriber."""

    phone: str
    phone_hash: bytes
    name: str | None
    attributes: Mapping[str, Value]
    consent: Consent | None = None


def upsert(tx: Tx, *, given: Sequence[Given]) -> list[Upserted]:
    """Creates or completes a contact for each phone; a missing name or consent keeps the old one.

    A contact keeps its phone where another spelling of it is given. A subscriber must not repeat.
    """
    return tx.rows(
        Upserted,
        UPSERT,
        phones=[item.phone for item in given],
        phone_hashes=[item.phone_hash for item in given],
        names=[item.name for item in given],
        attributes=[Jsonb(dict(item.attributes)) for item in given],
        consents=[_json(item.consent) for item in given],
    )


def get(tx: Tx, *, contact_id: UUID) -> Contact:
    """
    Raises:
        NotFound: the user has no such contact.
    """
    return found(tx.row(Contact, GET, contact_id=contact_id), "contact")


def get_by_phone(tx: Tx, *, phone: str) -> Contact | None:
    return tx.row(Contact, GET_BY_PHONE, phone=phone)


def page(tx: Tx, *, after_id: UUID | None, limit: int) -> list[Contact]:
    return tx.rows(Contact, LIST, after_id=after_id, limit=limit)


def search(tx: Tx, *, part: PhonePart | NamePart, after_id: UUID | None, limit: int) -> list[Contact]:
    """A page of the contacts that the search finds, in the order of ``page``."""
    prefixes, suffix = (list(part.prefixes), part.suffix) if isinstance(part, PhonePart) else ([], "")
    return tx.rows(
        Contact,
        SEARCH,
        prefixes=prefixes,
        suffix=suffix,
        name_part=part.text if isinstance(part, NamePart) else None,
        after_id=after_id,
        limit=limit,
    )


def members(tx: Tx, *, segment_id: UUID, after_id: UUID | None, limit: int) -> list[Contact]:
    return tx.rows(Contact, MEMBERS, segment_id=segment_id, after_id=after_id, limit=limit)


@dataclass(frozen=True)
class Values:
    """A contact's value for each variable that it has one for."""

    id: UUID
    values: dict[str, str]


def values(tx: Tx, *, contact_ids: Sequence[UUID], variables: Sequence[str]) -> dict[UUID, dict[str, str]]:
    """The values of those of the contacts that the user has."""
    return {row.id: row.values for row in tx.rows(Values, VALUES, contact_ids=contact_ids, **spelling(variables))}


def update(
    tx: Tx,
    *,
    contact_id: UUID,
    phone: tuple[str, bytes] | None,
    name: str | None,
    set_name: bool,
    attributes: Mapping[str, Value | None],
    consent: Consent | None,
    set_consent: bool,
) -> Contact:
    """Changes a contact. Run it with ``PHONE_TAKEN`` as refusals.

    Args:
        phone: another number and its hash, or None to keep the old one.
        set_name: whether ``name`` replaces the old one.
        attributes: merged into the old ones; an attribute that is None is removed.
        set_consent: whether ``consent`` replaces the old one.

    Raises:
        NotFound: the user has no such contact.
    """
    kept: dict[str, Any] = {key: value for key, value in attributes.items() if value is not None}
    e164, phone_hash = phone or (None, None)
    contact = tx.row(
        Contact,
        UPDATE,
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
    return found(contact, "contact")


def delete(tx: Tx, *, contact_id: UUID) -> None:
    """
    Raises:
        NotFound: the user has no such contact.
    """
    found(tx.value(DELETE, contact_id=contact_id), "contact")


def _json(consent: Consent | None) -> Jsonb | None:
    return Jsonb(consent.stored()) if consent else None
