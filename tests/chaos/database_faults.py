"""PostgreSQL in every kind of trouble.

The server is one of its own, with fsync, so that it can be killed and started again on the same data.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from hidra.store import schema
from hidra.store.db import Database
from local.database import Database as Server
from local.processes import LocalError
from tests.chaos.fault_scenario import Report, Story, wait_until
from tests.conftest import MIGRATIONS, Databases

# Statements that change messages until one is refused. No transaction has so many: run again, it passes.
_EVERY = 23
# A sequence counts on whatever is rolled back, so that what was refused succeeds the next time.
TRIPWIRE = """
create sequence public.changes;
create function public.trip() returns trigger language plpgsql security definer as $$
declare n bigint := nextval('public.changes');
begin
    if n % {every} = 0 and n <= {every} * {times} then
        if n % (2 * {every}) = 0 then
            raise serialization_failure using message = 'tripped: serialization failure';
        end if;
        raise deadlock_detected using message = 'tripped: deadlock';
    end if;
    return null;
end $$;
create trigger trip after update on hidra.campaign_messages for each statement execute function public.trip();
"""
SESSIONS = """
select pid from pg_stat_activity where usename = %s and datname = %s
"""
RIVALS = """
select id, campaign_id from hidra.campaign_messages
where status in ('sent', 'delivered') order by random() limit 3
"""


@contextmanager
def own_server() -> Iterator[tuple[Server, Databases]]:
    """A durable server of this test's own, with one migrated database."""
    logins = {name: {"username": f"fire_{name}", "password": uuid4().hex} for name in ("http", "jobs")}
    with ExitStack() as stack:
        server = Server.launch(durable=True)
        stack.callback(server.close)
        schema.migrate(f"{server.url}?sslmode=disable", MIGRATIONS)
        schema.ensure_login(server.url, logins["http"], schema.HTTP_ROLES)
        schema.ensure_login(server.url, logins["jobs"], schema.JOBS_ROLES)
        with server.admin() as admin:
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                assert admin.execute(f"show {name}").fetchone() == ("on",)
            admin.execute("alter database hidra set deadlock_timeout = '50ms'")
        settings = {
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_PORT": str(server.port),
            "DATABASE_NAME": urlsplit(server.url).path.lstrip("/"),
            "DATABASE_SSLMODE": "disable",
            "DATABASE_SECRET": "",
        }
        http, jobs = (Database({**settings, "DATABASE_SECRET": role}, logins.__getitem__) for role in ("http", "jobs"))
        stack.callback(http.close)
        stack.callback(jobs.close)
        with psycopg.connect(server.url, autocommit=True) as owner:
            yield server, Databases(http, jobs, owner, settings, logins)


def database_faults(
    folder: Path, *, tenants: int, audience: int, rounds: int, per_minute: int, crashes: int, cuts: int, trips: int,
    seed: int, seconds: float,
) -> Report:  # fmt: skip
    """Campaigns while the server is killed and started again, connections are cut, and transactions refused.

    Args:
        rounds: campaigns of each tenant, one after the other.
        per_minute: of each campaign.
        crashes: how often the server dies, each time in another way.
        cuts: how often some of the workers' connections are cut.
        trips: how many statements that change messages fail with a deadlock or a serialization failure.
        seconds: after which it is given up.
    """
    with (
        own_server() as (server, databases),
        Story.told(databases, folder, seed=seed, seconds=seconds) as story,
        ExitStack() as stack,
    ):
        stack.callback(_disconnect, story)  # each crash has connected anew
        story.set_up(tenants, audience)
        # So that each crash finds posts that were answered and not written down yet.
        story.cluster.plan.stall("send/http:send:after", seconds=0.4, share=0.3)
        story.cluster.databases.owner.execute(TRIPWIRE.format(every=_EVERY, times=trips))
        trouble = _Trouble(story, server, total=tenants * audience * rounds, crashes=crashes, cuts=cuts)
        rival = _Rival(story, server.url)
        story.start(per_minute)
        started = 1

        def done() -> bool:
            nonlocal started
            rival.step()
            trouble.step()
            counts = story.counts()
            if started < rounds and not counts["scheduled"] and counts["pending"] < tenants * audience // 2:
                story.start(per_minute)
                started += 1
            return started == rounds and trouble.is_over() and not counts["pending"]

        story.go_on(done)
        story.end()
        story.account()
        story.replay()
        story.account()
        tripped = [error for error in story.cluster.errors if "tripped" in error or "deadlock detected" in error]
        assert not tripped, f"a transaction was not run again: {tripped[0]}"
        log = server.log.read_text()
        real = log.count("ERROR:  deadlock detected") - rival.lost
        story.report.done["deadlocks met"] = real
        story.report.done["failures injected"] = log.count("ERROR:  tripped")
        # A sequence skips up to 32 numbers when the server crashes.
        assert trips - crashes <= story.report.done["failures injected"] <= trips
        story.report.seconds = time.monotonic() - story.began
        return story.report


