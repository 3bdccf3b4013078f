"""What users do to a campaign: each action is one compare-and-set on its status (rules: domain/campaign.py)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hidra.domain.campaign import ACTIONS, Action, does_not_fit, only_a_draft
from hidra.errors import Conflict, Field, HidraError, Rejected, Unavailable
from hidra.store import campaigns, freeze
from hidra.store.campaigns import Campaign
from hidra.store.db import Database, Tx


class Nudge(Protocol):
    """Asks for a look at the campaign, and never fails."""

    def __call__(self, *, user_id: UUID, campaign_id: UUID) -> None: ...


def schedule(
    db: Database,
    user_id: UUID,
    campaign_id: UUID,
    *,
    scheduled_at: datetime,
    not_after: datetime | None,
    now: datetime,
) -> Campaign:
    """Lets the campaign start at a time to come; after ``not_after`` a missed start fails instead of firing late.

    Raises:
        Rejected: the times do not fit each other.
        NotFound, Conflict: see ``_change``.
    """
    if scheduled_at < now:
        raise Rejected(
            "A campaign cannot be scheduled in the past.",
            code="wrong-times",
            fields=[Field("scheduled_at", "is past")],
        )
    if not_after is not None and not_after <= scheduled_at:
        raise Rejected(
            "The last moment to start must be later than the first.",
            code="wrong-times",
            fields=[Field("not_after", "must be later than scheduled_at")],
        )
    return _change(db, user_id, campaign_id, Action.SCHEDULE, _scheduling(scheduled_at, not_after))


def start(db: Database, user_id: UUID, campaign_id: UUID, *, nudge: Nudge) -> Campaign:
    """There is one way to start: to be scheduled for now, with a nudge so that now is not the clock's next minute."""
    campaign = _change(db, user_id, campaign_id, Action.START, _scheduling(None, None))
    nudge(user_id=user_id, campaign_id=campaign_id)
    return campaign


def pause(db: Database, user_id: UUID, campaign_id: UUID) -> Campaign:
    """No message is claimed after this committed."""
    return _change(db, user_id, campaign_id, Action.PAUSE, _stopping)


def resume(db: Database, user_id: UUID, campaign_id: UUID, *, nudge: Nudge) -> Campaign:
    """The next look issues tickets anew: those that were on their way found the campaign paused."""
    campaign = _change(db, user_id, campaign_id, Action.RESUME, _going_on)
    nudge(user_id=user_id, campaign_id=campaign_id)
    return campaign


def cancel(db: Database, user_id: UUID, campaign_id: UUID, *, nudge: Nudge) -> Campaign:
    """No message is claimed after this committed; the look that is nudged skips those that wait."""
    campaign = _change(db, user_id, campaign_id, Action.CANCEL, _stopping)
    nudge(user_id=user_id, campaign_id=campaign_id)
    return campaign


def retry_failed(db: Database, user_id: UUID, campaign_id: UUID, *, nudge: Nudge) -> Campaign:
    """Lets the campaign run again for those alone whose message failed; never for those whose outcome is unknown."""
    campaign = _change(db, user_id, campaign_id, Action.RETRY, _scheduling(None, None))
    nudge(user_id=user_id, campaign_id=campaign_id)
    return campaign


type _Change = Callable[[Tx, UUID, Action], bool]


def _change(db: Database, user_id: UUID, campaign_id: UUID, action: Action, change: _Change) -> Campaign:
    """
    Raises:
        NotFound: the user has no such campaign.
        Conflict: the action does not fit the campaign's status, or a look holds the campaign to start it.
    """

    def work(tx: Tx) -> Campaign:
        changed = change(tx, campaign_id, action)
        campaign = campaigns.get(tx, campaign_id=campaign_id)
        if not changed:
            raise does_not_fit(action, campaign.status)
        return campaign

    return unless_starting(db, user_id, work)


def unless_starting[T](
    db: Database, user_id: UUID, work: Callable[[Tx], T], refusals: Mapping[str, HidraError] | None = None
) -> T:
    """Runs work that locks a campaign.

    Raises:
        Conflict: a look holds the campaign to start it.
    """
    try:
        return db.as_user(user_id, work, refusals)
    except Unavailable as error:
        if error.code != "locked":
            raise
        raise Conflict("The campaign is being started; try again in a moment.", code="campaign-starting") from error


def _scheduling(scheduled_at: datetime | None, not_after: datetime | None) -> _Change:
    def change(tx: Tx, campaign_id: UUID, action: Action) -> bool:
        wanted, _ = ACTIONS[action]
        found = campaigns.readiness(tx, campaign_id=campaign_id)
        if found.status not in wanted:
            return False
        if not found.has_connection:
            raise Conflict("Save the connection to an Evolution server first.", code="no-connection")
        if action is Action.RETRY:
            if not freeze.any_failed(tx, campaign_id=campaign_id):
                raise Conflict("No recipient of this campaign can be tried again.", code="nothing-failed")
        elif not found.total_contacts:
            raise Conflict("The segment has no contacts.", code="segment-empty")
        return campaigns.schedule(
            tx,
            campaign_id=campaign_id,
            wanted=wanted,
            scheduled_at=scheduled_at,
            not_after=not_after,
        )

    return change


def _setting(tx: Tx, campaign_id: UUID, action: Action) -> bool:
    wanted, status = ACTIONS[action]
    return campaigns.set_status(tx, campaign_id=campaign_id, wanted=wanted, status=status)


def _going_on(tx: Tx, campaign_id: UUID, action: Action) -> bool:
    changed = _setting(tx, campaign_id, action)
    if changed:
        campaigns.restart_tickets(tx, campaign_id=campaign_id)
    return changed


def _stopping(tx: Tx, campaign_id: UUID, action: Action) -> bool:
    campaigns.stop_claims(tx, campaign_id=campaign_id)
    return _setting(tx, campaign_id, action)


def delete_draft(db: Database, user_id: UUID, campaign_id: UUID) -> None:
    """
    Raises:
        NotFound: the user has no such campaign.
        Conflict: it is no draft any more: what was sent stays on record.
    """

    def work(tx: Tx) -> None:
        if campaigns.delete_draft(tx, campaign_id=campaign_id):
            return
        raise only_a_draft("delete", campaigns.get(tx, campaign_id=campaign_id).status)

    unless_starting(db, user_id, work)
