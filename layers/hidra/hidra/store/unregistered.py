"""Contacts whose phone was not on WhatsApp when a message was sent to it: hidra.contacts.not_on_whatsapp_at.

The mark is a fact of its time: it is set by a refusal, and cleared by whatever shows later that the phone is there.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hidra.store.db import Tx
from hidra.store.opt_out_requests import Person

MARK = """
update hidra.contacts c set not_on_whatsapp_at = %(at)s
where c.user_id = %(user_id)s and c.subscriber = hidra.subscriber(%(phone)s)
    and (c.not_on_whatsapp_at is null or c.not_on_whatsapp_at < %(at)s)
"""
# By campaign_messages.phone_hash, so not the contact that has got another phone since. Locked in the order in which
# contacts are saved.
CLEAR = """
with reached as (
    select m.user_id, m.phone_hash, coalesce(e.at, m.sent_at, m.claimed_at) as at
    from unnest(%(message_ids)s::bigint[], %(message_times)s::timestamptz[]) as e (id, at)
    join hidra.campaign_messages m on m.id = e.id
    union all
    select e.user_id, e.phone_hash, e.at
    from unnest(%(users)s::uuid[], %(hashes)s::bytea[], %(times)s::timestamptz[]) as e (user_id, phone_hash, at)
    union all
    select l.user_id, l.phone_hash, e.at
    from unnest(%(users)s::uuid[], %(hashes)s::bytea[], %(times)s::timestamptz[]) as e (user_id, lid_hash, at)
    join hidra.whatsapp_lids l on l.user_id = e.user_id and l.lid_hash = e.lid_hash
), marked as (
    select c.user_id, c.id from reached r
    join hidra.contacts c on c.user_id = r.user_id and c.phone_hash = r.phone_hash and c.not_on_whatsapp_at < r.at
    order by c.user_id, c.subscriber for update of c
)
update hidra.contacts c set not_on_whatsapp_at = null
from marked where c.user_id = marked.user_id and c.id = marked.id
"""


def mark(tx: Tx, *, user_id: UUID, phone: str, at: datetime) -> None:
    """Marks the contact with this phone, if the user has one. Call it before any counters or messages are locked."""
    tx.run(MARK, user_id=user_id, phone=phone, at=at)


def clear(
    tx: Tx, messages: Mapping[int, datetime | None] | None = None, people: Mapping[Person, datetime] | None = None
) -> None:
    """Clears the marks of contacts that were reached, or wrote, after they were marked.

    Call it before any counters or messages are locked.

    Args:
        messages: the time at which each message, by its id, was accepted or delivered; None: when it was sent.
        people: when each person last wrote.
    """
    messages, people = messages or {}, people or {}
    if messages or people:
        tx.run(
            CLEAR,
            message_ids=list(messages),
            message_times=list(messages.values()),
            users=[user_id for user_id, _ in people],
            hashes=[hashed for _, hashed in people],
            times=list(people.values()),
        )
