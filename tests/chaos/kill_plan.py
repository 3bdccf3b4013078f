"""Who is to die where: a seeded plan over the points that were seen."""

import random
import threading
from collections import Counter
from collections.abc import Iterable

from tests.chaos.fork_server import Reply
from tests.chaos.kill_points import KILL


class KillPlan:
    """Spreads kills over the invocations to come; a point that is seldom reached is armed the more often."""

    def __init__(self, seed: int) -> None:
        self._rng, self._lock = random.Random(seed), threading.Lock()
        self._left: Counter[str] = Counter()
        self._stalls: dict[str, tuple[float, float]] = {}
        self._progress = 0.0
        self._until = 0.6
        self.reached: Counter[str] = Counter()
        self.invocations: Counter[str] = Counter()
        self.kills: Counter[str] = Counter()
        self.other_deaths = 0

    def points(self, *parts: str) -> set[str]:
        """The points of these parts that were reached so far."""
        with self._lock:
            return {point for point in self.reached if point.split("/")[0] in parts}

    def stall(self, point: str, *, seconds: float, share: float) -> None:
        """Lets this share of the invocations hang for so long where they reach the point."""
        with self._lock:
            self._stalls[point] = (seconds, share)

    def want(self, points: Iterable[str], times: int) -> None:
        """Wants so many more kills at each of the points."""
        with self._lock:
            self._left.update(dict.fromkeys(points, times))

    def want_no_more(self) -> None:
        with self._lock:
            self._left.clear()

    def left(self) -> Counter[str]:
        """The kills that are still wanted."""
        with self._lock:
            return +self._left

    def progress(self, done: float) -> None:
        """How much of the work is done, from 0 to 1: the kills are spread over its first six tenths."""
        with self._lock:
            self._progress = done

    def arm(self, part: str) -> dict[str, float]:
        """What is to happen in the next invocation of a part."""
        with self._lock:
            armed = {
                point: seconds
                for point, (seconds, share) in self._stalls.items()
                if point.startswith(f"{part}/") and self._rng.random() < share
            }
            for point, left in self._left.items():
                if left > 0 and point.startswith(f"{part}/") and self._rng.random() < self._chance(part, point, left):
                    armed[point] = KILL
            return armed

    def _chance(self, part: str, point: str, left: int) -> float:
        often = self.reached[point] / max(1, self.invocations[part])
        to_come = self.invocations[part] * (self._until - self._progress) / max(0.02, self._progress)
        return left / max(1.0, often * to_come)

    def learn(self, part: str, reply: Reply) -> None:
        """What became of an invocation."""
        with self._lock:
            self.invocations[part] += 1
            self.reached.update(reply.reached)
            if reply.died_at:
                self.kills[reply.died_at] += 1
                self._left[reply.died_at] -= 1
            elif reply.died:
                self.other_deaths += 1
