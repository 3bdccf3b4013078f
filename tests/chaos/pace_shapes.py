"""Many connections of every kind for the simulation of the pace, and the checks over all of them."""

import os
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from multiprocessing import get_context
from uuid import UUID, uuid4

from hidra.domain.pacing import MAX_JITTER
from hidra.store import pace
from hidra.store.db import Tx
from tests.chaos import trace
from tests.chaos.pace_scenario import CALM, STORM, Shape
from tests.chaos.pace_simulation import CONNECTION, PaceCall, Simulation
from tests.chaos.trace import SECOND, Send
from tests.chaos.virtual_clock import moment
from tests.conftest import Databases

CONNECTION_ROW = """
insert into hidra.evolution_api_config (id, user_id, base_url, instance_name, api_key_encrypted, jitter)
values (%s, %s, 'https://evo.example', 'main', 'sealed', %s)
"""
RATES = {6: 500, 20: 240, 60: 140, 120: 90, 300: 24, 600: 5, 3000: 1}
LEAST_USE, LEAST_USE_SHARED = 0.97, 0.94
LEAST_CALM_RATE = 6


class Kind(StrEnum):
    """How the campaigns' paces add up to the connection's."""

    ALONE = "alone"
    EXACT = "they fill it exactly"
    MORE = "they exceed it"
    LESS = "they fill half of it"


LEAST = {Kind.ALONE: LEAST_USE, Kind.EXACT: LEAST_USE_SHARED, Kind.LESS: LEAST_USE_SHARED, Kind.MORE: LEAST_USE_SHARED}


@dataclass(frozen=True)
class Case:
    kind: Kind
    shape: Shape


@dataclass
class Tally:
    """The sums over many connections. ``over``: limits that were exceeded; ``idle``: too little use without faults."""

    connections: int = 0
    hours: float = 0.0
    sends: int = 0
    over: list[str] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)
    full: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    least_use: dict[str, float] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        self.connections += other.connections
        self.hours += other.hours
        self.sends += other.sends
        self.full += other.full
        self.over += other.over
        self.idle += other.idle
        self.ends += other.ends
        for kind, use in other.least_use.items():
            self.least_use[kind] = min(use, self.least_use.get(kind, 1.0))

    def __str__(self) -> str:
        least = ", ".join(f"{kind} {use:.4f}" for kind, use in sorted(self.least_use.items()))
        ends = ", ".join(f"{count} {end}" for end, count in self.ends.most_common())
        return (
            f"{self.connections} connections, {self.hours:.0f} simulated hours, {self.sends} sends ({ends}); {len(self.over)} over a limit, {self.full}"
            f" filled a minute to the last message; least use without faults: {least}"
        )


