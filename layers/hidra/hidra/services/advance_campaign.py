"""A pass of one campaign: its start, the tickets of the next two minutes, its end, or why it is blocked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from hidra.domain.blocked import (
    NOTHING_FAILED,
    SEGMENT_EMPTY,
    SEGMENT_TOO_LARGE,
    Blocked,
    in_doubt,
    not_after_passed,
    nothing_to_send,
    refused,
)
from hidra.domain.campaign import MAX_AUDIENCE, CampaignStatus, EvolutionConnectionStatus
from hidra.domain.circuit import probe_slots
from hidra.domain.message import UNRESOLVED_VARIABLE
from hidra.domain.pacing import issue, ticket_rate
from hidra.domain.send_window import Opening, opening
from hidra.domain.standstill import by_connection, by_window
from hidra.domain.start import EARLY_SECONDS
from hidra.domain.ticket import Ticket
from hidra.services.daily_limits import Closed, claimable, closed, prepare
from hidra.settings import SENDER_TIMEOUT_SECONDS
from hidra.store import campaigns, forecast, messages, pace, room, run_state, runs, send_windows
from hidra.store.db import Database, Tx
from hidra.store.freeze import freeze, freeze_retry
from hidra.store.run_state import RunState
from hidra.telemetry import logger

SKIP_SLICE = 1_000
SENDER_TIMEOUT = timedelta(seconds=SENDER_TIMEOUT_SECONDS)
EDGE_SECONDS = 65  # a pass asks for one when a sending window opens or closes, unless the clock's comes before

IssueTickets = Callable[[Ticket, Sequence[datetime], datetime], None]
RequeueAfter = Callable[[Ticket, int], None]
StartAfter = Callable[[int], None]


def advance_campaign(
    campaign_id: UUID,
    *,
    db: Database,
    issue_tickets: IssueTickets,
    requeue_after: RequeueAfter,
    start_after: StartAfter = lambda _: None,
) -> None:
    """Does what is due for one campaign; a second pass repeats nothing.

    Args:
        issue_tickets: queues a ticket once for each slot, given the database's time. A later pass issues lost tickets
            again: tickets name no recipient.
        requeue_after: asks for another pass of the ticket's campaign, after so many seconds. Not called while the
            connection has no room: the sender that frees some asks for the pass. Also asks for one when the sending
            window opens or closes.
        start_after: asks for the pass that starts the campaign, after so many seconds; this one is a little early.
    """
    status = _start_if_due(db, campaign_id)
    if status is CampaignStatus.SCHEDULED:
        seconds = db.as_worker(lambda tx: runs.seconds_until_start(tx, campaign_id=campaign_id))
        if seconds is not None and seconds <= EARLY_SECONDS:
            start_after(max(1, ceil(seconds)))
    if status is CampaignStatus.CANCELED:
        while db.as_worker(lambda tx: _skip_pending(tx, campaign_id)):
            pass
    elif status is not CampaignStatus.RUNNING or db.as_worker(lambda tx: _pause_if_refused(tx, campaign_id)):
        return
    prepare(campaign_id, db=db)
    due = db.as_worker(lambda tx: _advance_run(tx, campaign_id))
    if due is None:
        return
    if due.slots:
        issue_tickets(due.ticket, due.slots, due.now)
        logger.info("tickets issued", campaign_id=campaign_id, tickets=len(due.slots))
    if due.edge_seconds is not None:
        requeue_after(due.ticket, due.edge_seconds)
    if due.requeue_seconds is not None and not _left_to_senders(due.ticket, due.requeue_seconds, db=db):
        requeue_after(due.ticket, due.requeue_seconds)


def _left_to_senders(ticket: Ticket, seconds: int, *, db: Database) -> bool:
    """Whether a sender will ask for the next pass: the connection has no room, so a post must end first.

    A post may end between the look for room and the commit, and its sender finds no run that waits: so a second look.
    """

    def wait(tx: Tx) -> bool:
        if _has_room(tx, ticket):
            return False
        runs.await_room(tx, run_id=ticket.run_id, after=timedelta(seconds=seconds))
        return True

    def overtaken(tx: Tx) -> bool:
        return _has_room(tx, ticket) and runs.stop_awaiting_room(tx, run_id=ticket.run_id)

    return db.as_worker(wait) and not db.as_worker(overtaken)


def _has_room(tx: Tx, ticket: Ticket) -> bool:
    return room.has_room(tx, connection_id=ticket.connection_id, sender_timeout=SENDER_TIMEOUT)


def _start_if_due(db: Database, campaign_id: UUID) -> CampaignStatus | None:
    """Freezes a due campaign; returns its status afterwards, None if another pass or a user's action holds it."""
    upto: UUID | None = None

    def work(tx: Tx) -> CampaignStatus | UUID | None:
        return _freeze_if_due(tx, campaign_id, upto)

    while isinstance(done := db.as_worker(work), UUID):
        upto = done
    return done


