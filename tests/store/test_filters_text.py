"""What attributes' texts say: the numbers, dates and booleans that a filter finds in them."""

from decimal import Decimal

import pytest

from tests.conftest import Databases

BRAZIL, STATES = ",", "."


@pytest.mark.parametrize(
    ("text", "sign", "number"),
    [
        ("70", BRAZIL, "70"),
        ("070", BRAZIL, "70"),
        (" 70 ", BRAZIL, "70"),
        ("-70", BRAZIL, "-70"),
        ("+70", BRAZIL, "70"),
        ("1.234,50", BRAZIL, "1234.50"),
        ("1.234,50", STATES, "1234.50"),
        ("1,234.50", STATES, "1234.50"),
        ("1,234.50", BRAZIL, "1234.50"),
        ("1.234", BRAZIL, "1234"),
        ("1.234", STATES, "1.234"),
        ("1,234", BRAZIL, "1.234"),
        ("1,234", STATES, "1234"),
        ("1.234.567", BRAZIL, "1234567"),
        ("1.234.567", STATES, "1234567"),
        ("1.234.567,8", BRAZIL, "1234567.8"),
        ("1234.5", BRAZIL, "1234.5"),
        ("1234,5", STATES, "1234.5"),
        ("70.0", BRAZIL, "70"),
        ("0.125", BRAZIL, "0.125"),
        ("0,125", STATES, "0.125"),
        ("1 234,50", BRAZIL, "1234.50"),
        ("1\u00a0234,50", BRAZIL, "1234.50"),
        ("1\u202f234\u202f567", BRAZIL, "1234567"),
        ("1'234.50", STATES, "1234.50"),
        ("5,", BRAZIL, "5"),
        ("R$ 70,00", BRAZIL, "70"),
        ("R$70", BRAZIL, "70"),
        ("-R$ 1.234,50", BRAZIL, "-1234.50"),
        ("R$ -1.234,50", BRAZIL, "-1234.50"),
        ("R$\u00a070,00", BRAZIL, "70"),
        ("$1,234.50", STATES, "1234.50"),
        ("US$ 10", BRAZIL, "10"),
        ("10,50 €", BRAZIL, "10.50"),
        ("(1.234,50)", BRAZIL, "-1234.50"),
        ("15%", BRAZIL, "15"),
        ("12,5 %", BRAZIL, "12.5"),
        ("1,20E+10", BRAZIL, "12000000000"),
        ("1.5e-03", STATES, "0.0015"),
        ("5511987654321", BRAZIL, "5511987654321"),
        ("9" * 60, BRAZIL, "9" * 60),
        *(
            (text, BRAZIL, None)
            for text in (
                "", " ", "-", "R$", "abc", "70 pontos", "12A", "A12", "05/02/2026", "12:30", "1.2.3", "1,2,3", "1.23,456.7",
                "12 34", "1 2345", "(11) 98765-4321", "--70", "-R$ -70", "(70", "70)", "1E5", "1e400000", "٧٠", "½", "70\n80",
                "1..5", "1,,5", ".5", "Infinity", "NaN", "0x10", "1_000", "9" * 81, "'; drop table x; --",
            )
        ),
    ],
)  # fmt: skip
def test_a_text_is_the_number_that_it_says_or_none(
    databases: Databases, text: str, sign: str, number: str | None
) -> None:
    found = databases.owner.execute("select hidra.number(%s, %s)", [text, sign]).fetchone()
    assert found == (None if number is None else Decimal(number),)


@pytest.mark.parametrize(
    ("text", "month_first", "at"),
    [
        ("05/02/2026", False, "2026-02-05 00:00"),
        ("05/02/2026", True, "2026-05-02 00:00"),
        ("2/5/2026", True, "2026-02-05 00:00"),
        ("5/2/26", False, "2026-02-05 00:00"),
        ("5/2/75", False, "1975-02-05 00:00"),
        ("25/12/2026", True, "2026-12-25 00:00"),
        ("12/25/2026", False, "2026-12-25 00:00"),
        ("05-02-2026", False, "2026-02-05 00:00"),
        ("05.02.2026", False, "2026-02-05 00:00"),
        (" 05/02/2026 ", False, "2026-02-05 00:00"),
        ("05/02/2026 14:30", False, "2026-02-05 14:30"),
        ("05/02/2026 8:05:09", False, "2026-02-05 08:05:09"),
        ("2/5/2026 2:30 PM", True, "2026-02-05 14:30"),
        ("2/5/2026, 12:30 am", True, "2026-02-05 00:30"),
        ("2026-02-05", False, "2026-02-05 00:00"),
        ("2026-02-05 0:00:00", False, "2026-02-05 00:00"),
        ("2026-02-05T14:30:00Z", True, "2026-02-05 14:30"),
        ("2026-02-05T14:30:00-03:00", False, "2026-02-05 17:30"),
        ("2026/2/5", True, "2026-02-05 00:00"),
        ("5-fev-26", False, "2026-02-05 00:00"),
        ("5-Feb-26", True, "2026-02-05 00:00"),
        ("05/fev/2026", False, "2026-02-05 00:00"),
        ("5 de fevereiro de 2026", False, "2026-02-05 00:00"),
        ("quinta-feira, 5 de fevereiro de 2026", False, "2026-02-05 00:00"),
        ("terça-feira, 3 de março de 2026", False, "2026-03-03 00:00"),
        ("29/02/2024", False, "2024-02-29 00:00"),
        *(
            (text, False, None)
            for text in (
                "", "hoje", "30/02/2026", "29/02/2026", "00/01/2026", "13/13/2026", "5/2", "05/02", "05/02/2026 25:00",
                "05/02/2026 14:60", "5/2/026", "05/02-2026", "5 maria 26", "5-xyz-26", "1.234.567", "11987654321",
                "2026-13-01", "0000-01-01", "05/02/0000", "05/02/2026 13:00 pm", "123/02/2026", "infinity", "x" * 100,
            )
        ),
    ],
)  # fmt: skip
def test_a_text_is_the_date_that_it_says_or_none(
    databases: Databases, text: str, month_first: bool, at: str | None
) -> None:
    sql = "select hidra.instant(%s, %s) = %s::timestamp at time zone 'UTC', hidra.instant(%s, %s) is null"
    found = databases.owner.execute(sql, [text, month_first, at, text, month_first]).fetchone()
    assert found == ((None, True) if at is None else (True, False))
