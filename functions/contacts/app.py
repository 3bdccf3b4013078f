"""Contacts and opt-outs over HTTP."""

from dataclasses import asdict, astuple
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field
from pydantic_core import to_jsonable_python

from hidra.domain.contact import MAX_ATTRIBUTES
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
from hidra.entry.http import Answer, Body, answers, lambda_handler, no_content, resolver
from hidra.entry.paging import BY_ID, Cursor, Limit, Order, Page, instant
from hidra.entry.sizes import fitting
from hidra.entry.tenant import user_of
from hidra.gateways.aws import hash_secret, read_json_secret
from hidra.gateways.queues import nudge_export
from hidra.services import erase_person, manage_contacts
from hidra.services.erase_person import EXPORT_START, ExportPosition
from hidra.services.manage_contacts import NewContact, OptOutResult
from hidra.settings import DATABASE_SETTINGS, TENANT_SETTINGS, require
from hidra.store import contacts, identity, opt_out_requests, opt_out_settings, opt_outs
from hidra.store.contacts import Contact
from hidra.store.db import Database
from hidra.store.erasure import Erased
from hidra.store.persons import PersonsDirectSend, PersonsOptOut, PersonsSegment

Search = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=100,
        pattern=r"^[^\x00]*$",
        description="The beginning of a name's words, ignoring case and accents. Digits alone: the beginning of a phone"
        " (with or without its country's code) or its end.",
    ),
]
SearchCountry = Annotated[
    str, Query(pattern=r"^[A-Z]{2}$", description="ISO 3166 code of the country of a searched phone without +.")
]

ENV = require(*DATABASE_SETTINGS, *TENANT_SETTINGS, "PHONE_HASH_SECRET", "EXPORT_QUEUE_URL")
phone_hash_secret = partial(hash_secret, ENV["PHONE_HASH_SECRET"])
db = Database(ENV, read_json_secret, check=identity.checked(phone_hash_secret))
app = resolver()
handler = lambda_handler(app)
me = user_of(app, lambda: db, ENV)


def message_id(text: str) -> int:
    value = int(text)
    if not 0 < value < 2**63:
        raise ValueError(text)
    return value


EXPORT = Order(segment_id=UUID, direct_at=instant, direct_id=UUID, message_id=message_id)
LATEST_OPT_OUT_FIRST = Order(at=instant, phone_hash=bytes.fromhex)


class ContactIn(Body):
    phone: PhoneText
    name: Name | None = None
    attributes: Annotated[Attributes, Field(default_factory=dict)]
    consent: Annotated[ConsentIn | None, Field(description="Replaces the old consent, if present.")] = None


class ContactsIn(Body):
    contacts: Annotated[list[ContactIn], Field(min_length=1, max_length=1_000)]
    segment_id: Annotated[UUID | None, Field(description="The segment to add all the contacts to.")] = None
    country: Country = "BR"


class ContactSaved(Answer):
    id: UUID
    phone: str
    name: str | None
    created: bool


class ContactsSaved(Answer):
    """``contacts`` has one item for each of the request's, in order; a repeated phone repeats and is counted once."""

    created: int
    updated: int
    contacts: list[ContactSaved]


class ContactChange(Body):
    """An absent field keeps its value. Attributes are merged into the contact's; one that is null is removed."""

    phone: Annotated[PhoneText, LEFT_OUT]
    country: Country = "BR"
    name: Annotated[Name | None, LEFT_OUT]
    attributes: Annotated[
        dict[AttributeName, AttributeValue | None], Field(default_factory=dict, max_length=MAX_ATTRIBUTES)
    ]
    consent: Annotated[ConsentIn | None, LEFT_OUT]


class PersonIn(Body):
    phone: PhoneText
    country: Country = "BR"


class PersonsMessage(Answer):
    """A campaign's message to the person; ``text`` is null where a variable had no value, so it was never sent."""

    campaign_id: UUID
    campaign_name: str
    run_id: UUID
    phone: Annotated[str, Field(description="The number it was sent to: the contact may have had another one then.")]
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
    replied_at: datetime | None
    error_code: str | None
    error_detail: str | None


class Person(Answer):
    """Everything stored about one phone.

    ``segments``, ``direct_messages`` and ``messages`` have up to ``limit`` items each, or fewer if they are large: send
    ``next_cursor`` as ``cursor`` for the next ones of all three. Each item is on one page.
    """

    phone: str
    contact: Contact | None
    segments: list[PersonsSegment]
    opt_out: PersonsOptOut | None
    direct_messages: list[PersonsDirectSend]
    messages: list[PersonsMessage]
    next_cursor: str | None


class OptOutsIn(Body):
    phones: Annotated[list[PhoneText], Field(min_length=1, max_length=1_000)]
    reason: Reason | None = None
    country: Country = "BR"


class OptOut(Answer):
    """``phone`` is null where no contact has it: an opt-out stores only a keyed hash."""

    phone: str | None
    at: datetime
    reason: str | None
    source: str


class OptOutSettingsIn(Body):
    """An absent field takes its default. SAIR, PARAR, STOP and short sentences always opt out, listed or not."""

    opt_out_words: Annotated[list[ReplyWord], Field(default_factory=lambda: list(OPT_OUT_WORDS), max_length=MAX_WORDS)]
    opt_in_words: Annotated[list[ReplyWord], Field(default_factory=lambda: list(OPT_IN_WORDS), max_length=MAX_WORDS)]
    confirmation: Annotated[
        ConfirmationText | None,
        Field(description="The message that is sent once to a contact who opts out by a word; null: no message."),
    ] = None


