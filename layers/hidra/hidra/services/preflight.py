"""Predicts what a campaign would do if it started now, with its recipients, template and connection as they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hidra.domain.blocked import similar_sentence
from hidra.domain.campaign import MAX_AUDIENCE, CampaignStatus, EvolutionConnectionStatus, NextRecipients
from hidra.domain.connection import connection_warnings
from hidra.domain.message import UNRESOLVED_VARIABLE
from hidra.domain.pacing import duration_seconds
from hidra.domain.template import length_limit, refuses_long, warnings
from hidra.store import forecast
from hidra.store.db import Database, Tx
from hidra.store.forecast import AudienceOutcome, Plan, Reason

EXAMPLES = 5
BAILEYS_RATE = 20  # a campaign's default: WhatsApp bans numbers that send more through WhatsApp Web sooner


@dataclass(frozen=True)
class Example:
    contact_id: UUID
    phone: str
    detail: str | None


@dataclass(frozen=True)
class LeftOut:
    """How many recipients would not get the message, and a few of them."""

    reason: Reason
    recipients: int
    examples: list[Example]


@dataclass(frozen=True)
class PreflightWarning:
    """A risk that the user should know before the start; ``code`` is stable."""

    code: str
    message: str


@dataclass(frozen=True)
class Preflight:
    recipients: int
    will_receive: int
    will_not: list[LeftOut]
    expected_duration_seconds: int
    expected_end: datetime
    warnings: list[PreflightWarning]


def preflight(db: Database, user_id: UUID, campaign_id: UUID, *, now: datetime) -> Preflight:
    """Predicts what a campaign would do next; changes nothing.

    The recipients are the segment's contacts; once the campaign has started, those that still wait; once it has ended,
    those of a retry.

    Raises:
        NotFound: the user has no such campaign.
    """

    def work(tx: Tx) -> tuple[Plan, list[AudienceOutcome], dict[str, str]]:
        plan = forecast.plan(tx, campaign_id=campaign_id)
        outcomes = forecast.outcomes(tx, plan=plan, examples=EXAMPLES)
        names = {}
        if any(outcome.reason == UNRESOLVED_VARIABLE for outcome in outcomes):
            names = forecast.similar_names(tx, user_id=user_id, body=plan.body)
        return plan, outcomes, names

    plan, outcomes, names = db.as_user(user_id, work)
    recipients = sum(outcome.recipients for outcome in outcomes)
    will_receive = sum(outcome.recipients for outcome in outcomes if outcome.reason is None)
    seconds = duration_seconds(will_receive, _pace(plan))
    return Preflight(
        recipients=recipients,
        will_receive=will_receive,
        will_not=[
            LeftOut(
                outcome.reason,
                outcome.recipients,
                [Example(UUID(item["contact_id"]), item["phone"], item["detail"]) for item in outcome.examples],
            )
            for outcome in outcomes
            if outcome.reason is not None
        ],
        expected_duration_seconds=seconds,
        expected_end=_later(max(now, plan.scheduled_at or now), seconds),
        warnings=[
            *_warnings(plan, recipients, will_receive),
            *_warnings_of_window(plan),
            *_warnings_of_text(plan, sum(outcome.too_long for outcome in outcomes), names),
        ],
    )


def _pace(plan: Plan) -> int:
    return min(plan.rate, plan.connection_rate or plan.rate)


def _later(start: datetime, seconds: int) -> datetime:
    try:
        return start + timedelta(seconds=seconds)
    except OverflowError:  # it may be scheduled for the last day of the calendar
        return datetime.max.replace(tzinfo=UTC)


def _warnings(plan: Plan, recipients: int, will_receive: int) -> Iterator[PreflightWarning]:
    yield from _warnings_of_status(plan)
    yield from _warnings_of_connection(plan)
    if plan.recipients is NextRecipients.FAILED and not recipients:
        yield PreflightWarning("nothing-failed", "The campaign has no failed recipient that can be retried.")
    if plan.recipients is NextRecipients.SEGMENT and not recipients:
        yield PreflightWarning(
            "segment-empty", "The segment has no contacts: the campaign cannot start. Add contacts first."
        )
    if recipients and not will_receive:
        yield PreflightWarning(
            "nothing-to-send",
            "No recipient would get the message: the campaign cannot start. See will_not for the reasons.",
        )
    if recipients > MAX_AUDIENCE:
        yield PreflightWarning(
            "segment-too-large",
            f"The segment has more than {MAX_AUDIENCE:,} contacts: the campaign cannot start. Split it.",
        )


def _warnings_of_status(plan: Plan) -> Iterator[PreflightWarning]:
    match plan.status:
        case CampaignStatus.RUNNING | CampaignStatus.PAUSED:
            yield PreflightWarning(
                "campaign-started",
                f"The campaign is {plan.status}. These numbers are those of its recipients that still wait; its text"
                " and its audience do not change any more.",
            )
        case CampaignStatus.COMPLETED | CampaignStatus.FAILED if plan.recipients is NextRecipients.FAILED:
            yield PreflightWarning(
                "campaign-ended",
                f"The campaign is {plan.status}. These numbers are those of retry-failed, which sends to the recipients"
                " whose message failed. To send to the segment, duplicate the campaign.",
            )
        case CampaignStatus.COMPLETED | CampaignStatus.FAILED | CampaignStatus.CANCELED:
            yield PreflightWarning(
                "campaign-ended",
                f"The campaign is {plan.status} and sends nothing more. These numbers are those of a duplicate.",
            )


def _warnings_of_connection(plan: Plan) -> Iterator[PreflightWarning]:
    if plan.connection is None:
        yield PreflightWarning(
            "no-connection", "There is no connection to an Evolution server: the campaign cannot start. Save one first."
        )
    elif plan.connection is not EvolutionConnectionStatus.CONNECTED:
        yield PreflightWarning(
            "connection-not-connected", f"The connection is {plan.connection}: nothing is sent until it is connected."
        )
    if plan.connection_rate is not None and plan.rate > plan.connection_rate:
        yield PreflightWarning(
            "pace-above-connection",
            f"The campaign may send {plan.rate} messages a minute, its connection only {plan.connection_rate}.",
        )
    if plan.integration == "baileys" and _pace(plan) > BAILEYS_RATE:
        yield PreflightWarning(
            "pace-risks-ban",
            f"WhatsApp may ban a number that sends {_pace(plan)} messages a minute through a baileys connection; "
            f"{BAILEYS_RATE} or fewer are safer.",
        )
    if plan.integration is not None:
        for found in connection_warnings(integration=plan.integration, last_status_at=plan.last_status_at):
            yield PreflightWarning(found.code, found.message)


def _warnings_of_window(plan: Plan) -> Iterator[PreflightWarning]:
    if plan.has_window:
        yield PreflightWarning(
            "window-not-considered",
            "The campaign sends only in its sending window. expected_duration_seconds is the time for which the window"
            " must be open, so expected_end comes later if the window closes before.",
        )


def _warnings_of_text(plan: Plan, too_long: int, names: Mapping[str, str]) -> Iterator[PreflightWarning]:
    if names:
        yield PreflightWarning("similar-name", similar_sentence(names))
    for warning in () if plan.recipients is NextRecipients.WAITING else warnings(plan.body):
        yield PreflightWarning(warning.code, warning.message)
    if too_long:
        limit = f"{length_limit(plan.media_type):,} characters"
        contacts = "1 contact" if too_long == 1 else f"{too_long:,} contacts"
        consequence = (
            "the message fails, because the Cloud API refuses it"
            if refuses_long(plan.integration)
            else "it is sent as it is; a connection to the Cloud API would refuse it"
        )
        yield PreflightWarning(
            "text-too-long",
            f"With its values the text for {contacts} is longer than {limit}: {consequence}. Shorten the"
            " template or the values.",
        )
