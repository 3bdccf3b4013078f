"""When connection_check looks statuses up, and when not: over HTTP, against the simulator or a hostile server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from hidra.domain import backfill
from hidra.domain.backfill import BackfillMessage, LookedUp, evidence_of, is_news
from hidra.domain.message import MessageStatus
from hidra.domain.webhook_key import jwt_key
from hidra.errors import HidraError
from hidra.gateways.evolution import Evolution
from hidra.services import backfill_statuses
from tests.chaos import lost_webhooks
from tests.chaos.waiting import wait_until
from tests.conftest import Databases
from tests.functions import checks
from tests.functions.workers import Server

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PHONES = [f"+55119{80000000 + index}" for index in range(6)]
DELIVERED, READ, SENT, FAILED = (MessageStatus(word) for word in ("delivered", "read", "sent", "failed"))

QUICK = [["server_ack", 0.01], ["delivered", 0.02], ["read", 0.03]]

simulator = checks.simulator
check_app = checks.app


@pytest.fixture
def app(check_app: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    # No server listens there, so every webhook is lost.
    monkeypatch.setitem(check_app.ENV, "PUBLIC_URL", "http://127.0.0.1:9")
    return check_app


@pytest.fixture
def tenant(app: ModuleType, databases: Databases, simulator: checks.Simulator) -> lost_webhooks.SilentTenant:
    """With four messages sent an hour ago, without a webhook for any of them, and two to be sent."""
    for phone in PHONES:
        simulator.ask(f"/_control/phones/{phone[1:]}", {"statuses": QUICK})
    tenant = lost_webhooks.SilentTenant(app, databases, simulator, PHONES)
    tenant.send(4)
    tenant.settle()
    tenant.age(HOUR)
    return tenant


@pytest.fixture
def asked() -> Iterator[lost_webhooks.Lookups]:
    with lost_webhooks.Lookups.recorded() as asked:
        yield asked


def test_no_status_is_looked_up_while_webhooks_come(
    tenant: lost_webhooks.SilentTenant, asked: lost_webhooks.Lookups
) -> None:
    for provider_id, status in tenant.simulator_statuses():
        tenant.receive(provider_id, status, datetime.now(UTC) - HOUR + MINUTE)
    for minutes in (0, 5, 90, 600):
        tenant.check(minutes * MINUTE)
    assert asked == []
    assert tenant.backfill is None


def test_two_phones_that_are_switched_off_are_no_outage(
    app: ModuleType, databases: Databases, simulator: checks.Simulator, asked: lost_webhooks.Lookups
) -> None:
    tenant = lost_webhooks.SilentTenant(app, databases, simulator, PHONES[:2])
    tenant.send(2)
    tenant.age(HOUR)
    tenant.check()
    tenant.check(2 * HOUR)
    assert (asked, tenant.backfill) == ([], None)


def test_statuses_that_wait_in_the_stream_are_not_looked_up(
    tenant: lost_webhooks.SilentTenant, asked: lost_webhooks.Lookups
) -> None:
    tenant.check()
    assert tenant.backfill
    assert tenant.backfill["cause"] == "silence"
    # The recorder is back, and catches up with what came an hour ago, and then with what came just now.
    simulated = tenant.simulator_statuses()
    for provider_id, status in simulated[:-1]:
        tenant.receive(provider_id, status, datetime.now(UTC) - HOUR + MINUTE)
    tenant.receive(*simulated[-1], datetime.now(UTC))
    tenant.check(5 * MINUTE)
    assert (asked, tenant.backfill) == ([], None)


def test_a_webhook_of_another_connection_shows_that_the_recorder_is_not_late(
    tenant: lost_webhooks.SilentTenant, asked: lost_webhooks.Lookups, databases: Databases, simulator: checks.Simulator
) -> None:
    other = lost_webhooks.SilentTenant(tenant.app, databases, simulator, PHONES[:1])
    other.set(last_webhook_at=datetime.now(UTC))
    tenant.check()
    assert sorted(asked.ids) == sorted(tenant.final_statuses())
    assert tenant.recorded_statuses() == tenant.final_statuses()


def test_a_silence_that_lasts_when_its_backfill_starts_gets_a_second_pass_when_it_ends(
    app: ModuleType, databases: Databases, simulator: checks.Simulator, asked: lost_webhooks.Lookups
) -> None:
    tenant = lost_webhooks.SilentTenant(app, databases, simulator, PHONES[:4])
    late = "+5511980000000"
    for phone in PHONES:
        simulator.ask(f"/_control/phones/{phone[1:]}", {"statuses": QUICK})
    simulator.ask(f"/_control/phones/{late[1:]}", {"statuses": [["server_ack", 0.01], ["delivered", 3]]})
    tenant.send(4)
    wait_until(lambda: [*tenant.final_statuses().values()].count("read") == 3, seconds=10)
    tenant.age(HOUR)
    tenant.check()
    tenant.check(65 * MINUTE)
    assert "sent" in tenant.recorded_statuses().values()
    tenant.settle()
    tenant.set(last_webhook_at=datetime.now(UTC) + 2 * HOUR)
    for minutes in (125, 130, 135):
        tenant.check(minutes * MINUTE)
    assert tenant.recorded_statuses() == tenant.final_statuses()
    assert len(asked) == 4 + 1  # messages that were read get no newer status
    repair = tenant.backfill
    assert repair
    assert (repair["webhook_restored"], repair["completed_at"] is None) == (True, False)


def test_a_backfill_that_found_nothing_is_followed_by_none_for_a_day(
    tenant: lost_webhooks.SilentTenant, asked: lost_webhooks.Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hidra.gateways.evolution.provider_status", lambda _: None)  # as if it had kept no status
    for minutes in (0, 65, 70):
        tenant.check(minutes * MINUTE)
    assert len(asked) == 4
    tenant.run("update hidra.status_backfills set sent_until = '2026-01-01'")
    tenant.check(24 * HOUR)
    tenant.check(25 * HOUR)
    assert len(asked) == 4
    tenant.check(26 * HOUR)
    tenant.check(28 * HOUR)
    assert len(asked) == 8


def another_webhook(tenant: lost_webhooks.SilentTenant, **change: Any) -> None:
    right = tenant.simulator.webhook(tenant.instance)
    wrong = {name: right[name] for name in ("url", "headers", "events", "enabled")} | change
    tenant.simulator.ask(f"/webhook/set/{tenant.instance}", {"webhook": wrong})


def test_another_webhook_in_the_place_of_ours_is_an_outage(
    tenant: lost_webhooks.SilentTenant, asked: lost_webhooks.Lookups
) -> None:
    for provider_id in tenant.recorded_statuses():
        tenant.receive(provider_id, SENT, datetime.now(UTC))
    another_webhook(tenant, url="http://127.0.0.1:9/another")
    tenant.check()
    assert asked == []  # webhooks of what was sent just now may still come
    tenant.check(16 * MINUTE)
    assert sorted(asked.ids) == sorted(tenant.final_statuses())
    assert tenant.recorded_statuses() == tenant.final_statuses()


def test_our_webhook_under_an_earlier_key_is_no_outage(
    tenant: lost_webhooks.SilentTenant, asked: lost_webhooks.Lookups
) -> None:
    for provider_id in tenant.recorded_statuses():
        tenant.receive(provider_id, SENT, datetime.now(UTC))
    old = f"http://127.0.0.1:9/webhooks/evolution/{tenant.world.connection_id}/v1"
    key = jwt_key("old-master", tenant.world.connection_id, tenant.instance)
    another_webhook(tenant, url=old, headers={"jwt_key": key})
    tenant.check()
    assert tenant.simulator.webhook(tenant.instance)["url"].endswith("/v2")
    assert tenant.backfill is None


def test_a_user_requests_a_backfill_and_sees_its_progress(
    tenant: lost_webhooks.SilentTenant, asked: lost_webhooks.Lookups, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "EACH", 3)
    for provider_id in tenant.recorded_statuses():
        tenant.receive(provider_id, SENT, datetime.now(UTC))
    api = call("connections", tenant.world.user_id)
    answer = api.post("/v1/evolution-config/repair-statuses", {"hours": 2})
    assert answer.status == 202
    repair = answer.json["status_backfill"]
    assert (repair["cause"], repair["messages_total"], repair["started_at"]) == ("request", 4, None)
    again = api.post("/v1/evolution-config/repair-statuses", {"hours": 2})
    assert again.json["status_backfill"] == repair  # it is being done
    for looked_up in (3, 4):
        tenant.check()
        shown = api.get("/v1/evolution-config").json["status_backfill"]
        assert (shown["messages_checked"], shown["messages_updated"], shown["messages_total"]) == (
            looked_up,
            looked_up,
            4,
        )
    tenant.check()
    assert api.get("/v1/evolution-config").json["status_backfill"]["completed_at"]
    assert tenant.recorded_statuses() == tenant.final_statuses()
    assert len(asked) == 4
    tenant.world.assert_exact()


def test_messages_sent_before_the_requested_hours_are_not_looked_up(
    tenant: lost_webhooks.SilentTenant, asked: lost_webhooks.Lookups, call: Any
) -> None:
    tenant.age(2 * HOUR)
    [new] = tenant.send(1)
    tenant.settle()
    tenant.run(
        "update hidra.campaign_messages set sent_at = sent_at - interval '1 hour' where provider_message_id = %s", [new]
    )
    call("connections", tenant.world.user_id).post("/v1/evolution-config/repair-statuses", {"hours": 2})
    tenant.check()
    assert asked.ids == [new]


@pytest.mark.parametrize("hours", [0, 73, "2", 1.5, True])
def test_invalid_hours_are_named(tenant: lost_webhooks.SilentTenant, call: Any, hours: Any) -> None:
    answer = call("connections", tenant.world.user_id).post("/v1/evolution-config/repair-statuses", {"hours": hours})
    assert (answer.status, answer.fields) == (422, ["hours"])


def test_without_a_connection_there_is_nothing_to_backfill(call: Any) -> None:
    assert call("connections").post("/v1/evolution-config/repair-statuses").code == "not-found"


@pytest.fixture
def hostile() -> Iterator[Server]:
    with Server.running() as server:
        yield server


def at(server: Server) -> Evolution:
    return Evolution(server.url, "main", "key", allow_private=True)


def row(status: Any, key_id: Any = "A") -> dict[str, Any]:
    return {"id": "x", "keyId": key_id, "remoteJid": "5511@s.whatsapp.net", "fromMe": True, "status": status}


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ([], set()),
        ([row("READ"), row("SERVER_ACK"), row("READ"), row("DELIVERY_ACK")], {SENT, DELIVERED, READ}),
        ([row("FAILED"), row("sent")], {FAILED, SENT}),
        ([row("READ", "B"), row("READ", None), {}], set()),
        ([row("DELETED"), row(None), row(["READ"]), row({})], set()),
    ],
)
def test_only_known_words_about_the_message_itself_count(hostile: Server, answer: Any, found: set[Any]) -> None:
    hostile.answer = (200, answer)
    assert at(hostile).find_statuses("A") == found
    [request] = hostile.requests
    assert (request.path, request.json["where"]) == ("/chat/findStatusMessage/main", {"id": "A"})


@pytest.mark.parametrize(
    "answer",
    [(200, {}), (200, None), (200, "READ"), (200, ["READ"]), (200, [[]]), (500, []), (401, []), (404, {}), None],
)
def test_an_invalid_answer_is_an_error_of_ours(hostile: Server, answer: Any) -> None:
    hostile.answer = answer
    with pytest.raises(HidraError):
        at(hostile).find_statuses("A")


class Moody:
    """A server that fails for some of the lookups, given by their number."""

    def __init__(self, *fails: int) -> None:
        self.fails, self.asked = fails, 0

    def find_statuses(self, _: str) -> frozenset[MessageStatus]:
        self.asked += 1
        if self.asked - 1 in self.fails:
            raise HidraError("no")
        return frozenset({READ})


NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)
PENDING = BackfillMessage(1, UUID(int=1), NOW, "A", SENT, NOW - HOUR, None, None, None)


@pytest.mark.parametrize(
    ("fails", "asked", "done"),
    [((), 6, 6), ((1, 2), 6, 6), ((1, 2, 3), 4, 1), ((0, 1, 2), 3, 0), ((4, 5), 6, 4), ((0, 1, 3, 4), 6, 6)],
)
def test_a_server_in_trouble_is_asked_no_further_and_a_single_message_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, fails: tuple[int, ...], asked: int, done: int
) -> None:
    monkeypatch.setattr(backfill, "PAUSE_SECONDS", 0)
    moody: Any = Moody(*fails)
    pending = [replace(PENDING, id=number) for number in range(6)]
    found = backfill_statuses._ask(moody, pending, begin_until=float("inf"))
    assert (moody.asked, [look.message.id for look in found]) == (asked, list(range(done)))


@pytest.mark.parametrize(
    ("known", "statuses", "news"),
    [
        (PENDING, {SENT}, True),
        (PENDING, set(), False),
        (PENDING, None, False),
        (replace(PENDING, acked_at=NOW), {SENT}, False),
        (replace(PENDING, acked_at=NOW), {SENT, FAILED}, True),
        (replace(PENDING, acked_at=NOW), {DELIVERED}, True),
        (replace(PENDING, status=DELIVERED, acked_at=NOW), {DELIVERED, SENT}, False),
        (replace(PENDING, status=DELIVERED, acked_at=NOW), {READ}, True),
    ],
)
def test_a_status_that_was_not_known_is_news(known: BackfillMessage, statuses: Any, news: bool) -> None:
    assert is_news(LookedUp(known, statuses)) is news


def test_a_status_gets_the_earliest_time_that_is_possible() -> None:
    def when(known: BackfillMessage) -> datetime:
        [found] = evidence_of(LookedUp(known, {DELIVERED}))
        return found.at

    assert when(PENDING) == NOW - HOUR
    assert when(replace(PENDING, acked_at=NOW - 50 * MINUTE)) == NOW - 50 * MINUTE
    assert when(replace(PENDING, silent_since=NOW - 40 * MINUTE)) == NOW - 40 * MINUTE
    assert when(replace(PENDING, silent_since=NOW - 2 * HOUR)) == NOW - HOUR
    assert when(replace(PENDING, status=DELIVERED, delivered_at=NOW)) == NOW
    assert timedelta(minutes=20) > backfill.SILENCE  # after that Evolution forgets a webhook
