"""Batches of the delivery stream as Kinesis hands them over, against the real database."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.domain.delivery import to_record
from hidra.domain.webhook import events_of
from hidra.errors import Unavailable
from hidra.gateways import aws
from hidra.store import identity, outcomes
from hidra.store.claims import Claim
from hidra.store.db import Database
from tests.conftest import Databases
from tests.functions.api import CONTEXT, load
from tests.functions.workers import PHONE_HASH_SECRET, Aws, Logs, of_stream, on_stream, unreachable, use
from tests.store.world import World

SENT_AT = datetime(2030, 1, 31, 12, 0, 0, tzinfo=UTC)
DELIVERED_AT = datetime(2030, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC)
PROVIDER_ID = of_stream(load("delivery_recorder_batch")["Records"][0])["provider_message_id"]
PHONE = of_stream(load("delivery_recorder_batch")["Records"][2])["phone"]


@pytest.fixture
def on_aws() -> Iterator[Aws]:
    with Aws.running() as running:
        running.secret("phones", PHONE_HASH_SECRET)
        yield running


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with Logs.captured() as logs:
        yield logs
    logs.assert_free_of("119800000", PHONE.removeprefix("+55"), "C0FFEE", "Oi Ana", "SAIR", "sealed", "kinesis")


@pytest.fixture
def recorder(databases: Databases, on_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    app = use("delivery_recorder", monkeypatch, PHONE_HASH_SECRET="phones", SEND_QUEUE_URL=on_aws.queue("sends"))
    monkeypatch.setattr(app, "db", databases.jobs)
    aws.hash_secret.cache_clear()
    yield app
    aws.hash_secret.cache_clear()


class Tenant:
    """A world with a message sent under the events' provider id and one that waits for the events' phone."""

    def __init__(self, databases: Databases) -> None:
        self.world = World.make(databases, recipients=1)
        self.world.add_contact(PHONE, name="Bia")
        self.world.advance()
        claim = self.world.claim()
        assert isinstance(claim, Claim)
        databases.jobs.as_worker(
            lambda tx: outcomes.mark_sent(tx, claim, sent_at=SENT_AT, provider_message_id=PROVIDER_ID)
        )

    def batch(self, name: str, *more: Any) -> dict[str, Any]:
        """An event of events/ for this world's connection; ``more`` are the data of further records."""
        records = load(name)["Records"]
        mould, ours = records[0], {"connection_id": str(self.world.connection_id), "instance": "main"}
        for at, record in enumerate(records):
            try:
                records[at] = on_stream(record, of_stream(record) | ours)
            except ValueError:
                continue  # it is no JSON, and meant so
        records += [on_stream(mould, data) | {"eventID": f"more:{at}"} for at, data in enumerate(more)]
        return {"Records": records}

    def statuses(self) -> list[str]:
        return [message["status"] for message in self.world.messages()]

    def seen(self) -> list[Any]:
        """All that a batch may change, as its owner sees it."""
        tables = (
            "evolution_api_config", "opt_outs", "opt_out_requests", "whatsapp_lids", "opt_out_confirmations",
            "delivery_events_unmatched", "replies_unmatched", "delivery_events_rejected",
        )  # fmt: skip
        rows = [self.world.rows(f"select * from hidra.{table} t order by t::text") for table in tables]
        return [self.world.messages(), self.world.metrics(), self.world.timeline(), self.world.campaign(), *rows]

    def parked(self) -> dict[str, str]:
        rows = self.world.rows("select stream_position, reason from hidra.delivery_events_rejected")
        return {row["stream_position"]: row["reason"] for row in rows}


@pytest.fixture
def tenant(databases: Databases) -> Tenant:
    return Tenant(databases)


def record(recorder: ModuleType, batch: dict[str, Any]) -> None:
    assert recorder.handler(batch, CONTEXT) is None


@pytest.mark.parametrize(
    ("webhook", "place"), [("evolution_webhook_delivered", 1), ("evolution_webhook_opt_out", 2), ("evolution_webhook_logged_out", 3)]
)  # fmt: skip
def test_the_sample_records_are_those_that_the_webhook_puts_on_the_stream(webhook: str, place: int) -> None:
    event, written = load(webhook), of_stream(load("delivery_recorder_batch")["Records"][place])
    [made] = events_of(
        json.loads(event["body"]),
        UUID(event["pathParameters"]["connection_id"]),
        datetime.fromisoformat(written["received_at"]),
    )
    assert written == to_record(made)


