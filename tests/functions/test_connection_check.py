"""connection_check and its services against the simulator and the real database."""

import base64
import importlib
import json
import os
import socket
import threading
import time
import urllib.request
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from nacl.public import PrivateKey

from hidra.domain.content import Content
from hidra.domain.outcome import Unknown
from hidra.domain.webhook_key import REGISTERED_AFTER, jwt_key
from hidra.errors import Rejected, Unavailable
from hidra.gateways import vault
from hidra.gateways.aws import SecretVersions
from hidra.gateways.evolution import WEBHOOK_EVENTS, Evolution, SentMessage, Webhook
from hidra.services import check_connection, parallel, reconcile
from hidra.services.check_connection import Health, check_all, examine
from hidra.store import claims, connection_health, doubts, outcomes
from hidra.store.connection_health import Endpoint
from hidra.store.doubts import Unresolved
from tests import simulator_process
from tests.conftest import Databases
from tests.functions.api import load
from tests.store.world import World

for name in ("VAULT_SECRET", "WEBHOOK_SECRET", "SEND_QUEUE_URL"):
    os.environ.setdefault(name, "none")
os.environ.setdefault("PUBLIC_URL", "https://hidra.example")

KEY = "global-key"
_PAIR = PrivateKey.generate()
PUBLIC_KEYS = {"k1": base64.b64encode(bytes(_PAIR.public_key)).decode()}
PRIVATE_KEYS = {"k1": base64.b64encode(bytes(_PAIR)).decode()}
MASTERS = {"v1": "old-master", "v2": "new-master"}


class Context(SimpleNamespace):
    function_name = "connection_check"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:connection_check"
    aws_request_id = "request"
    seconds = 90.0

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def number_id(name: str) -> str:
    """A phone number id of this instance alone."""
    return str(1_000_000_000 + zlib.crc32(name.encode()))


class Simulator:
    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"apikey": KEY, "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers)) as answer:
            return json.load(answer)

    def instance(self, *, connected: bool = True, cloud: bool = False, number: str | None = None) -> str:
        name = f"loja-{uuid4().hex[:8]}"
        kind: dict[str, Any] = {"integration": "WHATSAPP-BAILEYS", "qrcode": False}
        if cloud:
            kind = {"integration": "WHATSAPP-BUSINESS", "token": f"meta-{name}", "number": number or number_id(name)}
        self.ask("/instance/create", {"instanceName": name, **kind})
        if connected and not cloud:
            self.ask(f"/_control/instances/{name}/scan", {})
        return name

    def webhook(self, instance: str) -> Any:
        return self.ask(f"/webhook/find/{instance}")

    def received(self, instance: str) -> int:
        return self.ask(f"/_log/summary?instance={instance}")["received"]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with simulator_process.simulator("--api-key", KEY, "--retry-attempts", "1") as url:
        yield Simulator(url)


