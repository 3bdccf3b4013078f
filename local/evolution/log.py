"""The truth to compare with: what was asked of the simulator, what then happened, and what it told."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from local.evolution.clock import Clock, minute
from local.evolution.jid import create_jid, digits_of
from local.evolution.totals import Point, Totals, advance, furthest

_JUMP_SECONDS = 1.0


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
    """One request to send as it was received, and all that came of it.

    It is open from its first byte (`received_*`) to the last byte of its answer or the cut (`answered_*`), or until the
    client left before that (`left_*`). The monotonic times order and measure; the others are the same moments on the
    wall. `connection` numbers the client's TCP connections, `fault` names what went wrong on purpose.
    """

    seq: int
    instance: str
    route: str
    connection: int
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
    fault: str | None = None
    answered_at: float | None = None
    answered_monotonic: float | None = None
    left_at: float | None = None
    left_monotonic: float | None = None
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
        row |= {"digits": digits_of(self.number), "acknowledged": bool(statuses), "settled": self.settled}
        return row | {"statuses": statuses}


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
    fault: str | None = None
    state: str = "pending"
    attempts: list[tuple[float, float, int | None, str | None]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """One object of `/_log/webhooks`."""
        names = ("seq", "instance", "event", "url", "key_id", "emitted_at", "fault", "state")
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
        self._wall = clock.now() - clock.monotonic()
        self.clear()

    def now(self) -> float:
        """The wall, counted on from the monotonic clock: intervals are exact whatever corrects the machine's clock."""
        return self.wall(self._clock.monotonic())

    def wall(self, monotonic: float) -> float:
        """A monotonic moment in epoch seconds. A wall that jumped (a laptop slept) is followed from then on."""
        wall = self._clock.now() - self._clock.monotonic()
        if abs(wall - self._wall) > _JUMP_SECONDS:
            self._wall = wall
        return self._wall + monotonic

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

    def arrive(self, instance: str, route: str, at: float | None = None, connection: int = 0) -> Send:
        """A request to send came in, now or `at` a monotonic moment; it is open until `answer`."""
        totals = (self._all, self._by_instance[instance])
        for each in totals:
            each.arrived()
        at = self._clock.monotonic() if at is None else at
        seq = len(self.sends) + 1
        send = Send(seq, instance, route, connection, self.wall(at), at, self._all.open, totals)
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

    def answer(self, send: Send, http_status: int | None, error: Any = None, *, left: float | None = None) -> None:
        """The HTTP answer went out; None is a connection cut without a whole one. The client may have `left` before."""
        send.answered_monotonic = self._clock.monotonic()
        send.answered_at = self.wall(send.answered_monotonic)
        if left is not None and left < send.answered_monotonic:
            send.left_at, send.left_monotonic = self.wall(left), left
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
        status = Happened(word, said, self.now())
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
        self,
        instance: str,
        event: str,
        url: str,
        *,
        key_id: str | None,
        send: Send | None,
        about: Happened | None,
        fault: str | None = None,
    ) -> Webhook:
        """A webhook starts its way."""
        totals = send.totals if send else (self._all, self._by_instance[instance])
        seq = len(self.webhooks) + 1
        webhook = Webhook(seq, instance, event, url, key_id, self.now(), totals, send, about, fault)
        if totals[0] is self._all:
            self.webhooks.append(webhook)
        for each in totals:
            each.webhooks["pending"] += 1
        if send:
            self.hold(send)
        return webhook

    def attempt(self, webhook: Webhook, posted_at: float, status: int | None, error: str | None = None) -> None:
        """One post of it, answered now with a status (heard of, unless there is an error too) or ended by an error."""
        now = self.now()
        webhook.attempts.append((posted_at, now, status, error))
        send, about = webhook.send, webhook.about
        if send and about and about.answered_at is None and status is not None and 200 <= status < 300:
            about.posted_at, about.answered_at = posted_at, now
            point = advance(send.answered_point, about.word, now)
            for totals in send.totals:
                totals.webhook_answered.move(send.answered_point, point)
            send.answered_point = point

    def ended(self, webhook: Webhook, state: str) -> None:
        """Nobody will post it again: "delivered" by its last attempt, "given_up", or "lost" without any."""
        webhook.state = state
        for totals in webhook.totals:
            totals.webhooks["pending"] -= 1
            totals.webhooks[state] += 1
        if webhook.send:
            self.release(webhook.send)
