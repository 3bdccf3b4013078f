"""Tickets as the send queue delivers them: the real database, a server on loopback instead of Evolution."""

import base64
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from nacl.public import PrivateKey

from hidra import errors
from hidra.domain.ticket import read
from hidra.gateways import vault
from hidra.store import confirmations
from hidra.store.confirmations import OptedOutPhone
from hidra.store.db import Database
from hidra.store.pool import Pool
from tests.conftest import Databases
from tests.functions.api import CONTEXT, load
from tests.functions.workers import Aws, Logs, Server, failed, from_queue, unreachable, use
from tests.store.world import World

EVENT = "message_sender_ticket"
KEY, PROVIDER_ID = "evolution-key-of-ana", "3EB0C0FFEE00000000000001"
_PAIRS = {key_id: PrivateKey.generate() for key_id in ("k1", "k2")}
PUBLIC = {key_id: base64.b64encode(bytes(pair.public_key)).decode() for key_id, pair in _PAIRS.items()}
PRIVATE = {key_id: base64.b64encode(bytes(pair)).decode() for key_id, pair in _PAIRS.items()}


@pytest.fixture
def on_aws() -> Iterator[Aws]:
    with Aws.running() as running:
        running.secret("vault", {"k1": PRIVATE["k1"]})
        yield running


@pytest.fixture
def evolution() -> Iterator[Server]:
    with Server.running() as server:
        server.answer = (201, {"key": {"id": PROVIDER_ID}, "status": "PENDING"})
        yield server


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with Logs.captured() as logs:
        yield logs
    logs.assert_free_of("119800000", PROVIDER_ID, KEY, "Oi Ana", *PRIVATE.values())


