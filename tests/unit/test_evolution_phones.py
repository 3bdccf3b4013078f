from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from hidra.domain.delivery import ReplyEvent
from hidra.domain.webhook import events_of
from local.evolution.phones import NAMED, NORMAL, TABLE, by_number, parse_behaviour
from tests.simulator_harness import Harness, run_scenario, until

NORMAL_STATUSES = ["SERVER_ACK", "DELIVERY_ACK", "READ"]


def phone(prefix: str) -> str:
    return f"551198765{prefix}01"


@pytest.mark.parametrize(("prefix", "name"), [(prefix, name) for prefix, (name, _, _) in TABLE.items()])
def test_the_last_four_digits_choose_a_row_of_the_table(prefix: str, name: str) -> None:
    assert by_number(f"+55 11 98765-{prefix}77") is NAMED[name]


@pytest.mark.parametrize("number", ["5511987650001", "5511987658999", "5511987651111", "94", "abc"])
def test_every_other_number_is_normal(number: str) -> None:
    assert by_number(number) is NORMAL


@pytest.mark.parametrize(
    ("prefix", "statuses", "final"),
    [
        ("00", NORMAL_STATUSES, "read"),
        ("90", NORMAL_STATUSES, "read"),
        ("91", ["SERVER_ACK", "DELIVERY_ACK"], "delivered"),
        ("92", ["SERVER_ACK"], "sent"),
        ("93", ["SERVER_ACK", "ERROR"], "failed"),
        ("98", ["READ", "DELIVERY_ACK", "SERVER_ACK"], "read"),
    ],
)
def test_a_phone_behaves_as_its_number(prefix: str, statuses: list[str], final: str) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.send(phone(prefix))
        (message,) = await harness.settled()
        assert harness.receiver.statuses == statuses
        assert message["final"] == final
        reached = [status["status"] for status in message["statuses"]]
        assert sorted(reached) == sorted(statuses)
        assert [status["at"] for status in message["statuses"]] == sorted(s["at"] for s in message["statuses"])

    run_scenario(scenario)


def test_a_slow_phone_keeps_the_client_waiting() -> None:
    assert by_number(phone("90")).answer_seconds.low > 1


@pytest.mark.parametrize(("prefix", "text"), [("95", "SAIR"), ("96", "Obrigado! Ainda tem no azul?")])
@pytest.mark.parametrize("name", ["b", "c"])
def test_a_phone_replies_after_reading(prefix: str, text: str, name: str) -> None:
    async def scenario(harness: Harness) -> None:
        await (harness.cloud() if name == "c" else harness.connected())
        await harness.send(phone(prefix), name=name)
        await harness.settled()
        reply = harness.receiver.posts[-1]
        data = reply.body["data"]
        assert reply.event == "messages.upsert"
        assert data["message"] == {"conversation": text}
        assert (data["key"]["remoteJid"], data["key"]["fromMe"]) == (f"{phone(prefix)}@s.whatsapp.net", False)
        assert data.get("status") == (None if name == "c" else "DELIVERY_ACK")
        found = await harness.call("POST", f"/chat/findMessages/{name}", {"where": {"key": {"id": data["key"]["id"]}}})
        assert found[1]["messages"]["total"] == 1

    run_scenario(scenario)


@pytest.mark.parametrize("name", ["b", "c"])
@pytest.mark.parametrize(
    ("kind", "text", "of_type"),
    [
        ("text", "Quero!", "conversation"),
        ("image", "Este aqui", "imageMessage"),
        ("voice", "", "audioMessage"),
        ("sticker", "", "stickerMessage"),
        ("reaction", "👍", "reactionMessage"),
    ],
)
def test_a_scripted_reply_quotes_the_message_and_has_the_shape_of_its_kind(
    kind: str, text: str, of_type: str, name: str
) -> None:
    async def scenario(harness: Harness) -> None:
        await (harness.cloud() if name == "c" else harness.connected())
        script = {"reply": text, "reply_as": kind, "reply_quotes": True}
        await harness.call("POST", "/_control/phones/5511987650001", script)
        _, sent = await harness.send("5511987650001", name=name)
        await harness.settled()
        data = harness.receiver.posts[-1].body["data"]
        assert (data["messageType"], data["contextInfo"]) == (of_type, {"stanzaId": sent["key"]["id"]})
        events = events_of({"event": "messages.upsert", "data": data}, UUID(int=1), datetime.now(UTC))
        replies = [event for event in events if isinstance(event, ReplyEvent) and event.written]
        assert [(reply.text, reply.quoted_id) for reply in replies] == (
            [] if kind == "reaction" else [(text, sent["key"]["id"])]
        )

    run_scenario(scenario)


def test_a_duplicating_phone_has_every_webhook_posted_twice() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.send(phone("97"))
        (message,) = await harness.settled()
        assert sorted(map(str, harness.receiver.statuses)) == sorted(NORMAL_STATUSES * 2)
        assert len(harness.receiver.of("send.message")) == 2
        assert len(message["statuses"]) == 3

    run_scenario(scenario)


