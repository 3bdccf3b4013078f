"""Campaigns while the stream refuses records, holds poison and is not read."""

import base64
import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt

from hidra.domain.webhook_key import jwt_key
from tests.chaos.cluster import WEBHOOK_KEYS
from tests.chaos.fault_scenario import Report, Scenario, hash_of
from tests.chaos.tenants import Tenant
from tests.chaos.waiting import wait_until
from tests.conftest import Databases

# For an event that the product's own rules accept and only the database refuses.
REFUSING_TRIGGER = """
create function public.refuse_event() returns trigger language plpgsql as $$
begin
    raise check_violation using constraint = 'refused', message = 'refused';
end $$;
create trigger refuse_event before insert on hidra.delivery_events_unmatched
for each row when (new.provider_message_id like 'REFUSED%') execute function public.refuse_event();
"""
PARKED = """
select stream_position, reason from hidra.delivery_events_rejected
"""
BIG = 20
"""The number of statuses in the webhook of which the stream refuses every second record."""


def _poison(rng: random.Random, ours: dict[str, str]) -> list[tuple[bytes, str]]:
    """Records that cannot be applied, each with the beginning of its reason."""
    status = ours | {"kind": "status", "provider_message_id": "A", "status": "delivered"}
    reply = ours | {"kind": "reply", "phone": None, "text": "SAIR"}
    too_long = {"provider_message_id": rng.randbytes(6_000).hex()}
    return [
        (b"no JSON at all", "JSONDecodeError"),
        (b"\xff\xfe\xfd", "UnicodeDecodeError"),
        (b"[" * 100_000, "RecursionError"),
        (b"null", "TypeError"),
        (_json({}), "KeyError"),
        (_json(ours | {"kind": "greeting"}), "ValueError: unknown kind 'greeting'"),
        (_json(status | {"status": "pending"}), "ValueError: no provider says pending"),
        (_json(status | {"provider_message_id": 5}), "ValueError: a field is no text"),
        (_json(status | {"connection_id": "mine"}), "ValueError"),
        (_json(status | {"received_at": "9999-12-31T23:59:59-14:00"}), "ValueError: the time is out of range"),
        (_json(reply | {"phone": "\0"}), "ValueError: a field is no text"),
        (
            _json(status | too_long),
            "Rejected: The database cannot hold a value of this request; nothing was saved. (ProgramLimitExceeded)",
        ),
        (
            _json(status | {"provider_message_id": "REFUSED"}),
            "Conflict: The change contradicts other data; nothing was saved.",
        ),
    ]


def stream_faults(
    databases: Databases, folder: Path, *, tenants: int, audience: int, rounds: int, per_minute: int, senders: int,
    refused: float, pauses: int, lag: float, seed: int, seconds: float,
) -> Report:  # fmt: skip
    """Runs campaigns while the stream refuses records, holds poison, and its recorder pauses.

    Args:
        rounds: campaigns of each tenant, one after the other, with each kind of poison in each.
        per_minute: the pace of each campaign.
        senders: how many worker processes send.
        refused: the share of records that the stream refuses at each attempt.
        pauses: how often the recorder pauses, for ``lag`` seconds at least.
        seconds: the scenario fails after them.
    """
    refusals = _Refusals(random.Random(seed), refused)
    with Scenario.running(databases, folder, senders=senders, seed=seed, seconds=seconds, refuse=refusals) as scenario:
        scenario.set_up(tenants, audience)
        scenario.cluster.databases.owner.execute(REFUSING_TRIGGER)
        faults = _StreamFaults(scenario, refusals, total=tenants * audience * rounds, pauses=pauses, lag=lag)
        started = 0

        def done() -> bool:
            nonlocal started
            counts = scenario.counts()
            if started < rounds and not counts["scheduled"] and not counts["pending"]:
                scenario.start(per_minute)
                started += 1
                faults.put_poison()
                return False
            faults.step()
            return started == rounds and faults.paused == pauses and not counts["pending"] and not counts["scheduled"]

        scenario.run_until(done)
        faults.refuse_half_of_a_webhook()
        scenario.settle()
        faults.opt_in_and_opt_out_hidden()
        faults.check_parked_records()
        assert scenario.cluster.webhook_statuses[503] > 0, "no webhook was refused"
        scenario.audit()
        scenario.replay()
        faults.check_parked_records()
        scenario.audit()
        scenario.report.done["records refused"] = refusals.number
        scenario.report.done["webhooks answered 503"] = scenario.cluster.webhook_statuses[503]
        scenario.report.seconds = time.monotonic() - scenario.began
        return scenario.report


@dataclass
class _Refusals:
    """Chooses the records that the stream refuses: some at random, or every second one of one webhook."""

    rng: random.Random
    share: float
    every_second: bool = False
    number: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, data: bytes) -> bool:
        with self._lock:
            # By content, not by turn: the product puts a refused record again, and that must be refused, too.
            refused = b"EVERY-SECOND-1" in data if self.every_second else self.rng.random() < self.share
            self.number += refused
            return refused


