"""What a row's cells say about consent."""

import pytest

from hidra.domain.imports.consent_cells import ConsentRules, answer, denies


def rules(column: str = "Aceite", country_writes_month_first: bool = False, **option: object) -> ConsentRules:
    return ConsentRules.of(option, {column: "consent.basis"}, month_first=country_writes_month_first)


@pytest.mark.parametrize(
    "text",
    [
        "✔️", "☑️", "✅", "✔", "Opted in", "Opted-in", "OPTED_IN", "Opt-In: Sim", "double opt-in", "agree", "I agree",
        "Yes, I agree", "accepted", "Accepts marketing", "Quero receber", "quero", "Eu quero receber mensagens",
        "Sim, quero receber", "granted", "Sim\u200b",
    ],
)  # fmt: skip
def test_a_yes_is_consent(text: str) -> None:
    assert rules().read(text, "", "") == {"basis": "consent", "source": None, "at": None}


@pytest.mark.parametrize(
    "text",
    [
        "Não quero", "Não quero receber", "Não", "✖️ não", "❌", "-", "Opted out", "opt out", "Marketing opt-out: Sim",
        "WhatsApp opt-out: 1", "Contato - opt out: sim", "Opt-out: não", "sim opt-out", "OptOut", "declined", "Refused",
    ],
)  # fmt: skip
def test_a_no_or_an_opt_out_is_none_whatever_the_default(text: str) -> None:
    for each in (rules(), rules(basis="consent")):
        assert each.read(text, "", "") is None
        assert each.read(text, "site", "2024-02-01") is None


@pytest.mark.parametrize(
    "text",
    ["Não informado", "NULL", "null", "None", "nan", "NA", "Não se aplica", "não respondeu", "--", "—", "Sem resposta"],
)
def test_what_stands_for_nothing_is_an_empty_cell(text: str) -> None:
    assert rules().read(text, text, text) is None
    given = {"basis": "contract", "source": "loja", "at": None}
    assert rules(**given).read(text, "", "") == given
    assert rules().read("Sim", text, text) == {"basis": "consent", "source": None, "at": None}
    chosen = rules(values={text: "contract"}).read(text, "", "") if text.isascii() and text.isalpha() else None
    assert chosen is None or (isinstance(chosen, dict) and chosen["basis"] == "contract")


@pytest.mark.parametrize(
    "text", ["talvez", "Sim/Não", "Não sei", "A confirmar", "opt-out de quê?", "?", "não inscrito", "Inscrito no site"]
)
def test_a_text_without_a_meaning_rejects_the_row(text: str) -> None:
    assert rules().read(text, "", "") == "invalid_consent"


@pytest.mark.parametrize(
    "column",
    [
        "Opt-out", "WhatsApp opt-out", "OptOut", "Marketing opted out", "opt_out", "Não receber", "Não perturbe",
        "Do not contact", "Unsubscribed", "Descadastrado",
    ],
)  # fmt: skip
@pytest.mark.parametrize("cell", ["Sim", "1", "x", "✔️", "true", "Não", "0", "opt-in", "-"])
def test_a_column_of_opt_outs_never_says_yes(column: str, cell: str) -> None:
    for each in (rules(column), rules(column, basis="consent")):
        assert each.read(cell, "", "") is None
        assert each.read(cell, "site", "2024-02-01") is None
    assert rules(column, values={cell: "contract"}).read(cell, "", "") == {
        "basis": "contract", "source": None, "at": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "column",
    [
        "Opt-in", "Aceite", "Aceita receber? (Sim ou Não)", "Consentimento (Sim/Não)", "WhatsApp opt-in/opt-out (S/N)",
        "Consentimento no WhatsApp", "Notificações",
    ],
)  # fmt: skip
def test_a_column_that_asks_says_yes(column: str) -> None:
    assert not denies(column)
    assert rules(column).read("Sim", "", "") == {"basis": "consent", "source": None, "at": None}


@pytest.mark.parametrize(
    ("text", "day_first", "month_first"),
    [
        ("01/02/2024", "2024-02-01T00:00:00Z", "2024-01-02T00:00:00Z"),
        ("1/2/2024", "2024-02-01T00:00:00Z", "2024-01-02T00:00:00Z"),
        ("01/02/24", "2024-02-01T00:00:00Z", "2024-01-02T00:00:00Z"),
        ("01.02.2024", "2024-02-01T00:00:00Z", "2024-01-02T00:00:00Z"),
        ("01-02-2024", "2024-02-01T00:00:00Z", "2024-01-02T00:00:00Z"),
        ("01/02/2024, 10:30", "2024-02-01T10:30:00Z", "2024-01-02T10:30:00Z"),
        ("01/02/2024 10:30:15", "2024-02-01T10:30:15Z", "2024-01-02T10:30:15Z"),
        ("01/02/2024 10:30:15.123", "2024-02-01T10:30:15Z", "2024-01-02T10:30:15Z"),
        ("01/02/2024 às 10:30", "2024-02-01T10:30:00Z", "2024-01-02T10:30:00Z"),
        ("01/02/2024 - 10h30", "2024-02-01T10:30:00Z", "2024-01-02T10:30:00Z"),
        ("1/2/24, 1:05 PM", "2024-02-01T13:05:00Z", "2024-01-02T13:05:00Z"),
        ("1/2/2024 12:05 a.m.", "2024-02-01T00:05:00Z", "2024-01-02T00:05:00Z"),
        ("31/12/2023", "2023-12-31T00:00:00Z", "2023-12-31T00:00:00Z"),
        ("12/31/2023", "2023-12-31T00:00:00Z", "2023-12-31T00:00:00Z"),
        ("03/04/90", "1990-04-03T00:00:00Z", "1990-03-04T00:00:00Z"),
        ("2024-02-01", "2024-02-01T00:00:00Z", "2024-02-01T00:00:00Z"),
        ("2024-02-01T10:30:00-03:00", "2024-02-01T13:30:00Z", "2024-02-01T13:30:00Z"),
    ],
)
def test_a_date_is_read_as_the_imports_country_writes_it(text: str, day_first: str, month_first: str) -> None:
    for rule, at in ((rules(), day_first), (rules(country_writes_month_first=True), month_first)):
        assert rule.read("Sim", "", text) == {"basis": "consent", "source": None, "at": at}


@pytest.mark.parametrize(
    "text", ["31/13/2024", "30/02/2024", "00/00/0000", "13/02/2024 10:30 PM1", "13/02/2024 13:30 PM", "01/02-2024",
             "01/02/024", "01/02/2024 25:00", "ontem", "0001-01-01T00:00:00+14:00", "1/2/2024 0:10 AM"],
)  # fmt: skip
def test_what_is_no_date_rejects_the_row(text: str) -> None:
    assert (
        rules().read("Sim", "", text)
        == rules(country_writes_month_first=True).read("Sim", "", text)
        == ("invalid_consent")
    )


def test_a_name_is_no_answer() -> None:
    assert [answer(each) for each in ("Ana", "Nair", "Simone", "Agreeta")] == [None] * 4
