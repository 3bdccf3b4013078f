"""Figures for operators, over all tenants, as the database stands."""

from dataclasses import dataclass

from hidra.store.db import Tx

# A connection gives its campaigns no more than its own limit, and no more than their limits together. Slots are kept
# for longer than a minute. A campaign that began or drained within the minute has used less than its pace.
STANDING = """
with running as (
    select id, evolution_config_id, blocked_code from hidra.campaigns where status = 'running'
), sharing as (
    select c.rate, sum(own.rate) as wanted, (
        select count(*) from hidra.pace_slots s
        where s.subject = c.subject and s.slot > clock_timestamp() - interval '1 minute' and s.slot <= clock_timestamp()
    ) as used
    from running r
    join hidra.pace_limits own on own.subject = r.id
    join hidra.pace_limits c on c.subject = r.evolution_config_id
    where r.blocked_code is null
    group by c.subject, c.rate
)
select
    (select count(*) from running) as campaigns_running,
    (select count(*) from running where blocked_code <> 'outside-send-window') as campaigns_blocked,
    (select (100.0 * sum(used) / sum(least(rate, wanted)))::float from sharing) as pace_used,
    (select count(*) from hidra.campaign_messages where status = 'unknown') as doubts,
    (select count(*) from hidra.contact_imports where status in ('waiting', 'running')) as imports_open,
    (select count(*) from hidra.exports where status in ('waiting', 'running')) as exports_open,
    (select count(*) from hidra.status_backfills where completed_at is null) as backfills_open
"""


@dataclass(frozen=True)
class Standing:
    """Campaigns, messages in doubt, imports, exports and status backfills that are not over.

    ``campaigns_blocked``: without those that only wait for their sending window to open.

    ``pace_used``: percent of the pace that campaigns which nothing blocks might have used in the last minute; None:
    there is none such.
    """

    campaigns_running: int
    campaigns_blocked: int
    pace_used: float | None
    doubts: int
    imports_open: int
    exports_open: int
    backfills_open: int


def standing(tx: Tx) -> Standing:
    found = tx.row(Standing, STANDING)
    assert found is not None
    return found
