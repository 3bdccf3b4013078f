"""A campaign, from the choice of its people to its start."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.console.conftest import Instance, Visitor
from tests.console.person import Person

ANA, BIA, CAIO, DUDA = (f"+551198765{number}" for number in ("0001", "0002", "0003", "0004"))


def prepared(instance: Instance) -> Person:
    """A person with a linked number, a template, and four contacts, one without points and one opted out."""
    person = Person(instance.stack, f"Caio {instance.name}")
    instance.scan()
    address = {"base_url": instance.stack.evolution_url, "api_key": instance.stack.evolution_api_key}
    person.call("PUT", "/v1/evolution-config", {**address, "instance_name": instance.name})
    names = {ANA: "Ana", BIA: "Beatriz", DUDA: "Duda"}
    points = [{"phone": phone, "name": name, "attributes": {"pontos": 70}} for phone, name in names.items()]
    person.segment("Clientes", [*points, {"phone": CAIO, "name": "Caio"}])
    person.call("POST", "/v1/opt-outs", {"phones": [DUDA]})
    person.template("Pontos", "Olá {{nome}}, são *{{pontos}} pontos*.", ["nome", "pontos"])
    return person


def shown(phone: str) -> str:
    """A Brazilian phone as people write it."""
    return f"({phone[3:5]}) {phone[5:10]}-{phone[10:]}"


def made(page: Page) -> None:
    """The cards up to the last one, by what a person reads on them; the browser's back button leads one card back."""
    proceed, ticked = page.get_by_role("button", name="Continuar"), page.locator(".card.done .card-title")
    expect(ticked).to_have_count(0)
    page.get_by_role("radio", name="Clientes").check()
    proceed.click()
    expect(ticked).to_have_text(["Quem"])
    page.get_by_role("radio", name="Pontos").check()
    page.wait_for_url("**/console#/campaigns/*/edit?step=message")  # the draft is made
    page.go_back()
    expect(page.get_by_role("radio", name="Clientes")).to_be_checked()
    page.wait_for_url("**/console#/campaigns/*/edit")
    proceed.click()
    expect(ticked).to_have_text(["Quem", "O quê"])
    proceed.click()
    expect(page.get_by_label("Mensagens por minuto")).to_be_visible()
    proceed.click()


def to_many(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "will_receive": 1001})


def test_the_check_says_what_the_api_predicts_and_only_a_yes_starts_the_campaign(
    visit: Callable[..., Visitor], instance: Instance
) -> None:
    person = prepared(instance)
    visitor = visit()
    page = visitor.open("#/campaigns/new")
    visitor.sign_in(page, person.name)
    made(page)
    page.wait_for_url("**/console#/campaigns/*/edit?step=check")
    [campaign] = person.call("GET", "/v1/campaigns")["items"]
    address = f"/v1/campaigns/{campaign['id']}"
    predicted = person.call("POST", f"{address}/preflight")
    assert campaign["name"] == "Pontos · Clientes"

    page.reload()  # what was chosen is the draft's
    said = f"{predicted['will_receive']} de {predicted['recipients']} pessoas recebem."
    expect(page.locator(".checked .lead")).to_contain_text(said)
    left = page.locator(".left-out")
    expect(left).to_have_count(len(predicted["will_not"]))
    for reason in predicted["will_not"]:
        for example in reason["examples"]:
            row = left.filter(has_text=shown(example["phone"]))
            expect(row).to_contain_text(f"{reason['recipients']} pessoa")
    expect(left.filter(has_text=shown(CAIO))).to_contain_text("sem valor: pontos")

    # The same person is the example of the preview, of the test and of the question.
    expect(page.locator(".phone .who")).to_contain_text("Beatriz")
    expect(page.locator(".test .hint")).to_contain_text("Beatriz")
    start, question = page.get_by_role("button", name="Começar a campanha"), page.get_by_role("dialog")
    page.route("**/preflight", to_many)
    start.click()
    expect(question).to_contain_text("1.001 pessoas recebem")
    expect(question.get_by_role("button", name="Começar")).to_be_disabled()
    question.get_by_role("button", name="Cancelar").click()
    page.unroute("**/preflight")

    start.click()
    expect(question).to_contain_text(f"{predicted['will_receive']} pessoas recebem, pelo número {instance.name}")
    expect(question.locator(".bubble")).to_have_text("Olá Beatriz, são 70 pontos.")
    assert person.call("GET", address)["status"] == "draft"
    question.get_by_role("button", name="Começar").click()
    expect(page).to_have_url(re.compile(r"#/campaigns/[0-9a-f-]{36}$"))
    expect(page.get_by_text(re.compile("em envio|concluída")).first).to_be_visible()
    assert person.call("GET", address)["status"] in {"running", "completed"}
