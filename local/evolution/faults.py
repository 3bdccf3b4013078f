"""Answers that a script puts in the place of Evolution's own: the one place where HTTP goes wrong on purpose."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

ANY = "*"
"""The name under which a fault holds for every instance."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens instead of the normal answer.

    `status` and `body` answer so; `cut` closes the connection without an answer, "before" or "after" the message was
    accepted. `accepted` says whether the message went out all the same (a cut says so itself). `hold_seconds` keeps the
    client waiting first, after acceptance if there is one. `times` counts down; None never ends. `scope` "all" holds
    for every route of the instance (only on instances, and never accepting), "sends" for sendText and sendMedia.
    """

    status: int = 500
    body: Any = None
    cut: Literal["before", "after"] | None = None
    accepted: bool = False
    hold_seconds: float = 0.0
    times: int | None = None
    scope: Literal["sends", "all"] = "sends"

    def __post_init__(self) -> None:
        if self.cut not in (None, "before", "after"):
            raise ValueError('cut is "before", "after" or null')
        if self.scope not in ("sends", "all"):
            raise ValueError('scope is "sends" or "all"')
        if self.times is not None and self.times < 1:
            raise ValueError("times is at least 1, or null for ever")
        if not 100 <= self.status <= 599:
            raise ValueError("status is an HTTP status")

    @property
    def lets_through(self) -> bool:
        """True if the message is sent before the answer goes wrong."""
        return self.cut == "after" or (self.cut is None and self.accepted)

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """From the JSON of a control request; raises ValueError or TypeError on what it does not know."""
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        """The JSON that `parse` reads."""
        return asdict(self)


@dataclass(slots=True)
class _Armed:
    fault: Fault
    left: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.fault.times


class FaultBook:
    """The armed faults by subject (an instance's name or a phone's jid), taken in the order they were added."""

    def __init__(self) -> None:
        self._armed: defaultdict[str, list[_Armed]] = defaultdict(list)

    def add(self, subject: str, fault: Fault) -> None:
        """Arm a fault behind those already armed."""
        self._armed[subject].append(_Armed(fault))

    def clear(self, subject: str) -> None:
        """Disarm all of a subject's faults."""
        self._armed.pop(subject, None)

    def armed(self, subject: str) -> list[dict[str, Any]]:
        """The armed faults of a subject, `times` as left."""
        return [one.fault.to_json() | {"times": one.left} for one in self._armed.get(subject, [])]

    def take(self, subject: str, *, scope: Literal["sends", "all"]) -> Fault | None:
        """The next fault for a request of that scope, counted down."""
        queue = self._armed.get(subject)
        if not queue:
            return None
        for place, armed in enumerate(queue):
            if armed.fault.scope != scope:
                continue
            if armed.left is not None:
                armed.left -= 1
                if armed.left == 0:
                    del queue[place]
            return armed.fault
        return None
