"""Messages outside campaigns, claimed for one post each: trials here, opt-out confirmations in ``confirmations``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.store import erasure
from hidra.store.claims import LOCK_CONNECTION, OPEN_REQUESTS, ClaimedPost, NoClaim
from hidra.store.db import Tx

CLAIM_TRIAL = f"""
with target as (
    select user_id, base_url, instance_name, api_key_encrypted, status = 'connected' as open,
        {OPEN_REQUESTS} < max_concurrent_sends as room,
        exists (
            select from hidra.opt_outs o where o.user_id = k.user_id and o.phone_hash = %(phone_hash)s
        ) as opted_out
    from hidra.evolution_api_config k where user_id = %(user_id)s and id = %(connection_id)s
), claimed as (
    insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash)
    select user_id, %(connection_id)s, 'trial', %(phone_hash)s from target where open and room and not opted_out
    returning id, claimed_at
)
select target.open, target.opted_out, claimed.id as direct_send_id, claimed.claimed_at,
    target.user_id, target.base_url, target.instance_name, target.api_key_encrypted
from target left join claimed on true
"""  # noqa: S608 - made of constants
END = """
update hidra.direct_sends set ended_at = clock_timestamp(), provider_message_id = %(provider_message_id)s
where id = %(direct_send_id)s
"""
RELEASE = "delete from hidra.direct_sends where id = %(direct_send_id)s"
FORGET_OLD = "delete from hidra.direct_sends where claimed_at < clock_timestamp() - interval '72 hours'"


@dataclass(frozen=True, kw_only=True)
class DirectClaim(ClaimedPost):
    """A message outside campaigns."""

    direct_send_id: UUID


@dataclass(frozen=True, kw_only=True)
class DirectClaimRow:
    """What a claim found; ``direct_send_id`` and ``claimed_at`` are None where it claimed nothing."""

    open: bool
    opted_out: bool = False
    direct_send_id: UUID | None
    claimed_at: datetime | None
    user_id: UUID
    base_url: str
    instance_name: str
    api_key_encrypted: bytes

    def claim(self) -> DirectClaim | NoClaim:
        if not self.open:
            return NoClaim.CLOSED
        if self.opted_out:
            return NoClaim.OPTED_OUT
        if self.direct_send_id is None or self.claimed_at is None:
            return NoClaim.NO_ROOM
        return DirectClaim(
            direct_send_id=self.direct_send_id,
            claimed_at=self.claimed_at,
            user_id=self.user_id,
            base_url=self.base_url,
            instance_name=self.instance_name,
            api_key_encrypted=self.api_key_encrypted,
        )


def claim_trial(
    tx: Tx, *, user_id: UUID, connection_id: UUID, phone_hash: bytes, sender_timeout: timedelta
) -> DirectClaim | NoClaim:
    """Claims room for one post on the connection; ``sender_timeout`` as in ``claims.claim``.

    Takes the erasure lock, shared: an erasure of this phone waits, and then finds the row.
    """
    erasure.block(tx, user_id=user_id)
    tx.run(LOCK_CONNECTION, connection_id=connection_id)
    row = tx.row(
        DirectClaimRow,
        CLAIM_TRIAL,
        user_id=user_id,
        connection_id=connection_id,
        phone_hash=phone_hash,
        sender_timeout=sender_timeout,
    )
    return row.claim() if row else NoClaim.CLOSED


def end(tx: Tx, claim: DirectClaim, *, provider_message_id: str | None) -> None:
    """Frees the room of a message that may have been sent; None: the outcome, and so the id, is unknown."""
    tx.run(END, direct_send_id=claim.direct_send_id, provider_message_id=provider_message_id)


def release(tx: Tx, claim: DirectClaim) -> None:
    """Frees the room of a message that was surely not sent."""
    tx.run(RELEASE, direct_send_id=claim.direct_send_id)


def forget_old(tx: Tx) -> None:
    """Deletes rows older than 72 hours: no message of their time is looked up any more."""
    tx.run(FORGET_OLD)
