"""Contacts and opt-outs over HTTP."""

from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from hidra.domain.content import MediaType
from hidra.domain.message import MessageStatus
from hidra.domain.phone import calling_code
from hidra.domain.reply import MAX_WORDS, OPT_IN_WORDS, OPT_OUT_WORDS, check_words
from hidra.domain.search import parse as read_search
from hidra.entry.consent import ConsentIn
from hidra.entry.fields import (
    LEFT_OUT,
    AttributeName,
    Attributes,
    AttributeValue,
    ConfirmationText,
    Country,
    Name,
    PhoneText,
    Reason,
    ReplyWord,
)
from hidra.entry.http import Body, answers, lambda_handler, resolver
from hidra.entry.paging import Cursor, Limit, after, next_cursor
from hidra.entry.tenant import Page, instant, known_caller, no_content
from hidra.gateways.aws import read_json_secret, read_secret
from hidra.services import erase_person, manage_contacts
from hidra.services.manage_contacts import NewContact, OptOutResult
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store import contacts, opt_out_requests, opt_out_settings, opt_outs
from hidra.store.contacts import Contact
from hidra.store.db import Database
from hidra.store.erasure import Erased
from hidra.store.persons import PersonsOptOut, PersonsSegment, PersonsTest

Search = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00]*$",
        description="How words of a name begin, whatever case and accents; or, of digits alone, how a phone begins"
        " (with or without its country's code) or ends.",
    ),
]
SearchCountry = Annotated[
    str, Query(pattern=r"^[A-Z]{2}$", description="ISO 3166 code of the country of a searched phone without +.")
]

ENV = require(*DATABASE_SETTINGS, "PHONE_HASH_SECRET")
db = Database(ENV, read_json_secret)
app = resolver()
handler = lambda_handler(app)


class ContactIn(Body):
    phone: PhoneText
    name: Name | None = None
    attributes: Annotated[Attributes, Field(default_factory=dict)]
    consent: Annotated[ConsentIn | None, Field(description="Replaces the old one, if given.")] = None


class ContactsIn(Body):
    contacts: Annotated[list[ContactIn], Field(min_length=1, max_length=1_000)]
    segment_id: Annotated[UUID | None, Field(description="Where to put all of them.")] = None
    country: Country = "BR"


class ContactSaved(BaseModel):
    id: UUID
    phone: str
    name: str | None
    created: bool


class ContactsSaved(BaseModel):
    """``contacts`` answers the request's one by one; a phone that came twice is there twice and counted once."""

    created: int
    updated: int
    contacts: list[ContactSaved]


class ContactChange(Body):
    """What is absent stays. An attribute that is null goes, others are joined to those that the contact has."""

    phone: Annotated[PhoneText, LEFT_OUT]
    country: Country = "BR"
    name: Annotated[Name | None, LEFT_OUT]
    attributes: Annotated[dict[AttributeName, AttributeValue | None], Field(default_factory=dict, max_length=50)]
    consent: Annotated[ConsentIn | None, LEFT_OUT]


class PersonIn(Body):
    phone: PhoneText
    country: Country = "BR"


class PersonsMessage(BaseModel):
    """A campaign's message to the person; ``text`` is null where a value was missing, so that none was ever made."""

    campaign_id: UUID
    campaign_name: str
    run_id: UUID
    phone: Annotated[str, Field(description="Where it went: the contact may have had another number then.")]
    text: str | None
    variables: dict[str, str]
    media_url: str | None
    media_type: MediaType | None
    file_name: str | None
    status: MessageStatus
    attempts: int
    provider_message_id: str | None
    claimed_at: datetime | None
    sent_at: datetime | None
    acked_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    error_code: str | None
    error_detail: str | None


class Person(BaseModel):
    """Everything known about one phone; with ``next_cursor`` as ``cursor`` the next request gives older messages."""

    phone: str
    contact: Contact | None
    segments: list[PersonsSegment]
    opt_out: PersonsOptOut | None
    test_messages: list[PersonsTest]
    messages: list[PersonsMessage]
    next_cursor: str | None


class OptOutsIn(Body):
    phones: Annotated[list[PhoneText], Field(min_length=1, max_length=1_000)]
    reason: Reason | None = None
    country: Country = "BR"


