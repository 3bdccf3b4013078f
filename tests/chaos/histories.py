"""Histories of messages on the pure rules, in every possible order, against a plain reference."""

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from hidra.domain.message import (
    OUTCOME_UNKNOWN,
    Evidence,
    Message,
    fail,
    identify,
    join_evidence,
    join_reply,
    share,
    skip,
)
from hidra.domain.message import MessageStatus as S

AT = datetime(2026, 1, 1, 12, 0, 30, 123_456, tzinfo=UTC)
HELD = Message(id=1, user_id=UUID(int=1), campaign_id=UUID(int=2), status=S.SENDING, counted=True, claimed_at=AT)
# The steps of the sender and the reconciliation, in this order; a status of the provider may arrive between any two.
OUTCOMES: dict[str, tuple[str, ...]] = {
    "sent": ("sent",),
    "in doubt": ("unknown",),
    "answered late": ("unknown", "sent"),
    "found": ("unknown", "found"),
    "given up": ("unknown", "given up"),
    "found after all": ("unknown", "given up", "found"),
    "refused": ("refused",),
    "skipped": ("skipped",),
    "to retry": ("to retry",),
}
WITH_ID = {"sent", "answered late", "found", "found after all"}


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


@dataclass(frozen=True)
class History:
    """The history of one message: its outcome, and the provider's statuses and the replies by seconds after the claim."""

    outcome: str
    sent_after: float
    statuses: tuple[tuple[S, float], ...]
    counted: bool = True
    replies: tuple[float, ...] = ()