@dataclass
class _Trouble:
    """Crashes and cuts, spread over the sends."""

    story: Story
    server: Server
    total: int
    crashes: int
    cuts: int
    crashed: int = 0
    cut: int = 0

    def step(self) -> None:
        accepted = self.story.cluster.simulator.summary()["accepted"]
        share = accepted / (0.7 * self.total)
        if self.cut < min(self.cuts, share * self.cuts):
            self._cut()
        if self.crashed < min(self.crashes, share * self.crashes - 0.2):
            self._crash()

    def is_over(self) -> bool:
        return (self.crashed, self.cut) == (self.crashes, self.cuts)

    def _cut(self) -> None:
        """Half of the workers' connections, whatever they are doing."""
        story, databases = self.story, self.story.cluster.databases
        with self.server.admin() as admin:
            login, name = databases.logins["jobs"]["username"], databases.settings["DATABASE_NAME"]
            pids = [pid for (pid,) in admin.execute(SESSIONS, [login, name])]
            for pid in story.rng.sample(pids, (len(pids) + 1) // 2):
                admin.execute("select pg_terminate_backend(%s)", [pid])
                story.report.done["connections cut"] += 1
        self.cut += 1

    def _crash(self) -> None:
        """The server dies, is missed by the clock and by a batch or a ticket, and comes back on the same data."""
        story, cluster = self.story, self.story.cluster
        mode = ("immediate", "kill")[self.crashed % 2]
        self.server.stop(mode)
        before = len(cluster.errors)
        assert cluster.tick().failed, "the clock needs the database"
        wait_until(lambda: len(cluster.errors) > before + 1 or not any(shard.waiting() for shard in cluster.shards))
        _start_again(self.server)
        cluster.databases.owner.close()
        cluster.databases = replace(cluster.databases, owner=psycopg.connect(self.server.url, autocommit=True))
        story.report.done[f"crashes ({mode})"] += 1
        self.crashed += 1


def _disconnect(story: Story) -> None:
    story.cluster.databases.owner.close()


def _start_again(server: Server) -> None:
    """After a kill it may be some moments until the last of the old server's processes has noticed."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return server.start()
        except LocalError as error:
            if "shared memory block" not in str(error) or time.monotonic() > deadline:
                raise


@dataclass
class _Rival:
    """Somebody who locks a message first and its campaign's counters then, as nobody in the product does."""

    story: Story
    url: str
    lost: int = 0

    def step(self) -> None:
        for row in self.story.rows(RIVALS):
            with suppress(psycopg.errors.DeadlockDetected), psycopg.connect(self.url) as rival:
                try:
                    rival.execute("select from hidra.campaign_messages where id = %s for update", [row["id"]])
                    _wait_for_a_waiter(rival, seconds=0.1)
                    rival.execute(
                        "select from hidra.campaign_metrics where campaign_id = %s for update", [row["campaign_id"]]
                    )
                    self.story.report.done["rivals"] += 1
                except psycopg.errors.DeadlockDetected:
                    self.lost += 1
                    raise


def _wait_for_a_waiter(rival: psycopg.Connection, *, seconds: float) -> None:
    """Until somebody waits for the rival, who may be in no hurry: then its next lock closes the ring."""
    end = time.monotonic() + seconds
    waits = "select exists (select from pg_locks where not granted)"
    while time.monotonic() < end and rival.execute(waits).fetchone() != (True,):
        time.sleep(0.005)
