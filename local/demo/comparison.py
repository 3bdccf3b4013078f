"""Hidra's public API compared with the simulator's log, recipient by recipient."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# A message that the provider refuses at once is `failed` in Hidra.
OUR_WORD = {"refused": "failed"}


@dataclass(frozen=True)
class Recipient:
    """One recipient as one side reports it."""

    phone: str
    state: str
    provider_id: str | None


@dataclass(frozen=True)
class Difference:
    """One recipient that the two sides report differently."""

    phone: str
    ours: Recipient | None
    theirs: Recipient | None


def ours(recipients: Iterable[Mapping[str, Any]]) -> list[Recipient]:
    """Recipients as the public API shows them."""
    return [Recipient(row["phone"], row["status"], row["provider_message_id"]) for row in recipients]


def theirs(messages: Iterable[Mapping[str, Any]]) -> list[Recipient]:
    """Recipients as the simulator's log shows them, in our words."""
    return [
        Recipient(f"+{row['digits']}", OUR_WORD.get(row["final"], row["final"]), row["provider_id"]) for row in messages
    ]


def differences(our_side: Sequence[Recipient], their_side: Sequence[Recipient]) -> list[Difference]:
    """Every recipient that is on one side only, has two messages, or differs in state or provider id."""
    left, right = Counter(our_side), Counter(their_side)
    phones = sorted({recipient.phone for recipient in (left - right) + (right - left)})
    missing = [(left - right), (right - left)]
    return [Difference(phone, *(_first(side, phone) for side in missing)) for phone in phones]


def timeline(messages: Iterable[Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """Delivered and failed by UTC minute, each at the moment when its first webhook was answered."""
    points: dict[str, Counter[str]] = {}
    for row in messages:
        outcome, at = _outcome(row)
        if outcome:
            points.setdefault(minute(at), Counter())[outcome] += 1
    return dict(sorted(points.items()))


def minute(at: float) -> str:
    """The UTC minute of an epoch time."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:00Z")


def _outcome(row: Mapping[str, Any]) -> tuple[str | None, float]:
    if row["final"] == "refused":
        return "failed", row["answered_at"]
    answered = {status["status"]: status["answered_at"] for status in row["statuses"] if status["answered_at"]}
    delivered = [at for word, at in answered.items() if word in ("DELIVERY_ACK", "DELIVERED", "READ", "PLAYED")]
    if delivered:
        return "delivered", min(delivered)
    failed = [at for word, at in answered.items() if word in ("ERROR", "FAILED")]
    return ("failed", min(failed)) if failed else (None, 0.0)


def _first(side: Counter[Recipient], phone: str) -> Recipient | None:
    return next((recipient for recipient in side if recipient.phone == phone), None)
