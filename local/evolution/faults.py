"""Faults: everything that goes wrong on purpose.

A fault is armed for an instance, for a phone or for ANY instance, and holds in a `Window`. There are three kinds by
`scope`, and a request meets at most one of each:
- a `Fault` ("sends", "all") spoils the answer to the client;
- a `PhoneFault` ("phones") changes what the phone does;
- a `WebhookFault` ("webhooks") changes what reaches the receiver.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol

from local.evolution.clock import AT_ONCE, Seconds

ANY = "*"
"""The name under which a fault holds for every instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a fault holds, and its `name` in the log.

    `times` counts down; None never ends. The fault leaves the first `after` requests alone (webhooks, if it is for
    webhooks); requests that met an earlier fault do not count. It begins `after_seconds` after it was armed and ends
    `for_seconds` later, None never. Both are seconds of the virtual clock, if there is one.
    """

    name: str = "custom"
    times: int | None = None
    after: int = 0
    after_seconds: float = 0.0
    for_seconds: float | None = None

    def check(self) -> None:
        """Raise ValueError on a window that never opens."""
        if self.times is not None and self.times < 1:
            raise ValueError("times is at least 1, or null for ever")
        if self.after < 0 or self.after_seconds < 0 or (self.for_seconds is not None and self.for_seconds <= 0):
            raise ValueError("after and after_seconds are not negative, for_seconds is positive or null")

    def to_json(self) -> dict[str, Any]:
        """The JSON that `parse` reads."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Window):
    """What happens instead of the normal answer.

    - `status` and `body` are the answer (a text is a proxy's HTML page); a null status is Evolution's own answer.
    - `cut` closes the connection "before" or "after" the message was accepted, without an answer, or "during" the
      answer that accepts it.
    - `accepted` says whether the message still goes out; a `cut` decides that itself.
    - `hold_seconds` keeps the client waiting first, after acceptance if there is one.
    - `disconnect` makes WhatsApp end the connection for this reason (401 logged out, 403 banned), with its events in
      this `order` if one is given.
    - `scope` "all" holds for every route of the instance (only on instances, and never accepting), "sends" for
      sendText and sendMedia.
    """

    status: int | None = 500
    body: Any = None
    cut: Literal["before", "during", "after"] | None = None
    accepted: bool = False
    hold_seconds: float = 0.0
    disconnect: int | None = None
    order: tuple[str, ...] = ()
    scope: Literal["sends", "all"] = "sends"

    def __post_init__(self) -> None:
        self.check()
        if self.cut not in (None, "before", "during", "after"):
            raise ValueError('cut is "before", "during", "after" or null')
        if self.scope not in ("sends", "all"):
            raise ValueError('scope is "sends" or "all"')
        if self.scope == "all" and (self.cut == "during" or self.disconnect):
            raise ValueError("only sends are cut during their answer, or end the connection")
        if self.status is not None and not 100 <= self.status <= 599:
            raise ValueError("status is an HTTP status, or null for Evolution's own answer")

    @property
    def lets_through(self) -> bool:
        """True if the message is sent before the answer goes wrong."""
        return self.cut in ("during", "after") or (self.cut is None and (self.accepted or self.status is None))


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneFault(Window):
    """What the phone does with messages sent meanwhile: fields of a `Behaviour` that replace its own."""

    phone: Mapping[str, Any] = field(default_factory=dict)
    scope: Literal["phones"] = "phones"

    def __post_init__(self) -> None:
        self.check()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookFault(Window):
    """What happens to webhooks on their way; only to those of these `events`, if it names any (`messages.update`).

    - `lost`: the webhook is never posted.
    - `copies`: how often it is posted.
    - `delay_seconds`: the wait before the first attempt, drawn for each copy, so that a range lets events overtake each
      other.
    - `unreachable`: so many first attempts reach no receiver.
    - `answers_lost`: of so many attempts after those the answer is lost, and Evolution posts again what the receiver
      has accepted.
    - `token_age_seconds`: the age of the token at the first attempt, as of a late retry.
    - `lid`: the phone's number is hidden behind a `@lid` address, which only Baileys does.
    """

    events: tuple[str, ...] = ()
    lost: bool = False
    copies: int = 1
    delay_seconds: Seconds = AT_ONCE
    unreachable: int = 0
    answers_lost: int = 0
    token_age_seconds: float = 0.0
    lid: bool = False
    scope: Literal["webhooks"] = "webhooks"

    def __post_init__(self) -> None:
        self.check()
        if self.copies < 1 or self.unreachable < 0 or self.answers_lost < 0:
            raise ValueError("copies is at least 1, unreachable and answers_lost are not negative")

    def to_json(self) -> dict[str, Any]:
        """The JSON that `parse` reads."""
        return asdict(self) | {"delay_seconds": [self.delay_seconds.low, self.delay_seconds.high]}