@dataclass
class _StreamFaults:
    """Poison, pauses of the recorder, and webhooks that the test itself posts."""

    scenario: Scenario
    refusals: _Refusals
    total: int
    pauses: int
    lag: float
    paused: int = 0
    poison: dict[str, str] = field(default_factory=dict)  # the reason by the record's position in the stream

    def put_poison(self) -> None:
        """Puts one record of each kind for each tenant between the simulator's records."""
        for tenant in self.scenario.tenants:
            for data, reason in _poison(self.scenario.rng, _ours(tenant)):
                shard = self.scenario.rng.choice(self.scenario.cluster.shards)
                self.poison[shard.put(base64.b64encode(data).decode())] = reason
        self.scenario.report.done["poison"] = len(self.poison)

    def check_parked_records(self) -> None:
        """Each poison is parked with its reason, and nothing else is."""
        parked = {row["stream_position"]: row["reason"] for row in self.scenario.rows(PARKED)}
        assert parked.keys() == self.poison.keys()
        wrong = {at: parked[at] for at, reason in self.poison.items() if not parked[at].startswith(reason)}
        assert not wrong, wrong

    def step(self) -> None:
        accepted = self.scenario.cluster.simulator.summary()["accepted"]
        if self.paused < min(self.pauses, accepted / (0.7 * self.total) * self.pauses - 0.2):
            self._pause()

    def _pause(self) -> None:
        """Pauses the recorder: campaigns continue, the metrics of both alarms show it, and then it catches up."""
        scenario, cluster = self.scenario, self.scenario.cluster
        for shard in cluster.shards:
            shard.pause()
        wait_until(lambda: not any(shard.in_flight() for shard in cluster.shards))
        batches, put, known = self._batches(), self._put(), self._known()
        accepted, pending = cluster.simulator.summary()["accepted"], scenario.counts()["pending"]
        # The records of a connection are on one shard, so another may have none.
        wait_until(lambda: any(shard.oldest() > self.lag for shard in cluster.shards))
        wait_until(lambda: self._put() > put)  # IncomingRecords of the stream grows
        assert self._batches() == batches, "the recorder was invoked"
        assert self._known() == known, "a record that was not read changed the database"
        wait_until(lambda: not pending or cluster.simulator.summary()["accepted"] > accepted)  # campaigns continue
        scenario.report.done["seconds of lag"] += int(max(shard.oldest() for shard in cluster.shards))
        for shard in cluster.shards:
            shard.resume()
        wait_until(lambda: self._batches() > batches and all(shard.oldest() < self.lag for shard in cluster.shards))
        self.paused += 1
        scenario.report.done["pauses"] = self.paused

    def _batches(self) -> int:
        return self.scenario.cluster.plan.invocations["record"]

    def _put(self) -> int:
        return sum(len(shard.history) for shard in self.scenario.cluster.shards)

    def _known(self) -> list[dict[str, Any]]:
        return self.scenario.rows("select last_webhook_at from hidra.evolution_api_config order by id")

    def refuse_half_of_a_webhook(self) -> None:
        """Refuses half of one webhook's records: the answer is 503, and Evolution's retry records all of them."""
        cluster, tenant = self.scenario.cluster, self.scenario.tenants[0]
        ids = [f"EVERY-SECOND-{at % 2}-{at}" for at in range(BIG)]
        data = [{"keyId": each, "status": "DELIVERY_ACK"} for each in ids]
        body = json.dumps({"event": "messages.update", "instance": tenant.instance, "data": data})
        path, headers = f"/webhooks/evolution/{tenant.connection_id}/k1", {"authorization": f"Bearer {_token(tenant)}"}
        self.refusals.every_second = True
        status, answer = cluster.receive_webhook(path, headers, body)
        assert status == 503, answer
        self.refusals.every_second, self.refusals.share = False, 0.0
        status, answer = cluster.receive_webhook(path, headers, body)
        assert (status, json.loads(answer)) == (200, {"accepted": BIG})
        stored = (
            "select provider_message_id as id from hidra.delivery_events_unmatched where provider_message_id = any(%s)"
        )
        wait_until(lambda: sorted(row["id"] for row in self.scenario.rows(stored, ids)) == sorted(ids))

    def opt_in_and_opt_out_hidden(self) -> None:
        """Opts one contact in again and a sender with a hidden id out: a replay has their earlier replies, too."""
        scenario, tenant = self.scenario, self.scenario.tenants[0]
        phone = tenant.opt_out_phones[0]
        at = datetime.now(UTC) + timedelta(seconds=5)
        reply = {
            "kind": "reply", "received_at": at.isoformat(), "sent": int(at.timestamp()),
            "connection_id": str(tenant.connection_id), "quoted_id": None,
        }  # fmt: skip
        opt_in = reply | {"phone": phone, "lid": None, "text": "VOLTAR"}
        hidden_opt_out = reply | {"phone": None, "lid": "777000", "text": "SAIR"}
        for record in (opt_in, hidden_opt_out):
            scenario.cluster.shards[0].put(base64.b64encode(_json(record)).decode())
        scenario.opted_back_in.add(hash_of(tenant, phone))
        opt_out = "select from hidra.opt_outs where user_id = %s and phone_hash = %s"
        opted_out = lambda: scenario.rows(opt_out, tenant.user_id, hash_of(tenant, phone))  # noqa: E731
        assert opted_out(), "the contact that opts in was not opted out"
        wait_until(lambda: not opted_out() and scenario.cluster.is_settled())
        assert (
            len(scenario.rows("select from hidra.whatsapp_lids where opted_out_at is not null and phone_hash is null"))
            == 1
        )


def _ours(tenant: Tenant) -> dict[str, str]:
    return {"connection_id": str(tenant.connection_id), "received_at": datetime.now(UTC).isoformat()}


def _json(record: Any) -> bytes:
    return json.dumps(record).encode()


def _token(tenant: Tenant) -> str:
    key = jwt_key(WEBHOOK_KEYS["k1"], tenant.connection_id, tenant.instance)
    claims = {"app": "evolution", "action": "webhook", "exp": int(time.time()) + 600}
    return jwt.encode(claims, key, algorithm="HS256")
