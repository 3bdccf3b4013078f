import asyncio
import socket
import time
from typing import Any

from local.evolution.clock import Clock, minute
from local.evolution.faults import Fault
from local.evolution.log import Log
from local.evolution.totals import advance, furthest
from tests.simulator_harness import KEY, Harness, run_scenario, until


async def summary(harness: Harness, query: str = "") -> dict[str, Any]:
    return dict((await harness.call("GET", f"/_log/summary{query}"))[1])


def test_the_log_needs_no_key_and_counts_every_request() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        for prefix in ("00", "91", "92", "93", "94"):
            await harness.send(f"551198765{prefix}01")
        await harness.call("POST", "/message/sendText/b", {}, key="wrong")
        rows = await harness.settled()
        status, body = await harness.call("GET", "/_log/summary", key=None)
        assert status == 200
        assert (body["received"], body["accepted"], body["refused"]) == (6, 4, 2)
        assert body["final"] == {"sent": 1, "failed": 1, "delivered": 1, "read": 1, "refused": 2}
        assert (body["duplicates"], body["unsettled"], body["open"], body["max_open"]) == (0, 0, 0, 1)
        assert body["webhooks"]["pending"] == 0
        assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5, 6]
        assert [row["http_status"] for row in rows] == [201, 201, 201, 201, 400, 401]

    run_scenario(scenario)


def test_a_logged_message_has_its_request_and_its_statuses() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        _, sent = await harness.send("+55 (11) 98765-0001")
        (row,) = await harness.settled()
        assert (row["number"], row["digits"]) == ("+55 (11) 98765-0001", "5511987650001")
        assert (row["text"], row["provider_id"], row["route"]) == ("Oi Ana", sent["key"]["id"], "sendText")
        assert (row["open"], row["accepted"], row["error"]) == (1, True, None)
        assert row["received_at"] <= row["answered_at"] <= row["statuses"][0]["at"]
        assert row["received_monotonic"] <= row["answered_monotonic"]
        for status in row["statuses"]:
            assert status["at"] <= status["posted_at"] <= status["answered_at"]
        assert row["settled"] is True

    run_scenario(scenario)


def test_the_same_text_accepted_twice_by_a_number_is_a_duplicate_once() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        for number in ("5531987650001", "553187650001", "+55 31 98765-0001", "5531987650002"):
            await harness.send(number)
        await harness.send("5531987650001", text="Outra coisa")
        assert (await summary(harness))["duplicates"] == 1

    run_scenario(scenario)


def test_sixty_sends_at_once_are_open_together() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        # Two seconds of a real clock: on a busy machine sixty requests take their time.
        await harness.call("POST", "/_control/instances/b/faults", {"times": 60, "accepted": True, "hold_seconds": 100})
        sends = [asyncio.create_task(harness.send(f"55119876500{n:02d}")) for n in range(60)]
        await until(lambda: harness.simulator.log.totals().accepted == 60)
        assert (await summary(harness))["open"] == 60
        await asyncio.gather(*sends)
        rows = await harness.settled()
        assert (await summary(harness))["max_open"] == 60
        assert max(row["open"] for row in rows) == 60

    run_scenario(scenario)


def test_each_instance_has_a_summary_of_its_own() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected("one")
        await harness.connected("two")
        await harness.send("5511987650001", name="one")
        await harness.settled()
        assert (await summary(harness, "?instance=one"))["accepted"] == 1
        assert (await summary(harness, "?instance=two"))["accepted"] == 0
        assert (await summary(harness))["accepted"] == 1

    run_scenario(scenario)


def test_the_log_is_read_page_by_page_and_can_be_emptied() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        for n in range(5):
            await harness.send(f"551198765000{n}")
        _, page = await harness.call("GET", "/_log/messages?after=1&limit=2")
        assert ([row["seq"] for row in page["messages"]], page["next_after"]) == ([2, 3], 3)
        _, page = await harness.call("GET", "/_log/messages?after=3&limit=2")
        assert page["next_after"] is None
        assert (await harness.call("GET", "/_log/messages?after=x"))[0] == 400
        await harness.settled()
        assert (await harness.call("DELETE", "/_log"))[0] == 200
        assert (await harness.call("GET", "/_log/messages"))[1] == {"messages": [], "next_after": None}
        assert (await summary(harness))["received"] == 0

    run_scenario(scenario)


def test_a_send_in_progress_when_the_log_is_cleared_does_not_count_afterwards() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.send("5511987650001")
        await harness.call("DELETE", "/_log")
        await until(lambda: len(harness.receiver.of("messages.update")) == 3)
        counts = await summary(harness)
        assert (counts["received"], counts["unsettled"], counts["final"]["read"]) == (0, 0, 0)
        assert (counts["timeline"], counts["webhooks"]["pending"]) == ({}, 0)

    run_scenario(scenario)


class Wall:
    def __init__(self) -> None:
        self.at = 1_795_358_280.0
        self.log = Log(Clock(now=lambda: self.at, monotonic=lambda: self.at))


