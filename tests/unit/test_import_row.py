"""A row's cells and a JSON object's values: what shows nothing changes nothing."""

import pytest

from hidra.domain.imports import row
from hidra.domain.imports.consent_cells import ConsentRules
from hidra.domain.imports.header import columns
from hidra.domain.imports.row import ContactRow

PHONE = "+5511980000001"
INVISIBLE = [
    "",
    "   ",
    "\u200b",
    "\ufeff",
    " \u00ad\u2060 ",
    "\u2800",
    "\u3164",
    "\u200e\u200f",
    "\x01\x02",
    "\U000e0001",
]


def parse(text: str, *, country: str = "BR") -> str:
    return text


@pytest.mark.parametrize("cell", INVISIBLE, ids=ascii)
def test_a_cell_that_shows_nothing_is_an_empty_one(cell: str) -> None:
    read = row.of_cells(columns(["telefone", "nome", "cidade"], {}), parse, ConsentRules())
    assert read([PHONE, cell, cell]) == ContactRow(PHONE, None, {}, None)
    assert read([PHONE, f"{cell}Zé{cell}", f"{cell}Avaré"]) == ContactRow(
        PHONE, f"{cell}Zé{cell}".strip(), {"cidade": f"{cell}Avaré".strip()}, None
    )


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_a_text_of_an_object_that_shows_nothing_is_an_empty_one(text: str) -> None:
    read = row.of_object({}, parse, ConsentRules())
    empty = {"phone": PHONE, "name": text, "cidade": text, "attributes": {"bairro": text}}
    assert read(empty) == read({"phone": PHONE}) == ContactRow(PHONE, None, {}, None)
