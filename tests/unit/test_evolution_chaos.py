from collections import Counter
from typing import Any

import aiohttp
import pytest

from local.evolution.chaos import Chaos
from tests.simulator_harness import Harness, run_scenario

RATES = {"bad_gateway": 0.3, "cut_after": 0.2, "lost": 0.25, "unacknowledged": 0.5}


async def run(harness: Harness, seed: int, sends: int) -> list[dict[str, Any]]:
    await harness.connected()
    status, body = await harness.call("PUT", "/_control/instances/b/chaos", {"seed": seed, "rates": RATES})
    assert (status, body) == (200, {"seed": seed, "rates": RATES})
    for n in range(sends):
        try:
            url, message = f"{harness.url}/message/sendText/b", {"number": "5511987650001", "text": str(n)}
            async with harness.session.post(url, json=message, headers={"apikey": "global-key"}) as answer:
                await answer.read()
        except aiohttp.ServerDisconnectedError:
            continue
    return await harness.settled()


def test_the_log_names_the_fault_drawn_for_each_send_and_webhook() -> None:
    async def scenario(harness: Harness) -> None:
        rows = await run(harness, 7, 100)
        drawn = Counter(name for row in rows for name in (row["fault"] or "none").split("+"))
        assert set(drawn) == {"bad_gateway", "cut_after", "unacknowledged", "none"}
        assert 15 <= drawn["bad_gateway"] <= 45
        for row in rows:
            names = (row["fault"] or "").split("+")
            assert row["accepted"] is ("bad_gateway" not in names)
            assert (row["http_status"] is None) is ("cut_after" in names)
            assert row["acknowledged"] is (row["accepted"] and "unacknowledged" not in names)
        webhooks = (await harness.call("GET", "/_log/webhooks"))[1]["webhooks"]
        assert all((one["state"] == "lost") is (one["fault"] == "lost") for one in webhooks)
        assert 0.1 < sum(one["state"] == "lost" for one in webhooks) / len(webhooks) < 0.4

    run_scenario(scenario)


def test_the_same_seed_draws_the_same_for_the_same_sends() -> None:
    found: list[list[str | None]] = []

    def again(seed: int) -> None:
        async def scenario(harness: Harness) -> None:
            found.append([row["fault"] for row in await run(harness, seed, 30)])

        run_scenario(scenario)

    for seed in (7, 7, 8):
        again(seed)
    assert found[0] == found[1] != found[2]


def test_the_mix_of_one_instance_spares_the_others_and_ends_when_deleted() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected("b")
        await harness.connected("c")
        await harness.call("PUT", "/_control/instances/b/chaos", {"seed": 1, "rates": {"internal_error": 1}})
        assert (await harness.send("5511987650001", name="b"))[0] == 500
        assert (await harness.send("5511987650001", name="c"))[0] == 201
        assert (await harness.call("GET", "/_control/instances/b/chaos"))[1]["rates"] == {"internal_error": 1}
        await harness.call("DELETE", "/_control/instances/b/chaos")
        assert (await harness.send("5511987650001", name="b"))[0] == 201

    run_scenario(scenario)


def test_rates_are_met_and_may_change_their_fault() -> None:
    mix = Chaos("b", 3, {"timeout": {"rate": 0.1, "hold_seconds": 2}, "license_required": 0.05, "lost": 1.0})
    drawn = [mix.draw("sends", None) for _ in range(10_000)]
    counts = Counter(fault.name if fault else None for fault in drawn)
    assert 900 < counts["timeout"] < 1_100
    assert 420 < counts["license_required"] < 580
    assert {fault.hold_seconds for fault in drawn if fault and fault.name == "timeout"} == {2}  # type: ignore[union-attr]
    assert mix.draw("phones", None) is None


@pytest.mark.parametrize(
    "script",
    [
        {"seed": 1},
        {"rates": {}},
        {"seed": 1, "rates": {"nothing": 0.1}},
        {"seed": 1, "rates": {"cut_after": 0.6, "bad_gateway": 0.6}},
        {"seed": 1, "rates": {"cut_after": -0.1}},
        {"seed": 1, "rates": {"cut_after": {"hold_seconds": 1}}},
    ],
)
def test_a_mix_that_makes_no_sense_is_refused(script: dict[str, Any]) -> None:
    async def scenario(harness: Harness) -> None:
        assert (await harness.call("PUT", "/_control/instances/b/chaos", script))[0] == 400
        assert (await harness.call("GET", "/_control/instances/b/chaos"))[1] is None

    run_scenario(scenario)
