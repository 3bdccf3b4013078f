import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from local.evolution.virtual import VirtualTime
from tests.simulator_harness import Harness, run_scenario, until

PHONE = "5511987650001"


async def nothing() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def in_a_loop(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(scenario(), 5))


def test_a_standing_clock_wakes_sleepers_in_the_order_of_their_moments_also_those_that_follow() -> None:
    async def scenario() -> None:
        time, woken = VirtualTime(rate=0), []

        async def sleeper(name: str, *waits: float) -> None:
            for wait in waits:
                await time.sleep(wait)
                woken.append((name, time.passing()))

        tasks = [asyncio.create_task(sleeper(*args)) for args in (("a", 30, 5, 100), ("b", 10), ("c", 10, 24, 0))]
        await nothing()
        assert (woken, time.sleeping) == ([], 3)
        await time.advance(9.5, nothing)
        assert woken == []
        await time.advance(90.5, nothing)
        assert woken == [("b", 10), ("c", 10), ("a", 30), ("c", 34), ("c", 34), ("a", 35)]
        assert (time.passing(), time.ahead() > 99) == (100, True)
        await time.advance(35, nothing)
        assert woken[-1] == ("a", 135)
        await asyncio.gather(*tasks)

    in_a_loop(scenario)


def test_a_sleeper_that_was_cancelled_does_not_stop_the_clock() -> None:
    async def scenario() -> None:
        time = VirtualTime(rate=0)
        gone, stays = (asyncio.create_task(time.sleep(seconds)) for seconds in (1, 2))
        await nothing()
        gone.cancel()
        await nothing()
        assert time.sleeping == 1
        await time.advance(3, nothing)
        assert (stays.done(), time.sleeping) == (True, 0)

    in_a_loop(scenario)


def test_a_clock_passes_by_itself_at_its_rate() -> None:
    async def scenario() -> None:
        time = VirtualTime(rate=1000)
        await time.sleep(20)
        assert 20 <= time.passing() < 3000
        slow = asyncio.create_task(time.sleep(10_000_000))
        await nothing()
        await time.advance(10_000_000, nothing)
        await slow

    in_a_loop(scenario)


def test_many_sleepers_cost_few_steps() -> None:
    async def scenario() -> None:
        time, steps = VirtualTime(rate=0), 0

        async def settled() -> None:
            nonlocal steps
            steps += 1
            await nothing()

        tasks = [asyncio.create_task(time.sleep(n * 0.001)) for n in range(1, 20_001)]
        await nothing()
        await time.advance(20, settled)
        assert all(task.done() for task in tasks)
        assert steps <= 1_002

    in_a_loop(scenario)


def test_only_a_clock_made_for_it_can_be_driven() -> None:
    async def scenario(harness: Harness) -> None:
        assert await harness.call("GET", "/_control/clock") == (200, {"virtual": False})
        assert (await harness.call("POST", "/_control/clock", {"advance": 1}))[0] == 409

    run_scenario(scenario)


@pytest.mark.parametrize("script", [{}, {"advance": -1}, {"advance": "soon"}, {"advance": None}])
def test_time_does_not_pass_by_nonsense(script: dict[str, Any]) -> None:
    async def scenario(harness: Harness) -> None:
        assert (await harness.call("POST", "/_control/clock", script))[0] == 400

    run_scenario(scenario, virtual=VirtualTime(rate=0))


def test_a_send_is_answered_in_real_time_and_its_statuses_wait_for_the_clock() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.call("POST", f"/_control/phones/{PHONE}", {"statuses": [["server_ack", 2], ["read", 3000]]})
        assert (await harness.send(PHONE))[0] == 201
        await until(lambda: len(harness.receiver.of("send.message")) == 1)
        assert harness.receiver.statuses == []
        assert (await harness.call("POST", "/_control/clock", {"advance": 2.5}))[1]["sleeping"] == 1
        assert harness.receiver.statuses == ["SERVER_ACK"]
        await harness.call("POST", "/_control/clock", {"advance": 3000})
        assert harness.receiver.statuses == ["SERVER_ACK", "READ"]

    run_scenario(scenario, virtual=VirtualTime(rate=0))


def test_a_ban_comes_when_the_clock_has_reached_it() -> None:
    async def scenario(harness: Harness) -> None:
        await harness.connected()
        await harness.call("POST", "/_control/instances/b/faults", {"fault": "banned", "after_seconds": 600})
        state = harness.simulator.instances.by_name["b"]
        await harness.call("POST", "/_control/clock", {"advance": 599})
        assert state.state == "open"
        await harness.call("POST", "/_control/clock", {"advance": 2})
        assert (state.state, state.disconnection and state.disconnection[0]) == ("close", 403)

    run_scenario(scenario, virtual=VirtualTime(rate=0))
