"""A seeded plan of kills and stalls at the points that workers were seen to reach."""

import random
import threading
from collections import Counter
from collections.abc import Iterable, Mapping

from tests.chaos.fork_server import Reply
from tests.chaos.kill_points import KILL

_FREQUENT = 0.3  # times in an invocation; a rarer point is armed in each until a worker has died there


class KillPlan:
    """Spreads kills over the next invocations; a point that is reached rarely is armed more often."""

    def __init__(self, seed: int) -> None:
        self._rng, self._lock = random.Random(seed), threading.Lock()
        self._remaining: Counter[str] = Counter()
        self._armed: Counter[str] = Counter()  # the kills of invocations that have not ended
        self._stalls: dict[str, tuple[float, float]] = {}
        self._progress = 0.0
        self._until = 0.6
        self.reached: Counter[str] = Counter()
        self.invocations: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()
        self.other_deaths = 0

    def points(self, *parts: str) -> set[str]:
        """Returns the points of these parts that were reached so far."""
        with self._lock:
            return {point for point in self.reached if point.split("/")[0] in parts}

    def stall(self, point: str, *, seconds: float, share: float) -> None:
        """Stalls a share of the invocations at the point for so many seconds."""
        with self._lock:
            self._stalls[point] = (seconds, share)

    def request(self, points: Iterable[str], times: int) -> None:
        """Requests so many more kills at each of the points."""
        with self._lock:
            self._remaining.update(dict.fromkeys(points, times))

    def cancel_requests(self) -> None:
        with self._lock:
            self._remaining.clear()

    def remaining(self) -> Counter[str]:
        """Returns the kills that are requested and not done."""
        with self._lock:
            return +self._remaining

    def progress(self, done: float) -> None:
        """Sets how much of the work is done, from 0 to 1: the kills are spread over its first six tenths."""
        with self._lock:
            self._progress = done

    def arm(self, part: str) -> dict[str, float]:
        """Returns the kills and stalls for the next invocation of a part; see ``KillPoints.begin``."""
        with self._lock:
            armed = {
                point: seconds
                for point, (seconds, share) in self._stalls.items()
                if point.startswith(f"{part}/") and self._rng.random() < share
            }
            for point, kills in self._remaining.items():
                if kills > 0 and point.startswith(f"{part}/") and self._rng.random() < self._chance(part, point, kills):
                    armed[point] = KILL
            self._armed.update(armed.keys())
            return armed

    def _chance(self, part: str, point: str, kills: int) -> float:
        frequency = self.reached[point] / max(1, self.invocations[part])
        # Or each worker that runs now would die there.
        if frequency >= _FREQUENT and self._armed[point] >= kills:
            return 0.0
        invocations_left = self.invocations[part] * (self._until - self._progress) / max(0.02, self._progress)
        return kills / max(1.0, frequency * invocations_left)

    def record(self, part: str, armed: Mapping[str, float], reply: Reply) -> None:
        """Counts the points and the kill of an invocation that has ended; ``armed``: what ``arm`` returned for it."""
        with self._lock:
            self._armed.subtract(armed.keys())
            self.invocations[part] += 1
            self.reached.update(reply.reached)
            if reply.died_at:
                self.kills[reply.died_at] += 1
                self._remaining[reply.died_at] -= 1
            elif reply.died:
                self.other_deaths += 1
