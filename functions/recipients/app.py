"""Runs and recipients of campaigns over HTTP: lists, and counts by status and reason."""

from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Query

from hidra.domain.contact import MAX_PHONE
from hidra.domain.message import MessageStatus
from hidra.entry.http import Answer, answers, lambda_handler, resolver
from hidra.entry.paging import Cursor, Limit, Order, Page, instant
from hidra.entry.tenant import user_of
from hidra.errors import NotFound
from hidra.gateways.aws import hash_secret, read_json_secret
from hidra.services.identify_phone import identify_phone
from hidra.settings import DATABASE_SETTINGS, TENANT_SETTINGS, require
from hidra.store import campaigns, identity, recipients
from hidra.store.db import Database, Tx
from hidra.store.recipients import Recipient, RecipientCount, Run

ENV = require(*DATABASE_SETTINGS, *TENANT_SETTINGS, "PHONE_HASH_SECRET")
phone_hash_secret = partial(hash_secret, ENV["PHONE_HASH_SECRET"])
db = Database(ENV, read_json_secret, check=identity.checked(phone_hash_secret))
app = resolver()
handler = lambda_handler(app)
me = user_of(app, lambda: db, ENV)

LATEST_RUN_FIRST = Order(started_at=instant, id=UUID)
BY_CONTACT = Order(contact_id=UUID)
OfRun = Annotated[
    UUID | None,
    Query(description="Of this run only. If absent, over all runs: of each recipient the message that counts."),
]
PhoneCountry = Annotated[
    str, Query(pattern=r"^[A-Z]{2}$", description="ISO 3166 code of the country of a phone without +.")
]


class RecipientsSummary(Answer):
    """Recipients by status and reason, and under the four counters of the metrics.

    ``total`` = ``delivered`` + ``failed`` + ``pending`` + ``skipped`` = the sum of ``counts``.
    """

    run_id: UUID | None
    total: int
    delivered: int
    failed: int
    pending: int
    skipped: int
    counts: list[RecipientCount]


@app.get("/v1/campaigns/<campaign_id>/runs", tags=["campaigns"], summary="List a campaign's runs, the latest first")
def list_runs(campaign_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[Run]:
    after_at, after_id = LATEST_RUN_FIRST.after(cursor)

    def work(tx: Tx) -> list[Run]:
        campaigns.get(tx, campaign_id=campaign_id)
        return recipients.runs(tx, campaign_id=campaign_id, after_at=after_at, after_id=after_id, limit=limit)

    return LATEST_RUN_FIRST.page(db.as_user(me(), work), limit)


@app.get(
    "/v1/campaigns/<campaign_id>/recipients",
    tags=["campaigns"],
    summary="List the recipients of a campaign, or of one of its runs, each with the outcome",
    responses=answers(rejected=["invalid-phone"]),
)
def list_recipients(
    campaign_id: UUID,
    *,
    run_id: OfRun = None,
    status: MessageStatus | None = None,
    error_code: Annotated[
        str | None, Query(pattern="^[a-z0-9_-]{1,64}$", description="Why a message failed or was skipped.")
    ] = None,
    replied: Annotated[
        Literal["true"] | None, Query(description="Only recipients that replied to their message.")
    ] = None,
    contact_id: UUID | None = None,
    phone: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=MAX_PHONE,
            description="In any usual spelling: the contact's of now, or the one that the message was sent to.",
        ),
    ] = None,
    country: PhoneCountry = "BR",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Recipient]:
    (after_id,) = BY_CONTACT.after(cursor)
    user_id = me()
    number = None
    if phone is not None:
        # A + that is not encoded arrives as a space.
        text = f"+{phone[1:]}" if phone.startswith(" ") else phone
        number = identify_phone(user_id, text, country=country, secret=phone_hash_secret())

    def work(tx: Tx) -> list[Recipient]:
        _require_run(tx, campaign_id, run_id)
        wanted = None if contact_id is None else {contact_id}
        if number is not None:
            same = recipients.with_phone(tx, campaign_id=campaign_id, phone=number[0], phone_hash=number[1])
            wanted = set(same) if wanted is None else wanted.intersection(same)
        return recipients.recipients(
            tx,
            campaign_id=campaign_id,
            run_id=run_id,
            status=status,
            error_code=error_code,
            replied=replied is not None,
            contact_ids=None if wanted is None else sorted(wanted),
            after_id=after_id,
            limit=limit,
        )

    return BY_CONTACT.page(db.as_user(user_id, work), limit)


@app.get(
    "/v1/campaigns/<campaign_id>/recipients/summary",
    tags=["campaigns"],
    operation_id="count_recipients",
    summary="Count the recipients of a campaign, or of one of its runs, by status and reason",
)
def count_recipients(campaign_id: UUID, run_id: OfRun = None) -> RecipientsSummary:
    def work(tx: Tx) -> list[RecipientCount]:
        _require_run(tx, campaign_id, run_id)
        return recipients.counts(tx, campaign_id=campaign_id, run_id=run_id)

    found = db.as_user(me(), work)
    return RecipientsSummary(run_id=run_id, counts=found, **vars(recipients.add_up(found)))


def _require_run(tx: Tx, campaign_id: UUID, run_id: UUID | None) -> None:
    campaigns.get(tx, campaign_id=campaign_id)
    if run_id is not None and not recipients.has_run(tx, campaign_id=campaign_id, run_id=run_id):
        raise NotFound("The campaign has no run with this id. List its runs for their ids.")
