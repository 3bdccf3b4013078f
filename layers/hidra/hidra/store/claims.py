"""Claims of recipients, each for one post."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from hidra.domain.circuit import PATIENCE, PROBE_EVERY
from hidra.domain.content import Media, MediaType
from hidra.domain.message_id import RANDOM_BYTES, requested_message_id
from hidra.store.circuit import ALLOWED, DISTRUSTED, PROBED_NOW
from hidra.store.daily_limits import FIRST_CONTACTS_LEFT, OPEN, TODAY, counted
from hidra.store.db import Tx
from hidra.store.room import ROOM, WHOLE


class NoClaim(StrEnum):
    """Why there is no claim."""

    # Paused, canceled, ended, outside the sending window, the connection is not usable, or its next probe is not due.
    CLOSED = "closed"
    NO_ROOM = "no_room"  # max_concurrent_sends requests are open, or the connection's share of the senders
    SLOWED = "slowed"  # a limit of its pace was lowered after its permit, so its slot may be too early now
    DAY_USED = "day_used"  # the connection's limit of this day is used up, or the day has no row yet
    NO_WORK = "no_work"  # no recipient is pending, or all pending ones must still wait
    OPTED_OUT = "opted_out"  # the phone of a trial; a recipient's is RecipientOptedOut
    DISTRUSTED = "distrusted"  # a direct send comes too early for the next probe; a campaign's message is CLOSED then


@dataclass(frozen=True)
class RecipientOptedOut:
    """The next message of the run, whose phone has opted out since the freeze."""

    message_id: int


@dataclass(frozen=True, kw_only=True)
class ClaimedPost:
    """A message that its claimant may post once, and the connection to post it on, as it was at the claim.

    ``requested_message_id``: the id to ask Evolution for; None where it cannot choose one, on the Cloud API.
    ``is_probe``: the circuit of the connection was open at the claim.
    """

    claimed_at: datetime
    user_id: UUID
    base_url: str
    instance_name: str
    api_key_encrypted: bytes
    requested_message_id: str | None = None
    is_probe: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim(ClaimedPost):
    """A recipient's message. ``needs_ack``: the connection has no recent acknowledgement, see ``circuit.accepted``."""

    message_id: int
    attempts: int
    phone: str
    variables: Mapping[str, str]
    body: str
    media: Media | None
    needs_ack: bool = False


@dataclass(frozen=True)
class _ClaimRow:
    open: bool
    slowed: bool
    room: bool
    day_open: bool
    message_id: int | None
    claimed_at: datetime | None
    attempts: int | None
    phone: str | None
    variables: dict[str, str] | None
    needs_ack: bool
    is_probe: bool
    body: str
    media_url: str | None
    media_type: MediaType | None
    file_name: str | None
    user_id: UUID
    base_url: str | None
    instance_name: str | None
    api_key_encrypted: bytes | None
    requested_message_id: str | None


# The campaign's advisory lock, shared: the claims of one campaign run side by side. A pause takes it exclusively
# (campaigns.STOP_CLAIMS), so it waits for open claims and holds later ones up. Row locks would do worse: new share
# locks keep overtaking a waiting update.
SHARE_CAMPAIGN = """
select pg_advisory_xact_lock_shared(hidra.lock_key('campaign', %(campaign_id)s))
"""
# The connection's row in pace_limits: claims on one connection follow each other, so that its room and the messages of
# its day are counted exactly.
LOCK_CONNECTION = """
select from hidra.pace_limits where subject = %(connection_id)s for update
"""


# False before true: all, or only those that are no first contacts. One index has both, in the order of the claims.
_ALLOWED = """(select first_contacts_limited from target)
                and m.first_contact <= (select first_contacts_left from target)"""


def _next(where: LiteralString, order: LiteralString) -> LiteralString:
    return f"""select * from (
        select m.id, m.user_id, m.phone_hash, m.first_contact from hidra.campaign_messages m
        where m.run_id = %(run_id)s and m.status = 'pending'
            and (m.not_before is null or m.not_before <= clock_timestamp())
            and exists (select from free) and {where}
        order by {order} limit 1
        for update skip locked
    ) m"""  # noqa: S608 - made of constants


