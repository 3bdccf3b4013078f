"""Runs of campaigns: which ones need a pass, what a pass writes, and how they end. Their start is in freeze.py."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.blocked import Blocked
from hidra.domain.campaign import CampaignStatus
from hidra.domain.start import NUDGE_AHEAD_SECONDS
from hidra.store import blocked
from hidra.store.db import Tx

# Skip locked: a campaign that another pass or a user's action holds needs no pass now.
LOCK = """
select c.id, c.user_id, c.status, c.scheduled_at <= now() as due, c.not_after,
    coalesce(c.not_after < now(), false) and not exists (
        select from hidra.campaign_runs r where r.campaign_id = c.id and r.ended_at is null
    ) as expired,
    c.segment_id, c.template_id, c.evolution_config_id, c.scheduled_by, s.total_contacts,
    exists (select from hidra.campaign_runs r where r.campaign_id = c.id) as is_retry
from hidra.campaigns c
join hidra.contact_segments s on s.id = c.segment_id
where c.id = %(campaign_id)s
for update of c skip locked
"""
FAIL_START = f"""
update hidra.campaigns set status = 'failed', completed_at = clock_timestamp(), {blocked.SET}
where id = %(campaign_id)s and status = 'scheduled'
"""  # noqa: S608 - made of constants
BLOCK = f"""
update hidra.campaigns set {blocked.SET}
where id = %(campaign_id)s and (blocked_code, blocked_params, blocked_reason)
    is distinct from (%(blocked_code)s::text, %(blocked_params)s::jsonb, %(blocked_reason)s::text)
"""  # noqa: S608 - made of constants
TICKETED = """
update hidra.campaign_runs set ticketed_until = %(until)s, ticketed_rate = %(rate)s, requeue_at = null
where id = %(run_id)s
"""
AWAIT_ROOM = """
update hidra.campaign_runs set requeue_at = clock_timestamp() + %(after)s
where id = %(run_id)s and ended_at is null
"""
STOP_AWAITING_ROOM = """
update hidra.campaign_runs set requeue_at = null where id = %(run_id)s and requeue_at is not null
returning true
"""
# The runs of the connection that wait for room: usually none, and at most one sender finds each. A row that is locked
# belongs to another sender, or to a pass that looks for room itself after its commit.
TAKE_AWAITING_ROOM = """
update hidra.campaign_runs r set requeue_at = null
from (
    select w.id, w.requeue_at from hidra.campaign_runs w
    join hidra.campaigns c on c.id = w.campaign_id and c.evolution_config_id = %(connection_id)s
    where w.user_id = %(user_id)s and w.requeue_at is not null and w.ended_at is null
    order by w.id for update of w skip locked
) waiting
where r.id = waiting.id
returning r.user_id, r.campaign_id,
    greatest(0, ceil(extract(epoch from waiting.requeue_at - clock_timestamp())))::integer as seconds
"""
SUM_UP = """
select case when exists (
        select from hidra.campaign_runs r join hidra.campaign_runs e on e.campaign_id = r.campaign_id
        where r.id = %(run_id)s and e.started_at < r.started_at
    ) then 'retry' else 'first_send' end as kind,
    count(*) as total, count(*) filter (where status in ('sent', 'delivered', 'read')) as sent,
    count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'skipped') as skipped
from hidra.campaign_messages where run_id = %(run_id)s
"""
EVERYTHING_FAILED = """
select failed = total_messages or %(unsent)s and delivered + pending = 0
from hidra.campaign_metrics where campaign_id = %(campaign_id)s
"""
END_RUN = """
update hidra.campaign_runs
set status = %(status)s, ended_at = clock_timestamp(), summary = %(summary)s, requeue_at = null
where id = %(run_id)s and ended_at is null
"""
END_CAMPAIGN = f"""
update hidra.campaigns set status = %(status)s, completed_at = clock_timestamp(), {blocked.SET}
where id = %(campaign_id)s and status = 'running'
"""  # noqa: S608 - made of constants
NOTE_DRAINED = """
update hidra.campaign_runs r set drained_at = clock_timestamp()
where r.id = %(run_id)s and r.drained_at is null and r.ended_at is null
    and not exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'pending')
    and not exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'sending')
    and not exists (select from hidra.campaign_messages m where m.run_id = r.id and m.status = 'unknown')
returning true
"""
RUNNING_ON = """
select user_id, id as campaign_id from hidra.campaigns
where evolution_config_id = %(connection_id)s and status = 'running'
    and user_id = (select user_id from hidra.evolution_api_config where id = %(connection_id)s)
"""
SECONDS_UNTIL_START = """
select extract(epoch from scheduled_at - clock_timestamp())::float8 from hidra.campaigns
where id = %(campaign_id)s and status = 'scheduled'
"""
DUE_CAMPAIGNS = """
select user_id, id as campaign_id, case when status = 'scheduled'
    then greatest(0, ceil(extract(epoch from scheduled_at - clock_timestamp())))::integer else 0 end as seconds
