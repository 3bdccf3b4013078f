import asyncio
import json
from typing import Any

import aiohttp
import pytest

from local.evolution.clock import Clock
from local.evolution.phones import NORMAL, parse_behaviour
from local.evolution.presets import PRESETS, parse
from local.evolution.virtual import VirtualTime
from tests.simulator_harness import KEY, Harness, run_scenario, until

PHONE = "5511987650001"
AT_ONCE = Clock(sleep=lambda _: asyncio.sleep(0))
NGINX_504 = (
    b"<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n"
    b"<center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


def refusal(status: int, error: str, message: Any) -> tuple[int, dict[str, Any]]:
    return status, {"status": status, "error": error, "response": {"message": message}}


async def arm(harness: Harness, script: dict[str, Any], subject: str = "instances/b") -> None:
    status, body = await harness.call("POST", f"/_control/{subject}/faults", script)
    assert status == 201, body


async def raw(harness: Harness, number: str = PHONE) -> tuple[int, dict[str, str], bytes]:
    """One send, read to the end of the connection by hand."""
    body = {"number": number, "text": "Oi"}
    async with harness.session.post(f"{harness.url}/message/sendText/b", json=body, headers={"apikey": KEY}) as answer:
        return answer.status, dict(answer.headers), await answer.read()


EVOLUTION_ANSWERS = {
    "internal_error": refusal(500, "Internal Server Error", "Internal Server Error"),
    "connection_closed": refusal(500, "Internal Server Error", "Connection Closed"),
    "connection_closed_sending": refusal(400, "Bad Request", ["Error: Connection Closed"]),
    "timed_out": refusal(500, "Internal Server Error", "Timed Out"),
    "timed_out_sending": refusal(400, "Bad Request", ["Error: Timed Out"]),
    "no_sessions": refusal(400, "Bad Request", ["SessionError: No sessions"]),
    "rate_overlimit": refusal(500, "Internal Server Error", "rate-overlimit"),
    "never_connected": refusal(
        500, "Internal Server Error", "Cannot read properties of undefined (reading 'onWhatsApp')"
    ),
    "meta_unreachable": refusal(
        400, "Bad Request", ["TypeError: Cannot read properties of undefined (reading 'message')"]
    ),
    "unauthorized": refusal(401, "Unauthorized", "Unauthorized"),
}
ACCEPTED_NEVERTHELESS = {"timed_out_sending", "gateway_timeout"}


@pytest.mark.parametrize("name", EVOLUTION_ANSWERS)
def test_an_error_by_name_has_evolutions_body(name: str) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": name, "times": 1})
        assert await harness.send(PHONE) == EVOLUTION_ANSWERS[name]
        (row,) = await harness.settled()
        assert (row["fault"], row["accepted"]) == (name, name in ACCEPTED_NEVERTHELESS)
        assert (await harness.send(PHONE, text="Outra"))[0] == 201

    run_scenario(scenario)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("error_page", 500),
        ("bad_gateway", 502),
        ("service_unavailable", 503),
        ("gateway_timeout", 504),
        ("too_many_requests", 429),
    ],
)
def test_a_proxys_error_is_a_page_of_nginx(name: str, status: int) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": name})
        answered, headers, body = await raw(harness)
        assert (answered, headers["Content-Type"], headers["Server"]) == (status, "text/html", "nginx")
        assert f"<h1>{status} ".encode() in body
        assert status != 504 or body == NGINX_504
        (row,) = await harness.settled()
        assert (row["http_status"], row["accepted"]) == (status, name in ACCEPTED_NEVERTHELESS)

    run_scenario(scenario)


@pytest.mark.parametrize(("fault", "code"), [("no_key", 1), ("meta_failed", 131000)])
def test_a_201_without_a_key_is_an_error_of_meta_and_nothing_goes_out(fault: str, code: int) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud("b")
        await arm(harness, {"fault": fault})
        status, body = await harness.send(PHONE)
        assert (status, body["code"], body["type"]) == (201, code, "OAuthException")
        assert "key" not in body
        assert [row["accepted"] for row in await harness.settled()] == [False]

    run_scenario(scenario)


def test_an_unlicensed_server_says_so_on_every_route() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "license_required"}, "instances/*")
        for method, path in (("GET", "/instance/connectionState/b"), ("POST", "/chat/findMessages/b")):
            status, body = await harness.call(method, path)
            assert (status, body["code"], body["error"]) == (503, "LICENSE_REQUIRED", "service not activated")
        assert (await harness.send(PHONE))[0] == 503
        (row,) = await harness.settled()
        assert (row["fault"], row["accepted"]) == ("license_required", False)

    run_scenario(scenario)


