"""Campaigns while PostgreSQL crashes, loses connections and refuses transactions.

The test has a PostgreSQL server of its own with fsync, to kill it and start it again on the same data.
"""

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from hidra.store import database_keys, schema
from hidra.store.db import Database
from local.database import Database as Server
from local.processes import LocalError
from tests.chaos.fault_scenario import Report, Scenario
from tests.chaos.waiting import wait_until
from tests.conftest import MIGRATIONS, PHONE_HASH_SECRET, Databases

# One in so many statements that change messages fails. No transaction has so many, so its retry succeeds.
_EVERY = 23
# A rollback does not reset a sequence, so the statement that failed has another number in the retry.
FAILING_TRIGGER = """
create sequence public.changes;
create function public.fail_sometimes() returns trigger language plpgsql security definer as $$
declare n bigint := nextval('public.changes');
begin
    if n % {every} = 0 and n <= {every} * {times} then
        if n % (2 * {every}) = 0 then
            raise serialization_failure using message = 'injected: serialization failure';
        end if;
        raise deadlock_detected using message = 'injected: deadlock';
    end if;
    return null;
end $$;
create trigger fail_sometimes after update on hidra.campaign_messages
for each statement execute function public.fail_sometimes();
"""
SESSIONS = """
select pid from pg_stat_activity where usename = %s and datname = %s and pid <> pg_backend_pid()
"""
LOCKABLE = """
select id, campaign_id from hidra.campaign_messages
where status in ('sent', 'delivered') order by random() limit %s
"""


@contextmanager
def own_server() -> Iterator[tuple[Server, Databases]]:
    """Runs a durable server with one migrated database."""
    logins = {name: {"username": f"chaos_{name}", "password": uuid4().hex} for name in ("http", "jobs")}
    with ExitStack() as stack:
        server = Server.launch(durable=True)
        stack.callback(server.close)
        schema.migrate(f"{server.url}?sslmode=disable", MIGRATIONS)
        schema.ensure_login(server.url, logins["http"], schema.HTTP_ROLES)
        schema.ensure_login(server.url, logins["jobs"], schema.JOBS_ROLES)
        database_keys.keep_hash_key(server.url, PHONE_HASH_SECRET)
        with server.admin() as admin:
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                assert admin.execute(f"show {name}").fetchone() == ("on",)
            admin.execute("alter database hidra set deadlock_timeout = '50ms'")
        settings = {
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_PORT": str(server.port),
            "DATABASE_NAME": urlsplit(server.url).path.lstrip("/"),
            "DATABASE_SSLMODE": "disable",
            "DATABASE_ROOT_CERTIFICATES": "rds",
            "DATABASE_POOLER": "false",
            "DATABASE_SECRET": "",
        }
        http, jobs = (Database({**settings, "DATABASE_SECRET": role}, logins.__getitem__) for role in ("http", "jobs"))
        stack.callback(http.close)
        stack.callback(jobs.close)
        with psycopg.connect(server.url, autocommit=True) as owner:
            yield server, Databases(http, jobs, owner, settings, logins)


