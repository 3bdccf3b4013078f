"""Sending windows of runs: Python decides the next range, and writes it as the two instants that claims ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.send_window import Opening, SendWindow, opening
from hidra.store.db import Tx

# The window of a campaign c with the connection k.
EFFECTIVE = "coalesce(c.send_window, k.send_window)"
# Before the campaign's row. A save of the connection, which may change its window, locks it for update.
HOLD = """
select from hidra.evolution_api_config k
where k.id = (select c.evolution_config_id from hidra.campaigns c where c.id = %(campaign_id)s) for key share
"""
WRITE = """
update hidra.campaign_runs set open_from = %(open_from)s, open_until = %(open_until)s
where id = %(run_id)s and (open_from, open_until)
    is distinct from (%(open_from)s::timestamptz, %(open_until)s::timestamptz)
"""
OPEN_RUNS = f"""
select r.id as run_id, r.campaign_id, {EFFECTIVE} as send_window, clock_timestamp() as now
from hidra.campaigns c
join hidra.campaign_runs r on r.campaign_id = c.id and r.ended_at is null
left join hidra.evolution_api_config k on k.id = c.evolution_config_id and k.deleted_at is null
where c.user_id = %(user_id)s
    and (c.id = %(campaign_id)s::uuid or c.evolution_config_id = %(connection_id)s::uuid)
order by r.id
"""  # noqa: S608 - made of constants
# Tickets that were issued for the old range may have been dropped.
REOPEN = """
update hidra.campaign_runs set open_from = %(open_from)s, open_until = %(open_until)s, ticketed_until = null
where id = %(run_id)s and (open_from, open_until)
    is distinct from (%(open_from)s::timestamptz, %(open_until)s::timestamptz)
returning true
"""


@dataclass(frozen=True)
class _OpenRun:
    run_id: UUID
    campaign_id: UUID
    send_window: SendWindow | None
    now: datetime


def column(window: SendWindow | None) -> Jsonb | None:
    return None if window is None else Jsonb(window)


def hold(tx: Tx, *, campaign_id: UUID) -> None:
    """Keeps the window of the campaign's connection as it is until this transaction ends."""
    tx.run(HOLD, campaign_id=campaign_id)


def write(tx: Tx, *, run_id: UUID, opens: Opening) -> None:
    """Writes between which instants the messages of the run may be claimed."""
    tx.run(WRITE, run_id=run_id, **vars(opens))


def reopen(tx: Tx, *, campaign_id: UUID | None = None, connection_id: UUID | None = None) -> Sequence[UUID]:
    """Applies changed windows to the open runs of the user's campaign, or of those on the connection.

    No claim of these campaigns may be open: the caller holds the campaign's advisory lock, see
    ``campaigns.stop_claims``, or the connection's limit, which each claim locks.

    Returns the campaigns whose run opens or closes at another time now.
    """
    changed = []
    for run in tx.rows(_OpenRun, OPEN_RUNS, campaign_id=campaign_id, connection_id=connection_id):
        if tx.value(REOPEN, run_id=run.run_id, **vars(opening(run.send_window, run.now))):
            changed.append(run.campaign_id)
    return changed
