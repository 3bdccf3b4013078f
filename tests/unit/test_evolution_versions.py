"""What differs between the versions of Evolution that the simulator plays."""

import re
from typing import Any

import pytest

from local.evolution.versions import V2_3_7, V2_4_0, Version
from tests.simulator_harness import Harness, run_scenario

BOTH = pytest.mark.parametrize("version", [V2_3_7, V2_4_0], ids=["2.3.7", "2.4"])
OURS = "3EB0AAAAAAAAAAAAAAAAAA"
IMAGE = {"mediatype": "image", "media": "https://fotos.example/a.png"}


@BOTH
def test_each_version_tells_its_number(version: Version) -> None:
    async def scenario(harness: Harness) -> None:
        assert (await harness.call("GET", "/", key=None))[1]["version"] == version.number

    run_scenario(scenario, version=version)


@BOTH
@pytest.mark.parametrize("route", ["sendText", "sendMedia"])
def test_a_message_is_sent_under_the_id_of_its_request_from_2_4_on(version: Version, route: str) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        body: dict[str, Any] = {"number": "5511987650001", "messageId": OURS}
        body |= IMAGE if route == "sendMedia" else {"text": "Oi"}
        status, answer = await harness.call("POST", f"/message/{route}/b", body)
        assert status == 201
        (sent,) = await harness.settled()
        assert answer["key"]["id"] == sent["provider_id"]
        assert {post.body["data"]["keyId"] for post in harness.receiver.of("messages.update")} == {answer["key"]["id"]}
        assert (answer["key"]["id"] == OURS) is version.takes_message_id
        assert re.fullmatch("3EB0[0-9A-F]{18}", answer["key"]["id"])
        query = {"where": {"key": {"id": OURS, "fromMe": True}}, "offset": 50, "page": 1}
        found = (await harness.call("POST", "/chat/findMessages/b", query))[1]["messages"]
        assert found["total"] == int(version.takes_message_id)

    run_scenario(scenario, version=version)


@BOTH
def test_the_cloud_api_chooses_its_own_id(version: Version) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud()
        assert (await harness.send("5511987650001", name="c", messageId=OURS))[1]["key"]["id"].startswith("wamid.")

    run_scenario(scenario, version=version)


@BOTH
def test_a_closed_instance_is_logged_out_again_from_2_4_on(version: Version) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        assert (await harness.call("DELETE", "/instance/logout/b"))[0] == 200
        assert (await harness.call("DELETE", "/instance/logout/b"))[0] == (200 if version is V2_4_0 else 400)

    run_scenario(scenario, version=version)


@BOTH
def test_webhooks_name_their_instance_in_a_header_from_2_4_on(version: Version) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.send("5511987650001")
        await harness.settled()
        named = {post.headers.get("X-Instance-Name") for post in harness.receiver.of("messages.update")}
        assert named == {"b" if version is V2_4_0 else None}

    run_scenario(scenario, version=version)


@BOTH
def test_a_hidden_sender_shows_its_phone_first_from_2_4_on(version: Version) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.call("POST", "/_control/phones/5511987650001", {"reply": "SAIR"})
        await harness.send("5511987650001")
        await harness.settled()
        (reply,) = harness.receiver.of("messages.upsert")
        key = reply.body["data"]["key"]
        assert key["remoteJid"] == "5511987650001@s.whatsapp.net"
        assert key["addressingMode"] == ("pn" if version is V2_4_0 else "lid")
        assert key["remoteJidAlt"].endswith("@lid" if version is V2_4_0 else "@s.whatsapp.net")

    run_scenario(scenario, version=version)


@BOTH
def test_a_timeout_closes_the_connection_from_2_4_on(version: Version) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.call("POST", "/_control/instances/b/disconnect", {"reason": 408})
        state = (await harness.call("GET", "/instance/connectionState/b"))[1]["instance"]["state"]
        assert state == ("close" if version is V2_4_0 else "open")

    run_scenario(scenario, version=version)


@BOTH
def test_the_history_event_is_known_from_2_4_on(version: Version) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        hook = {"enabled": True, "url": f"{harness.receiver.url}/hook", "events": ["MESSAGING_HISTORY_SET"]}
        status, _ = await harness.call("POST", "/webhook/set/b", {"webhook": hook})
        assert status == (201 if version is V2_4_0 else 400)

    run_scenario(scenario, version=version)