def test_a_batch_moves_messages_counters_opt_outs_and_the_connection(recorder: ModuleType, tenant: Tenant) -> None:
    record(recorder, tenant.batch("delivery_recorder_batch"))
    sent, waiting = tenant.world.messages()
    assert (sent["status"], sent["delivered_at"]) == ("delivered", DELIVERED_AT)
    assert (waiting["status"], waiting["error_code"]) == ("skipped", "opted_out")
    metrics = tenant.world.metrics()
    assert {name: metrics[name] for name in ("delivered", "skipped", "pending", "average_delivery_ms")} == {
        "delivered": 1, "skipped": 1, "pending": 0, "average_delivery_ms": 500,
    }  # fmt: skip
    [point] = tenant.world.timeline()
    assert point == {"timestamp": SENT_AT, "delivered": 1, "failed": 0}
    [opt_out] = tenant.world.rows("select * from hidra.opt_outs")
    assert (opt_out["user_id"], opt_out["source"]) == (tenant.world.user_id, "reply")
    assert bytes(opt_out["phone_hash"]) == tenant.world.hash(PHONE)
    connection = tenant.world.one("select * from hidra.evolution_api_config")
    assert (connection["status"], connection["last_webhook_at"]) == ("disconnected", DELIVERED_AT)
    assert connection["error_message"] == "The phone or Evolution has logged this connection out: connect again."
    assert connection["error_code"] == "logged-out"
    assert tenant.parked() == {}
    tenant.world.assert_exact()


def answer_with(tenant: Tenant, text: str) -> None:
    tenant.world.databases.owner.execute(
        "insert into hidra.opt_out_settings (user_id, opt_out_words, opt_in_words, confirmation)"
        " values (%s, '{}', '{}', %s)",
        [tenant.world.user_id, text],
    )


def test_an_opt_out_queues_one_confirmation_without_the_phone(
    recorder: ModuleType, tenant: Tenant, on_aws: Aws
) -> None:
    answer_with(tenant, "Pronto.")
    for _ in range(3):
        record(recorder, tenant.batch("delivery_recorder_batch"))
    [entry] = on_aws.on(recorder.ENV["SEND_QUEUE_URL"])
    row = tenant.world.one("select id from hidra.opt_out_confirmations")
    assert json.loads(entry["MessageBody"]) == {
        "version": 1, "kind": "confirmation", "connection_id": str(tenant.world.connection_id), "confirmation_id": str(row["id"]),
    }  # fmt: skip
    assert entry["MessageGroupId"] == str(tenant.world.connection_id)


def test_an_opt_out_holds_although_the_queue_accepts_no_confirmation(
    recorder: ModuleType, tenant: Tenant, on_aws: Aws, logs: Logs
) -> None:
    answer_with(tenant, "Pronto.")
    recorder.ENV["SEND_QUEUE_URL"] += "-that-is-gone"
    record(recorder, tenant.batch("delivery_recorder_batch"))
    assert tenant.statuses() == ["delivered", "skipped"]
    [line] = logs.named("confirmations were not accepted")
    assert line["confirmations"] == 1


def test_an_opt_out_of_an_unknown_hidden_id_is_logged(recorder: ModuleType, tenant: Tenant, logs: Logs) -> None:
    hidden = REPLY | {"connection_id": str(tenant.world.connection_id), "phone": None, "lid": "777000777"}
    record(recorder, tenant.batch("delivery_recorder_poison", hidden))
    [line] = logs.named("opt-out received from a hidden id; phone not known yet")
    assert line["user_id"] == str(tenant.world.user_id)
    logs.assert_free_of("777000777")


def test_the_same_batch_again_changes_nothing(recorder: ModuleType, tenant: Tenant) -> None:
    for name in ("delivery_recorder_batch", "delivery_recorder_poison"):
        record(recorder, tenant.batch(name))
        before = tenant.seen()
        record(recorder, tenant.batch(name))
        assert tenant.seen() == before
    tenant.world.assert_exact()


def test_a_batch_that_is_cut_in_two_ends_as_the_whole_would(recorder: ModuleType, tenant: Tenant) -> None:
    records = tenant.batch("delivery_recorder_batch")["Records"]
    for half in (records[2:], records[:2]):
        record(recorder, {"Records": half})
    assert tenant.statuses() == ["delivered", "skipped"]
    tenant.world.assert_exact()


def test_poison_is_parked_with_its_position_and_reason_and_the_rest_is_applied(
    recorder: ModuleType, tenant: Tenant, logs: Logs
) -> None:
    batch = tenant.batch("delivery_recorder_poison")
    record(recorder, batch)
    assert tenant.statuses() == ["delivered", "pending"]
    places = [record["eventID"] for record in batch["Records"]]
    parked = tenant.parked()
    assert sorted(parked) == sorted([places[0], places[2], places[3]])
    assert parked[places[0]].startswith("JSONDecodeError")
    assert parked[places[2]] == "ValueError: unknown kind 'vote'"
    assert parked[places[3]] == "KeyError: 'status'"
    [line] = logs.named("stream records could not be read")
    assert (line["level"], line["records"]) == ("ERROR", 3)
    tenant.world.assert_exact()


