"""Digits that look like a phone and are none, numbers that many persons share, and phones in unusual spellings."""

import random
import sys
from collections import Counter

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from hidra.domain.phone import PhoneProblem, parse

ANA = "+5511987654321"


def read(text: str, country: str = "BR") -> str:
    found = parse(text, country=country)
    return found if isinstance(found, str) else found.value


def refused(*texts: str, country: str = "BR") -> list[object]:
    return [pytest.param(text, country, id=f"{country} {text!r}") for text in texts]


DOCUMENTS = [
    *refused("119.876.543-21", "719.999.252-11", "021.419.890-19", " 719.999.252-11 "),
    *refused(
        "719.999.252.11", "719 999 252 11", "719.999.252 - 11", "719.999.252/11", "719999252-11", "719.999.252,11"
    ),
    *refused("CPF: 719.999.252-11", "CPF 719.999.252-11", "cpf 11987654321", "CPF: 11987654321", "CNPJ 11987654321"),
    *refused("00.351.912/0001-04", "21.987.654/3210-00", "129.87654.32-1", "01.198.76543/21", "11.987.654-3"),
    *refused("96.765.432-1", "96765432-1", country="CL"),
    *refused("4.234.567-8", "4234567-8", country="UY"),
    *refused("NIF 912 345 678", "NIF: 912345678", country="PT"),
    *refused("DNI 612345678", "12345678-Z", country="ES"),
]
DATES = refused("11/9/2026 10:30", "1/1/2026 10:30", "21/9/2026 08:15", "11-9-2026 10:30", "11/98/7654 321")
LONG_NUMBERS = refused(
    "4111 1111 1111 1111", "5511 9876 5432 1000", "23793.38128 60007.827136 95000.063305 9 84410026000"
)
FRACTIONS = [
    *refused("11987654321,5", "11987654321.5", "11987654321,50", "1133334444,5", "1133334444.5", "1198765432,1"),
    *refused("55119876543,21", "55119876543.21", "+5511987654321,5", "1.198.765.432,1", "11.987.654.321,50"),
    *refused("11,987,654,321.50", "11987654321,0000001", "'11987654321,5"),
    *refused("912345678,5", "912.345.678,50", country="PT"),
]
ADDRESSES = [
    *refused("11987654321@lid", "5511987654321@g.us", "5511987654321@broadcast", "11987654321@newsletter"),
    *refused("11987654321@hosted.lid", "1695031201:3@lid", "11987654321:3@lid", "11987654321\uff20lid"),
    *refused("11987654321@gmail.com", "5511987654321@s.whatsapp.com"),
]
PLACEHOLDERS = [
    *refused(
        "(99) 99999-9999", "(11) 99999-9999", "11999999999", "+55 11 99999-9999", "(11) 9999-9999", "(11) 90000-0000"
    ),
    *refused("+55 31 9999-9999"),
    *refused("55 9999 9999", country="MX"),
    *refused("9 9999 9999", country="CL"),
    *refused("099 999 999", country="UY"),
    *refused("06 00 00 00 00", country="FR"),
]
SHARED = [
    *refused("0800 705 3040 ID: 12345678", "0800 705 3040 12345678", "0800 705 3040 / 12345678", "0800 705 3040 - 1"),
    *refused("0800 705 3040 11987654321", "+55 800 705 3040 / 11987654321", "0800 705 3040 código 12345678"),
    *refused("4004-1234 ID 11987654321", "4004-1234 / 11 98765-4321"),
    *refused("11 3333-4444 ramal 12345678", "11 3333-4444 ramal: 98765432", "11 3333-4444 (Ext. 32345678)"),
    *refused("11 3333-4444 código de acesso: 32345678", "11 3333-4444 ID 11987654321", "11 3333-4444;ext=12345678"),
    *refused(
        "11 3333-4444 x32345678",
        "11 3333-4444 R32345678",
        "11 3333-4444 ramal32345678",
        "11 3333-4444 / ramal 32345678",
    ),
    *refused("11 3333-4444 localizador 32345678"),
    *refused("1-800-555-0123 / 212 555 0123", "212 555 0123 ext. 32345678", country="US"),
    *refused("808 200 200 / 912345678", country="PT"),
]
ROUNDED = refused("5,51198E+12", "5.51198E+12", "5,51198765432E+12", "1.19876543E10", "1.1987654321E11", "11,98765E+09")


