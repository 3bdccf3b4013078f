"""The Evolution simulator's own log, and how our public API compares with it, recipient by recipient."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

# What a provider refused at once counts as failed for whoever asked for the campaign.
OUR_WORD = {"refused": "failed"}


@dataclass(frozen=True)
class Recipient:
    """What one side knows of one recipient."""

    phone: str
    state: str
    provider_id: str | None


@dataclass(frozen=True)
class Difference:
    """One recipient of whom the two sides tell different stories."""

    phone: str
    ours: Recipient | None
    theirs: Recipient | None


class Simulator:
    """The simulator's log over HTTP, for one instance."""

    def __init__(self, url: str, instance: str) -> None:
        self._url, self._instance = url, instance
        self._session = requests.Session()
        self._session.trust_env = False

    def summary(self) -> Any:
        """Running counts: received, accepted, refused, final states, unsettled, webhooks."""
        return self._get("/_log/summary", instance=self._instance)

    def messages(self) -> list[dict[str, Any]]:
        """Every send to the instance that was received, in order of arrival."""
        return [message for message in self.sends() if message["instance"] == self._instance]

    def sends(self) -> list[dict[str, Any]]:
        """The same for all instances."""
        found: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            page = self._get("/_log/messages", after=after, limit=5_000)
            found += page["messages"]
            after = page["next_after"]
        return found

    def _get(self, path: str, **query: object) -> Any:
        answer = self._session.get(self._url + path, params=query, timeout=10)  # type: ignore[arg-type]
        answer.raise_for_status()
        return answer.json()


def ours(recipients: Iterable[Mapping[str, Any]]) -> list[Recipient]:
    """Recipients as the public API shows them."""
    return [Recipient(row["phone"], row["status"], row["provider_message_id"]) for row in recipients]


def theirs(messages: Iterable[Mapping[str, Any]]) -> list[Recipient]:
    """Recipients as the simulator's log shows them, in our words."""
    return [
        Recipient(f"+{row['digits']}", OUR_WORD.get(row["final"], row["final"]), row["provider_id"]) for row in messages
    ]


def differences(our_side: Sequence[Recipient], their_side: Sequence[Recipient]) -> list[Difference]:
    """Every recipient whom one side alone knows, who was sent to twice, or whose state or provider id differs."""
    left, right = Counter(our_side), Counter(their_side)
    phones = sorted({recipient.phone for recipient in (left - right) + (right - left)})
    missing = [(left - right), (right - left)]
    return [Difference(phone, *(_first(side, phone) for side in missing)) for phone in phones]


def timeline(messages: Iterable[Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """Delivered and failed by UTC minute, each at the moment when its first webhook was answered."""
    points: dict[str, Counter[str]] = {}
    for row in messages:
        word, at = _happened(row)
        if word:
            points.setdefault(minute(at), Counter())[word] += 1
    return dict(sorted(points.items()))


def minute(at: float) -> str:
    """The UTC minute of an epoch time."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:00Z")


def _happened(row: Mapping[str, Any]) -> tuple[str | None, float]:
    if row["final"] == "refused":
        return "failed", row["answered_at"]
    told = {status["status"]: status["answered_at"] for status in row["statuses"] if status["answered_at"]}
    delivered = [at for word, at in told.items() if word in ("DELIVERY_ACK", "DELIVERED", "READ", "PLAYED")]
    if delivered:
        return "delivered", min(delivered)
    failed = [at for word, at in told.items() if word in ("ERROR", "FAILED")]
    return ("failed", min(failed)) if failed else (None, 0.0)


def _first(side: Counter[Recipient], phone: str) -> Recipient | None:
    return next((recipient for recipient in side if recipient.phone == phone), None)