@pytest.mark.parametrize(("name", "accepted"), [("cut_before", False), ("cut_after", True)])
def test_a_connection_is_cut_by_name(name: str, accepted: bool) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": name})
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await harness.send(PHONE)
        (row,) = await harness.settled()
        assert (row["accepted"], row["http_status"], row["error"]) == (accepted, None, "connection cut")

    run_scenario(scenario)


def test_a_connection_cut_in_the_middle_has_half_of_the_201_in_it() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "cut_during"})
        host, port = harness.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        body = json.dumps({"number": PHONE, "text": "Oi"})
        head = f"POST /message/sendText/b HTTP/1.1\r\nHost: x\r\napikey: {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write((head + body).encode())
        answer = await reader.read()
        writer.close()
        headers, _, half = answer.partition(b"\r\n\r\n")
        assert headers.startswith(b"HTTP/1.1 201 Created")
        promised = int(headers.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        assert len(half) == promised // 2
        assert half.startswith(b'{"key"')
        (row,) = await harness.settled()
        assert (row["accepted"], row["http_status"], row["final"]) == (True, None, "read")

    run_scenario(scenario)


@pytest.mark.parametrize(("name", "accepted"), [("timeout", 1), ("timeout_unsent", 0)])
def test_a_time_out_lasts_longer_than_any_client_and_the_log_knows_when_it_left(name: str, accepted: int) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": name, "hold_seconds": 25})
        body, patience = {"number": PHONE, "text": "Oi"}, aiohttp.ClientTimeout(total=0.1)
        with pytest.raises(TimeoutError):
            await harness.session.post(
                f"{harness.url}/message/sendText/b", json=body, headers={"apikey": KEY}, timeout=patience
            )
        assert harness.simulator.log.totals().accepted == accepted
        assert harness.simulator.log.totals().open == 1
        await until(lambda: harness.simulator.log.totals().open == 0)

    run_scenario(scenario)


@pytest.mark.parametrize("fault", ["slow", "cut_before", "cut_during", "cut_after"])
def test_a_client_that_hangs_up_is_logged_with_the_time(fault: str) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": fault, "hold_seconds": 15})
        body, patience = {"number": PHONE, "text": "Oi"}, aiohttp.ClientTimeout(total=0.1)
        with pytest.raises(TimeoutError):
            await harness.session.post(
                f"{harness.url}/message/sendText/b", json=body, headers={"apikey": KEY}, timeout=patience
            )
        (row,) = await harness.settled()
        assert row["received_monotonic"] < row["left_monotonic"] < row["answered_monotonic"]
        assert row["received_at"] < row["left_at"] < row["answered_at"]

    run_scenario(scenario)


@pytest.mark.parametrize("cut", ["cut_before", "cut_during", "cut_after"])
def test_a_client_that_waits_for_the_cut_has_not_left_before(cut: str) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": cut})
        with pytest.raises(aiohttp.ClientError):
            await harness.send(PHONE)
        (row,) = await harness.settled()
        assert row["left_monotonic"] is None

    run_scenario(scenario)


def test_a_slow_answer_is_evolutions_own() -> None:
    held: list[float] = []

    async def sleep(seconds: float) -> None:
        held.append(seconds)

    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "slow", "times": 1})
        status, body = await harness.send(PHONE)
        assert (status, bool(body["key"]["id"])) == (201, True)
        assert 5.0 in held

    run_scenario(scenario, clock=Clock(sleep=sleep))


@pytest.mark.parametrize(("name", "reason"), [("logged_out", 401), ("banned", 403)])
def test_a_connection_ends_at_once_or_after_so_many_sends(name: str, reason: int) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected("b")
        await harness.connected("c")
        await arm(harness, {"fault": name, "after": 1})
        await arm(harness, {"fault": name}, "instances/c")
        assert harness.simulator.instances.by_name["c"].state == "close"
        assert (await harness.send(PHONE))[0] == 201
        assert await harness.send(PHONE, text="Outra") == EVOLUTION_ANSWERS["connection_closed"]
        rows = await harness.settled()
        assert [(row["fault"], row["accepted"]) for row in rows] == [(None, True), (name, False)]
        ends = [post.body for post in harness.receiver.of("connection.update") if post.body["data"]["state"] == "close"]
        assert {(end["instance"], end["data"]["statusReason"]) for end in ends} == {("b", reason), ("c", reason)}

    run_scenario(scenario)


