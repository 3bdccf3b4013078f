"""Campaigns under any trouble: what is asked of them when all is over, and the whole stream read once more."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from psycopg.rows import dict_row

from hidra.domain.phone import phone_hash
from hidra.store import recount
from tests.chaos.cluster import PHONE_HASH_SECRET, Cluster, Sizes
from tests.chaos.tenants import Tenant, leaver, phones
from tests.conftest import Databases

GOODBYE = "Pronto, você não recebe mais nada."
_LATER = 25 * 3600
type Key = tuple[str, str, str]
"""A message: its instance, its phone's digits, its text."""
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
    "opt_out_requests", "opt_out_confirmations", "whatsapp_lids", "delivery_events_unmatched",
    "delivery_events_rejected", "evolution_api_config",
)  # fmt: skip


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

    cluster: Cluster
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
            options: of Cluster.
        """
        with Cluster.running(databases, folder, seed=seed, sizes=Sizes(send=12), **options) as cluster:
            try:
                yield cls(cluster, random.Random(seed), Report(seed), seconds)
            finally:
                cluster.databases.owner.close()

    def set_up(self, tenants: int, audience: int) -> None:
        """Tenants on the simulator, each with some contacts who leave when they are written to."""
        for number in range(tenants):
            leavers = [leaver(number * 10 + at) for at in range(3)]
            people = [*phones(number, audience - len(leavers)), *leavers]
            self.tenants.append(Tenant.make(self.cluster, people, confirmation=GOODBYE))
        self.cluster.check()  # which sets our webhooks

    def start(self, per_minute: int) -> None:
        """A campaign of each tenant; its pace is what the senders can follow, or tickets pile up."""
        for tenant in self.tenants:
            tenant.start_campaign(per_minute=per_minute)

    def go_on(self, done: Callable[[], object]) -> None:
        left = max(1.0, self.seconds - (time.monotonic() - self.began))
        self.cluster.until(done, seconds=left, about=self.state)

    def end(self) -> None:
        """Peace: redelivery and the clock alone bring everything to its end, and doubts to what Evolution tells."""
        self.go_on(self._only_doubts_are_left)
        accepted = {self.of(send) for send in self.cluster.simulator.sends() if send["accepted"]}
        self.go_on(lambda: not [row for row in self._unknown() if self.key(row) in accepted])
        self.report.done["given up after a day"] += len(self._unknown())
        while self.counts()["unknown"]:  # a day later nobody hopes for the others any more
            self.cluster.check(later_seconds=_LATER)
        self.go_on(lambda: not self.counts()["open"] and self.is_settled())

    def _only_doubts_are_left(self) -> bool:
        counts = self.counts()
        return not (counts["pending"] or counts["sending"] or counts["scheduled"]) and self.is_settled()

    def is_settled(self) -> bool:
        quiet = self.cluster.simulator.summary()["unsettled"] == 0
        return quiet and not any(shard.waiting() for shard in self.cluster.shards)

    def _unknown(self) -> list[dict[str, Any]]:
        return [row for row in self.rows(MESSAGES) if row["status"] == "unknown"]

    def account(self) -> None:
        """Nobody twice by the simulator's log, nobody lost, each row what the simulator says, every count overlap_player."""
        sends, rows, campaigns = self.cluster.simulator.sends(), self.rows(MESSAGES), self.rows(CAMPAIGNS)
        accepted = Counter(self.of(send) for send in sends if send["accepted"])
        twice = {key: times for key, times in accepted.items() if times > 1}
        assert not twice, f"{len(twice)} written to twice: {twice}"
        assert self.cluster.simulator.summary()["duplicates"] == 0
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
            left_us = {hash_of(tenant, phone) for phone in tenant.phones if phone[-4:-2] == "95" and phone[1:] in asked}
            assert left_us, "somebody leaves"
            assert {bytes(row["phone_hash"]) for row in out} == left_us - self.returned
        self.report.done["messages"] = len(rows)
        self.report.done["accepted"] = accepted.total()

    def _differences(self, campaign_id: UUID) -> list[recount.Difference]:
        return self.cluster.databases.jobs.as_worker(lambda tx: recount.compare(tx, campaign_id=campaign_id))

    def replay(self) -> None:
        """Every record that the shards ever had: in order, in another order, and each twice; nothing may change."""
        cluster, before, sent = self.cluster, self.dump(), self.cluster.simulator.summary()["accepted"]
        histories = [list(shard.history) for shard in cluster.shards]
        for shard, history in zip(cluster.shards, histories, strict=True):
            shard.put_again(history)
        self._wait_for_the_shards()
        assert self.difference(before) == {}, "read again from the start"
        everything = [record for history in histories for record in history] * 2
        self.rng.shuffle(everything)
        for at, shard in enumerate(cluster.shards):
            shard.put_again(everything[at :: len(cluster.shards)])
        self._wait_for_the_shards()
        assert self.difference(before) == {}, "read again twice, in another order"
        wait_until(lambda: not cluster.queues["send"].waiting())
        assert cluster.simulator.summary()["accepted"] == sent, "the replay sent something"
        self.report.done["records replayed"] += 3 * sum(map(len, histories))

    def _wait_for_the_shards(self) -> None:
        wait_until(lambda: not any(shard.waiting() for shard in self.cluster.shards))

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
        with self.cluster.databases.owner.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, params).fetchall()

    def counts(self) -> dict[str, int]:
        return self.rows(COUNTS)[0]

    def state(self) -> str:
        """For whoever has to find out why it does not end."""
        waiting = {name: queue.waiting() for name, queue in self.cluster.queues.items()}
        shards = [shard.waiting() for shard in self.cluster.shards]
        return f"{self.counts()} {self.cluster.simulator.summary()} {waiting} {shards} {self.cluster.errors[-1:]}"


def hash_of(tenant: Tenant, phone: str) -> bytes:
    return phone_hash(PHONE_HASH_SECRET.encode(), str(tenant.user_id), phone)


def wait_until(what: Callable[[], object], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"it did not come true in {seconds} s"
        time.sleep(0.02)
