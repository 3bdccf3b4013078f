"""What one page says of a campaign and of its connection is of one moment."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Route, expect

from tests.console.conftest import Visitor, client_of
from tests.console.test_pages import places

__all__ = ["places"]  # a fixture
SHELL_ASKS = 20  # s between two looks at the connection
CONNECTION = {"status": "connected", "max_messages_per_minute": 60, "instance_name": "loja", "warnings": []}
WAITS = {"status": "running", "blocked_code": "connection-not-connected", "blocked_params": {}, "name": "Natal"}
METRICS = {"total_messages": 5, "delivered": 2, "failed": 1, "skipped": 0, "pending": 2}


def test_a_campaign_that_waits_for_its_number_is_not_shown_as_sending_nor_its_number_as_connected(
    visit: Callable[..., Visitor], session: dict[str, str], places: dict[str, str]
) -> None:
    visitor = visit(session)
    campaign = client_of(visitor.stack, session).call("GET", f"/v1{places['/campaigns/:id']}")
    overview = client_of(visitor.stack, session).call("GET", "/v1/metrics/overview")
    page = visitor.open("#/settings")
    states: list[str] = ["connected"]

    def answer(wanted: Callable[[], dict[str, Any]]) -> Callable[[Route], None]:
        return lambda route: route.fulfill(json=wanted(), headers={"Access-Control-Allow-Origin": "*"})

    waiting = campaign | WAITS | {"metrics": METRICS}
    page.route("**/v1/evolution-config", answer(lambda: CONNECTION | {"status": states[-1]}))
    page.route("**/v1/metrics/overview", answer(lambda: overview | {"running_campaigns": 1, "total_campaigns": 1}))
    page.route("**/v1/campaigns?*status=running*", answer(lambda: {"items": [waiting], "next_cursor": None}))
    page.reload()
    dot = page.locator("header .dot-place")
    expect(dot).to_contain_text("conectado · limite 60/min")
    states.append("disconnected")
    began = time.monotonic()
    page.evaluate("location.hash = '#/'")
    expect(page.locator(".cards li").first).to_have_text("0em envio")
    expect(page.locator(".cards li").nth(1)).to_have_text("1em espera")
    expect(page.locator(".lead")).to_contain_text("1 campanha em espera")
    expect(dot).to_contain_text("desconectado", timeout=1000 * max(1, SHELL_ASKS - (time.monotonic() - began)))
    expect(page.locator(".notice", has_text="Natal")).not_to_contain_text("conectado de novo")

    states.append("connected")
    page.reload()
    expect(page.locator(".notice", has_text="Natal")).to_contain_text("O número está conectado de novo")
