"""PostgreSQL and the stream in every kind of trouble, and the whole stream read again when all is over.

The server is one of its own, with fsync, so that it can be killed and started again on the same data.
"""

import base64
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import jwt
import psycopg
from psycopg.rows import dict_row

from hidra.domain.phone import phone_hash
from hidra.domain.webhook import jwt_key
from hidra.store import recount, schema
from hidra.store.db import Database
from local.database import Database as Server
from local.processes import LocalError
from tests.conftest import MIGRATIONS, Databases
from tests.fire.fire import PHONE_HASH_SECRET, WEBHOOK_KEYS, Fire, Sizes
from tests.fire.tenants import Tenant, leaver, phones

GOODBYE = "Pronto, você não recebe mais nada."
_LATER = 25 * 3600
_EVERY = 29  # changes of messages until one of them is refused
type Key = tuple[str, str, str]
"""A message: its instance, its phone's digits, its text."""
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
    return new;
end $$;
create trigger trip before update on hidra.campaign_messages for each row execute function public.trip();
"""
COUNTS = """
select count(*) filter (where m.status = 'pending') as pending, count(*) filter (where m.status = 'sending') as sending,
    count(*) filter (where m.status = 'unknown') as unknown,
    (select count(*) from hidra.campaigns where status = 'scheduled') as scheduled,
    (select count(*) from hidra.campaign_runs where ended_at is null) as open
