"""A user's transaction that changes a campaign, and so locks it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from hidra.errors import Conflict, HidraError, Unavailable
from hidra.store.db import Database, Tx


def campaign_transaction[T](
    db: Database, user_id: UUID, work: Callable[[Tx], T], refusals: Mapping[str, HidraError] | None = None
) -> T:
    """Runs ``work`` as ``Database.as_user`` does.

    Raises:
        Conflict: the pass that starts the campaign holds its lock, for longer than the database waits.
    """
    try:
        return db.as_user(user_id, work, refusals)
    except Unavailable as error:
        if error.code != "locked":
            raise
        raise Conflict(
            "Nothing was changed: the campaign is being started. Try again in a few seconds.", code="campaign-starting"
        ) from error
