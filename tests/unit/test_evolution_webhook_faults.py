import asyncio
import time
from typing import Any

import jwt
import pytest

from local.evolution.virtual import VirtualTime
from tests.simulator_harness import JWT_KEY, Harness, run_scenario, until

PHONE = "5511987650001"
ACKED_ONCE = {"statuses": [["server_ack", 0.05]]}


async def arm(harness: Harness, script: dict[str, Any], subject: str = "instances/b") -> None:
    status, body = await harness.call("POST", f"/_control/{subject}/faults", script)
    assert status == 201, body


async def log_of(harness: Harness, event: str) -> list[dict[str, Any]]:
    rows = (await harness.call("GET", "/_log/webhooks"))[1]["webhooks"]
    return [row for row in rows if row["event"] == event]


@pytest.mark.parametrize(("name", "words"), [("b", ["SERVER_ACK", "DELIVERY_ACK"]), ("c", ["SENT", "DELIVERED"])])
def test_every_webhook_comes_twice_in_either_vocabulary(name: str, words: list[str]) -> None:
    async def scenario(harness: Harness) -> None:
        await (harness.cloud() if name == "c" else harness.connected())
        await arm(harness, {"fault": "duplicated"}, f"instances/{name}")
        await harness.send("5511987659101", name=name)
        await harness.settled()
        assert sorted(map(str, harness.receiver.statuses)) == sorted(words * 2)
        assert len(harness.receiver.of("send.message")) == 2

    run_scenario(scenario)


@pytest.mark.parametrize("subject", ["instances/b", f"phones/{PHONE}", "instances/*"])
def test_lost_webhooks_are_never_posted_though_the_phone_read_the_message(subject: str) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "lost", "events": ["messages.update"], "times": 2}, subject)
        await harness.send(PHONE)
        (row,) = await harness.settled()
        assert row["final"] == "read"
        assert harness.receiver.statuses == ["READ"]
        lost = [row for row in await log_of(harness, "messages.update") if row["state"] == "lost"]
        assert [(row["fault"], row["attempts"]) for row in lost] == [("lost", [])] * 2
        assert (await harness.call("GET", "/_log/summary"))[1]["webhooks"]["lost"] == 2

    run_scenario(scenario)


def test_a_single_phones_webhooks_are_lost_and_no_others() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "lost"}, f"phones/{PHONE}")
        await harness.send(PHONE)
        await harness.send("5511987650002")
        await harness.settled()
        assert len(harness.receiver.of("send.message")) == 1
        assert len(harness.receiver.statuses) == 3

    run_scenario(scenario)


def test_webhooks_are_delayed_until_the_clock_has_passed_their_moment() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected(events=["MESSAGES_UPDATE"])
        await harness.call("POST", f"/_control/phones/{PHONE}", ACKED_ONCE)
        await arm(harness, {"fault": "delayed"})
        await harness.send(PHONE)
        await harness.call("POST", "/_control/clock", {"advance": 29})
        assert harness.receiver.statuses == []
        await harness.call("POST", "/_control/clock", {"advance": 2})
        assert harness.receiver.statuses == ["SERVER_ACK"]

    run_scenario(scenario, virtual=VirtualTime(rate=0))


def test_webhooks_with_delays_of_their_own_overtake_each_other() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected(events=["MESSAGES_UPDATE"])
        await arm(harness, {"fault": "reordered", "delay_seconds": [0, 60]})
        for n in range(10):
            await harness.send(f"551198765000{n}")
        await harness.call("POST", "/_control/clock", {"advance": 90})
        orders: dict[str, list[str]] = {}
        for post in harness.receiver.posts:
            orders.setdefault(post.body["data"]["keyId"], []).append(post.body["data"]["status"])
        assert all(sorted(order) == ["DELIVERY_ACK", "READ", "SERVER_ACK"] for order in orders.values())
        assert len({tuple(order) for order in orders.values()}) > 2

    run_scenario(scenario, virtual=VirtualTime(rate=0))


def test_an_instance_lets_its_statuses_come_last_first() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "overtaken"})
        await harness.send(PHONE)
        await harness.settled()
        assert harness.receiver.statuses == ["READ", "DELIVERY_ACK", "SERVER_ACK"]

    run_scenario(scenario)


def test_a_hidden_phone_has_one_lid_and_its_number_is_nowhere() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected(events=["MESSAGES_UPDATE", "MESSAGES_UPSERT"])
        await arm(harness, {"fault": "lid"})
        await arm(harness, {"fault": "lid_reply"})
        status, sent = await harness.send("5511987659501")
        await harness.settled()
        (inbound,) = harness.receiver.of("messages.upsert")
        addresses = {post.body["data"]["remoteJid"] for post in harness.receiver.of("messages.update")}
        assert addresses == {inbound.body["data"]["key"]["remoteJid"]}
        (address,) = addresses
        assert (len(address), address[-4:]) == (19, "@lid")
        assert "remoteJidAlt" not in inbound.body["data"]["key"]
        assert (status, sent["key"]["remoteJid"]) == (201, "5511987659501@s.whatsapp.net")

    run_scenario(scenario)


