"""The clock's work of each minute: passes for due campaigns, repairs of what was lost on the way, and figures."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from hidra.domain.ticket import ConfirmationTicket
from hidra.store import (
    confirmations,
    deliveries,
    direct_sends,
    exports,
    figures,
    import_slices,
    outcomes,
    replies,
    runs,
)
from hidra.store.db import Database
from hidra.store.exports import StaleExport
from hidra.store.import_slices import StaleImport
from hidra.store.runs import DueCampaign
from hidra.telemetry import Figure, logger, measure

MAX_UNMATCHED_ROUNDS = 20


def sweep(
    *,
    db: Database,
    nudge_all: Callable[[Sequence[DueCampaign]], object],
    nudge_import: Callable[[StaleImport], object],
    nudge_export: Callable[[StaleExport], object],
    queue: Callable[[Sequence[ConfirmationTicket]], object],
    sender_lost_after: timedelta,
) -> None:
    """Asks for a pass of every due campaign and for a slice of every stalled import and export, and repairs the rest.

    Args:
        queue: queues opt-out confirmations whose first ticket was lost or got no turn.
        sender_lost_after: a message in sending for that long has lost its sender, so its outcome is unknown.
    """
    nudge_all(db.as_worker(runs.due_campaigns))
    lost = db.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=sender_lost_after))
    if lost:
        logger.warning("messages with a lost sender set to unknown", messages=lost)
    db.as_worker(deliveries.forget_old)
    db.as_worker(replies.forget_old)
    db.as_worker(direct_sends.forget_old)
    for stale in db.as_worker(import_slices.stale):
        nudge_import(stale)
    for stale_export in db.as_worker(exports.stale):
        nudge_export(stale_export)
    db.as_worker(confirmations.forget_old)
    if waiting := db.as_worker(confirmations.waiting):
        queue(waiting)
    for apply_unmatched in (deliveries.apply_all_unmatched, replies.apply_all_unmatched):
        for _ in range(MAX_UNMATCHED_ROUNDS):
            if not db.as_worker(apply_unmatched):
                break
    _measure(db.as_worker(figures.standing))


def _measure(standing: figures.Standing) -> None:
    measure(Figure.CAMPAIGNS_RUNNING, standing.campaigns_running)
    measure(Figure.CAMPAIGNS_BLOCKED, standing.campaigns_blocked)
    measure(Figure.DOUBTS, standing.doubts)
    measure(Figure.IMPORTS_OPEN, standing.imports_open)
    measure(Figure.EXPORTS_OPEN, standing.exports_open)
    measure(Figure.BACKFILLS_OPEN, standing.backfills_open)
    if standing.pace_used is not None:
        measure(Figure.PACE_USED, standing.pace_used)
