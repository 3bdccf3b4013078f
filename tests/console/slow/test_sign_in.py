"""Signing in, as the issuer and the logs see it; and a session that ends under a person's hands."""

import base64
import hashlib
import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Request, expect

from tests.conftest import ROOT
from tests.console.conftest import Visitor
from tests.console.test_sign_in import USER, stored

FUNCTIONS = [path.parent.name for path in (ROOT / "functions").glob("*/app.py")]


def form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.post_data or "").items()}


def test_the_code_is_exchanged_with_its_verifier_and_what_was_exchanged_is_in_no_log_and_no_address(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit()
    page = visitor.open("#/campaigns")
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - Playwright marks the function
    visitor.sign_in(page, "Bia Souza")
    expect(page.locator("main .empty, main table").first).to_be_visible()

    asked = next(parse_qs(urlsplit(it.url).query) for it in requests if "code_challenge=" in it.url)
    exchange = next(form(it) for it in requests if "code_verifier" in (it.post_data or ""))
    digest = hashlib.sha256(exchange["code_verifier"].encode()).digest()
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"] == [base64.urlsafe_b64encode(digest).decode().rstrip("=")]
    assert asked["response_type"] == ["code"]

    user = json.loads(next(value for name, value in stored(page).items() if name.startswith(USER)))
    secrets = [user["id_token"], user["access_token"], user["refresh_token"], exchange["code_verifier"]]
    assert all(secrets)
    addresses = [
        page.url,
        *page.evaluate("performance.getEntries().map((entry) => entry.name)"),
        *(it.url for it in requests),
    ]
    assert [address for address in addresses for secret in secrets if secret in address] == []
    assert (
        page.evaluate("JSON.stringify(localStorage) + document.cookie + document.documentElement.outerHTML").count(
            "eyJ"
        )
        == 0
    )
    assert urlsplit(page.url).query == "", "the code stays in the address"
    lines = [line for name in FUNCTIONS for line in visitor.stack.logs(name)]
    assert len(lines) > 10
    assert [line for line in lines for secret in [*secrets, "eyJ"] if secret in line] == []


def end_session(page: Page, token: str) -> None:
    """Let the tab hold a token that has ended, though its clock does not say so, and nothing to renew it with."""
    page.evaluate(
        f"""(token) => {{
            const key = Object.keys(sessionStorage).find((name) => name.startsWith("{USER}"));
            const user = JSON.parse(sessionStorage[key]);
            delete user.refresh_token;
            sessionStorage[key] = JSON.stringify({{...user, id_token: token, access_token: token}});
        }}""",
        token,
    )


def test_a_token_that_the_api_refuses_leads_to_the_sign_in_and_from_there_back_to_the_same_page(
    visit: Callable[..., Visitor], session: dict[str, str]
) -> None:
    visitor = visit(session)
    visitor.watched.expected.add(("401", ""))
    page = visitor.open("#/campaigns?status=paused")
    expect(page.locator("main h2")).to_have_text("Nenhuma campanha com estes filtros")
    end_session(page, visitor.stack.token(lifetime=-60))
    page.get_by_label("Estado").select_option("failed")
    expect(page.locator(".signed-out")).to_contain_text(
        "Sua sessão terminou. Entre de novo para voltar a esta mesma página."
    )
    assert not any(name.startswith(USER) for name in stored(page))
    visitor.sign_in(page, "Bia Souza")
    expect(page.get_by_label("Estado")).to_have_value("failed")
    assert page.url == f"{visitor.url}#/campaigns?status=failed"