class OptOut(BaseModel):
    """``phone`` is null where no contact has it: an opt-out itself keeps only a keyed hash."""

    phone: str | None
    at: datetime
    reason: str | None
    source: str


class OptOutSettingsIn(Body):
    """What is absent takes its default. SAIR, PARAR and STOP count for everybody and need not be named."""

    opt_out_words: Annotated[list[ReplyWord], Field(default_factory=lambda: list(OPT_OUT_WORDS), max_length=MAX_WORDS)]
    opt_in_words: Annotated[list[ReplyWord], Field(default_factory=lambda: list(OPT_IN_WORDS), max_length=MAX_WORDS)]
    confirmation: Annotated[
        ConfirmationText | None, Field(description="What whoever leaves by a word is answered, once; null: nothing.")
    ] = None


class OptOutSettings(BaseModel):
    """``hidden_senders``: how many asked to leave whose phone WhatsApp hides; they are opted out once it is known."""

    opt_out_words: list[str]
    opt_in_words: list[str]
    confirmation: str | None
    hidden_senders: int


@app.post(
    "/v1/contacts",
    summary="Create contacts, or complete those that have the same phones",
    responses=answers(201, 200, rejected=["invalid-phone", "erased-phone", "unknown-segment", "too-many-attributes"]),
)
def save_contacts(body: ContactsIn) -> tuple[ContactsSaved, HTTPStatus]:
    rows = manage_contacts.save_contacts(
        db,
        me(),
        [
            NewContact(item.phone, item.name, item.attributes, item.consent.consent() if item.consent else None)
            for item in body.contacts
        ],
        segment_id=body.segment_id,
        country=body.country,
        secret=phone_hash_secret(),
    )
    created = len({row.id for row in rows if row.created})
    saved = ContactsSaved(
        created=created,
        updated=len({row.id for row in rows}) - created,
        contacts=[ContactSaved(id=row.id, phone=row.phone, name=row.name, created=row.created) for row in rows],
    )
    return saved, HTTPStatus.CREATED if created else HTTPStatus.OK


@app.get(
    "/v1/contacts",
    summary="List contacts, all or those that a search finds",
    responses=answers(rejected=["empty-search"]),
)
def list_contacts(
    limit: Limit = 50, cursor: Cursor = None, search: Search = None, country: SearchCountry = "BR"
) -> Page[Contact]:
    user_id = me()
    (after_id,) = after(cursor, UUID)
    if search is None:
        rows = db.as_user(user_id, lambda tx: contacts.page(tx, user_id=user_id, after_id=after_id, limit=limit))
    else:
        part = read_search(search, calling_code=calling_code(country))
        rows = db.as_user(
            user_id, lambda tx: contacts.search(tx, user_id=user_id, part=part, after_id=after_id, limit=limit)
        )
    return Page(items=rows, next_cursor=next_cursor(rows, limit, lambda row: (row.id,)))


@app.get("/v1/contacts/<contact_id>", summary="Show a contact")
def get_contact(contact_id: UUID) -> Contact:
    user_id = me()
    return db.as_user(user_id, lambda tx: contacts.get(tx, user_id=user_id, contact_id=contact_id))


@app.patch(
    "/v1/contacts/<contact_id>",
    summary="Change a contact",
    responses=answers(rejected=["invalid-phone", "erased-phone", "too-many-attributes"], conflict=["phone-taken"]),
)
def change_contact(contact_id: UUID, body: ContactChange) -> Contact:
    return manage_contacts.change_contact(
        db,
        me(),
        contact_id,
        phone_text=body.phone,
        country=body.country,
        secret=phone_hash_secret(),
        name=body.name,
        set_name="name" in body.model_fields_set,
        attributes=body.attributes,
        consent=body.consent.consent() if body.consent else None,
        set_consent="consent" in body.model_fields_set,
    )


@app.delete("/v1/contacts/<contact_id>", summary="Delete a contact", responses=answers(204))
def delete_contact(contact_id: UUID) -> Response[Any]:
    user_id = me()
    db.as_user(user_id, lambda tx: contacts.delete(tx, user_id=user_id, contact_id=contact_id))
    return no_content()


