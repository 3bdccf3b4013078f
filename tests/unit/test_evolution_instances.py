import base64
import zlib

from local.evolution.harness import Bench, play, until


async def created(bench: Bench, **body: object) -> dict[str, object]:
    hook = {"enabled": True, "url": f"{bench.receiver.url}/hook", "events": []}
    request = {"instanceName": "b", "integration": "WHATSAPP-BAILEYS", "webhook": hook} | body
    status, answer = await bench.call("POST", "/instance/create", request)
    assert status == 201
    return dict(answer)


def test_the_qr_code_is_a_real_picture() -> None:
    async def story(bench: Bench) -> None:
        await created(bench)
        status, code = await bench.call("GET", "/instance/connect/b")
        assert (status, code["count"], code["pairingCode"]) == (200, 1, None)
        head, data = code["base64"].split(",")
        png = base64.b64decode(data)
        assert head == "data:image/png;base64"
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        start = png.index(b"IDAT")
        length = int.from_bytes(png[start - 4 : start])
        assert zlib.decompress(png[start + 4 : start + 4 + length])

    play(story)


def test_scanning_the_code_opens_the_instance_and_says_so() -> None:
    async def story(bench: Bench) -> None:
        await created(bench, qrcode=True)
        state = "/instance/connectionState/b"
        assert (await bench.call("GET", state))[1]["instance"]["state"] == "connecting"
        await bench.call("POST", "/_control/instances/b/scan", {"after_seconds": 0.5, "number": "5511900001111"})
        await until(lambda: len(bench.receiver.of("connection.update")) == 2)
        assert (await bench.call("GET", state))[1] == {"instance": {"instanceName": "b", "state": "open"}}
        first, second = bench.receiver.of("connection.update")
        assert first.body["data"] == {"instance": "b", "state": "connecting", "statusReason": 200}
        assert "sender" not in first.body
        assert second.body["data"]["wuid"] == second.body["sender"] == "5511900001111@s.whatsapp.net"
        assert (await bench.call("GET", "/instance/connect/b"))[1]["instance"]["state"] == "open"

    play(story)


def test_codes_are_scanned_without_asking_if_the_simulator_was_started_so() -> None:
    async def story(bench: Bench) -> None:
        await created(bench, qrcode=True)
        await until(lambda: bench.simulator.instances.by_name["b"].state == "open")

    play(story, scan_after=0.2)


def test_logging_out_says_so_three_times_and_stops_the_sends() -> None:
    async def story(bench: Bench) -> None:
        await bench.connected()
        status, body = await bench.call("DELETE", "/instance/logout/b")
        assert (status, body["status"]) == (200, "SUCCESS")
        await until(lambda: bool(bench.receiver.of("status.instance")))
        assert bench.receiver.of("logout.instance")[0].body["data"] is None
        last = bench.receiver.of("connection.update")[-1].body["data"]
        assert last == {"instance": "b", "state": "close", "statusReason": 401}
        assert bench.receiver.of("status.instance")[0].body["data"]["disconnectionReasonCode"] == 401
        assert (await bench.call("DELETE", "/instance/logout/b"))[0] == 400
        status, body = await bench.send("5511987650001")
        assert (status, body["response"]["message"]) == (500, "Connection Closed")
        assert await bench.call("POST", "/instance/restart/b") == (200, {"error": True, "message": "[object Object]"})

    play(story)


def test_a_ban_closes_the_instance_without_a_logout() -> None:
    async def story(bench: Bench) -> None:
        await bench.connected()
        await bench.call("POST", "/_control/instances/b/disconnect", {"reason": 403})
        await until(lambda: bool(bench.receiver.of("status.instance")))
        assert bench.receiver.of("connection.update")[-1].body["data"]["statusReason"] == 403
        assert not bench.receiver.of("logout.instance")

    play(story)


def test_a_cloud_instance_is_open_from_the_start_and_sends_after_a_logout() -> None:
    async def story(bench: Bench) -> None:
        await bench.cloud()
        assert (await bench.call("GET", "/instance/connectionState/c"))[1]["instance"]["state"] == "open"
        assert (await bench.call("DELETE", "/instance/logout/c"))[0] == 200
        assert await bench.call("GET", "/instance/connect/c") == (200, {})
        assert (await bench.send("5511987650001", name="c"))[0] == 201
        await bench.settled()
        assert not bench.receiver.of("connection.update")

    play(story)


def test_a_deleted_instance_is_unknown() -> None:
    async def story(bench: Bench) -> None:
        await bench.connected()
        status, body = await bench.call("DELETE", "/instance/delete/b")
        assert (status, body["response"]["message"]) == (200, "Instance deleted")
        assert (await bench.call("GET", "/instance/connectionState/b"))[0] == 404
        await until(lambda: bool(bench.receiver.of("remove.instance")))

    play(story)