def test_the_timeline_holds_each_message_once_where_it_was_first_delivered() -> None:
    wall = Wall()
    log = wall.log
    one, two = (log.arrive("b", "sendText") for _ in range(2))
    for n, send in enumerate((one, two)):
        send.number = f"551198765000{n}"
        log.accept(send, f"id{n}")
        log.answer(send, 201)
    first = minute(wall.at)
    log.record_status(one, "failed", "ERROR")
    log.record_status(two, "server_ack", "SERVER_ACK")
    assert log.totals().to_json()["timeline"] == {first: {"delivered": 0, "failed": 1, "refused": 0}}
    wall.at += 60
    log.record_status(one, "delivered", "DELIVERY_ACK")
    log.record_status(two, "read", "READ")
    second = {minute(wall.at): {"delivered": 2, "failed": 0, "refused": 0}}
    assert log.totals().to_json()["timeline"] == second
    wall.at += 60
    log.record_status(one, "read", "READ")
    log.record_status(two, "delivered", "DELIVERY_ACK")
    assert log.totals().to_json()["timeline"] == second
    assert log.totals("b").to_json()["timeline"] == second
    assert {one.final, two.final} == {"read"}


def test_the_second_timeline_counts_by_the_first_answered_webhook() -> None:
    wall = Wall()
    log = wall.log
    send = log.arrive("b", "sendText")
    log.accept(send, "id")
    log.answer(send, 201)
    status = log.record_status(send, "delivered", "DELIVERY_ACK")
    copies = [log.emit("b", "messages.update", "http://r", key_id="id", send=send, status=status) for _ in range(2)]
    wall.at += 60
    answered = minute(wall.at)
    log.attempt(copies[0], wall.at, 200)
    log.ended(copies[0], "delivered")
    wall.at += 60
    log.attempt(copies[1], wall.at, 200)
    log.ended(copies[1], "delivered")
    assert list(log.totals().to_json()["timeline_webhook_answered"]) == [answered]
    assert (status.posted_at, status.answered_at) == (1_795_358_340.0, 1_795_358_340.0)
    assert send.settled


def test_a_send_arrives_with_its_first_byte_on_a_connection_used_before() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        host, port = harness.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        body = b'{"number": "5511987650001", "text": "Oi"}'
        head = f"POST /message/sendText/b HTTP/1.1\r\nHost: x\r\napikey: {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
        moments = []
        for _ in range(2):
            before = time.monotonic()
            writer.write(head[:10].encode())
            await asyncio.sleep(0.05)
            begun = time.monotonic()
            writer.write(head[10:].encode() + body[:5])
            await asyncio.sleep(0.02)
            moments.append((before, begun, time.monotonic()))
            writer.write(body[5:])
            answer = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        await harness.send("5511987650002")
        writer.close()
        first, second, other = await harness.settled()
        for row, (before, begun, last_sent) in zip((first, second), moments, strict=True):
            assert before <= row["received_monotonic"] < begun
            assert row["answered_monotonic"] > last_sent
            assert abs(time.time() - time.monotonic() + row["received_monotonic"] - row["received_at"]) < 0.01
        assert first["connection"] == second["connection"] != other["connection"]

    run_scenario(scenario)


def test_a_send_is_open_until_the_last_byte_of_its_answer() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        host, port = harness.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=1_000)
        # An answer larger than all buffers on the way, to a client that does not read yet.
        harness.simulator.faults.add("b", Fault(status=500, body="x" * 30_000_000, accepted=True))
        body = b'{"number": "5511987650001", "text": "Oi"}'
        head = f"POST /message/sendText/b HTTP/1.1\r\nHost: x\r\napikey: {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        totals = harness.simulator.log.totals()
        await until(lambda: totals.accepted == 1)
        await until(lambda: len(harness.receiver.of("messages.update")) == 3)
        assert totals.open == 1
        while totals.open:
            await reader.read(1_000_000)
        writer.close()
        assert totals.to_json()["open"] == 0

    run_scenario(scenario)


def test_a_corrected_wall_clock_shifts_no_times_but_a_jump_counts() -> None:
    wall = 1_795_358_280.0
    passed = 0.0
    log = Log(Clock(now=lambda: wall + passed, monotonic=lambda: passed))
    passed += 10
    wall += 0.5
    assert log.now() == 1_795_358_290.0
    wall += 3600
    assert log.now() == 1_795_358_290.5 + 3600


def test_the_final_state_moves_only_forward() -> None:
    assert furthest("failed", "delivered") == "delivered"
    assert furthest("read", "failed") == "read"
    assert furthest("sent", "whatever") == "sent"
    assert advance(("m", "delivered"), "failed", 0.0) == ("m", "delivered")


def test_a_hundred_thousand_messages_cost_a_page_and_a_summary_little() -> None:
    log = Wall().log
    for n in range(100_000):
        send = log.arrive("b", "sendText")
        send.number = str(n)
        log.accept(send, str(n))
        log.answer(send, 201)
    assert log.totals().to_json()["accepted"] == 100_000
    assert log.sends[99_999:100_000][0].to_json()["seq"] == 100_000


def test_a_late_event_loop_still_logs_that_a_client_left_before_the_next_one_sent() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.call("POST", "/_control/instances/b/faults", {"fault": "slow", "hold_seconds": 5})
        host, port = harness.url.removeprefix("http://").split(":")
        body = '{"number": "5511987650001", "text": "Oi"}'
        head = f"POST /message/sendText/b HTTP/1.1\r\nHost: x\r\napikey: {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
        first = socket.create_connection((host, int(port)))
        first.sendall((head + body).encode())
        await until(lambda: harness.simulator.log.totals().open == 1)
        # All of this blocks the event loop of test and simulator.
        first.close()
        with socket.create_connection((host, int(port))) as second:
            second.sendall((head + body).encode())
            first_send, second_send = await harness.settled()
            assert first_send["left_monotonic"] <= second_send["received_monotonic"]

    run_scenario(scenario)
