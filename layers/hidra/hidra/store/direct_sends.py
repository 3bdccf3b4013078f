"""Messages outside campaigns, claimed for one post each: trials here, opt-out confirmations in ``confirmations``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.circuit import PROBE_EVERY
from hidra.store import erasure
from hidra.store.circuit import ALLOWED, PROBED_NOW
from hidra.store.claims import LOCK_CONNECTION, ClaimedPost, NoClaim, new_message_id
from hidra.store.daily_limits import TODAY, counted, first_contact, take_back
from hidra.store.db import Tx
from hidra.store.room import ROOM, WHOLE

MOMENT = "moment as materialized (select clock_timestamp() as now)"
# What a direct send needs of a connection k, its limit l and its day d, which counts the message and never refuses it.
CONNECTION = f"""
    k.user_id, k.base_url, k.instance_name, k.api_key_encrypted, k.status = 'connected' as open,
    {ALLOWED} as allowed, {PROBED_NOW} as is_probe, {ROOM} as room,
    case when k.integration = 'baileys' then %(requested_message_id)s::text end as requested_message_id,
    moment.now, d.begins_at as day
"""
# A direct send that is claimed while the circuit of its connection is open is the connection's next probe.
PROBED = """
probed as (
    update hidra.pace_limits l set probed_at = claimed.claimed_at
    from claimed cross join target where target.is_probe and l.subject = %(connection_id)s
)
"""
CLAIMED = """
    target.open, target.allowed, target.is_probe, claimed.id as direct_send_id, claimed.claimed_at,
    target.user_id, target.base_url, target.instance_name, target.api_key_encrypted, target.requested_message_id
"""
CLAIM_TRIAL = f"""
with {MOMENT}, target as (
    select {CONNECTION},
        {first_contact("k.user_id", "%(phone_hash)s")} as first_contact,
        exists (
            select from hidra.opt_outs o where o.user_id = k.user_id and o.phone_hash = %(phone_hash)s
        ) as opted_out
    from hidra.evolution_api_config k cross join moment
    left join hidra.pace_limits l on l.subject = k.id
    {TODAY}
    where k.user_id = %(user_id)s and k.id = %(connection_id)s
), claimed as (
    insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash, requested_message_id,
        claimed_at)
    select user_id, %(connection_id)s, 'trial', %(phone_hash)s, requested_message_id, now
    from target where open and allowed and room and not opted_out
    returning id, claimed_at
), {counted("target.first_contact")}, {PROBED}
select {CLAIMED}, target.opted_out from target left join claimed on true
"""  # noqa: S608 - made of constants
END = """
update hidra.direct_sends set ended_at = clock_timestamp(), provider_message_id = %(provider_message_id)s
where id = %(direct_send_id)s
"""
RELEASE = take_back(
    """delete from hidra.direct_sends where id = %(direct_send_id)s
    returning evolution_config_id, claimed_at as counted_at, false as first_contact""",
    only="not %(arrived)s",
)
FORGET_OLD = "delete from hidra.direct_sends where claimed_at < clock_timestamp() - interval '72 hours'"


@dataclass(frozen=True, kw_only=True)
class DirectClaim(ClaimedPost):
    """A message outside campaigns."""

    direct_send_id: UUID


@dataclass(frozen=True, kw_only=True)
class DirectClaimRow:
    """What a claim found; ``direct_send_id`` and ``claimed_at`` are None where it claimed nothing."""

    open: bool
    allowed: bool
    is_probe: bool
    opted_out: bool = False
    direct_send_id: UUID | None
    claimed_at: datetime | None
    user_id: UUID
    base_url: str
    instance_name: str
    api_key_encrypted: bytes
    requested_message_id: str | None

    def claim(self) -> DirectClaim | NoClaim:
        if not self.open:
            return NoClaim.CLOSED
        if self.opted_out:
            return NoClaim.OPTED_OUT
        if not self.allowed:
            return NoClaim.DISTRUSTED
        if self.direct_send_id is None or self.claimed_at is None:
            return NoClaim.NO_ROOM
        return DirectClaim(
            direct_send_id=self.direct_send_id,
            claimed_at=self.claimed_at,
            user_id=self.user_id,
            base_url=self.base_url,
            instance_name=self.instance_name,
            api_key_encrypted=self.api_key_encrypted,
            requested_message_id=self.requested_message_id,
            is_probe=self.is_probe,
        )


def claim_trial(
    tx: Tx,
    *,
    user_id: UUID,
    connection_id: UUID,
    phone_hash: bytes,
    sender_timeout: timedelta,
    share: int = WHOLE,
) -> DirectClaim | NoClaim:
    """Claims room for one post on the connection; ``sender_timeout`` and ``share`` as in ``claims.claim``.

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
        share=share,
        probe_every=PROBE_EVERY,
        requested_message_id=new_message_id(),
    )
    return row.claim() if row else NoClaim.CLOSED


def end(tx: Tx, claim: DirectClaim, *, provider_message_id: str | None) -> None:
    """Frees the room of a message that may have been sent; None: the outcome, and so the id, is unknown."""
    tx.run(END, direct_send_id=claim.direct_send_id, provider_message_id=provider_message_id)


def release(tx: Tx, claim: DirectClaim, *, arrived: bool = False) -> None:
    """Frees the room of a message that was surely not sent; ``arrived`` as in ``outcomes.retry_later``."""
    tx.run(RELEASE, direct_send_id=claim.direct_send_id, arrived=arrived)


def forget_old(tx: Tx) -> None:
    """Deletes rows older than 72 hours: no message of their time is looked up any more."""
    tx.run(FORGET_OLD)
