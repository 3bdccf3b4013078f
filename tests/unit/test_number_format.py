"""Numbers and dates of a workbook's cells: the text that Excel shows under a number format, in the import's country."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hidra.domain.country import writing
from hidra.domain.imports.number_format import code, plain, shower

MONEY = r'_-"R$"\ * #,##0.00_-;\-"R$"\ * #,##0.00_-;_-"R$"\ * "-"??_-;_-@_-'  # Excel's accounting format in Brazil
DAY, AFTERNOON = "46058", "46058.604166666664"  # 2026-02-05, and half past two there


@pytest.mark.parametrize(
    ("given", "number", "text"),
    [
        ("General", "1234.5", "1234,5"),
        ("General", "5511987654321", "5511987654321"),
        ("General", "1.19E+10", "11900000000"),
        ("General", "0.30000000000000004", "0,3"),
        ("General", "0.3333333333333333", "0,3333333333"),
        ("General", "1E+20", "100000000000000000000"),
        ("General", "1.234E-5", "0,00001234"),
        ("General", "123456789012.5", "123456789012,5"),
        ("General", "-12.5", "-12,5"),
        ("General", "-0", "0"),
        ("@", "11987654321", "11987654321"),
        ("0", "2.5", "3"),
        ("0.00", "1234.5", "1234,50"),
        ("0.00", "1.005", "1,01"),
        ("0.00", "-0.001", "0,00"),
        ("#,##0", "1234567", "1.234.567"),
        ("#,##0.00", "1234.5", "1.234,50"),
        ("#,##0.00", "-1234.5", "-1.234,50"),
        ("#,##0.00_);[Red](#,##0.00)", "-1234.5", "(1.234,50)"),
        ('"R$ "#,##0.00', "1234.5", "R$ 1.234,50"),
        ("R$ #,##0.00", "1234.5", "R$ 1.234,50"),
        ("[$R$-416] #,##0.00", "1234.5", "R$ 1.234,50"),
        ("#,##0.00 [$€-407]", "5", "5,00 €"),
        ("US$ #,##0.00", "10", "US$ 10,00"),
        (MONEY, "1234.5", "R$ 1.234,50"),
        (MONEY, "-1234.5", "-R$ 1.234,50"),
        (MONEY, "0", "R$ -"),
        ("0%", "0.15", "15%"),
        ("0.0%", "0.125", "12,5%"),
        ("0.00%", "0.1", "10,00%"),
        ("0%", "-0.5", "-50%"),
        ("0%", "1", "100%"),
        ("00000000000", "1234567890", "01234567890"),
        ("00000-000", "1310100", "01310-100"),
        ('000"."000"."000"-"00', "1234567890", "012.345.678-90"),
        (r"000\.000\.000\-00", "12345678901", "123.456.789-01"),
        ("(00) 00000-0000", "11987654321", "(11) 98765-4321"),
        ("[<=99999999]####-####;#####-####", "987654321", "98765-4321"),
        ("[<=99999999]####-####;#####-####", "32654321", "3265-4321"),
        ('"+55 "0', "11987654321", "+55 11987654321"),
        ("# ?/?", "1.5", "1 1/2"),
        ("# ??/??", "0.25", "1/4"),
        ("# ?/?", "2", "2"),
        ("?/4", "1.5", "6/4"),
        ("0.00E+00", "11987654321", "1,20E+10"),
        ("##0.0E+0", "12345", "12,3E+3"),
        ("0.0##", "5.25", "5,25"),
        ("#,##0,", "1234567", "1.235"),
        ('0.0,," mi"', "1234567", "1,2 mi"),
        ('0" pontos"', "70", "70 pontos"),
        ('General" pts"', "70", "70 pts"),
        ('"Sim";;"Não"', "1", "Sim"),
        ('"Sim";;"Não"', "0", "Não"),
        (";;;", "5", ""),
        ("[<100]0.0;0", "-5", "-5,0"),
    ],
)
def test_a_number_is_shown_as_excel_shows_it_in_brazil(given: str, number: str, text: str) -> None:
    assert shower(given, writing("BR"))(number) == text


@pytest.mark.parametrize(
    ("given", "number", "text"),
    [
        ("dd/mm/yyyy", DAY, "05/02/2026"),
        ("DD/MM/YYYY", DAY, "05/02/2026"),
        ("dd/mm/yyyy;@", DAY, "05/02/2026"),
        ("d/m/yy", DAY, "5/2/26"),
        ("m/d/yyyy", DAY, "2/5/2026"),
        ("yyyy-mm-dd", DAY, "2026-02-05"),
        (r"yyyy\-mm\-dd", DAY, "2026-02-05"),
        ("dd/mm/yyyy", AFTERNOON, "05/02/2026"),
        ("dd/mm/yyyy hh:mm", AFTERNOON, "05/02/2026 14:30"),
        (r"dd/mm/yyyy\ hh:mm:ss", AFTERNOON, "05/02/2026 14:30:00"),
        ("mmm/yy", DAY, "fev/26"),
        ("mmmm", DAY, "fevereiro"),
        (r"[$-416]d\-mmm\-yy;@", DAY, "5-fev-26"),
        ("[$-pt-BR]mmm", DAY, "fev"),
        ("[$-409]mmm d, yyyy", DAY, "Feb 5, 2026"),
        ('[$-416]dddd, d "de" mmmm "de" yyyy', DAY, "quinta-feira, 5 de fevereiro de 2026"),
        (r"[$-F800]dddd\,\ mmmm\ dd\,\ yyyy", DAY, "quinta-feira, 5 de fevereiro de 2026"),
        ("[$-F400]h:mm:ss AM/PM", "0.5", "12:00:00"),
        ("hh:mm", AFTERNOON, "14:30"),
        ("h:mm AM/PM", AFTERNOON, "2:30 PM"),
        ("h:mm:ss", "0.49999999999", "12:00:00"),
        ("[h]:mm:ss", "1.5", "36:00:00"),
        ("[mm]:ss", "0.1", "144:00"),
        ("mm:ss.0", "0.00071", "01:01,3"),
        ("dd/mm/yyyy", "1", "01/01/1900"),
        ("dd/mm/yyyy", "61", "01/03/1900"),
        ("dd/mm/yyyy", "-1", ""),
        ("dd/mm/yyyy", "3000000", ""),
    ],
)
def test_a_date_is_shown_as_excel_shows_it_in_brazil(given: str, number: str, text: str) -> None:
    assert shower(given, writing("BR"))(number) == text


@pytest.mark.parametrize(
    ("number", "country", "text"),
    [
        (14, "BR", "05/02/2026"),
        (14, "US", "2/5/2026"),
        (14, "DE", "05.02.2026"),
        (14, "MX", "05/02/2026"),
        (15, "BR", "5-fev-26"),
        (16, "US", "5-Feb"),
        (17, "ES", "feb-26"),
        (18, "US", "2:30 PM"),
        (20, "BR", "14:30"),
        (22, "BR", "05/02/2026 14:30"),
        (22, "US", "2/5/2026 14:30"),
        (45, "BR", "30:00"),
        (46, "BR", "1105406:30:00"),
        (1, "BR", "46059"),
        (4, "US", "46,058.60"),
        (4, "BR", "46.058,60"),
        (4, "MX", "46,058.60"),
        (4, "AR", "46.058,60"),
        (4, "FR", "46\u00a0058,60"),
        (44, "BR", "R$ 46.058,60"),
        (44, "US", "$ 46,058.60"),
        (9, "PT", "4605860%"),
        (999, "BR", "46058,60417"),
    ],
)
def test_a_format_that_a_file_names_by_number_is_that_of_the_imports_country(
    number: int, country: str, text: str
) -> None:
    there = writing(country)
    assert shower(code(number, there), there)(AFTERNOON) == text


def test_a_workbook_of_the_1904_date_system_counts_from_there() -> None:
    assert shower("dd/mm/yyyy", writing("BR"), since_1904=True)("44596") == "05/02/2026"


@pytest.mark.parametrize(
    ("number", "text"), [("11987654321", "11987654321"), ("1.1987654321E10", "11987654321"), ("0.5", "0.5")]
)
def test_plain_digits_have_no_exponent(number: str, text: str) -> None:
    assert plain(number) == text


PIECES = st.sampled_from(
    ["0", "#", "?", ",", ".", "%", "E+", "E-0", "/", "d", "m", "yy", "h", "s", ".0", "AM/PM", "[h]", "[$-416]", "[", "]", "[<5]", '"', "\\", "_", "*", ";", "@", "General", "x", " "]
)  # fmt: skip
NUMBERS = st.one_of(st.floats(allow_nan=False, allow_infinity=False).map(repr), st.integers(-(10**25), 10**25).map(str))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(given=st.lists(PIECES, max_size=12).map("".join), number=NUMBERS)
def test_no_format_and_no_number_breaks_the_reading(given: str, number: str) -> None:
    assert isinstance(shower(given, writing("BR"))(number), str)
    assert re.fullmatch(r"-?\d+(\.\d+)?", plain(number))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(number=st.decimals(-(10**9), 10**9, places=4).map(str))
def test_grouped_digits_read_back_are_the_number_rounded(number: str) -> None:
    shown = shower("#,##0.0000", writing("BR"))(number)
    assert float(shown.replace(".", "").replace(",", ".")) == float(number)
