"""Campaigns over HTTP: made, scheduled, started, paused, resumed, canceled, and looked into."""

from datetime import UTC, datetime
from functools import cache, partial
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from hidra.domain.campaign import CampaignChannel, CampaignStatus
from hidra.domain.message import MessageStatus
from hidra.entry.fields import (
    LEFT_OUT,
    Country,
    Description,
    Instant,
    Name,
    PerMinute,
    PhoneText,
    VariableName,
    VariableValue,
)
from hidra.entry.http import Body, answers, lambda_handler, resolver
from hidra.entry.paging import Cursor, Limit, after, next_cursor
from hidra.entry.tenant import Page, instant, known_caller, no_content
from hidra.errors import NotFound
from hidra.gateways import queues, sender
from hidra.gateways.aws import read_json_secret, read_secret
from hidra.services import edit_campaign, lifecycle, manage_contacts
from hidra.services.create_campaign import create_campaign
from hidra.services.preflight import Preflight, preflight
from hidra.services.prepare_trial import prepare_trial
from hidra.settings import DATABASE_SETTINGS, require
from hidra.store import campaigns, recipients
from hidra.store.campaigns import Campaign, Draft
from hidra.store.db import Database, Tx
from hidra.store.recipients import Recipient, Run

ENV = require(*DATABASE_SETTINGS, "CAMPAIGN_QUEUE_URL", "PHONE_HASH_SECRET", "MESSAGE_SENDER_FUNCTION")
db = Database(ENV, read_json_secret)
app = resolver()
handler = lambda_handler(app)
nudge = partial(queues.nudge, ENV["CAMPAIGN_QUEUE_URL"])


class CampaignIn(Body):
    name: Name
    description: Description | None = None
    segment_id: UUID
    template_id: UUID
    external_id: Annotated[
        Name | None, Field(description="Your own id: the same request again gives the same campaign.")
    ] = None
    max_messages_per_minute: PerMinute = 20
    channel: CampaignChannel = CampaignChannel.WHATSAPP


class CampaignChange(Body):
    """What is absent stays; only ``description`` may be null."""

    name: Annotated[Name, LEFT_OUT]
    description: Annotated[Description | None, LEFT_OUT]
    segment_id: Annotated[UUID, LEFT_OUT]
    template_id: Annotated[UUID, LEFT_OUT]
    max_messages_per_minute: Annotated[PerMinute, LEFT_OUT]


class DuplicateIn(Body):
    name: Annotated[Name | None, Field(description="The old name with “(copy)” behind it if absent.")] = None


class TrialIn(Body):
    """``variables`` stand above the values of the contact, whose own number need not be the one."""

    phone: PhoneText
    country: Country = "BR"
    contact_id: UUID | None = None
    variables: Annotated[dict[VariableName, VariableValue], Field(default_factory=dict, max_length=100)]


class TrialResult(BaseModel):
    """What became of a test; ``unknown`` if nobody can tell: look at the phone before you try again."""

    outcome: Literal["sent", "refused", "not_sent", "unknown"]
    text: str
    provider_message_id: str | None
    error_code: str | None
    error_detail: str | None


class ScheduleIn(Body):
    scheduled_at: Instant
    not_after: Annotated[
        Instant | None, Field(description="A start missed until then fails instead of firing late.")
    ] = None


@app.post(
    "/v1/campaigns",
    operation_id="create_campaign",
    summary="Create a campaign, as a draft",
    responses=answers(201, 200, rejected=["unknown-segment", "unknown-template"], conflict=["external-id-reused"]),
)
def create(body: CampaignIn) -> tuple[Campaign, HTTPStatus]:
    campaign, new = create_campaign(db, me(), Draft(**body.model_dump()))
    return campaign, HTTPStatus.CREATED if new else HTTPStatus.OK


