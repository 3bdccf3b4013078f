from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hidra.domain import template
from hidra.domain.template import check, placeholders, render
from hidra.domain.text import blank
from hidra.errors import Rejected


def test_placeholders_are_named_once_in_order() -> None:
    assert placeholders("Oi {{nome}}, {{ cidade }}! {{nome}}") == ["nome", "cidade"]


@pytest.mark.parametrize(
    ("body", "variables"),
    [
        ("Oi {{nome}}", []),
        ("Oi", ["nome"]),
        ("Oi {{nome}}", ["nome", "nome"]),
        ("Oi {{nome}", ["nome"]),
        ("Oi {{}}", []),
        ("Oi {{primeiro nome}}", []),
        ("Oi {{nome|cliente}}", ["nome"]),
        ("Oi {{ \u200b }}", []),
        ("Oi {{" + "x" * 65 + "}}", ["x" * 64]),
        ("Oi {{nome}} }}", ["nome"]),
    ],
)
def test_declared_variables_must_equal_the_placeholders(body: str, variables: list[str]) -> None:
    with pytest.raises(Rejected) as caught:
        check(body, variables)
    assert caught.value.fields


def test_a_template_whose_variables_fit_is_accepted() -> None:
    check("Oi {{nome}} de {{cidade}}", ["cidade", "nome"])
    check("Oi {todos}", [])


def test_a_text_contains_every_value() -> None:
    assert render("Oi {{nome}}, {{nome}} de {{cidade}}", {"nome": "Ana", "cidade": "Recife"}) == "Oi Ana, Ana de Recife"


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("Nome do Cliente", "name"), ("nomecompleto", "name"), ("nome_e_sobrenome", "name"), ("cliente", "name"),
        ("Celular do cliente", "phone"), ("WhatsApp com DDD", "phone"), ("Tel. Celular", "phone"), ("Nº", None),
        ("telefone da mãe", None), ("telefone xyz", None), ("primeiro nome", None), ("nome da empresa", None),
        ("DDD", None), ("número do pedido", None), ("plano", None), ("", None),
    ],
)  # fmt: skip
def test_a_variable_that_an_import_reads_as_the_contacts_column_takes_that_column(
    name: str, column: str | None
) -> None:
    """If no contact has an attribute of that name."""
    assert template.columns([name])[1] == [column]
    assert template.names_column(name) is (column is not None)


@pytest.mark.parametrize("values", [{}, {"nome": ""}, {"nome": "  "}])
def test_a_variable_without_a_value_is_rejected_by_name(values: dict[str, str]) -> None:
    with pytest.raises(Rejected) as caught:
        render("Oi {{nome}}", values)
    assert [field.field for field in caught.value.fields] == ["variables.nome"]


@given(st.text())
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    if not blank(value):
        assert render("{{a}}{{b}}", {"a": value, "b": "x"}) == value + "x"


URL = "https://cdn.example.com/a"
IMAGE, AUDIO, DOCUMENT = ({"media_url": URL, "media_type": kind} for kind in ("image", "audio", "document"))


@pytest.mark.parametrize(
    ("body", "media"),
    [
        ("x" * 4_096, {}),
        ("", IMAGE),
        ("x" * 1_024, IMAGE),
        ("", AUDIO),
        ("x", {**DOCUMENT, "file_name": "Contrato.pdf"}),
    ],
)
def test_a_text_or_media_with_a_caption_is_accepted(body: str, media: dict[str, Any]) -> None:
    check(body, [], **media)


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example.com/a.png",
        "http://203.0.113.7:8080/a",
        "https://[2001:db8::1]/a",
        "https://ana:x@loja.com.br?x",
    ],
)
def test_a_media_url_that_evolution_accepts_is_accepted(url: str) -> None:
    check("", [], **(IMAGE | {"media_url": url}), allow_private=True)


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.7", "127.0.0.1:4566", "169.254.169.254", "192.168.1.20", "100.64.0.1", "0.0.0.0", "[::1]",
        "[fd00::7]", "[::ffff:10.0.0.7]", "ana:x@10.0.0.7", "db.internal", "printer.local", "evolution.localhost.",
    ],
)  # fmt: skip
def test_a_media_url_with_a_private_address_is_rejected_where_those_are_not_allowed(host: str) -> None:
    media = IMAGE | {"media_url": f"https://{host}/a.png"}
    with pytest.raises(Rejected) as error:
        check("", [], **media)
    assert [field.field for field in error.value.fields] == ["media_url"]


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/a.png",
        "https://cdn/a.png",
        "https://cdn_lojas.example.com/a.png",
        "https://a.b/x",
        "https://.com/",
    ],
)
def test_a_media_url_that_evolution_refuses_is_rejected_at_once(url: str) -> None:
    with pytest.raises(Rejected) as caught:
        check("", [], **(IMAGE | {"media_url": url}))
    assert [field.field for field in caught.value.fields] == ["media_url"]


@pytest.mark.parametrize(
    ("body", "media", "wrong"),
    [
        ("", {}, ["body"]),
        ("x" * 4_097, {}, ["body"]),
        ("x" * 1_025, IMAGE, ["body"]),
        ("x", AUDIO, ["body"]),
        ("x", {"media_url": URL}, ["media_type"]),
        ("x", {"media_type": "image"}, ["media_url"]),
        ("x", {"file_name": "a.pdf"}, ["file_name"]),
        ("x", {**IMAGE, "file_name": "a.pdf"}, ["file_name"]),
        ("x", {"media_type": "audio", "file_name": "a.mp3"}, ["media_url", "file_name", "body"]),
    ],
)
def test_each_part_of_text_and_media_that_does_not_fit_is_named(
    body: str, media: dict[str, Any], wrong: list[str]
) -> None:
    with pytest.raises(Rejected) as caught:
        check(body, [], **media)
    assert (caught.value.code, [field.field for field in caught.value.fields]) == ("template-content", wrong)
