"""Counts updated with each event, so that a summary costs the same after 100,000 messages as after ten."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from local.evolution.clock import minute

_RANK = {"sent": 0, "failed": 1, "delivered": 2, "read": 3}
_FINAL = {"failed": "failed", "delivered": "delivered", "read": "read", "played": "read"}

Point = tuple[str, str]
"""Where a message stands on a timeline: the UTC minute, and "delivered" or "failed"."""


def furthest(final: str, status: str) -> str:
    """The final state of a message after one more status: the maximum of sent < failed < delivered < read."""
    return max(final, _FINAL.get(status, "sent"), key=_RANK.__getitem__)


def advance(point: Point | None, status: str, at: float) -> Point | None:
    """The point after one more status: the first delivered or read, else the failure, else none."""
    reached = _FINAL.get(status)
    if reached == "failed" and point is None:
        return minute(at), "failed"
    if reached in ("delivered", "read") and (point is None or point[1] == "failed"):
        return minute(at), "delivered"
    return point


class Timeline:
    """Messages delivered, failed and refused per UTC minute; a minute without any does not exist."""

    def __init__(self) -> None:
        self._minutes: dict[str, Counter[str]] = {}

    def move(self, old: Point | None, new: Point | None) -> None:
        """Move a message from one point to another."""
        if old == new:
            return
        if old is not None:
            counts = self._minutes[old[0]]
            counts[old[1]] -= 1
            if not counts.total():
                del self._minutes[old[0]]
        if new is not None:
            self._minutes.setdefault(new[0], Counter())[new[1]] += 1

    def to_json(self) -> dict[str, dict[str, int]]:
        """Minutes in order, all kinds named."""
        kinds = ("delivered", "failed", "refused")
        return {at: {kind: counts[kind] for kind in kinds} for at, counts in sorted(self._minutes.items())}


@dataclass(slots=True)
class Totals:
    """The counts of one instance, or of all."""

    received: int = 0
    accepted: int = 0
    refused: int = 0
    duplicates: int = 0
    open: int = 0
    max_open: int = 0
    unsettled: int = 0
    finals: Counter[str] = field(default_factory=Counter)
    webhooks: Counter[str] = field(default_factory=Counter)
    timeline: Timeline = field(default_factory=Timeline)
    webhook_timeline: Timeline = field(default_factory=Timeline)

    def arrived(self) -> None:
        """One more request is open."""
        self.received += 1
        self.unsettled += 1
        self.open += 1
        self.max_open = max(self.max_open, self.open)

    def to_json(self) -> dict[str, Any]:
        """The body of `/_log/summary`."""
        return {
            "received": self.received,
            "accepted": self.accepted,
            "refused": self.refused,
            "final": {name: self.finals[name] for name in (*_RANK, "refused")},
            "duplicates": self.duplicates,
            "open": self.open,
            "max_open": self.max_open,
            "unsettled": self.unsettled,
            "webhooks": {state: self.webhooks[state] for state in ("pending", "delivered", "given_up", "lost")},
            "timeline": self.timeline.to_json(),
            "timeline_webhook_answered": self.webhook_timeline.to_json(),
        }
