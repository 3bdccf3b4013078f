"""Everything stored about one person, for reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from hidra.domain.content import MediaType
from hidra.domain.message import MessageStatus
from hidra.store.db import Tx
from hidra.store.erasure import MESSAGES as IDS

SEGMENTS = """
select s.id, s.name from hidra.segment_contacts m
join hidra.contact_segments s on s.user_id = m.user_id and s.id = m.segment_id
where m.user_id = %(user_id)s and m.contact_id = %(contact_id)s and m.segment_id > %(after_id)s
order by m.segment_id limit %(limit)s
"""
OPT_OUT = """
select at, source, reason from hidra.opt_outs where user_id = %(user_id)s and phone_hash = %(phone_hash)s
"""
DIRECT_SENDS = """
select id, kind, claimed_at, ended_at, provider_message_id from hidra.direct_sends
where user_id = %(user_id)s and phone_hash = %(phone_hash)s and (claimed_at, id) < (%(before_at)s, %(before_id)s)
order by claimed_at desc, id desc limit %(limit)s
"""
MESSAGES = f"""
select m.id, m.campaign_id, c.name as campaign_name, m.run_id, m.phone, r.body, r.media_url, r.media_type, r.file_name,
    m.variables, m.status, m.attempts, m.provider_message_id, m.claimed_at, m.sent_at, m.acked_at, m.delivered_at,
    m.read_at, m.failed_at, m.replied_at, m.error_code, m.error_detail
from hidra.campaign_messages m
join hidra.campaign_runs r on r.id = m.run_id
join hidra.campaigns c on c.id = m.campaign_id
where m.id in ({IDS}) and m.id < %(before_id)s
order by m.id desc limit %(limit)s
"""  # noqa: S608 - made of constants


@dataclass(frozen=True)
class PersonsSegment:
    id: UUID
    name: str


@dataclass(frozen=True)
class PersonsOptOut:
    at: datetime
    source: str
    reason: str | None


@dataclass(frozen=True)
class PersonsDirectSend:
    """A message outside campaigns: a test or an opt-out confirmation. Its text is never stored; the row, 72 hours."""

    id: UUID
    kind: Literal["trial", "confirmation"]
    claimed_at: datetime
    ended_at: datetime | None
    provider_message_id: str | None


@dataclass(frozen=True)
class PersonsMessageRow:
    """A campaign's message to the person, with the run's text; ``phone`` is the number it was sent to."""

    id: int
    campaign_id: UUID
    campaign_name: str
    run_id: UUID
    phone: str
    body: str
    media_url: str | None
    media_type: MediaType | None
    file_name: str | None
    variables: Mapping[str, str]
    status: MessageStatus
    attempts: int
    provider_message_id: str | None
    claimed_at: datetime | None
    sent_at: datetime | None
    acked_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    replied_at: datetime | None
    error_code: str | None
    error_detail: str | None


def segments(tx: Tx, *, contact_id: UUID, after_id: UUID, limit: int) -> list[PersonsSegment]:
    """The segments of the contact by their ids, after the given one."""
    return tx.rows(PersonsSegment, SEGMENTS, contact_id=contact_id, after_id=after_id, limit=limit)


def opt_out(tx: Tx, *, phone_hash: bytes) -> PersonsOptOut | None:
    return tx.row(PersonsOptOut, OPT_OUT, phone_hash=phone_hash)


def direct_sends(
    tx: Tx, *, phone_hash: bytes, before_at: datetime, before_id: UUID, limit: int
) -> list[PersonsDirectSend]:
    """The latest first, from before the given one on."""
    return tx.rows(
        PersonsDirectSend, DIRECT_SENDS, phone_hash=phone_hash, before_at=before_at, before_id=before_id, limit=limit
    )


def messages(
    tx: Tx, *, phone_hash: bytes, contact_id: UUID | None, before_id: int, limit: int
) -> list[PersonsMessageRow]:
    """The messages to the phone, or to the contact at other phones; the latest first, from before the given one on."""
    return tx.rows(
        PersonsMessageRow, MESSAGES, phone_hash=phone_hash, contact_id=contact_id, before_id=before_id, limit=limit
    )
