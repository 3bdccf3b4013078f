"""A campaign's runs and the outcome of each of their recipients, for reading.

The default is a campaign's recipients over all runs: of each recipient the one message that metrics count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from hidra.domain.campaign import CampaignStatus
from hidra.domain.content import MediaType
from hidra.domain.message import MessageStatus
from hidra.store.db import Tx
from hidra.store.pages import AFTER_ID, newest_first

# The four counters of campaign_metrics, of rows with a status and a number of messages.
_COUNTERS = """coalesce(sum(messages), 0)::bigint as total,
    coalesce(sum(messages) filter (where status in ('delivered', 'read')), 0)::bigint as delivered,
    coalesce(sum(messages) filter (where status = 'failed'), 0)::bigint as failed,
    coalesce(sum(messages) filter (where status in ('pending', 'sending', 'unknown', 'sent')), 0)::bigint as pending,
    coalesce(sum(messages) filter (where status = 'skipped'), 0)::bigint as skipped"""
RUNS = f"""
with page as materialized (
    select id, campaign_id, status, initiated_by, started_at, ended_at, body, media_url, media_type, file_name
    from hidra.campaign_runs
    where user_id = %(user_id)s and campaign_id = %(campaign_id)s and {newest_first("started_at")}
), counts as materialized (
    select run_id, status, counted, messages from hidra.recipient_counts(array(select id from page))
)
select p.id, p.status, p.initiated_by, p.started_at, p.ended_at, p.body, p.media_url, p.media_type, p.file_name,
    to_jsonb(s) || jsonb_build_object(
        'kind', case when exists (
            select from hidra.campaign_runs e
            where e.user_id = %(user_id)s and e.campaign_id = p.campaign_id and e.started_at < p.started_at
        ) then 'retry' else 'first_send' end,
        'counted', to_jsonb(c)
    ) as summary
from page p
cross join lateral (select {_COUNTERS} from counts where run_id = p.id) s
cross join lateral (select {_COUNTERS} from counts where run_id = p.id and counted) c
order by p.started_at desc, p.id desc
"""  # noqa: S608 - made of constants
HAS_RUN = """
select true from hidra.campaign_runs
where user_id = %(user_id)s and campaign_id = %(campaign_id)s and id = %(run_id)s
"""
# The name of now; a deleted contact has none.
RECIPIENT_COLUMNS = """m.contact_id, c.name, m.phone, m.run_id, m.counted, m.status, m.attempts, m.provider_message_id,
    m.sent_at, m.acked_at, m.delivered_at, m.read_at, m.failed_at, m.replied_at, m.error_code, m.error_detail"""
# Every status that is asked for is one range of an index, so the plan does not depend on the parameters.
STATUSES = """coalesce(%(statuses)s::hidra.message_status[], enum_range(null::hidra.message_status))"""
_FOUND = f"""(
    %(campaign_id)s, %(run_id)s, {STATUSES}, %(error_code)s, {AFTER_ID}, %(limit)s
) as found
join hidra.campaign_messages m on m.run_id = found.run_id and m.contact_id = found.contact_id
left join hidra.contacts c on c.user_id = m.user_id and c.id = m.contact_id
order by m.contact_id
"""
RECIPIENTS = f"""
select {RECIPIENT_COLUMNS} from hidra.recipients_page{_FOUND}
"""  # noqa: S608 - made of constants
REPLIED = f"""
select {RECIPIENT_COLUMNS} from hidra.replied_page{_FOUND}
"""  # noqa: S608 - made of constants
# The contacts that have the phone now, or had it at a freeze of this campaign.
WITH_PHONE = """
select id from hidra.contacts where user_id = %(user_id)s and phone = %(phone)s
union
select m.contact_id from (
    select campaign_id, contact_id from hidra.campaign_messages
    where user_id = %(user_id)s and phone_hash = %(phone_hash)s offset 0
) m where m.campaign_id = %(campaign_id)s
"""
RECIPIENTS_OF_CONTACTS = f"""
select {RECIPIENT_COLUMNS}
from unnest(%(contact_ids)s::uuid[]) as wanted (id)
join hidra.campaign_runs r on r.user_id = %(user_id)s and r.campaign_id = %(campaign_id)s
    and r.id = coalesce(%(run_id)s::uuid, r.id)
cross join lateral (
    select * from hidra.campaign_messages m where m.run_id = r.id and m.contact_id = wanted.id offset 0
) m
left join hidra.contacts c on c.user_id = m.user_id and c.id = m.contact_id
where m.contact_id > {AFTER_ID} and (m.counted or m.run_id = %(run_id)s::uuid) and m.status = any({STATUSES})
  and m.error_code is not distinct from coalesce(%(error_code)s::text, m.error_code)
  and (m.replied_at is not null or not %(replied)s)
