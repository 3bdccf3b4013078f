"""Campaigns under any faults: an audit of the result, and a replay of the whole stream that may change nothing."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from hidra.domain.phone import phone_hash
from hidra.store import recount
from tests.chaos.cluster import A_DAY_LATER, PATIENT, PHONE_HASH_SECRET, Cluster, Sizes
from tests.chaos.tenants import CONFIRMATION, Tenant, opt_out_phone, phones, row_key, sent_key
from tests.chaos.waiting import wait_until
from tests.conftest import Databases

COUNTS = """
select count(*) filter (where m.status = 'pending') as pending, count(*) filter (where m.status = 'sending') as sending,
    count(*) filter (where m.status = 'unknown') as unknown,
    (select count(*) from hidra.campaigns where status = 'scheduled') as scheduled,
    (select count(*) from hidra.campaign_runs where ended_at is null) as open,
    -- The claim of a dead sender stays until the confirmation is forgotten.
    (select count(*) from hidra.opt_out_confirmations
        where claimed_at is null or claimed_at > clock_timestamp() - interval '5 s') as confirmations
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
# Every table that a record of the stream may change.
DUMPED = (
    "campaign_messages", "campaign_metrics", "campaign_timeline_points", "campaigns", "campaign_runs", "opt_outs",
    "opt_out_requests", "opt_out_confirmations", "whatsapp_lids", "delivery_events_unmatched",
    "replies_unmatched", "delivery_events_rejected", "evolution_api_config",
)  # fmt: skip


@dataclass
class Report:
    """The faults and the messages of a scenario."""

    seed: int
    done: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __str__(self) -> str:
        done = ", ".join(f"{number} {what}" for what, number in self.done.items())
        return f"{done}; no message twice, no recipient lost; {self.seconds:.0f} s, seed {self.seed}"