from hidra.campaign_messages m
"""
MESSAGES = """
select id, campaign_id, phone, status::text, provider_message_id, error_code, counted
from hidra.campaign_messages order by id
"""
CAMPAIGNS = """
select c.id, c.status::text, m.total_messages, m.delivered, m.failed, m.pending, m.skipped
from hidra.campaigns c join hidra.campaign_metrics m on m.campaign_id = c.id
"""
# Claims of an answer and of a test end by themselves; all that records of the stream may change is here.
DUMPED = (
    "campaign_messages", "campaign_metrics", "campaign_timeline_points", "campaigns", "campaign_runs", "opt_outs",
    "opt_out_wishes", "opt_out_confirmations", "whatsapp_lids", "delivery_events_unmatched",
    "delivery_events_rejected", "evolution_api_config",
)  # fmt: skip
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


@dataclass
class Report:
    """What was done and what came of it."""

    seed: int
    done: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __str__(self) -> str:
        done = ", ".join(f"{number} {what}" for what, number in self.done.items())
        return f"{done}; nobody twice, nobody lost; {self.seconds:.0f} s, seed {self.seed}"


@dataclass
class Story:
    """Campaigns at work, and how they end."""

    fire: Fire
    rng: random.Random
    report: Report
    seconds: float
    tenants: list[Tenant] = field(default_factory=list)
    returned: set[bytes] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)

    @classmethod
    @contextmanager
    def told(cls, databases: Databases, folder: Path, *, seed: int, seconds: float, **options: Any) -> Iterator[Self]:
        """
        Args:
            folder: for the workers' log.
            seconds: after which it is given up.
            options: of Fire.
        """
        with Fire.burning(databases, folder, seed=seed, sizes=Sizes(send=12), **options) as fire:
            try:
                yield cls(fire, random.Random(seed), Report(seed), seconds)
            finally:
                fire.databases.owner.close()

    def set_up(self, tenants: int, audience: int) -> None:
        """Tenants on the simulator, each with some contacts who leave when they are written to."""
        for number in range(tenants):
            leavers = [leaver(number * 10 + at) for at in range(3)]
            people = [*phones(number, audience - len(leavers)), *leavers]
            self.tenants.append(Tenant.make(self.fire, people, confirmation=GOODBYE))
        self.fire.check()  # which sets our webhooks

    def start(self, per_minute: int) -> None:
        """A campaign of each tenant; its pace is what the senders can follow, or tickets pile up."""
        for tenant in self.tenants:
            tenant.start_campaign(per_minute=per_minute)

    def go_on(self, done: Callable[[], object]) -> None:
        left = max(1.0, self.seconds - (time.monotonic() - self.began))
        self.fire.until(done, seconds=left, about=self.state)

    def end(self) -> None:
        """Peace: redelivery and the clock alone bring everything to its end, and doubts to what Evolution tells."""
        self.go_on(self._only_doubts_are_left)
        accepted = {self.of(send) for send in self.fire.simulator.sends() if send["accepted"]}
        self.go_on(lambda: not [row for row in self._unknown() if self.key(row) in accepted])
        self.report.done["given up after a day"] += len(self._unknown())
        while self.counts()["unknown"]:  # a day later nobody hopes for the others any more
            self.fire.check(later_seconds=_LATER)
        self.go_on(lambda: not self.counts()["open"] and self.is_settled())

    def _only_doubts_are_left(self) -> bool:
        counts = self.counts()
        return not (counts["pending"] or counts["sending"] or counts["scheduled"]) and self.is_settled()

    def is_settled(self) -> bool:
        quiet = self.fire.simulator.summary()["unsettled"] == 0
        return quiet and not any(shard.waiting() for shard in self.fire.shards)

    def _unknown(self) -> list[dict[str, Any]]:
        return [row for row in self.rows(MESSAGES) if row["status"] == "unknown"]

    def account(self) -> None:
        """Nobody twice by the simulator's log, nobody lost, each row what the simulator says, every count exact."""
        sends, rows, campaigns = self.fire.simulator.sends(), self.rows(MESSAGES), self.rows(CAMPAIGNS)
        accepted = Counter(self.of(send) for send in sends if send["accepted"])
        twice = {key: times for key, times in accepted.items() if times > 1}
        assert not twice, f"{len(twice)} written to twice: {twice}"
        assert self.fire.simulator.summary()["duplicates"] == 0
        final = {self.of(send): send for send in sends if send["accepted"] and send["text"] != GOODBYE}
        for row in rows:
            send = final.pop(self.key(row), None)
            if send is None:
                assert row["provider_message_id"] is None, row
                assert row["status"] in ("failed", "skipped"), row
            else:
                assert (row["provider_message_id"], row["status"]) == (send["provider_id"], send["final"]), (row, send)
        assert not final, f"nobody knows of {list(final)[:5]}"
        frozen = Counter(row["campaign_id"] for row in rows if row["counted"])
        audience = {each: len(tenant.phones) for tenant in self.tenants for each in tenant.campaigns}
        assert audience.keys() == {campaign["id"] for campaign in campaigns}
        for campaign in campaigns:
            counted = sum(campaign[name] for name in ("delivered", "failed", "pending", "skipped"))
            assert campaign["status"] == "completed", campaign
            assert audience[campaign["id"]] == frozen[campaign["id"]] == campaign["total_messages"] == counted, campaign
            assert self._differences(campaign["id"]) == [], campaign
        left = self.rows(
            "select from hidra.delivery_events_unmatched u join hidra.campaign_messages m using"
            " (evolution_config_id, provider_message_id)"
        )
        assert not left, "events wait for messages that are known"
        for tenant in self.tenants:
            out = self.rows("select phone_hash from hidra.opt_outs where user_id = %s", tenant.user_id)
            asked = {
                send["digits"] for send in sends if send["instance"] == tenant.instance and send["final"] == "read"
            }
            left_us = {_hash(tenant, phone) for phone in tenant.phones if phone[-4:-2] == "95" and phone[1:] in asked}
            assert left_us, "somebody leaves"
            assert {bytes(row["phone_hash"]) for row in out} == left_us - self.returned
        self.report.done["messages"] = len(rows)
        self.report.done["accepted"] = accepted.total()

    def _differences(self, campaign_id: UUID) -> list[recount.Difference]:
        return self.fire.databases.jobs.as_worker(lambda tx: recount.compare(tx, campaign_id=campaign_id))

    def replay(self) -> None:
        """Every record that the shards ever had: in order, in another order, and each twice; nothing may change."""
        fire, before, sent = self.fire, self.dump(), self.fire.simulator.summary()["accepted"]
        histories = [list(shard.history) for shard in fire.shards]
        for shard, history in zip(fire.shards, histories, strict=True):
            shard.put_again(history)
        self._wait_for_the_shards()
        assert self.difference(before) == {}, "read again from the start"
        everything = [record for history in histories for record in history] * 2
        self.rng.shuffle(everything)
        for at, shard in enumerate(fire.shards):
            shard.put_again(everything[at :: len(fire.shards)])
        self._wait_for_the_shards()
        assert self.difference(before) == {}, "read again twice, in another order"
        _wait(lambda: not fire.queues["send"].waiting())
        assert fire.simulator.summary()["accepted"] == sent, "the replay sent something"
        self.report.done["records replayed"] += 3 * sum(map(len, histories))

    def _wait_for_the_shards(self) -> None:
        _wait(lambda: not any(shard.waiting() for shard in self.fire.shards))

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table that a record may change, as text."""
        return {
            table: [row["row"] for row in self.rows(f"select t::text as row from hidra.{table} t order by 1")]
            for table in DUMPED
        }

    def difference(self, before: dict[str, list[str]]) -> dict[str, set[str]]:
        now = self.dump()
        return {table: set(now[table]) ^ set(before[table]) for table in DUMPED if now[table] != before[table]}

    def of(self, send: dict[str, Any]) -> Key:
        return send["instance"], send["digits"], send["text"]

    def key(self, row: dict[str, Any]) -> Key:
        """The row's message as the simulator knows it."""
        campaign_id, phone = row["campaign_id"], row["phone"]
        [instance] = [tenant.instance for tenant in self.tenants if campaign_id in tenant.campaigns]
        return instance, phone[1:], f"Campanha {campaign_id}: oi Ana {phone[-8:]}"

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        with self.fire.databases.owner.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, params).fetchall()

    def counts(self) -> dict[str, int]:
        return self.rows(COUNTS)[0]

    def state(self) -> str:
        """For whoever has to find out why it does not end."""
        waiting = {name: queue.waiting() for name, queue in self.fire.queues.items()}
        shards = [shard.waiting() for shard in self.fire.shards]
        return f"{self.counts()} {self.fire.simulator.summary()} {waiting} {shards} {self.fire.errors[-1:]}"


