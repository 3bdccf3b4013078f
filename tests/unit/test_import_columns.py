"""What an import reads in a row, by the words of its columns' names: the same code as the import, without a database."""

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
