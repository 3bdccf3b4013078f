"""The address of a thing of another account."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.console.conftest import Visitor
from tests.console.test_pages import ENTRIES, places

__all__ = ["places"]  # a fixture
NAMES = ("Natal", "Ana", "Pontos", "Clientes", "5511987650001")


def test_every_address_of_another_account_says_not_found_shows_nothing_and_leads_on(
    visit: Callable[..., Visitor], places: dict[str, str]
) -> None:
    visitor = visit()
    visitor.watched.expected.add(("404", ""))
    page = visitor.open("#/settings")
    visitor.sign_in(page, "Otto Alheio")
    for pattern in ENTRIES:
        if ":" not in pattern:
            continue
        page.goto(f"{visitor.url}#{places[pattern]}")
        expect(page.locator("h1"), pattern).to_have_text("Não encontrado")
        main = page.locator("main")
        expect(main).to_contain_text("Não há nada neste endereço, ou pertence a outra conta.")
        assert [name for name in NAMES if name in page.locator("body").inner_text()] == [], pattern
        main.get_by_role("link").click()
        expect(page.locator("h1"), pattern).not_to_have_text("Não encontrado")
