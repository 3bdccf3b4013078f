"""How many events of each connection one process accepts: a token bucket for each, so that a flood of one is slowed
down before it reaches what all share."""

from uuid import UUID

# Events a second, and at once. The fastest connection sends 100 messages a second with up to four statuses each, which
# several processes receive. Evolution repeats a webhook that is not accepted, after 5 s and then for some 20 minutes.
PER_SECOND = 200
AT_ONCE = 2_000
_CONNECTIONS = 10_000  # in memory at once


class Flow:
    """The buckets of a process; ``at`` is a time in seconds."""

    def __init__(self) -> None:
        self._left: dict[UUID, tuple[float, float]] = {}  # events, and when there were so many

    def admits(self, connection_id: UUID, events: int, *, at: float) -> bool:
        """Whether so many events of a connection, at most AT_ONCE, may pass now; if so, they are taken."""
        left, since = self._left.pop(connection_id, (AT_ONCE, at))
        left = min(AT_ONCE, left + max(0.0, at - since) * PER_SECOND)
        passes = events <= left
        if len(self._left) >= _CONNECTIONS:
            del self._left[next(iter(self._left))]  # the one that was used the longest ago
        self._left[connection_id] = (left - events if passes else left, at)
        return passes