def cut_connections(
    connection: psycopg.Connection, databases: Databases, login: str, *, rng: random.Random, one_in: int
) -> int:
    """Ends one in so many of a login's connections, rounded up, whatever they are doing; returns how many it ended."""
    sessions = [databases.logins[login]["username"], databases.settings["DATABASE_NAME"]]
    pids = [pid for (pid,) in connection.execute(SESSIONS, sessions)]
    chosen = rng.sample(pids, -(-len(pids) // one_in))
    for pid in chosen:
        connection.execute("select pg_terminate_backend(%s)", [pid])
    return len(chosen)


def database_faults(
    folder: Path, *, tenants: int, audience: int, rounds: int, per_minute: int, senders: int, crashes: int, cuts: int,
    failures: int, locks: int, seed: int, seconds: float,
) -> Report:  # fmt: skip
    """Runs campaigns while the server crashes and restarts, connections are cut, and transactions fail.

    Args:
        rounds: campaigns of each tenant, one after the other.
        per_minute: the pace of each campaign.
        senders: how many worker processes send.
        crashes: how often the server crashes, in two ways by turns.
        cuts: how often some of the workers' connections are cut.
        failures: how many statements that change messages fail with a deadlock or a serialization failure.
        locks: how many messages are locked in the opposite order at each step, twice a second.
        seconds: the scenario fails after them.
    """
    with (
        own_server() as (server, databases),
        Scenario.running(databases, folder, senders=senders, seed=seed, seconds=seconds) as scenario,
        ExitStack() as stack,
    ):
        stack.callback(_disconnect, scenario)  # each crash has opened a new connection
        scenario.set_up(tenants, audience)
        # So that each crash finds posts whose answers have arrived and are not recorded yet.
        scenario.cluster.plan.stall("send/http:send:after", seconds=0.4, share=0.3)
        scenario.cluster.databases.owner.execute(FAILING_TRIGGER.format(every=_EVERY, times=failures))
        faults = _ServerFaults(scenario, server, total=tenants * audience * rounds, crashes=crashes, cuts=cuts)
        locker = _OppositeLocker(scenario, server.url, locks)
        scenario.start(per_minute)
        started = 1

        def done() -> bool:
            nonlocal started
            locker.step()
            faults.step()
            counts = scenario.counts()
            if started < rounds and not counts["scheduled"] and counts["pending"] < tenants * audience // 2:
                scenario.start(per_minute)
                started += 1
            return started == rounds and faults.are_over() and not counts["pending"]

        scenario.run_until(done)
        scenario.settle()
        scenario.audit()
        scenario.replay()
        scenario.audit()
        failed = [error for error in scenario.cluster.errors if "injected" in error or "deadlock detected" in error]
        assert not failed, f"a transaction was not run again: {failed[0]}"
        log = server.log.read_text()
        scenario.report.done["deadlocks met"] = log.count("ERROR:  deadlock detected") - locker.deadlocks
        scenario.report.done["failures injected"] = log.count("ERROR:  injected")
        # A sequence skips up to 32 numbers when the server crashes.
        assert failures - crashes <= scenario.report.done["failures injected"] <= failures
        scenario.report.seconds = time.monotonic() - scenario.began
        return scenario.report


@dataclass
class _ServerFaults:
    """Crashes and cuts, spread over the sends."""

    scenario: Scenario
    server: Server
    total: int
    crashes: int
    cuts: int
    crashed: int = 0
    cut: int = 0

    def step(self) -> None:
        accepted = self.scenario.cluster.simulator.summary()["accepted"]
        share = accepted / (0.7 * self.total)
        if self.cut < min(self.cuts, share * self.cuts):
            self._cut()
        if self.crashed < min(self.crashes, share * self.crashes - 0.2):
            self._crash()

    def are_over(self) -> bool:
        return (self.crashed, self.cut) == (self.crashes, self.cuts)

    def _cut(self) -> None:
        scenario = self.scenario
        with self.server.admin() as admin:
            cut = cut_connections(admin, scenario.cluster.databases, "jobs", rng=scenario.rng, one_in=2)
        scenario.report.done["connections cut"] += cut
        self.cut += 1

    def _crash(self) -> None:
        """Crashes the server, waits until the clock and a batch or a ticket have failed, and restarts it on its data."""
        scenario, cluster = self.scenario, self.scenario.cluster
        mode = ("immediate", "kill")[self.crashed % 2]
        self.server.stop(mode)
        before = len(cluster.errors)
        assert cluster.tick().failed, "the clock needs the database"
        wait_until(lambda: len(cluster.errors) > before + 1 or not any(shard.waiting() for shard in cluster.shards))
        _restart(self.server)
        cluster.databases.owner.close()
        cluster.databases = replace(cluster.databases, owner=psycopg.connect(self.server.url, autocommit=True))
        scenario.report.done[f"crashes ({mode})"] += 1
        self.crashed += 1


def _disconnect(scenario: Scenario) -> None:
    scenario.cluster.databases.owner.close()


def _restart(server: Server) -> None:
    """Retries while processes of the killed server still hold its shared memory."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return server.start()
        except LocalError as error:
            if "shared memory block" not in str(error) or time.monotonic() > deadline:
                raise


@dataclass
class _OppositeLocker:
    """Locks a message and then its campaign's counters: the opposite of the product's order, so deadlocks happen."""

    scenario: Scenario
    url: str
    locks: int  # at each step
    deadlocks: int = 0  # in which PostgreSQL chose the locker as the victim

    def step(self) -> None:
        for row in self.scenario.rows(LOCKABLE, self.locks):
            with suppress(psycopg.errors.DeadlockDetected), psycopg.connect(self.url) as locker:
                try:
                    locker.execute("select from hidra.campaign_messages where id = %s for update", [row["id"]])
                    _wait_for_a_waiter(locker, seconds=0.1)
                    locker.execute(
                        "select from hidra.campaign_metrics where campaign_id = %s for update", [row["campaign_id"]]
                    )
                    self.scenario.report.done["opposite locks"] += 1
                except psycopg.errors.DeadlockDetected:
                    self.deadlocks += 1
                    raise


def _wait_for_a_waiter(locker: psycopg.Connection, *, seconds: float) -> None:
    """Waits until a transaction waits for a lock: the locker's next lock then closes the cycle."""
    end = time.monotonic() + seconds
    waits = "select exists (select from pg_locks where not granted)"
    while time.monotonic() < end and locker.execute(waits).fetchone() != (True,):
        time.sleep(0.02)
