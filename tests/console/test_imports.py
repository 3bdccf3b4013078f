"""An import, from the file to its rejected rows."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.console.conftest import Visitor, client_of
from tests.console.test_pages import faults

PREVIEW = "**/v1/imports/preview"
ROWS = """Nome;Celular;Cidade;Aceite;Código
João;(11) 98765-0101;São Paulo;Sim;1
Conceição;(81) 98765-0102;Recife;Não;2
<img src=x onerror=alert(1)>;(81) 98765-0103;Olinda;Sim;3
Zé;;Natal;Sim;4
Bia;1234;Natal;Sim;5
"""


def choose(page: Page, file: Path) -> None:
    """The file, after another one: the name that is proposed for the segment is that of the file."""
    chosen, segment = page.locator("input[type=file]"), page.get_by_label("Nome do segmento")
    chosen.set_input_files({"name": "foto.csv", "mimeType": "text/csv", "buffer": b"Telefone\n1"})
    expect(segment).to_have_value("foto")
    chosen.set_input_files(file)
    expect(segment).to_have_value(file.stem)


def width(of: Locator) -> float:
    box = of.bounding_box()
    assert box
    return box["width"]


def test_a_file_of_windows_is_mapped_and_imported_as_its_preview_says(
    visit: Callable[..., Visitor], session: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "Clientes de São Paulo.csv"
    file.write_bytes(ROWS.replace("\n", "\r\n").encode("cp1252"))
    visitor = visit(session)
    page = visitor.open("#/imports/new")
    choose(page, file)
    lead = page.locator("section .lead")
    expect(lead).to_have_text("5 linhas conferidas: 3 serão importadas e 2 serão recusadas.")
    page.get_by_label("Aceite", exact=True).select_option("consent.basis")
    named = page.get_by_label("Nome do atributo para a coluna Cidade")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(PREVIEW, hold)
    with page.expect_request(PREVIEW):
        page.get_by_label("Código", exact=True).select_option("")
    named.fill("município")
    with page.expect_response(PREVIEW):
        held[0].continue_()
    page.unroute(PREVIEW)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(named).to_have_value("município")  # the answer to the change before does not undo what is being typed
    named.press("Enter")
    rows = page.locator(".preview-rows tbody tr")
    expect(rows.nth(0)).to_contain_text("(11) 98765-0101")
    expect(rows.nth(0)).to_contain_text("Consentimento da pessoa")
    expect(rows.nth(4)).to_contain_text("telefone inválido")
    expect(named).to_have_value("município")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert page.locator("td img").count() == 0

    page.get_by_role("button", name="Importar", exact=True).click()
    expect(lead).to_contain_text("5 linhas lidas: 3 contatos novos, 0 atualizados, 0 sem mudança.")
    client = client_of(visitor.stack, session)
    made = client.call("GET", "/v1/imports")["items"][0]
    assert (made["status"], made["rows_read"], made["created"], made["rejected"]) == ("completed", 5, 3, 2)
    members = list(client.every(f"/v1/segments/{made['segment_id']}/contacts"))
    found = {it["name"]: (it["phone"], it["attributes"], it["consent"] and it["consent"]["basis"]) for it in members}
    assert found["João"] == ("+5511987650101", {"município": "São Paulo"}, "consent")
    assert found["Conceição"] == ("+5581987650102", {"município": "Recife"}, None)

    rejects = page.locator(".grouped")
    expect(rejects).to_contain_text("Sem telefone: preencha a coluna do telefone 1 linha")
    expect(rejects.locator("tbody", has_text="Telefone inválido: confira DDD e número")).to_contain_text(
        "Bia;1234;Natal;Sim;5"
    )
    expect(rejects.locator("td.number")).to_have_text(["5", "6"])
    assert width(rejects.locator(".reason th").first) == pytest.approx(width(rejects.locator("table")), abs=2)
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Baixar as linhas recusadas").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert [line.split(",")[1] for line in text.splitlines()[1:]] == ["no_phone", "invalid_phone"]
