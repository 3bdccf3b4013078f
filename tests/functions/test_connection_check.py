"""connection_check against the simulator and the real database."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from hidra.domain.connection_error import ConnectionErrorCode, ConnectionFault
from hidra.domain.webhook_key import REGISTERED_AFTER, jwt_key
from hidra.errors import Rejected, Unavailable
from hidra.gateways.aws import SecretVersions
from hidra.gateways.evolution import WEBHOOK_EVENTS, Webhook
from hidra.services import check_connection, parallel
from hidra.services.check_connection import Health, check_all, examine
from hidra.store import connection_health
from hidra.store.connection_health import Endpoint
from tests.conftest import Databases
from tests.functions import checks
from tests.functions.api import load
from tests.functions.checks import KEY, MASTERS, Context, Simulator, Tenant, now, scheduled
from tests.store.world import World

app, simulator, tenant = checks.app, checks.simulator, checks.tenant


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


NO = ConnectionFault(ConnectionErrorCode.UNREACHABLE, "no")


def wrong_key(tenant: Tenant, _: Simulator) -> None:
    tenant.seal("another-key")


def wrong_instance(tenant: Tenant, _: Simulator) -> None:
    tenant.set(instance_name="nobody")


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
    ("break_it", "words", "code"),
    [
        (wrong_key, "API key", "unauthorized"),
        (wrong_instance, "no instance of this name", "instance-not-found"),
        (checks.no_server, "cannot be reached", "unreachable"),
        (no_licence, "licence", "license-required"),
        (cut_off, "broke", "connection-lost"),
        (sealed_for_another, "save it again", "key-unreadable"),
        (not_allowed, "private", "private-address"),
    ],
)
def test_every_fault_is_explained_in_a_sentence_and_by_its_code(
    tenant: Tenant, simulator: Simulator, break_it: Any, words: str, code: str
) -> None:
    tenant.do("check")
    break_it(tenant, simulator)
    answer = tenant.do("check")
    assert answer["status"] == "error"
    assert words in answer["error_message"]
    assert (tenant.row["status"], tenant.row["error_message"]) == ("error", answer["error_message"])
    assert tenant.row["error_code"] == code
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
    ("evolution", "status", "words", "code"),
    [
        (fake("refused"), "error", "QR", "code-not-scanned"),
        (fake("absent"), "error", "restart", "not-running"),
        (fake("dancing"), "error", "does not know", "state-unknown"),
        (fake(Rejected("no key", code="unauthorized")), "error", "no key", "unauthorized"),
        (fake(Rejected("something new", code="brand-new")), "error", "something new", "unknown"),
        (fake("open", set_fails=True), "connected", "webhook could not be set", "webhook-not-set"),
        (fake("open", found=Unavailable("slow", code="timed-out")), "connected", "slow", "webhook-not-set"),
        (fake("refused", set_fails=True), "error", "QR", "code-not-scanned"),
    ],
)
def test_every_state_has_its_words_and_its_code(evolution: Any, status: str, words: str, code: str) -> None:
    health = examine(evolution, Webhook("https://x", "k"))
    assert health.status == status
    assert health.fault is not None
    assert words in health.fault.message
    assert health.fault.code == code


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
            check_connection.failed(NO)
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
        "select status, error_message, error_code from hidra.evolution_api_config order by id"
    ).fetchall()
    late = ("error", "The Evolution server did not answer in time.", "timed-out")
    assert rows == [late] * 4 + [("connected", None, None)] * 2


def test_the_begin_of_a_check_is_recorded_before_the_server_is_called(databases: Databases) -> None:
    world = World.make(databases)
    turns: list[Any] = []

    def ask(_: Endpoint) -> Health:
        turns.append(world.one("select check_started_at from hidra.evolution_api_config")["check_started_at"])
        return check_connection.failed(NO)

    check_all(db=databases.jobs, examine=ask, now=now, seconds=5)
    assert turns
    assert None not in turns


def test_a_check_cut_off_by_the_end_of_the_run_records_nothing(databases: Databases) -> None:
    world = World.make(databases)
    released = threading.Event()

    def slow(_: Endpoint) -> Health:
        released.wait(20)
        return check_connection.failed(NO)

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
        lambda tx: connection_health.record(tx, endpoint, status=error, fault=NO, at=datetime.now(UTC))
    )
    status = lambda: world.one("select status from hidra.evolution_api_config")["status"]  # noqa: E731
    write(stale)
    assert status() == "connected"
    write(read)
    assert status() == "error"
