"""Measures of a log of arrivals: the fullest window, the most open requests, the use of a pace.

Times are whole microseconds of one clock, so that sixty seconds are exact.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SECOND = 1_000_000
WINDOW = 60 * SECOND
ENOUGH = 30  # fewer sends say too little about the pace


@dataclass(frozen=True, slots=True)
class Send:
    """A request as Evolution saw it. ``answered``: None if it never was, so it stays open."""

    arrived: int
    answered: int | None
    connection: str
    campaign: str


@dataclass(frozen=True)
class Limits:
    """The limits of a connection: messages a minute, and requests open at once."""

    per_minute: int
    concurrent: int


@dataclass(frozen=True)
class Measure:
    """The measures of one limit's sends.

    ``most_open``: None for a campaign, which has no limit on open requests; ``used``: the share of the pace between the
    first and the last send, None with fewer than 30.
    """

    subject: str
    per_minute: int
    sends: int
    fullest: int
    most_open: int | None
    concurrent: int | None
    used: float | None

    @property
    def over(self) -> bool:
        """Whether a limit was exceeded."""
        return self.fullest > self.per_minute or (self.most_open or 0) > (self.concurrent or 0)

    def __str__(self) -> str:
        used = "-" if self.used is None else f"{self.used:.4f}"
        at_once = "" if self.most_open is None else f", {self.most_open} of {self.concurrent} open"
        return (
            f"{self.subject}: {self.sends} sends, {self.fullest} of {self.per_minute} in the fullest minute{at_once},"
            f" use {used}"
        )


def fullest_window(arrivals: Sequence[int], window: int = WINDOW) -> int:
    """Returns the most arrivals in any window, which includes its first instant and not its last.

    ``arrivals`` are sorted.
    """
    first = fullest = 0
    for last, at in enumerate(arrivals):
        while arrivals[first] <= at - window:
            first += 1
        fullest = max(fullest, last - first + 1)
    return fullest


def most_open(sends: Iterable[Send]) -> int:
    """Returns the most requests open at one instant. A request is closed at the instant of its answer."""
    steps = []
    for send in sends:
        if send.answered is not None and send.answered <= send.arrived:
            continue  # open for no time at all
        steps.append((send.arrived, 1))
        if send.answered is not None:
            steps.append((send.answered, -1))
    now_open = most = 0
    for _, step in sorted(steps):
        now_open += step
        most = max(most, now_open)
    return most


def use(arrivals: Sequence[int], per_minute: int) -> float | None:
    """Returns the used share of the pace between the first arrival and the last; None with fewer than 30."""
    if len(arrivals) < ENOUGH:
        return None
    return (len(arrivals) - 1) * WINDOW / per_minute / (arrivals[-1] - arrivals[0])


def measure(
    sends: Iterable[Send], *, connections: Mapping[str, Limits], campaigns: Mapping[str, int]
) -> dict[str, Measure]:
    """Measures every connection and campaign by its own sends.

    Args:
        connections: their limits by name.
        campaigns: messages a minute by name, which no connection has.

    Raises:
        ValueError: a send belongs to no limit.
    """
    by_subject: dict[str, list[Send]] = defaultdict(list)
    for send in sends:
        by_subject[send.connection].append(send)
        by_subject[send.campaign].append(send)
    stray = by_subject.keys() - connections.keys() - campaigns.keys()
    if stray:
        raise ValueError(f"sends without a limit: {sorted(stray)}")
    found = {}
    for name, limits in connections.items():
        most = most_open(by_subject[name])
        found[name] = _measure(name, by_subject[name], limits.per_minute, most, limits.concurrent)
    for name, per_minute in campaigns.items():
        found[name] = _measure(name, by_subject[name], per_minute, None, None)
    return found


def _measure(name: str, sends: Sequence[Send], per_minute: int, most: int | None, concurrent: int | None) -> Measure:
    arrivals = sorted(send.arrived for send in sends)
    return Measure(name, per_minute, len(sends), fullest_window(arrivals), most, concurrent, use(arrivals, per_minute))


def of_log(rows: Iterable[Mapping[str, Any]], campaign_of: Callable[[Mapping[str, Any]], str]) -> list[Send]:
    """Returns the sends of the simulator's ``/_log/messages``, by its monotonic clock."""
    return [
        Send(
            round(row["received_monotonic"] * SECOND),
            None if row["answered_monotonic"] is None else round(row["answered_monotonic"] * SECOND),
            row["instance"],
            campaign_of(row),
        )
        for row in rows
    ]
