"""Erasure of one person: what tells of them goes, what counts stays."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.domain.message import Message, MessageStatus, close
from hidra.errors import Conflict
from hidra.store import opt_outs
from hidra.store.counters import change
from hidra.store.db import Tx

# Shared by whoever writes a row about a person that the erasure could not see before they commit, exclusive for it.
KEEP_OUT = """
select pg_advisory_xact_lock_shared(hidra.lock_key('erasure', %(user_id)s))
"""
BEGIN = """
select pg_advisory_xact_lock(hidra.lock_key('erasure', %(user_id)s))
"""
# Takes the phone even where no contact has it: somebody who saves it at this moment is waited for, or waits.
TAKE_PHONE = """
insert into hidra.contacts (user_id, phone, phone_hash) values (%(user_id)s, %(phone)s, %(phone_hash)s)
on conflict (user_id, phone) do update set phone_hash = excluded.phone_hash
returning id, xmax <> 0 as known
"""
DELETE_CONTACT = """
delete from hidra.contacts where user_id = %(user_id)s and id = %(contact_id)s
"""
# What was sent to the phone, whoever had it then, and what the contact got at other phones: it holds their name.
# By run, for there is an index on it.
MESSAGES = """
select id from hidra.campaign_messages where user_id = %(user_id)s and phone_hash = %(phone_hash)s
union
select m.id from hidra.campaign_runs r
join hidra.campaign_messages m on m.run_id = r.id and m.contact_id = %(contact_id)s
where r.user_id = %(user_id)s
"""
FORGET_EVENTS = """
delete from hidra.delivery_events_unmatched u
using (
    select evolution_config_id, provider_message_id from hidra.campaign_messages where id = any(%(ids)s::bigint[])
    union all
    select evolution_config_id, provider_message_id from hidra.direct_sends
    where user_id = %(user_id)s and phone_hash = %(phone_hash)s
) sent
where u.evolution_config_id = sent.evolution_config_id and u.provider_message_id = sent.provider_message_id
"""
EMPTY_MESSAGES = """
update hidra.campaign_messages
set phone = null, phone_hash = null, variables = '{}', provider_message_id = null, error_detail = null
where id = any(%(ids)s::bigint[])
"""
# Refused rows of files, as they were read: by the number's last eight digits, in whatever spelling.
FORGET_REJECTS = r"""
delete from hidra.contact_import_rejects
where user_id = %(user_id)s and regexp_replace(row, '\D', '', 'g') like '%%' || right(%(phone)s, 8) || '%%'
"""
# The answer to a reply before anything else: its claim holds the row, so either it is seen to be under way, or it finds
# nothing to send.
FORGET_REPLIES = """
with wishes as (
    delete from hidra.opt_out_requests where user_id = %(user_id)s and phone_hash = %(phone_hash)s
), lids as (
    delete from hidra.whatsapp_lids where user_id = %(user_id)s and phone_hash = %(phone_hash)s
)
delete from hidra.opt_out_confirmations where user_id = %(user_id)s and phone_hash = %(phone_hash)s
"""
# Longer than any post may take; what is older will never end.
TESTS_UNDER_WAY = """
select exists (
    select from hidra.direct_sends
    where user_id = %(user_id)s and phone_hash = %(phone_hash)s and ended_at is null
        and claimed_at > clock_timestamp() - interval '180 seconds'
)
"""
DELETE_TESTS = """
delete from hidra.direct_sends where user_id = %(user_id)s and phone_hash = %(phone_hash)s returning id
"""


@dataclass(frozen=True)
class Erased:
    """What was found of the person: whether a contact, and how many messages; of these, how many were still waiting."""

    contact: bool
    messages: int
    skipped_messages: int
    test_messages: int


@dataclass(frozen=True)
class _Taken:
    id: UUID
    known: bool


def keep_out(tx: Tx, *, user_id: UUID) -> None:
    """Lets no erasure of this user's run until the transaction ends; to be called before any other lock is taken, or
    after none but a campaign's."""
    tx.run(KEEP_OUT, user_id=user_id)


def erase(tx: Tx, *, user_id: UUID, phone: str, phone_hash: bytes, at: datetime) -> Erased:
    """Leaves nothing of the person with this phone but the hash that keeps them opted out.

    Messages stay, empty, so that counts do. The contact is held before metrics and messages: nobody who holds those
    waits for a contact.

    Raises:
        Conflict: a message to the person is on its way at this moment.
    """
    tx.run(BEGIN, user_id=user_id)
    taken = tx.row(_Taken, TAKE_PHONE, user_id=user_id, phone=phone, phone_hash=phone_hash)
    if taken is None:
        raise AssertionError("an upsert gives its row")
    ids: list[int] = tx.values(MESSAGES, user_id=user_id, phone_hash=phone_hash, contact_id=taken.id)
    tx.run(FORGET_REPLIES, user_id=user_id, phone_hash=phone_hash)
    if tx.value(TESTS_UNDER_WAY, user_id=user_id, phone_hash=phone_hash):
        raise _under_way()

    def rule(message: Message) -> Message:
        if message.status is MessageStatus.SENDING:
            raise _under_way()
        return close(message, at=at)

    closed = change(tx, ids, rule)
    opt_outs.erase(tx, user_id=user_id, phone_hash=phone_hash)
    tx.run(FORGET_EVENTS, user_id=user_id, phone_hash=phone_hash, ids=ids)
    tx.run(EMPTY_MESSAGES, ids=ids)
    tx.run(FORGET_REJECTS, user_id=user_id, phone=phone)
    tests = tx.values(DELETE_TESTS, user_id=user_id, phone_hash=phone_hash)
    tx.run(DELETE_CONTACT, user_id=user_id, contact_id=taken.id)
    return Erased(
        contact=taken.known,
        messages=len(ids),
        skipped_messages=sum(message.status is MessageStatus.SKIPPED for message in closed),
        test_messages=len(tests),
    )


def _under_way() -> Conflict:
    return Conflict(
        "A message to this person is on its way; nothing was erased. Try again in a minute.", code="message-under-way"
    )
