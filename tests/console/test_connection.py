"""The connection, from nothing to a linked number."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.console.conftest import Instance, Visitor


def test_the_code_appears_and_a_phone_that_scans_it_turns_the_page_to_connected(
    visit: Callable[..., Visitor], instance: Instance
) -> None:
    visitor = visit()
    page = visitor.open("#/connection")
    visitor.sign_in(page, f"Rui {instance.name}")
    page.get_by_label("Endereço do servidor").fill(instance.stack.evolution_url)
    page.get_by_label("Nome da instância").fill(instance.name)
    page.get_by_label("Chave da API").fill(instance.stack.evolution_api_key)
    page.get_by_role("button", name="Salvar e testar").click()

    code = page.get_by_alt_text("QR code para ler com o WhatsApp")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.complete && image.naturalWidth > 0")
    expect(page.locator(".qr")).to_contain_text("O código se renova em")
    page.evaluate("window.same = true")

    instance.scan()
    expect(page.locator(".state .lead")).to_have_text(f"{instance.name} está conectado e pode enviar.")
    expect(code).to_have_count(0)
    expect(page.locator("header .dot-place")).to_contain_text("conectado · 20/min")
    assert page.evaluate("window.same"), "the page was loaded anew"

    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Apagar a conexão").click()
    page.get_by_role("button", name=f"Apagar {instance.name}").click()
    expect(page.get_by_label("Endereço do servidor")).to_be_visible()
