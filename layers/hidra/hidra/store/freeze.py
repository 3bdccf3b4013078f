"""The freeze that begins a run: it copies the content and the recipients as they are at this moment.

A first run is frozen in one transaction: nothing else changes its counters yet. A retry is frozen in slices, each in a
transaction of its own, because webhooks of the earlier messages wait while one holds the campaign's metrics.
"""

from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from hidra.domain.campaign import MAX_AUDIENCE
from hidra.domain.content import MediaType
from hidra.domain.message import OUTCOME_UNKNOWN
from hidra.store import blocked, counters, erasure
from hidra.store.audience import AUDIENCE, MEMBERS, SKIP_NONE, SkipRules, parameters, skip_rules
from hidra.store.counters import Frozen
from hidra.store.db import Tx
from hidra.store.pages import AFTER_ID
from hidra.store.runs import LockedCampaign

RETRY_SLICE = 2_000  # recipients; webhooks wait for as long as their freeze takes
# Closed until the pass writes its sending window: a freeze may take long, and the window may change meanwhile.
OPEN_RUN = """
insert into hidra.campaign_runs (user_id, campaign_id, initiated_by, body, media_url, media_type, file_name, open_until)
select %(user_id)s, %(campaign_id)s, %(initiated_by)s, t.body, t.media_url, t.media_type, t.file_name, now()
from hidra.message_templates t where t.id = %(template_id)s
returning id, body, media_type,
    (select k.integration from hidra.evolution_api_config k where k.id = %(connection_id)s) as integration
"""
# A retry's run that an earlier slice opened. Its content was frozen then.
OPENED_RUN = """
select r.id, r.body, r.media_type,
    (select k.integration from hidra.evolution_api_config k where k.id = %(connection_id)s) as integration
from hidra.campaign_runs r where r.campaign_id = %(campaign_id)s and r.ended_at is null
"""
# What both freezes do with their members and with the messages that they retry. The order is that of the ids,
# whatever the plan is; it fills the index of a run's contacts from one end, which takes less time than the sorting.
_FROZEN = f"""{AUDIENCE}, frozen as (
    insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, evolution_config_id, phone,
        phone_hash, variables, status, failed_at, error_code, error_detail)
    select user_id, %(campaign_id)s, %(run_id)s, contact_id, %(connection_id)s, phone, phone_hash, resolved,
        case when error_code is null then 'pending'::hidra.message_status
            when skipped then 'skipped' else 'failed' end,
        case when error_code is not null and not skipped then now() end, error_code, error_detail
    from audience order by contact_id
    returning status
), retried_points as (
    select date_trunc('minute', failed_at) as minute, count(*) as failed from retried group by 1
)
select count(*) as total, count(*) filter (where status = 'pending') as pending,
    count(*) filter (where status = 'failed') as failed, count(*) filter (where status = 'skipped') as skipped,
    date_trunc('minute', now()) as minute,
    array(select minute from retried_points order by minute) as retried_minutes,
    array(select failed from retried_points order by minute) as retried_failures,
    (select count(replied_at) from retried) as retried_replies
from frozen
"""  # noqa: S608 - made of constants
# Memory for the joins, which go to disk with less. A hash may use twice this; of MAX_AUDIENCE members it needs 141 MB.
# No plan_cache_mode here: the check of the messages' foreign key would be planned anew for each row.
WORK_MEM = "select set_config('work_mem', '80MB', true)"
# A slice of a retry looks its few recipients up, instead of reading all contacts of the user for each slice.
BY_INDEX = """
select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true)
"""
FREEZE = f"""
with members as ({MEMBERS}), retried as (
    select null::timestamptz as failed_at, null::timestamptz as replied_at where false
), {_FROZEN}
"""
# The failed messages m that a retry sends again. Three kinds it does not:
# - those given up with an unknown outcome, which may have arrived;
# - those of deleted contacts;
# - those of contacts whose phone is by now one that the campaign has reached under another contact.
# The offset makes each message look its phone up, instead of joining it with all messages of the campaign.
FAILED = """
m.counted and m.status = 'failed' and m.error_code is distinct from %(outcome_unknown)s
    and exists (
        select from hidra.contacts c
        where c.user_id = m.user_id and c.id = m.contact_id and not exists (
            select from hidra.campaign_messages x join hidra.campaign_runs s on s.id = x.run_id
            where x.user_id = c.user_id and x.phone_hash = c.phone_hash and x.contact_id <> c.id
                and s.campaign_id = %(campaign_id)s
                and (x.status not in ('failed', 'skipped') or x.error_code = %(outcome_unknown)s)
            offset 0
        )
        offset 0
    )
"""
# The last contact of a slice of failed recipients, whether they are retried or not.
FAILED_UPTO = f"""
select contact_id from (
    select m.contact_id
    from hidra.campaign_runs r cross join lateral (
        select m.contact_id from hidra.campaign_messages m
        where m.run_id = r.id and m.status = 'failed' and m.counted and m.contact_id > {AFTER_ID}
        order by m.run_id, m.status, m.counted, m.contact_id limit %(size)s
    ) m
    where r.campaign_id = %(campaign_id)s and r.id <> %(run_id)s
    order by m.contact_id limit %(size)s
) slice order by contact_id desc limit 1
"""  # noqa: S608 - made of constants
# From now on the new row counts for its recipient, and the old failure does not.
FREEZE_FAILED = f"""
with retried as (
    update hidra.campaign_messages m set counted = false
    from hidra.campaign_runs r
    where r.campaign_id = %(campaign_id)s and r.id <> %(run_id)s and m.run_id = r.id
        and m.contact_id > {AFTER_ID} and m.contact_id <= %(upto)s and {FAILED}
    returning m.user_id, m.contact_id, m.failed_at, m.replied_at
), members as (select user_id, contact_id from retried), {_FROZEN}
"""  # noqa: S608 - made of constants
START = f"""
update hidra.campaigns
set status = 'running', started_at = coalesce(started_at, now()), completed_at = null, {blocked.CLEAR}
where id = %(campaign_id)s
"""  # noqa: S608 - made of constants
# The recipients that a retry would have, by the index of pages, which a user's transaction cannot use by itself.
RETRIED = f"""
select m.user_id, m.contact_id
from hidra.recipients_page(
    %(campaign_id)s, null, '{{failed}}', null, '00000000-0000-0000-0000-000000000000', {MAX_AUDIENCE}
) as found
join hidra.campaign_messages m on m.run_id = found.run_id and m.contact_id = found.contact_id
where {FAILED}
"""  # noqa: S608 - made of constants
ANY_FAILED = f"select exists ({RETRIED})"


