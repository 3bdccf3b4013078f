"""Opt-out and opt-in requests by reply, by phone or by the hidden id that WhatsApp shows in its place.

Of a person's requests the latest holds, in whatever order they are received.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hidra.store.db import Tx

# WhatsApp's times are whole seconds: of two requests in the same second, the opt-out holds.
LATER = timedelta(seconds=1)

# In the order of the key, so that two batches cannot deadlock. The rows stay locked: a request of the same phone in
# another batch waits, and is then merged with this one.
MERGE = """
insert into hidra.opt_out_requests as r (user_id, phone_hash, opted_out_at, opted_in_at)
select g.user_id, g.phone_hash, g.opted_out_at, g.opted_in_at
from unnest(
    %(user_ids)s::uuid[], %(hashes)s::bytea[], %(opted_out_at)s::timestamptz[], %(opted_in_at)s::timestamptz[]
) as g (user_id, phone_hash, opted_out_at, opted_in_at)
order by g.user_id, g.phone_hash
on conflict (user_id, phone_hash) do update
set opted_out_at = greatest(r.opted_out_at, excluded.opted_out_at),
    opted_in_at = greatest(r.opted_in_at, excluded.opted_in_at)
returning user_id, phone_hash, opted_out_at, opted_in_at
"""
# A row that only repeats what is known is neither written nor returned.
MERGE_LIDS = """
insert into hidra.whatsapp_lids as l (user_id, lid_hash, phone_hash, opted_out_at, opted_in_at)
select g.user_id, g.lid_hash, g.phone_hash, g.opted_out_at, g.opted_in_at
from unnest(
    %(user_ids)s::uuid[], %(hashes)s::bytea[], %(phone_hashes)s::bytea[], %(opted_out_at)s::timestamptz[],
    %(opted_in_at)s::timestamptz[]
) as g (user_id, lid_hash, phone_hash, opted_out_at, opted_in_at)
order by g.user_id, g.lid_hash
on conflict (user_id, lid_hash) do update
set phone_hash = coalesce(excluded.phone_hash, l.phone_hash),
    opted_out_at = greatest(l.opted_out_at, excluded.opted_out_at),
    opted_in_at = greatest(l.opted_in_at, excluded.opted_in_at)
where excluded.opted_out_at is not null or excluded.opted_in_at is not null
    or coalesce(excluded.phone_hash, l.phone_hash) is distinct from l.phone_hash
returning user_id, lid_hash, phone_hash, opted_out_at, opted_in_at
"""
# In a chat of two, a reply to one of our messages comes from the phone that the message was sent to.
ADDRESSEES = """
select e.connection_id, e.provider_id, m.phone_hash, m.phone
from unnest(%(connection_ids)s::uuid[], %(provider_ids)s::text[]) as e (connection_id, provider_id)
join hidra.campaign_messages m on m.evolution_config_id = e.connection_id and m.provider_message_id = e.provider_id
union all
select e.connection_id, e.provider_id, m.phone_hash, m.phone
from unnest(%(connection_ids)s::uuid[], %(provider_ids)s::text[]) as e (connection_id, provider_id)
join hidra.campaign_messages m on m.evolution_config_id = e.connection_id and m.requested_message_id = e.provider_id
    and m.provider_message_id is null
union all
select e.connection_id, e.provider_id, t.phone_hash, null
from unnest(%(connection_ids)s::uuid[], %(provider_ids)s::text[]) as e (connection_id, provider_id)
join hidra.direct_sends t on t.evolution_config_id = e.connection_id
    and e.provider_id in (t.provider_message_id, t.requested_message_id)
"""
OPT_IN_BY_API = """
insert into hidra.opt_out_requests (user_id, phone_hash, opted_in_at)
select user_id, phone_hash, clock_timestamp() from hidra.opt_outs
where user_id = %(user_id)s and phone_hash = %(phone_hash)s
on conflict (user_id, phone_hash) do update set opted_in_at = excluded.opted_in_at
"""
COUNT_HIDDEN = """
select count(*) from hidra.whatsapp_lids
where user_id = %(user_id)s and phone_hash is null and opted_out_at is not null
    and (opted_in_at is null or opted_in_at < opted_out_at + %(later)s::interval)
