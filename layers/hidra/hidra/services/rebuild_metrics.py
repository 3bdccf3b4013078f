"""Compares every counter with a recount of the messages, campaign by campaign, and repairs differences on request."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from hidra.errors import NotFound, Unavailable
from hidra.store import recount
from hidra.store.db import Database
from hidra.store.recount import Difference

PAGE = 100
# Lambda answers with at most 6 MB; a difference is some 150 bytes.
MOST_DIFFERENCES = 5_000


@dataclass(frozen=True)
class Rebuilt:
    """``continue_after`` is the last campaign that was compared if there are more, else None."""

    campaigns: int
    differences: list[tuple[UUID, Difference]]
    continue_after: UUID | None


def rebuild_metrics(
    *, db: Database, campaign_id: UUID | None, after_id: UUID | None, dry_run: bool, seconds_left: Callable[[], float]
) -> Rebuilt:
    """Compares one campaign, or all behind ``after_id`` that the time allows, each in a transaction of its own.

    Raises:
        NotFound: there is no such campaign.
        Unavailable: the first campaign stays locked. If a later one does, the result ends before it.
    """
    if campaign_id and not db.as_worker(lambda tx: recount.exists(tx, campaign_id=campaign_id)):
        raise NotFound("There is no such campaign.")
    work = recount.compare if dry_run else recount.repair
    differences: list[tuple[UUID, Difference]] = []
    campaigns, last = 0, after_id
    for campaign in [campaign_id] if campaign_id else _behind(db, after_id):
        if campaigns and (seconds_left() <= 0 or len(differences) >= MOST_DIFFERENCES):
            return Rebuilt(campaigns, differences, continue_after=last)
        try:
            found = db.as_worker(partial(work, campaign_id=campaign))
        except Unavailable:
            if not campaigns:
                raise
            return Rebuilt(campaigns, differences, continue_after=last)
        differences += [(campaign, difference) for difference in found]
        campaigns, last = campaigns + 1, campaign
    return Rebuilt(campaigns, differences, continue_after=None)


def _behind(db: Database, after_id: UUID | None) -> Iterator[UUID]:
    while page := db.as_worker(partial(recount.campaigns, after_id=after_id, limit=PAGE)):
        yield from page
        after_id = page[-1]
