"""Test messages: one post to one number, in no count, but under the limits of every post."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.store import erasure
from hidra.store.claims import LOCK_CONNECTION, OPEN_REQUESTS, ClaimedPost, NoClaim
from hidra.store.db import Tx

CLAIM = f"""
with place as (
    select user_id, base_url, instance_name, api_key_encrypted, status = 'connected' as open,
        {OPEN_REQUESTS} < max_concurrent_sends as room,
        exists (
            select from hidra.opt_outs o where o.user_id = k.user_id and o.phone_hash = %(phone_hash)s
        ) as opted_out
    from hidra.evolution_api_config k where user_id = %(user_id)s and id = %(connection_id)s
), claimed as (
    insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash)
    select user_id, %(connection_id)s, 'trial', %(phone_hash)s from place where open and room and not opted_out
    returning id, claimed_at
)
select place.open, place.room, place.opted_out, claimed.id, claimed.claimed_at,
    place.user_id, place.base_url, place.instance_name, place.api_key_encrypted
from place left join claimed on true
"""  # noqa: S608 - made of constants
END = """
update hidra.direct_sends set ended_at = clock_timestamp(), provider_message_id = %(provider_message_id)s
where id = %(test_id)s
"""
DROP = "delete from hidra.direct_sends where id = %(test_id)s"
FORGET_OLD = "delete from hidra.direct_sends where claimed_at < clock_timestamp() - interval '72 hours'"


@dataclass(frozen=True, kw_only=True)
class DirectClaim(ClaimedPost):
    """A test message."""

    id: UUID


@dataclass(frozen=True)
class _DirectClaimRow:
    open: bool
    room: bool
    opted_out: bool
    id: UUID | None
    claimed_at: datetime | None
    user_id: UUID
    base_url: str
    instance_name: str
    api_key_encrypted: bytes


def claim(
    tx: Tx, *, user_id: UUID, connection_id: UUID, phone_hash: bytes, sender_timeout: timedelta
) -> DirectClaim | NoClaim:
    """Takes room for one post on the connection; ``sender_timeout`` as in ``claims.claim``."""
    erasure.block(tx, user_id=user_id)
    tx.run(LOCK_CONNECTION, connection_id=connection_id)
    row = tx.row(
        _DirectClaimRow,
        CLAIM,
        user_id=user_id,
        connection_id=connection_id,
        phone_hash=phone_hash,
        sender_timeout=sender_timeout,
    )
    if row is None or not row.open:
        return NoClaim.CLOSED
    if row.opted_out:
        return NoClaim.OPTED_OUT
    if row.id is None or row.claimed_at is None:
        return NoClaim.NO_ROOM
    return DirectClaim(
        id=row.id,
        claimed_at=row.claimed_at,
        user_id=row.user_id,
        base_url=row.base_url,
        instance_name=row.instance_name,
        api_key_encrypted=row.api_key_encrypted,
    )


def end(tx: Tx, held: DirectClaim, *, provider_message_id: str | None) -> None:
    """Gives the room back; None: nobody knows whether, and as what, the message was sent."""
    tx.run(END, test_id=held.id, provider_message_id=provider_message_id)


def drop(tx: Tx, held: DirectClaim) -> None:
    """Gives the room of a message back that surely was not sent."""
    tx.run(DROP, test_id=held.id)


def forget_old(tx: Tx) -> None:
    """Drops rows of 72 hours and more: no message of their time is looked up any more."""
    tx.run(FORGET_OLD)
