"""The bubble beside a template's text, against the API's preview."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from local.processes import LocalError
from tests.console.conftest import Visitor, client_of

CONTACT = {
    "phone": "+5511987650001",
    "name": "Conceição 🎉",
    "attributes": {"Pontos": 70, "Data de Vencimento": "05/02/2026", "nota": "a {{nome}} *b* <i>c</i>", "vazio": " "},
}
# Texts with what the bubble shows where WhatsApp's marks change it.
BODIES: list[tuple[str, str | None]] = [
    ("Oi", None),
    ("Oi, {{nome}}!", None),
    ("Oi, {{ NOME }}, {{nome}}", None),
    ("Você tem {{pontos}} pontos até {{data_de_vencimento}}", None),
    ("áéíóú ção ÃÕ ñ ü ß", None),
    ("👩‍👩‍👧 {{nome}} 🇧🇷", None),
    ("linha um\nlinha dois\n\n  recuo", None),
    ("{{telefone}}", None),
    ("{{nada}} e {{vazio}}", None),
    ("{{nome}} {{nada}}", None),
    ("{nome} e {Oi|Olá}", None),
    ("<img src=x onerror=alert(1)>", None),
    ("<script>alert(1)</script> & &amp; \"aspas\" 'simples'", None),
    ("$1 $& \\n %s {0}", None),
    ("{{nome}}" * 20, None),
    ("x" * 4096, None),
    ("2*3*4 e a_b_c e ~ nada ~", None),
    ("*{{nome}}* e _{{pontos}}_", "Conceição 🎉 e 70"),
    ("~antes~ ```fixo *não* {{nome}}```", "antes fixo *não* Conceição 🎉"),
    ("{{nota}}", "a {{nome}} b <i>c</i>"),
]


def test_the_bubble_says_what_the_api_previews_and_nothing_in_it_becomes_html(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.open("#/settings")
    visitor.sign_in(page, f"Rita {uuid4().hex[:6]}")
    client = client_of(visitor.stack, json.loads(page.evaluate("JSON.stringify(sessionStorage)")))
    contact = client.call("POST", "/v1/contacts", {"contacts": [CONTACT]})["contacts"][0]["id"]
    template = client.call("POST", "/v1/templates", {"title": "x", "body": "x"})["id"]
    page.goto(f"{visitor.url}#/templates/new")
    page.get_by_label("Nome do modelo").fill("Pontos")
    text, said = page.get_by_label("Texto", exact=True), page.locator(".bubble .said")
    for body, shown in BODIES:
        variables = client.call("POST", "/v1/templates/preview", {"body": body})["variables"]
        client.call("PATCH", f"/v1/templates/{template}", {"body": body, "variables": variables})
        text.fill(body)
        path = f"/v1/templates/{template}/preview"
        if "nada" in variables:
            with pytest.raises(LocalError, match="unresolved-variables"):
                client.call("POST", path, {"contact_id": contact})
            expect(page.locator(".wrong")).to_contain_text("Sem valor: ")
            expect(said.locator("mark").last).to_have_text("{{nada}}" if "vazio" not in variables else "{{vazio}}")
            continue
        preview = client.call("POST", path, {"contact_id": contact})["text"]
        expect(said).to_have_js_property("textContent", preview if shown is None else shown)
        expect(page.locator(".wrong")).to_have_count(0)
    expect(said.locator("strong")).to_have_text("b")
    assert page.locator(".bubble").locator("img, script, i").count() == 0

    text.fill("Oi, ")
    text.press("End")
    text.press_sequentially("{{pon")
    expect(page.get_by_role("option")).to_have_text("Pontos")
    text.press("Enter")
    expect(text).to_have_value("Oi, {{Pontos}}")
    page.get_by_role("button", name="Salvar modelo").click()
    expect(page.locator("h1")).to_have_text("Pontos")
    assert client.call("GET", "/v1/templates")["items"][0]["variables"] == ["Pontos"]