@pytest.fixture
def app(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = importlib.import_module("functions.connection_check.app")
    versions = SecretVersions(MASTERS, datetime.now(UTC), None)
    monkeypatch.setattr(
        module,
        "ENV",
        {
            "VAULT_SECRET": "vault",
            "WEBHOOK_SECRET": "webhook",
            "PUBLIC_URL": "https://hidra.example/",
            "SEND_QUEUE_URL": "none",
        },
    )
    monkeypatch.setattr(module, "send_recheck", lambda *_: None)
    monkeypatch.setattr(module, "read_json_secret", {"vault": PRIVATE_KEYS}.__getitem__)
    monkeypatch.setattr(module, "read_secret_versions", {"webhook": versions}.__getitem__)
    monkeypatch.setattr(module, "ALLOW_PRIVATE", True)
    monkeypatch.setattr(module, "db", databases.jobs)
    return module


class Tenant:
    """A world whose connection leads to an instance of the simulator."""

    def __init__(self, app: ModuleType, databases: Databases, url: str, instance: str, **world: Any) -> None:
        self.app, self.instance = app, instance
        self.world = World.make(databases, **world)
        self.run = databases.owner.execute
        self.set(base_url=url, instance_name=instance, status="disconnected")
        self.seal(KEY)

    def set(self, **columns: Any) -> None:
        for column, value in columns.items():
            self.run(
                f"update hidra.evolution_api_config set {column} = %s where id = %s",  # type: ignore[arg-type]
                [value, self.world.connection_id],
            )

    def seal(self, key: str, **bound: Any) -> None:
        bound = {"user_id": self.world.user_id, "base_url": self.row["base_url"]} | bound
        self.set(api_key_encrypted=vault.seal(PUBLIC_KEYS, key, **bound))

    @property
    def row(self) -> dict[str, Any]:
        return self.world.one("select * from hidra.evolution_api_config where id = %s", self.world.connection_id)

    def do(self, action: str) -> Any:
        event = load(f"connection_check_{action}") | {"connection_id": str(self.world.connection_id)}
        answer = self.app.handler(event, Context())
        return json.loads(json.dumps(answer))


@pytest.fixture
def tenant(app: ModuleType, databases: Databases, simulator: Simulator) -> Tenant:
    return Tenant(app, databases, simulator.url, simulator.instance())


def now() -> datetime:
    return datetime.now(UTC)


def scheduled(app: ModuleType, seconds: float = 90) -> None:
    context = Context()
    context.seconds = seconds
    assert app.handler(load("connection_check_schedule"), context) is None


def test_a_connected_instance_is_connected_from_then_on(tenant: Tenant) -> None:
    before = datetime.now(UTC)
    assert tenant.do("check") == {"status": "connected", "error_message": None}
    first = tenant.row
    assert (first["status"], first["error_message"]) == ("connected", None)
    assert before <= first["connected_at"] == first["last_health_check_at"] <= datetime.now(UTC)
    tenant.do("check")
    assert tenant.row["connected_at"] == first["connected_at"]
    assert tenant.row["last_health_check_at"] > first["last_health_check_at"]


def test_our_webhook_is_set_once_with_the_current_key(tenant: Tenant, simulator: Simulator) -> None:
    tenant.do("check")
    hook = simulator.webhook(tenant.instance)
    assert hook["url"] == f"https://hidra.example/webhooks/evolution/{tenant.world.connection_id}/v2"
    assert hook["headers"] == {"jwt_key": jwt_key("new-master", tenant.world.connection_id, tenant.instance)}
    assert set(hook["events"]) == WEBHOOK_EVENTS
    assert (hook["enabled"], hook["webhookByEvents"], hook["webhookBase64"]) == (True, False, False)
    tenant.do("check")
    assert simulator.webhook(tenant.instance)["updatedAt"] == hook["updatedAt"]


def test_a_webhook_gets_a_new_key_only_once_every_process_can_know_it(
    tenant: Tenant, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key_id(keys: dict[str, str], age: timedelta, before: dict[str, str]) -> str | None:
        versions = SecretVersions(keys, now() - age, before)
        monkeypatch.setattr(tenant.app, "read_secret_versions", lambda _: versions)
        tenant.do("check")
        hook = simulator.webhook(tenant.instance)
        return hook["url"].rpartition("/")[2] if hook else None

    first, young = {"v1": "old-master"}, timedelta(seconds=5)
    assert key_id(MASTERS, young, {"v0": "older"}) is None  # all keys are new
    assert key_id(MASTERS, young, first) == "v1"
    assert key_id(MASTERS, REGISTERED_AFTER, first) == "v2"


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://elsewhere.example"},
        {"headers": {"jwt_key": "another"}},
        {"headers": {}},
        {"events": ["SEND_MESSAGE"]},
        {"enabled": False},
        {"byEvents": True},
        {"base64": True},
    ],
)
def test_a_webhook_that_was_changed_is_set_again(tenant: Tenant, simulator: Simulator, change: Any) -> None:
    tenant.do("check")
    right = simulator.webhook(tenant.instance)
    wrong = {name: right[name] for name in ("url", "headers", "events", "enabled")}
    simulator.ask(f"/webhook/set/{tenant.instance}", {"webhook": wrong | change})
    tenant.do("check")
    assert simulator.webhook(tenant.instance) | {"updatedAt": None} == right | {"updatedAt": None}


