"""Signing in by the authorization code flow, and what is left of it in the browser."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.console.conftest import Visitor

USER = "oidc.user:"


def stored(page: Page) -> dict[str, str]:
    found: dict[str, str] = json.loads(page.evaluate("JSON.stringify(sessionStorage)"))
    return found


def change_user(page: Page, script: str) -> None:
    """Change what the tab keeps of the user, as time would, and load the page anew."""
    page.evaluate(
        f"""() => {{
            const key = Object.keys(sessionStorage).find((name) => name.startsWith("{USER}"));
            const user = JSON.parse(sessionStorage[key]);
            {script}
            sessionStorage[key] = JSON.stringify(user);
        }}"""
    )
    page.reload()


def test_a_person_signs_in_and_the_tokens_stay_in_the_tab(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.open("#/settings")
    visitor.sign_in(page, "Bia Souza")
    expect(page.locator("dl")).to_contain_text("Bia Souza")
    assert page.url == f"{visitor.url}#/settings"
    assert any(key.startswith(USER) for key in stored(page))
    assert "eyJ" not in page.evaluate("JSON.stringify(localStorage)")
    # Another tab has to sign in itself: nothing is shared beyond this one.
    expect(visitor.open().locator("button.primary")).to_have_text("Entrar")
    page.get_by_role("button", name="Sair").click()
    expect(page.locator("button.primary")).to_have_text("Entrar")
    assert not any(key.startswith(USER) for key in stored(page))
    for line in visitor.stack.logs("console"):
        assert "eyJ" not in line


def test_a_token_that_ends_is_renewed_and_without_that_the_same_page_comes_back_after_signing_in(
    visit: Callable[..., Visitor], session: dict[str, str]
) -> None:
    visitor = visit(session)
    page = visitor.open("#/settings?from=link")
    expect(page.locator("dl")).to_contain_text("Bia Souza")
    change_user(page, "user.profile.exp = 1;")
    expect(page.locator("dl")).to_contain_text("Bia Souza")
    page.wait_for_function("Object.values(sessionStorage).some((it) => (JSON.parse(it).profile?.exp ?? 0) > 1)")

    change_user(page, "user.profile.exp = 1; delete user.refresh_token;")
    expect(page.locator(".signed-out")).to_contain_text("Sua sessão terminou")
    visitor.sign_in(page, "Bia Souza")
    expect(page.locator("dl")).to_contain_text("Bia Souza")
    assert page.url == f"{visitor.url}#/settings?from=link"