@app.post(
    "/v1/contacts/erase",
    summary="Erase a person, and keep them opted out by nothing but a hash",
    responses=answers(rejected=["invalid-phone"], conflict=["message-under-way"]),
)
def erase(body: PersonIn) -> Erased:
    return erase_person.erase_person(
        db, me(), body.phone, country=body.country, secret=phone_hash_secret(), now=datetime.now(UTC)
    )


@app.post(
    "/v1/contacts/export",
    summary="Show everything known about a person",
    responses=answers(rejected=["invalid-phone"]),
)
def export(body: PersonIn, limit: Limit = 50, cursor: Cursor = None) -> Person:
    user_id = me()
    (before_id,) = after(cursor, message_id)
    known = erase_person.export_person(
        db, user_id, body.phone, country=body.country, secret=phone_hash_secret(), before_id=before_id, limit=limit
    )
    return Person(
        phone=known.phone,
        contact=known.contact,
        segments=list(known.segments),
        opt_out=known.opt_out,
        test_messages=list(known.test_messages),
        messages=[PersonsMessage(**asdict(item.row), text=item.text) for item in known.messages],
        next_cursor=next_cursor(known.messages, limit, lambda item: (item.row.id,)),
    )


@app.post(
    "/v1/opt-outs",
    tags=["opt_outs"],
    summary="Never write to these phones again",
    responses=answers(rejected=["invalid-phone"]),
)
def opt_out(body: OptOutsIn) -> OptOutResult:
    return manage_contacts.opt_out(
        db, me(), body.phones, reason=body.reason, country=body.country, secret=phone_hash_secret()
    )


@app.get("/v1/opt-outs", tags=["opt_outs"], summary="List opt-outs, the latest first")
def list_opt_outs(limit: Limit = 50, cursor: Cursor = None) -> Page[OptOut]:
    user_id = me()
    after_at, after_hash = after(cursor, instant, bytes.fromhex)
    rows = db.as_user(
        user_id,
        lambda tx: opt_outs.page(tx, user_id=user_id, after_at=after_at, after_hash=after_hash, limit=limit),
    )
    return Page(
        items=[OptOut(phone=row.phone, at=row.at, reason=row.reason, source=row.source) for row in rows],
        next_cursor=next_cursor(rows, limit, lambda row: (row.at, row.phone_hash.hex())),
    )


@app.delete(
    "/v1/opt-outs/<phone>",
    tags=["opt_outs"],
    summary="Opt a phone in again",
    responses=answers(204, rejected=["invalid-phone"]),
)
def opt_in(phone: str) -> Response[Any]:
    user_id = me()
    manage_contacts.opt_in(db, user_id, phone, secret=phone_hash_secret())
    return no_content()


def message_id(text: str) -> int:
    value = int(text)
    if not 0 < value < 2**63:
        raise ValueError(text)
    return value


@app.get("/v1/opt-out-settings", tags=["opt_outs"], summary="Show by which words people leave and come back")
def get_opt_out_settings() -> OptOutSettings:
    return _opt_out_settings(me())


@app.put(
    "/v1/opt-out-settings",
    tags=["opt_outs"],
    summary="Choose by which words people leave and come back, and what whoever leaves is answered",
    responses=answers(rejected=["opt-out-words"]),
)
def save_opt_out_settings(body: OptOutSettingsIn) -> OptOutSettings:
    user_id = me()
    leave, come_back = check_words(body.opt_out_words, body.opt_in_words)
    db.as_user(
        user_id,
        lambda tx: opt_out_settings.save(
            tx, user_id=user_id, opt_out_words=leave, opt_in_words=come_back, confirmation=body.confirmation
        ),
    )
    return _opt_out_settings(user_id)


def _opt_out_settings(user_id: UUID) -> OptOutSettings:
    found, hidden = db.as_user(
        user_id,
        lambda tx: (opt_out_settings.get(tx, user_id=user_id), opt_out_requests.count_hidden(tx, user_id=user_id)),
    )
    return OptOutSettings(
        opt_out_words=found.opt_out_words if found else list(OPT_OUT_WORDS),
        opt_in_words=found.opt_in_words if found else list(OPT_IN_WORDS),
        confirmation=found.confirmation if found else None,
        hidden_senders=hidden,
    )


def me() -> UUID:
    return known_caller(app, db).user_id


@cache
def phone_hash_secret() -> bytes:
    return read_secret(ENV["PHONE_HASH_SECRET"]).encode()