class OptOutSettings(Answer):
    """``hidden_senders``: senders of an opt-out word whose phone WhatsApp hides; opted out once it is known."""

    opt_out_words: list[str]
    opt_in_words: list[str]
    confirmation: str | None
    hidden_senders: int


@app.post(
    "/v1/contacts",
    summary="Create contacts, or complete existing ones with the same phones",
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
    summary="List contacts, or search them",
    responses=answers(rejected=["empty-search"]),
)
def list_contacts(
    limit: Limit = 50, cursor: Cursor = None, search: Search = None, country: SearchCountry = "BR"
) -> Page[Contact]:
    (after_id,) = BY_ID.after(cursor)
    if search is None:
        rows = db.as_user(me(), lambda tx: contacts.page(tx, after_id=after_id, limit=limit))
    else:
        part = read_search(search, calling_code=calling_code(country))
        rows = db.as_user(me(), lambda tx: contacts.search(tx, part=part, after_id=after_id, limit=limit))
    return BY_ID.page(rows, limit)


@app.get("/v1/contacts/<contact_id>", summary="Show a contact")
def get_contact(contact_id: UUID) -> Contact:
    return db.as_user(me(), lambda tx: contacts.get(tx, contact_id=contact_id))


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
    db.as_user(me(), lambda tx: contacts.delete(tx, contact_id=contact_id))
    return no_content()


@app.post(
    "/v1/contacts/erase",
    summary="Erase a person; only a hash stays, which keeps the phone opted out",
    responses=answers(rejected=["invalid-phone"], conflict=["message-under-way"]),
)
def erase(body: PersonIn) -> Erased:
    user_id = me()
    return erase_person.erase_person(
        db,
        user_id,
        body.phone,
        country=body.country,
        secret=phone_hash_secret(),
        now=datetime.now(UTC),
        nudge_export=lambda export_id: nudge_export(ENV["EXPORT_QUEUE_URL"], user_id=user_id, export_id=export_id),
    )


@app.post(
    "/v1/contacts/export",
    summary="Show everything stored about a person",
    responses=answers(rejected=["invalid-phone"]),
)
def export(body: PersonIn, limit: Limit = 50, cursor: Cursor = None) -> Person:
    after = ExportPosition(*EXPORT.after(cursor)) if cursor else EXPORT_START
    known = erase_person.export_person(
        db, me(), body.phone, country=body.country, secret=phone_hash_secret(), after=after, limit=limit
    )
    messages = fitting(
        [PersonsMessage(**asdict(item.row), text=item.text) for item in known.messages], to_json=to_jsonable_python
    )
    rest = known.rest_after(messages=len(messages), limit=limit)
    return Person(
        phone=known.phone,
        contact=known.contact,
        segments=list(known.segments),
        opt_out=known.opt_out,
        direct_messages=list(known.direct_messages),
        messages=messages,
        next_cursor=EXPORT.cursor(*astuple(rest)) if rest else None,
    )


@app.post(
    "/v1/opt-outs",
    tags=["opt_outs"],
    summary="Opt phones out: they are never written to again",
    responses=answers(rejected=["invalid-phone"]),
)
def opt_out(body: OptOutsIn) -> OptOutResult:
    return manage_contacts.opt_out(
        db, me(), body.phones, reason=body.reason, country=body.country, secret=phone_hash_secret()
    )


@app.get("/v1/opt-outs", tags=["opt_outs"], summary="List opt-outs, the latest first")
def list_opt_outs(limit: Limit = 50, cursor: Cursor = None) -> Page[OptOut]:
    after_at, after_hash = LATEST_OPT_OUT_FIRST.after(cursor)
    rows = db.as_user(me(), lambda tx: opt_outs.page(tx, after_at=after_at, after_hash=after_hash, limit=limit))
    return LATEST_OPT_OUT_FIRST.page_of(
        rows, limit, lambda row: OptOut(phone=row.phone, at=row.at, reason=row.reason, source=row.source)
    )


@app.delete(
    "/v1/opt-outs/<phone>",
    tags=["opt_outs"],
    summary="Opt a phone in again",
    responses=answers(204, rejected=["invalid-phone"]),
)
def opt_in(phone: str) -> Response[Any]:
    manage_contacts.opt_in(db, me(), phone, secret=phone_hash_secret())
    return no_content()


@app.get(
    "/v1/opt-out-settings",
    tags=["opt_outs"],
    summary="Show the words that opt a contact out and in, and the confirmation",
)
def get_opt_out_settings() -> OptOutSettings:
    return _opt_out_settings(me())


@app.put(
    "/v1/opt-out-settings",
    tags=["opt_outs"],
    summary="Choose the words that opt a contact out and in, and the confirmation of an opt-out",
    responses=answers(rejected=["opt-out-words"]),
)
def save_opt_out_settings(body: OptOutSettingsIn) -> OptOutSettings:
    user_id = me()
    opt_out_words, opt_in_words = check_words(body.opt_out_words, body.opt_in_words)
    db.as_user(
        user_id,
        lambda tx: opt_out_settings.save(
            tx, opt_out_words=opt_out_words, opt_in_words=opt_in_words, confirmation=body.confirmation
        ),
    )
    return _opt_out_settings(user_id)


def _opt_out_settings(user_id: UUID) -> OptOutSettings:
    found, hidden = db.as_user(user_id, lambda tx: (opt_out_settings.get(tx), opt_out_requests.count_hidden(tx)))
    return OptOutSettings(
        opt_out_words=found.opt_out_words if found else list(OPT_OUT_WORDS),
        opt_in_words=found.opt_in_words if found else list(OPT_IN_WORDS),
        confirmation=found.confirmation if found else None,
        hidden_senders=hidden,
    )
