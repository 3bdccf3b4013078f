"""The page of the admins: the sums of every account, for admins only."""

import json
from collections.abc import Callable
from uuid import uuid4

import requests
from playwright.sync_api import expect

from local.sign_in import LocalUser
from local.stack import Stack
from tests.console.conftest import Visitor, client_of
from tests.console.test_pages import faults


def test_an_admin_sees_the_sums_of_every_account(
    stack: Stack, visit: Callable[..., Visitor], session: dict[str, str]
) -> None:
    client = client_of(stack, session)
    segment = client.call("POST", "/v1/segments", {"name": f"Clientes {uuid4()}"})["id"]
    template = client.call("POST", "/v1/templates", {"title": "Oi", "body": "Oi"})["id"]
    client.call("POST", "/v1/campaigns", {"name": "Natal", "segment_id": segment, "template_id": template})
    visitor = visit()
    page = visitor.open()
    visitor.sign_in(page, f"Ada {uuid4().hex[:6]}", admin=True)
    page.get_by_role("navigation").get_by_role("link", name="Administração").first.click()
    expect(page.locator("h1")).to_have_text("Administração")

    headers = {"Authorization": f"Bearer {stack.token(groups=['admin'])}"}
    answer = requests.get(f"{stack.api_url}/v1/admin/metrics/overview", headers=headers, timeout=60)
    overviews = answer.json()["items"]
    owner = LocalUser.named("Bia Souza", admin=False).sub
    [of_bia] = [each for each in overviews if each["owner_id"] == owner]
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(len(overviews))
    cells = rows.filter(has_text=owner).locator("td")
    expect(cells.nth(1)).to_have_text(str(of_bia["total_campaigns"]))
    expect(page.locator("[data-figure=campaigns] .figure")).to_have_text(
        str(sum(each["total_campaigns"] for each in overviews))
    )
    expect(page.locator(".lead")).to_contain_text(f"{len(overviews)} conta")
    assert faults(page) == []


def test_other_persons_find_no_such_page_and_nothing_is_asked_for_them(
    visit: Callable[..., Visitor], session: dict[str, str]
) -> None:
    visitor = visit(session)
    page = visitor.context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{visitor.url}#/admin")
    expect(page.locator("h1")).to_have_text("Não encontrado")
    expect(page.get_by_role("link", name="Conexão").first).to_be_visible()
    expect(page.get_by_role("link", name="Administração")).to_have_count(0)
    assert [url for url in asked if "/v1/admin" in url] == []


def test_a_page_that_takes_a_person_for_an_admin_shows_the_apis_refusal_as_not_found(
    visit: Callable[..., Visitor], session: dict[str, str]
) -> None:
    [name] = [key for key in session if key.startswith("oidc.user:")]
    kept = json.loads(session[name])
    kept["profile"]["cognito:groups"] = ["admin"]
    visitor = visit({**session, name: json.dumps(kept)})
    page = visitor.open("#/admin")
    expect(page.locator("h1")).to_have_text("Não encontrado")
    expect(page.locator("main")).to_contain_text("Não há nada neste endereço")
    # The browser reports each refused request by itself.
    assert len(visitor.watched.found) == 1
    assert "403" in visitor.watched.found.pop()
