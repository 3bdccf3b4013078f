"""Whatever a campaign needs next: its start, tickets for its next two minutes, its end, or why it waits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.campaign import CampaignStatus, EvolutionConnectionStatus
from hidra.domain.circuit import ERRORS, probe_slots, probing_reason, refusal_reason
from hidra.domain.pacing import issue
from hidra.domain.ticket import Ticket
from hidra.store import campaigns, messages, runs
from hidra.store.db import Database, Tx
from hidra.store.freeze import freeze
from hidra.telemetry import logger

SKIP_SLICE = 1_000

HandOut = Callable[[Ticket, Sequence[datetime], datetime], None]
RequeueAfter = Callable[[Ticket, int], None]


def advance_campaign(campaign_id: UUID, *, db: Database, hand_out: HandOut, requeue_after: RequeueAfter) -> None:
    """Looks at one campaign and does what is due; a second look does nothing twice.

    Args:
        hand_out: sends tickets (the ticket, its slots, the database's time). Those lost on the way are issued again
            by a later look: tickets carry no recipient.
        requeue_after: asks for another look at the ticket's campaign, in so many seconds.
    """
    state = db.as_worker(lambda tx: _start_if_due(tx, campaign_id))
    if state is CampaignStatus.CANCELED:
        while db.as_worker(lambda tx: _skip_rest(tx, campaign_id)):
            pass
    if state is CampaignStatus.RUNNING and db.as_worker(lambda tx: _pause_if_refused(tx, campaign_id)):
        return
    if state in (CampaignStatus.RUNNING, CampaignStatus.CANCELED):
        due = db.as_worker(lambda tx: _look(tx, campaign_id))
        if due:
            hand_out(due.ticket, due.slots, due.now)
            logger.info("tickets issued", campaign_id=campaign_id, tickets=len(due.slots))
        if due and due.requeue_seconds is not None:
            requeue_after(due.ticket, due.requeue_seconds)


def _start_if_due(tx: Tx, campaign_id: UUID) -> CampaignStatus | None:
    """Freezes a due campaign; gives its status afterwards, None if another look or an action holds it."""
    campaign = runs.lock(tx, campaign_id=campaign_id)
    if campaign is None:
        return None
    if campaign.status is not CampaignStatus.SCHEDULED or not campaign.due:
        return campaign.status
    problem = _why_not(campaign)
    if problem:
        runs.fail_start(tx, campaign_id=campaign_id, reason=problem)
        logger.warning("campaign could not start", campaign_id=campaign_id, reason=problem)
        return CampaignStatus.FAILED
    frozen = freeze(tx, campaign)
    logger.info("campaign started", campaign_id=campaign_id, recipients=frozen.total, pending=frozen.pending)
    return CampaignStatus.RUNNING


def _why_not(campaign: runs.LockedCampaign) -> str | None:
    if campaign.expired:
        return "The campaign could not start before its not_after."
    if campaign.again:
        return None  # its recipients are those of its first run
    if campaign.total_contacts == 0:
        return "The segment has no contacts."
    if campaign.total_contacts > runs.MAX_AUDIENCE:
        return f"The segment has more than {runs.MAX_AUDIENCE:,} contacts; split it."
    return None


def _skip_rest(tx: Tx, campaign_id: UUID) -> int:
    found = runs.state(tx, campaign_id=campaign_id)
    return messages.skip_slice(tx, run_id=found.run_id, limit=SKIP_SLICE, code="canceled") if found else 0


def _pause_if_refused(tx: Tx, campaign_id: UUID) -> bool:
    """In a transaction of its own: a pause waits for the claims under way before it locks the campaign."""
    found = runs.refused(tx, campaign_id=campaign_id)
    if found is None:
        return False
    reason = refusal_reason(ERRORS, found.answered)
    campaigns.pause_for(tx, user_id=found.user_id, campaign_id=campaign_id, reason=reason)
    logger.warning("campaign paused, WhatsApp refuses it", campaign_id=campaign_id, answered=found.answered)
    return True


@dataclass(frozen=True)
class _Due:
    """Tickets to hand out, the database's time when they were decided on, and in how many seconds to look again."""

    ticket: Ticket
    slots: Sequence[datetime]
    now: datetime
    requeue_seconds: int | None


def _look(tx: Tx, campaign_id: UUID) -> _Due | None:
    campaign = runs.lock(tx, campaign_id=campaign_id)
    found = runs.state(tx, campaign_id=campaign_id)
    # Paused since the first look: it may be resumed, and needs its run open for that.
    if campaign is None or found is None or campaign.status not in (CampaignStatus.RUNNING, CampaignStatus.CANCELED):
        return None
    if found.pending == 0 and not found.in_flight:
        canceled = campaign.status is CampaignStatus.CANCELED
        status = runs.end(tx, campaign_id=campaign_id, run_id=found.run_id, canceled=canceled)
        logger.info("run ended", campaign_id=campaign_id, run_id=found.run_id, status=status)
        return None
    if campaign.status is CampaignStatus.CANCELED:
        return None
    reason = _blocked(found)
    runs.block(tx, campaign_id=campaign_id, reason=reason)
    slots, requeue_seconds = _slots(tx, found, blocked=reason is not None)
    if not slots or found.connection_id is None:
        return None
    return _Due(
        Ticket(found.user_id, found.connection_id, campaign_id, found.run_id), slots, found.now, requeue_seconds
    )


def _slots(tx: Tx, found: runs.RunState, *, blocked: bool) -> tuple[Sequence[datetime], int | None]:
    """What tickets are to be handed out for, noted in the run, and in how many seconds to look again; of a blocked one
    those on their way find no work."""
    if blocked:
        runs.note_tickets(tx, run_id=found.run_id, until=None)
        trial = found.connection is EvolutionConnectionStatus.CONNECTED and found.pending
        return probe_slots(now=found.now, probed_at=found.probed_at) if trial else (), None
    tickets = issue(
        now=found.now,
        ticketed_until=found.ticketed_until,
        rate=found.rate,
        pending=found.pending,
        ready=found.ready,
    )
    if tickets.slots:
        runs.note_tickets(tx, run_id=found.run_id, until=tickets.until)
    return tickets.slots, tickets.requeue_seconds


def _blocked(found: runs.RunState) -> str | None:
    match found.connection:
        case None:
            return "The campaign has no Evolution connection. Save one; the campaign then goes on by itself."
        case EvolutionConnectionStatus.CONNECTED:
            return probing_reason(found.distrust_reason) if found.distrusted else None
        case EvolutionConnectionStatus.ERROR:
            return f"The Evolution connection is not usable: {found.error_message or 'unknown error'}"
        case status:
            return f"WhatsApp is {status} on the Evolution connection. Connect it; the campaign then goes on by itself."