def test_a_status_received_before_the_answer_to_the_post_is_kept(recorder: ModuleType, databases: Databases) -> None:
    tenant = Tenant(databases)
    databases.owner.execute("update hidra.campaign_messages set provider_message_id = null, status = 'sending'")
    record(recorder, tenant.batch("delivery_recorder_batch"))
    kept = tenant.world.rows("select status from hidra.delivery_events_unmatched order by status")
    assert [row["status"] for row in kept] == ["sent", "delivered"]
    tenant.world.assert_exact()


def test_a_batch_of_a_deleted_connection_is_dropped(recorder: ModuleType, tenant: Tenant) -> None:
    before = tenant.seen()
    record(recorder, load("delivery_recorder_batch"))
    assert tenant.seen() == before


def test_a_database_that_is_away_fails_the_whole_batch_and_nothing_is_applied(
    recorder: ModuleType, tenant: Tenant, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tenant.seen()
    monkeypatch.setattr(recorder, "db", unreachable(databases))
    for name in ("delivery_recorder_batch", "delivery_recorder_poison"):
        with pytest.raises(Unavailable):
            recorder.handler(tenant.batch(name), CONTEXT)
    assert tenant.seen() == before
    monkeypatch.setattr(recorder, "db", databases.jobs)
    record(recorder, tenant.batch("delivery_recorder_batch"))
    assert tenant.statuses() == ["delivered", "skipped"]


def test_another_key_of_the_phone_hashes_fails_the_whole_batch_and_nothing_is_applied(
    recorder: ModuleType, tenant: Tenant, databases: Databases, monkeypatch: pytest.MonkeyPatch, logs: Logs
) -> None:
    before = tenant.seen()
    jobs, check = {**databases.settings, "DATABASE_SECRET": "jobs"}, identity.checked(lambda: b"made anew")
    with closing(Database(jobs, databases.logins.__getitem__, check=check)) as db:
        monkeypatch.setattr(recorder, "db", db)
        for name in ("delivery_recorder_batch", "delivery_recorder_poison"):
            with pytest.raises(Unavailable, match="PhoneHashSecretArn"):
                recorder.handler(tenant.batch(name), CONTEXT)
    assert tenant.seen() == before
    assert logs.named("the key of the phone hashes is not the database's")


def test_a_secret_that_cannot_be_read_fails_the_whole_batch_and_nothing_is_applied(
    recorder: ModuleType, tenant: Tenant, on_aws: Aws
) -> None:
    before = tenant.seen()
    on_aws.lose_secret("phones")
    with pytest.raises(Unavailable):
        recorder.handler(tenant.batch("delivery_recorder_batch"), CONTEXT)
    assert tenant.seen() == before


RECORD = {"connection_id": str(uuid4()), "received_at": "2030-01-31T12:00:00.500000+00:00"}
STATUS = RECORD | {"kind": "status", "provider_message_id": PROVIDER_ID, "status": "delivered"}
REPLY = RECORD | {"kind": "reply", "phone": PHONE, "text": "SAIR"}
CONNECTION = RECORD | {"kind": "connection", "status": "disconnected", "reason": None}


POISON = [
    b"", b"{", b"[" * 100_000, b"9" * 5_000, 5, None, [], "text", {},
    STATUS | {"connection_id": 5}, STATUS | {"connection_id": None}, STATUS | {"connection_id": []},
    STATUS | {"received_at": 5}, STATUS | {"received_at": "yesterday"},
    STATUS | {"received_at": "2030-01-31T12:00:00"},
    STATUS | {"provider_message_id": 5}, STATUS | {"provider_message_id": "a\0b"},
    STATUS | {"provider_message_id": "\ud800"},
    STATUS | {"status": "pending"}, STATUS | {"status": None}, STATUS | {"status": []},
    REPLY | {"phone": 5}, REPLY | {"phone": "\ud800"}, REPLY | {"lid": 5}, REPLY | {"lid": "a\0b"}, REPLY | {"quoted_id": []},
    CONNECTION | {"reason": 5}, CONNECTION | {"reason": "a\0b"}, CONNECTION | {"reason": "\ud800"},
    CONNECTION | {"status": "happy"},
    RECORD | {"kind": []}, RECORD | {"kind": "a\0b"}, RECORD | {"kind": "\ud800"},
]  # fmt: skip


def test_no_record_stops_those_around_it(recorder: ModuleType, tenant: Tenant) -> None:
    ours = {"connection_id": str(tenant.world.connection_id)}
    poison = [
        data | ours if isinstance(data, dict) and isinstance(data.get("connection_id"), str) else data
        for data in POISON
    ]
    record(recorder, tenant.batch("delivery_recorder_batch", *poison))
    assert tenant.statuses() == ["delivered", "skipped"]
    assert set(tenant.parked()) == {f"more:{at}" for at in range(len(poison))}
    tenant.world.assert_exact()
