"""What the owner of a campaign should know before it starts: risks, and what keeps it from starting or ending soon."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hidra.domain.blocked import similar_sentence
from hidra.domain.campaign import MAX_AUDIENCE, CampaignStatus, EvolutionConnectionStatus, NextRecipients
from hidra.domain.connection import connection_warnings
from hidra.domain.daily_limits import DEFAULT_LADDER, DailyLimits
from hidra.domain.forecast import Forecast
from hidra.domain.template import length_limit, refuses_long
from hidra.domain.template import warnings as template_warnings
from hidra.store.forecast import Plan

BAILEYS_RATE = 20  # a campaign's default: WhatsApp bans numbers that send more through WhatsApp Web sooner
LONG_DAYS = 30
NEW_NUMBER_MESSAGES = DEFAULT_LADDER[0]  # what a warm-up permits a new number on its first day


@dataclass(frozen=True)
class PreflightWarning:
    """A risk that the user should know before the start; ``code`` is stable."""

    code: str
    message: str


@dataclass(frozen=True)
class Audience:
    """The recipients in numbers, and for placeholders that name no attribute one with a similar name."""

    recipients: int
    will_receive: int
    too_long: int
    similar_names: Mapping[str, str]


def warnings(plan: Plan, audience: Audience, expected: Forecast, daily: DailyLimits) -> Iterator[PreflightWarning]:
    """
    Args:
        daily: the limits of the connection.
    """
    yield from _of_status(plan)
    yield from _of_connection(plan)
    yield from _of_number(plan, audience, daily)
    yield from _of_audience(plan, audience)
    yield from _of_time(plan, audience, expected)
    yield from _of_text(plan, audience)


def _of_status(plan: Plan) -> Iterator[PreflightWarning]:
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


def _of_connection(plan: Plan) -> Iterator[PreflightWarning]:
    if plan.connection is None:
        yield PreflightWarning(
            "no-connection", "There is no connection to an Evolution server: the campaign cannot start. Save one first."
        )
    elif plan.connection is not EvolutionConnectionStatus.CONNECTED:
        yield PreflightWarning(
            "connection-not-connected", f"The connection is {plan.connection}: nothing is sent until it is connected."
        )
    elif plan.distrusted:
        yield PreflightWarning(
            "connection-probed",
            "The connection stopped and has to prove itself: one message goes every five minutes until WhatsApp"
            " acknowledges one. Until then the forecast does not hold.",
        )
    elif plan.slow:
        yield PreflightWarning(
            "server-slow",
            "The Evolution server answers slowly: one message goes every five minutes until one is answered sooner."
            " Until then the forecast does not hold.",
        )


def _of_number(plan: Plan, audience: Audience, daily: DailyLimits) -> Iterator[PreflightWarning]:
    if plan.connection_rate is not None and plan.rate > plan.connection_rate:
        yield PreflightWarning(
            "pace-above-connection",
            f"The campaign may send {plan.rate} messages a minute, its connection only {plan.connection_rate}.",
        )
    if plan.integration == "baileys":
        yield from _of_whatsapp_web(plan, audience, daily)
    if plan.integration is not None:
        for found in connection_warnings(integration=plan.integration, last_status_at=plan.last_status_at):
            yield PreflightWarning(found.code, found.message)


def _of_whatsapp_web(plan: Plan, audience: Audience, daily: DailyLimits) -> Iterator[PreflightWarning]:
    pace = min(plan.rate, plan.connection_rate or plan.rate)
    if pace > BAILEYS_RATE:
        yield PreflightWarning(
            "pace-risks-ban",
            f"WhatsApp may ban a number that sends {pace} messages a minute through a baileys connection; "
            f"{BAILEYS_RATE} or fewer are safer.",
        )
    if not plan.has_sent and daily.warm_up is None and audience.will_receive > NEW_NUMBER_MESSAGES:
        yield PreflightWarning(
            "number-never-sent",
            "No message has been accepted on this connection yet. WhatsApp may ban a new number that writes to many"
            " people at once: set warm_up on the connection, so that it sends few messages at first.",
        )


def _of_audience(plan: Plan, audience: Audience) -> Iterator[PreflightWarning]:
    if plan.recipients is NextRecipients.FAILED and not audience.recipients:
        yield PreflightWarning("nothing-failed", "The campaign has no failed recipient that can be retried.")
    if plan.recipients is NextRecipients.SEGMENT and not audience.recipients:
        yield PreflightWarning(
            "segment-empty", "The segment has no contacts: the campaign cannot start. Add contacts first."
        )
    if audience.recipients and not audience.will_receive:
        yield PreflightWarning(
            "nothing-to-send",
            "No recipient would get the message: the campaign cannot start. See will_not for the reasons.",
        )
    if audience.recipients > MAX_AUDIENCE:
        yield PreflightWarning(
            "segment-too-large",
            f"The segment has more than {MAX_AUDIENCE:,} contacts: the campaign cannot start. Split it.",
        )


def _of_time(plan: Plan, audience: Audience, expected: Forecast) -> Iterator[PreflightWarning]:
    if not audience.will_receive:
        return
    if expected.end is None:
        yield PreflightWarning(
            "takes-long",
            "The campaign is not expected to end within a year. Raise the limits of the connection or of the"
            " campaign, widen the sending window, or send to fewer contacts.",
        )
    elif (days := (expected.end - expected.begin).days) >= LONG_DAYS:
        yield PreflightWarning(
            "takes-long",
            f"The campaign is expected to take {days} days. Its text and its audience do not change meanwhile. Raise"
            " the limits of the connection or of the campaign, widen the sending window, or send to fewer contacts.",
        )
    waits = plan.status in (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED)
    if waits and plan.not_after is not None and (expected.end is None or plan.not_after < expected.end):
        yield PreflightWarning(
            "ends-after-not-after",
            "not_after bounds the start only: a campaign that has started by then goes on until it has sent everything,"
            " which is expected later than not_after. To stop it, pause or cancel it.",
        )


def _of_text(plan: Plan, audience: Audience) -> Iterator[PreflightWarning]:
    if audience.similar_names:
        yield PreflightWarning("similar-name", similar_sentence(audience.similar_names))
    for warning in () if plan.recipients is NextRecipients.WAITING else template_warnings(plan.body):
        yield PreflightWarning(warning.code, warning.message)
    if audience.too_long:
        limit = f"{length_limit(plan.media_type):,} characters"
        contacts = "1 contact" if audience.too_long == 1 else f"{audience.too_long:,} contacts"
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