@dataclass(frozen=True)
class _Run:
    id: UUID
    body: str
    media_type: MediaType | None
    integration: str | None


def freeze(tx: Tx, campaign: LockedCampaign) -> Frozen:
    """Opens the first run with the template's text and the segment's contacts as they are at this moment; starts it.

    A recipient that opted out, or that the campaign's rules skip, is skipped. One without a value for a variable fails:
    the text is never sent incomplete. So does one whose text is too long for the Cloud API.
    """
    # Shares the advisory lock "erasure" of the user: an erasure cannot see the recipients before this commits.
    erasure.block(tx, user_id=campaign.user_id)
    run = _open(tx, campaign)
    counters.lock(tx, [campaign.id])
    rules = skip_rules(tx, user_id=campaign.user_id, campaign_id=campaign.id)
    tx.run(WORK_MEM)
    frozen = _write(tx, FREEZE, campaign, run, rules, segment_id=campaign.segment_id)
    tx.run(START, campaign_id=campaign.id)
    return frozen


def freeze_retry(tx: Tx, campaign: LockedCampaign, *, after: UUID | None) -> UUID | None:
    """Freezes up to ``RETRY_SLICE`` failed recipients into the open run of a retry, by the rule of ``freeze``, but that
    the campaign's rules skip none of them again.

    The first slice opens the run; nothing is sent before the one that finds no recipient more starts the campaign. A
    recipient is retried once, however often slices are repeated.

    Args:
        after: the contact where the slice before ended; None: from the first.

    Returns:
        the contact where this slice ended; None: the campaign has started.
    """
    erasure.block(tx, user_id=campaign.user_id)
    run = tx.row(_Run, OPENED_RUN, campaign_id=campaign.id, connection_id=campaign.evolution_config_id)
    run = run or _open(tx, campaign)
    upto: UUID | None = tx.value(FAILED_UPTO, campaign_id=campaign.id, run_id=run.id, after_id=after, size=RETRY_SLICE)
    if upto is None:
        tx.run(START, campaign_id=campaign.id)
        return None
    counters.lock(tx, [campaign.id])
    tx.run(BY_INDEX)
    _write(tx, FREEZE_FAILED, campaign, run, SKIP_NONE, after_id=after, upto=upto, outcome_unknown=OUTCOME_UNKNOWN)
    return upto


def any_failed(tx: Tx, *, campaign_id: UUID) -> bool:
    """Whether a retry would have a recipient."""
    return bool(tx.value(ANY_FAILED, campaign_id=campaign_id, outcome_unknown=OUTCOME_UNKNOWN))


def _open(tx: Tx, campaign: LockedCampaign) -> _Run:
    run = tx.row(
        _Run,
        OPEN_RUN,
        user_id=campaign.user_id,
        campaign_id=campaign.id,
        initiated_by=campaign.scheduled_by,
        template_id=campaign.template_id,
        connection_id=campaign.evolution_config_id,
    )
    if run is None:
        raise AssertionError("a campaign's template cannot be deleted")
    return run


def _write(
    tx: Tx, statement: LiteralString, campaign: LockedCampaign, run: _Run, rules: SkipRules, **members: Any
) -> Frozen:
    frozen = tx.row(
        Frozen,
        statement,
        user_id=campaign.user_id,
        campaign_id=campaign.id,
        run_id=run.id,
        connection_id=campaign.evolution_config_id,
        **members,
        **parameters(run.body, run.media_type, run.integration, rules),
    )
    if frozen is None:
        raise AssertionError("an aggregate returns a row")
    counters.add_frozen(tx, frozen, user_id=campaign.user_id, campaign_id=campaign.id)
    return frozen
