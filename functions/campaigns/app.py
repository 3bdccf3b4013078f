"""Campaigns over HTTP: drafts, their life from start to end, and trial messages."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import BaseModel, Field

from hidra.domain.campaign import (
    MAX_DAYS,
    MAX_EXCLUDED_SEGMENTS,
    SEND_WINDOW,
    SKIP_NOT_ON_WHATSAPP_DAYS,
    CampaignChannel,
    CampaignStatus,
)
from hidra.domain.pace import CampaignPace
from hidra.entry.fields import (
    LEFT_OUT,
    Country,
    Description,
    Label,
    Name,
    PerMinute,
    PhoneText,
    VariableName,
    VariableValue,
    Whole,
)
from hidra.entry.http import Body, answers, lambda_handler, no_content, resolver
from hidra.entry.paging import NEWEST_FIRST, Cursor, Limit, Page
from hidra.entry.tenant import user_of
from hidra.entry.times import MaybeLocal, SendWindowIn, TimeZone, instants, window_of
from hidra.gateways import queues, sender
from hidra.gateways.aws import hash_secret, read_json_secret
from hidra.services import edit_campaign, lifecycle
from hidra.services.create_campaign import create_campaign
from hidra.services.explain_pace import explain_pace
from hidra.services.identify_phone import identify_phone
from hidra.services.preflight import Preflight, preflight
from hidra.services.prepare_trial import prepare_trial
from hidra.settings import DATABASE_SETTINGS, TENANT_SETTINGS, require
from hidra.store import campaigns, identity, metrics
from hidra.store.campaigns import Campaign, Draft
from hidra.store.db import Database, Tx
from hidra.store.metrics import CampaignMetrics

ENV = require(
    *DATABASE_SETTINGS, *TENANT_SETTINGS, "CAMPAIGN_QUEUE_URL", "PHONE_HASH_SECRET", "MESSAGE_SENDER_FUNCTION"
)
phone_hash_secret = partial(hash_secret, ENV["PHONE_HASH_SECRET"])
db = Database(ENV, read_json_secret, check=identity.checked(phone_hash_secret))
app = resolver()
handler = lambda_handler(app)
me = user_of(app, lambda: db, ENV)
nudge = partial(queues.nudge, ENV["CAMPAIGN_QUEUE_URL"])

NOT_STARTED = [
    "campaign-status",
    "campaign-starting",
    "no-connection",
    "segment-empty",
    "segment-too-large",
    "nothing-to-send",
]
ExcludedSegments = Annotated[
    list[UUID],
    Field(
        max_length=MAX_EXCLUDED_SEGMENTS,
        description="Contacts that are in one of these segments when the campaign starts are skipped.",
    ),
]
NotContactedForDays = Annotated[
    Annotated[int, Field(strict=True, ge=1, le=MAX_DAYS), Whole] | None,
    Field(description="Phones that a campaign of yours wrote to within so many days are skipped; null: none is."),
]
SkipNotOnWhatsappDays = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=MAX_DAYS,
        description="Contacts that were not on WhatsApp within so many days are skipped; 0: none is.",
    ),
    Whole,
]


Labels = Annotated[list[Label], Field(max_length=20, description="Words of your own by which campaigns are found.")]


Window = Annotated[
    SendWindowIn | None,
    Field(description="When the campaign may send. Null: in the connection's window, or at any time without one."),
]
ZoneOfTimes = Annotated[
    TimeZone | None, Field(description="Of `scheduled_at` and `not_after` where they have no offset.")
]


class CampaignIn(Body):
    name: Name
    description: Description | None = None
    segment_id: UUID
    template_id: UUID
    external_id: Annotated[
        Name | None, Field(description="Your own id: the same request again returns the same campaign.")
    ] = None
    max_messages_per_minute: PerMinute = 20
    labels: Annotated[Labels, Field(default_factory=list)]
    send_window: Window = None
    exclude_segment_ids: Annotated[ExcludedSegments, Field(default_factory=list)]
    not_contacted_for_days: NotContactedForDays = None
    skip_not_on_whatsapp_days: SkipNotOnWhatsappDays = SKIP_NOT_ON_WHATSAPP_DAYS
    channel: CampaignChannel = CampaignChannel.WHATSAPP


class CampaignChange(Body):
    """An absent field keeps its value; only ``description``, ``not_contacted_for_days``, ``send_window`` and
    ``not_after`` may be null.

    ``labels`` may always change. Which other fields may depends on the status: all in a scheduled campaign, all but
    ``scheduled_at`` and ``not_after`` in a draft, only ``max_messages_per_minute`` and ``send_window`` in a campaign
    that is running or paused.
    """

    name: Annotated[Name, LEFT_OUT]
    description: Annotated[Description | None, LEFT_OUT]
    segment_id: Annotated[UUID, LEFT_OUT]
    template_id: Annotated[UUID, LEFT_OUT]
    max_messages_per_minute: Annotated[PerMinute, LEFT_OUT]
    exclude_segment_ids: Annotated[ExcludedSegments, LEFT_OUT]
    not_contacted_for_days: Annotated[NotContactedForDays, LEFT_OUT]
    skip_not_on_whatsapp_days: Annotated[SkipNotOnWhatsappDays, LEFT_OUT]
    scheduled_at: Annotated[MaybeLocal, LEFT_OUT]
    not_after: Annotated[MaybeLocal | None, LEFT_OUT]
    time_zone: Annotated[ZoneOfTimes, LEFT_OUT]
    send_window: Annotated[Window, LEFT_OUT]
    labels: Annotated[Labels, LEFT_OUT]


class DuplicateIn(Body):
    name: Annotated[Name | None, Field(description="If absent, the old name followed by “(copy)”.")] = None


class PreflightIn(Body):
    """For a draft, the time at which it would be scheduled; other campaigns have their time."""

    scheduled_at: MaybeLocal | None = None
    time_zone: ZoneOfTimes = None


class TrialIn(Body):
    """``variables`` override the values of the contact. ``phone`` may be another number than the contact's."""

    phone: PhoneText
    country: Country = "BR"
    contact_id: UUID | None = None
    variables: Annotated[dict[VariableName, VariableValue], Field(default_factory=dict, max_length=100)]


