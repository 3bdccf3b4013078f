import base64
import zlib

from tests.simulator_harness import Harness, run_scenario, until


async def created(harness: Harness, **body: object) -> dict[str, object]:
    hook = {"enabled": True, "url": f"{harness.receiver.url}/hook", "events": []}
    request = {"instanceName": "b", "integration": "WHATSAPP-BAILEYS", "webhook": hook} | body
    status, answer = await harness.call("POST", "/instance/create", request)
    assert status == 201
    return dict(answer)


def test_the_qr_code_is_a_real_picture() -> None:
    async def scenario(harness: Harness) -> None:
        await created(harness)
        status, code = await harness.call("GET", "/instance/connect/b")
        assert (status, code["count"], code["pairingCode"]) == (200, 1, None)
        head, data = code["base64"].split(",")
        png = base64.b64decode(data)
        assert head == "data:image/png;base64"
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        start = png.index(b"IDAT")
        length = int.from_bytes(png[start - 4 : start])
        assert zlib.decompress(png[start + 4 : start + 4 + length])

    run_scenario(scenario)


def test_scanning_the_code_opens_the_instance_and_emits_it() -> None:
    async def scenario(harness: Harness) -> None:
        await created(harness, qrcode=True)
        state = "/instance/connectionState/b"
        assert (await harness.call("GET", state))[1]["instance"]["state"] == "connecting"
        await harness.call("POST", "/_control/instances/b/scan", {"after_seconds": 0.5, "number": "5511900001111"})
        await until(lambda: len(harness.receiver.of("connection.update")) == 2)
        assert (await harness.call("GET", state))[1] == {"instance": {"instanceName": "b", "state": "open"}}
        first, second = harness.receiver.of("connection.update")
        assert first.body["data"] == {"instance": "b", "state": "connecting", "statusReason": 200}
        assert "sender" not in first.body
        assert second.body["data"]["wuid"] == second.body["sender"] == "5511900001111@s.whatsapp.net"
        assert (await harness.call("GET", "/instance/connect/b"))[1]["instance"]["state"] == "open"

    run_scenario(scenario)


def test_codes_are_scanned_automatically_with_scan_after() -> None:
    async def scenario(harness: Harness) -> None:
        await created(harness, qrcode=True)
        await until(lambda: harness.simulator.instances.by_name["b"].state == "open")

    run_scenario(scenario, scan_after=0.2)


def test_logging_out_emits_three_events_and_stops_the_sends() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        status, body = await harness.call("DELETE", "/instance/logout/b")
        assert (status, body["status"]) == (200, "SUCCESS")
        await until(lambda: bool(harness.receiver.of("status.instance")))
        assert harness.receiver.of("logout.instance")[0].body["data"] is None
        last = harness.receiver.of("connection.update")[-1].body["data"]
        assert last == {"instance": "b", "state": "close", "statusReason": 401}
        assert harness.receiver.of("status.instance")[0].body["data"]["disconnectionReasonCode"] == 401
        assert (await harness.call("DELETE", "/instance/logout/b"))[0] == 400
        status, body = await harness.send("5511987650001")
        assert (status, body["response"]["message"]) == (500, "Connection Closed")
        assert await harness.call("POST", "/instance/restart/b") == (200, {"error": True, "message": "[object Object]"})

    run_scenario(scenario)


def test_a_ban_closes_the_instance_without_a_logout() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.call("POST", "/_control/instances/b/disconnect", {"reason": 403})
        await until(lambda: bool(harness.receiver.of("status.instance")))
        assert harness.receiver.of("connection.update")[-1].body["data"]["statusReason"] == 403
        assert not harness.receiver.of("logout.instance")

    run_scenario(scenario)


def test_a_cloud_instance_is_open_from_the_start_and_sends_after_a_logout() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud()
        assert (await harness.call("GET", "/instance/connectionState/c"))[1]["instance"]["state"] == "open"
        assert (await harness.call("DELETE", "/instance/logout/c"))[0] == 200
        assert await harness.call("GET", "/instance/connect/c") == (200, {})
        assert (await harness.send("5511987650001", name="c"))[0] == 201
        await harness.settled()
        assert not harness.receiver.of("connection.update")

    run_scenario(scenario)


def test_a_deleted_instance_is_unknown() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        status, body = await harness.call("DELETE", "/instance/delete/b")
        assert (status, body["response"]["message"]) == (200, "Instance deleted")
        assert (await harness.call("GET", "/instance/connectionState/b"))[0] == 404
        await until(lambda: bool(harness.receiver.of("remove.instance")))

    run_scenario(scenario)


def test_the_statuses_of_a_number_reach_the_first_instance_that_has_it() -> None:
    async def scenario(harness: Harness) -> None:
        for name in ("first", "second"):
            await harness.cloud(name, number="1555000111")
        rows = await harness.call("GET", "/instance/fetchInstances?number=1555000111")
        assert [row["name"] for row in rows[1]] == ["first"]
        await harness.call("POST", "/message/sendText/second", {"number": "5511987654321", "text": "Oi"})
        await harness.call("POST", "/message/sendText/first", {"number": "5511987654322", "text": "Oi"})
        await until(lambda: "READ" in harness.receiver.statuses or len(harness.receiver.statuses) == 2)
        assert {post.body["instance"] for post in harness.receiver.of("messages.update")} == {"first"}

    run_scenario(scenario)


def test_only_a_restart_of_the_server_opens_a_cloud_api_instance_that_was_logged_out() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud("c")
        await harness.call("DELETE", "/instance/logout/c")
        assert (await harness.call("GET", "/instance/connect/c"))[1] == {}
        assert (await harness.call("POST", "/_control/restart"))[1] == {"c": "open"}
        assert (await harness.call("GET", "/instance/connectionState/c"))[1]["instance"]["state"] == "open"

    run_scenario(scenario)
