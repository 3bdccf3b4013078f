import re
from typing import Any

import pytest

from local.evolution.clock import Clock
from tests.simulator_harness import Harness, run_scenario


def test_a_baileys_send_answers_in_its_shape() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        status, body = await harness.send("+55 (31) 98765-0001")
        assert status == 201
        assert body["key"]["remoteJid"] == "553187650001@s.whatsapp.net"
        assert body["key"]["fromMe"] is True
        assert re.fullmatch(r"3EB0[0-9A-F]{18}", body["key"]["id"])
        assert body["message"] == {"conversation": "Oi Ana"}
        assert (body["status"], body["messageType"], body["source"]) == ("PENDING", "conversation", "web")
        assert isinstance(body["messageTimestamp"], int)

    run_scenario(scenario)


def test_a_cloud_send_answers_in_its_shape() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud()
        status, body = await harness.send("5531987650001", name="c")
        assert status == 201
        assert set(body) == {
            "key", "message", "messageType", "messageTimestamp", "instanceId", "status", "source",
        }  # fmt: skip
        assert body["key"]["id"].startswith("wamid.HBgN")
        assert body["key"]["remoteJid"] == "553187650001@s.whatsapp.net"
        assert (body["status"], body["source"]) == ("PENDING", "unknown")

    run_scenario(scenario)


def test_a_number_without_whatsapp_is_refused_with_exists_false() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        status, body = await harness.send("+55 (31) 98765-9400")
        found = {"jid": "553187659400@s.whatsapp.net", "exists": False, "number": "+55 (31) 98765-9400"}
        assert status == 400
        assert body == {"status": 400, "error": "Bad Request", "response": {"message": [found]}}
        assert [message["final"] for message in await harness.settled()] == ["refused"]
        assert not harness.receiver.of("send.message")

    run_scenario(scenario)


def test_meta_refuses_a_number_with_201_and_no_key() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud()
        status, body = await harness.send("5511987659400", name="c")
        assert (status, body["code"], body["type"]) == (201, 131026, "OAuthException")
        assert "key" not in body
        (message,) = await harness.settled()
        assert (message["accepted"], message["http_status"], message["final"]) == (False, 201, "refused")
        assert not harness.receiver.of("send.message")

    run_scenario(scenario)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"text": "x"}, [['instance requires property "number"']]),
        ({"number": 5511987650001, "text": "x"}, [["Invalid format"]]),
        ({"number": "5511987650001"}, [['instance requires property "text"']]),
        ({"number": "5511987650001", "text": "x", "delay": "100"}, [["Enter a value in milliseconds"]]),
        ({"number": "5511987650001", "text": "x", "delay": 1.5}, [["Enter a value in milliseconds"]]),
        ({"number": "5511987650001", "text": "  "}, ["Text is required"]),
    ],
)
def test_a_request_outside_the_schema_is_refused_and_logged(body: dict[str, Any], message: Any) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        status, answer = await harness.call("POST", "/message/sendText/b", body)
        assert (status, answer["response"]["message"]) == (400, message)
        assert [row["http_status"] for row in await harness.settled()] == [400]

    run_scenario(scenario)


def test_a_letter_number_passes_the_schema() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        status, body = await harness.send("abc")
        assert (status, body["key"]["remoteJid"]) == (201, "@s.whatsapp.net")

    run_scenario(scenario)


def test_an_instance_never_connected_fails_in_the_number_check() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.call("POST", "/instance/create", {"instanceName": "b", "integration": "WHATSAPP-BAILEYS"})
        status, body = await harness.send("5511987650001")
        assert (status, body["error"]) == (500, "Internal Server Error")
        assert body["response"]["message"] == "Cannot read properties of undefined (reading 'onWhatsApp')"

    run_scenario(scenario)


@pytest.mark.parametrize(("cloud", "held"), [(False, True), (True, False)])
def test_the_delay_holds_the_request_open_on_baileys_only(cloud: bool, held: bool) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def scenario(harness: Harness) -> None:
        await (harness.cloud() if cloud else harness.connected())
        await harness.send("5511987650001", name="c" if cloud else "b", delay=31_000)
        assert (31.0 in slept) is held

    run_scenario(scenario, clock=Clock(sleep=sleep))


