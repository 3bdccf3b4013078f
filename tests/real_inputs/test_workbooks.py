"""Workbooks as people save them, from the file to the text that a contact gets."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import Databases
from tests.real_inputs.made_workbooks import HEADER, MAIN, made, parts, relations, rows_of, sheet, styles, zipped
from tests.store.importing import Importing, contacts

PHONE = "+5511987654321"
DUE = date(2026, 2, 5)
AFTERNOON = datetime.fromisoformat("2026-02-05T14:30")


def imported(databases: Databases, user: UUID, content: bytes, **options: Any) -> dict[str, tuple[Any, ...]]:
    this = Importing.make(databases, user, content, format="xlsx", **options)
    row = this.finish()
    assert (row["status"], row["failure_reason"]) == ("completed", None)
    assert row["bytes_read"] == len(content)
    return contacts(databases, user)


def shown(databases: Databases, user: UUID, cell: Any, country: str = "BR") -> Any:
    """The attribute that a cell becomes."""
    content = rows_of(["telefone", "valor"], [PHONE, cell])
    return imported(databases, user, content, country=country)[PHONE][1].get("valor")


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        pytest.param([(DUE, "dd/mm/yyyy"), (1234.5, "0.00")], "vence em 05/02/2026: R$ 1234,50", id="C16"),
        pytest.param([(DUE, "mm-dd-yy"), (1234.5, "#,##0.00")], "vence em 05/02/2026: R$ 1.234,50", id="C16-built-in"),
        pytest.param([(datetime.fromisoformat("2026-02-05"), "d/m/yy"), (0.15, "0%")], "vence em 5/2/26: R$ 15%", id="C16-percent"),
        pytest.param([(AFTERNOON, "dd/mm/yyyy"), 1234.5], "vence em 05/02/2026: R$ 1234,5", id="C16-general"),
    ],
)  # fmt: skip
def test_a_message_says_dates_and_amounts_as_the_sheet_shows_them(
    databases: Databases, user: UUID, call: Any, cells: list[Any], text: str
) -> None:
    imported(databases, user, rows_of(["Telefone", "Vencimento", "Valor"], [5511987654321, *cells]))
    body = "vence em {{Vencimento}}: R$ {{Valor}}"
    templates = call("templates")
    given = {"title": "t", "body": body, "variables": ["Vencimento", "Valor"]}
    path = f"/v1/templates/{templates.post('/v1/templates', given).json['id']}/preview"
    (contact,) = call("contacts").all("/v1/contacts", limit=5)
    answer = templates.post(path, {"contact_id": contact["id"]})
    assert (answer.status, answer.json["text"]) == (200, text)


@pytest.mark.parametrize(
    ("cell", "country", "text"),
    [
        ((DUE, "mm-dd-yy"), "US", "2/5/2026"),
        ((DUE, "mm-dd-yy"), "PT", "05/02/2026"),
        ((DUE, "yyyy-mm-dd"), "BR", "2026-02-05"),
        ((DUE, "mmm/yy"), "BR", "fev/26"),
        ((DUE, "mmm/yy"), "US", "Feb/26"),
        ((AFTERNOON, "dd/mm/yyyy hh:mm"), "BR", "05/02/2026 14:30"),
        ((AFTERNOON, "m/d/yy h:mm"), "BR", "05/02/2026 14:30"),
        ((time(8, 5), "hh:mm"), "BR", "08:05"),
        ((1234.5, "#,##0.00"), "US", "1,234.50"),
        ((1234.5, '"R$ "#,##0.00'), "BR", "R$ 1.234,50"),
        ((1234.5, '[$$-409]#,##0.00'), "US", "$1,234.50"),
        ((0.125, "0.0%"), "BR", "12,5%"),
        ((0.15, "0%"), "US", "15%"),
        (0.1 + 0.2, "BR", "0,3"),
        (-12.5, "BR", "-12,5"),
        (-12.5, "US", "-12.5"),
        (70, "BR", "70"),
        (12345678909, "BR", "12345678909"),
        (((1234567890), "00000000000"), "BR", "01234567890"),
        ((1310100, "00000-000"), "BR", "01310-100"),
        (True, "BR", "VERDADEIRO"),
        (False, "MX", "FALSO"),
        (True, "US", "TRUE"),
        ("1234.5", "BR", "1234.5"),
        ("2026-02-05", "BR", "2026-02-05"),
        (" texto ", "BR", "texto"),
        ("#N/A", "BR", None),
        ((5, ";;;"), "BR", None),
    ],
)  # fmt: skip
def test_a_cell_becomes_the_text_that_its_sheet_shows(
    databases: Databases, user: UUID, cell: Any, country: str, text: str | None
) -> None:
    assert shown(databases, user, cell, country) == text


@pytest.mark.parametrize(
    "cell",
    [
        11987654321,
        11987654321.0,
        (11987654321, "0.00"),
        (11987654321, "#,##0"),
        (11987654321, "0.00E+00"),
        (11987654321, "(00) 00000-0000"),
        (11987654321, "00000000000000"),
        (11987654321, '"+55 "00 00000-0000'),
        (987654321, '"(11) "00000-0000'),
        (5511987654321, "General"),
        "11987654321",
        ("11 98765-4321", "0.00"),
    ],
)
def test_a_phone_is_read_from_its_digits_however_the_sheet_shows_it(
    databases: Databases, user: UUID, cell: Any
) -> None:
    assert list(imported(databases, user, rows_of(["nome", "celular"], ["Ana", cell]))) == [PHONE]


@pytest.mark.parametrize("code", ["dd/mm/yyyy", "m/d/yy", "mmm-yy", "d-mmm-yyyy"])
def test_the_time_of_a_consent_is_read_whatever_the_sheet_shows(databases: Databases, user: UUID, code: str) -> None:
    content = rows_of(
        ["telefone", "base", "quando"],
        ["+5511987654321", "consent", (AFTERNOON, code)],
        ["+5511987654322", "consent", "2026-02-05"],
    )
    mapping = {"base": "consent.basis", "quando": "consent.at"}
    found = imported(databases, user, content, mapping=mapping, country="US" if code.startswith("m/") else "BR")
    assert [consent["at"] for *_, consent in found.values()] == ["2026-02-05T14:30:00Z", "2026-02-05T00:00:00Z"]


# What openpyxl does not write, and other programs do.
OTHER_CELLS = """
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c t="s"><v>2</v></c></row>
<row r="2" spans="1:3"><c r="A2"><v>1.1987654321E10</v></c><c r="B2" t="s"><v>3</v></c>
  <c r="C2" s="1"><f>TODAY()</f><v>46058</v></c></row>