"""


@dataclass(frozen=True)
class OptOutRequests:
    """When a person last opted out and last opted in, by requests that we received."""

    opted_out_at: datetime | None = None
    opted_in_at: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.opted_out_at or self.opted_in_at)

    @property
    def opted_out(self) -> bool:
        return self.opted_out_at is not None and (
            self.opted_in_at is None or self.opted_in_at < self.opted_out_at + LATER
        )

    def merged(self, other: "OptOutRequests") -> "OptOutRequests":
        return OptOutRequests(
            _latest(self.opted_out_at, other.opted_out_at), _latest(self.opted_in_at, other.opted_in_at)
        )


type Person = tuple[UUID, bytes]  # a user and the keyed hash of a phone, or of a hidden id


@dataclass(frozen=True)
class Addressee:
    """The phone that one of our messages was sent to; the number itself is kept for campaign messages only."""

    phone_hash: bytes
    phone: str | None


@dataclass(frozen=True)
class _Merged:
    user_id: UUID
    phone_hash: bytes
    opted_out_at: datetime | None
    opted_in_at: datetime | None


@dataclass(frozen=True)
class Lid:
    """A hidden id; ``phone_hash`` is None while its phone is not known."""

    user_id: UUID
    lid_hash: bytes
    phone_hash: bytes | None
    opted_out_at: datetime | None
    opted_in_at: datetime | None


@dataclass(frozen=True)
class _Addressed:
    connection_id: UUID
    provider_id: str
    phone_hash: bytes
    phone: str | None


def merge(tx: Tx, given: dict[Person, OptOutRequests]) -> dict[Person, OptOutRequests]:
    """Merges requests with the earlier ones of the same phones; returns the result, whose rows stay locked."""
    if not given:
        return {}
    rows = tx.rows(
        _Merged,
        MERGE,
        user_ids=[person[0] for person in given],
        hashes=[person[1] for person in given],
        opted_out_at=[requests.opted_out_at for requests in given.values()],
        opted_in_at=[requests.opted_in_at for requests in given.values()],
    )
    return {(row.user_id, row.phone_hash): OptOutRequests(row.opted_out_at, row.opted_in_at) for row in rows}


def merge_lids(tx: Tx, given: dict[Person, tuple[bytes | None, OptOutRequests]]) -> list[Lid]:
    """Merges the requests of hidden ids, each with its phone's hash if known; returns the ids with news, merged."""
    if not given:
        return []
    return tx.rows(
        Lid,
        MERGE_LIDS,
        user_ids=[person[0] for person in given],
        hashes=[person[1] for person in given],
        phone_hashes=[phone_hash for phone_hash, _ in given.values()],
        opted_out_at=[requests.opted_out_at for _, requests in given.values()],
        opted_in_at=[requests.opted_in_at for _, requests in given.values()],
    )


def addressees(tx: Tx, keys: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], Addressee]:
    """Returns the phones that messages were sent to, by connection and provider's id; ids that are not ours lack."""
    wanted: Sequence[tuple[UUID, str]] = sorted(set(keys))
    if not wanted:
        return {}
    rows = tx.rows(
        _Addressed, ADDRESSEES, connection_ids=[key[0] for key in wanted], provider_ids=[key[1] for key in wanted]
    )
    return {(row.connection_id, row.provider_id): Addressee(row.phone_hash, row.phone) for row in rows}


def opt_in_by_api(tx: Tx, *, phone_hash: bytes) -> None:
    """Records an opt-in, so that no late copy of an earlier reply opts the phone out again.

    Call it before the opt-out is deleted: it reads the opt-out.
    """
    tx.run(OPT_IN_BY_API, phone_hash=phone_hash)


def count_hidden(tx: Tx) -> int:
    """Returns the number of hidden ids that opted out and whose phone is not known."""
    found: int = tx.value(COUNT_HIDDEN, later=LATER)
    return found


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at), default=None)