def _freeze_if_due(tx: Tx, campaign_id: UUID, after: UUID | None) -> CampaignStatus | UUID | None:
    """As ``_start_if_due`` in one transaction; freezes a slice of a retry, and returns the contact where it ends."""
    campaign = runs.lock(tx, campaign_id=campaign_id)
    if campaign is None:
        return None
    if campaign.status is not CampaignStatus.SCHEDULED or not campaign.due:
        return campaign.status
    problem = _why_not(campaign)
    if problem:
        runs.fail_start(tx, campaign_id=campaign_id, reason=problem)
        logger.warning("campaign could not start", campaign_id=campaign_id, reason=problem.code)
        return CampaignStatus.FAILED
    if campaign.is_retry:
        upto = freeze_retry(tx, campaign, after=after)
        if upto is None:
            logger.info("retry started", campaign_id=campaign_id)
        return upto or CampaignStatus.RUNNING
    frozen = freeze(tx, campaign)
    logger.info("campaign started", campaign_id=campaign_id, recipients=frozen.total, pending=frozen.pending)
    return CampaignStatus.RUNNING


def _why_not(campaign: runs.LockedCampaign) -> Blocked | None:
    if campaign.expired and campaign.not_after is not None:
        return not_after_passed(campaign.not_after)
    if campaign.is_retry:
        return None  # its recipients are those of its first run
    if campaign.total_contacts == 0:
        return SEGMENT_EMPTY
    if campaign.total_contacts > MAX_AUDIENCE:
        return SEGMENT_TOO_LARGE
    return None


def _skip_pending(tx: Tx, campaign_id: UUID) -> int:
    found = run_state.state(tx, campaign_id=campaign_id)
    return messages.skip_slice(tx, run_id=found.run_id, limit=SKIP_SLICE, code="canceled") if found else 0


def _pause_if_refused(tx: Tx, campaign_id: UUID) -> bool:
    """In a transaction of its own: a pause waits for open claims before it locks the campaign."""
    found = run_state.refused(tx, campaign_id=campaign_id)
    if found is None:
        return False
    campaigns.pause_for(tx, user_id=found.user_id, campaign_id=campaign_id, reason=refused(found.answered))
    logger.warning("campaign paused, WhatsApp refuses it", campaign_id=campaign_id, answered=found.answered)
    return True


@dataclass(frozen=True)
class _DueTickets:
    """Tickets to issue, the database's time of the decision, and in how many seconds the next pass must come.

    ``edge_seconds``: in how many seconds the sending window opens or closes, if that is soon.
    """

    ticket: Ticket
    slots: Sequence[datetime]
    now: datetime
    requeue_seconds: int | None
    edge_seconds: int | None


