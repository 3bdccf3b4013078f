"""Answers to people who left: one post to each, in no count, but under the limits of every post."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.domain.ticket import ConfirmationTicket
from hidra.store.claims import LOCK_CONNECTION, OPEN_REQUESTS, NoClaim
from hidra.store.db import Tx
from hidra.store.direct_sends import DirectClaim

# An answer later than that would come out of nowhere.
TIMELY = timedelta(minutes=10)

ASK = """
insert into hidra.opt_out_confirmations (user_id, evolution_config_id, phone, phone_hash)
select g.user_id, g.connection_id, g.phone, g.phone_hash
from unnest(%(user_ids)s::uuid[], %(connection_ids)s::uuid[], %(phones)s::text[], %(phone_hashes)s::bytea[])
    as g (user_id, connection_id, phone, phone_hash)
returning id as confirmation_id, evolution_config_id as connection_id
"""
# The one claim for a phone that has opted out: it wants the opt-out of this answer's person to be there. Its room on
# the connection is a test's, so that no look-up takes what is sent for a campaign's message.
CLAIM = f"""
with place as (
    select q.id, q.phone, q.phone_hash, s.confirmation, k.user_id, k.base_url, k.instance_name, k.api_key_encrypted,
        k.status = 'connected' as open, {OPEN_REQUESTS} < k.max_concurrent_sends as room
    from hidra.opt_out_confirmations q
    join hidra.evolution_api_config k on k.id = q.evolution_config_id
    join hidra.opt_out_settings s on s.user_id = q.user_id and s.confirmation is not null
    join hidra.opt_outs o on o.user_id = q.user_id and o.phone_hash = q.phone_hash and o.source = 'reply'
    where q.id = %(confirmation_id)s and q.evolution_config_id = %(connection_id)s and q.claimed_at is null
        and q.requested_at > clock_timestamp() - %(timely)s::interval
), taken as (
    update hidra.opt_out_confirmations q set claimed_at = clock_timestamp()
    from place where q.id = place.id and place.open and place.room
    returning q.id
), held as (
    insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash)
    select place.user_id, %(connection_id)s, 'confirmation', place.phone_hash
    from place join taken on taken.id = place.id
    returning id, claimed_at
)
select place.open, place.room, held.id as test_id, held.claimed_at, place.phone, place.confirmation,
    place.user_id, place.base_url, place.instance_name, place.api_key_encrypted
from place left join held on true
"""  # noqa: S608 - made of constants
RELEASE = "update hidra.opt_out_confirmations set claimed_at = null where id = %(confirmation_id)s"
FORGET = "delete from hidra.opt_out_confirmations where id = %(confirmation_id)s"
FORGET_OLD = """
delete from hidra.opt_out_confirmations where requested_at < clock_timestamp() - %(timely)s::interval
"""
# The queue had its first chance.
WAITING = """
select id as confirmation_id, evolution_config_id as connection_id from hidra.opt_out_confirmations
where claimed_at is null and requested_at < clock_timestamp() - interval '30 s'
order by requested_at limit %(limit)s
"""


@dataclass(frozen=True)
class OptedOutPhone:
    """Somebody who just left, and the connection that they told."""

    user_id: UUID
    connection_id: UUID
    phone: str
    phone_hash: bytes


@dataclass(frozen=True, kw_only=True)
class ConfirmationClaim(DirectClaim):
    """An answer that is ours to post; ``phone`` is E.164."""

    phone: str
    text: str


@dataclass(frozen=True)
class _ConfirmationRow:
    open: bool
    room: bool
    test_id: UUID | None
    claimed_at: datetime | None
    phone: str
    confirmation: str
    user_id: UUID
    base_url: str
    instance_name: str
    api_key_encrypted: bytes


def ask(tx: Tx, leavers: Collection[OptedOutPhone]) -> list[ConfirmationTicket]:
    """Writes down that these people are to be answered; to be called where their opt-outs are written."""
    if not leavers:
        return []
    return tx.rows(
        ConfirmationTicket,
        ASK,
        user_ids=[leaver.user_id for leaver in leavers],
        connection_ids=[leaver.connection_id for leaver in leavers],
        phones=[leaver.phone for leaver in leavers],
        phone_hashes=[leaver.phone_hash for leaver in leavers],
    )


def claim(tx: Tx, asked: ConfirmationTicket, *, sender_timeout: timedelta) -> ConfirmationClaim | NoClaim:
    """Takes the answer for its one post, with room on the connection; ``sender_timeout`` as in ``claims.claim``.

    NO_WORK: it was claimed before, comes too late, its person is back, or the owner wants no answers any more.
    """
    tx.run(LOCK_CONNECTION, connection_id=asked.connection_id)
    row = tx.row(
        _ConfirmationRow,
        CLAIM,
        confirmation_id=asked.confirmation_id,
        connection_id=asked.connection_id,
        sender_timeout=sender_timeout,
        timely=TIMELY,
    )
    if row is None:
        return NoClaim.NO_WORK
    if not row.open:
        return NoClaim.CLOSED
    if row.test_id is None or row.claimed_at is None:
        return NoClaim.NO_ROOM
    return ConfirmationClaim(
        id=row.test_id,
        claimed_at=row.claimed_at,
        user_id=row.user_id,
        base_url=row.base_url,
        instance_name=row.instance_name,
        api_key_encrypted=row.api_key_encrypted,
        phone=row.phone,
        text=row.confirmation,
    )


def release(tx: Tx, asked: ConfirmationTicket) -> None:
    """Lets an answer that surely was not sent be claimed again."""
    tx.run(RELEASE, confirmation_id=asked.confirmation_id)


def forget(tx: Tx, asked: ConfirmationTicket) -> None:
    """Drops an answer that was posted, or never will be, and with it the phone."""
    tx.run(FORGET, confirmation_id=asked.confirmation_id)


def forget_old(tx: Tx) -> None:
    """Drops answers that would come too late, and those whose sender was lost."""
    tx.run(FORGET_OLD, timely=TIMELY)


def waiting(tx: Tx, *, limit: int = 100) -> list[ConfirmationTicket]:
    """Answers that nobody has claimed though they were queued a while ago."""
    return tx.rows(ConfirmationTicket, WAITING, limit=limit)
