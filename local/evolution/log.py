"""The truth to compare with: what was asked of the simulator, what then happened, and what it told."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from local.evolution.clock import Clock, minute
from local.evolution.jid import create_jid, digits_of
from local.evolution.totals import Point, Totals, advance, furthest


@dataclass(slots=True, eq=False)
class Happened:
    """A status of a message, and its first webhook that was answered with success."""

    word: str
    said: str
    at: float
    posted_at: float | None = None
    answered_at: float | None = None


@dataclass(slots=True, eq=False)
class Send:
    """One request to send as it was received, and all that came of it."""

    seq: int
    instance: str
    route: str
    received_at: float
    received_monotonic: float
    open: int
    totals: tuple[Totals, ...]
    number: str = ""
    text: str = ""
    media: str | None = None
    media_type: str | None = None
    file_name: str | None = None
    accepted: bool = False
    http_status: int | None = None
    provider_id: str | None = None
    error: Any = None
    answered_at: float | None = None
    answered_monotonic: float | None = None
    statuses: list[Happened] = field(default_factory=list)
    final: str | None = None
    waiting: int = 1
    point: Point | None = None
    answered_point: Point | None = None

    @property
    def settled(self) -> bool:
        """Answered, nothing more will happen to it, and no webhook of it waits."""
        return self.waiting == 0

    def to_json(self) -> dict[str, Any]:
        """One object of `/_log/messages`."""
        hidden = ("totals", "waiting", "point", "answered_point", "statuses")
        row = {name: getattr(self, name) for name in self.__slots__ if name not in hidden}
        statuses = [
            {"status": one.said, "at": one.at, "posted_at": one.posted_at, "answered_at": one.answered_at}
            for one in self.statuses
        ]
        return row | {"digits": digits_of(self.number), "statuses": statuses, "settled": self.settled}


@dataclass(slots=True, eq=False)
class Webhook:
    """One event to one receiver with its attempts: (posted_at, answered_at, HTTP status or None, error or None)."""

    seq: int
    instance: str
    event: str
    url: str
    key_id: str | None
    emitted_at: float
    totals: tuple[Totals, ...]
    send: Send | None
    about: Happened | None
    state: str = "pending"
    attempts: list[tuple[float, float, int | None, str | None]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """One object of `/_log/webhooks`."""
        names = ("seq", "instance", "event", "url", "key_id", "emitted_at", "state")
        attempts = [
            {"posted_at": posted, "answered_at": answered, "status": status, "error": error}
            for posted, answered, status, error in self.attempts
        ]
        status = self.about.said if self.about else None
        return {name: getattr(self, name) for name in names} | {"status": status, "attempts": attempts}


class Log:
    """Everything since the start or the last `clear`, in order of arrival; `seq` counts from 1 without gaps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Forget all. What is still on its way goes on unseen."""
        self.sends: list[Send] = []
        self.webhooks: list[Webhook] = []
        self._all = Totals()
        self._by_instance: defaultdict[str, Totals] = defaultdict(Totals)
        self._accepted_texts: Counter[tuple[str, str, str, str | None]] = Counter()

    def totals(self, instance: str | None = None) -> Totals:
        """The counts of one instance, or of all."""
        return self._all if instance is None else self._by_instance.get(instance, Totals())

    def arrive(self, instance: str, route: str) -> Send:
        """A request to send came in; it is open until `answer`."""
        totals = (self._all, self._by_instance[instance])
        for each in totals:
            each.arrived()
        now, monotonic = self._clock.now(), self._clock.monotonic()
        send = Send(len(self.sends) + 1, instance, route, now, monotonic, self._all.open, totals)
        self.sends.append(send)
        return send

    def accept(self, send: Send, provider_id: str) -> None:
        """The message is on its way to the phone."""
        send.accepted, send.provider_id, send.final = True, provider_id, "sent"
        same = (send.instance, create_jid(send.number), send.text, send.media)
        counted = send.totals[0] is self._all
        if counted:
            self._accepted_texts[same] += 1
        for totals in send.totals:
            totals.accepted += 1
            totals.finals["sent"] += 1
            if counted and self._accepted_texts[same] == 2:
                totals.duplicates += 1

    def answer(self, send: Send, http_status: int | None, error: Any = None) -> None:
        """The HTTP answer goes out; None is a connection cut without one."""
        send.answered_at, send.answered_monotonic = self._clock.now(), self._clock.monotonic()
        send.http_status, send.error = http_status, error
        for totals in send.totals:
            totals.open -= 1
            if not send.accepted:
                totals.refused += 1
                totals.finals["refused"] += 1
                totals.happened.move(None, (minute(send.answered_at), "refused"))
                totals.webhook_answered.move(None, (minute(send.answered_at), "refused"))
        if not send.accepted:
            send.final = "refused"
        self.release(send)

    def happened(self, send: Send, word: str, said: str) -> Happened:
        """A status came true on the phone, whoever may hear of it."""
        status = Happened(word, said, self._clock.now())
        send.statuses.append(status)
        final = furthest(send.final or "sent", word)
        point = advance(send.point, word, status.at)
        for totals in send.totals:
            totals.finals[send.final or "sent"] -= 1
            totals.finals[final] += 1
            totals.happened.move(send.point, point)
        send.final, send.point = final, point
        return status

    def hold(self, send: Send) -> None:
        """Something is still to happen to the message."""
        send.waiting += 1

    def release(self, send: Send) -> None:
        """The counterpart of `hold`; the last one settles the message."""
        send.waiting -= 1
        if send.settled:
            for totals in send.totals:
                totals.unsettled -= 1

    def emit(
        self, instance: str, event: str, url: str, *, key_id: str | None, send: Send | None, about: Happened | None
    ) -> Webhook:
        """A webhook starts its way."""
        totals = send.totals if send else (self._all, self._by_instance[instance])
        webhook = Webhook(len(self.webhooks) + 1, instance, event, url, key_id, self._clock.now(), totals, send, about)
        if totals[0] is self._all:
            self.webhooks.append(webhook)
        for each in totals:
            each.webhooks["pending"] += 1
        if send:
            self.hold(send)
        return webhook

    def attempt(self, webhook: Webhook, posted_at: float, status: int | None, error: str | None = None) -> None:
        """One post of it, answered now with a status or ended by an error."""
        webhook.attempts.append((posted_at, self._clock.now(), status, error))

    def ended(self, webhook: Webhook, state: str) -> None:
        """Nobody will post it again: "delivered" by its last attempt, or "given_up"."""
        webhook.state = state
        for totals in webhook.totals:
            totals.webhooks["pending"] -= 1
            totals.webhooks[state] += 1
        send, about = webhook.send, webhook.about
        if state == "delivered" and send and about and about.answered_at is None:
            about.posted_at, about.answered_at = webhook.attempts[-1][:2]
            point = advance(send.answered_point, about.word, about.answered_at)
            for totals in send.totals:
                totals.webhook_answered.move(send.answered_point, point)
            send.answered_point = point
        if send:
            self.release(send)
