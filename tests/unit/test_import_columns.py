"""What an import reads in a row, by the words of its columns' names: the same code as the import, without a database."""

import json
from typing import Any

import pytest

from hidra.services.imports.preview import FilePreview, preview

ANA, BIA, LANDLINE = "+5511987654321", "+5511987654322", "+551133334444"
COURIER = "11999990000"


def read(content: str, format: str = "csv", **options: Any) -> FilePreview:
    usual = {"mapping": {}, "country": "BR", "encoding": "detect", "delimiter": "detect", "consent": None}
    return preview(content.encode(), whole=True, format=format, options={**usual, **options})


def phones(content: str, **options: Any) -> list[str | None]:
    """Each row's phone, or the reason why it is rejected."""
    found = read(content, **options)
    assert found.failure is None
    return [row.phone or row.reject_reason for row in found.rows]


@pytest.mark.parametrize(
    "column",
    [
        "Celular do entregador", "Celular do médico", "Celular motoboy", "Celular advogado", "Celular do gerente da conta",
        "Celular da irmã", "Celular da mulher", "Celular do contador", "Celular vendedores", "Proprietário - Celular",
        "WhatsApp Remetente", "WhatsApp conectado", "WhatsApp vinculado", "Canal WhatsApp", "Conexão WhatsApp",
        "Chave Pix celular", "Celular antigo", "Celular do proprietário do contato", "Zap de quem indicou",
        "Celular professor", "Courier's mobile", "Sister's cell", "Móvil del repartidor", "Celular do síndico",
        "IMEI celular", "WhatsApp Business ID",
    ],
)  # fmt: skip
@pytest.mark.parametrize("own", ["Telefone", "Fone", "Tel. residencial", "Customer's phone", "Telefone 2"])
def test_a_phone_with_an_unknown_word_is_behind_all_others_and_never_a_rows_fallback(own: str, column: str) -> None:
    for header in (f"Cliente;{own};{column}", f"Cliente;{column};{own}"):
        first = header.endswith(own)
        rows = [f"Ana;{COURIER};1133334444" if first else f"Ana;1133334444;{COURIER}"]
        rows.append(f"Bia;{COURIER};" if first else f"Bia;;{COURIER}")
        assert phones("\n".join([header, *rows]) + "\n") == [LANDLINE, "no_phone"]


@pytest.mark.parametrize("column", ["Telefone do vizinho", "Owner phone", "Telefone remetente", "Teléfono del médico"])
def test_a_row_without_a_phone_does_not_get_that_of_an_unknown_person(column: str) -> None:
    assert phones(f"Nome;Telefone;{column}\nAna;;{COURIER}\n") == ["no_phone"]
    assert phones(f"Nome;{column};Telefone\nAna;{COURIER};não tem\n") == ["invalid_phone"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Nome;Celular do Santander", [ANA, "no_phone"]),
        ("Nome;Celular que mais usa;Telefone para mensagens de voz", [ANA, "no_phone"]),
        ("Nome;WhatsApp do médico;Telefone da mãe", ["+5511999990000", "+5511999990000"]),
        ("Nome;Celular da mãe;Celular do pai", [ANA, "+5511999990000"]),
        ("Nome;Celular;Telefone", [ANA, "+5511999990000"]),
        ("Nome;Celular cadastrado;Telefone da mãe", [ANA, "no_phone"]),
    ],
)
def test_a_phone_with_an_unknown_word_counts_if_nothing_better_is_there(header: str, expected: list[str]) -> None:
    content = f"{header}\nAna;11987654321;{COURIER}\nBia;;{COURIER}\n"
    if header.count(";") == 1:
        content = f"{header}\nAna;11987654321\nBia;\n"
    assert phones(content) == expected


@pytest.mark.parametrize("column", ["Número", "Contato", "Nº", "Contatos"])
@pytest.mark.parametrize(
    "cells",
    [
        ("119.876.543-21", "339.647.068-09"),
        ("11.222.333/0001-44", "11.333.444/0001-55"),
        ("12.345.678-9", "12.345.678-X"),
        ("01310-100", "50030-230"),
        ("01/02/2024", "2024-02-01 10:30"),
    ],
)
def test_a_column_of_documents_or_dates_is_no_phone(column: str, cells: tuple[str, str]) -> None:
    content = f"Nome;{column}\nAna;{cells[0]}\nBia;{cells[1]}\n"
    found = read(content)
    assert found.failure is not None
    assert found.failure[0] == "no_phone_column"
    assert phones(content.replace("\n", ";Celular\n", 1).replace(f"{cells[0]}\n", f"{cells[0]};11987654321\n")) == [
        ANA, "no_phone",
    ]  # fmt: skip


