import pytest
from hypothesis import given
from hypothesis import strategies as st

from hidra.domain.template import check, placeholders, render
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


def test_a_text_holds_every_value() -> None:
    assert render("Oi {{nome}}, {{nome}} de {{cidade}}", {"nome": "Ana", "cidade": "Recife"}) == "Oi Ana, Ana de Recife"


@pytest.mark.parametrize("values", [{}, {"nome": ""}, {"nome": "  "}])
def test_a_text_without_a_value_is_refused_by_name(values: dict[str, str]) -> None:
    with pytest.raises(Rejected) as caught:
        render("Oi {{nome}}", values)
    assert [field.field for field in caught.value.fields] == ["variables.nome"]


@given(st.text())
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    if value.strip():
        assert render("{{a}}{{b}}", {"a": value, "b": "x"}) == value + "x"