class TrialResult(BaseModel):
    """The outcome of a test message. ``unknown``: it may have been sent; look at the phone before you try again."""

    outcome: Literal["sent", "refused", "not_sent", "unknown"]
    text: str
    provider_message_id: str | None
    error_code: str | None
    error_detail: str | None


@dataclass(frozen=True)
class ListedCampaign(Campaign):
    """``metrics``: only if the list was asked for with them."""

    metrics: CampaignMetrics | None


class ScheduleIn(Body):
    """Times with an offset or, with ``time_zone``, local times. Of a time that occurs twice the first is meant."""

    scheduled_at: MaybeLocal
    time_zone: ZoneOfTimes = None
    not_after: Annotated[
        MaybeLocal | None,
        Field(description="A start that is delayed beyond this time fails instead of happening late."),
    ] = None


@app.post(
    "/v1/campaigns",
    operation_id="create_campaign",
    summary="Create a campaign, as a draft",
    responses=answers(
        201, 200, rejected=["unknown-segment", "unknown-template", "wrong-times"], conflict=["external-id-reused"]
    ),
)
def create(body: CampaignIn) -> tuple[Campaign, HTTPStatus]:
    draft = Draft(**body.model_dump() | {"send_window": window_of(body.send_window)})
    campaign, new = create_campaign(db, me(), draft)
    return campaign, HTTPStatus.CREATED if new else HTTPStatus.OK