@pytest.mark.parametrize("column", ["Número", "Contato", "Contatos"])
@pytest.mark.parametrize(
    "cell", ["11987654321", "(11) 98765-4321", "11.98765.4321", "11 98765 4321", "+55 11 98765-4321"]
)
def test_a_column_of_numbers_is_a_phone(column: str, cell: str) -> None:
    assert phones(f"Nome;{column}\nAna;{cell}\nBia;119.876.543-21\n")[0] == ANA


@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("Razão Social;Nome Fantasia", "Ana LTDA;Doces da Ana", "Doces da Ana"),
        ("Razão Social;Nome Fantasia", "Ana LTDA;", "Ana LTDA"),
        ("Razão Social;Fantasia", "Ana LTDA;Doces da Ana", "Doces da Ana"),
        ("Razão Social;Cidade", "Ana LTDA;Recife", "Ana LTDA"),
        ("Nome/Razão Social;Cidade", "Ana LTDA;Recife", "Ana LTDA"),
        ("Razón social;Nombre de fantasía", "Ana SA;Dulces", "Dulces"),
        ("Razão Social;Contato", "Ana LTDA;Ana", "Ana"),
        ("Razão Social;Contato", "Ana LTDA;", "Ana LTDA"),
        ("Fantasia;Nome", "Doces da Ana;Ana", "Ana"),
        ("Fantasia;Nome", "Doces da Ana;", "Doces da Ana"),
        ("Razão Social;Cliente", "Ana LTDA;00123", "Ana LTDA"),
        ("Fantasia do carnaval;x", "Pirata;", None),
        ("Razão do contato;x", "Venda;", None),
        ("Nombre y apellidos;x", "Ana Souza;", "Ana Souza"),
        ("Apellidos y nombre;x", "Souza Ana;", "Souza Ana"),
        ("Nombre;Apellidos", "Ana;Souza", "Ana Souza"),
        ("Customer's name;x", "Ana;", "Ana"),
        ("Nome do lead;Contato principal", "Lead #1;Ana", "Ana"),
        ("Contato;Nome do lead", "Ana;Lead #1", "Ana"),
        ("Lead;Contato", "Lead #1;Ana", "Ana"),
        ("Nome do lead;Nome do contato", "Lead #1;Ana", "Ana"),
        ("Nome do lead;Cliente", "Lead #1;Ana", "Ana"),
        ("Nome do lead;x", "Ana;", "Ana"),
        ("Lead name;Empresa do lead", "Ana;Loja", "Ana"),
        ("Nome do negócio;Contato", "Venda 7;Ana", "Ana"),
        ("Nome da oportunidade;Contato principal", "Venda 7;Ana", "Ana"),
        ("Nome da negociação;x", "Venda 7;", None),
    ],
)
def test_a_companys_and_a_leads_name_are_behind_the_contacts(header: str, row: str, name: str | None) -> None:
    assert [each.name for each in read(f"{header};Telefone\n{row};11987654321\n").rows] == [name]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"nome": "Ana", "celular": "", "telefone_mae": COURIER}, "no_phone"),
        ({"nome": "Ana", "celular": None, "telefone_mae": COURIER}, "no_phone"),
        ({"nome": "Ana", "phone": " \u200b", "mother_phone": COURIER}, "no_phone"),
        ({"nome": "Ana", "celular": "", "rua": "", "numero": "1199990000"}, "no_phone"),
        ({"nome": "Ana", "celular": "", "telefone_do_entregador": COURIER}, "no_phone"),
        ({"nome": "Ana", "celular": "", "telefone": "11987654321"}, ANA),
        ({"nome": "Ana", "phone": "", "celular": "11987654321", "telefone_mae": COURIER}, ANA),
        ({"nome": "Ana", "celular": "", "numero": "11987654321"}, ANA),
        ({"nome": "Ana", "celular": "", "ddd": 11, "telefone": "98765-4321"}, ANA),
        ({"nome": "Ana", "telefone_mae": "11987654321"}, ANA),
    ],
)
def test_an_empty_value_of_an_object_is_not_filled_by_another_persons(values: dict[str, Any], expected: str) -> None:
    assert phones(json.dumps(values), format="jsonl") == [expected]


def test_a_mapped_phone_of_an_object_has_no_fallback() -> None:
    content = json.dumps({"celular": None, "telefone": "11987654321"})
    assert phones(content, format="jsonl", mapping={"celular": "phone"}) == ["no_phone"]