def test_a_new_number_connects_by_its_code(app: ModuleType, databases: Databases, simulator: Simulator) -> None:
    tenant = Tenant(app, databases, simulator.url, simulator.instance(connected=False))
    assert tenant.do("check") == {"status": "disconnected", "error_message": None}
    offer = tenant.do("connect")
    assert offer["state"] == "connecting"
    assert offer["qr_code"].startswith("data:image/")
    assert tenant.do("check") == {"status": "connecting", "error_message": None}
    assert tenant.row["connected_at"] is None
    simulator.ask(f"/_control/instances/{tenant.instance}/scan", {})
    assert tenant.do("connect") == {"state": "open", "qr_code": None, "pairing_code": None, "message": None}
    assert tenant.do("check")["status"] == "connected"


def test_a_cloud_api_instance_is_open_whatever_its_token_is_worth(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Tenant(app, databases, simulator.url, simulator.instance(cloud=True))
    assert tenant.do("check")["status"] == "connected"


def test_whatsapps_own_reason_for_a_close_outlives_the_checks(tenant: Tenant, simulator: Simulator) -> None:
    tenant.do("check")
    simulator.ask(f"/_control/instances/{tenant.instance}/disconnect", {"reason": 403})
    banned = "WhatsApp has banned this number: appeal in WhatsApp on the phone, or connect another number."
    assert tenant.do("check") == {"status": "disconnected", "error_message": banned}
    tenant.do("check")
    assert tenant.row["error_message"] == banned
    simulator.ask(f"/_control/instances/{tenant.instance}/scan", {})
    tenant.do("check")
    assert (tenant.row["status"], tenant.row["error_message"]) == ("connected", None)


def wrong_key(tenant: Tenant, _: Simulator) -> None:
    tenant.seal("another-key")


def wrong_instance(tenant: Tenant, _: Simulator) -> None:
    tenant.set(instance_name="nobody")


def no_server(tenant: Tenant, _: Simulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        tenant.set(base_url=f"http://127.0.0.1:{closed.getsockname()[1]}")
    tenant.seal(KEY)


def no_licence(tenant: Tenant, simulator: Simulator) -> None:
    fault = {"status": 503, "body": {"code": "LICENSE_REQUIRED"}, "scope": "all", "times": 1}
    simulator.ask(f"/_control/instances/{tenant.instance}/faults", fault)


def cut_off(tenant: Tenant, simulator: Simulator) -> None:
    simulator.ask(f"/_control/instances/{tenant.instance}/faults", {"cut": "before", "scope": "all", "times": 1})


def sealed_for_another(tenant: Tenant, _: Simulator) -> None:
    tenant.seal(KEY, user_id=uuid4())


def not_allowed(tenant: Tenant, _: Simulator) -> None:
    tenant.app.ALLOW_PRIVATE = False


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (wrong_key, "API key"),
        (wrong_instance, "no instance of this name"),
        (no_server, "cannot be reached"),
        (no_licence, "licence"),
        (cut_off, "broke"),
        (sealed_for_another, "save it again"),
        (not_allowed, "private"),
    ],
)
def test_every_fault_is_explained_in_a_sentence(
    tenant: Tenant, simulator: Simulator, break_it: Any, words: str
) -> None:
    tenant.do("check")
    break_it(tenant, simulator)
    answer = tenant.do("check")
    assert answer["status"] == "error"
    assert words in answer["error_message"]
    assert (tenant.row["status"], tenant.row["error_message"]) == ("error", answer["error_message"])
    break_it(tenant, simulator)
    offered = tenant.do("connect")
    assert list(offered) == ["error"]
    assert words in offered["error"]


@pytest.mark.parametrize("action", ["check", "connect"])
def test_a_deleted_connection_is_an_error_and_not_an_exception(app: ModuleType, action: str) -> None:
    assert app.handler(load(f"connection_check_{action}"), Context()) == {"error": "There is no such connection."}


def fake(state: Any, *, found: Any = None, set_fails: bool = False) -> Any:
    def answer(value: Any) -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    refused = Unavailable("The Evolution server answers with status 500.")
    return SimpleNamespace(
        connection_state=lambda: answer(state),
        find_webhook=lambda: answer(found),
        set_webhook=lambda url, jwt_key: answer(refused if set_fails else None),
    )


