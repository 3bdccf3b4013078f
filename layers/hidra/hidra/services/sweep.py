"""What the clock does each minute beside asking for looks: it mends what was lost on the way."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from hidra.domain.ticket import ConfirmationTicket
from hidra.store import claims, confirmations, deliveries, direct_sends, imports, runs
from hidra.store.db import Database
from hidra.store.imports import StaleImport
from hidra.store.runs import DueCampaign
from hidra.telemetry import logger

MAX_UNMATCHED_ROUNDS = 20


def sweep(
    *,
    db: Database,
    nudge_all: Callable[[Sequence[DueCampaign]], object],
    nudge_import: Callable[[StaleImport], object],
    queue: Callable[[Sequence[ConfirmationTicket]], object],
    sender_lost_after: timedelta,
) -> None:
    """Asks for a look at every campaign that needs one, for a slice of every import that stands still, and repairs.

    Args:
        queue: has those answered who left, where the first asking was lost or found no turn.
        sender_lost_after: a message in sending for that long has lost its sender, so its outcome is unknown.
    """
    nudge_all(db.as_worker(runs.due_campaigns))
    lost = db.as_worker(lambda tx: claims.mark_sender_lost(tx, older_than=sender_lost_after))
    if lost:
        logger.warning("messages whose sender was lost are unknown now", messages=lost)
    db.as_worker(deliveries.forget_old)
    db.as_worker(direct_sends.forget_old)
    for stuck in db.as_worker(imports.stale):
        nudge_import(stuck)
    db.as_worker(confirmations.forget_old)
    if unanswered := db.as_worker(confirmations.waiting):
        queue(unanswered)
    for _ in range(MAX_UNMATCHED_ROUNDS):
        if not db.as_worker(deliveries.apply_all_unmatched):
            break
