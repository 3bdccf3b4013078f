"""A campaign's runs and the outcome of each of their recipients, for reading."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hidra.domain.campaign import CampaignStatus
from hidra.domain.message import MessageStatus
from hidra.store.db import Tx
from hidra.store.pages import AFTER_ID, newest_first

RUNS = f"""
select id, status, initiated_by, started_at, ended_at, summary from hidra.campaign_runs
where user_id = %(user_id)s and campaign_id = %(campaign_id)s and {newest_first("started_at")}
"""  # noqa: S608 - made of constants
HAS_RUN = """
select true from hidra.campaign_runs
where user_id = %(user_id)s and campaign_id = %(campaign_id)s and id = %(run_id)s
"""
RECIPIENTS = f"""
select contact_id, phone, status, attempts, provider_message_id, sent_at, acked_at, delivered_at, read_at, failed_at,
    error_code, error_detail
from hidra.campaign_messages
where user_id = %(user_id)s and run_id = %(run_id)s
  and (%(status)s::hidra.message_status is null or status = %(status)s::hidra.message_status)
  and (%(error_code)s::text is null or error_code = %(error_code)s::text)
  and contact_id > {AFTER_ID}
order by contact_id limit %(limit)s
"""  # noqa: S608 - made of constants


@dataclass(frozen=True)
class Run:
    id: UUID
    status: CampaignStatus
    initiated_by: UUID
    started_at: datetime
    ended_at: datetime | None
    summary: dict[str, Any] | None


@dataclass(frozen=True)
class Recipient:
    """``phone`` is null after the person was erased."""

    contact_id: UUID
    phone: str | None
    status: MessageStatus
    attempts: int
    provider_message_id: str | None
    sent_at: datetime | None
    acked_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    error_code: str | None
    error_detail: str | None


def runs(
    tx: Tx, *, campaign_id: UUID, limit: int, after_at: datetime | None = None, after_id: UUID | None = None
) -> list[Run]:
    """The latest first, after the given one."""
    return tx.rows(Run, RUNS, campaign_id=campaign_id, after_at=after_at, after_id=after_id, limit=limit)


def has_run(tx: Tx, *, campaign_id: UUID, run_id: UUID) -> bool:
    return bool(tx.value(HAS_RUN, campaign_id=campaign_id, run_id=run_id))


def recipients(
    tx: Tx,
    *,
    run_id: UUID,
    status: MessageStatus | None,
    error_code: str | None,
    after_id: UUID | None,
    limit: int,
) -> list[Recipient]:
    """By contact, after the given one."""
    return tx.rows(
        Recipient,
        RECIPIENTS,
        run_id=run_id,
        status=status,
        error_code=error_code,
        after_id=after_id,
        limit=limit,
    )