def _hash(tenant: Tenant, phone: str) -> bytes:
    return phone_hash(PHONE_HASH_SECRET.encode(), str(tenant.user_id), phone)


def _wait(what: Callable[[], object], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"it did not come true in {seconds} s"
        time.sleep(0.02)


# ── the database ───────────────────────────────────────────────────────────────────────────────────────────────────


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
        trips: how many changes of messages fail with a deadlock or a serialization failure.
        seconds: after which it is given up.
    """
    with own_server() as (server, databases), Story.told(databases, folder, seed=seed, seconds=seconds) as story:
        story.set_up(tenants, audience)
        # So that each crash finds posts that were answered and not written down yet.
        story.fire.plan.stall("send/http:send:after", seconds=0.4, share=0.3)
        story.fire.databases.owner.execute(TRIPWIRE.format(every=_EVERY, times=trips))
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
        tripped = [error for error in story.fire.errors if "tripped" in error or "deadlock detected" in error]
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
        accepted = self.story.fire.simulator.summary()["accepted"]
        share = accepted / (0.7 * self.total)
        if self.cut < min(self.cuts, share * self.cuts):
            self._cut()
        if self.crashed < min(self.crashes, share * self.crashes - 0.2):
            self._crash()

    def is_over(self) -> bool:
        return (self.crashed, self.cut) == (self.crashes, self.cuts)

    def _cut(self) -> None:
        """Half of the workers' connections, whatever they are doing."""
        story, databases = self.story, self.story.fire.databases
        with self.server.admin() as admin:
            login, name = databases.logins["jobs"]["username"], databases.settings["DATABASE_NAME"]
            pids = [pid for (pid,) in admin.execute(SESSIONS, [login, name])]
            for pid in story.rng.sample(pids, (len(pids) + 1) // 2):
                admin.execute("select pg_terminate_backend(%s)", [pid])
                story.report.done["connections cut"] += 1
        self.cut += 1

    def _crash(self) -> None:
        """The server dies, is missed by the clock and by a batch or a ticket, and comes back on the same data."""
        story, fire = self.story, self.story.fire
        mode = ("immediate", "kill")[self.crashed % 2]
        self.server.stop(mode)
        before = len(fire.errors)
        assert fire.tick().failed, "the clock needs the database"
        _wait(lambda: len(fire.errors) > before + 1 or not any(shard.waiting() for shard in fire.shards))
        _start_again(self.server)
        fire.databases.owner.close()
        fire.databases = replace(fire.databases, owner=psycopg.connect(self.server.url, autocommit=True))
        story.report.done[f"crashes ({mode})"] += 1
        self.crashed += 1


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


# ── the stream ─────────────────────────────────────────────────────────────────────────────────────────────────────

# The product's own rules let it pass, and the database refuses it all the same.
CURSE = """
create function public.curse() returns trigger language plpgsql as $$
begin
    raise check_violation using constraint = 'cursed', message = 'cursed';
end $$;
create trigger curse before insert on hidra.delivery_events_unmatched
for each row when (new.provider_message_id like 'CURSED%') execute function public.curse();
"""
PARKED = """
select stream_position, reason from hidra.delivery_events_rejected
"""
BIG = 20
"""Statuses in the webhook of which the stream refuses every second record."""


def _poison(rng: random.Random, ours: dict[str, str]) -> list[tuple[bytes, str]]:
    """Records that nobody can apply, each with how its reason begins."""
    status = ours | {"kind": "status", "provider_message_id": "A", "status": "delivered"}
    reply = ours | {"kind": "reply", "phone": None, "text": "SAIR"}
    endless = {"provider_message_id": rng.randbytes(6_000).hex()}
    return [
        (b"no JSON at all", "JSONDecodeError"),
        (b"\xff\xfe\xfd", "UnicodeDecodeError"),
        (b"[" * 100_000, "RecursionError"),
        (b"null", "TypeError"),
        (_json({}), "KeyError"),
        (_json(ours | {"kind": "wish"}), "ValueError: unknown kind 'wish'"),
        (_json(status | {"status": "pending"}), "ValueError: no provider says pending"),
        (_json(status | {"provider_message_id": 5}), "ValueError: a field is no text"),
        (_json(status | {"config_id": "mine"}), "ValueError"),
        (_json(status | {"received_at": "9999-12-31T23:59:59-14:00"}), "ValueError: the time is none of ours"),
        (_json(reply | {"phone": "\0"}), "ValueError: a field is no text"),
        (_json(status | endless), "Rejected: The database cannot hold this. (ProgramLimitExceeded)"),
        (_json(status | {"provider_message_id": "CURSED"}), "Conflict: The change contradicts other data."),
    ]


def stream_faults(
    databases: Databases, folder: Path, *, tenants: int, audience: int, rounds: int, per_minute: int, refused: float, stops: int,
    lag: float, seed: int, seconds: float,
) -> Report:  # fmt: skip
    """Campaigns while the stream refuses records, holds poison, and its recorder stands still.

    Args:
        rounds: campaigns of each tenant, one after the other, with each kind of poison in each.
        per_minute: of each campaign.
        refused: the share of records that the stream refuses at each try.
        stops: how often the recorder stands still, for ``lag`` seconds at least.
        seconds: after which it is given up.
    """
    refusals = _Refusals(random.Random(seed), refused)
    with Story.told(databases, folder, seed=seed, seconds=seconds, refuse=refusals) as story:
        story.set_up(tenants, audience)
        story.fire.databases.owner.execute(CURSE)
        trouble = _StreamTrouble(story, refusals, total=tenants * audience * rounds, stops=stops, lag=lag)
        started = 0

        def done() -> bool:
            nonlocal started
            counts = story.counts()
            if started < rounds and not counts["scheduled"] and not counts["pending"]:
                story.start(per_minute)
                started += 1
                trouble.put_poison()
                return False
            trouble.step()
            return started == rounds and trouble.stopped == stops and not counts["pending"] and not counts["scheduled"]

        story.go_on(done)
        trouble.refuse_half_of_a_webhook()
        story.end()
        trouble.let_somebody_return()
        trouble.check_the_parked()
        assert story.fire.answers[503] > 0, "no webhook was refused"
        story.account()
        story.replay()
        trouble.check_the_parked()
        story.account()
        story.report.done["records refused"] = refusals.number
        story.report.done["webhooks answered 503"] = story.fire.answers[503]
        story.report.seconds = time.monotonic() - story.began
        return story.report


@dataclass
class _Refusals:
    """What the stream takes of a batch: some at random, or every second one."""

    rng: random.Random
    share: float
    every_second: bool = False
    number: int = 0
    _turn: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, data: bytes) -> bool:
        with self._lock:
            self._turn += 1
            # Those that are refused come again by themselves, and are refused again.
            no = b"EVERY-SECOND-1" in data if self.every_second else self.rng.random() < self.share
            self.number += no
            return no


@dataclass
class _StreamTrouble:
    """Poison, stops of the recorder, and webhooks of our own."""

    story: Story
    refusals: _Refusals
    total: int
    stops: int
    lag: float
    stopped: int = 0
    poison: dict[str, str] = field(default_factory=dict)

    def put_poison(self) -> None:
        """One of each kind on each shard, among what the simulator tells."""
        for tenant in self.story.tenants:
            for data, reason in _poison(self.story.rng, _ours(tenant)):
                shard = self.story.rng.choice(self.story.fire.shards)
                self.poison[shard.put(base64.b64encode(data).decode())] = reason
        self.story.report.done["poison"] = len(self.poison)

    def check_the_parked(self) -> None:
        """Each poison, with its reason, and nothing else."""
        parked = {row["stream_position"]: row["reason"] for row in self.story.rows(PARKED)}
        assert parked.keys() == self.poison.keys()
        wrong = {at: parked[at] for at, reason in self.poison.items() if not parked[at].startswith(reason)}
        assert not wrong, wrong

    def step(self) -> None:
        accepted = self.story.fire.simulator.summary()["accepted"]
        if self.stopped < min(self.stops, accepted / (0.7 * self.total) * self.stops - 0.2):
            self._stop()

    def _stop(self) -> None:
        """The recorder is not called: campaigns go on, what both alarms look at shows it, and then it catches up."""
        story, fire = self.story, self.story.fire
        for shard in fire.shards:
            shard.stop()
        _wait(lambda: not any(shard.in_hand() for shard in fire.shards))
        batches, put, known = self._batches(), self._put(), self._known()
        accepted, pending = fire.simulator.summary()["accepted"], story.counts()["pending"]
        _wait(lambda: all(shard.oldest() > self.lag for shard in fire.shards))
        assert self._batches() == batches, "Invocations of the recorder stand still"
        assert self._put() > put, "IncomingRecords of the stream do not"
        assert self._known() == known, "nothing is known of what nobody read"
        _wait(lambda: not pending or fire.simulator.summary()["accepted"] > accepted)  # campaigns go on
        story.report.done["seconds of lag"] += int(max(shard.oldest() for shard in fire.shards))
        for shard in fire.shards:
            shard.go_on()
        _wait(lambda: self._batches() > batches and all(shard.oldest() < self.lag for shard in fire.shards))
        self.stopped += 1
        story.report.done["stops"] = self.stopped

    def _batches(self) -> int:
        return self.story.fire.plan.invocations["record"]

    def _put(self) -> int:
        return sum(len(shard.history) for shard in self.story.fire.shards)

    def _known(self) -> list[dict[str, Any]]:
        return self.story.rows("select last_webhook_at from hidra.evolution_api_config order by id")

    def refuse_half_of_a_webhook(self) -> None:
        """The stream takes a part of one webhook's records: Evolution is told to come again, and then has said all."""
        fire, tenant = self.story.fire, self.story.tenants[0]
        ids = [f"EVERY-SECOND-{at % 2}-{at}" for at in range(BIG)]
        data = [{"keyId": each, "status": "DELIVERY_ACK"} for each in ids]
        body = json.dumps({"event": "messages.update", "instance": tenant.instance, "data": data})
        path, headers = f"/webhooks/evolution/{tenant.config_id}/k1", {"authorization": f"Bearer {_token(tenant)}"}
        self.refusals.every_second = True
        status, answer = fire.take_webhook(path, headers, body)
        assert status == 503, answer
        self.refusals.every_second, self.refusals.share = False, 0.0
        status, answer = fire.take_webhook(path, headers, body)
        assert (status, json.loads(answer)) == (200, {"accepted": BIG})
        kept = (
            "select provider_message_id as id from hidra.delivery_events_unmatched where provider_message_id = any(%s)"
        )
        _wait(lambda: sorted(row["id"] for row in self.story.rows(kept, ids)) == sorted(ids))

    def let_somebody_return(self) -> None:
        """One who left comes back, and somebody whom WhatsApp hides leaves: a replay has their earlier words, too."""
        story, tenant = self.story, self.story.tenants[0]
        back = next(phone for phone in tenant.phones if phone[-4:-2] == "95")
        at = datetime.now(UTC) + timedelta(seconds=5)
        said = {"kind": "reply", "received_at": at.isoformat(), "sent": int(at.timestamp())}
        ours = {"config_id": str(tenant.config_id), "quoted_id": None}
        for words in ({"phone": back, "lid": None, "text": "VOLTAR"}, {"phone": None, "lid": "777000", "text": "SAIR"}):
            story.fire.shards[0].put(base64.b64encode(_json(said | ours | words)).decode())
        story.returned.add(_hash(tenant, back))
        out = "select from hidra.opt_outs where user_id = %s and phone_hash = %s"
        assert story.rows(out, tenant.user_id, _hash(tenant, back)), "whoever returns had left"
        _wait(lambda: not story.rows(out, tenant.user_id, _hash(tenant, back)) and story.is_settled())
        assert len(story.rows("select from hidra.whatsapp_lids where left_at is not null and phone_hash is null")) == 1


def _ours(tenant: Tenant) -> dict[str, str]:
    return {"config_id": str(tenant.config_id), "received_at": datetime.now(UTC).isoformat()}


def _json(record: Any) -> bytes:
    return json.dumps(record).encode()


def _token(tenant: Tenant) -> str:
    key = jwt_key(WEBHOOK_KEYS["k1"], tenant.config_id, tenant.instance)
    claims = {"app": "evolution", "action": "webhook", "exp": int(time.time()) + 600}
    return jwt.encode(claims, key, algorithm="HS256")