def test_media_comes_back_in_the_message_of_its_type() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.cloud()
        body = {"number": "5511987650001", "mediatype": "image", "caption": "Oi", "media": "https://cdn.example/a.png"}
        status, answer = await harness.call("POST", "/message/sendMedia/c", body)
        image = answer["message"]["imageMessage"]
        assert (status, answer["messageType"], image["type"], image["caption"]) == (201, "imageMessage", "link", "Oi")
        status, answer = await harness.call("POST", "/message/sendMedia/b", body)
        assert (status, answer["message"]["imageMessage"]["caption"]) == (201, "Oi")
        messages = await harness.settled()
        assert [(row["route"], row["text"], row["media"], row["media_type"], row["file_name"]) for row in messages] == [
            ("sendMedia", "Oi", "https://cdn.example/a.png", "image", None)
        ] * 2

    run_scenario(scenario)


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"mediatype": None}, 400, [["mediatype is not one of enum values: image,document,video,audio"]]),
        ({"media": "not base64!"}, 400, ["Owned media must be a url or base64"]),
        ({"mediatype": "document", "media": "aGVsbG8="}, 400, ["For base64 the file name must be informed."]),
        ({"media": "https://cdn.invalid/a.png"}, 500, ["Error: getaddrinfo ENOTFOUND cdn.invalid"]),
    ],
)
def test_media_that_evolution_refuses_is_refused(change: dict[str, Any], status: int, message: Any) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        body = {"number": "5511987650001", "mediatype": "image", "media": "https://cdn.example/a.png"} | change
        answer = await harness.call("POST", "/message/sendMedia/b", body)
        assert (answer[0], answer[1]["response"]["message"]) == (status, message)

    run_scenario(scenario)


def test_registered_and_unregistered_numbers_differ() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.cloud()
        numbers = {"numbers": ["5511987659400", "+55 (31) 98765-1111", "120363025246125486"]}
        status, rows = await harness.call("POST", "/chat/whatsappNumbers/b", numbers)
        assert (status, [(row["number"], row["exists"]) for row in rows]) == (
            200,
            [("120363025246125486", True), ("5511987659400", False), ("+55 (31) 98765-1111", True)],
        )
        assert rows[2]["jid"] == "553187651111@s.whatsapp.net"
        status, body = await harness.call("POST", "/chat/whatsappNumbers/c", numbers)
        assert (status, body["message"]) == (400, ["Method not available on WhatsApp Business API"])
        assert "response" not in body

    run_scenario(scenario)


def test_messages_are_found_by_evolutions_odd_rules() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        for text in ("um", "dois", "três"):
            await harness.send("5531987650001", text=text)
        await harness.settled()

        async def find(where: dict[str, Any], **paging: int) -> Any:
            status, body = await harness.call("POST", "/chat/findMessages/b", {"where": where} | paging)
            assert status == 200
            return body["messages"]

        key = {"remoteJid": "553187650001@s.whatsapp.net"}
        page = await find({"key": key}, offset=2, page=2)
        assert (page["total"], page["pages"], page["currentPage"], len(page["records"])) == (3, 2, 2, 1)
        past = {"gte": "2020-01-01T00:00:00Z", "lte": "2020-01-02T00:00:00Z"}
        assert (await find({"key": key, "messageTimestamp": past}))["total"] == 0
        assert (await find({"key": key, "messageTimestamp": {"gte": "2200-01-01T00:00:00Z"}}))["total"] == 3
        assert (await find({"key": key | {"fromMe": False}}))["total"] == 3
        assert (await find({"key": {"id": "unknown"}}))["total"] == 0
        record = page["records"][0]
        assert record["MessageUpdate"] == [{"status": "SERVER_ACK"}, {"status": "DELIVERY_ACK"}, {"status": "READ"}]
        assert "status" not in record

        query = {"where": {"id": record["key"]["id"]}}
        _, updates = await harness.call("POST", "/chat/findStatusMessage/b", query)
        assert [update["status"] for update in updates] == ["SERVER_ACK", "DELIVERY_ACK", "READ"]
        assert {update["messageId"] for update in updates} == {record["id"]}
        assert await harness.call("POST", "/chat/findStatusMessage/b", {"where": {"id": "unknown"}}) == (200, [])

    run_scenario(scenario)