def draw(seed: int, number: int, *, hours: float, per_connection: int) -> Iterator[Case]:
    """Draws connections, every fourth without faults.

    Args:
        per_connection: about the most sends of one connection, so that fast ones end early.
    """
    rng = random.Random(seed)
    for index in range(number):
        [rate] = rng.choices(list(RATES), RATES.values())
        kind = rng.choice(list(Kind))
        rates = _rates(kind, rate, LEAST_CALM_RATE if index % 4 == 0 else 1, rng)
        concurrent = max(rng.choice((1, 1, 2, 5)), rate // 60)
        minutes = min(hours * 60, max(per_connection / rate, 40 / min(rates) + 1))
        calm = index % 4 == 0
        starts = [0.0 if calm else rng.uniform(0, 600) for _ in rates]
        campaigns = tuple((r, max(40, round(r * minutes * 0.9)), at) for r, at in zip(rates, starts, strict=True))
        answer = 0.4 * 60 / rate * concurrent * (0.98 if calm else rng.choice((0.5, 1, 2, 5)))
        faults = CALM if calm else replace(STORM, stall_every=rng.choice((0, 600, 1800)), freeze=rng.choice((0, 0.05)))
        jitter = rng.choice((0.0, 0.25, MAX_JITTER))
        shape = Shape(seed + index, rate, concurrent, campaigns, min(answer, 60), hours, faults, jitter=jitter)
        yield Case(kind, shape)


def _rates(kind: Kind, rate: int, least: int, rng: random.Random) -> list[int]:
    """Draws paces of campaigns, each at least ``least``; a single one where the connection is too slow for two."""
    room = rate // least // (2 if kind is Kind.LESS else 1)
    number = min(rng.randint(2, 4), room)
    match kind:
        case Kind.EXACT if number > 1:
            spare = rate - number * least
            cuts = sorted(rng.randint(0, spare) for _ in range(number - 1))
            return [least + end - begin for begin, end in zip([0, *cuts], [*cuts, spare], strict=True)]
        case Kind.MORE:
            return [rate] * rng.randint(2, 4)
        case Kind.LESS if number > 1:
            return [rate // (2 * number)] * number
    return [rate]


def check(case: Case) -> Tally:
    """Simulates one connection and checks its trace."""
    simulation = Simulation(case.shape).run()
    measured = simulation.measured()
    tally = Tally(
        connections=1, sends=len(simulation.sends), ends=simulation.ends, hours=simulation.now / SECOND / 3600
    )
    tally.over = [f"{case}: {one}" for one in measured.values() if one.over]
    tally.over += [f"{case}: {name} bursts" for name in simulation.crowded()]
    tally.full = sum(one.fullest == one.per_minute for one in measured.values())
    if case.shape.faults == CALM:
        kind = case.kind if len(case.shape.campaigns) > 1 else Kind.ALONE
        used = _use(case, simulation.sends)
        tally.idle = [f"{case}: {name} {use}" for name, use in used.items() if use < LEAST[kind]]
        tally.least_use = {kind: min(used.values(), default=1.0)}
    return tally


def _use(case: Case, sends: Sequence[Send]) -> dict[str, float]:
    """Returns the used share of the pace while all campaigns had work: the connection's, or each campaign's if they fill
    half of it."""
    last = {send.campaign: send.arrived for send in sends}
    working = [send for send in sends if send.arrived <= min(last.values())]
    rates = {f"campaign {index}": rate for index, (rate, _, _) in enumerate(case.shape.campaigns)}
    if case.kind is not Kind.LESS:
        rates = {CONNECTION: case.shape.per_minute}
    arrivals = {name: sorted(send.arrived for send in working if name in (CONNECTION, send.campaign)) for name in rates}
    used = {name: trace.use(arrivals[name], rate) for name, rate in rates.items()}
    return {name: use for name, use in used.items() if use is not None}


def check_all(cases: Iterable[Case], *, processes: int | None = None) -> Tally:
    """Checks all cases, on all processors."""
    tally = Tally()
    with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=get_context("forkserver")) as pool:
        for one in pool.map(check, cases, chunksize=4):
            tally.add(one)
    return tally


def replay(databases: Databases, case: Case, *, most: int) -> tuple[int, list[str]]:
    """Requests the permits of the simulation from PostgreSQL, with the simulation's time passed in.

    Returns:
        The number of requested permits, and the answers that differ.
    """
    calls = Simulation(case.shape, record=True).run().calls[:most]
    user_id, connection_id = uuid4(), uuid4()
    campaigns = [uuid4() for _ in case.shape.campaigns]
    databases.owner.execute("insert into core.users (id) values (%s)", [user_id])
    databases.owner.execute(CONNECTION_ROW, [connection_id, user_id, case.shape.jitter])
    limits = [(connection_id, case.shape.per_minute)] + [
        (campaign_id, rate) for campaign_id, (rate, _, _) in zip(campaigns, case.shape.campaigns, strict=True)
    ]
    for subject, rate in limits:
        databases.owner.execute("insert into hidra.pace_limits values (%s, %s, %s)", [subject, user_id, rate])
    differences = databases.jobs.as_worker(lambda tx: [*_differences(tx, calls, connection_id, campaigns)])
    return sum(call.granted is not None for call in calls), differences


def _differences(tx: Tx, calls: Sequence[PaceCall], connection_id: UUID, campaigns: Sequence[UUID]) -> Iterator[str]:
    for call in calls:
        subjects = {"connection_id": connection_id, "campaign_id": campaigns[call.campaign]}
        slot, now = moment(call.slot), moment(call.now)
        if call.granted is None:
            pace.forget(tx, **subjects, slot=slot)
            continue
        found = pace.permit(tx, **subjects, now=now, chance=call.chance)
        if found != pace.Permit(slot, now, call.granted):
            off = found and (found.slot - slot) / timedelta(microseconds=1)
            yield f"{call}: {found}, {off} microseconds off"
