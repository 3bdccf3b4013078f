"""A person: added, opted out, erased."""

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import expect

from local.demo.client import Client
from tests.console.conftest import Visitor, client_of


def found(client: Client, name: str) -> int:
    return len(client.call("GET", "/v1/contacts", search=name)["items"])


def test_a_person_is_added_written_to_no_more_and_erased_only_after_their_name_is_typed(
    visit: Callable[..., Visitor], session: dict[str, str]
) -> None:
    visitor = visit(session)
    client = client_of(visitor.stack, session)
    word = uuid4().hex[:8]
    name, phone = f"<img src=x onerror=alert(1)> {word}", f"+551198{uuid4().int % 10**7:07}"
    page = visitor.open("#/contacts")
    page.get_by_role("button", name="Adicionar contato").click()
    page.get_by_label("Telefone", exact=True).fill(phone)
    page.get_by_label("Nome", exact=True).fill(name)
    page.get_by_role("button", name="Adicionar atributo").click()
    page.get_by_label("Nome do atributo").fill("Cidade")
    page.get_by_label("Valor de Cidade").fill("Recife")
    page.get_by_role("button", name="Salvar contato").click()
    expect(page.locator("h1")).to_have_text(name)
    assert page.locator("img").count() == 0
    expect(page.locator(".facts")).to_contain_text("CidadeRecife")
    expect(page.locator(".facts")).to_contain_text(f"(11) {phone[5:10]}-{phone[10:]}")

    menu = page.locator("header details.menu summary")
    menu.click()
    page.get_by_role("button", name="Não escrever mais").click()
    expect(page.locator(".lead")).to_have_text("Pediu para não receber: nenhuma campanha escreve para esta pessoa.")
    assert phone in {it["phone"] for it in client.every("/v1/opt-outs")}

    menu.click()
    page.get_by_role("button", name="Apagar a pessoa (LGPD)").click()
    confirm = page.get_by_role("button", name="Apagar a pessoa", exact=True)
    expect(confirm).to_be_disabled()
    assert found(client, word) == 1
    page.locator("dialog input").fill(name)
    confirm.click()
    expect(page.locator("main")).to_contain_text("A pessoa foi apagada")
    assert found(client, word) == 0
