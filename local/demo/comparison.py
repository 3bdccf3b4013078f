"""Hidra's public API compared with the simulator's log, recipient by recipient."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# A message that the provider refuses at once is `failed` in Hidra.
OUR_WORD = {"refused": "failed"}
# How far the two sides' clocks, read in different processes, may be apart, and how long a busy machine may take to
# record an answer.
CLOCK_SECONDS, RECORD_SECONDS = 2.0, 30.0

type Moments = dict[str, dict[str, float]]
"""By phone the instant of `delivered` or `failed`, in epoch seconds."""

_DELIVERED = ("DELIVERY_ACK", "DELIVERED", "READ", "PLAYED")
_FAILED = ("ERROR", "FAILED")


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


def moments(recipients: Iterable[Mapping[str, Any]]) -> Moments:
    """When Hidra recorded each recipient's outcome, by phone: the instants that its timeline counts."""
    found: Moments = {}
    for row in recipients:
        for outcome, column in (("delivered", "delivered_at"), ("failed", "failed_at")):
            if outcome not in found.get(row["phone"], {}) and row[column]:
                found.setdefault(row["phone"], {})[outcome] = datetime.fromisoformat(row[column]).timestamp()
    return found


def timeline(messages: Iterable[Mapping[str, Any]], recorded: Moments) -> dict[str, Counter[str]]:
    """The simulator's delivered and failed messages by UTC minute, each at the instant at which Hidra recorded it.

    So both sides use one clock. By their own clocks a message may lie on both sides of a minute's edge. A message that
    Hidra has not recorded is in the minute `-`.
    """
    points: dict[str, Counter[str]] = {}
    for row in messages:
        if span := _span(row):
            at = recorded.get(f"+{row['digits']}", {}).get(span.outcome)
            points.setdefault(minute(at) if at else "-", Counter())[span.outcome] += 1
    return dict(sorted(points.items()))


def timeline_differences(
    our_points: Iterable[Mapping[str, Any]], messages: Sequence[Mapping[str, Any]], recorded: Moments
) -> list[str]:
    """What differs between Hidra's timeline and the simulator's messages, as sentences; none if all is equal.

    Compares each minute, and checks that Hidra's instants agree with the simulator's clock: not before the event, and
    soon after the answer to its webhook or send.
    """
    ours_by_minute = {
        point["timestamp"]: Counter(delivered=point["delivered"], failed=point["failed"]) for point in our_points
    }
    theirs_by_minute = timeline(messages, recorded)
    lines = []
    for at in sorted({*ours_by_minute, *theirs_by_minute}):
        left, right = (side.get(at, Counter[str]()) for side in (ours_by_minute, theirs_by_minute))
        if left != right:  # a missing count equals 0
            lines.append(
                f"{at}: Hidra has {left['delivered']} delivered and {left['failed']} failed, "
                f"the simulator {right['delivered']} and {right['failed']}"
            )
    for row in messages:
        span, phone = _span(row), f"+{row['digits']}"
        at_hidra = recorded.get(phone, {}).get(span.outcome) if span else None
        if span and at_hidra and not span.begin - CLOCK_SECONDS <= at_hidra <= span.end + RECORD_SECONDS:
            lines.append(
                f"{phone}: Hidra recorded it as {span.outcome} at {_clock(at_hidra)}, "
                f"in the simulator that was from {_clock(span.begin)} to {_clock(span.end)}"
            )
    return lines


def minute(at: float) -> str:
    """The UTC minute of an epoch time."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:00Z")


@dataclass(frozen=True)
class _Span:
    """What the simulator did with a message: from the event on the phone to the answer of its first webhook."""

    outcome: str
    begin: float
    end: float


def _span(row: Mapping[str, Any]) -> _Span | None:
    if row["final"] == "refused":
        return _Span("failed", row["received_at"], row["answered_at"])
    answered = [status for status in row["statuses"] if status["answered_at"]]
    for outcome, words in (("delivered", _DELIVERED), ("failed", _FAILED)):
        if statuses := [status for status in answered if status["status"] in words]:
            begin, end = (min(status[field] for status in statuses) for field in ("at", "answered_at"))
            return _Span(outcome, begin, end)
    return None


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def _first(side: Counter[Recipient], phone: str) -> Recipient | None:
    return next((recipient for recipient in side if recipient.phone == phone), None)