seconds = st.one_of(st.integers(-200, 4_000).map(lambda n: n / 7), st.sampled_from([0.0, 29.876544, 29.876543]))
histories = st.lists(
    st.builds(
        History,
        outcome=st.sampled_from([*OUTCOMES, *sorted(WITH_ID) * 2]),
        sent_after=st.sampled_from([0.0, 0.0005, 0.4999]),
        statuses=st.lists(
            st.tuples(st.sampled_from([S.SENT, S.FAILED, S.DELIVERED, S.READ]), seconds), max_size=6
        ).map(tuple),
        counted=st.sampled_from([True, True, True, False]),
        replies=st.lists(seconds, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip


def play(drawn: list[History], order: random.Random) -> tuple[list[Message], Counter[Any]]:
    """Returns the messages and the sums after one interleaving.

    Some statuses arrive twice, some together; a status that arrives before the message's id is known is kept. The sums
    move by the difference of each step, as the counters do.
    """
    messages = [replace(HELD, id=index, counted=history.counted) for index, history in enumerate(drawn)]
    kept: dict[int, list[Evidence]] = {index: [] for index in range(len(drawn))}
    sums: Counter[Any] = Counter()
    for message in messages:
        _count(sums, message, 1)
    for index, steps in _interleaved(drawn, order):
        before = messages[index]
        now = _step(before, drawn[index], steps, kept[index])
        if now.provider_message_id:
            now = join_evidence(now, kept[index])
            kept[index].clear()
        _count(sums, before, -1)
        _count(sums, now, 1)
        messages[index] = now
    return messages, Counter({key: value for key, value in sums.items() if value})


def _interleaved(drawn: list[History], order: random.Random) -> list[tuple[int, Any]]:
    """Merges the steps of each message's outcome, in order, with its statuses, in batches and with copies."""
    lanes: list[list[tuple[int, Any]]] = []
    for index, history in enumerate(drawn):
        lanes.append([(index, step) for step in OUTCOMES[history.outcome]])
        statuses = [Evidence(status, after(at)) for status, at in history.statuses]
        statuses += order.sample(statuses, order.randint(0, len(statuses)))
        order.shuffle(statuses)
        lanes += [[(index, at)] for at in (*history.replies, *history.replies)]
        while statuses:
            size = order.randint(1, 3)
            lanes.append([(index, statuses[:size])])
            statuses = statuses[size:]
    merged = []
    while lanes:
        lane = order.choice(lanes)
        merged.append(lane.pop(0))
        if not lane:
            lanes.remove(lane)
    return merged


def _step(message: Message, history: History, step: Any, kept: list[Evidence]) -> Message:  # noqa: PLR0911
    sent_at = after(history.sent_after)
    match step:
        case list():
            kept.extend(step)
            return message
        case int() | float():
            return join_reply(message, after(step))
        case "sent":  # as store.outcomes writes it
            return replace(message, status=S.SENT, sent_at=sent_at, provider_message_id="A")
        case "unknown":
            return replace(message, status=S.UNKNOWN)
        case "found":
            return identify(message, "A")
        case "given up":
            return fail(message, code=OUTCOME_UNKNOWN, detail=None, at=after(90_000))
        case "refused":
            return fail(message, code="not_on_whatsapp", detail=None, at=sent_at)
        case "skipped":
            return skip(replace(message, status=S.PENDING), code="opted_out")
        case _:
            return replace(message, status=S.PENDING, claimed_at=None)


def _count(sums: Counter[Any], message: Message, sign: int) -> None:
    part = share(message)
    for name in ("delivered", "failed", "pending", "skipped", "read", "replied", "delivery_ms"):
        sums[name] += sign * getattr(part, name)
    if part.minute:
        sums[part.minute, "delivered" if part.delivered else "failed"] += sign


def expected(history: History) -> tuple[str, dict[str, datetime | None]]:
    """Returns the status and the times that a history must end in, in any order."""
    seen = dict.fromkeys(("sent", "failed", "delivered", "read"), ())
    if history.outcome in WITH_ID:
        for status, at in history.statuses:
            seen[status.value] = (*seen[status.value], after(at))
    times: dict[str, datetime | None] = {
        "acked_at": min(sum(seen.values(), ()), default=None),
        "delivered_at": min(seen["delivered"] + seen["read"], default=None),
        "read_at": min(seen["read"], default=None),
        "failed_at": min(seen["failed"], default=None),
        "replied_at": min(map(after, history.replies), default=None),
    }
    if history.outcome not in WITH_ID:
        status, failed_at = {
            "in doubt": ("unknown", None),
            "given up": ("failed", after(90_000)),
            "refused": ("failed", after(history.sent_after)),
            "skipped": ("skipped", None),
            "to retry": ("pending", None),
        }[history.outcome]
        return status, {**times, "failed_at": failed_at}
    highest = [status for status in ("read", "delivered", "failed") if seen[status]]
    return (highest[0] if highest else "sent"), times


def recount(drawn: list[History]) -> Counter[Any]:
    """Returns the sums that histories must end in, one message after the other."""
    sums: Counter[Any] = Counter()
    for history in drawn:
        status, times = expected(history)
        if not history.counted:
            continue
        sums["replied"] += bool(history.replies)
        if status in ("delivered", "read"):
            sent_at = AT if "found" in history.outcome else after(history.sent_after)
            delivered_at = times["delivered_at"]
            assert delivered_at
            took = delivered_at - sent_at
            microseconds = (took.days * 86_400 + took.seconds) * 1_000_000 + took.microseconds
            sums["delivered"] += 1
            sums["read"] += status == "read"
            sums["delivery_ms"] += max(microseconds, 0) // 1000
            sums[delivered_at.replace(second=0, microsecond=0), "delivered"] += 1
        elif status == "failed":
            failed_at = times["failed_at"]
            assert failed_at
            sums["failed"] += 1
            sums[failed_at.replace(second=0, microsecond=0), "failed"] += 1
        else:
            sums["skipped" if status == "skipped" else "pending"] += 1
    return Counter({key: value for key, value in sums.items() if value})


def check(drawn: list[History], seed: int, interleavings: int) -> None:
    """Every interleaving ends in the reference's states, times and sums."""
    order = random.Random(seed)
    wanted, sums = [expected(history) for history in drawn], recount(drawn)
    for _ in range(interleavings):
        messages, moved = play(drawn, order)
        for message, (status, times) in zip(messages, wanted, strict=True):
            assert message.status == status
            assert {name: getattr(message, name) for name in times} == times
        assert moved == sums
