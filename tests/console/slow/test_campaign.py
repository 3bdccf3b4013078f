"""A campaign on its page, from its start to the retry of its failures."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from playwright.sync_api import Page, expect

from local.demo.client import Client
from local.demo.waiting import wait_for
from tests.console.conftest import Instance, Visitor, client_of
from tests.console.test_pages import faults

HARM = "<img src=x onerror=\"document.title='harmed'\">"
FAILING = ["+5511987659301", "+5511987659401"]
PHONES = [*(f"+55119876500{place:02}" for place in range(10)), *FAILING]


def prepared(client: Client, instance: Instance) -> dict[str, Any]:
    """The fields of a campaign with twelve recipients, two of whose phones fail, and a linked number.

    The functions start beside each other.
    """
    instance.scan()
    connection = {
        "base_url": instance.stack.evolution_url,
        "instance_name": instance.name,
        "api_key": instance.stack.evolution_api_key,
    }

    def is_connected() -> bool:
        return bool(client.call("PUT", "/v1/evolution-config", connection)["status"] == "connected")

    def segment() -> str:
        made: str = client.call("POST", "/v1/segments", {"name": "Clientes"})["id"]
        contacts = [{"phone": phone, "name": HARM if phone == FAILING[0] else "Ana"} for phone in PHONES]
        client.call("POST", "/v1/contacts", {"segment_id": made, "contacts": contacts})
        return made

    def template() -> str:
        wanted = {"title": "Oi", "body": "Olá {{nome}}!", "variables": ["nome"]}
        return str(client.call("POST", "/v1/templates", wanted)["id"])

    with ThreadPoolExecutor() as beside:
        linked = beside.submit(wait_for, "the phone to connect", seconds=60, ready=is_connected)
        counted = beside.submit(client.call, "GET", "/v1/metrics/overview")
        segment_id, template_id = beside.submit(segment), beside.submit(template)
        linked.result()
        counted.result()
        return {"name": "Natal", "segment_id": segment_id.result(), "template_id": template_id.result()}


def running_campaign(client: Client, instance: Instance) -> str:
    """A campaign so slow that the page comes in time to pause it."""
    wanted = prepared(client, instance) | {"max_messages_per_minute": 12}
    campaign_id: str = client.call("POST", "/v1/campaigns", wanted)["id"]
    client.call("POST", f"/v1/campaigns/{campaign_id}/start")
    return campaign_id


def nothing_moves(client: Client, path: str) -> bool:
    """Whether no message is between its claim and its answer: one that meets a lost connection casts doubt on it."""
    counts = client.call("GET", f"{path}/recipients/summary")["counts"]
    return not any(it["status"] in ("sending", "unknown") for it in counts)


def figure(page: Page, name: str) -> int:
    return int(page.locator(f"[data-figure={name}] .figure").inner_text())


def expect_figures(page: Page, **wanted: int) -> None:
    for name, value in wanted.items():
        expect(page.locator(f"[data-figure={name}] .figure")).to_have_text(str(value))


def column(page: Page, place: int) -> int:
    """The sum of a column of the timeline's table."""
    return sum(map(int, page.locator(f".timeline tbody td:nth-child({place})").all_inner_texts()))


def finds_nothing(other: Visitor, campaign_id: str) -> None:
    """Another account at the same address; a browser reports each 404 by itself."""
    expect(other.open(f"#/campaigns/{campaign_id}").locator("h1")).to_have_text("Não encontrado")
    assert all("404" in finding and campaign_id in finding for finding in other.watched.found)
    other.watched.found.clear()


def test_the_page_pauses_a_campaign_says_why_it_waits_and_ends_with_the_numbers_of_the_api(
    visit: Callable[..., Visitor], session: dict[str, str], instance: Instance
) -> None:
    visitor = visit(reduced_motion="reduce")
    page = visitor.open()
    visitor.sign_in(page, f"Lia {instance.name}")
    client = client_of(instance.stack, json.loads(page.evaluate("JSON.stringify(sessionStorage)")))
    campaign_id = running_campaign(client, instance)
    path = f"/v1/campaigns/{campaign_id}"
    page.goto(f"{visitor.url}#/campaigns/{campaign_id}")
    lead = page.locator(".now .lead")

    # Pausing acts, and waits for a yes before it sends again.
    with page.expect_response(f"**{path}/pause") as answer:
        page.get_by_role("button", name="Pausar").click()
    assert answer.value.json()["status"] == "paused"
    expect(lead).to_contain_text("pausada. Nada mais sai até você retomar")

    # A number that is gone is named, and the campaign goes on by itself.
    wait_for("the message on its way to arrive", seconds=60, ready=lambda: nothing_moves(client, path))
    instance.disconnect()
    wait_for(
        "the connection to be lost",
        seconds=60,
        ready=lambda: client.call("GET", "/v1/evolution-config")["status"] != "connected",
    )
    client.call("PATCH", path, {"max_messages_per_minute": 600})
    page.get_by_role("button", name="Retomar").click()
    expect(page.get_by_role("dialog")).to_contain_text("quando o número estiver conectado")
    page.get_by_role("button", name="Retomar o envio").click()
    expect(page.locator(".now .notice")).to_contain_text("O número não está conectado ao WhatsApp. Continua sozinha")
    expect(page.locator("header .dot-place")).to_contain_text("desconectado")
    expect(lead).to_contain_text("em espera")
    expect(page.locator(".pace-now")).to_contain_text("Nada sai agora, pelo motivo dito acima.")
    expect(page.get_by_role("link", name="Mostrar QR code")).to_be_visible()
    instance.scan()
    expect(lead).to_have_text(re.compile("^10 de 12 entregues, 2 falharam; terminou hoje"))
    expect(page.locator(".now .notice")).to_have_count(0)

    # The numbers are the API's, and the timeline adds up to them.
    metrics: dict[str, Any] = client.call("GET", f"{path}/metrics")
    expect_figures(
        page, delivered=metrics["delivered"], failed=metrics["failed"], skipped=metrics["skipped"], pending=0
    )
    assert figure(page, "delivered") + figure(page, "failed") == metrics["total_messages"] == len(PHONES)
    points = list(client.every(f"{path}/timeline"))
    page.get_by_role("button", name="Ver como tabela").click()
    expect(page.locator(".timeline tbody tr").first).to_be_visible()
    assert column(page, 2) == sum(point["delivered"] for point in points) == metrics["delivered"]
    assert column(page, 3) == sum(point["failed"] for point in points) == metrics["failed"]
    assert faults(page) == []

    # The failed ones are found, with a name that stays text, and a retry moves the counts.
    page.get_by_role("button", name="falhou 2").click()
    expect(page.locator(".unfold")).to_have_count(2)
    assert "status=failed" in page.url
    expect(page.locator(".unfold .name", has_text=HARM)).to_be_visible()
    assert page.locator("main img").count() == 0
    for phone in FAILING:
        instance.script(phone.removeprefix("+"), "normal")
    page.get_by_role("button", name="Reenviar as falhas").click()
    expect(page.locator("dialog h2")).to_have_text("Reenviar para 2 pessoas?")
    expect(page.locator("dialog")).to_contain_text("1 pessoa falhou porque o número não estava no WhatsApp.")
    page.get_by_role("button", name="Reenviar agora").click()
    expect(lead).to_have_text(re.compile("^12 de 12 entregues; terminou hoje"))
    expect_figures(page, delivered=12, failed=0)
    expect(page.locator(".unfold")).to_have_count(0)

    finds_nothing(visit(session), campaign_id)