@app.get("/v1/campaigns", summary="List campaigns, the newest first")
def list_campaigns(status: CampaignStatus | None = None, limit: Limit = 50, cursor: Cursor = None) -> Page[Campaign]:
    user_id = me()
    after_at, after_id = after(cursor, instant, UUID)
    rows = db.as_user(
        user_id,
        lambda tx: campaigns.page(
            tx, user_id=user_id, status=status, after_at=after_at, after_id=after_id, limit=limit
        ),
    )
    return Page(items=rows, next_cursor=next_cursor(rows, limit, lambda row: (row.created_at, row.id)))


@app.get("/v1/campaigns/<campaign_id>", operation_id="get_campaign", summary="Show a campaign")
def get(campaign_id: UUID) -> Campaign:
    user_id = me()
    return db.as_user(user_id, lambda tx: campaigns.get(tx, user_id=user_id, campaign_id=campaign_id))


@app.patch(
    "/v1/campaigns/<campaign_id>",
    operation_id="change_campaign",
    summary="Change a draft",
    responses=answers(
        rejected=["unknown-segment", "unknown-template"], conflict=["campaign-status", "campaign-starting"]
    ),
)
def change(campaign_id: UUID, body: CampaignChange) -> Campaign:
    return edit_campaign.change(db, me(), campaign_id, body.model_dump(exclude_unset=True))


@app.delete(
    "/v1/campaigns/<campaign_id>",
    operation_id="delete_campaign",
    summary="Delete a draft",
    responses=answers(204, conflict=["campaign-status", "campaign-starting"]),
)
def delete(campaign_id: UUID) -> Response[Any]:
    lifecycle.delete_draft(db, me(), campaign_id)
    return no_content()


@app.post(
    "/v1/campaigns/<campaign_id>/duplicate",
    operation_id="duplicate_campaign",
    summary="Make a draft of what another campaign holds",
    status_code=HTTPStatus.CREATED,
)
def duplicate(campaign_id: UUID, body: DuplicateIn | None = None) -> Campaign:
    return edit_campaign.duplicate(db, me(), campaign_id, name=body.name if body else None)


@app.post(
    "/v1/campaigns/<campaign_id>/preflight",
    operation_id="preflight_campaign",
    summary="Tell who would get a campaign, who not, and how long it takes",
)
def check(campaign_id: UUID) -> Preflight:
    return preflight(db, me(), campaign_id, now=datetime.now(UTC))


@app.post(
    "/v1/campaigns/<campaign_id>/schedule",
    operation_id="schedule_campaign",
    summary="Let a draft start at a time to come",
    responses=answers(
        rejected=["wrong-times"], conflict=["campaign-status", "campaign-starting", "no-connection", "segment-empty"]
    ),
)
def schedule(campaign_id: UUID, body: ScheduleIn) -> Campaign:
    return lifecycle.schedule(
        db,
        me(),
        campaign_id,
        scheduled_at=body.scheduled_at,
        not_after=body.not_after,
        now=datetime.now(UTC),
    )


@app.post(
    "/v1/campaigns/<campaign_id>/start",
    operation_id="start_campaign",
    summary="Start a draft now",
    responses=answers(conflict=["campaign-status", "campaign-starting", "no-connection", "segment-empty"]),
)
def start(campaign_id: UUID) -> Campaign:
    return lifecycle.start(db, me(), campaign_id, nudge=nudge)


@app.post(
    "/v1/campaigns/<campaign_id>/pause",
    operation_id="pause_campaign",
    summary="Send nothing more until resumed",
    responses=answers(conflict=["campaign-status", "campaign-starting"]),
)
def pause(campaign_id: UUID) -> Campaign:
    return lifecycle.pause(db, me(), campaign_id)


@app.post(
    "/v1/campaigns/<campaign_id>/resume",
    operation_id="resume_campaign",
    summary="Go on where the pause stopped",
    responses=answers(conflict=["campaign-status", "campaign-starting"]),
)
def resume(campaign_id: UUID) -> Campaign:
    return lifecycle.resume(db, me(), campaign_id, nudge=nudge)


