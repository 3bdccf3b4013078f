"""The rule of store/pace in Python: tests compare it with the statements, call by call."""

from collections import deque
from dataclasses import dataclass, field

from hidra.domain import pacing
from tests.chaos.trace import SECOND


@dataclass(frozen=True)
class Offer:
    """The earliest slot of one limit, and by what share of a spacing it is later than the plan."""

    slot: int
    shift: float


@dataclass
class Limit:
    """One subject's plan and slots, whole microseconds, and when its rate was last lowered."""

    per_minute: int
    slots: deque[Offer] = field(default_factory=deque)
    plan: int | None = None
    lowered_at: int = -1

    def change(self, per_minute: int, now: int) -> None:
        if per_minute < self.per_minute:
            self.lowered_at = now
        self.per_minute = per_minute

    def offer(self, now: int, chance: float, jitter: float) -> Offer:
        found = [now]
        if self.slots:
            found.append(self.slots[-1].slot + round(30 * SECOND / self.per_minute))
        if len(self.slots) >= self.per_minute:
            found.append(self.slots[-self.per_minute].slot + round(pacing.WINDOW_SECONDS * SECOND))
        shift = self._shift(chance, jitter) if self._goes_on(now) else 0
        found.append(self._planned(now) + self._later(shift))
        return Offer(max(found), shift)

    def grant(self, slot: int, shift: float, now: int) -> None:
        """Records a slot, which is the offered one or, for the other limit, a later one."""
        behind = slot - self._later(shift) - round(pacing.PLAN_BEHIND_SECONDS * SECOND)
        self.plan = max(self._planned(now), behind) + self._later(1)
        self.slots.append(Offer(slot, shift))

    def prune(self, now: int) -> None:
        while self.slots and self.slots[0].slot < now - round((pacing.WINDOW_SECONDS + 0.5) * SECOND):
            self.slots.popleft()

    def forget(self, slot: int) -> None:
        kept = deque(each for each in self.slots if each.slot != slot)
        if len(kept) < len(self.slots) and self.plan is not None:
            self.plan -= self._later(1)
        self.slots = kept

    def _planned(self, now: int) -> int:
        if self.plan is None:
            return now + round(pacing.FIRST_SLOT_SECONDS * SECOND)
        return self.plan if self._goes_on(now) else max(self.plan, now)

    def _goes_on(self, now: int) -> bool:
        idle = round(pacing.IDLE_SPACINGS * pacing.PLAN_SECONDS / self.per_minute * SECOND)
        return bool(self.slots) and self.slots[-1].slot >= now - max(round(pacing.PLAN_BEHIND_SECONDS * SECOND), idle)

    def _later(self, shift: float) -> int:
        return round(shift * (pacing.PLAN_SECONDS / self.per_minute) * SECOND)

    def _shift(self, chance: float, jitter: float) -> float:
        """The shift of the slot one window ago, less what the plan gains on the window in the meantime: so the slot
        does not meet that window. Where that would be less than nothing, another shift."""
        gain = pacing.PLAN_SLACK * self.per_minute / (1 + pacing.PLAN_SLACK)
        if len(self.slots) < self.per_minute:
            return chance * jitter
        before = self.slots[-self.per_minute].shift
        return before - gain if before >= gain else jitter - chance * min(jitter, gain)
