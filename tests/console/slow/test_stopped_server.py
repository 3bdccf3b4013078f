"""A campaign whose Evolution server stops: the page says why, and goes on by itself when the server is back."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from local.demo.client import Client
from local.demo.waiting import wait_for
from local.stack import SIMULATOR, Stack
from tests.console.conftest import Instance, Visitor, client_of
from tests.console.slow.test_campaign import figure, nothing_moves, prepared

WHY = re.compile(r"O número não pode enviar\. .+\. A campanha continua sozinha")


@contextmanager
def stopped(stack: Stack) -> Iterator[None]:
    """The simulator is away, and comes back on its port with its instances."""
    stack.processes[SIMULATOR].stop(patience=5)
    try:
        yield
    finally:
        stack.start_again([SIMULATOR])


def has_left(client: Client, path: str) -> bool:
    return nothing_moves(client, path) and client.call("GET", f"{path}/metrics")["delivered"] > 0


def all_have_ended(client: Client, path: str) -> bool:
    metrics = client.call("GET", f"{path}/metrics")
    return metrics["delivered"] + metrics["failed"] == 12


def test_a_server_that_stops_is_named_in_words_and_the_campaign_goes_on_when_it_is_back(
    visit: Callable[..., Visitor], instance: Instance
) -> None:
    visitor = visit()
    page = visitor.open("#/settings")
    visitor.sign_in(page, f"Nina {instance.name}")
    client = client_of(visitor.stack, json.loads(page.evaluate("JSON.stringify(sessionStorage)")))
    wanted = prepared(client, instance) | {"max_messages_per_minute": 12}
    path = f"/v1/campaigns/{client.call('POST', '/v1/campaigns', wanted)['id']}"
    client.call("POST", f"{path}/start")
    page.goto(f"{visitor.url}#/campaigns/{path.rsplit('/', 1)[1]}")
    lead = page.locator(".now .lead")
    expect(lead).to_contain_text("de 12 entregues")
    wait_for("the first message to arrive", seconds=90, ready=lambda: has_left(client, path))

    with stopped(visitor.stack):
        notice = page.locator(".now .notice")
        expect(notice).to_contain_text(WHY)
        expect(notice.locator("[lang=en]")).not_to_be_empty()
        expect(lead).to_contain_text("em espera")
        expect(page.locator("header .dot-place")).to_contain_text("com problema")
        notice.get_by_role("link", name="Abrir conexão").click()
        expect(page.locator(".state .lead")).to_contain_text("não pode enviar agora. O teste se repete sozinho")
        page.go_back()
        expect(lead).to_contain_text("em espera")
        page.evaluate("window.same = true")
    client.call("PATCH", path, {"max_messages_per_minute": 600})
    expect(lead).to_have_text(re.compile("de 12 entregues.*; terminou hoje"))
    expect(page.locator(".now .notice")).to_have_count(0)
    assert page.evaluate("window.same"), "the page was loaded anew"
    wait_for("the last message to arrive", seconds=60, ready=lambda: all_have_ended(client, path))
    delivered = client.call("GET", f"{path}/metrics")["delivered"]
    wait_for("the page to show it", seconds=30, ready=lambda: figure(page, "delivered") == delivered)
