"""Messages of campaigns apart from their sending: skipped, looked up, given up, and changed by providers' statuses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hidra.domain.message import (
    DELIVERED_ALREADY,
    GIVEN_UP_DETAIL,
    OUTCOME_UNKNOWN,
    Evidence,
    Message,
    MessageStatus,
    fail,
    identify,
    join_evidence,
    skip,
)
from hidra.store import circuit, unregistered
from hidra.store.counters import change
from hidra.store.db import Tx

PENDING_OF_PHONES = """
select id from hidra.campaign_messages
where user_id = %(user_id)s and phone_hash = any(%(phone_hashes)s) and status = 'pending'
"""
PENDING_OF_RUN = """
select id from hidra.campaign_messages where run_id = %(run_id)s and status = 'pending' order by id limit %(limit)s
"""

# The row of a retry that counts for a recipient in place of a given row, locked until the transaction ends.
REPLACEMENTS = """
select o.id, n.id as replacement
from hidra.campaign_messages o
join hidra.campaign_runs r on r.campaign_id = o.campaign_id
join hidra.campaign_messages n on n.run_id = r.id and n.contact_id = o.contact_id
where o.id = any(%(ids)s) and n.counted and n.status not in ('delivered', 'read')
order by n.id for update of n
"""


@dataclass(frozen=True)
class _Replaced:
    id: int
    replacement: int


def pending_of_phones(tx: Tx, *, user_id: UUID, phone_hashes: Sequence[bytes]) -> list[int]:
    """Returns the pending messages to these phones, over all campaigns of the user."""
    ids: list[int] = tx.values(PENDING_OF_PHONES, user_id=user_id, phone_hashes=list(phone_hashes))
    return ids


def skip_pending(tx: Tx, ids: Iterable[int], *, code: str) -> int:
    """Skips those of the messages that are still pending once they are locked; a claimed one will be sent."""
    return len(change(tx, ids, lambda m: skip(m, code=code) if m.status is MessageStatus.PENDING else m))


def skip_phones(tx: Tx, *, phone_hashes: Sequence[bytes], code: str) -> int:
    """Skips the pending messages to these phones, in the transaction that opts them out."""
    return skip_pending(tx, tx.values(PENDING_OF_PHONES, phone_hashes=list(phone_hashes)), code=code)


def skip_slice(tx: Tx, *, run_id: UUID, limit: int, code: str) -> int:
    """Skips up to ``limit`` pending messages of a run; returns their number, 0 when none is left."""
    return skip_pending(tx, tx.values(PENDING_OF_RUN, run_id=run_id, limit=limit), code=code)


def resolve(tx: Tx, *, message_id: int, provider_message_id: str) -> bool:
    """Records that an unresolved message was sent under this id; False if it was resolved already."""

    def rule(message: Message) -> Message:
        given_up = message.status is MessageStatus.FAILED and message.error_code == OUTCOME_UNKNOWN
        return (
            identify(message, provider_message_id) if message.status is MessageStatus.UNKNOWN or given_up else message
        )

    unregistered.clear(tx, {message_id: None})
    return bool(change(tx, [message_id], rule))


def give_up(tx: Tx, *, message_ids: Sequence[int], at: datetime) -> int:
    """Fails unknown messages that no lookup found; they are still never posted again. Returns their number."""

    def rule(message: Message) -> Message:
        if message.status is not MessageStatus.UNKNOWN:
            return message
        return fail(message, code=OUTCOME_UNKNOWN, detail=GIVEN_UP_DETAIL, at=at)

    return len(change(tx, message_ids, rule))


def join_all_evidence(
    tx: Tx, evidence: Mapping[int, Sequence[Evidence]], provider_message_ids: Mapping[int, str] | None = None
) -> None:
    """Joins evidence to the messages, by their ids.

    Args:
        provider_message_ids: under which the evidence came; a message without a provider's id takes it.
    """
    circuit.acknowledged(tx, evidence)
    unregistered.clear(tx, arrivals(evidence))
    under = provider_message_ids or {}
    changed = change(tx, evidence, lambda found: join_evidence(found, evidence[found.id], under=under.get(found.id)))
    settle_retries(tx, changed)


def arrivals(evidence: Mapping[int, Iterable[Evidence]]) -> dict[int, datetime | None]:
    """When the evidence last says of each message, by its id, that it was delivered or read."""
    arrived = (MessageStatus.DELIVERED, MessageStatus.READ)
    times = {id: [item.at for item in items if item.status in arrived] for id, items in evidence.items()}
    return {id: max(found) for id, found in times.items() if found}


def settle_retries(tx: Tx, changed: Iterable[Message]) -> None:
    """Counts an earlier message again that was delivered after all, and stops its retry.

    A pending retry is skipped. One that is being posted may arrive too; it is skipped if it was not sent. Of several
    earlier messages only one counts. Call it with the messages that evidence changed, in the same transaction: the
    campaigns' counters are locked by then, so their messages may be locked.
    """
    late = [m.id for m in changed if not m.counted and m.status in (MessageStatus.DELIVERED, MessageStatus.READ)]
    pairs = tx.rows(_Replaced, REPLACEMENTS, ids=late) if late else []
    earlier = {pair.replacement: pair.id for pair in pairs}
    counting = set(earlier.values())

    def rule(message: Message) -> Message:
        if message.id in counting:
            return replace(message, counted=True)
        unneeded = replace(message, counted=False)
        return skip(unneeded, code=DELIVERED_ALREADY) if message.status is MessageStatus.PENDING else unneeded

    change(tx, [*earlier, *counting], rule)