@pytest.mark.parametrize(
    ("text", "country"),
    [*DOCUMENTS, *DATES, *LONG_NUMBERS, *FRACTIONS, *ADDRESSES, *PLACEHOLDERS, *SHARED, *ROUNDED],
)
def test_digits_that_are_no_phone_of_one_person_are_refused(text: str, country: str) -> None:
    for old_numbers in (False, True):
        assert parse(text, country=country, old_numbers=old_numbers) in (
            PhoneProblem.INVALID,
            PhoneProblem.DIGIT_MISSING,
        )
    assert read(text, country) == "invalid_phone"


@pytest.mark.parametrize(
    ("text", "expected", "country"),
    [
        # Groups and dots of numbers.
        ("11.98765.4321", ANA, "BR"),
        ("119.8765.4321", ANA, "BR"),
        ("11.987.654.321", ANA, "BR"),
        ("1198765.4321", ANA, "BR"),
        ("11 98 76 54 321", ANA, "BR"),
        ("11 98765-43-21", ANA, "BR"),
        ("0/15/11 98765-4321", ANA, "BR"),
        ("06 12 34 56 78", "+33612345678", "FR"),
        ("030 123 456 78", "+493012345678", "DE"),
        ("21 234 56 78", "+351212345678", "PT"),
        # A phone beside a document or a date.
        ("CPF 719.999.252-11 - 11 98765-4321", ANA, "BR"),
        ("11 98765-4321 CPF 719.999.252-11", ANA, "BR"),
        ("11 98765-4321 / RG: 12.345.678-9", ANA, "BR"),
        ("11 98765-4321, 03/04/1990", ANA, "BR"),
        # Decimals of an integer, two numbers behind each other, and a number with its exponent written out.
        ("11987654321,00", ANA, "BR"),
        ("11987654321,11987654322", ANA, "BR"),
        ("1.1987654321E10", ANA, "BR"),
        ("1,1987654321E+10", ANA, "BR"),
        ("1.1987654321e+10", ANA, "BR"),
        ("5.511987654321E+12", ANA, "BR"),
        ("5,511987654321E12", ANA, "BR"),
        ('="5.511987654321E+12"', ANA, "BR"),
        ("3.51912345678E11", "+351912345678", "PT"),
        # Persons on WhatsApp.
        ("5511987654321@s.whatsapp.net", ANA, "BR"),
        ("5511987654321@c.us", ANA, "BR"),
        ("whatsapp: 5511987654321@s.whatsapp.net", ANA, "BR"),
        ("11 98765-4321 / ana@lid.com", ANA, "BR"),
        ("11 98765-4321 @ana", ANA, "BR"),
        # Equal digits that persons and firms have.
        ("(11) 98888-8888", "+5511988888888", "BR"),
        ("(11) 99999-9998", "+5511999999998", "BR"),
        ("(11) 3333-3333", "+551133333333", "BR"),
        ("969 999 999", "+351969999999", "PT"),
        # Services and words without further digits.
        ("0800 705 3040", "+558007053040", "BR"),
        ("0800 705 3040 (SAC)", "+558007053040", "BR"),
        ("0800/705 3040", "+558007053040", "BR"),
        ("11 98765-4321 / 0800 705 3040", ANA, "BR"),
        ("Cód. 11 98765-4321", ANA, "BR"),
        ("C: 11 98765-4321 R: 11 3333-4444", ANA, "BR"),
        ("11 98765-4321 Res: 3333-4444", ANA, "BR"),
        # DDD is the area code's name.
        ("DDD 11 987654321", ANA, "BR"),
        ("(DDD 11) 98765-4321", ANA, "BR"),
        ("ddd (11) 98765-4321", ANA, "BR"),
        ("Ddd: 11 Tel: 98765-4321", ANA, "BR"),
        ("DDI 55 DDD 11 98765-4321", ANA, "BR"),
        ("DDD 98765-4321", "invalid_phone", "BR"),
        ("(DDD) 98765-4321", "invalid_phone", "BR"),
        ("DDDD 11 98765-4321", "invalid_phone", "BR"),
        # Two whole numbers without a sign of their own between them.
        ("(11) 98765-4321 (11) 98765-4322", ANA, "BR"),
        ("(11)98765-4321(21)98765-4322", ANA, "BR"),
        ("11 98765-4321  11 3333-4444", ANA, "BR"),
        ("11987654321 11987654322", ANA, "BR"),
        ("11 98765-4321 • 11 98765-4322", ANA, "BR"),
        ("11 98765-4321 · 11 98765-4322", ANA, "BR"),
        ("11 98765-4321 * 11 98765-4322", ANA, "BR"),
        ("912345678 934567890", "+351912345678", "PT"),
        ("11 98765-4321 98765-4322", "invalid_phone", "BR"),
        ("11 98765-432 11 98765-4322", "invalid_phone", "BR"),
        ("(11) 9••••-4321", "invalid_phone", "BR"),
        ("(11) 9••••-4321 (11) 98765-4322", "invalid_phone", "BR"),
        # With the calling code and without: the reading that is a mobile, or none.
        ("4915123456789", "+4915123456789", "DE"),
        ("015123456789", "+4915123456789", "DE"),
        ("62812345678", "+62812345678", "ID"),
        ("38343201234", "+38343201234", "XK"),
        ("53334473", "+5353334473", "CU"),
        ("468123456", "invalid_phone", "SE"),
        ("483041715", "invalid_phone", "PL"),
        ("9181234567", "+919181234567", "IN"),
        ("919181234567", "+919181234567", "IN"),
        ("08 12 34 56", "+468123456", "SE"),
    ],
)
def test_a_phone_in_an_unusual_spelling_is_itself(text: str, expected: str, country: str) -> None:
    assert read(text, country) == expected


