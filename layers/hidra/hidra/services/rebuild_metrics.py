"""Holds every counter against a recount of the messages, campaign by campaign, and mends what differs if asked to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from hidra.errors import NotFound, Unavailable
from hidra.store import recount
from hidra.store.db import Database
from hidra.store.recount import Difference

PAGE = 100
# An answer of Lambda holds 6 MB; a difference is some 150 bytes.
MOST_DIFFERENCES = 5_000


@dataclass(frozen=True)
class Rebuilt:
    """`go_on_after` is the last campaign that was looked at if there are more, else None."""

    campaigns: int
    differences: list[tuple[UUID, Difference]]
    go_on_after: UUID | None


def rebuild_metrics(
    *, db: Database, campaign_id: UUID | None, after_id: UUID | None, dry_run: bool, seconds_left: Callable[[], float]
) -> Rebuilt:
    """Looks at one campaign, or at all behind ``after_id`` as far as the time goes; a transaction each.

    Raises:
        NotFound: there is no such campaign.
        Unavailable: the first campaign is held by somebody for long; what was done before another one is told.
    """
    if campaign_id and not db.as_worker(lambda tx: recount.exists(tx, campaign_id=campaign_id)):
        raise NotFound("There is no such campaign.")
    work = recount.compare if dry_run else recount.mend
    differences: list[tuple[UUID, Difference]] = []
    campaigns, last = 0, after_id
    for campaign in [campaign_id] if campaign_id else _behind(db, after_id):
        if campaigns and (seconds_left() <= 0 or len(differences) >= MOST_DIFFERENCES):
            return Rebuilt(campaigns, differences, go_on_after=last)
        try:
            found = db.as_worker(partial(work, campaign_id=campaign))
        except Unavailable:
            if not campaigns:
                raise
            return Rebuilt(campaigns, differences, go_on_after=last)
        differences += [(campaign, difference) for difference in found]
        campaigns, last = campaigns + 1, campaign
    return Rebuilt(campaigns, differences, go_on_after=None)


def _behind(db: Database, after_id: UUID | None) -> Iterator[UUID]:
    while page := db.as_worker(partial(recount.campaigns, after_id=after_id, limit=PAGE)):
        yield from page
        after_id = page[-1]
