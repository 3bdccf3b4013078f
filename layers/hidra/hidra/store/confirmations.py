"""Opt-out confirmations: requested with the opt-out, then each claimed for one post."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from hidra.domain.circuit import PROBE_EVERY
from hidra.domain.ticket import ConfirmationTicket
from hidra.store.claims import LOCK_CONNECTION, NoClaim, new_message_id
from hidra.store.daily_limits import TODAY, counted
from hidra.store.db import Tx
from hidra.store.direct_sends import CLAIMED, CONNECTION, MOMENT, PROBED, DirectClaim, DirectClaimRow
from hidra.store.room import WHOLE

# The recipient would not understand a later one.
TIMELY = timedelta(minutes=10)

REQUEST = """
insert into hidra.opt_out_confirmations (user_id, evolution_config_id, phone, phone_hash)
select g.user_id, g.connection_id, g.phone, g.phone_hash
from unnest(%(user_ids)s::uuid[], %(connection_ids)s::uuid[], %(phones)s::text[], %(phone_hashes)s::bytea[])
    as g (user_id, connection_id, phone, phone_hash)
returning id as confirmation_id, evolution_config_id as connection_id
"""
# The one claim for a phone that has opted out: it requires the opt-out. The row in direct_sends takes room on the
# connection, and keeps a lookup from taking the confirmation for a message of a campaign. The update locks the
# confirmation, so an erasure of the phone, which deletes it, waits and then finds the row in direct_sends.
CLAIM = f"""
with {MOMENT}, target as (
    select q.id as confirmation_id, q.phone, q.phone_hash, s.confirmation, {CONNECTION}
    from hidra.opt_out_confirmations q cross join moment
    join hidra.evolution_api_config k on k.id = q.evolution_config_id
    left join hidra.pace_limits l on l.subject = k.id
    {TODAY}
    join hidra.opt_out_settings s on s.user_id = q.user_id and s.confirmation is not null
    join hidra.opt_outs o on o.user_id = q.user_id and o.phone_hash = q.phone_hash and o.source = 'reply'
    where q.id = %(confirmation_id)s and q.evolution_config_id = %(connection_id)s and q.claimed_at is null
        and q.requested_at > clock_timestamp() - %(timely)s::interval
), marked as (
    update hidra.opt_out_confirmations q set claimed_at = clock_timestamp()
    from target where q.id = target.confirmation_id and target.open and target.allowed and target.room
    returning q.id
), claimed as (
    insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash, requested_message_id,
        claimed_at)
    select target.user_id, %(connection_id)s, 'confirmation', target.phone_hash, target.requested_message_id, target.now
    from target join marked on marked.id = target.confirmation_id
    returning id, claimed_at
), {counted("false")}, {PROBED}
select {CLAIMED}, target.phone, target.confirmation as text from target left join claimed on true
"""  # noqa: S608 - made of constants
RELEASE = "update hidra.opt_out_confirmations set claimed_at = null where id = %(confirmation_id)s"
FORGET = "delete from hidra.opt_out_confirmations where id = %(confirmation_id)s"
FORGET_OLD = """
delete from hidra.opt_out_confirmations where requested_at < clock_timestamp() - %(timely)s::interval
"""
# A ticket of a younger one may still be on its way.
WAITING = """
select id as confirmation_id, evolution_config_id as connection_id from hidra.opt_out_confirmations
where claimed_at is null and requested_at < clock_timestamp() - interval '30 s'
order by requested_at limit %(limit)s
"""


@dataclass(frozen=True)
class OptedOutPhone:
    """A phone that has just opted out, and the connection that received the reply."""

    user_id: UUID
    connection_id: UUID
    phone: str
    phone_hash: bytes


@dataclass(frozen=True, kw_only=True)
class ConfirmationClaim(DirectClaim):
    """A confirmation, its ``phone`` in E.164."""

    phone: str
    text: str


@dataclass(frozen=True, kw_only=True)
class _ConfirmationRow(DirectClaimRow):
    phone: str
    text: str


def request(tx: Tx, opted_out: Collection[OptedOutPhone]) -> list[ConfirmationTicket]:
    """Records that these opt-outs are to be confirmed; to be called in the transaction that writes the opt-outs."""
    if not opted_out:
        return []
    return tx.rows(
        ConfirmationTicket,
        REQUEST,
        user_ids=[phone.user_id for phone in opted_out],
        connection_ids=[phone.connection_id for phone in opted_out],
        phones=[phone.phone for phone in opted_out],
        phone_hashes=[phone.phone_hash for phone in opted_out],
    )


def claim(
    tx: Tx, ticket: ConfirmationTicket, *, sender_timeout: timedelta, share: int = WHOLE
) -> ConfirmationClaim | NoClaim:
    """Claims the confirmation, and room for its post; ``sender_timeout`` and ``share`` as in ``claims.claim``.

    NO_WORK: it was claimed before or is too old, the recipient opted in again, or the owner wants no confirmations.
    DISTRUSTED: it waits for the next probe, or for the circuit to close.
    """
    tx.run(LOCK_CONNECTION, connection_id=ticket.connection_id)
    row = tx.row(
        _ConfirmationRow,
        CLAIM,
        confirmation_id=ticket.confirmation_id,
        connection_id=ticket.connection_id,
        sender_timeout=sender_timeout,
        share=share,
        timely=TIMELY,
        probe_every=PROBE_EVERY,
        requested_message_id=new_message_id(),
    )
    if row is None:
        return NoClaim.NO_WORK
    found = row.claim()
    return found if isinstance(found, NoClaim) else ConfirmationClaim(**vars(found), phone=row.phone, text=row.text)


def release(tx: Tx, ticket: ConfirmationTicket) -> None:
    """Lets a confirmation that was surely not sent be claimed again."""
    tx.run(RELEASE, confirmation_id=ticket.confirmation_id)


def forget(tx: Tx, ticket: ConfirmationTicket) -> None:
    """Deletes a confirmation, and with it the phone, after the post or once it can never be sent."""
    tx.run(FORGET, confirmation_id=ticket.confirmation_id)


def forget_old(tx: Tx) -> None:
    """Deletes confirmations that are too old to be sent, and those whose sender was lost."""
    tx.run(FORGET_OLD, timely=TIMELY)


def waiting(tx: Tx, *, limit: int = 100) -> list[ConfirmationTicket]:
    """Returns confirmations that were queued a while ago and are not claimed."""
    return tx.rows(ConfirmationTicket, WAITING, limit=limit)