def _advance_run(tx: Tx, campaign_id: UUID) -> _DueTickets | None:
    """Ends the open run if it is drained; otherwise records why it is blocked and returns the tickets that are due."""
    send_windows.hold(tx, campaign_id=campaign_id)
    campaign = runs.lock(tx, campaign_id=campaign_id)
    run = run_state.state(tx, campaign_id=campaign_id)
    # If it was paused meanwhile, it may be resumed, and then needs its run open.
    if campaign is None or run is None or campaign.status not in (CampaignStatus.RUNNING, CampaignStatus.CANCELED):
        return None
    canceled = campaign.status is CampaignStatus.CANCELED
    if run.pending == 0 and not run.in_flight:
        unsent = None if canceled else _unsent(tx, run)
        status = runs.end(tx, campaign_id=campaign_id, run_id=run.run_id, canceled=canceled, unsent=unsent)
        logger.info("run ended", campaign_id=campaign_id, run_id=run.run_id, status=status)
        return None
    if canceled:
        return None
    opens = opening(run.send_window, run.now)
    send_windows.write(tx, run_id=run.run_id, opens=opens)
    reason = by_connection(run) if run.pending else _doubts(tx, run)
    outside = by_window(run, opens) if run.pending else None
    day = closed(run) if run.pending and not reason else None
    runs.block(tx, campaign_id=campaign_id, reason=outside or reason or (day.reason if day else None))
    slots, requeue_seconds = _probe_slots(tx, run, opens) if reason else _slots(tx, run, opens, day)
    edge_seconds = _edge_seconds(run, opens)
    if run.connection_id is None or (not slots and edge_seconds is None):
        return None
    ticket = Ticket(run.user_id, run.connection_id, campaign_id, run.run_id)
    return _DueTickets(ticket, slots, run.now, requeue_seconds, edge_seconds)


def _edge_seconds(run: RunState, opens: Opening) -> int | None:
    edge = opens.next_edge(run.now)
    if edge is None or not run.pending:
        return None
    seconds = ceil((edge - run.now).total_seconds())
    return seconds if seconds <= EDGE_SECONDS else None


def _slots(tx: Tx, run: RunState, opens: Opening, day: Closed | None) -> tuple[Sequence[datetime], int | None]:
    """Returns the slots to issue tickets for, recorded in the run, and in how many seconds the next pass must come."""
    limits = pace.of_run(tx, run_id=run.run_id)
    if limits is None:
        return (), None
    rate = ticket_rate(rate=limits.rate, others=limits.others, connection_rate=limits.connection_rate)
    tickets = issue(
        now=run.now,
        ticketed_until=run.ticketed_until,
        ticketed_rate=run.ticketed_rate,
        rate=rate,
        pending=run.pending if day else claimable(run),
        plan=limits.deciding,
        ready=run.ready,
        opens=opens,
        not_before=day.first_slot if day else None,
    )
    if tickets.slots:
        runs.note_tickets(tx, run_id=run.run_id, until=tickets.until, rate=rate)
    return tickets.slots, tickets.requeue_seconds


def _probe_slots(tx: Tx, run: RunState, opens: Opening) -> tuple[Sequence[datetime], None]:
    """As ``_slots`` for a blocked run: only a connection that is connected is probed."""
    runs.note_tickets(tx, run_id=run.run_id, until=None, rate=None)
    probed = run.connection is EvolutionConnectionStatus.CONNECTED and run.pending
    slots = probe_slots(now=run.now, probed_at=run.probed_at) if probed else ()
    return tuple(filter(opens.contains, slots)), None


def _unsent(tx: Tx, run: RunState) -> Blocked | None:
    """Why no recipient of a drained run was ever claimed; None if one was."""
    reasons = run_state.never_claimed(tx, run_id=run.run_id)
    if reasons is None:
        return None
    if not reasons:
        return NOTHING_FAILED
    similar = {}
    if UNRESOLVED_VARIABLE in reasons:
        similar = forecast.similar_names(tx, user_id=run.user_id, body=run_state.body(tx, run_id=run.run_id))
    return nothing_to_send(reasons, similar)


def _doubts(tx: Tx, run: RunState) -> Blocked | None:
    """Why a run without a pending message does not end: its doubts, whatever the state of the connection."""
    found = run_state.doubts(tx, run_id=run.run_id)
    return in_doubt(found.messages, found.latest_claim, run.connection) if found else None