def test_an_early_phones_webhooks_arrive_before_the_answer() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        _, sent = await harness.send(phone("99"))
        events = [post.event for post in harness.receiver.posts if post.event != "connection.update"]
        assert set(events) >= {"send.message", "messages.update"}
        assert harness.receiver.of("send.message")[0].body["data"]["key"] == sent["key"]
        (message,) = await harness.settled()
        assert message["answered_at"] > message["statuses"][0]["answered_at"]

    run_scenario(scenario)


def test_a_script_replaces_the_table_for_either_form_of_the_number() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        script = {"like": "unread", "statuses": [["server_ack", 0.1], ["failed", [0.1, 0.2]], ["read", 0.3]]}
        status, behaviour = await harness.call("POST", "/_control/phones/553187650001", script)
        assert (status, behaviour["statuses"][1]) == (201, ["failed", [0.1, 0.2]])
        await harness.send("+55 (31) 98765-0001")
        (message,) = await harness.settled()
        assert harness.receiver.statuses == ["SERVER_ACK", "ERROR", "READ"]
        assert message["final"] == "read"
        assert (await harness.call("DELETE", "/_control/phones/5531987650001"))[1] == NORMAL.to_json()

    run_scenario(scenario)


def test_a_behaviour_reads_back_as_it_was_written() -> None:
    script = {"like": "opts_out", "copies": 3, "answer_seconds": [0, 1], "fault": {"status": 503, "times": 2}}
    behaviour = parse_behaviour(script, "5511987650001")
    assert parse_behaviour(behaviour.to_json(), "5511987650001") == behaviour


@pytest.mark.parametrize(
    "script",
    [
        {"like": "missing"},
        {"wings": 2},
        {"copies": 0},
        {"answer_seconds": [2, 1]},
        {"fault": {"cut": "maybe"}},
        {"statuses": 3},
    ],
)
def test_a_script_that_makes_no_sense_is_refused(script: dict[str, Any]) -> None:
    async def scenario(harness: Harness) -> None:
        status, body = await harness.call("POST", "/_control/phones/5511987650001", script)
        assert status == 400
        assert body["error"]

    run_scenario(scenario)


def test_meta_answers_with_the_error_that_the_script_names() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud()
        await harness.call("POST", "/_control/phones/5511987650001", {"meta_code": 190})
        status, body = await harness.send("5511987650001", name="c")
        assert (status, body["code"]) == (201, 190)

    run_scenario(scenario)


def test_an_instance_fault_replaces_evolutions_answer_for_its_times() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        fault = {"status": 503, "body": {"code": "LICENSE_REQUIRED"}, "times": 2}
        assert (await harness.call("POST", "/_control/instances/b/faults", fault))[0] == 201
        answers = [await harness.send("5511987650001") for _ in range(3)]
        assert answers[:2] == [(503, {"code": "LICENSE_REQUIRED"})] * 2
        assert answers[2][0] == 201
        rows = await harness.settled()
        assert [(row["http_status"], row["accepted"]) for row in rows] == [(503, False), (503, False), (201, True)]

    run_scenario(scenario)


def test_a_fault_may_hide_that_the_message_was_accepted() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        script = {"fault": {"status": 504, "accepted": True, "times": 1}}
        await harness.call("POST", "/_control/phones/5511987650001", script)
        assert (await harness.send("5511987650001"))[0] == 504
        (row,) = await harness.settled()
        assert (row["http_status"], row["accepted"], row["final"]) == (504, True, "read")
        assert (await harness.send("5511987650001", text="Outra"))[0] == 201

    run_scenario(scenario)


@pytest.mark.parametrize(("cut", "accepted", "final"), [("before", False, "refused"), ("after", True, "read")])
def test_a_connection_is_cut_before_or_after_the_message_was_accepted(cut: str, accepted: bool, final: str) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.call("POST", "/_control/instances/b/faults", {"cut": cut, "times": 1})
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await harness.send("5511987650001")
        (row,) = await harness.settled()
        assert (row["http_status"], row["accepted"], row["final"]) == (None, accepted, final)
        assert row["error"] == "connection cut"

    run_scenario(scenario)


def test_a_fault_for_all_routes_stops_the_state_too_until_it_is_cleared() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        faults, state = "/_control/instances/*/faults", "/instance/connectionState/b"
        await harness.call("POST", faults, {"status": 503, "body": {"code": "LICENSE_REQUIRED"}, "scope": "all"})
        assert await harness.call("GET", state) == (503, {"code": "LICENSE_REQUIRED"})
        assert (await harness.send("5511987650001"))[0] == 503
        assert len((await harness.call("GET", faults))[1]) == 1
        await harness.call("DELETE", faults)
        assert (await harness.call("GET", state))[0] == 200

    run_scenario(scenario)


def test_a_client_that_gave_up_waiting_has_still_sent_its_message() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.call("POST", "/_control/phones/5511987650001", {"fault": {"accepted": True, "hold_seconds": 20}})
        url = f"{harness.url}/message/sendText/b"
        body = {"number": "5511987650001", "text": "Oi"}
        with pytest.raises(TimeoutError):
            await harness.session.post(
                url, json=body, headers={"apikey": "global-key"}, timeout=aiohttp.ClientTimeout(total=0.1)
            )
        await until(lambda: harness.simulator.log.totals().accepted == 1)
        (row,) = await harness.settled()
        assert row["final"] == "read"

    run_scenario(scenario)