@pytest.mark.parametrize("last", ["logout.instance", "connection.update", "status.instance"])
def test_the_events_of_a_logout_come_in_the_order_asked_for(last: str) -> None:
    names = ["logout.instance", "connection.update", "status.instance"]
    order = [*(name for name in names if name != last), last]

    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await until(lambda: len(harness.receiver.posts) == 2)
        await harness.call("POST", "/_control/instances/b/disconnect", {"reason": 401, "order": order})
        await until(lambda: len(harness.receiver.posts) == 5)
        assert [post.event for post in harness.receiver.posts[2:]] == order

    run_scenario(scenario)


@pytest.mark.parametrize("subject", ["instances/b", f"phones/{PHONE}"])
def test_messages_go_unacknowledged_for_an_instance_or_one_phone(subject: str) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "unacknowledged"}, subject)
        assert (await harness.send(PHONE))[0] == 201
        await harness.send("5511987650002")
        rows = await harness.settled()
        assert [row["acknowledged"] for row in rows] == [False, subject != "instances/b"]
        assert [row["final"] for row in rows] == ["sent", "sent" if subject == "instances/b" else "read"]
        assert len(harness.receiver.of("send.message")) == 2

    run_scenario(scenario)


def test_a_spoiled_answer_and_a_changed_phone_come_together() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "unacknowledged"})
        await arm(harness, {"fault": "cut_after"}, f"phones/{PHONE}")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await harness.send(PHONE)
        (row,) = await harness.settled()
        assert (row["fault"], row["accepted"], row["acknowledged"]) == ("cut_after+unacknowledged", True, False)

    run_scenario(scenario)


def test_an_early_instances_webhooks_arrive_before_the_answer() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "early"})
        _, sent = await harness.send(PHONE)
        assert harness.receiver.of("send.message")[0].body["data"]["key"] == sent["key"]
        (row,) = await harness.settled()
        assert row["answered_at"] > row["statuses"][0]["answered_at"]

    run_scenario(scenario)


def test_a_fault_leaves_the_first_requests_alone_and_ends_after_its_times() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "bad_gateway", "after": 2, "times": 2})
        await arm(harness, {"fault": "internal_error", "after": 1, "times": 1})
        statuses = [(await raw(harness))[0] for _ in range(6)]
        assert statuses == [201, 500, 502, 502, 201, 201]
        assert (await harness.call("GET", "/_control/instances/b/faults"))[1] == []

    run_scenario(scenario, clock=AT_ONCE)


def test_a_fault_holds_in_its_window_only() -> None:
    virtual = VirtualTime(rate=0)

    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await arm(harness, {"fault": "bad_gateway", "after_seconds": 60, "for_seconds": 30})
        statuses = []
        for seconds in (0, 59, 2, 28, 2):
            await harness.call("POST", "/_control/clock", {"advance": seconds})
            statuses.append((await raw(harness))[0])
        assert statuses == [201, 201, 502, 502, 201]

    run_scenario(scenario, virtual=virtual)


def test_every_fault_by_name_reads_back_as_it_was_written() -> None:
    for name in PRESETS:
        fault = parse(name)
        assert parse(json.loads(json.dumps(fault.to_json()))) == fault
        assert fault.name == name


def test_a_phones_own_fault_may_be_a_name() -> None:
    behaviour = parse_behaviour({"fault": "cut_after"}, PHONE)
    assert behaviour.fault == parse("cut_after")
    assert parse_behaviour({"fault": None}, PHONE) == NORMAL


@pytest.mark.parametrize(
    "script",
    [
        {"fault": "nothing_of_the_kind"},
        {"fault": "cut_after", "times": 0},
        {"fault": "cut_after", "after": -1},
        {"fault": "cut_after", "for_seconds": 0},
        {"fault": "cut_during", "scope": "all"},
        {"fault": "lost", "status": 500},
        {"fault": "duplicated", "copies": 0},
        {"scope": "phones", "phone": {"wings": 2}},
        {"status": 99},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(script: dict[str, Any]) -> None:
    async def scenario(harness: Harness) -> None:
        status, body = await harness.call("POST", "/_control/instances/b/faults", script)
        assert (status, bool(body["error"])) == (400, True)
        assert (await harness.call("GET", "/_control/instances/b/faults"))[1] == []

    run_scenario(scenario)