AnyFault = Fault | PhoneFault | WebhookFault


def parse(data: Mapping[str, Any]) -> AnyFault:
    """A fault of the kind that its scope says; raises ValueError or TypeError on unknown fields."""
    given: dict[str, Any] = {}
    for name, value in data.items():
        given[name] = tuple(value) if name in ("events", "order") else value
    match given.get("scope", "sends"):
        case "phones":
            return PhoneFault(**given)
        case "webhooks":
            if "delay_seconds" in given:
                given["delay_seconds"] = Seconds.parse(given["delay_seconds"])
            return WebhookFault(**given)
        case _:
            return Fault(**given)


class Mix(Protocol):
    """Faults drawn at random where none is armed (`chaos.py`)."""

    def draw(self, scope: str, event: str | None) -> AnyFault | None:
        """The fault of one request or webhook, mostly None."""

    def to_json(self) -> dict[str, Any]:
        """The script that it was made from."""


@dataclass(slots=True)
class _Armed:
    fault: AnyFault
    since: float
    times_left: int | None = field(init=False)
    skips_left: int = field(init=False)

    def __post_init__(self) -> None:
        self.times_left, self.skips_left = self.fault.times, self.fault.after

    def ended(self, now: float) -> bool:
        begins, lasts = self.since + self.fault.after_seconds, self.fault.for_seconds
        return self.times_left == 0 or (lasts is not None and now >= begins + lasts)

    def applies_to(self, scope: str, event: str | None, now: float) -> bool:
        fault = self.fault
        if fault.scope != scope or now < self.since + fault.after_seconds:
            return False
        return not isinstance(fault, WebhookFault) or not fault.events or event in fault.events


class FaultBook:
    """The armed faults by subject (an instance's name or a phone's jid), used in the order they were added."""

    def __init__(self, passing: Callable[[], float]) -> None:
        self._passing = passing
        self._armed: defaultdict[str, list[_Armed]] = defaultdict(list)
        self.mixes: dict[str, Mix] = {}

    def add(self, subject: str, fault: AnyFault) -> None:
        """Arm a fault behind those already armed."""
        self._armed[subject].append(_Armed(fault, self._passing()))

    def clear(self, subject: str) -> None:
        """Disarm all of a subject's faults."""
        self._armed.pop(subject, None)

    def armed(self, subject: str) -> list[dict[str, Any]]:
        """The armed faults of a subject, with what is left of `times` and `after`."""
        now = self._passing()
        return [
            one.fault.to_json() | {"times": one.times_left, "after": one.skips_left}
            for one in self._armed.get(subject, [])
            if not one.ended(now)
        ]

    def answer_fault(self, subjects: Iterable[str], *, scope: Literal["sends", "all"]) -> Fault | None:
        """The next fault for a request of that scope, of the first subject that has one, counted down."""
        return next((found for found in self._next(subjects, scope) if isinstance(found, Fault)), None)

    def phone_fault(self, subjects: Iterable[str]) -> PhoneFault | None:
        """The next change of what the phone does with a message."""
        return next((found for found in self._next(subjects, "phones") if isinstance(found, PhoneFault)), None)

    def webhook_fault(self, subjects: Iterable[str], event: str) -> WebhookFault | None:
        """The next fault for a webhook."""
        return next((f for f in self._next(subjects, "webhooks", event) if isinstance(f, WebhookFault)), None)

    def _next(self, subjects: Iterable[str], scope: str, event: str | None = None) -> Iterator[AnyFault]:
        subjects, now = list(subjects), self._passing()
        for subject in subjects:
            queue = self._armed.get(subject)
            if not queue:
                continue
            queue[:] = [one for one in queue if not one.ended(now)]
            for armed in queue:
                if not armed.applies_to(scope, event, now):
                    continue
                if armed.skips_left:
                    armed.skips_left -= 1
                    continue
                if armed.times_left is not None:
                    armed.times_left -= 1
                yield armed.fault
        for mix in [self.mixes[subject] for subject in subjects if subject in self.mixes]:
            drawn = mix.draw(scope, event)
            if drawn:
                yield drawn
