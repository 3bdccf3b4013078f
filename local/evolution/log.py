"""The log to compare Hidra with: the sends received, the statuses reached, and the webhooks posted."""

from collections import Counter, defaultdict
from typing import Any

from local.evolution.clock import Clock, minute
from local.evolution.jid import create_jid
from local.evolution.records import Send, StatusEvent, Webhook
from local.evolution.totals import Totals, advance, furthest

_JUMP_SECONDS = 1.0


class Log:
    """Everything since the start or the last `clear`, in order of arrival; `seq` counts from 1 without gaps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall = clock.now() - clock.monotonic()
        self.clear()

    def now(self) -> float:
        """The wall clock, counted on by the monotonic one: corrections of the machine's clock shift no interval."""
        return self.wall(self._clock.monotonic())

    def wall(self, monotonic: float) -> float:
        """A monotonic moment in epoch seconds. A jump of the wall clock (a laptop slept) counts from then on."""
        wall = self._clock.now() - self._clock.monotonic()
        if abs(wall - self._wall) > _JUMP_SECONDS:
            self._wall = wall
        return self._wall + monotonic

    def clear(self) -> None:
        """Empty the log. Sends and webhooks in progress continue and are counted nowhere."""
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
        """The HTTP answer went out; None is a connection cut without a whole one. `left`: when the client closed the
        connection, if it did so before."""
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
                totals.timeline.move(None, (minute(send.answered_at), "refused"))
                totals.webhook_timeline.move(None, (minute(send.answered_at), "refused"))
        if not send.accepted:
            send.final = "refused"
        self.release(send)

    def record_status(self, send: Send, status: str, word: str) -> StatusEvent:
        """The message reaches a status on the phone, also if no webhook will report it."""
        event = StatusEvent(status, word, self.now())
        send.statuses.append(event)
        final = furthest(send.final or "sent", status)
        point = advance(send.point, status, event.at)
        for totals in send.totals:
            totals.finals[send.final or "sent"] -= 1
            totals.finals[final] += 1
            totals.timeline.move(send.point, point)
        send.final, send.point = final, point
        return event

    def hold(self, send: Send) -> None:
        """The message cannot settle before the matching `release`."""
        send.waiting += 1

    def release(self, send: Send) -> None:
        """Undo one `hold`; the last one settles the message."""
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
        status: StatusEvent | None,
        fault: str | None = None,
    ) -> Webhook:
        """A webhook is about to be posted."""
        totals = send.totals if send else (self._all, self._by_instance[instance])
        seq = len(self.webhooks) + 1
        webhook = Webhook(seq, instance, event, url, key_id, self.now(), totals, send, status, fault)
        if totals[0] is self._all:
            self.webhooks.append(webhook)
        for each in totals:
            each.webhooks["pending"] += 1
        if send:
            self.hold(send)
        return webhook

    def attempt(self, webhook: Webhook, posted_at: float, status: int | None, error: str | None = None) -> None:
        """A post of the webhook ended now: with an HTTP status, an error, or both if the answer was lost."""
        now = self.now()
        webhook.attempts.append((posted_at, now, status, error))
        send, event = webhook.send, webhook.status
        if send and event and event.answered_at is None and status is not None and 200 <= status < 300:
            event.posted_at, event.answered_at = posted_at, now
            point = advance(send.answered_point, event.status, now)
            for totals in send.totals:
                totals.webhook_timeline.move(send.answered_point, point)
            send.answered_point = point

    def ended(self, webhook: Webhook, state: str) -> None:
        """The webhook is not posted again: "delivered" by its last attempt, "given_up", or "lost" without any."""
        webhook.state = state
        for totals in webhook.totals:
            totals.webhooks["pending"] -= 1
            totals.webhooks[state] += 1
        if webhook.send:
            self.release(webhook.send)
