"""A flood of signed webhooks of one connection, beside another connection whose messages were delivered."""

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest

from hidra.domain.flow import AT_ONCE
from hidra.domain.webhook_key import jwt_key
from hidra.store import deliveries, outcomes
from hidra.store.claims import Claim
from tests.conftest import Databases
from tests.functions import workers
from tests.functions.api import CONTEXT, load
from tests.store.world import World

os.environ.setdefault("WEBHOOK_SECRET", "webhook-secret")
os.environ.setdefault("DELIVERY_STREAM", "delivery")
os.environ.setdefault("SEND_QUEUE_URL", "none")

SHARDS = 4  # of a new stream on demand
BATCH = 500  # DeliveryRecorderSource
MASTER = "master"


class Stream:
    """A stream as Kinesis has it: a record's shard is the range of its key's MD5 (Kinesis Developer Guide)."""

    def __init__(self) -> None:
        self.shards: list[list[Any]] = [[] for _ in range(SHARDS)]

    def put(self, _: str, records: Sequence[Any]) -> None:
        for record in records:
            self.shards[self.shard(record["connection_id"])].append(record)

    @staticmethod
    def shard(key: str) -> int:
        return hashlib.md5(key.encode(), usedforsecurity=False).digest()[0] * SHARDS // 256


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = workers.use("evolution_webhook", monkeypatch)
    monkeypatch.setattr(module, "masters", module.Masters())
    monkeypatch.setattr(module, "flow", module.Flow())
    monkeypatch.setattr(module, "read_json_secret", lambda _: {"v1": MASTER})
    return module


@pytest.fixture
def recorder(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = workers.use("delivery_recorder", monkeypatch)
    monkeypatch.setattr(module, "db", databases.jobs)
    return module


def post(webhook: ModuleType, connection_id: UUID, ids: Sequence[str]) -> int:
    event = load("evolution_webhook_delivered")
    body = json.loads(event["body"])
    body |= {"instance": "main", "data": [body["data"] | {"keyId": each} for each in ids]}
    claims_of = {"exp": datetime.now(UTC) + timedelta(minutes=10), "app": "evolution", "action": "webhook"}
    token = jwt.encode(claims_of, jwt_key(MASTER, connection_id, "main"), algorithm="HS256")
    event["pathParameters"] |= {"connection_id": str(connection_id), "key_id": "v1"}
    event["headers"]["authorization"] = f"Bearer {token}"
    status: int = webhook.handler(event | {"body": json.dumps(body)}, CONTEXT)["statusCode"]
    return status


def flooding_connection(databases: Databases, beside: UUID) -> UUID:
    """A connection whose records are on the shard of another: the worst case, one of four."""
    found, user_id = uuid4(), uuid4()
    while Stream.shard(str(found)) != Stream.shard(str(beside)):
        found = uuid4()
    databases.owner.execute("insert into core.users (id) values (%s)", [user_id])
    databases.owner.execute(
        "insert into hidra.evolution_api_config (id, user_id, base_url, instance_name, api_key_encrypted)"
        " values (%s, %s, 'https://evo.example', 'main', 'sealed')",
        [found, user_id],
    )
    return found


def test_a_flood_of_one_connection_delays_another_by_a_few_batches_of_its_own_shard_only(
    webhook: ModuleType, recorder: ModuleType, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    claim = world.claim()
    assert isinstance(claim, Claim)
    databases.jobs.as_worker(
        lambda tx: outcomes.mark_sent(tx, claim, sent_at=datetime.now(UTC), provider_message_id="OURS")
    )
    stream = Stream()
    monkeypatch.setattr(webhook, "put", stream.put)
    flooding = flooding_connection(databases, world.connection_id)
    statuses = [post(webhook, flooding, [f"{request}-{at}" for at in range(BATCH)]) for request in range(40)]
    assert statuses.count(429) >= 35  # Evolution sends them again, and meanwhile they delay no other
    assert post(webhook, world.connection_id, ["OURS"]) == 200

    shard = stream.shard(str(world.connection_id))
    assert [len(records) > 0 for records in stream.shards].count(True) == 1
    batches = 0
    while world.messages()[0]["status"] != "delivered":
        batch, stream.shards[shard] = stream.shards[shard][:BATCH], stream.shards[shard][BATCH:]
        event = load("delivery_recorder_batch")
        mould = event["Records"][0]
        recorder.handler({"Records": [workers.on_stream(mould, record) for record in batch]}, CONTEXT)
        batches += 1
    assert batches <= AT_ONCE // BATCH + 2
    kept = world.one("select count(*) from hidra.delivery_events_unmatched")["count"]
    assert kept <= deliveries.MOST_KEPT
    world.assert_exact()
