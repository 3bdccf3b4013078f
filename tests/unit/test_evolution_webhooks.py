import asyncio
import random
import socket
import time
from typing import Any

import jwt
import pytest

from local.evolution.clock import Clock
from local.evolution.webhooks import Schedule
from tests.simulator_harness import JWT_KEY, Harness, run_scenario, until

SERVER_ACK_ONLY = {"statuses": [["server_ack", 0.05]]}


def test_the_schedule_is_evolutions() -> None:
    waits = [Schedule(jitter=0).wait(attempt, random.Random()) for attempt in range(1, 10)]
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_the_jitter_is_a_fifth_and_never_goes_below_the_initial_wait() -> None:
    rng = random.Random(1)
    first = [Schedule().wait(1, rng) for _ in range(500)]
    later = [Schedule().wait(7, rng) for _ in range(500)]
    assert min(first) == 5
    assert 5.9 < max(first) <= 6
    assert 240 <= min(later) < 245
    assert 355 < max(later) <= 360


def test_the_envelope_of_a_baileys_status() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        _, sent = await harness.send("5531987650001")
        await harness.settled()
        (created,) = harness.receiver.of("send.message")
        assert created.body["data"] == sent
        first = harness.receiver.of("messages.update")[0].body
        instance = harness.simulator.instances.by_name["b"]
        assert first == {
            "event": "messages.update",
            "instance": "b",
            "data": {
                "keyId": sent["key"]["id"],
                "remoteJid": "553187650001@s.whatsapp.net",
                "fromMe": True,
                "status": "SERVER_ACK",
                "instanceId": instance.id,
                "messageId": first["data"]["messageId"],
            },
            "destination": f"{harness.receiver.url}/hook",
            "date_time": first["date_time"],
            "sender": "551140000000@s.whatsapp.net",
            "server_url": harness.url,
            "apikey": None,
        }
        assert first["date_time"].endswith("Z")
        assert first["data"]["messageId"].startswith("cm")

    run_scenario(scenario)


def test_the_envelope_of_a_cloud_status_names_no_sender() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud()
        _, sent = await harness.send("5511987650001", name="c")
        await harness.settled()
        first = harness.receiver.of("messages.update")[0].body
        jid = "5511987650001@s.whatsapp.net"
        assert "sender" not in first
        assert first["data"]["keyId"] == sent["key"]["id"]
        assert (first["data"]["participant"], first["data"]["fromMe"]) == (jid, False)
        assert harness.receiver.statuses == ["SENT", "DELIVERED", "READ"]

    run_scenario(scenario)


def test_webhooks_carry_the_custom_headers_and_a_signature() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected(headers={"x-secret": "abc", "jwt_key": JWT_KEY})
        await until(lambda: bool(harness.receiver.posts))
        headers = harness.receiver.posts[0].headers
        assert headers["x-secret"] == "abc"
        assert "jwt_key" not in headers
        token = headers["Authorization"].removeprefix("Bearer ")
        assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
        claims = jwt.decode(token, JWT_KEY, algorithms=["HS256"])
        assert claims == {"iat": claims["iat"], "exp": claims["iat"] + 600, "app": "evolution", "action": "webhook"}
        assert abs(claims["iat"] - time.time()) < 60

    run_scenario(scenario)


def test_only_subscribed_events_are_posted_each_to_its_own_path_if_asked() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected(events=["MESSAGES_UPDATE"], byEvents=True)
        await harness.send("5511987650001")
        await harness.settled()
        assert {post.path for post in harness.receiver.posts} == {"/hook/messages-update"}
        assert len(harness.receiver.posts) == 3

    run_scenario(scenario)