# A statement of its own after the locks: its snapshot sees every pause, opt-out and claim that committed before. While
# the circuit of the connection is open, its lock lets only one claim find that the next probe is due.
CLAIM = f"""
-- The campaign, its run and its connection, and whether they allow a claim. One moment decides in which day it counts.
with moment as materialized (
    select coalesce(%(now)s::timestamptz, clock_timestamp()) as now
), target as (
    select c.status = 'running' and r.ended_at is null and coalesce(k.status = 'connected', false)
            and clock_timestamp() >= coalesce(r.open_from, '-infinity')
            and clock_timestamp() < coalesce(r.open_until, 'infinity')
            and {ALLOWED} as open,
        coalesce(greatest(l.lowered_at, p.lowered_at) > %(permitted_at)s::timestamptz, false) as slowed,
        {PROBED_NOW} as is_probe,
        {DISTRUSTED} or coalesce(k.acknowledged_until < clock_timestamp() - %(patience)s::interval, false) as needs_ack,
        c.user_id, r.body, r.media_url, r.media_type, r.file_name, k.base_url, k.instance_name, k.api_key_encrypted,
        k.max_concurrent_sends, k.integration = 'baileys' as chooses_id,
        moment.now, d.begins_at as day, coalesce({OPEN}, false) as day_open,
        k.max_first_contacts_per_day is not null as first_contacts_limited, {FIRST_CONTACTS_LEFT} as first_contacts_left
    from hidra.campaigns c cross join moment
    join hidra.campaign_runs r on r.campaign_id = c.id and r.id = %(run_id)s
    left join hidra.evolution_api_config k on k.id = c.evolution_config_id and k.id = %(connection_id)s
    left join hidra.pace_limits l on l.subject = k.id
    left join hidra.pace_limits p on p.subject = c.id
    {TODAY}
    where c.id = %(campaign_id)s
),
-- Whether the connection has room for one more request.
capacity as (
    select {ROOM} as room from target
),
-- Whether a message may be claimed now.
free as (
    select from target cross join capacity
    where target.open and target.day_open and not target.slowed and capacity.room
),
-- The next pending message. If first contacts are limited, they come first: few go in a day, and the others go beside
-- them. Skip locked: claims side by side take different messages, and none waits for an opt-out.
candidate as (
    select next.id, next.first_contact, exists (
        select from hidra.opt_outs o where o.user_id = next.user_id and o.phone_hash = next.phone_hash
    ) as opted_out
    from (
        {_next("not (select first_contacts_limited from target)", "m.id")}
        union all
        {_next(_ALLOWED, "m.first_contact desc, m.id")}
        limit 1
    ) next
),
-- Claims it, unless its phone has opted out. Every attempt asks for the same id: if an earlier one was sent after all,
-- WhatsApp knows the message, and its statuses lead here.
claimed as (
    update hidra.campaign_messages m
    set status = 'sending', claimed_at = target.now, attempts = m.attempts + 1,
        evolution_config_id = %(connection_id)s,
        requested_message_id = case
            when target.chooses_id then coalesce(m.requested_message_id, %(requested_message_id)s)
            else m.requested_message_id
        end
    from candidate cross join target
    where m.id = candidate.id and not candidate.opted_out
    returning m.claimed_at, m.attempts, m.phone, m.variables, m.first_contact,
        case when target.chooses_id then m.requested_message_id end as requested_message_id
),
{counted("claimed.first_contact")},
-- A claim on a connection whose circuit is open is a probe.
probed as (
    update hidra.pace_limits l set probed_at = claimed.claimed_at
    from claimed cross join target where target.is_probe and l.subject = %(connection_id)s
)
select target.open, target.slowed, coalesce(capacity.room, false) as room, candidate.id as message_id,
    claimed.claimed_at, claimed.attempts, claimed.phone, claimed.variables, claimed.requested_message_id,
    target.needs_ack, target.is_probe, target.day_open,
    target.body, target.media_url, target.media_type, target.file_name,
    target.user_id, target.base_url, target.instance_name, target.api_key_encrypted
from target cross join capacity left join candidate on true left join claimed on true
"""  # noqa: S608 - made of constants


def claim(
    tx: Tx,
    *,
    campaign_id: UUID,
    run_id: UUID,
    connection_id: UUID,
    sender_timeout: timedelta,
    permitted_at: datetime | None = None,
    share: int = WHOLE,
    now: datetime | None = None,
) -> Claim | RecipientOptedOut | NoClaim:
    """Claims the next recipient of the run, if the campaign is running, in its window, and the connection has room.

    Args:
        sender_timeout: an older claim has no open request any more and takes no room.
        permitted_at: when the permit of its slot was granted, by the database's clock. The trigger pace_limits_lowered
            notes when a limit was lowered; a permit from before that time is void.
        share: how many requests one connection may have open in this deployment, see ``pacing.connection_share``.
        now: replaces the database's clock for the day in tests.
    """
    tx.run(SHARE_CAMPAIGN, campaign_id=campaign_id)
    tx.run(LOCK_CONNECTION, connection_id=connection_id)
    row = tx.row(
        _ClaimRow,
        CLAIM,
        campaign_id=campaign_id,
        run_id=run_id,
        connection_id=connection_id,
        sender_timeout=sender_timeout,
        probe_every=PROBE_EVERY,
        patience=PATIENCE,
        requested_message_id=new_message_id(),
        permitted_at=permitted_at,
        share=share,
        now=now,
    )
    if row is None:
        return NoClaim.CLOSED
    if row.message_id is None:
        return _why_none(row)
    if row.claimed_at is None:
        return RecipientOptedOut(row.message_id)
    # The defaults are for the types alone: a claimed message has all of these, and an open target has a connection.
    return Claim(
        message_id=row.message_id,
        claimed_at=row.claimed_at,
        attempts=row.attempts or 0,
        phone=row.phone or "",
        variables=row.variables or {},
        body=row.body,
        media=Media.of(row.media_url, row.media_type, row.file_name),
        user_id=row.user_id,
        base_url=row.base_url or "",
        instance_name=row.instance_name or "",
        api_key_encrypted=row.api_key_encrypted or b"",
        requested_message_id=row.requested_message_id,
        needs_ack=row.needs_ack,
        is_probe=row.is_probe,
    )


def _why_none(row: _ClaimRow) -> NoClaim:
    if not row.open:
        return NoClaim.CLOSED
    if row.slowed:
        return NoClaim.SLOWED
    if not row.room:
        return NoClaim.NO_ROOM
    return NoClaim.NO_WORK if row.day_open else NoClaim.DAY_USED


def new_message_id() -> str:
    """Returns an id that no other message has, for Evolution to send a message under."""
    return requested_message_id(secrets.token_bytes(RANDOM_BYTES))
