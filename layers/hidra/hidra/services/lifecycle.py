"""What users do to a campaign: each action is one compare-and-set on its status (rules: domain/campaign.py)."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from hidra.domain.blocked import NOTHING_FAILED, SEGMENT_EMPTY, SEGMENT_TOO_LARGE, Blocked, nothing_to_send
from hidra.domain.campaign import (
    ACTIONS,
    MAX_AUDIENCE,
    Action,
    CampaignStatus,
    NextRecipients,
    does_not_fit,
    only_a_draft,
)
from hidra.domain.message import UNRESOLVED_VARIABLE
from hidra.domain.start import check_times, nudge_delay
from hidra.errors import Conflict
from hidra.services.campaign_transaction import campaign_transaction
from hidra.store import campaigns, connections, forecast, freeze
from hidra.store.campaigns import Campaign
from hidra.store.db import Database, Tx


class Nudge(Protocol):
    """Asks for a pass of the campaign, after so many seconds, and never fails."""

    def __call__(self, *, user_id: UUID, campaign_id: UUID, seconds: int = 0) -> None: ...


def schedule(
    db: Database,
    user_id: UUID,
    campaign_id: UUID,
    *,
    scheduled_at: datetime,
    not_after: datetime | None,
    now: datetime,
    nudge: Nudge,
) -> Campaign:
    """Schedules the campaign; if it has not started by ``not_after``, it fails instead of starting late.

    ``nudge`` is called if the start is so near that the clock may tick too late for it.

    Raises:
        Rejected: the times do not fit each other.
        NotFound, Conflict: see ``_schedule``.
    """
    check_times(scheduled_at=scheduled_at, not_after=not_after, now=now)
    campaign = campaign_transaction(
        db,
        user_id,
        lambda tx: _schedule(tx, campaign_id, Action.SCHEDULE, scheduled_at=scheduled_at, not_after=not_after),
    )
    nudge_at_start(campaign, user_id=user_id, now=now, nudge=nudge)
    return campaign


def nudge_at_start(campaign: Campaign, *, user_id: UUID, now: datetime, nudge: Nudge) -> None:
    """Asks for the pass that starts a scheduled campaign, if the clock's tick may come too late for it.

    Nudges for an earlier time of the start do no harm: a pass reads the time in the campaign.
    """
    seconds = None if campaign.scheduled_at is None else nudge_delay(campaign.scheduled_at, now)
    if seconds is not None:
        nudge(user_id=user_id, campaign_id=campaign.id, seconds=seconds)


def unschedule(db: Database, user_id: UUID, campaign_id: UUID) -> Campaign:
    """Makes a scheduled campaign a draft again, without a time to start; a draft stays as it is.

    Raises:
        NotFound: the user has no such campaign.
        Conflict: the campaign has started.
    """

    def work(tx: Tx) -> Campaign:
        campaign = campaigns.lock(tx, campaign_id=campaign_id)
        if campaign.status is CampaignStatus.DRAFT:
            return campaign
        if campaign.status is not CampaignStatus.SCHEDULED:
            raise does_not_fit(Action.UNSCHEDULE, campaign.status)
        if campaign.started_at is not None:
            raise Conflict(
                "Nothing was changed: this campaign has started before and is scheduled for a retry. Cancel it, or"
                " pause it once it runs.",
                code="campaign-status",
            )
        campaigns.unschedule(tx, campaign_id=campaign_id)
        return campaigns.get(tx, campaign_id=campaign_id)

    return campaign_transaction(db, user_id, work)


def start(db: Database, user_id: UUID, campaign_id: UUID, *, nudge: Nudge) -> Campaign:
    """Schedules the campaign for now. The nudge starts it at once, instead of at the clock's next tick.

    Raises:
        NotFound, Conflict: see ``_schedule``.
    """
    campaign = campaign_transaction(db, user_id, lambda tx: _schedule(tx, campaign_id, Action.START))
    nudge(user_id=user_id, campaign_id=campaign_id)
    return campaign


def retry_failed(db: Database, user_id: UUID, campaign_id: UUID, *, nudge: Nudge) -> Campaign:
    """Schedules another run, for the recipients whose message failed; never for those whose outcome is unknown.

    Raises:
        NotFound, Conflict: see ``_schedule``.
    """
    campaign = campaign_transaction(db, user_id, lambda tx: _schedule(tx, campaign_id, Action.RETRY))
    nudge(user_id=user_id, campaign_id=campaign_id)
    return campaign


def pause(db: Database, user_id: UUID, campaign_id: UUID) -> Campaign:
    """Pauses the campaign: once this has committed, no message is claimed.

    Raises:
        NotFound, Conflict: see ``_set_status``.
    """
    return campaign_transaction(db, user_id, lambda tx: _stop(tx, campaign_id, Action.PAUSE))


def cancel(db: Database, user_id: UUID, campaign_id: UUID, *, nudge: Nudge) -> Campaign:
    """Cancels the campaign: once this has committed, no message is claimed. The nudged pass skips pending messages.

    Raises:
        NotFound, Conflict: see ``_set_status``.
    """
    campaign = campaign_transaction(db, user_id, lambda tx: _stop(tx, campaign_id, Action.CANCEL))
    nudge(user_id=user_id, campaign_id=campaign_id)
    return campaign


def resume(db: Database, user_id: UUID, campaign_id: UUID, *, nudge: Nudge) -> Campaign:
    """Resumes the campaign. Its next pass issues tickets anew, because earlier ones found the campaign paused.

    Raises:
        NotFound, Conflict: see ``_set_status``.
    """

    def work(tx: Tx) -> Campaign:
        campaign = _set_status(tx, campaign_id, Action.RESUME)
        campaigns.restart_tickets(tx, campaign_id=campaign_id)
        return campaign

    campaign = campaign_transaction(db, user_id, work)
    nudge(user_id=user_id, campaign_id=campaign_id)
    return campaign


def delete_draft(db: Database, user_id: UUID, campaign_id: UUID) -> None:
    """Deletes a draft. Any other campaign stays: messages that were sent remain on record.

    Raises:
        NotFound: the user has no such campaign.
        Conflict: it is not a draft.
    """

    def work(tx: Tx) -> None:
        if not campaigns.delete_draft(tx, campaign_id=campaign_id):
            raise only_a_draft("delete", campaigns.get(tx, campaign_id=campaign_id).status)

    campaign_transaction(db, user_id, work)


def _schedule(
    tx: Tx,
    campaign_id: UUID,
    action: Action,
    *,
    scheduled_at: datetime | None = None,
    not_after: datetime | None = None,
) -> Campaign:
    """Schedules a first run, or a retry; for now if without a time.

    Raises:
        NotFound: the user has no such campaign.
        Conflict: the action does not fit the campaign's status, there is no connection, or no recipient would get the
            message: it counts the reasons.
    """
    wanted, _ = ACTIONS[action]
    found = campaigns.readiness(tx, campaign_id=campaign_id)
    if found.status not in wanted:
        raise does_not_fit(action, found.status)
    if not found.has_connection:
        raise connections.no_connection()
    if action is Action.RETRY:
        if not freeze.any_failed(tx, campaign_id=campaign_id):
            raise _unstarted(NOTHING_FAILED)
        _require_receiver(tx, campaign_id)
    else:
        require_recipients(tx, campaign_id, found)
    scheduled = campaigns.schedule(
        tx, campaign_id=campaign_id, wanted=wanted, scheduled_at=scheduled_at, not_after=not_after
    )
    return _changed(tx, campaign_id, action, changed=scheduled)


def require_recipients(tx: Tx, campaign_id: UUID, found: campaigns.Readiness) -> None:
    """
    Raises:
        Conflict: a first run could not start, or no recipient would get the message: it counts the reasons.
    """
    if not found.total_contacts:
        raise _unstarted(SEGMENT_EMPTY)
    if found.total_contacts > MAX_AUDIENCE:
        raise _unstarted(SEGMENT_TOO_LARGE)
    _require_receiver(tx, campaign_id)


def _require_receiver(tx: Tx, campaign_id: UUID) -> None:
    if reason := _nothing_to_send(tx, campaign_id):
        raise _unstarted(reason)


def _nothing_to_send(tx: Tx, campaign_id: UUID) -> Blocked | None:
    """Why no recipient would get the message now; None if one would. Counts only if none would."""
    plan = forecast.plan(tx, campaign_id=campaign_id)
    if forecast.any_receiver(tx, plan=plan):
        return None
    outcomes = forecast.outcomes(tx, plan=plan, examples=0)
    reasons: dict[str, int] = {outcome.reason: outcome.recipients for outcome in outcomes if outcome.reason is not None}
    if len(reasons) < len(outcomes):
        return None  # a contact was saved meanwhile
    if not reasons:
        return NOTHING_FAILED if plan.recipients is NextRecipients.FAILED else SEGMENT_EMPTY
    names = {}
    if UNRESOLVED_VARIABLE in reasons:
        names = forecast.similar_names(tx, user_id=plan.user_id, body=plan.body)
    return nothing_to_send(reasons, names)


def _unstarted(blocked: Blocked) -> Conflict:
    return Conflict(f"Nothing was changed. {blocked.reason}", code=blocked.code, more=blocked.params)


def _stop(tx: Tx, campaign_id: UUID, action: Action) -> Campaign:
    campaigns.stop_claims(tx, campaign_id=campaign_id)
    return _set_status(tx, campaign_id, action)


def _set_status(tx: Tx, campaign_id: UUID, action: Action) -> Campaign:
    """
    Raises:
        NotFound: the user has no such campaign.
        Conflict: the action does not fit the campaign's status.
    """
    wanted, status = ACTIONS[action]
    changed = campaigns.set_status(tx, campaign_id=campaign_id, wanted=wanted, status=status)
    return _changed(tx, campaign_id, action, changed=changed)


def _changed(tx: Tx, campaign_id: UUID, action: Action, *, changed: bool) -> Campaign:
    campaign = campaigns.get(tx, campaign_id=campaign_id)
    if not changed:
        raise does_not_fit(action, campaign.status)
    return campaign