def test_setting_the_webhook_replaces_it_and_a_disabled_one_is_silent() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected(events=["MESSAGES_UPDATE"])
        path, url = "/webhook/set/b", f"{harness.receiver.url}/other"
        status, row = await harness.call(
            "POST", path, {"webhook": {"enabled": True, "url": url, "headers": {"a": "b"}, "events": ["SEND_MESSAGE"]}}
        )
        assert (status, row["url"], row["events"], row["headers"]) == (201, url, ["SEND_MESSAGE"], {"a": "b"})
        assert await harness.call("GET", "/webhook/find/b") == (200, row)
        await harness.send("5511987650001")
        await harness.settled()
        assert [(post.path, post.event) for post in harness.receiver.posts] == [("/other", "send.message")]
        _, row = await harness.call(
            "POST", path, {"webhook": {"enabled": False, "url": url, "events": ["SEND_MESSAGE"]}}
        )
        assert row["events"] == []
        await harness.send("5511987650001")
        await harness.settled()
        assert len(harness.receiver.posts) == 1

    run_scenario(scenario)


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({}, 400, [['instance requires property "webhook"']]),
        ({"webhook": {"enabled": True, "events": []}}, 400, [['webhook requires property "url"']]),
        (
            {"webhook": {"enabled": True, "url": "http://x"}},
            500,
            "Cannot read properties of undefined (reading 'length')",
        ),
    ],
)
def test_a_webhook_without_a_required_field_is_refused(body: dict[str, Any], status: int, message: Any) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        answer = await harness.call("POST", "/webhook/set/b", body)
        assert (answer[0], answer[1]["response"]["message"]) == (status, message)

    run_scenario(scenario)


class Waits:
    """A clock whose sleeps end at once, remembered, while the wall jumps ahead by each."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.clock = Clock(now=lambda: time.time() + sum(self.slept), sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


def test_a_failing_receiver_gets_ten_attempts_with_the_same_token() -> None:
    waits = Waits()

    async def scenario(harness: Harness) -> None:
        harness.receiver.answers = [500, 429, 302, 503, 500, 500, 500, 500, 500, 500]
        await harness.connected(events=["CONNECTION_UPDATE"], headers={"jwt_key": JWT_KEY})
        await until(lambda: harness.simulator.log.totals().webhooks["given_up"] == 1)
        assert len(harness.receiver.posts) == 10
        assert len({post.headers["Authorization"] for post in harness.receiver.posts}) == 1
        assert len(waits.slept) == 9
        assert sum(waits.slept) > 600
        (webhook,) = (await harness.call("GET", "/_log/webhooks"))[1]["webhooks"]
        assert (webhook["state"], len(webhook["attempts"])) == ("given_up", 10)
        assert webhook["attempts"][1]["status"] == 429

    run_scenario(scenario, clock=waits.clock)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refused_webhook_is_not_retried(status: int) -> None:
    async def scenario(harness: Harness) -> None:
        harness.receiver.answers = [status]
        await harness.connected(events=["CONNECTION_UPDATE"])
        await until(lambda: harness.simulator.log.totals().webhooks["given_up"] == 1)
        assert len(harness.receiver.posts) == 1

    run_scenario(scenario)


def test_a_webhook_succeeds_at_a_later_attempt() -> None:
    async def scenario(harness: Harness) -> None:
        harness.receiver.answers = [500, 500]
        await harness.connected(events=["CONNECTION_UPDATE"])
        await until(lambda: harness.simulator.log.totals().webhooks["delivered"] == 1)
        assert len(harness.receiver.posts) == 3

    run_scenario(scenario, clock=Waits().clock)


def test_an_unreachable_receiver_is_given_up_in_the_end() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    async def scenario(harness: Harness) -> None:
        await harness.connected(events=["CONNECTION_UPDATE"], url=f"http://127.0.0.1:{port}/hook")
        await until(lambda: harness.simulator.log.totals().webhooks["given_up"] == 1)
        (webhook,) = (await harness.call("GET", "/_log/webhooks"))[1]["webhooks"]
        assert [attempt["error"] for attempt in webhook["attempts"]] == ["ClientConnectorError"] * 3

    run_scenario(scenario, schedule=Schedule(attempts=3, initial_seconds=0.1))


def test_a_message_with_a_pending_webhook_is_not_settled() -> None:
    async def scenario(harness: Harness) -> None:
        harness.receiver.answers = [500]
        await harness.connected(events=["MESSAGES_UPDATE"])
        await harness.call("POST", "/_control/phones/5511987650001", SERVER_ACK_ONLY)
        await harness.send("5511987650001")
        await until(lambda: len(harness.receiver.posts) == 1)
        totals = harness.simulator.log.totals()
        assert totals.unsettled == 1
        await until(lambda: totals.unsettled == 0)
        assert len(harness.receiver.posts) == 2

    run_scenario(scenario, schedule=Schedule(initial_seconds=10))
