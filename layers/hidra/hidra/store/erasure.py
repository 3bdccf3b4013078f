"""Erasure of one person: personal data is deleted, counts stay."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.message import Message, MessageStatus, close
from hidra.errors import Conflict
from hidra.store import opt_outs
from hidra.store.counters import change
from hidra.store.db import Tx

# Shared by a transaction that writes rows about a person which an erasure cannot see before the commit; exclusive for
# the erasure.
BLOCK = """
select pg_advisory_xact_lock_shared(hidra.lock_key('erasure', %(user_id)s))
"""
# In the order of ids, so that each transaction takes the locks in the same order.
BLOCK_ALL = """
select pg_advisory_xact_lock_shared(hidra.lock_key('erasure', u.id))
from (select distinct id from unnest(%(user_ids)s::uuid[]) as id order by id) u
"""
BEGIN = """
select pg_advisory_xact_lock(hidra.lock_key('erasure', %(user_id)s))
"""
# Locks the phone even where no contact has it: a request that saves it at this moment waits, or this waits for it.
LOCK_PHONE = """
insert into hidra.contacts (user_id, phone, phone_hash) values (%(user_id)s, %(phone)s, %(phone_hash)s)
on conflict (user_id, subscriber) do update set phone_hash = excluded.phone_hash
returning id, xmax <> 0 as known
"""
DELETE_CONTACT = """
delete from hidra.contacts where user_id = %(user_id)s and id = %(contact_id)s
"""
# The messages to the phone, whichever contact had it then, and those to the contact at other phones, which hold the
# name. By run, which has an index.
MESSAGES = """
select id from hidra.campaign_messages where user_id = %(user_id)s and phone_hash = %(phone_hash)s
union
select m.id from hidra.campaign_runs r
join hidra.campaign_messages m on m.run_id = r.id and m.contact_id = %(contact_id)s
where r.user_id = %(user_id)s
"""
FORGET_EVENTS = """
with sent as (
    select evolution_config_id, unnest(array[provider_message_id, requested_message_id]) as provider_message_id
    from hidra.campaign_messages where id = any(%(ids)s::bigint[])
    union all
    select evolution_config_id, unnest(array[provider_message_id, requested_message_id])
    from hidra.direct_sends where user_id = %(user_id)s and phone_hash = %(phone_hash)s
), replies as (
    delete from hidra.replies_unmatched u using sent
    where u.evolution_config_id = sent.evolution_config_id and u.quoted_id = sent.provider_message_id
)
delete from hidra.delivery_events_unmatched u using sent
where u.evolution_config_id = sent.evolution_config_id and u.provider_message_id = sent.provider_message_id
"""
EMPTY_MESSAGES = """
update hidra.campaign_messages
set phone = null, phone_hash = null, variables = '{}', provider_message_id = null, requested_message_id = null,
    error_detail = null
where id = any(%(ids)s::bigint[])
"""
# Rejected rows of files, as they were read: found by the number's last digits, in any spelling. Eight have no sign of
# the country in between; an Argentine number may have a 15 before its last six.
FORGET_REJECTS = r"""
delete from hidra.contact_import_rejects
where user_id = %(user_id)s and regexp_replace(row, '\D', '', 'g') like
    '%%' || right(%(phone)s, case when starts_with(%(phone)s, '+54') then 6 else 8 end) || '%%'
"""
# Before DIRECT_SENDS_UNDER_WAY: a confirmation's claim locks its row, so either it is seen under way, or it finds
# nothing to send.
FORGET_REPLIES = """
with requests as (
    delete from hidra.opt_out_requests where user_id = %(user_id)s and phone_hash = %(phone_hash)s
), lids as (
    delete from hidra.whatsapp_lids where user_id = %(user_id)s and phone_hash = %(phone_hash)s returning lid_hash
), unmatched as (
    delete from hidra.replies_unmatched
    where user_id = %(user_id)s and (phone_hash = %(phone_hash)s or lid_hash in (select lid_hash from lids))
)
delete from hidra.opt_out_confirmations where user_id = %(user_id)s and phone_hash = %(phone_hash)s
"""
# Longer than any post may take; an older one will never end.
DIRECT_SENDS_UNDER_WAY = """
select exists (
    select from hidra.direct_sends
    where user_id = %(user_id)s and phone_hash = %(phone_hash)s and ended_at is null
        and claimed_at > clock_timestamp() - interval '180 seconds'
)
"""
DELETE_DIRECT_SENDS = """
delete from hidra.direct_sends where user_id = %(user_id)s and phone_hash = %(phone_hash)s returning id
"""


@dataclass(frozen=True)
class Erased:
    """What was erased: whether there was a contact, the campaigns' messages (of these, how many were still pending and
    are skipped now), and the messages outside campaigns: tests and opt-out confirmations."""

    contact: bool
    messages: int
    skipped_messages: int
    direct_messages: int


@dataclass(frozen=True)
class _LockedPhone:
    id: UUID
    known: bool


def block(tx: Tx, *, user_id: UUID) -> None:
    """Blocks erasures of this user until the transaction ends. Call it before any other lock but that of
    the campaign or import that the transaction works on."""
    tx.run(BLOCK, user_id=user_id)


def block_all(tx: Tx, *, user_ids: Collection[UUID]) -> None:
    """Blocks erasures of these users, as ``block`` does for one."""
    tx.run(BLOCK_ALL, user_ids=list(user_ids))


def erase(tx: Tx, *, phone: str, phone_hash: bytes, at: datetime) -> Erased:
    """Deletes everything about the person with this phone but the hash that keeps them opted out.

    Messages stay, emptied, so that counts stay. The contact is locked before metrics and messages: no transaction that
    holds those waits for a contact.

    Raises:
        Conflict: a message to the person is being sent at this moment.
    """
    tx.run(BEGIN)
    [contact] = tx.rows(_LockedPhone, LOCK_PHONE, phone=phone, phone_hash=phone_hash)
    ids: list[int] = tx.values(MESSAGES, phone_hash=phone_hash, contact_id=contact.id)
    tx.run(FORGET_REPLIES, phone_hash=phone_hash)
    if tx.value(DIRECT_SENDS_UNDER_WAY, phone_hash=phone_hash):
        raise _under_way()

    def rule(message: Message) -> Message:
        if message.status is MessageStatus.SENDING:
            raise _under_way()
        return close(message, at=at)

    closed = change(tx, ids, rule)
    opt_outs.erase(tx, phone_hash=phone_hash)
    tx.run(FORGET_EVENTS, phone_hash=phone_hash, ids=ids)
    tx.run(EMPTY_MESSAGES, ids=ids)
    tx.run(FORGET_REJECTS, phone=phone)
    direct = tx.values(DELETE_DIRECT_SENDS, phone_hash=phone_hash)
    tx.run(DELETE_CONTACT, contact_id=contact.id)
    return Erased(
        contact=contact.known,
        messages=len(ids),
        skipped_messages=sum(message.status is MessageStatus.SKIPPED for message in closed),
        direct_messages=len(direct),
    )


def _under_way() -> Conflict:
    return Conflict(
        "A message to this person is being sent; nothing was erased. Try again in a minute.", code="message-under-way"
    )
