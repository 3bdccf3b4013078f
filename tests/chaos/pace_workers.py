"""Campaigns at full pace through worker processes on PostgreSQL, and what the simulator's log says of them."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import LiteralString

import psutil

from tests.chaos import trace
from tests.chaos.broker import Message
from tests.chaos.cluster import Cluster, Sizes, Times
from tests.chaos.tenants import Tenant
from tests.chaos.trace import Limits, Measure
from tests.conftest import Databases

# As in production: what a test of the pace may not shorten.
TIMES = Times(send_timeout=90, sender_timeout=120, sender_lost_after=180, visibility=720, look_visibility=1800)
MINUTE = 60
SATURATED = 90.0  # percent
WAITING = "select count(*) from hidra.campaign_messages where status in ('pending', 'sending')"
# Slots nearer to each other than half a spacing, of those not pruned yet: a backlog that bursts.
CROWDED = """
select count(*) from (
    select s.slot - lag(s.slot) over (partition by s.subject order by s.slot) as gap, l.rate
    from hidra.pace_slots s join hidra.pace_limits l on l.subject = s.subject
) as neighbours
where gap < make_interval(secs => 30.0 / rate)
"""
NOT_STARTED = "select count(*) from hidra.campaigns where status = 'scheduled'"


@dataclass(frozen=True)
class Load:
    """A connection, and campaigns by their pace, each to the same recipients. ``answer``: Evolution's, seconds."""

    per_minute: int
    concurrent: int
    campaigns: tuple[int, ...]
    recipients: int
    answer: tuple[float, float] = (0.2, 0.4)


@dataclass(frozen=True)
class Outcome:
    """``sent``: how many requests came in; ``left``: how many recipients still waited when time was up; ``crowded``: how
    many slots were nearer to each other than half a spacing; ``cost``: milliseconds of processor for each send, over the workers,
    PostgreSQL, the simulator and the test that plays AWS; ``busy``: the machine's processors, percent."""

    measures: dict[str, Measure]
    sent: int
    left: int
    crowded: int
    cost: float
    busy: float
    load: float

    @property
    def saturated(self) -> bool:
        """Whether the machine had nothing left to give, so that use tells of it and not of Hidra."""
        return self.busy >= SATURATED

    @property
    def over(self) -> list[Measure]:
        return [one for one in self.measures.values() if one.over]

    def __str__(self) -> str:
        machine = f"{self.sent} sent, {self.left} left, {self.crowded} slots crowded; {self.cost:.0f} ms of"
        machine += f" processor a send; processors {self.busy:.0f} % busy, load {self.load:.1f}"
        return "\n".join(["", machine, *map(str, self.measures.values())])


def run(
    databases: Databases,
    folder: Path,
    loads: Sequence[Load],
    *,
    seed: int,
    senders: int,
    seconds: float,
    trouble: Callable[[Cluster, random.Random], None] = lambda *_: None,
) -> Outcome:
    """Starts all campaigns at once and lets the clock tick each minute, until nobody waits any more or time is up.

    Args:
        senders: how many worker processes send; each holds a ticket from up to two seconds before its slot.
        trouble: runs beside it, once.
    """
    with Cluster.running(databases, folder, seed=seed, times=TIMES, sizes=Sizes(send=senders)) as cluster:
        cluster.warm_senders()  # on Lambda cold starts do not share two processors
        tenants = _tenants(cluster, loads)
        psutil.cpu_percent()
        used = _processor_seconds()
        troubling = threading.Thread(target=trouble, args=(cluster, random.Random(seed)))
        troubling.start()
        left = _tick(cluster, seconds)
        busy, load, used = psutil.cpu_percent(), os.getloadavg()[0], _processor_seconds() - used
        troubling.join()
        crowded = _value(cluster, CROWDED)
        measures = _measured(cluster, tenants)
        sent = sum(measures[tenant.instance].sends for tenant, _ in tenants)
        return Outcome(measures, sent, left, crowded, 1000 * used / max(1, sent), busy, load)