def test_empty_values_of_an_object_are_no_attributes_and_take_no_name() -> None:
    values = {"phone": ANA, "name": "", "nome": "Ana", "cidade": None, "bairro": " ", "uf": "PE"}
    row = read(json.dumps(values), format="jsonl").rows[0]
    assert (row.phone, row.name, row.attributes) == (ANA, "Ana", {"nome": "Ana", "uf": "PE"})


COUNTRIES = [
    ("US;2125550123", "+12125550123"),
    ("us;(212) 555-0123", "+12125550123"),
    ("USA;1 212 555 0123", "+12125550123"),
    ("PE;51987654321", "+51987654321"),
    ("PE;987654321", "+51987654321"),
    ("FR;33987654321", "+33987654321"),
    ("GB;07911 123456", "+447911123456"),
    ("1;2125550123", "+12125550123"),
    ("+1;2125550123", "+12125550123"),
    ("1.0;2125550123", "+12125550123"),
    ("1,0;2125550123", "+12125550123"),
    ("001;2125550123", "+12125550123"),
    ("DDI 351;912345678", "+351912345678"),
    ("Portugal (+351);912345678", "+351912345678"),
    ("+351 PT;912345678", "+351912345678"),
    ("Estados Unidos;2125550123", "+12125550123"),
    ("E.U.A.;2125550123", "+12125550123"),
    ("México;55 1234 5678", "+525512345678"),
    ("Espanha;612345678", "+34612345678"),
    ("ALEMANIA;15112345678", "+4915112345678"),
    ("Argentina;1123456789", "+541123456789"),
    ("🇺🇸;2125550123", "+12125550123"),
    ("Brasil;11987654321", ANA),
    ("BR;5511987654321", ANA),
    ("BRA;(11) 98765-4321", ANA),
    ("Brazil;8187654321", "digit_missing"),
    ("55;11987654321", ANA),
    (";11987654321", ANA),
    ("-;11987654321", ANA),
    ("NULL;11987654321", ANA),
    ("Não informado;11987654321", ANA),
    ("US;+5511987654321", ANA),
    ("Wakanda;+5511987654321", ANA),
    ("Wakanda;Cel: +55 11 98765-4321", ANA),
    ("Wakanda;005511987654321", ANA),
    ("Wakanda;11987654321", "invalid_phone"),
    ("XX;11987654321", "invalid_phone"),
    ("Outro;1123456789", "invalid_phone"),
    ("Brasil/Argentina;1123456789", "invalid_phone"),
    ("Brasil (+54);1123456789", "invalid_phone"),
    ("55555;11987654321", "invalid_phone"),
    ("US;11987654321", "invalid_phone"),
    ("Portugal;11987654321", "invalid_phone"),
]


@pytest.mark.parametrize(("row", "expected"), COUNTRIES)
def test_a_number_is_of_the_country_in_its_row(row: str, expected: str) -> None:
    for header in ("Country Code;Phone", "DDI;Telefone", "Código do país;Celular"):
        assert phones(f"{header}\n{row}\n") == [expected]
        # Whatever the other rows of the column have.
        assert phones(f"{header}\n{row}\nBrasil;11987654322\n1;2125550124\n") == [expected, BIA, "+12125550124"]
    country, number = row.split(";")
    assert phones(json.dumps({"country_code": country, "phone": number}), format="jsonl") == [expected]


@pytest.mark.parametrize(
    "column", ["País", "Pais", "Country", "Country Name", "País/Região", "Billing Country", "Pais (ISO)"]
)
@pytest.mark.parametrize(("row", "expected"), [each for each in COUNTRIES if each[0][0].isalpha() and each[0] < "X"])
def test_a_column_of_countries_is_the_numbers_country(column: str, row: str, expected: str) -> None:
    assert phones(f"{column};Phone\n{row}\nBrasil;11987654322\nPeru;987654321\nArgentina;\n")[:3] == [
        expected, BIA, "+51987654321",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        "Pais;Telefone\nJosé e Maria;11987654321\nIsrael;11987654322\nJoão;\n",
        "País;Telefone\n1058;11987654321\n1058;11987654322\n",
        "País de interesse;Telefone\nPortugal;11987654321\nChile;11987654322\n",
        "Business Country/Region;Telefone\nPortugal;11987654321\nPortugal;11987654322\n",
        "Country manager;Telefone\nPortugal;11987654321\nPortugal;11987654322\n",
        "País;Country Code;Telefone\nPortugal;BR;11987654321\nPortugal;55;11987654322\n",
    ],
)
def test_a_column_that_is_not_of_the_phones_country_changes_no_number(content: str) -> None:
    assert phones(content)[:2] == [ANA, BIA]


