"""A connection for the simulation of the pace: its limits, its campaigns, and the faults that it meets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FaultRates:
    """Chances per ticket, and seconds as the most that is drawn."""

    transit: float = 0.05  # from the post to its arrival
    oversleep: float = 0.02  # of a worker that waits for its slot
    slow_answer: float = 0.01  # from the permit to the worker
    slow_claim: float = 0.0  # before the claim is done and again after it
    freeze: float = 0.0  # chance that a worker stops somewhere before the claim, for up to 20 s
    kill: float = 0.0  # chance that a worker dies, before the claim, before the post or after it
    late: float = 0.0  # chance that the queue delivers a ticket up to two minutes late
    double: float = 0.0  # chance that it delivers it twice
    lost_pass: float = 0.0  # chance that a pass is lost, and the chance that it happens twice
    stall_every: float = 0.0  # seconds, in the mean, between stalls of the queue, which then releases all at once
    opted_out: float = 0.0  # chance that a claim meets a recipient who opted out


CALM = FaultRates()
STORM = FaultRates(
    transit=1.0, oversleep=0.4, slow_answer=0.1, slow_claim=0.05, freeze=0.03, kill=0.005, late=0.03, double=0.05,
    lost_pass=0.1, stall_every=1200, opted_out=0.02,
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """Another pace, from ``at`` seconds on, of a campaign by its index or, None, of the connection."""

    at: float
    campaign: int | None
    per_minute: int


@dataclass(frozen=True)
class Shape:
    """A connection, and campaigns as (messages a minute, recipients, start in seconds).

    ``answer``: the most seconds until Evolution answers; ``stalls``: begin and end, in seconds, of stalls of the queue
    beside those of the faults.
    """

    seed: int
    per_minute: int
    concurrent: int
    campaigns: tuple[tuple[int, int, float], ...]
    answer: float
    hours: float
    faults: FaultRates = CALM
    changes: tuple[Change, ...] = ()
    stalls: tuple[tuple[float, float], ...] = ()
    jitter: float = 0.0