def _tenants(cluster: Cluster, loads: Iterable[Load]) -> list[tuple[Tenant, Load]]:
    numbers, found = count(60_000_000), []
    for load in loads:
        phones = []
        while len(phones) < load.recipients:
            if (number := next(numbers)) % 10_000 < 9_000:  # those above are the simulator's odd phones
                phones.append(f"+55119{number}")
        script = {"answer_seconds": load.answer, "statuses": []}
        for phone in phones:
            cluster.simulator.ask("POST", f"/_control/phones/{phone.removeprefix('+')}", script)
        tenant = Tenant.make(cluster, phones, per_minute=load.per_minute, concurrent=load.concurrent)
        for rate in load.campaigns:
            tenant.start_campaign(per_minute=rate)
        found.append((tenant, load))
    # No statuses come here; a connection of this kind is trusted without any.
    cluster.databases.owner.execute("update hidra.evolution_api_config set integration = 'cloud_api'")
    return found


def _tick(cluster: Cluster, seconds: float) -> int:
    """The clock's minutes; gives how many recipients wait at the end."""
    began = time.monotonic()
    ticked = 0
    while True:
        passed = time.monotonic() - began
        if passed >= ticked * MINUTE:
            cluster.tick()
            ticked += 1
        waiting = _value(cluster, WAITING)
        if passed > seconds or not (waiting or _value(cluster, NOT_STARTED)):
            return waiting
        time.sleep(0.25)


def _processor_seconds() -> float:
    """Of this process and all that it started and that still live: those who were killed are missed."""
    this = psutil.Process()
    total = 0.0
    for process in (this, *this.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _value(cluster: Cluster, sql: LiteralString) -> int:
    row = cluster.databases.owner.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _measured(cluster: Cluster, tenants: Sequence[tuple[Tenant, Load]]) -> dict[str, Measure]:
    rows = cluster.simulator.sends()
    # "Campanha {its id}: oi {{name}}"
    sends = trace.of_log(rows, lambda row: row["text"].removeprefix("Campanha ").split(":")[0])
    connections = {tenant.instance: Limits(load.per_minute, load.concurrent) for tenant, load in tenants}
    campaigns = {
        str(campaign_id): rate
        for tenant, load in tenants
        for campaign_id, rate in zip(tenant.campaigns, load.campaigns, strict=True)
    }
    return trace.measure(sends, connections=connections, campaigns=campaigns)


def until_sends(cluster: Cluster, number: int, *, seconds: float = 60) -> None:
    """Waits until Evolution has got so many requests, or for so long: what was sent is told by the outcome."""
    deadline = time.monotonic() + seconds
    while cluster.simulator.summary()["received"] < number and time.monotonic() < deadline:
        time.sleep(0.1)


def freeze_some(rng: random.Random, *, share: float, seconds: float) -> None:
    """Stops a share of the worker processes for so long."""
    workers = _workers()
    chosen = rng.sample(workers, round(len(workers) * share))
    try:
        for worker in chosen:
            _signal(worker, signal.SIGSTOP)
        time.sleep(seconds)
    finally:
        for worker in chosen:
            _signal(worker, signal.SIGCONT)


def kill_some(rng: random.Random, *, number: int) -> None:
    """Kills so many worker processes, or all that there are; others are forked in their place."""
    workers = _workers()
    for worker in rng.sample(workers, min(number, len(workers))):
        _signal(worker, signal.SIGKILL)


def _workers() -> list[psutil.Process]:
    """Those that the fork_server of this very process has forked."""
    [fork_server] = filter(_is_fork_server, psutil.Process().children())
    return fork_server.children()


def _is_fork_server(child: psutil.Process) -> bool:
    try:
        return "tests.chaos.worker" in child.cmdline()
    except psutil.NoSuchProcess:  # a zombie is one, too
        return False


def _signal(worker: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        worker.send_signal(number)


def hold_tickets(cluster: Cluster, *, seconds: float) -> None:
    """Keeps every ticket back for so long, then releases what came due meanwhile at once."""
    queue, opened = cluster.queues["send"], threading.Event()
    receive = queue.receive

    def held() -> Message | None:
        message = receive()
        opened.wait()
        return message

    queue.receive = held  # type: ignore[method-assign]
    time.sleep(seconds)
    queue.receive = receive  # type: ignore[method-assign]
    opened.set()
