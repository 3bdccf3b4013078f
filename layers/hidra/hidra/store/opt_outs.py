"""Opt-outs: phones, kept as a hash, that a user must not send messages to any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hidra.store.db import Tx

# An opt-out that a reply can lift is replaced by one that only the user can lift, and any by an erasure's. On an
# earlier row xmax is the transaction that locked it; on a new row it is 0.
INSERT = """
insert into hidra.opt_outs as o (user_id, phone_hash, reason, source)
select %(user_id)s, given.phone_hash, %(reason)s, %(source)s
from (select distinct unnest(%(phone_hashes)s::bytea[]) as phone_hash) given
order by given.phone_hash
on conflict (user_id, phone_hash) do update
set source = excluded.source, reason = coalesce(excluded.reason, o.reason)
where o.source = 'reply' and excluded.source <> 'reply' or o.source <> 'erasure' and excluded.source = 'erasure'
returning phone_hash, o.xmax = 0 as added
"""
LIST = """
select o.phone_hash, o.at, o.reason, o.source, c.phone
from (
    select user_id, phone_hash, at, reason, source from hidra.opt_outs
    where user_id = %(user_id)s
      and (at, phone_hash) < (coalesce(%(after_at)s::timestamptz, 'infinity'), coalesce(%(after_hash)s::bytea, ''))
    order by at desc, phone_hash desc limit %(limit)s
) o
left join hidra.contacts c on c.user_id = o.user_id and c.phone_hash = o.phone_hash
order by o.at desc, o.phone_hash desc
"""
# An earlier reason may hold personal data.
ERASE = """
insert into hidra.opt_outs (user_id, phone_hash, source)
values (%(user_id)s, %(phone_hash)s, 'erasure')
on conflict (user_id, phone_hash) do update set source = 'erasure', reason = null, at = now()
"""
ERASED = """
select phone_hash from hidra.opt_outs
where user_id = %(user_id)s and phone_hash = any(%(phone_hashes)s::bytea[]) and source = 'erasure'
"""
DELETE_REPLIED = """
delete from hidra.opt_outs o
using unnest(%(user_ids)s::uuid[], %(phone_hashes)s::bytea[]) as g (user_id, phone_hash)
where o.user_id = g.user_id and o.phone_hash = g.phone_hash and o.source = 'reply'
"""
DELETE = "delete from hidra.opt_outs where user_id = %(user_id)s and phone_hash = %(phone_hash)s returning true"


@dataclass(frozen=True)
class OptOutRow:
    phone_hash: bytes
    at: datetime
    reason: str | None
    source: str
    phone: str | None


@dataclass(frozen=True)
class _Inserted:
    phone_hash: bytes
    added: bool


def insert(tx: Tx, *, user_id: UUID, phone_hashes: Sequence[bytes], reason: str | None, source: str) -> list[bytes]:
    """Opts the phones out; returns those that were not opted out before.

    Of the others, a reply's opt-out gets this source and reason, and any opt-out gets an erasure's.
    """
    rows = tx.rows(_Inserted, INSERT, user_id=user_id, phone_hashes=list(phone_hashes), reason=reason, source=source)
    return [row.phone_hash for row in rows if row.added]


def erase(tx: Tx, *, phone_hash: bytes) -> None:
    """Keeps an erased person opted out; nothing but the hash is kept."""
    tx.run(ERASE, phone_hash=phone_hash)


def erased(tx: Tx, *, phone_hashes: Sequence[bytes]) -> set[bytes]:
    """Returns those of the hashes whose persons were erased and must not be saved again.

    Call it after the statement that writes the contacts: that one waits for an erasure of the same phone in progress,
    and an erasure that begins later deletes what was saved.
    """
    return set(tx.values(ERASED, phone_hashes=list(phone_hashes)))


def page(tx: Tx, *, after_at: datetime | None, after_hash: bytes | None, limit: int) -> list[OptOutRow]:
    """Returns opt-outs, the latest first, from behind the given one on; the phone is known if it is a contact's."""
    return tx.rows(OptOutRow, LIST, after_at=after_at, after_hash=after_hash, limit=limit)


def delete_replied(tx: Tx, people: Sequence[tuple[UUID, bytes]]) -> None:
    """Deletes the persons' opt-outs by reply; those by the user or an erasure stay."""
    tx.run(
        DELETE_REPLIED,
        user_ids=[person[0] for person in people],
        phone_hashes=[person[1] for person in people],
    )


def delete(tx: Tx, *, phone_hash: bytes) -> bool:
    """Deletes an opt-out; returns False if the phone was not opted out."""
    return bool(tx.value(DELETE, phone_hash=phone_hash))
