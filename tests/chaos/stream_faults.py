"""The stream in every kind of trouble: it refuses, holds poison, and is not read."""

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
from tests.chaos.fault_scenario import Report, Story, hash_of, wait_until
from tests.chaos.tenants import Tenant
from tests.conftest import Databases

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
        (_json(status | {"connection_id": "mine"}), "ValueError"),
        (_json(status | {"received_at": "9999-12-31T23:59:59-14:00"}), "ValueError: the time is out of range"),
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
        story.cluster.databases.owner.execute(CURSE)
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
        assert story.cluster.answers[503] > 0, "no webhook was refused"
        story.account()
        story.replay()
        trouble.check_the_parked()
        story.account()
        story.report.done["records refused"] = refusals.number
        story.report.done["webhooks answered 503"] = story.cluster.answers[503]
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
                shard = self.story.rng.choice(self.story.cluster.shards)
                self.poison[shard.put(base64.b64encode(data).decode())] = reason
        self.story.report.done["poison"] = len(self.poison)

    def check_the_parked(self) -> None:
        """Each poison, with its reason, and nothing else."""
        parked = {row["stream_position"]: row["reason"] for row in self.story.rows(PARKED)}
        assert parked.keys() == self.poison.keys()
        wrong = {at: parked[at] for at, reason in self.poison.items() if not parked[at].startswith(reason)}
        assert not wrong, wrong

    def step(self) -> None:
        accepted = self.story.cluster.simulator.summary()["accepted"]
        if self.stopped < min(self.stops, accepted / (0.7 * self.total) * self.stops - 0.2):
            self._stop()

    def _stop(self) -> None:
        """The recorder is not called: campaigns go on, what both alarms look at shows it, and then it catches up."""
        story, cluster = self.story, self.story.cluster
        for shard in cluster.shards:
            shard.stop()
        wait_until(lambda: not any(shard.in_hand() for shard in cluster.shards))
        batches, put, known = self._batches(), self._put(), self._known()
        accepted, pending = cluster.simulator.summary()["accepted"], story.counts()["pending"]
        wait_until(lambda: all(shard.oldest() > self.lag for shard in cluster.shards))
        assert self._batches() == batches, "Invocations of the recorder stand still"
        assert self._put() > put, "IncomingRecords of the stream do not"
        assert self._known() == known, "nothing is known of what nobody read"
        wait_until(lambda: not pending or cluster.simulator.summary()["accepted"] > accepted)  # campaigns go on
        story.report.done["seconds of lag"] += int(max(shard.oldest() for shard in cluster.shards))
        for shard in cluster.shards:
            shard.go_on()
        wait_until(lambda: self._batches() > batches and all(shard.oldest() < self.lag for shard in cluster.shards))
        self.stopped += 1
        story.report.done["stops"] = self.stopped

    def _batches(self) -> int:
        return self.story.cluster.plan.invocations["record"]

    def _put(self) -> int:
        return sum(len(shard.history) for shard in self.story.cluster.shards)

    def _known(self) -> list[dict[str, Any]]:
        return self.story.rows("select last_webhook_at from hidra.evolution_api_config order by id")

    def refuse_half_of_a_webhook(self) -> None:
        """The stream takes a part of one webhook's records: Evolution is told to come again, and then has said all."""
        cluster, tenant = self.story.cluster, self.story.tenants[0]
        ids = [f"EVERY-SECOND-{at % 2}-{at}" for at in range(BIG)]
        data = [{"keyId": each, "status": "DELIVERY_ACK"} for each in ids]
        body = json.dumps({"event": "messages.update", "instance": tenant.instance, "data": data})
        path, headers = f"/webhooks/evolution/{tenant.connection_id}/k1", {"authorization": f"Bearer {_token(tenant)}"}
        self.refusals.every_second = True
        status, answer = cluster.take_webhook(path, headers, body)
        assert status == 503, answer
        self.refusals.every_second, self.refusals.share = False, 0.0
        status, answer = cluster.take_webhook(path, headers, body)
        assert (status, json.loads(answer)) == (200, {"accepted": BIG})
        kept = (
            "select provider_message_id as id from hidra.delivery_events_unmatched where provider_message_id = any(%s)"
        )
        wait_until(lambda: sorted(row["id"] for row in self.story.rows(kept, ids)) == sorted(ids))

    def let_somebody_return(self) -> None:
        """One who left comes back, and somebody whom WhatsApp hides leaves: a replay has their earlier words, too."""
        story, tenant = self.story, self.story.tenants[0]
        back = next(phone for phone in tenant.phones if phone[-4:-2] == "95")
        at = datetime.now(UTC) + timedelta(seconds=5)
        said = {"kind": "reply", "received_at": at.isoformat(), "sent": int(at.timestamp())}
        ours = {"connection_id": str(tenant.connection_id), "quoted_id": None}
        for words in ({"phone": back, "lid": None, "text": "VOLTAR"}, {"phone": None, "lid": "777000", "text": "SAIR"}):
            story.cluster.shards[0].put(base64.b64encode(_json(said | ours | words)).decode())
        story.returned.add(hash_of(tenant, back))
        out = "select from hidra.opt_outs where user_id = %s and phone_hash = %s"
        assert story.rows(out, tenant.user_id, hash_of(tenant, back)), "whoever returns had left"
        wait_until(lambda: not story.rows(out, tenant.user_id, hash_of(tenant, back)) and story.is_settled())
        assert (
            len(story.rows("select from hidra.whatsapp_lids where opted_out_at is not null and phone_hash is null"))
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