@dataclass
class Scenario:
    """Campaigns of several tenants on a cluster, from their start to the audit."""

    cluster: Cluster
    rng: random.Random
    report: Report
    seconds: float
    tenants: list[Tenant] = field(default_factory=list)
    opted_back_in: set[bytes] = field(default_factory=set)  # hashes of phones
    began: float = field(default_factory=time.monotonic)

    @classmethod
    @contextmanager
    def running(
        cls, databases: Databases, folder: Path, *, senders: int, seed: int, seconds: float, **options: Any
    ) -> Iterator[Self]:
        """
        Args:
            folder: for the workers' log.
            senders: how many worker processes send.
            seconds: the scenario fails after them.
            options: of ``Cluster``.
        """
        sizes = Sizes(send=senders)
        with Cluster.running(databases, folder, seed=seed, times=PATIENT, sizes=sizes, **options) as cluster:
            try:
                yield cls(cluster, random.Random(seed), Report(seed), seconds)
            finally:
                cluster.databases.owner.close()

    def set_up(self, tenants: int, audience: int) -> None:
        """Makes tenants on the simulator, each with some contacts who opt out when they receive a message."""
        for number in range(tenants):
            opting_out = [opt_out_phone(number * 10 + at) for at in range(3)]
            audience_phones = [*phones(number, audience - len(opting_out)), *opting_out]
            self.tenants.append(Tenant.make(self.cluster, audience_phones, confirmation=CONFIRMATION))
        self.cluster.check()  # sets our webhooks

    def start(self, per_minute: int) -> None:
        """Starts a campaign of each tenant, at a pace that the senders can follow, or tickets pile up."""
        for tenant in self.tenants:
            tenant.start_campaign(per_minute=per_minute)

    def run_until(self, done: Callable[[], object]) -> None:
        left = max(1.0, self.seconds - (time.monotonic() - self.began))
        self.cluster.run_until(done, seconds=left, state=self.state)

    def settle(self) -> None:
        """Without faults: waits until redelivery and the clock end every run, and checks resolve every doubt."""
        self.run_until(self._only_doubts_are_left)
        accepted = {sent_key(send) for send in self.cluster.simulator.sends() if send["accepted"]}
        self.run_until(lambda: not [row for row in self._unknown() if row_key(row, self.tenants) in accepted])
        self.report.done["given up after a day"] += len(self._unknown())
        while self.counts()["unknown"]:
            self.cluster.check(later_seconds=A_DAY_LATER)
        self.run_until(self._everything_has_ended)

    def _only_doubts_are_left(self) -> bool:
        counts = self.counts()
        return not (counts["pending"] or counts["sending"] or counts["scheduled"]) and self.cluster.is_settled()

    def _everything_has_ended(self) -> bool:
        counts = self.counts()
        return not (counts["open"] or counts["confirmations"]) and self.cluster.is_settled()

    def _unknown(self) -> list[dict[str, Any]]:
        return [row for row in self.rows(MESSAGES) if row["status"] == "unknown"]

    def audit(self) -> None:
        """Compares the database with the simulator's log.

        No message was accepted twice, none is lost, each row has the status in the log, every count and every opt-out
        is exact.
        """
        sends, rows, campaigns = self.cluster.simulator.sends(), self.rows(MESSAGES), self.rows(CAMPAIGNS)
        accepted = Counter(sent_key(send) for send in sends if send["accepted"])
        twice = {key: times for key, times in accepted.items() if times > 1}
        assert not twice, f"{len(twice)} messages were sent twice: {twice}"
        assert self.cluster.simulator.summary()["duplicates"] == 0
        final = {sent_key(send): send for send in sends if send["accepted"] and send["text"] != CONFIRMATION}
        for row in rows:
            send = final.pop(row_key(row, self.tenants), None)
            if send is None:
                assert row["provider_message_id"] is None, row
                assert row["status"] in ("failed", "skipped"), row
            else:
                assert (row["provider_message_id"], row["status"]) == (send["provider_id"], send["final"]), (row, send)
        assert not final, f"the database does not know {list(final)[:5]}"
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
        assert not left, "unmatched events of known messages are left"
        for tenant in self.tenants:
            stored = self.rows("select phone_hash from hidra.opt_outs where user_id = %s", tenant.user_id)
            read = {send["digits"] for send in sends if send["instance"] == tenant.instance and send["final"] == "read"}
            opted_out = {hash_of(tenant, phone) for phone in tenant.opt_out_phones if phone[1:] in read}
            assert opted_out, "no contact has opted out"
            assert {bytes(row["phone_hash"]) for row in stored} == opted_out - self.opted_back_in
        self.report.done["messages"] = len(rows)
        self.report.done["accepted"] = accepted.total()

    def _differences(self, campaign_id: UUID) -> list[recount.Difference]:
        return self.cluster.databases.jobs.as_worker(lambda tx: recount.compare(tx, campaign_id=campaign_id))

    def replay(self) -> None:
        """Delivers every record of the shards' history again, in order and then twice in another order.

        Nothing may change.
        """
        cluster, before, sent = self.cluster, self.dump(), self.cluster.simulator.summary()["accepted"]
        histories = [list(shard.history) for shard in cluster.shards]
        for shard, history in zip(cluster.shards, histories, strict=True):
            shard.put_again(history)
        self._wait_for_the_shards()
        assert self.difference(before) == {}, "a replay from the start changed rows"
        everything = [record for history in histories for record in history] * 2
        self.rng.shuffle(everything)
        for at, shard in enumerate(cluster.shards):
            shard.put_again(everything[at :: len(cluster.shards)])
        self._wait_for_the_shards()
        assert self.difference(before) == {}, "a replay of each record twice, in another order, changed rows"
        wait_until(lambda: not cluster.queues["send"].waiting())
        assert cluster.simulator.summary()["accepted"] == sent, "the replay sent something"
        self.report.done["records replayed"] += 3 * sum(map(len, histories))

    def _wait_for_the_shards(self) -> None:
        wait_until(lambda: not any(shard.waiting() for shard in self.cluster.shards))

    def dump(self) -> dict[str, list[str]]:
        """Returns every row of every table that a record may change, as text."""
        return {
            table: [row["row"] for row in self.rows(f"select t::text as row from hidra.{table} t order by 1")]
            for table in DUMPED
        }

    def difference(self, before: dict[str, list[str]]) -> dict[str, set[str]]:
        now = self.dump()
        return {table: set(now[table]) ^ set(before[table]) for table in DUMPED if now[table] != before[table]}

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        return self.cluster.rows(sql, *params)

    def counts(self) -> dict[str, int]:
        return self.rows(COUNTS)[0]

    def state(self) -> str:
        """Returns what explains a scenario that does not end."""
        waiting = {name: queue.waiting() for name, queue in self.cluster.queues.items()}
        shards = [shard.waiting() for shard in self.cluster.shards]
        return f"{self.counts()} {self.cluster.simulator.summary()} {waiting} {shards} {self.cluster.errors[-1:]}"


def hash_of(tenant: Tenant, phone: str) -> bytes:
    return phone_hash(PHONE_HASH_SECRET.encode(), str(tenant.user_id), phone)