@app.post(
    "/v1/campaigns/<campaign_id>/cancel",
    operation_id="cancel_campaign",
    summary="Send nothing more, for good",
    responses=answers(conflict=["campaign-status", "campaign-starting"]),
)
def cancel(campaign_id: UUID) -> Campaign:
    return lifecycle.cancel(db, me(), campaign_id, nudge=nudge)


@app.post(
    "/v1/campaigns/<campaign_id>/retry-failed",
    summary="Send once more to those alone whose message failed",
    status_code=HTTPStatus.ACCEPTED,
    responses=answers(conflict=["campaign-status", "campaign-starting", "no-connection", "nothing-failed"]),
)
def retry_failed(campaign_id: UUID) -> Campaign:
    return lifecycle.retry_failed(db, me(), campaign_id, nudge=nudge)


@app.post(
    "/v1/campaigns/<campaign_id>/test-send",
    summary="Send the message to one number, outside every count",
    responses=answers(
        rejected=["invalid-phone", "unknown-contact", "unresolved-variables"],
        conflict=["no-connection", "connection-not-usable", "connection-busy", "opted-out"],
    ),
)
def test_send(campaign_id: UUID, body: TrialIn) -> TrialResult:
    who = me()
    phone, phone_hash = manage_contacts.identify(who, body.phone, country=body.country, secret=phone_hash_secret())
    test = prepare_trial(
        db,
        who,
        campaign_id,
        phone=phone,
        phone_hash=phone_hash,
        contact_id=body.contact_id,
        variables=body.variables,
    )
    return TrialResult(text=test.content.text, **vars(sender.send_trial(ENV["MESSAGE_SENDER_FUNCTION"], test)))


@app.get("/v1/campaigns/<campaign_id>/runs", summary="List a campaign's runs, the latest first")
def list_runs(campaign_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[Run]:
    user_id = me()
    after_at, after_id = after(cursor, instant, UUID)

    def work(tx: Tx) -> list[Run]:
        campaigns.get(tx, user_id=user_id, campaign_id=campaign_id)
        return recipients.runs(
            tx, user_id=user_id, campaign_id=campaign_id, after_at=after_at, after_id=after_id, limit=limit
        )

    rows = db.as_user(user_id, work)
    return Page(items=rows, next_cursor=next_cursor(rows, limit, lambda row: (row.started_at, row.id)))


@app.get("/v1/campaigns/<campaign_id>/recipients", summary="List what became of each recipient of a run")
def list_recipients(
    campaign_id: UUID,
    *,
    run_id: Annotated[UUID | None, Query(description="The latest run if absent.")] = None,
    status: MessageStatus | None = None,
    error_code: Annotated[
        str | None, Query(pattern="^[a-z0-9_-]{1,64}$", description="Why it failed or was skipped.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Recipient]:
    user_id = me()
    (after_id,) = after(cursor, UUID)

    def work(tx: Tx) -> list[Recipient]:
        campaigns.get(tx, user_id=user_id, campaign_id=campaign_id)
        run = run_id
        if run is None:
            latest = recipients.runs(tx, user_id=user_id, campaign_id=campaign_id, limit=1)
            if not latest:
                return []
            run = latest[0].id
        elif not recipients.has_run(tx, user_id=user_id, campaign_id=campaign_id, run_id=run):
            raise NotFound("The campaign has no such run.")
        return recipients.recipients(
            tx, user_id=user_id, run_id=run, status=status, error_code=error_code, after_id=after_id, limit=limit
        )

    rows = db.as_user(user_id, work)
    return Page(items=rows, next_cursor=next_cursor(rows, limit, lambda row: (row.contact_id,)))


def me() -> UUID:
    return known_caller(app, db).user_id


@cache
def phone_hash_secret() -> bytes:
    return read_secret(ENV["PHONE_HASH_SECRET"]).encode()
