"""The rows of the log: sends with their statuses, and webhooks with their attempts."""

from dataclasses import dataclass, field
from typing import Any

from local.evolution.jid import digits_of
from local.evolution.totals import Point, Totals


@dataclass(slots=True, eq=False)
class StatusEvent:
    """A status that a message reached, and its first webhook that was answered with success.

    `status` is neutral (see `phones.Step`), `word` the integration's own.
    """

    status: str
    word: str
    at: float
    posted_at: float | None = None
    answered_at: float | None = None


@dataclass(slots=True, eq=False)
class Send:
    """One request to send as it was received, and everything that follows from it.

    It is open from its first byte (`received_*`) to the last byte of its answer or the cut (`answered_*`), or until the
    client closes the connection before that (`left_*`). The monotonic times order and measure; the others are the same
    moments by the wall clock. `connection` numbers the client's TCP connections, `fault` names what was made to fail.
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
    statuses: list[StatusEvent] = field(default_factory=list)
    final: str | None = None
    waiting: int = 1
    point: Point | None = None
    answered_point: Point | None = None

    @property
    def settled(self) -> bool:
        """The request is answered, its message reaches no further status, and none of its webhooks is pending."""
        return self.waiting == 0

    def to_json(self) -> dict[str, Any]:
        """One object of `/_log/messages`."""
        hidden = ("totals", "waiting", "point", "answered_point", "statuses")
        row = {name: getattr(self, name) for name in self.__slots__ if name not in hidden}
        statuses = [
            {"status": one.word, "at": one.at, "posted_at": one.posted_at, "answered_at": one.answered_at}
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
    status: StatusEvent | None
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
        status = self.status.word if self.status else None
        return {name: getattr(self, name) for name in names} | {"status": status, "attempts": attempts}
