"""The beginning of a run: its content and its recipients as they are at this moment, frozen."""

from dataclasses import dataclass
from uuid import UUID

from hidra.domain.message import OUTCOME_UNKNOWN
from hidra.domain.template import columns, placeholders
from hidra.store import counters, erasure
from hidra.store.audience import AUDIENCE, MEMBERS
from hidra.store.counters import Frozen
from hidra.store.db import Tx
from hidra.store.runs import LockedCampaign

OPEN_RUN = """
insert into hidra.campaign_runs (user_id, campaign_id, initiated_by, body, media_url, media_type, file_name)
select %(user_id)s, %(campaign_id)s, %(initiated_by)s, t.body, t.media_url, t.media_type, t.file_name
from hidra.message_templates t where t.id = %(template_id)s
returning id, body
"""
# What both freezes do with their members.
_FROZEN = f"""{AUDIENCE}, frozen as (
    insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, evolution_config_id, phone,
        phone_hash, variables, status, failed_at, error_code, error_detail)
    select user_id, %(campaign_id)s, %(run_id)s, contact_id, %(connection_id)s, phone, phone_hash, resolved,
        case error_code when 'opted_out' then 'skipped' when 'unresolved_variable' then 'failed'
            else 'pending'::hidra.message_status end,
        case error_code when 'unresolved_variable' then now() end, error_code, error_detail
    from audience
    returning status
)
select count(*) as total, count(*) filter (where status = 'pending') as pending,
    count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'skipped') as skipped
from frozen
"""  # noqa: S608 - made of constants
# What the joins take of the server's memory before they go to its disk, and write the recipients in another order than
# they came: twice this for a hash, of which MAX_AUDIENCE members need 141 MB.
WORK_MEM = "select set_config('work_mem', '80MB', true)"
FREEZE = f"""
with members as ({MEMBERS}), {_FROZEN}
"""
# Nobody can tell whether those whose outcome is unknown were reached. Contacts that are gone are not written to, nor
# those whose phone, by now, is one that the campaign has reached under another contact.
FAILED = """
m.counted and m.status = 'failed' and m.error_code is distinct from %(outcome_unknown)s
    and exists (
        select from hidra.contacts c
        where c.user_id = m.user_id and c.id = m.contact_id and not exists (
            select from hidra.campaign_runs s join hidra.campaign_messages x on x.run_id = s.id
            where s.campaign_id = %(campaign_id)s and x.phone_hash = c.phone_hash and x.contact_id <> c.id
                and (x.status not in ('failed', 'skipped') or x.error_code = %(outcome_unknown)s)
        )
    )
"""
# From now on the new row counts for its recipient, and the old failure leaves the timeline.
FREEZE_FAILED = f"""
with members as (
    update hidra.campaign_messages m set counted = false
    from hidra.campaign_runs r
    where r.campaign_id = %(campaign_id)s and m.run_id = r.id and {FAILED}
    returning m.user_id, m.contact_id, m.failed_at
), taken_back as (
    update hidra.campaign_timeline_points p set failed = p.failed - n.failed
    from (select date_trunc('minute', failed_at) as minute, count(*) as failed from members group by 1) n
    where p.campaign_id = %(campaign_id)s and p.timestamp = n.minute
), {_FROZEN}
"""  # noqa: S608 - made of constants
START = """
update hidra.campaigns
set status = 'running', started_at = coalesce(started_at, now()), completed_at = null, blocked_reason = null
where id = %(campaign_id)s
"""
ANY_FAILED = f"""
select exists (
    select from hidra.campaign_runs r join hidra.campaign_messages m on m.run_id = r.id
    where r.user_id = %(user_id)s and r.campaign_id = %(campaign_id)s and {FAILED}
)
"""  # noqa: S608 - made of constants


@dataclass(frozen=True)
class _Opened:
    id: UUID
    body: str


def freeze(tx: Tx, campaign: LockedCampaign) -> Frozen:
    """Opens a run with the template's text and its recipients as they are at this moment, and starts it.

    The recipients are the segment's contacts; in a campaign that has run before, those of them whose message failed.
    A recipient who opted out is skipped; one without a value for a variable failed, for the text never goes out so.
    """
    erasure.block(tx, user_id=campaign.user_id)
    run = tx.row(
        _Opened,
        OPEN_RUN,
        user_id=campaign.user_id,
        campaign_id=campaign.id,
        initiated_by=campaign.scheduled_by,
        template_id=campaign.template_id,
    )
    if run is None:
        raise AssertionError("a campaign's template cannot be deleted")
    counters.lock(tx, [campaign.id])
    tx.run(WORK_MEM)
    variables = placeholders(run.body)
    found = tx.row(
        Frozen,
        FREEZE_FAILED if campaign.again else FREEZE,
        campaign_id=campaign.id,
        run_id=run.id,
        connection_id=campaign.evolution_config_id,
        segment_id=campaign.segment_id,
        variables=variables,
        columns=columns(variables),
        outcome_unknown=OUTCOME_UNKNOWN,
    )
    if found is None:
        raise AssertionError("an aggregate gives a row")
    counters.add_frozen(tx, found, user_id=campaign.user_id, campaign_id=campaign.id, retried=campaign.again)
    tx.run(START, campaign_id=campaign.id)
    return found


def any_failed(tx: Tx, *, campaign_id: UUID) -> bool:
    """Whether a retry would find somebody."""
    return bool(tx.value(ANY_FAILED, campaign_id=campaign_id, outcome_unknown=OUTCOME_UNKNOWN))
