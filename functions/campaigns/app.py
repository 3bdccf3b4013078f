"""Campaigns over HTTP: drafts, their life from start to end, and trial messages."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from hidra.domain.campaign import SEND_WINDOW, CampaignStatus
from hidra.domain.pace import CampaignPace
from hidra.entry.campaign import CampaignChange, CampaignIn, DuplicateIn, PreflightIn, ScheduleIn
from hidra.entry.fields import Country, PhoneText, VariableName, VariableValue
from hidra.entry.http import Answer, Body, answers, lambda_handler, no_content, resolver
from hidra.entry.paging import NEWEST_FIRST, Cursor, Limit, Page
from hidra.entry.tenant import user_of
from hidra.entry.times import instants, window_of
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


class TrialIn(Body):
    """``variables`` override the values of the contact. ``phone`` may be another number than the contact's."""

    phone: PhoneText
    country: Country = "BR"
    contact_id: UUID | None = None
    variables: Annotated[dict[VariableName, VariableValue], Field(default_factory=dict, max_length=100)]


class TrialResult(Answer):
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