@pytest.fixture
def sender(databases: Databases, on_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    app = use(
        "message_sender",
        monkeypatch,
        VAULT_SECRET="vault",
        SEND_QUEUE_URL=on_aws.queue("sends"),
        CAMPAIGN_QUEUE_URL=on_aws.queue("campaigns"),
    )
    # A batch's threads share its connections.
    jobs = {**databases.settings, "DATABASE_SECRET": "jobs"}
    pool = Pool(lambda: Database(jobs, databases.logins.__getitem__), size=app.CONNECTIONS)
    monkeypatch.setattr(app, "db", pool)
    monkeypatch.setattr(app, "ALLOW_PRIVATE", True)
    app.private_keys.cache_clear()
    yield app
    app.private_keys.cache_clear()
    pool.close()


class Run:
    """A world whose campaign runs over the server on loopback, and its ticket."""

    def __init__(
        self, sender: ModuleType, databases: Databases, evolution: Server, *, media: Any = None, **world: Any
    ) -> None:
        self.sender, self.evolution = sender, evolution
        self.world = World.make(databases, **world)
        if media:
            self.world.set_media(*media)
        self.set_connection(base_url=evolution.url)
        self.seal(KEY, "k1")
        [(self.ticket, _)] = self.world.advance()

    def set_connection(self, **columns: Any) -> None:
        for column, value in columns.items():
            statement = f"update hidra.evolution_api_config set {column} = %s where id = %s"
            self.world.databases.owner.execute(statement, [value, self.world.connection_id])  # type: ignore[arg-type]

    def seal(self, key: str, key_id: str, **bound: Any) -> None:
        bound = {"user_id": self.world.user_id, "base_url": self.evolution.url} | bound
        self.set_connection(api_key_encrypted=vault.seal({key_id: PUBLIC[key_id]}, key, **bound))

    def event(self, *bodies: str) -> dict[str, Any]:
        """The event of events/, with this run's ids in the ticket."""
        return from_queue(EVENT, *(bodies or [self.ticket.to_json()]))

    def send(self, times: int = 1) -> None:
        for _ in range(times):
            event = self.event()
            assert self.sender.handler(event, CONTEXT) == failed(event)

    @property
    def connection(self) -> dict[str, Any]:
        return self.world.one("select * from hidra.evolution_api_config where id = %s", self.world.connection_id)

    def statuses(self) -> list[str]:
        return [message["status"] for message in self.world.messages()]

    def assert_recipients_untouched(self) -> None:
        """Every recipient is pending, as before any claim."""
        for message in self.world.messages():
            assert (message["status"], message["attempts"], message["claimed_at"]) == ("pending", 0, None)
        assert self.evolution.requests == []
        self.world.assert_exact()


def test_the_event_of_the_repository_is_a_ticket() -> None:
    [record] = load(EVENT)["Records"]
    ticket = read(record["body"])
    assert ticket.to_json() == record["body"]
    assert record["attributes"]["MessageGroupId"] == str(ticket.connection_id)


def test_a_ticket_sends_one_text_with_the_opened_key_and_records_its_id(
    sender: ModuleType, databases: Databases, evolution: Server, logs: Logs
) -> None:
    run = Run(sender, databases, evolution, recipients=2)
    run.send()
    [request] = evolution.requests
    assert (request.method, request.path, request.headers["apikey"]) == ("POST", "/message/sendText/main", KEY)
    first, second = run.world.messages()
    requested = first["requested_message_id"]
    text = {"number": "5511980000000", "text": "Oi Ana 0", "linkPreview": False}
    assert request.json == text | {"messageId": requested}
    assert re.fullmatch("3EB0[0-9A-F]{18}", requested)
    assert (first["status"], first["provider_message_id"], first["attempts"]) == ("sent", PROVIDER_ID, 1)
    assert first["sent_at"] >= first["claimed_at"]
    assert second["status"] == "pending"
    [line] = logs.named("message posted")
    assert (line["message_id"], line["outcome"]) == (first["id"], "sent")
    run.world.assert_exact()


def test_the_tickets_of_a_batch_are_used_side_by_side_over_few_connections(
    sender: ModuleType, databases: Databases, evolution: Server
) -> None:
    run = Run(sender, databases, evolution, recipients=12, rate=6000, connection_rate=6000)
    [ticket] = [record["body"] for record in run.event()["Records"]]
    all_are_there = threading.Barrier(sender.AT_ONCE, timeout=10)

    def answer() -> tuple[int, Any]:
        number = all_are_there.wait()
        return 201, {"key": {"id": f"3EB0{number:018}"}, "status": "PENDING"}

    evolution.answer = answer
    event = run.event(*[ticket] * sender.AT_ONCE)
    assert sender.handler(event, CONTEXT) == failed(event)
    assert sorted(Counter(run.statuses()).items()) == [("pending", 2), ("sent", 10)]
    assert len({request.json["number"] for request in evolution.requests}) == 10
    opened = databases.owner.execute(
        "select count(*) from pg_stat_activity where application_name = 'hidra' and usename = 'test_jobs'"
    ).fetchone()
    assert opened is not None
    assert opened[0] <= sender.CONNECTIONS + 1  # the world's own
    run.world.assert_exact()


def test_a_connection_gets_no_more_than_the_share_that_the_deployment_sets(
    sender: ModuleType, databases: Databases, evolution: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(sender, databases, evolution, recipients=3)
    databases.owner.execute(
        "update hidra.campaign_messages set status = 'sending', claimed_at = now() - interval '3 s'"
        " where id = (select max(id) from hidra.campaign_messages)"
    )
    for share, sent in ((1, 0), (2, 1)):
        monkeypatch.setattr(sender, "SHARE", share)
        run.send()
        assert run.statuses().count("sent") == sent


def test_of_a_batch_only_what_failed_comes_again(sender: ModuleType, databases: Databases, evolution: Server) -> None:
    run = Run(sender, databases, evolution, recipients=1)
    [record] = run.event()["Records"]
    event = run.event("nonsense", record["body"], "{}")
    assert sender.handler(event, CONTEXT) == failed(event, 0, 2)
    assert run.statuses() == ["sent"]


def test_repeated_tickets_send_one_confirmation(
    sender: ModuleType, databases: Databases, evolution: Server, logs: Logs
) -> None:
    run = Run(sender, databases, evolution, recipients=1)
    world = run.world
    databases.owner.execute(
        "insert into hidra.opt_out_settings (user_id, opt_out_words, opt_in_words, confirmation)"
        " values (%s, '{}', '{}', 'Oi Ana, pronto.')",
        [world.user_id],
    )
    gone = world.hash("+5511980000000")
    databases.owner.execute("insert into hidra.opt_outs values (%s, %s, null, 'reply')", [world.user_id, gone])
    [ticket] = databases.jobs.as_worker(
        lambda tx: confirmations.request(
            tx, [OptedOutPhone(world.user_id, world.connection_id, "+5511980000000", gone)]
        )
    )
    event = from_queue("message_sender_confirmation", ticket.to_json(), ticket.to_json())
    assert sender.handler(event, CONTEXT) == failed(event)
    [request] = evolution.requests
    assert request.json["number"] == "5511980000000"
    assert request.json["text"] == "Oi Ana, pronto."
    assert sorted(line["outcome"] for line in logs.named("confirmation ended")) == ["no_work", "sent"]
    assert run.statuses() == ["pending"]
    world.assert_exact()


def test_a_confirmation_is_postponed_while_keys_or_database_are_away(
    sender: ModuleType, databases: Databases, on_aws: Aws, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = load("message_sender_confirmation")
    monkeypatch.setattr(sender, "db", unreachable(databases))
    assert sender.handler(event, CONTEXT) == failed(event)
    on_aws.lose_secret("vault")
    sender.private_keys.cache_clear()
    assert sender.handler(event, CONTEXT) == failed(event)
    assert len(logs.named("confirmation postponed")) == 2


def test_an_invocation_sends_a_trial_and_returns_its_outcome(
    sender: ModuleType, databases: Databases, evolution: Server
) -> None:
    run = Run(sender, databases, evolution)
    event = load("message_sender_trial")
    event["trial"] |= {name: str(value) for name, value in vars(run.ticket).items() if name in event["trial"]}
    answer = {"outcome": "sent", "provider_message_id": PROVIDER_ID, "error_code": None, "error_detail": None}
    assert sender.handler(event, CONTEXT) == answer
    [request] = evolution.requests
    [kept] = run.world.rows("select requested_message_id from hidra.direct_sends")
    text = {"number": "5511987654321", "text": "Olá Ana!", "linkPreview": False}
    assert request.json == text | {"messageId": kept["requested_message_id"]}
    evolution.answer = (400, {"response": {"message": [{"exists": False, "number": "5511987654321"}]}})
    assert sender.handler(event, CONTEXT)["error_code"] == "not_on_whatsapp"
    run.set_connection(status="disconnected")
    assert sender.handler(event, CONTEXT)["outcome"] == "closed"
    assert run.statuses() == ["pending"] * 3


IMAGE = ("https://cdn.example.com/a.png", "image", None)


def test_a_ticket_sends_media_with_the_text_as_its_caption(
    sender: ModuleType, databases: Databases, evolution: Server
) -> None:
    run = Run(sender, databases, evolution, media=IMAGE)
    run.send()
    [request] = evolution.requests
    assert request.path == "/message/sendMedia/main"
    assert request.json == {
        "number": "5511980000000",
        "mediatype": "image",
        "mimetype": "image/png",
        "media": "https://cdn.example.com/a.png",
        "caption": "Oi Ana 0",
        "messageId": run.world.messages()[0]["requested_message_id"],
    }
    assert run.statuses() == ["sent", "pending", "pending"]


def test_media_that_evolution_cannot_fetch_pauses_the_campaign_and_burns_no_recipient(
    sender: ModuleType, databases: Databases, evolution: Server
) -> None:
    run = Run(sender, databases, evolution, media=IMAGE)
    evolution.answer = (500, {"response": {"message": ["AxiosError: Request failed with status code 404"]}})
    run.send(times=3)
    assert len(evolution.requests) == 1
    evolution.requests.clear()
    run.assert_recipients_untouched()
    campaign = run.world.campaign()
    assert campaign["status"] == "paused"
    assert campaign["blocked_reason"].startswith(
        "Evolution cannot fetch the campaign's image from its media_url: its server answers with status 404."
    )
    assert run.connection["status"] == "connected"


def test_a_repeated_ticket_sends_to_no_recipient_twice(
    sender: ModuleType, databases: Databases, evolution: Server
) -> None:
    run = Run(sender, databases, evolution, recipients=1)
    run.send(times=3)
    assert [request.json["number"] for request in evolution.requests] == ["5511980000000"]
    assert run.statuses() == ["sent"]


def test_the_last_send_of_a_run_asks_for_a_pass_once(
    sender: ModuleType, databases: Databases, evolution: Server, on_aws: Aws
) -> None:
    run = Run(sender, databases, evolution, recipients=2)
    campaigns = sender.ENV["CAMPAIGN_QUEUE_URL"]
    run.send()
    assert on_aws.on(campaigns) == []
    evolution.answer = (201, {"key": {"id": f"{PROVIDER_ID}2"}})
    run.send(times=2)
    ids = {"user_id": str(run.world.user_id), "campaign_id": str(run.world.campaign_id)}
    assert on_aws.bodies(campaigns) == [{"version": 1, **ids}]


def test_a_send_does_not_fail_when_a_pass_cannot_be_requested(
    sender: ModuleType, databases: Databases, evolution: Server, logs: Logs
) -> None:
    sender.ENV["CAMPAIGN_QUEUE_URL"] += "-that-is-gone"
    run = Run(sender, databases, evolution, recipients=1)
    run.send()
    assert run.statuses() == ["sent"]
    assert logs.named("nudges were not accepted")


def test_a_ticket_that_is_too_early_is_queued_again_once_and_then_dropped(
    sender: ModuleType, databases: Databases, evolution: Server, on_aws: Aws
) -> None:
    run = Run(sender, databases, evolution, recipients=3, rate=1)
    run.send(times=2)
    assert run.statuses() == ["sent", "pending", "pending"]
    [entry] = on_aws.on(sender.ENV["SEND_QUEUE_URL"])
    assert read(entry["MessageBody"]) == run.ticket.later()
    assert json.loads(entry["MessageBody"])["delayed"] is True
    # A campaign of one message a minute has its next slot 61.5 s after the last; due a second or two before.
    assert 50 <= entry["DelaySeconds"] <= 60
    assert entry["MessageGroupId"] == str(run.world.connection_id)
    run.ticket = run.ticket.later()
    run.send()
    assert len(on_aws.on(sender.ENV["SEND_QUEUE_URL"])) == 1
    assert len(evolution.requests) == 1


@pytest.mark.parametrize(
    ("answer", "status", "code", "connection"),
    [
        ((400, {"response": {"message": [{"exists": False}]}}), "failed", "not_on_whatsapp", "connected"),
        ((401, {"response": {"message": "Unauthorized"}}), "pending", "unauthorized", "error"),
        ((500, {"response": {"message": ["Connection Closed"]}}), "pending", "connection_closed", "error"),
        ((429, {}), "pending", "too_many_requests", "connected"),
        ((400, {"response": {"message": ["SessionError: No sessions"]}}), "pending", "not_encrypted", "connected"),
        ((500, {"response": {"message": "rate-overlimit"}}), "pending", "rate_overlimit", "error"),
        ((201, {"message": "(#131000)", "code": 131000}), "pending", "meta_131000", "connected"),
        ((500, {}), "unknown", "server_error", "connected"),
        ((201, {"status": "PENDING"}), "unknown", "answer_not_understood", "connected"),
        (None, "unknown", "connection_lost", "connected"),
    ],
)
def test_the_answer_of_evolution_decides_the_state_of_message_and_connection(
    sender: ModuleType,
    databases: Databases,
    evolution: Server,
    *,
    answer: tuple[int, Any] | None,
    status: str,
    code: str,
    connection: str,
) -> None:
    run = Run(sender, databases, evolution, recipients=1)
    evolution.answer = answer
    run.send(times=2)
    [message] = run.world.messages()
    assert (message["status"], message["error_code"], run.connection["status"]) == (status, code, connection)
    assert message["error_detail"]
    assert len(evolution.requests) == 1
    run.world.assert_exact()


def test_a_key_that_was_sealed_after_a_rotation_is_opened_by_an_old_process(
    sender: ModuleType, databases: Databases, evolution: Server, on_aws: Aws
) -> None:
    run = Run(sender, databases, evolution, recipients=2)
    run.send()
    on_aws.secret("vault", PRIVATE)
    run.seal("a-newer-key", "k2")
    evolution.answer = (201, {"key": {"id": f"{PROVIDER_ID}2"}})
    run.send()
    assert [request.headers["apikey"] for request in evolution.requests] == [KEY, "a-newer-key"]
    assert run.statuses() == ["sent", "sent"]


@pytest.mark.parametrize(
    "bound", [{"user_id": uuid4()}, {"base_url": "https://elsewhere.example"}, {"key_id": "k2"}, {"rubbish": b"sealed"}]
)
def test_a_key_that_cannot_be_opened_stops_the_connection_and_burns_no_recipient(
    sender: ModuleType, databases: Databases, evolution: Server, logs: Logs, bound: dict[str, Any]
) -> None:
    run = Run(sender, databases, evolution)
    if "rubbish" in bound:
        run.set_connection(api_key_encrypted=bound["rubbish"])
    else:
        run.seal(KEY, **({"key_id": "k1"} | bound))
    run.send(times=2)
    assert run.connection["status"] == "error"
    assert run.connection["error_message"] == "The stored API key cannot be read; save it again."
    assert run.connection["error_code"] == "key-unreadable"
    [line] = logs.named("the connection's key cannot be opened")
    assert (line["level"], line["user_id"]) == ("ERROR", str(run.world.user_id))
    run.assert_recipients_untouched()


def test_a_private_address_is_not_posted_to_where_the_deployment_forbids_it(
    sender: ModuleType, databases: Databases, evolution: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "ALLOW_PRIVATE", False)
    run = Run(sender, databases, evolution)
    run.send()
    assert (run.connection["status"], run.connection["error_code"]) == ("error", "private-address")
    run.assert_recipients_untouched()


class Full(Database):
    """A database whose server has no connection left."""

    def __init__(self) -> None:
        """Has no settings: it is never reached."""

    def as_worker(self, *_: Any, **__: Any) -> Any:
        raise errors.Full("The database has no free connection.")


FULL = Full()


def test_without_a_database_the_ticket_is_dropped_and_not_retried(
    sender: ModuleType, databases: Databases, evolution: Server, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(sender, databases, evolution)
    monkeypatch.setattr(sender, "db", unreachable(databases))
    run.send()
    [line] = logs.named("ticket lost")
    assert (line["level"], line["campaign_id"]) == ("WARNING", str(run.world.campaign_id))
    run.assert_recipients_untouched()


def test_a_ticket_that_finds_no_connection_returns_to_the_queue_a_few_times_ever_later(
    sender: ModuleType,
    databases: Databases,
    evolution: Server,
    on_aws: Aws,
    logs: Logs,
    *,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Run(sender, databases, evolution)
    served = sender.db
    monkeypatch.setattr(sender, "db", FULL)
    for latest in (5, 10, 20, 40, 80, 160):
        run.send()
        entry = on_aws.on(sender.ENV["SEND_QUEUE_URL"])[-1]
        assert latest // 2 <= entry["DelaySeconds"] <= latest
        assert read(entry["MessageBody"]) == run.ticket.again()
        run.ticket = run.ticket.again()
    assert logs.named("ticket lost") == []
    run.assert_recipients_untouched()
    run.send()
    assert len(on_aws.on(sender.ENV["SEND_QUEUE_URL"])) == 6
    assert len(logs.named("ticket lost")) == 1
    monkeypatch.setattr(sender, "db", served)
    run.send()
    assert run.statuses() == ["sent", "pending", "pending"]


def test_a_ticket_that_the_queue_does_not_take_back_fails_so_that_sqs_delivers_it_again(
    sender: ModuleType, databases: Databases, evolution: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(sender, databases, evolution)
    monkeypatch.setattr(sender, "db", FULL)
    monkeypatch.setitem(sender.ENV, "SEND_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/gone")
    event = run.event()
    assert sender.handler(event, CONTEXT) == failed(event, 0)


def test_invalid_ticket_bodies_fail_alone_and_reach_the_dead_letters(
    sender: ModuleType, databases: Databases, evolution: Server, logs: Logs
) -> None:
    run = Run(sender, databases, evolution)
    [good] = run.event()["Records"]
    wrong = ["", "{", "[]", '{"version": 2}', '{"version": 1, "user_id": "+5511980000000"}']
    event = run.event(*wrong, good["body"])
    assert sender.handler(event, CONTEXT) == failed(event, *range(len(wrong)))
    lines = logs.named("queue message failed")
    assert [(line["level"], line["code"]) for line in lines] == [("WARNING", "invalid-request")] * len(wrong)
    assert run.statuses() == ["sent", "pending", "pending"]


def test_a_ticket_of_a_deleted_campaign_is_dropped(sender: ModuleType, evolution: Server, on_aws: Aws) -> None:
    event = load(EVENT)
    assert sender.handler(event, CONTEXT) == failed(event)
    assert evolution.requests == on_aws.sent == []


def test_secrets_that_cannot_be_read_cost_a_ticket_and_no_recipient(
    sender: ModuleType, databases: Databases, evolution: Server, on_aws: Aws, logs: Logs
) -> None:
    run = Run(sender, databases, evolution)
    on_aws.lose_secret("vault")
    run.send()
    assert len(logs.named("ticket lost")) == 1
    assert run.connection["status"] == "connected"
    run.assert_recipients_untouched()
    on_aws.secret("vault", PRIVATE)
    run.send()
    assert run.statuses() == ["sent", "pending", "pending"]


def test_secrets_that_cannot_be_read_again_let_the_recipient_wait(
    sender: ModuleType, databases: Databases, evolution: Server, on_aws: Aws
) -> None:
    run = Run(sender, databases, evolution, recipients=1)
    sender.private_keys()
    run.seal(KEY, "k2")
    on_aws.lose_secret("vault")
    run.send()
    [message] = run.world.messages()
    assert (message["status"], message["error_code"]) == ("pending", "keys_unavailable")
    assert run.connection["status"] == "connected"
    assert evolution.requests == []
    run.world.assert_exact()
