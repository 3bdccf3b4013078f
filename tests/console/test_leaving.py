"""From one page to the next: where it begins, what leaving would lose, and where a failure is seen."""

import re
from collections.abc import Callable
from itertools import pairwise

from playwright.sync_api import Page, Route, expect

from tests.console.conftest import Visitor

PHONE = {"width": 360, "height": 480}
AT_THE_TOP = "() => scrollY === 0"


def to_the_end(page: Page) -> None:
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.evaluate("scrollY") > 0


def closing_asks(page: Page) -> bool:
    """Whether the browser would ask before it closes the tab."""
    return not page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))")


def test_a_page_begins_at_its_top_and_leaving_asks_only_where_something_typed_would_be_lost(
    visit: Callable[..., Visitor], session: dict[str, str]
) -> None:
    page = visit(session, viewport=PHONE).open("#/campaigns")
    bar, question = page.locator("nav.bottom"), page.get_by_role("dialog")
    expect(page.locator("h1")).to_have_text("Campanhas")
    words = [it.bounding_box() for it in bar.locator("a > span:visible, summary > span").all()]
    assert all(left and right and right["x"] - left["x"] - left["width"] > 4 for left, right in pairwise(words))
    assert len({box["height"] for box in words if box}) == 1
    page.evaluate("location.hash = '#/templates/new'")
    name = page.get_by_label("Nome do modelo")
    expect(name).to_be_visible()
    expect(bar.locator("[aria-current] > span:visible")).to_have_text(["Mais"])
    to_the_end(page)
    bar.get_by_role("link", name="Contatos").click()
    expect(page.locator("h1")).to_have_text("Contatos")
    page.wait_for_function(AT_THE_TOP)
    expect(question).to_have_count(0)

    page.go_back()
    name.fill("Natal")
    assert closing_asks(page)
    bar.get_by_role("link", name="Contatos").click()
    expect(question).to_contain_text("ainda não foi salvo")
    expect(question).to_contain_text("Novo modelo")
    question.get_by_role("button", name="Continuar aqui").click()
    expect(page).to_have_url(re.compile("#/templates/new$"))
    expect(name).to_have_value("Natal")
    page.go_back()  # the browser's own button asks as well
    question.get_by_role("button", name="Continuar aqui").click()
    expect(name).to_have_value("Natal")
    page.go_back()
    question.get_by_role("button", name="Sair sem salvar").click()
    expect(page.locator("h1")).to_have_text("Campanhas")
    assert not closing_asks(page)

    page.evaluate("location.hash = '#/templates/new'")
    name.fill("Ano Novo")
    page.get_by_label("Texto", exact=True).fill("Feliz ano novo!")
    page.get_by_role("button", name="Salvar modelo").click()
    expect(page.locator("h1")).to_have_text("Ano Novo")
    expect(question).to_have_count(0)


def test_a_campaign_that_is_no_draft_yet_is_not_lost_without_a_question(
    visit: Callable[..., Visitor], session: dict[str, str]
) -> None:
    page = visit(session).open("#/campaigns/new")
    page.get_by_label("Nome da campanha").fill("Natal")
    page.locator(".rail").get_by_role("link", name="Modelos").click()
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("Natal")
    assert closing_asks(page)
    question.get_by_role("button", name="Sair sem salvar").click()
    expect(page.locator("h1")).to_have_text("Modelos")


def test_what_an_action_failed_with_comes_into_view_with_the_focus(
    visit: Callable[..., Visitor], session: dict[str, str]
) -> None:
    visitor = visit(session, viewport=PHONE)
    visitor.watched.expected.add(("502", "evolution-config"))
    page = visitor.open("#/connection")

    def refuse(route: Route) -> None:
        if route.request.method != "PUT":
            return route.fallback()
        problem = {"type": "urn:hidra:problem:evolution-unavailable", "title": "", "status": 502, "detail": ""}
        route.fulfill(status=502, json=problem, headers={"Access-Control-Allow-Origin": "*"})
        return None

    page.route("**/v1/evolution-config", refuse)
    page.get_by_label("Endereço do servidor").fill("https://evolution.example.com")
    page.get_by_label("Nome da instância").fill("loja")
    page.get_by_label("Chave da API").fill("x")
    page.get_by_role("button", name="Salvar e testar").click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_be_in_viewport(ratio=1)
