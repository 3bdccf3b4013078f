"""Campaigns at full pace through worker processes on PostgreSQL, measured by the simulator's log."""

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
from tests.chaos.tenants import Tenant, campaign_of
from tests.chaos.trace import Limits, Measure
from tests.conftest import Databases

# As in production: shorter times would change the pace.
TIMES = Times(send_timeout=90, sender_timeout=120, sender_lost_after=180, visibility=720, advance_visibility=1800)
MINUTE = 60
SATURATED = 90.0  # percent
WAITING = "select count(*) from hidra.campaign_messages where status in ('pending', 'sending')"
# Slots less than half a spacing apart, among those that are not pruned yet: a backlog that bursts.
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
    """A connection, and campaigns by their pace, each to the same recipients.

    ``answer``: the range of seconds in which Evolution answers.
    """

    per_minute: int
    concurrent: int
    campaigns: tuple[int, ...]
    recipients: int
    answer: tuple[float, float] = (0.2, 0.4)


@dataclass(frozen=True)
class Outcome:
    """The measures and the cost of a run.

    ``sent``: requests that arrived; ``left``: recipients that still waited at the end; ``crowded``: slots less than half a
    spacing apart; ``cost``: milliseconds of processor for each send, over the workers, PostgreSQL, the simulator and the
    test that plays AWS; ``busy``: percent of the machine's processors.
    """

    measures: dict[str, Measure]
    sent: int
    left: int
    crowded: int
    cost: float
    busy: float
    load: float

    @property
    def saturated(self) -> bool:
        """Whether the machine was the limit, so that the use of the pace says nothing about Hidra."""
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
    faults: Callable[[Cluster, random.Random], None] = lambda *_: None,
    connection_share: int = 100,
) -> Outcome:
    """Starts all campaigns at once and ticks the clock each minute, until no recipient waits or time is up.

    Args:
        senders: how many worker processes send; each holds a ticket from up to two seconds before its slot.
        faults: runs once, beside the campaigns.
        connection_share: the percentage of the senders that one connection may have.
    """
    sizes = Sizes(send=senders)
    with Cluster.running(
        databases, folder, seed=seed, times=TIMES, sizes=sizes, connection_share=connection_share
    ) as cluster:
        cluster.warm_senders()  # on Lambda, cold starts do not share two processors
        tenants = _tenants(cluster, loads)
        psutil.cpu_percent()
        used = _processor_seconds()
        injecting = threading.Thread(target=faults, args=(cluster, random.Random(seed)))
        injecting.start()
        left = _tick(cluster, seconds)
        busy, load, used = psutil.cpu_percent(), os.getloadavg()[0], _processor_seconds() - used
        injecting.join()
        crowded = _value(cluster, CROWDED)
        measures = _measured(cluster, tenants)
        sent = sum(measures[tenant.instance].sends for tenant, _ in tenants)
        return Outcome(measures, sent, left, crowded, 1000 * used / max(1, sent), busy, load)


def _tenants(cluster: Cluster, loads: Iterable[Load]) -> list[tuple[Tenant, Load]]:
    numbers, found = count(60_000_000), []
    for load in loads:
        phones = []
        while len(phones) < load.recipients:
            if (number := next(numbers)) % 10_000 < 9_000:  # the numbers above are the simulator's odd phones
                phones.append(f"+55119{number}")
        script = {"answer_seconds": load.answer, "statuses": []}
        for phone in phones:
            cluster.simulator.ask("POST", f"/_control/phones/{phone.removeprefix('+')}", script)
        tenant = Tenant.make(cluster, phones, per_minute=load.per_minute, concurrent=load.concurrent)
        for rate in load.campaigns:
            tenant.start_campaign(per_minute=rate)
        found.append((tenant, load))
    # The simulator sends no statuses here, and a Cloud API connection is trusted without them.
    cluster.databases.owner.execute("update hidra.evolution_api_config set integration = 'cloud_api'")
    return found


def _tick(cluster: Cluster, seconds: float) -> int:
    """Ticks the clock each minute; returns how many recipients wait at the end."""
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
    """Returns the processor time of this process and its living descendants; killed processes are not counted."""
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
    sends = trace.of_log(cluster.simulator.sends(), lambda row: campaign_of(row["text"]))
    connections = {tenant.instance: Limits(load.per_minute, load.concurrent) for tenant, load in tenants}
    campaigns = {
        str(campaign_id): rate
        for tenant, load in tenants
        for campaign_id, rate in zip(tenant.campaigns, load.campaigns, strict=True)
    }
    return trace.measure(sends, connections=connections, campaigns=campaigns)


def until_sends(cluster: Cluster, number: int, *, seconds: float = 60) -> None:
    """Waits until Evolution has received so many requests, but not longer than so many seconds."""
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
    """Kills so many worker processes, or all if there are fewer; the pools replace them."""
    workers = _workers()
    for worker in rng.sample(workers, min(number, len(workers))):
        _signal(worker, signal.SIGKILL)


def _workers() -> list[psutil.Process]:
    """Returns the workers that the fork server of this process has forked."""
    [fork_server] = filter(_is_fork_server, psutil.Process().children())
    return fork_server.children()


def _is_fork_server(child: psutil.Process) -> bool:
    try:
        return "tests.chaos.worker" in child.cmdline()
    except psutil.NoSuchProcess:  # psutil raises this for a zombie, too
        return False


def _signal(worker: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        worker.send_signal(number)


def hold_tickets(cluster: Cluster, *, seconds: float) -> None:
    """Holds every ticket for so many seconds, then releases all due ones at once."""
    queue, opened = cluster.queues["send"], threading.Event()
    receive = queue.receive

    def receive_later(most: int) -> list[Message]:
        messages = receive(most)
        opened.wait()
        return messages

    queue.receive = receive_later  # type: ignore[method-assign]
    time.sleep(seconds)
    queue.receive = receive  # type: ignore[method-assign]
    opened.set()