@pytest.mark.parametrize(
    ("events", "lost"),
    [
        (WEBHOOK_EVENTS, False),
        (WEBHOOK_EVENTS | {"SEND_MESSAGE"}, False),  # as an earlier version of Hidra set it
        (WEBHOOK_EVENTS - {"MESSAGES_UPDATE"}, True),
        (frozenset(), True),
    ],
)
def test_only_a_webhook_that_lacked_events_may_have_lost_some(events: frozenset[str], *, lost: bool) -> None:
    ours = Webhook("https://x", "k")
    evolution = fake("open", found=replace(ours, events=events))
    sets: list[str] = []
    evolution.set_webhook = lambda url, _: sets.append(url)
    assert examine(evolution, ours).webhook_lost is lost
    assert sets == ([] if events == WEBHOOK_EVENTS else ["https://x"])
    assert examine(evolution, Webhook("https://x/2", "l"), also_ours=[ours]).webhook_lost is lost


@pytest.mark.parametrize(
    ("evolution", "status", "words"),
    [
        (fake("refused"), "error", "QR"),
        (fake("absent"), "error", "restart"),
        (fake("dancing"), "error", "does not know"),
        (fake(Rejected("no key")), "error", "no key"),
        (fake("open", set_fails=True), "connected", "webhook could not be set"),
        (fake("open", found=Unavailable("slow")), "connected", "slow"),
        (fake("refused", set_fails=True), "error", "QR"),
    ],
)
def test_every_state_has_its_words(evolution: Any, status: str, words: str) -> None:
    health = examine(evolution, Webhook("https://x", "k"))
    assert health.status == status
    assert words in (health.error_message or "")