def test_a_list_of_another_country_can_name_countries() -> None:
    content = "Country;Phone\nBrasil;11987654321\n;2125550123\nUnited States;2125550124\n"
    assert phones(content, country="US") == [ANA, "+12125550123", "+12125550124"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("21;Cel 98765-4321", "+5521987654321"),
        ("21;Cel: 98765-4321 (Ana)", "+5521987654321"),
        ("21;fixo 3333-4444", "+552133334444"),
        ("21,0;98765-4321", "+5521987654321"),
        ("21,0;987654321,0", "+5521987654321"),
        ("21.0;98765-4321", "+5521987654321"),
        ("DDD 21;98765-4321", "+5521987654321"),
        ("(21) RJ;98765-4321", "+5521987654321"),
        ("21 - Rio;98765-4321", "+5521987654321"),
        ("21;98765-4321/3333-4444", "+5521987654321"),
        ("21;9876X-4321", "invalid_phone"),
        ("21;ramal 12", "invalid_phone"),
        ("2x1;98765-4321", "invalid_phone"),
        ("21;11 98765-4321", "invalid_phone"),
        ("21;Cel 11 98765-4321", "invalid_phone"),
    ],
)
def test_words_and_decimals_beside_an_area_code_or_its_number_do_not_matter(row: str, expected: str) -> None:
    assert phones(f"DDD;Fone\n{row}\n") == [expected]
    if expected[0] == "+":
        assert phones(f"DDI;DDD;Fone\n55;{row}\n") == phones(f"País;DDD;Fone\nBrasil;{row}\n") == [expected]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("1;212;555-0123", "+12125550123"),
        ("US;212;555-0123", "+12125550123"),
        ("US;212;(212) 555-0123", "+12125550123"),
        ("US;212;1 212 555 0123", "+12125550123"),
        ("1;212;Cel 2125550123", "+12125550123"),
        ("US;212;Cel 2125550123", "+12125550123"),
        ("Argentina;11;2345-6789", "+541123456789"),
        ("US;21;98765-4321", "invalid_phone"),
        ("Wakanda;21;98765-4321", "invalid_phone"),
    ],
)
def test_country_area_and_number_are_joined(row: str, expected: str) -> None:
    assert phones(f"Country Code;Area Code;Phone\n{row}\n") == [expected]


@pytest.mark.parametrize(
    ("above", "header"),
    [
        ("Telefones;;", "Código;Nome;Celular"),
        ("Contato;;", "CPF;Nome;Celular"),
        ("Contato", "CPF;Nome;Celular"),
        ("Telefone", "Código;Nome;Celular"),
        (";;Telefone", "Código;Nome;Celular"),
        ("Cliente;;Contato;", "Código;Nome;Celular;E-mail"),
        ("Dados;;Telefones;;", "Código;Nome;Celular;Fixo;Cidade"),
        (";;Telefone;;", "Código;Nome;Celular;Fixo;Cidade"),
        ("Dados;;Telefones;;Endereço;", "Código;Nome;Celular;Fixo;Cidade;UF"),
        ("Relatório;;\nTelefones;;", "Código;Nome;Celular"),
        ("Cliente;;Telefone", "Código;Nome;DDD + número do celular"),
    ],
)
def test_a_line_of_groups_above_the_columns_names_is_a_title(above: str, header: str) -> None:
    rows = "1133334444;Ana;11987654321;\n1133334445;Bia;11987654322;\n"
    found = read(f"{above}\n{header}\n{rows}")
    assert [(row.phone, row.name) for row in found.rows] == [(ANA, "Ana"), (BIA, "Bia")]
    assert [each.code for each in found.warnings] == ["lines_above_header"]
    assert [each.name for each in found.columns] == header.split(";")


@pytest.mark.parametrize(
    "content",
    [
        "Telefone;Nome;;\n11987654321;Ana;celular;vip\n11987654322;Bia;;\n",
        "Telefone;Nome;;\n11987654321;Ana;WhatsApp;vip\n11987654322;Bia;WhatsApp;\n",
        "Telefone;Nome;;\n;Ana;Telefone novo;vip\n11987654321;Bia;;\n11987654322;Bia;;\n",
        "Telefone;Nome\n11987654321;Ana\n11987654322;Bia\n",
        "Telefone;\n11987654321;telefone\n11987654322;telefone\n",
        "Telefone;Nome\n11987654321;Telefone\n11987654322;Celular\n",
        "Telefone 1\n11987654321; celular\n11987654322; celular\n",
    ],
)
def test_a_row_is_no_header(content: str) -> None:
    found = read(content)
    assert [row.phone for row in found.rows][-2:] == [ANA, BIA]
    assert found.warnings == []