order by m.contact_id limit %(limit)s
"""  # noqa: S608 - made of constants
COUNTS = """
select status, error_code, sum(messages)::bigint as recipients
from hidra.recipient_counts(array(
    select id from hidra.campaign_runs
    where user_id = %(user_id)s and campaign_id = %(campaign_id)s and id = coalesce(%(run_id)s::uuid, id)
))
where counted or run_id = %(run_id)s::uuid
group by status, error_code order by status, error_code nulls first
"""


@dataclass(frozen=True)
class Counts:
    """Recipients under the four counters of the metrics; ``total`` is their sum."""

    total: int
    delivered: int
    failed: int
    pending: int
    skipped: int


@dataclass(frozen=True)
class RunSummary(Counts):
    """What a run is, and its recipients as they are now.

    ``counted`` are those that the campaign's metrics count: of each recipient the metrics count one message, usually
    that of the latest run. Added up over a campaign's runs they are its metrics.
    """

    kind: Literal["first_send", "retry"]
    counted: Counts


@dataclass(frozen=True)
class Run:
    """``body`` and the media are the template's at the start; its later edits do not change them."""

    id: UUID
    status: CampaignStatus
    initiated_by: UUID
    started_at: datetime
    ended_at: datetime | None
    body: str
    media_url: str | None
    media_type: MediaType | None
    file_name: str | None
    summary: RunSummary

    def __post_init__(self) -> None:
        if isinstance(self.summary, dict):  # as the driver reads jsonb
            counted = Counts(**self.summary.pop("counted"))
            object.__setattr__(self, "summary", RunSummary(counted=counted, **self.summary))


@dataclass(frozen=True)
class Recipient:
    """``phone`` is that of the freeze, ``name`` the contact's of now; both are null after the person was erased.

    ``counted``: the metrics count this message for the recipient, not that of another run.
    """

    contact_id: UUID
    name: str | None
    phone: str | None
    run_id: UUID
    counted: bool
    status: MessageStatus
    attempts: int
    provider_message_id: str | None
    sent_at: datetime | None
    acked_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    replied_at: datetime | None
    error_code: str | None
    error_detail: str | None


@dataclass(frozen=True)
class RecipientCount:
    """The number of recipients with this status for this reason."""

    status: MessageStatus
    error_code: str | None
    recipients: int


def runs(
    tx: Tx, *, campaign_id: UUID, limit: int, after_at: datetime | None = None, after_id: UUID | None = None
) -> list[Run]:
    """The latest first, after the given one."""
    return tx.rows(Run, RUNS, campaign_id=campaign_id, after_at=after_at, after_id=after_id, limit=limit)


def has_run(tx: Tx, *, campaign_id: UUID, run_id: UUID) -> bool:
    return bool(tx.value(HAS_RUN, campaign_id=campaign_id, run_id=run_id))


def with_phone(tx: Tx, *, campaign_id: UUID, phone: str, phone_hash: bytes) -> list[UUID]:
    """Returns the contacts that have the phone now, or had it at a freeze of the campaign."""
    ids: list[UUID] = tx.values(WITH_PHONE, campaign_id=campaign_id, phone=phone, phone_hash=phone_hash)
    return ids


def recipients(
    tx: Tx,
    *,
    campaign_id: UUID,
    run_id: UUID | None,
    status: MessageStatus | None,
    error_code: str | None,
    replied: bool,
    contact_ids: Sequence[UUID] | None,
    after_id: UUID | None,
    limit: int,
) -> list[Recipient]:
    """By contact, after the given one.

    Args:
        run_id: recipients of this run; None: of the campaign, each with the message that counts.
        replied: only recipients that replied.
        contact_ids: only these contacts; None: all.
    """
    found = {
        "campaign_id": campaign_id,
        "run_id": run_id,
        "statuses": [status] if status else None,
        "error_code": error_code,
        "after_id": after_id,
        "limit": limit,
    }
    if contact_ids is None:
        return tx.rows(Recipient, REPLIED if replied else RECIPIENTS, **found)
    return tx.rows(Recipient, RECIPIENTS_OF_CONTACTS, contact_ids=list(contact_ids), replied=replied, **found)


def counts(tx: Tx, *, campaign_id: UUID, run_id: UUID | None) -> list[RecipientCount]:
    """Returns the numbers of recipients by status and reason, of a run or, None, of the campaign as it counts them."""
    return tx.rows(RecipientCount, COUNTS, campaign_id=campaign_id, run_id=run_id)


def add_up(counts: Sequence[RecipientCount]) -> Counts:
    """Returns the counts under the four counters of the metrics."""

    def of(*statuses: MessageStatus) -> int:
        return sum(count.recipients for count in counts if count.status in statuses)

    pending = of(MessageStatus.PENDING, MessageStatus.SENDING, MessageStatus.UNKNOWN, MessageStatus.SENT)
    delivered = of(MessageStatus.DELIVERED, MessageStatus.READ)
    failed, skipped = of(MessageStatus.FAILED), of(MessageStatus.SKIPPED)
    return Counts(delivered + failed + pending + skipped, delivered, failed, pending, skipped)
