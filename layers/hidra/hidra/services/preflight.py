"""Predicts what a campaign would do next, with its recipients, template, connection and limits as they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from hidra.domain import forecast as forecasts
from hidra.domain.campaign import CampaignStatus
from hidra.domain.daily_limits import DEFAULT_ZONE, DailyLimits, Day, plan_days
from hidra.domain.forecast import Forecast, ForecastDay, Limits, Work
from hidra.domain.message import UNRESOLVED_VARIABLE
from hidra.services.preflight_warnings import Audience, PreflightWarning, warnings
from hidra.store import daily_limits, forecast
from hidra.store.db import Database, Tx
from hidra.store.forecast import AudienceOutcome, Plan, Reason, RunningCampaign

EXAMPLES = 5


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
class Preflight:
    """What a campaign would do next.

    The first message is expected at ``expected_begin`` and the last one at ``expected_end``. The duration is the time
    between them, with all hours in which nothing may be sent. ``days`` are the local days of ``time_zone`` on which
    messages go, each with its number of messages and when they begin and end; those of a year are forecast. If the end
    lies later, it is null, and so is the duration.
    """

    recipients: int
    will_receive: int
    will_not: list[LeftOut]
    expected_begin: datetime
    expected_duration_seconds: int | None
    expected_end: datetime | None
    time_zone: str
    days: list[ForecastDay]
    warnings: list[PreflightWarning]


@dataclass(frozen=True)
class _Found:
    plan: Plan
    outcomes: list[AudienceOutcome]
    similar_names: dict[str, str]
    daily: DailyLimits
    days: Sequence[Day]
    beside: list[RunningCampaign]

    @property
    def receive(self) -> list[AudienceOutcome]:
        return [outcome for outcome in self.outcomes if outcome.reason is None]


def preflight(
    db: Database, user_id: UUID, campaign_id: UUID, *, scheduled_at: datetime | None = None, now: datetime
) -> Preflight:
    """Predicts what a campaign would do next; changes nothing. ``scheduled_at``: as if a draft were scheduled then.

    The recipients are the segment's contacts; once the campaign has started, those that still wait; once it has ended,
    those of a retry.

    Raises:
        NotFound: the user has no such campaign.
    """
    found = db.as_user(user_id, lambda tx: _find(tx, campaign_id, scheduled_at, now))
    zone = found.plan.send_window["time_zone"] if found.plan.send_window else found.plan.time_zone or DEFAULT_ZONE
    expected = _forecast(found, now, zone)
    seconds = _seconds(expected)
    audience = Audience(
        recipients=sum(outcome.recipients for outcome in found.outcomes),
        will_receive=sum(outcome.recipients for outcome in found.receive),
        too_long=sum(outcome.too_long for outcome in found.outcomes),
        similar_names=found.similar_names,
    )
    return Preflight(
        recipients=audience.recipients,
        will_receive=audience.will_receive,
        will_not=[_left_out(outcome, outcome.reason) for outcome in found.outcomes if outcome.reason is not None],
        expected_begin=expected.begin,
        expected_duration_seconds=seconds,
        expected_end=None if seconds is None else expected.begin + timedelta(seconds=seconds),
        time_zone=zone,
        days=expected.days,
        warnings=list(warnings(found.plan, audience, expected, found.daily)),
    )


def _find(tx: Tx, campaign_id: UUID, scheduled_at: datetime | None, now: datetime) -> _Found:
    plan = forecast.plan(tx, campaign_id=campaign_id)
    if plan.status == CampaignStatus.DRAFT and scheduled_at is not None:
        plan = replace(plan, scheduled_at=scheduled_at)
    daily = DailyLimits()
    days: Sequence[Day] = ()
    beside: list[RunningCampaign] = []
    if plan.connection_id is not None:
        daily = daily_limits.limits(tx, connection_id=plan.connection_id)
        written = daily_limits.latest(tx, connection_id=plan.connection_id, now=now)
        days = plan_days(now, daily, written, before=daily)
        beside = forecast.running_beside(tx, plan=plan, judged=daily.max_first_contacts_per_day is not None)
    outcomes = forecast.outcomes(tx, plan=plan, examples=EXAMPLES, judged=daily.max_first_contacts_per_day is not None)
    names = {}
    if any(outcome.reason == UNRESOLVED_VARIABLE for outcome in outcomes):
        names = forecast.similar_names(tx, user_id=plan.user_id, body=plan.body)
    return _Found(plan, outcomes, names, daily, days, beside)


def _forecast(found: _Found, now: datetime, zone: str) -> Forecast:
    plan = found.plan
    receive = sum(outcome.recipients for outcome in found.receive)
    first = sum(outcome.first_contacts for outcome in found.receive)
    limits = None
    if plan.connection_rate is not None:
        limits = Limits(plan.connection_rate, found.daily, found.days)
    return forecasts.forecast(
        Work(plan.rate, receive - first, first, plan.send_window, plan.scheduled_at),
        limits,
        others=[
            Work(each.rate, each.recipients - each.first_contacts, each.first_contacts, each.send_window)
            for each in found.beside
        ],
        now=now,
        zone=zone,
    )


def _left_out(outcome: AudienceOutcome, reason: Reason) -> LeftOut:
    examples = [Example(UUID(item["contact_id"]), item["phone"], item["detail"]) for item in outcome.examples]
    return LeftOut(reason, outcome.recipients, examples)


def _seconds(expected: Forecast) -> int | None:
    return None if expected.end is None else ceil((expected.end - expected.begin).total_seconds())
