"""A filter with a group in it, as a person builds it, against the API."""

import re
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import expect

from tests.console.conftest import Visitor
from tests.console.person import Person

PEOPLE = [("Ana", "Recife", 70), ("Bia", "Olinda", 90), ("Caio", "Natal", 90), ("Duda", "Recife", 10)]


def test_conditions_and_a_group_of_them_add_the_people_that_the_api_counts(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.open("#/settings")
    person = Person(visitor.stack, f"Ivo {uuid4().hex[:6]}")
    visitor.sign_in(page, person.name)
    contacts = [
        {"phone": f"+551198765000{place}", "name": name, "attributes": {"cidade": city, "pontos": points}}
        for place, (name, city, points) in enumerate(PEOPLE)
    ]
    person.call("POST", "/v1/contacts", {"contacts": contacts})
    segment = person.call("POST", "/v1/segments", {"name": "Perto, com pontos"})["id"]
    page.goto(f"{visitor.url}#/segments/{segment}?do=filter")

    # Points of at least 50, and in Recife or Olinda.
    page.get_by_label("Campo").select_option("attributes.pontos")
    page.get_by_label("Comparação").select_option("gte")
    page.get_by_label("Valor").fill("50")
    page.get_by_role("button", name="Grupo de condições").click()
    group = page.get_by_role("group", name="Grupo de condições").locator(".conditions")
    for city in ("Recife", "Olinda"):
        row = group.locator(".condition").last
        row.get_by_label("Campo").select_option("attributes.cidade")
        row.get_by_label("Comparação").select_option("eq")
        row.get_by_label("Valor").fill(city)
        if city == "Recife":
            page.get_by_role("group", name="Grupo de condições").get_by_role(
                "button", name="Mais uma condição"
            ).first.click()
    said = page.locator(".form .lead")
    expect(said).to_have_text("2 pessoas correspondem agora.")
    expect(page.locator(".form .quiet").last).to_have_text(re.compile("^Por exemplo: (Ana, Bia|Bia, Ana)\\.$"))

    # Without the people of the group instead.
    page.get_by_role("radio", name="Não cumpre nenhuma").last.check()
    expect(said).to_have_text("1 pessoa corresponde agora.")
    page.get_by_role("button", name="Adicionar 1 pessoa").click()
    expect(page.locator("main .lead").first).to_have_text("1 pessoa neste segmento.")
    [member] = person.call("GET", f"/v1/segments/{segment}/contacts")["items"]
    assert member["name"] == "Caio"
