"""Recipients' messages apart from their sending: skipped, looked up, given up, told of by providers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from hidra.domain.message import (
    DELIVERED_ALREADY,
    OUTCOME_UNKNOWN,
    Evidence,
    Message,
    MessageStatus,
    fail,
    identify,
    learn,
    skip,
)
from hidra.store import circuit
from hidra.store.counters import change
from hidra.store.db import Tx

PENDING_OF_PHONES = """
select id from hidra.campaign_messages
where user_id = %(user_id)s and phone_hash = any(%(phone_hashes)s) and status = 'pending'
"""
PENDING_OF_RUN = """
select id from hidra.campaign_messages where run_id = %(run_id)s and status = 'pending' order by id limit %(limit)s
"""

# The row of a retry that counts for a recipient in place of the one given, held until the transaction ends.
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
    """The messages that wait for these phones, over all campaigns of the user."""
    ids: list[int] = tx.values(PENDING_OF_PHONES, user_id=user_id, phone_hashes=list(phone_hashes))
    return ids


def skip_pending(tx: Tx, ids: Iterable[int], *, code: str) -> int:
    """Skips those of the messages that still wait when their locks are held; a claimed one goes out."""
    return len(change(tx, ids, lambda m: skip(m, code=code) if m.status is MessageStatus.PENDING else m))


def skip_phones(tx: Tx, *, phone_hashes: Sequence[bytes], code: str) -> int:
    """Skips whatever waits for these phones, in the transaction that opts them out."""
    return skip_pending(tx, tx.values(PENDING_OF_PHONES, phone_hashes=list(phone_hashes)), code=code)


def skip_slice(tx: Tx, *, run_id: UUID, limit: int, code: str) -> int:
    """Skips up to ``limit`` waiting messages of a run; 0 when none is left."""
    return skip_pending(tx, tx.values(PENDING_OF_RUN, run_id=run_id, limit=limit), code=code)


def resolve(tx: Tx, *, message_id: int, provider_message_id: str) -> bool:
    """Notes that an unresolved message turns out to have been sent under this id; False if it was resolved already."""

    def rule(message: Message) -> Message:
        given_up = message.status is MessageStatus.FAILED and message.error_code == OUTCOME_UNKNOWN
        return (
            identify(message, provider_message_id) if message.status is MessageStatus.UNKNOWN or given_up else message
        )

    return bool(change(tx, [message_id], rule))


def give_up(tx: Tx, *, message_ids: Sequence[int], at: datetime) -> int:
    """Lets unknown messages that no look-up found count as failed; they are still never posted again."""

    def rule(message: Message) -> Message:
        if message.status is not MessageStatus.UNKNOWN:
            return message
        detail = "Evolution never said whether this message was sent."
        return fail(message, code=OUTCOME_UNKNOWN, detail=detail, at=at)

    return len(change(tx, message_ids, rule))


def learn_all(tx: Tx, evidence: Mapping[int, Sequence[Evidence]]) -> None:
    """Joins what providers said to the messages, by their ids."""
    circuit.acknowledged(tx, evidence)
    settle_retries(tx, change(tx, evidence, lambda message: learn(message, evidence[message.id])))


def settle_retries(tx: Tx, changed: Iterable[Message]) -> None:
    """Lets an earlier message count again where it turns out to have been delivered, and its retry not go out any more.

    A retry that waits is skipped; one that is being posted may arrive too, and is skipped if it is put back. Of several
    earlier ones a single one counts. To be called with what evidence changed, in its transaction: the campaigns'
    counters are locked by then, so their messages may be.
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