<row><c><v>11987654322</v></c><c t="inlineStr"><is><r><t>Jo</t></r><r><rPr/><t xml:space="preserve">ão </t></r></is></c>
  <c t="str"><f>A1</f><v>x_x0041_</v></c></row>
<row r="7"><c r="A7"><v>11987654323</v></c><c r="C7" t="e"><v>#REF!</v></c></row>
<row r="8"><c r="A8"><v>11987654324</v></c><c r="C8"><f>B1</f></c></row>
<row r="9"><c r="A9"><v>11987654325</v></c><c r="C9" t="d" s="1"><v>2026-02-05T00:00:00</v></c></row>
<row r="10"><c r="A10"><v>11987654326</v></c><c r="C10" s="2"><v>45000</v></c></row>
"""
STRINGS = (
    f'<sst xmlns="{MAIN}"><si><t>telefone</t></si><si><t>nome</t></si><si><t>quando</t></si>'
    '<si><r><t>Ma</t></r><r><t>ria</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si></sst>'
).encode()
EXPECTED = {
    "+5511987654321": ("Maria", {"quando": "05/02/2026"}, None),
    "+5511987654322": ("João", {"quando": "xA"}, None),
    "+5511987654323": (None, {}, None),
    "+5511987654324": (None, {}, None),
    "+5511987654325": (None, {"quando": "05/02/2026"}, None),
    "+5511987654326": (None, {"quando": "15/03/2023"}, None),
}


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_rich_texts_formulas_errors_and_cells_without_places_are_read(
    databases: Databases, user: UUID, prefix: str, encoding: str
) -> None:
    data = sheet(OTHER_CELLS).decode()
    if prefix:  # as some libraries write every tag
        data = (
            data.replace("</", "\0")
            .replace("<", f"<{prefix}")
            .replace("\0", f"</{prefix}")
            .replace("xmlns=", "xmlns:x=")
        )
    content = made(data=data.encode(encoding), strings=STRINGS, styles=styles("dd/mm/yyyy", 14))
    this = Importing.make(databases, user, content, format="xlsx")
    this.finish(batches=1, batch_rows=1)  # each row is a slice of its own
    assert contacts(databases, user) == EXPECTED


def test_dates_of_the_1904_date_system_are_read(databases: Databases, user: UUID) -> None:
    content = made(
        '<row r="1"><c r="A1" t="str"><v>fone</v></c><c r="B1" t="str"><v>dia</v></c></row>'
        '<row r="2"><c r="A2"><v>11987654321</v></c><c r="B2" s="1"><v>44596</v></c></row>',
        book=f'<workbook xmlns="{MAIN}" xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet r:id="r1"/></sheets>'
        "</workbook>".encode(),
        styles=styles(14),
    )
    assert imported(databases, user, content)[PHONE][1] == {"dia": "05/02/2026"}


def test_the_first_visible_sheet_is_read(databases: Databases, user: UUID) -> None:
    given = parts("<row><c t='str'><v>hidden</v></c></row>")
    given["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="r"><sheets><sheet name="a" state="hidden" r:id="r1"/>'
        '<sheet name="b" r:id="r2"/></sheets></workbook>'
    ).encode()
    given["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"), ("worksheet", "/xl/Worksheets/Sheet2.xml")
    )
    given["xl/worksheets/sheet2.xml"] = sheet(HEADER + '<row r="2"><c r="A2"><v>11987654321</v></c></row>')
    assert list(imported(databases, user, zipped(given))) == [PHONE]


def test_a_merged_row_of_groups_above_the_columns_names_is_a_title(databases: Databases, user: UUID) -> None:
    content = rows_of(["Cliente", None, "Contato"], ["Código", "Nome", "Celular", "E-mail"], [7, "Ana", PHONE, "a@b.c"])
    assert imported(databases, user, content) == {PHONE: ("Ana", {"Código": "7", "E-mail": "a@b.c"}, None)}