def test_a_schedule_checks_every_connection_and_a_broken_one_harms_no_other(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    good, bad, worse = (Tenant(app, databases, simulator.url, simulator.instance()) for _ in range(3))
    bad.seal("another-key")
    worse.set(api_key_encrypted=b"rubbish")
    scheduled(app)
    assert [tenant.row["status"] for tenant in (good, bad, worse)] == ["connected", "error", "error"]


def test_a_server_that_hangs_stops_neither_the_others_nor_the_run(databases: Databases) -> None:
    worlds = [World.make(databases) for _ in range(3)]
    hangs, refuses = worlds[1].connection_id, worlds[2].connection_id
    released = threading.Event()

    def slow(endpoint: Endpoint) -> Health:
        if endpoint.connection_id == hangs:
            released.wait(5)
        return (
            check_connection.failed("no")
            if endpoint.connection_id == refuses
            else examine(fake("open"), Webhook("x", "k"))
        )

    started = time.monotonic()
    answering = check_all(db=databases.jobs, examine=slow, now=lambda: datetime.now(UTC), seconds=0.5)
    assert time.monotonic() - started < 3
    released.set()
    assert [endpoint.connection_id for endpoint in answering] == [worlds[0].connection_id]
    checked = "select last_health_check_at from hidra.evolution_api_config where id = %s"
    assert [world.one(checked, world.connection_id)["last_health_check_at"] is None for world in worlds] == [
        False, True, False,
    ]  # fmt: skip


def test_connections_not_checked_for_the_longest_are_checked_first(databases: Databases) -> None:
    worlds = [World.make(databases) for _ in range(3)]
    for world, minutes in zip(worlds, (1, 3, 2), strict=True):
        databases.owner.execute(
            "update hidra.evolution_api_config set check_started_at = now() - %s where id = %s",
            [timedelta(minutes=minutes), world.connection_id],
        )
    fresh = World.make(databases)
    due = databases.jobs.as_worker(lambda tx: connection_health.due(tx, limit=3))
    assert [endpoint.connection_id for endpoint in due] == [
        fresh.connection_id,
        worlds[1].connection_id,
        worlds[2].connection_id,
    ]


def test_servers_that_never_answer_are_in_error_and_delay_no_other_check(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "THREADS", 4)
    monkeypatch.setattr(check_connection, "FAIR", timedelta(seconds=0.3))
    ids = sorted(World.make(databases, recipients=0).connection_id for _ in range(6))
    released = threading.Event()

    def slow(endpoint: Endpoint) -> Health:
        if endpoint.connection_id in ids[:4]:
            released.wait(20)
        return Health(check_connection.EvolutionConnectionStatus.CONNECTED, None, answers=True)

    answering = [
        {endpoint.connection_id for endpoint in check_all(db=databases.jobs, examine=slow, now=now, seconds=0.5)}
        for _ in range(2)
    ]
    released.set()
    assert answering == [set(), set(ids[4:])]
    rows = databases.owner.execute(
        "select status, error_message from hidra.evolution_api_config order by id"
    ).fetchall()
    assert rows == [("error", "The Evolution server did not answer in time.")] * 4 + [("connected", None)] * 2


def test_the_begin_of_a_check_is_recorded_before_the_server_is_called(databases: Databases) -> None:
    world = World.make(databases)
    turns: list[Any] = []

    def ask(_: Endpoint) -> Health:
        turns.append(world.one("select check_started_at from hidra.evolution_api_config")["check_started_at"])
        return check_connection.failed("no")

    check_all(db=databases.jobs, examine=ask, now=now, seconds=5)
    assert turns
    assert None not in turns


def test_a_check_cut_off_by_the_end_of_the_run_records_nothing(databases: Databases) -> None:
    world = World.make(databases)
    released = threading.Event()

    def slow(_: Endpoint) -> Health:
        released.wait(20)
        return check_connection.failed("late")

    assert check_all(db=databases.jobs, examine=slow, now=now, seconds=0.2) == []
    released.set()
    assert world.one("select status from hidra.evolution_api_config")["status"] == "connected"


def test_the_result_for_an_old_key_is_not_recorded_for_the_new_one(databases: Databases) -> None:
    world = World.make(databases)
    read = databases.jobs.as_worker(lambda tx: connection_health.get(tx, connection_id=world.connection_id))
    assert read is not None
    error = check_connection.EvolutionConnectionStatus.ERROR
    stale = replace(read, api_key_encrypted=b"before")
    write = lambda endpoint: databases.jobs.as_worker(  # noqa: E731
        lambda tx: connection_health.record(tx, endpoint, status=error, message="no", at=datetime.now(UTC))
    )
    status = lambda: world.one("select status from hidra.evolution_api_config")["status"]  # noqa: E731
    write(stale)
    assert status() == "connected"
    write(read)
    assert status() == "error"


class Doubtful(Tenant):
    """A tenant with a running campaign, with posts of unknown outcome."""

    def __init__(self, app: ModuleType, databases: Databases, simulator: Simulator, phones: list[str]) -> None:
        super().__init__(app, databases, simulator.url, simulator.instance(), recipients=0)
        self.simulator, self.databases = simulator, databases
        for phone in phones:
            self.world.add_contact(phone, name="Ana")
        self.set(status="connected")
        self.world.advance()

    def claim(self) -> claims.Claim:
        claim = self.world.claim()
        assert isinstance(claim, claims.Claim)
        return claim

    def lose(self, claim: claims.Claim) -> None:
        self.databases.jobs.as_worker(
            lambda tx: outcomes.mark_unknown(tx, claim, sent_at=claim.claimed_at, code="timed_out", detail="It did.")
        )

    def deliver(self, phone: str, text: str = "Oi Ana") -> str:
        """Posts as the sender would; gives the provider's id."""
        body = {"number": phone.removeprefix("+"), "text": text}
        return self.simulator.ask(f"/message/sendText/{self.instance}", body)["key"]["id"]

    def age(self, message_id: int, by: timedelta) -> None:
        self.run("update hidra.campaign_messages set claimed_at = claimed_at - %s where id = %s", [by, message_id])

    def statuses(self) -> list[tuple[str, str | None]]:
        return [(row["status"], row["provider_message_id"]) for row in self.world.messages()]


NORMAL, DDD_31 = "+5511980000001", "+5531980000001"


@pytest.mark.parametrize("phone", [NORMAL, DDD_31])
def test_a_message_in_doubt_that_was_sent_is_found_and_not_sent_again(
    app: ModuleType, databases: Databases, simulator: Simulator, phone: str
) -> None:
    tenant = Doubtful(app, databases, simulator, [phone])
    claim = tenant.claim()
    sent = tenant.deliver(phone)
    tenant.lose(claim)
    tenant.run(
        "insert into hidra.delivery_events_unmatched values (%s, %s, %s, 'delivered', now())",
        [tenant.world.user_id, tenant.world.connection_id, sent],
    )
    scheduled(app)
    [row] = tenant.world.messages()
    assert (row["status"], row["provider_message_id"], row["sent_at"]) == ("delivered", sent, claim.claimed_at)
    assert tenant.simulator.received(tenant.instance) == 1
    tenant.world.assert_exact()


def test_a_message_in_doubt_that_is_not_found_waits_for_a_day(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.lose(claim)
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    tenant.age(claim.message_id, timedelta(hours=23, minutes=59))
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    tenant.age(claim.message_id, timedelta(minutes=2))
    scheduled(app)
    [row] = tenant.world.messages()
    assert (row["status"], row["error_code"]) == ("failed", "outcome_unknown")
    assert tenant.simulator.received(tenant.instance) == 0
    tenant.world.assert_exact()


def test_a_message_in_doubt_that_may_be_a_trial_of_unknown_outcome_waits_for_a_day_and_no_longer(
    app: ModuleType, databases: Databases, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.deliver(NORMAL)
    tenant.lose(claim)
    tenant.run(
        "insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash)"
        " select user_id, evolution_config_id, 'trial', phone_hash from hidra.campaign_messages"
    )
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    reconcile = app.reconcile

    def a_day_later(*args: Any, now: datetime, **options: Any) -> None:
        reconcile(*args, now=now + timedelta(hours=24, minutes=1), **options)

    monkeypatch.setattr(app, "reconcile", a_day_later)
    scheduled(app)
    [row] = tenant.world.messages()
    assert (row["status"], row["error_code"]) == ("failed", "outcome_unknown")
    tenant.world.assert_exact()


def test_a_message_of_another_text_phone_or_time_does_not_match(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.deliver(NORMAL, "Oi Bia")
    tenant.deliver("+5511980000002")
    tenant.lose(claim)
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    tenant.deliver(NORMAL)
    tenant.age(claim.message_id, timedelta(minutes=10))
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]


def test_an_id_of_another_message_is_not_assigned_twice(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    other = tenant.world.add_campaign(uuid4())
    claim = tenant.claim()
    sent = tenant.deliver(NORMAL)
    tenant.lose(claim)
    tenant.run(
        "insert into hidra.campaign_runs (id, user_id, campaign_id, initiated_by, body) values (%s, %s, %s, %s, 'x')",
        [other, tenant.world.user_id, other, tenant.world.user_id],
    )
    tenant.run(
        "insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, evolution_config_id, phone,"
        " phone_hash, status, provider_message_id, counted) values (%s, %s, %s, %s, %s, %s, '', 'sent', %s, false)",
        [tenant.world.user_id, other, other, uuid4(), tenant.world.connection_id, NORMAL, sent],
    )
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]


def test_while_another_post_to_the_phone_is_open_nothing_is_decided(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.deliver(NORMAL)
    tenant.lose(claim)
    tenant.run(
        "insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, evolution_config_id, phone,"
        " phone_hash, status, claimed_at, counted) select user_id, campaign_id, run_id, %s, evolution_config_id, phone,"
        " phone_hash, 'sending', now(), false from hidra.campaign_messages",
        [uuid4()],
    )
    scheduled(app)
    assert tenant.statuses()[0] == ("unknown", None)


@pytest.mark.parametrize(("end", "found"), [(None, False), ("unknown", False), ("refused", True)])
def test_a_post_that_began_during_the_lookup_is_not_mistaken_for_the_message_in_doubt(
    databases: Databases, end: str | None, found: bool
) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    world.claim()
    databases.owner.execute("update hidra.campaign_messages set status = 'unknown'")
    second = world.add_campaign(uuid4())
    first, world.campaign_id = world.campaign_id, second
    world.advance()
    endpoint = databases.jobs.as_worker(lambda tx: connection_health.get(tx, connection_id=world.connection_id))
    assert endpoint

    def find(*_: object) -> list[SentMessage]:
        databases.owner.execute(
            "update hidra.campaign_messages set status = 'sending', claimed_at = clock_timestamp() where campaign_id = %s",
            [second],
        )
        if end == "unknown":
            databases.owner.execute("update hidra.campaign_messages set status = 'unknown'")
        elif end == "refused":
            databases.owner.execute(
                "update hidra.campaign_messages set status = 'pending', claimed_at = null where campaign_id = %s",
                [second],
            )
        return [SentMessage("REAL", "Oi Ana 0", now())]

    reconcile.reconcile(
        [endpoint],
        db=databases.jobs,
        evolution=lambda _: SimpleNamespace(find_message=lambda _: None, find_messages=find),
        now=now(),
        seconds=40,
    )
    world.campaign_id = first
    [row] = world.messages()
    assert (row["status"], row["provider_message_id"]) == (("sent", "REAL") if found else ("unknown", None))


def test_a_server_that_does_not_answer_delays_giving_up_by_a_day(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.lose(claim)
    no_server(tenant, simulator)
    tenant.age(claim.message_id, timedelta(hours=47))
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    tenant.age(claim.message_id, timedelta(hours=2))
    scheduled(app)
    assert tenant.statuses() == [("failed", None)]
    tenant.world.assert_exact()


def test_messages_in_doubt_of_a_deleted_connection_are_given_up_after_a_day(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    tenant = Doubtful(app, databases, simulator, [NORMAL])
    claim = tenant.claim()
    tenant.lose(claim)
    tenant.run("delete from hidra.evolution_api_config where id = %s", [tenant.world.connection_id])
    scheduled(app)
    assert tenant.statuses() == [("unknown", None)]
    tenant.age(claim.message_id, timedelta(hours=25))
    scheduled(app)
    assert tenant.statuses() == [("failed", None)]


def test_the_oldest_in_doubt_are_looked_up_first_and_others_at_random(
    app: ModuleType, databases: Databases, simulator: Simulator
) -> None:
    phones = [f"+551198000000{digit}" for digit in range(6)]
    tenant = Doubtful(app, databases, simulator, phones)
    lost = [tenant.claim() for _ in phones]
    for claim in lost:
        tenant.lose(claim)
    tenant.age(lost[4].message_id, timedelta(hours=25))
    seen: set[int] = set()
    for _ in range(60):
        rows = databases.jobs.as_worker(
            lambda tx: doubts.unknown(
                tx, connection_ids=[tenant.world.connection_id], each=2, overdue=datetime.now(UTC) - timedelta(hours=24)
            )
        )
        assert len(rows) == 2
        assert rows[0].id == lost[4].message_id
        seen.add(rows[1].id)
    assert seen == {claim.message_id for claim in lost} - {lost[4].message_id}


def test_one_connection_that_cannot_be_settled_stops_no_other(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    worlds = [World.make(databases, recipients=1) for _ in range(2)]
    for world in worlds:
        world.advance()
        databases.owner.execute(
            "update hidra.campaign_messages set status = 'unknown', claimed_at = now() where campaign_id = %s",
            [world.campaign_id],
        )
    broken, whole = (
        databases.jobs.as_worker(lambda tx, w=w: connection_health.get(tx, connection_id=w.connection_id))
        for w in worlds
    )
    assert broken
    assert whole
    settled = threading.Event()

    def evolution(endpoint: Endpoint) -> Any:
        if endpoint == whole:
            settled.wait(5)
        found = [SentMessage(str(uuid4()), "Oi Ana 0", datetime.now(UTC))]
        return SimpleNamespace(find_message=lambda _: None, find_messages=lambda *_: found)

    def settle(endpoint: Endpoint, *args: Any, **kwargs: Any) -> None:
        if endpoint == broken:
            settled.set()
            raise ValueError("what no rule foresaw")
        real(endpoint, *args, **kwargs)

    real = reconcile._settle
    monkeypatch.setattr(reconcile, "_settle", settle)
    reconcile.reconcile([broken, whole], db=databases.jobs, evolution=evolution, now=datetime.now(UTC), seconds=40)
    assert [world.messages()[0]["status"] for world in worlds] == ["unknown", "sent"]


AT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
MESSAGE = Unresolved(1, UUID(int=1), NORMAL, {"name": "Ana"}, "Oi {{name}}", None, AT, AT)


def test_of_several_matches_the_nearest_in_time_is_chosen() -> None:
    found = [SentMessage("far", "Oi Ana", AT + timedelta(seconds=60)), SentMessage("near", "Oi Ana\n", AT + timedelta(seconds=1)),
             SentMessage("other", "Oi", AT), SentMessage("none", None, AT)]  # fmt: skip
    assert reconcile.choose(MESSAGE, found, assigned=set()) == "near"
    assert reconcile.choose(MESSAGE, found, assigned={"near"}) == "far"
    assert reconcile.choose(MESSAGE, found, assigned={"near", "far"}) is None
    assert reconcile.choose(replace(MESSAGE, variables={}), found, assigned=set()) is None


def test_a_match_has_the_same_kind_of_media() -> None:
    found = [
        SentMessage("text", "Oi Ana", AT),
        SentMessage("image", "Oi Ana", AT, "image"),
        SentMessage("other", "Oi", AT, "image"),
    ]
    assert reconcile.choose(replace(MESSAGE, media_type="image"), found, assigned=set()) == "image"
    assert reconcile.choose(MESSAGE, found, assigned={"image"}) == "text"
    assert reconcile.choose(replace(MESSAGE, media_type="document"), found, assigned=set()) is None


def test_media_without_a_caption_is_found_by_its_kind_alone() -> None:
    audio = replace(MESSAGE, body="", media_type="audio")
    found = [
        SentMessage("image", None, AT, "image"),
        SentMessage("nothing", None, AT),
        SentMessage("audio", None, AT, "audio"),
    ]
    assert reconcile.choose(audio, found, assigned=set()) == "audio"
    assert reconcile.choose(audio, found, assigned={"audio"}) is None


def test_media_without_a_caption_that_may_be_another_is_not_chosen() -> None:
    """The owner may have sent one by hand."""
    audio = replace(MESSAGE, body="", media_type="audio")
    late = SentMessage("late", None, AT + timedelta(seconds=150), "audio")
    assert reconcile.choose(audio, [late], assigned=set()) is None
    assert reconcile.choose(audio, [SentMessage("one", None, AT, "audio"), late], assigned=set()) is None


@pytest.fixture(scope="module")
def newer_simulator() -> Iterator[Simulator]:
    """Evolution 2.4, which sends a message under the id of its request."""
    with simulator_process.simulator("--api-key", KEY, "--retry-attempts", "1", "--evolution-version", "2.4.0") as url:
        yield Simulator(url)


@pytest.mark.parametrize("newer", [True, False], ids=["2.4", "2.3.7"])
def test_a_post_whose_answer_was_lost_is_found_by_its_id_or_by_its_text(
    app: ModuleType, databases: Databases, simulator: Simulator, newer_simulator: Simulator, newer: bool
) -> None:
    server = newer_simulator if newer else simulator
    tenant = Doubtful(app, databases, server, [NORMAL])
    claim = tenant.claim()
    server.ask(f"/_control/instances/{tenant.instance}/faults", {"fault": "cut_after", "times": 1})
    client = Evolution(server.url, tenant.instance, KEY, allow_private=True)
    outcome = client.send(claim.phone, Content("Oi Ana"), message_id=claim.requested_message_id)
    assert isinstance(outcome, Unknown)
    by_hand = tenant.deliver(NORMAL) if newer else None  # the same text
    tenant.lose(claim)
    scheduled(app)
    [row] = tenant.world.messages()
    assert row["status"] == "sent"
    assert row["provider_message_id"] not in (None, by_hand)
    assert (row["provider_message_id"] == claim.requested_message_id) is newer
    tenant.world.assert_exact()