def test_the_cloud_api_hides_no_phone() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud()
        await arm(harness, {"fault": "lid"}, "instances/c")
        await harness.send(PHONE, name="c")
        await harness.settled()
        addresses = {post.body["data"]["remoteJid"] for post in harness.receiver.of("messages.update")}
        assert addresses == {f"{PHONE}@s.whatsapp.net"}

    run_scenario(scenario)


def test_an_event_whose_answer_was_lost_is_posted_again_as_it_was() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected(events=["MESSAGES_UPDATE"], headers={"jwt_key": JWT_KEY})
        await harness.call("POST", f"/_control/phones/{PHONE}", ACKED_ONCE)
        await arm(harness, {"fault": "answer_lost"})
        await harness.send(PHONE)
        (row,) = await harness.settled()
        first, second = harness.receiver.posts
        assert first.body == second.body
        assert first.headers["Authorization"] == second.headers["Authorization"]
        (webhook,) = await log_of(harness, "messages.update")
        assert [(a["status"], a["error"]) for a in webhook["attempts"]] == [(200, "answer lost"), (200, None)]
        assert row["statuses"][0]["answered_at"] == webhook["attempts"][0]["answered_at"]

    run_scenario(scenario)


def age(token: str) -> float:
    claims = jwt.decode(
        token.removeprefix("Bearer "), JWT_KEY, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
    )
    assert claims["exp"] - claims["iat"] == 600
    return time.time() - claims["iat"]


def test_a_token_may_be_as_old_as_that_of_a_late_retry() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected(events=["CONNECTION_UPDATE"], headers={"jwt_key": JWT_KEY})
        await until(lambda: len(harness.receiver.posts) == 1)
        await arm(harness, {"fault": "expired_token"})
        await harness.call("POST", "/_control/instances/b/scan")
        await until(lambda: len(harness.receiver.posts) == 2)
        fresh, old = (age(post.headers["Authorization"]) for post in harness.receiver.posts)
        assert fresh < 5
        assert 899 <= old < 905

    run_scenario(scenario)


def test_a_webhook_that_arrives_late_has_an_expired_token() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected(events=["MESSAGES_UPDATE"], headers={"jwt_key": JWT_KEY})
        await harness.call("POST", f"/_control/phones/{PHONE}", ACKED_ONCE)
        await arm(harness, {"fault": "unreachable"})
        await harness.send(PHONE)
        await harness.call("POST", "/_control/clock", {"advance": 3600})
        (post,) = harness.receiver.posts
        assert 700 < age(post.headers["Authorization"]) < 1_200
        with pytest.raises(jwt.ExpiredSignatureError):
            jwt.decode(post.headers["Authorization"].removeprefix("Bearer "), JWT_KEY, algorithms=["HS256"])
        (webhook,) = await log_of(harness, "messages.update")
        assert [a["error"] for a in webhook["attempts"]] == ["unreachable"] * 8 + [None]

    run_scenario(scenario, virtual=VirtualTime(rate=0))


def test_the_hour_of_retries_against_a_failing_receiver_passes_at_once() -> None:
    async def scenario(harness: Harness) -> None:
        harness.receiver.answers = [503] * 10 * 20
        await harness.connected(events=["MESSAGES_UPDATE"], headers={"jwt_key": JWT_KEY})
        await harness.call("POST", f"/_control/phones/{PHONE}", ACKED_ONCE)
        for n in range(20):
            await harness.send(PHONE, text=str(n))
        began = time.monotonic()
        status, shown = await harness.call("POST", "/_control/clock", {"advance": 3600})
        assert time.monotonic() - began < 4
        assert (status, shown["passed"], shown["sleeping"]) == (200, 3600, 0)
        assert harness.simulator.log.totals().webhooks["given_up"] == 20
        posts = [post for post in harness.receiver.posts if post.body["data"]["keyId"] == _first_key(harness)]
        assert len(posts) == 10
        ages = [age(post.headers["Authorization"]) for post in posts]
        assert ages == sorted(ages)
        assert ages[0] < 10
        assert ages[-1] > 600
        await asyncio.sleep(0)
        await harness.call("POST", "/_control/clock", {"advance": 3600})
        assert len(harness.receiver.posts) == 200

    run_scenario(scenario, virtual=VirtualTime(rate=0))


def _first_key(harness: Harness) -> str:
    return str(harness.receiver.posts[0].body["data"]["keyId"])