def test_no_formatted_cpf_is_a_phone() -> None:
    pick = random.Random(1)
    for _ in range(3_000):
        digits = [pick.randrange(10) for _ in range(9)]
        for factor in (10, 11):
            digits.append(sum(a * b for a, b in zip(digits, range(factor, 1, -1), strict=True)) * 10 % 11 % 10)
        text = "".join(map(str, digits))
        assert read(f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}") == "invalid_phone"
        assert read(f"{text[:9]}-{text[9:]}") == "invalid_phone"


def test_no_address_of_a_group_or_a_hidden_id_is_a_phone() -> None:
    pick = random.Random(2)
    for suffix in ("@lid", "@g.us", "@broadcast", "@newsletter", ":3@lid"):
        for length in range(10, 16):
            for _ in range(100):
                assert read("".join(pick.choices("123456789", k=length)) + suffix) == "invalid_phone"


def test_the_librarys_mobiles_of_all_countries_are_themselves_in_each_spelling() -> None:
    outcomes: Counter[str] = Counter()
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        if not (example := phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)):
            continue
        e164 = phonenumbers.format_number(example, PhoneNumberFormat.E164)
        for text in (
            e164,
            e164[1:],
            f"00{e164[1:]}",
            phonenumbers.national_significant_number(example),
            phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL),
            phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL),
        ):
            found = read(text, country)
            outcomes["itself" if found == e164 else "refused" if "_" in found else f"another: {country} {text}"] += 1
    sys.stdout.write(f"{dict(outcomes)}\n")
    assert outcomes.keys() <= {"itself", "refused"}
    assert outcomes["refused"] * 100 <= outcomes.total()


def test_a_german_mobile_with_its_calling_code_is_itself_and_with_a_digit_lost_no_landline() -> None:
    pick = random.Random(3)
    for _ in range(500):
        mobile = f"49{pick.choice(('151', '157', '159'))}{''.join(pick.choices('0123456789', k=7))}1"
        assert read(mobile, "DE") == f"+{mobile}"
        at = pick.randrange(len(mobile) - 8, len(mobile))
        assert read(mobile[:at] + mobile[at + 1 :], "DE") == "invalid_phone"
