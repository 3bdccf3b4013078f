"""The connection, from nothing to a linked number."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.console.conftest import Instance, Visitor
from tests.console.person import Person


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
    expect(page.locator("header .dot-place")).to_contain_text("conectado · limite 20/min")
    assert page.evaluate("window.same"), "the page was loaded anew"

    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Apagar a conexão").click()
    page.get_by_role("button", name=f"Apagar {instance.name}").click()
    expect(page.get_by_label("Endereço do servidor")).to_be_visible()


def test_limits_and_a_warm_up_are_saved_and_shown_with_today_marked(
    visit: Callable[..., Visitor], instance: Instance
) -> None:
    person = Person(instance.stack, f"Lia {instance.name}")
    instance.scan()
    address = {"base_url": instance.stack.evolution_url, "api_key": instance.stack.evolution_api_key}
    person.call("PUT", "/v1/evolution-config", {**address, "instance_name": instance.name})
    visitor = visit()
    page = visitor.open("#/connection")
    visitor.sign_in(page, person.name)
    page.get_by_role("button", name="Mudar ritmo e limites").click()
    page.get_by_label("Mensagens por dia").fill("muitas")
    page.get_by_label("Primeiros contatos por dia").fill("5")
    page.get_by_role("radio", name="Aumentar dia a dia").check()
    page.get_by_label("Mensagens em cada dia").fill("30, 1.000")
    save = page.get_by_role("button", name="Salvar")
    save.click()
    expect(page.get_by_label("Mensagens por dia")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Mensagens por dia").fill("50")
    save.click()
    expect(page.locator(".bar-day.now")).to_have_text("30hoje")
    expect(page.locator(".used")).to_contain_text("Mensagens de hoje: 0 de 30. Restam 30.")
    saved = person.call("GET", "/v1/evolution-config")
    assert saved["warm_up"]["limits"] == [30, 1000]
    assert (saved["max_messages_per_day"], saved["max_first_contacts_per_day"]) == (50, 5)
    assert saved["max_messages_per_minute"] == 60, "what was not changed is kept"


def test_a_number_that_does_not_work_says_why_in_the_persons_language(
    visit: Callable[..., Visitor], instance: Instance
) -> None:
    person = Person(instance.stack, f"Eva {instance.name}")
    address = {"base_url": instance.stack.evolution_url, "api_key": "not-the-key"}
    person.call("PUT", "/v1/evolution-config", {**address, "instance_name": instance.name})
    visitor = visit()
    page = visitor.open("#/connection")
    visitor.sign_in(page, person.name)
    state = page.locator(".state")
    expect(state).to_contain_text("O servidor Evolution não aceita a chave da API. Informe a chave certa")
    expect(state.locator("[lang=en]")).to_have_text("The Evolution server does not accept the API key.")

    found = person.call("GET", "/v1/evolution-config")
    answers: list[dict[str, Any]] = [found]
    page.route(
        "**/v1/evolution-config",
        lambda route: route.fulfill(json=answers[-1], headers={"Access-Control-Allow-Origin": "*"}),
    )
    probed = "está em observação: sai uma mensagem a cada 5 minutos até o WhatsApp confirmar uma. Por que parou: "
    for status, code, text in (
        (
            "error",
            None,
            "O servidor Evolution não responde, ou não deixa este número enviar.",
        ),  # before there were codes
        ("error", "brand-new", "O número não pode enviar (brand-new)."),  # of a later API
        ("connected", "unauthorized", f"{probed}O servidor Evolution não aceita a chave da API."),
        ("connected", "webhook-not-set", "Entregas e respostas podem não aparecer aqui"),
    ):
        answers.append(found | {"status": status, "error_message": "Something.", "error_code": code})
        page.reload()
        expect(state).to_contain_text(text)
        expect(state.locator("[lang=en]")).to_have_text("Something.")
    expect(state).not_to_contain_text("em observação")