@app.get("/v1/campaigns", summary="List campaigns, or find them by words of their name or a label, the newest first")
def list_campaigns(
    *,
    status: CampaignStatus | None = None,
    search: Annotated[
        str | None,
        Query(min_length=1, max_length=200, description="Each of its words begins a word of the campaign's name."),
    ] = None,
    label: Annotated[str | None, Query(min_length=1, max_length=50)] = None,
    with_metrics: Annotated[bool, Query(description="Whether each campaign has its metrics.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ListedCampaign]:
    after_at, after_id = NEWEST_FIRST.after(cursor)

    def work(tx: Tx) -> list[ListedCampaign]:
        rows = campaigns.page(
            tx, status=status, search=search, label=label, after_at=after_at, after_id=after_id, limit=limit
        )
        counted = metrics.campaigns(tx, [row.id for row in rows]) if with_metrics else {}
        return [ListedCampaign(**vars(row), metrics=counted.get(row.id)) for row in rows]

    return NEWEST_FIRST.page(db.as_user(me(), work), limit)


@app.get("/v1/campaigns/<campaign_id>", operation_id="get_campaign", summary="Show a campaign")
def get(campaign_id: UUID) -> Campaign:
    return db.as_user(me(), lambda tx: campaigns.get(tx, campaign_id=campaign_id))


@app.patch(
    "/v1/campaigns/<campaign_id>",
    operation_id="change_campaign",
    summary="Change a draft, move or change a scheduled campaign, or change the pace of one that has started",
    responses=answers(
        rejected=["unknown-segment", "unknown-template", "wrong-times"],
        conflict=["campaign-status", "campaign-starting", "segment-empty", "segment-too-large", "nothing-to-send"],
    ),
)
def change(campaign_id: UUID, body: CampaignChange) -> Campaign:
    changes = instants(body.model_dump(exclude_unset=True, exclude={"time_zone"}), body.time_zone)
    if SEND_WINDOW in changes:
        changes[SEND_WINDOW] = window_of(body.send_window)
    return edit_campaign.change(db, me(), campaign_id, changes, now=datetime.now(UTC), nudge=nudge)


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
    summary="Create a draft with the content of a campaign",
    status_code=HTTPStatus.CREATED,
)
def duplicate(campaign_id: UUID, body: DuplicateIn | None = None) -> Campaign:
    return edit_campaign.duplicate(db, me(), campaign_id, name=body.name if body else None)


@app.post(
    "/v1/campaigns/<campaign_id>/preflight",
    operation_id="preflight_campaign",
    summary="Predict which contacts would get a campaign, which not and why, on which days, and when it ends",
    responses=answers(rejected=["wrong-times"]),
)
def check(campaign_id: UUID, body: PreflightIn | None = None) -> Preflight:
    at = instants({"scheduled_at": body.scheduled_at}, body.time_zone)["scheduled_at"] if body else None
    return preflight(db, me(), campaign_id, scheduled_at=at, now=datetime.now(UTC))


@app.get(
    "/v1/campaigns/<campaign_id>/pace",
    operation_id="get_campaign_pace",
    summary="Show how fast a campaign sends now, which limit decides, and when it continues",
)
def show_pace(campaign_id: UUID) -> CampaignPace:
    return explain_pace(db, me(), campaign_id)


@app.post(
    "/v1/campaigns/<campaign_id>/schedule",
    operation_id="schedule_campaign",
    summary="Schedule a draft to start at a later time",
    responses=answers(rejected=["wrong-times"], conflict=NOT_STARTED),
)
def schedule(campaign_id: UUID, body: ScheduleIn) -> Campaign:
    times = instants({"scheduled_at": body.scheduled_at, "not_after": body.not_after}, body.time_zone)
    return lifecycle.schedule(db, me(), campaign_id, **times, now=datetime.now(UTC), nudge=nudge)


@app.post(
    "/v1/campaigns/<campaign_id>/unschedule",
    operation_id="unschedule_campaign",
    summary="Make a scheduled campaign a draft again",
    responses=answers(conflict=["campaign-status", "campaign-starting"]),
)
def unschedule(campaign_id: UUID) -> Campaign:
    return lifecycle.unschedule(db, me(), campaign_id)


@app.post(
    "/v1/campaigns/<campaign_id>/start",
    operation_id="start_campaign",
    summary="Start a draft now",
    responses=answers(conflict=NOT_STARTED),
)
def start(campaign_id: UUID) -> Campaign:
    return lifecycle.start(db, me(), campaign_id, nudge=nudge)


@app.post(
    "/v1/campaigns/<campaign_id>/pause",
    operation_id="pause_campaign",
    summary="Pause a campaign: nothing more is sent until it is resumed",
    responses=answers(conflict=["campaign-status", "campaign-starting"]),
)
def pause(campaign_id: UUID) -> Campaign:
    return lifecycle.pause(db, me(), campaign_id)


@app.post(
    "/v1/campaigns/<campaign_id>/resume",
    operation_id="resume_campaign",
    summary="Resume a paused campaign",
    responses=answers(conflict=["campaign-status", "campaign-starting"]),
)
def resume(campaign_id: UUID) -> Campaign:
    return lifecycle.resume(db, me(), campaign_id, nudge=nudge)


@app.post(
    "/v1/campaigns/<campaign_id>/cancel",
    operation_id="cancel_campaign",
    summary="Cancel a campaign: nothing more is sent",
    responses=answers(conflict=["campaign-status", "campaign-starting"]),
)
def cancel(campaign_id: UUID) -> Campaign:
    return lifecycle.cancel(db, me(), campaign_id, nudge=nudge)


@app.post(
    "/v1/campaigns/<campaign_id>/retry-failed",
    summary="Send again to the recipients whose message failed, and to no other",
    status_code=HTTPStatus.ACCEPTED,
    responses=answers(
        conflict=["campaign-status", "campaign-starting", "no-connection", "nothing-failed", "nothing-to-send"]
    ),
)
def retry_failed(campaign_id: UUID) -> Campaign:
    return lifecycle.retry_failed(db, me(), campaign_id, nudge=nudge)


@app.post(
    "/v1/campaigns/<campaign_id>/test-send",
    summary="Send the campaign's message to one number as a test; it counts in no metric",
    responses=answers(
        rejected=["invalid-phone", "unknown-contact", "unresolved-variables", "text-too-long"],
        conflict=["no-connection", "connection-not-usable", "connection-distrusted", "connection-busy", "opted-out"],
    ),
)
def test_send(campaign_id: UUID, body: TrialIn) -> TrialResult:
    user_id = me()
    phone, phone_hash = identify_phone(user_id, body.phone, country=body.country, secret=phone_hash_secret())
    trial = prepare_trial(
        db,
        user_id,
        campaign_id,
        phone=phone,
        phone_hash=phone_hash,
        contact_id=body.contact_id,
        variables=body.variables,
    )
    return TrialResult(text=trial.content.text, **vars(sender.send_trial(ENV["MESSAGE_SENDER_FUNCTION"], trial)))
