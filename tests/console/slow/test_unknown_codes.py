"""Codes of a later API: each is shown in a sentence with the code in it, never as a bare key."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.console.conftest import Visitor
from tests.console.test_pages import places, settle

__all__ = ["places"]  # a fixture
CODE = "brand-new"
BARE = re.compile(r"\b[a-z_]+\.[a-z_]+\.[a-z_-]+\b")  # what is shown where a text is missing


def answers_with(page: Page, path: str, **changes: Any) -> None:
    """Let the API's answers of this path differ in these fields."""

    def change(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), **changes})

    page.route(re.compile(rf"/v1{path}(\?.*)?$"), change)


def test_a_code_that_the_page_does_not_know_is_told_in_words_with_the_code(
    visit: Callable[..., Visitor], session: dict[str, str], places: dict[str, str]
) -> None:
    visitor = visit(session)
    page = visitor.open("#/settings")
    main = page.locator("main")
    campaign, imported, template = (places[f"/{name}/:id"] for name in ("campaigns", "imports", "templates"))
    warning = {"code": CODE, "message": "Something new."}

    def opened(route: str) -> None:
        page.goto(f"{visitor.url}#{route}")
        settle(page)

    answers_with(
        page, f"{campaign}/preflight", warnings=[warning], will_not=[{"reason": CODE, "recipients": 1, "examples": []}]
    )
    opened(f"{campaign}/edit?step=check")
    expect(main).to_contain_text(f"Atenção antes de começar ({CODE}).")
    expect(main).to_contain_text(f"o envio não deu certo ({CODE})")

    counts = [{"status": "failed", "error_code": code, "recipients": 1} for code in (CODE, "meta_131999")]
    stopped = {"detail": "Something new.", "error_code": CODE}
    answers_with(page, campaign, status="running", blocked_code="connection-error", blocked_params=stopped)
    opened(campaign)
    expect(page.locator(".now .notice")).to_contain_text(f"O número não pode enviar ({CODE}).")
    answers_with(page, campaign, status="failed", blocked_code=CODE, blocked_params={"detail": "Something new."})
    answers_with(page, f"{campaign}/recipients/summary", counts=counts, total=2)
    opened(campaign)
    expect(page.locator(".now .notice")).to_contain_text(f"Em espera ({CODE}).")
    expect(page.locator(".chips").last).to_contain_text(f"o envio não deu certo ({CODE})")
    expect(page.locator(".chips").last).to_contain_text("a Meta recusou a mensagem (meta_131999)")

    answers_with(page, imported, failure_code=CODE, rejected=2, rejected_by_reason={CODE: 2}, warnings=[warning])
    rejects = {"url": "", "expires_in_seconds": 60, "examples": [{"line": 2, "reason": CODE, "row": "Ana;1"}]}
    page.route(re.compile(rf"/v1{imported}/rejects"), lambda route: route.fulfill(json=rejects))
    opened(imported)
    expect(main).to_contain_text(f"A importação não terminou ({CODE}).")
    expect(main).to_contain_text(f"A linha não pôde ser importada ({CODE}).")
    expect(main).to_contain_text(f"Aviso sobre o arquivo ({CODE}).")
    assert BARE.findall(main.inner_text()) == []

    def warn(route: Route) -> None:
        answer = route.fetch()
        items = [{**it, "warnings": [warning]} for it in answer.json()["items"]]
        route.fulfill(response=answer, json={**answer.json(), "items": items})

    page.route(re.compile(r"/v1/templates\?"), warn)
    opened("/templates")
    expect(main).to_contain_text(f"Aviso sobre o modelo ({CODE}).")
    assert BARE.findall(main.inner_text()) == []

    problem = {"type": f"urn:hidra:problem:{CODE}", "title": "New", "status": 409, "detail": "Something new."}
    visitor.watched.expected.add(("409", template))
    page.route(re.compile(rf"/v1{template}$"), lambda route: route.fulfill(status=409, json=problem))
    opened(template)
    expect(main).to_contain_text(f"O pedido não foi aceito ({CODE}).")
