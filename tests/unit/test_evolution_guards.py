from typing import Any

from tests.simulator_harness import Harness, run_scenario


def refusal(status: int, error: str, message: Any) -> tuple[int, dict[str, Any]]:
    return status, {"status": status, "error": error, "response": {"message": message}}


def test_an_unknown_instance_is_404_even_with_a_wrong_key() -> None:
    async def scenario(harness: Harness) -> None:
        expected = refusal(404, "Not Found", ['The "nope" instance does not exist'])
        assert await harness.call("POST", "/message/sendText/nope", {}, key="wrong") == expected
        assert await harness.call("GET", "/instance/connectionState/nope") == expected

    run_scenario(scenario)


def test_a_missing_or_wrong_key_is_401_with_a_plain_string() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected("b")
        expected = refusal(401, "Unauthorized", "Unauthorized")
        assert await harness.call("GET", "/instance/connectionState/b", key=None) == expected
        assert await harness.call("GET", "/instance/fetchInstances", key="wrong") == expected
        assert (await harness.call("GET", "/", key=None))[0] == 200

    run_scenario(scenario)


def test_an_instance_token_opens_only_its_own_instance() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud("mine")
        await harness.cloud("other")
        token = "meta-mine"
        assert (await harness.call("GET", "/instance/connectionState/mine", key=token))[0] == 200
        assert (await harness.call("GET", "/instance/connectionState/other", key=token))[0] == 401
        status, rows = await harness.call("GET", "/instance/fetchInstances", key=token)
        assert (status, [row["name"] for row in rows]) == (200, ["mine"])
        body = {"instanceName": "new", "integration": "WHATSAPP-BAILEYS"}
        assert (await harness.call("POST", "/instance/create", body, key=token))[0] == 401

    run_scenario(scenario)


def test_routes_that_evolution_does_not_have_are_404_in_its_envelope() -> None:
    async def scenario(harness: Harness) -> None:
        assert await harness.call("GET", "/no/such") == refusal(404, "Not Found", ["Cannot GET /no/such"])
        assert await harness.call("PUT", "/instance/create") == refusal(
            404, "Not Found", ["Cannot PUT /instance/create"]
        )

    run_scenario(scenario)


def test_malformed_json_is_400_before_any_guard() -> None:
    async def scenario(harness: Harness) -> None:
        status, body = await harness.call("POST", "/message/sendText/nope", raw=b"{oops", key=None)
        assert (status, body["error"]) == (400, "Internal Server Error")
        assert isinstance(body["response"]["message"], str)

    run_scenario(scenario)


def test_creating_refuses_what_evolution_refuses() -> None:
    async def scenario(harness: Harness) -> None:
        async def create(**body: Any) -> tuple[int, Any]:
            return await harness.call("POST", "/instance/create", body)

        bad = "Bad Request"
        business = {"instanceName": "x", "integration": "WHATSAPP-BUSINESS"}
        assert await create(**business, number="1000000001") == refusal(400, bad, ["token is required"])
        assert await create(**business, token="t") == refusal(400, bad, ["number is required"])
        assert await create(instanceName="x", integration="NOPE") == refusal(400, bad, ["Invalid integration"])
        lacking = "Cannot read properties of undefined (reading 'length')"
        hook = {"enabled": True, "url": "http://x"}
        assert await create(**business, token="t", number="1000000001", webhook=hook) == refusal(400, bad, [lacking])
        await harness.cloud("x")
        taken = refusal(403, "Forbidden", ['This name "x" is already in use.'])
        assert await create(**business, token="t", number="1000000001") == taken
        nameless = refusal(403, "Forbidden", ['This name "undefined" is already in use.'])
        assert await create(integration="WHATSAPP-BAILEYS") == nameless

    run_scenario(scenario)


def test_an_unknown_instance_name_in_fetch_instances_is_404() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected("b")
        expected = refusal(404, "Not Found", ['Instance "nope" not found'])
        assert await harness.call("GET", "/instance/fetchInstances?instanceName=nope") == expected

    run_scenario(scenario)