from hidra.campaigns
where (status = 'scheduled' and scheduled_at <= now() + make_interval(secs => %(ahead)s)) or status = 'running'
union all
select r.user_id, r.campaign_id, 0 from hidra.campaign_runs r
join hidra.campaigns c on c.id = r.campaign_id
where r.ended_at is null and c.status = 'canceled'
order by seconds
"""


@dataclass(frozen=True)
class LockedCampaign:
    """A campaign whose row this transaction locks.

    ``expired``: it was to start by now. ``is_retry``: it has run before, or a retry is frozen in part.
    """

    id: UUID
    user_id: UUID
    status: CampaignStatus
    due: bool | None
    not_after: datetime | None
    expired: bool
    segment_id: UUID
    template_id: UUID
    evolution_config_id: UUID | None
    scheduled_by: UUID | None
    total_contacts: int
    is_retry: bool


@dataclass(frozen=True)
class Summary:
    """A run and its recipients at its end; later statuses and retries change the campaign's metrics, not this."""

    kind: str
    total: int
    sent: int
    failed: int
    skipped: int


@dataclass(frozen=True)
class DueCampaign:
    """A campaign that needs a pass, in so many seconds."""

    user_id: UUID
    campaign_id: UUID
    seconds: int = 0


def lock(tx: Tx, *, campaign_id: UUID) -> LockedCampaign | None:
    """Returns the campaign, locked; None if it is gone, or locked by another pass or a user's action."""
    return tx.row(LockedCampaign, LOCK, campaign_id=campaign_id)


def fail_start(tx: Tx, *, campaign_id: UUID, reason: Blocked) -> None:
    """Ends a scheduled campaign that cannot start; the reason is what its owner reads."""
    tx.run(FAIL_START, campaign_id=campaign_id, **blocked.parameters(reason))


def block(tx: Tx, *, campaign_id: UUID, reason: Blocked | None) -> None:
    """Records why a running campaign does not send; None: nothing blocks it."""
    tx.run(BLOCK, campaign_id=campaign_id, **blocked.parameters(reason))


def note_tickets(tx: Tx, *, run_id: UUID, until: datetime | None, rate: int | None) -> None:
    """Records until when tickets are issued, and at which rate, before they are.

    None: tickets already issued will not claim a message.
    """
    tx.run(TICKETED, run_id=run_id, until=until, rate=rate)


def await_room(tx: Tx, *, run_id: UUID, after: timedelta) -> None:
    """Lets the next post that ends on the run's connection ask for a pass, which comes after that time at the earliest.

    Look for room again after the commit: a post may have ended meanwhile, and then no sender asks.
    """
    tx.run(AWAIT_ROOM, run_id=run_id, after=after)


def stop_awaiting_room(tx: Tx, *, run_id: UUID) -> bool:
    """Returns whether the run waited for room, and no sender has asked for its pass."""
    return bool(tx.value(STOP_AWAITING_ROOM, run_id=run_id))


def take_awaiting_room(tx: Tx, *, user_id: UUID, connection_id: UUID) -> list[DueCampaign]:
    """Returns the campaigns whose runs wait for room on the connection, for the caller to ask for their passes.

    Call it after the commit that freed the room.
    """
    return tx.rows(DueCampaign, TAKE_AWAITING_ROOM, user_id=user_id, connection_id=connection_id)


def end(tx: Tx, *, campaign_id: UUID, run_id: UUID, canceled: bool, unsent: Blocked | None = None) -> CampaignStatus:
    """Ends a drained run and its campaign: as canceled, as failed, or as completed.

    It failed if every message of all runs failed, or if no recipient of all runs was sent one.

    Args:
        unsent: why the run sent nothing, if it did not; it stays readable.
    """
    summary = tx.row(Summary, SUM_UP, run_id=run_id)
    if summary is None:
        raise AssertionError("an aggregate returns a row")
    status = CampaignStatus.COMPLETED
    if canceled:
        status = CampaignStatus.CANCELED
    elif tx.value(EVERYTHING_FAILED, campaign_id=campaign_id, unsent=unsent is not None):
        status = CampaignStatus.FAILED
    tx.run(END_RUN, run_id=run_id, status=status, summary=Jsonb(asdict(summary)))
    tx.run(END_CAMPAIGN, campaign_id=campaign_id, status=status, **blocked.parameters(unsent))
    return status


def note_drained(tx: Tx, *, run_id: UUID) -> bool:
    """Records that the run is drained; True for the one sender that finds it so first."""
    return bool(tx.value(NOTE_DRAINED, run_id=run_id))


def running_on(tx: Tx, *, connection_id: UUID) -> list[DueCampaign]:
    """Returns the running campaigns of a connection."""
    return tx.rows(DueCampaign, RUNNING_ON, connection_id=connection_id)


def seconds_until_start(tx: Tx, *, campaign_id: UUID) -> float | None:
    """Returns the seconds until a scheduled campaign is to start; negative if it is due, None if not scheduled."""
    found: float | None = tx.value(SECONDS_UNTIL_START, campaign_id=campaign_id)
    return found


def due_campaigns(tx: Tx) -> list[DueCampaign]:
    """Returns campaigns that are running, that start soon, or that are canceled with a run that has not ended."""
    return tx.rows(DueCampaign, DUE_CAMPAIGNS, ahead=NUDGE_AHEAD_SECONDS)
