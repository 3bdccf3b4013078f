"""Every page: in both languages, light and dark, without a fault that axe knows, and on the narrowest phone."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from local.stack import Stack
from tests.conftest import ROOT
from tests.console.conftest import Visitor, client_of

AXE = (Path(__file__).parent / "axe.min.js").read_text()
RUN = """async () => (await axe.run({resultTypes: ["violations"]})).violations.flatMap((it) => it.nodes.map(
    (node) => ({id: it.id, html: node.html, summary: node.failureSummary})))"""
ENTRIES = re.findall(r'path: "([^"]+)"', (ROOT / "functions/console/static/pages.js").read_text())


@pytest.fixture
def places(stack: Stack, session: dict[str, str]) -> dict[str, str]:
    """The addresses of pages whose path has parameters; the others are their paths."""
    client = client_of(stack, session)
    segment = client.call("POST", "/v1/segments", {"name": f"Clientes {uuid4()}"})["id"]
    contact = {"phone": "+5511987650001", "name": "Ana", "attributes": {"cidade": "Recife"}}
    saved = client.call("POST", "/v1/contacts", {"contacts": [contact], "segment_id": segment})["contacts"]
    body = {"title": "Pontos", "body": "Olá, {{nome}}! {{pontos}} {x}", "variables": ["nome", "pontos"]}
    template = client.call("POST", "/v1/templates", body)["id"]
    wanted = {"name": "Natal", "segment_id": segment, "template_id": template}
    campaign = client.call("POST", "/v1/campaigns", wanted)["id"]
    canceled = client.call("POST", "/v1/imports", {})["contact_import"]["id"]
    client.call("POST", f"/v1/imports/{canceled}/cancel")
    return {
        "/campaigns/:id": f"/campaigns/{campaign}",
        "/campaigns/:id/edit": f"/campaigns/{campaign}/edit",
        "/contacts/:id": f"/contacts/{saved[0]['id']}",
        "/imports/:id": f"/imports/{canceled}",
        "/segments/:id": f"/segments/{segment}?do=filter",
        "/templates/:id": f"/templates/{template}",
    }


def settle(page: Page) -> None:
    """Until the page shows what it has read."""
    expect(page.locator("main")).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def faults(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RUN)
    return [f"{it['id']}: {it['html']} {it['summary']}" for it in found]


def too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def every_page_is_for_all(
    visit: Callable[..., Visitor],
    session: dict[str, str],
    places: dict[str, str],
    *,
    language: str,
    theme: str,
    also: Sequence[tuple[int, int]] = (),
) -> None:
    """With axe on a laptop, and without scrolling sideways on the narrowest phone and on screens of the sizes `also`."""
    visitor = visit(session, locale=language, color_scheme=theme, reduced_motion="reduce")
    page = visitor.open()
    for path in ENTRIES:
        assert ":" not in path or path in places, f"{path} needs an address in `places`"
        page.goto(f"{visitor.url}#{places.get(path, path)}")
        settle(page)
        assert page.evaluate("document.documentElement.lang") == language
        page.set_viewport_size({"width": 1280, "height": 800})
        assert faults(page) == [], path
        for width, height in ((360, 740), *also):
            page.set_viewport_size({"width": width, "height": height})
            assert not too_wide(page), path


def test_every_page_can_be_read_by_all_and_fits_the_narrowest_phone(
    visit: Callable[..., Visitor], session: dict[str, str], places: dict[str, str]
) -> None:
    """In English and dark: tests/console/slow/test_pages_in_the_dark.py."""
    every_page_is_for_all(visit, session, places, language="pt-BR", theme="light")


def test_the_page_before_signing_in_has_no_fault_either(visit: Callable[..., Visitor]) -> None:
    page = visit(viewport={"width": 360, "height": 740}).open()
    expect(page.locator("button.primary")).to_be_visible()
    assert faults(page) == []
    assert not too_wide(page)


def test_the_keyboard_leads_through_the_page_and_what_is_not_there_has_a_way_on(
    visit: Callable[..., Visitor], session: dict[str, str]
) -> None:
    visitor = visit(session)
    page = visitor.open("#/nowhere")
    expect(page.locator("main")).to_contain_text("Não há nada neste endereço")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Ir para o conteúdo")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Visão geral")


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+5521981981154", "(21) 98198-1154"),
        ("+552133334444", "(21) 3333-4444"),
        ("+351912345678", "+351 912 345 678"),
        ("+12125551234", "+1 212 555 1234"),
        ("+5491123456789", "+54 911 234 567 89"),
        ("+55219", "+55219"),
        ("", ""),
    ],
)
def test_a_phone_is_shown_as_people_write_it(visit: Callable[..., Visitor], phone: str, shown: str) -> None:
    load = "async (phone) => (await import(new URL('console/format.js', location.href).href)).phoneText(phone)"
    assert visit().open().evaluate(load, phone) == shown
