"""Digits that a person wrote, read by the numbering plan of a country: an E.164 number, or what is wrong with them.

Nothing is guessed: a digit is added where WhatsApp itself leaves it out, or where the caller says that the numbers are
old; national digits never become a number of another country.
"""

import re
from collections.abc import Sequence
from enum import Enum
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


class PhoneProblem(Enum):
    """Why a text is no phone; the value is the reason of a rejected row."""

    INVALID = "invalid_phone"
    DIGIT_MISSING = "digit_missing"  # a Brazilian mobile without its ninth digit


MAX_DIGITS = 15  # of an E.164 number
# What forms and programs write where a number is to come, as (99) 99999-9999, 9 9999 9999 and 06 00 00 00 00 (France).
# Fewer equal digits are numbers that people have: 98888-8888, 3333-3333, 969 999 999 (Portugal).
PLACEHOLDERS = ("99999999", "00000000")
# CNPJ, RG and RUT, cédula (Uruguay) and RUT without dots, by their groups. See also ``_brazilian``.
_DOCUMENTS = ([2, 3, 3, 4, 2], [2, 3, 3, 1], [1, 3, 3, 1], [7, 1], [8, 1])
# Area codes in use, then a mobile (nine digits), a landline (2 to 5) or a mobile without its ninth digit (6 to 9).
_AREA = "(?:[14689][1-9]|2[12478]|3[1-578]|5[13-5]|7[13-579])"
_BRAZILIAN = re.compile(rf"({_AREA})(9\d{{8}}|[2-9]\d{{7}})")
# Long-distance calls name a carrier between the 0 and the area code (phonenumbers' metadata of BR).
_CARRIER = r"0(?:1[245]|2[1-35]|31|4[13]|[56]5|99)"
_BY_CARRIER = re.compile(rf"{_CARRIER}({_AREA}(?:9\d{{8}}|[2-5]\d{{7}}))")
_BRAZILIAN_PERSON = re.compile(rf"(?:55)?0?{_AREA}(?:9\d{{8}}|[2-9]\d{{7}})")
_BRAZILIAN_SERVICE = re.compile(r"0?((?:800|300)\d{6,7})")
# Dialled before a Mexican number until 2019 (1 from abroad, 01 long distance, 044 and 045 to mobiles).
_MEXICAN = re.compile(r"(?:1|01|044|045)?([2-9]\d{9})")


def read(
    groups: Sequence[str], *, international: bool, country: str, without_ninth_digit: bool = False
) -> str | PhoneProblem:
    """Returns the E.164 number of the digits.

    Args:
        groups: the digits as they are written, cut where something else stands between two of them.
        international: they begin with a calling code, whichever it is. Otherwise they are a number of ``country``, with
            or without its calling code.
        country: ISO 3166 code of two letters.
        without_ninth_digit: Brazilian mobiles of eight digits get the ninth, whatever their area code.
    """
    digits = "".join(groups)
    if not international and [*map(len, groups)] in _DOCUMENTS:
        return PhoneProblem.INVALID
    if digits.startswith("00") and not international:
        return read([digits[2:]], international=True, country=country, without_ninth_digit=without_ninth_digit)
    # National ones have up to three digits in front.
    if len(digits) > MAX_DIGITS + 3 or digits.endswith(PLACEHOLDERS):
        return PhoneProblem.INVALID
    code = {"BR": "55", "MX": "52"}.get(country)
    if international:
        code = digits[:2] if digits[:2] in ("55", "52") else None
    if code == "55":
        return _brazilian(digits, groups, international=international, without_ninth_digit=without_ninth_digit)
    if code == "52":
        return _mexican(digits, international=international)
    return _by_library(digits, None if international else country)


def could_be_longer(e164: str, groups: Sequence[str], more: int) -> bool:
    """Whether the number that was read from these digits may have so many more behind them."""
    import phonenumbers  # noqa: PLC0415 - see _by_library

    if e164.startswith("+55") and not "".join(groups).endswith(e164[3:]):
        return True  # it got the ninth digit, and another one may be meant
    number = phonenumbers.parse(e164 + "0" * more, None)
    return phonenumbers.is_possible_number(number)


def _brazilian(
    digits: str, groups: Sequence[str], *, international: bool, without_ninth_digit: bool
) -> str | PhoneProblem:
    national = digits[2:] if international else digits
    with_code = international
    if not international and digits.startswith("55") and len(digits) > len("55987654321"):
        if _may_be_of_area_55(digits, groups):
            return PhoneProblem.INVALID
        national, with_code = digits[2:], True
    if (by_carrier := _BY_CARRIER.fullmatch(national)) and (
        # Else it may be a number with one digit too many: 021 98321-45678 is none of the area 98.
        len(by_carrier[1]) == len("11987654321")
        or _ends(groups) >= {len(digits) - len(national) + end for end in (3, 5)}
    ):
        return f"+55{by_carrier[1]}"
    trunk, national = national.startswith("0"), national.removeprefix("0")
    # Two check digits, as of a CPF (119.876.543-21), or one. Behind an area code that stands alone they are a number.
    if not with_code and len(groups[-1]) < 3 and (trunk or 2 not in _ends(groups)):
        return PhoneProblem.INVALID
    found = _BRAZILIAN.fullmatch(national)
    if found is None:
        service = _BRAZILIAN_SERVICE.fullmatch(national)
        return _by_library(f"55{service[1]}", None) if service else PhoneProblem.INVALID
    area, number = found[1], found[2]
    if len(number) == len("987654321") or number < "6":
        return f"+55{area}{number}"
    # Below area code 31 WhatsApp's ids keep the ninth digit (Evolution API 2.3.7, src/utils/createJid.ts).
    complete = without_ninth_digit or (with_code and area >= "31")
    return f"+55{area}9{number}" if complete and _is_of_eight(number, digits, groups) else PhoneProblem.DIGIT_MISSING


def _may_be_of_area_55(digits: str, groups: Sequence[str]) -> bool:
    """Whether a number of the area 55 has one digit too many: (55) 98834-59742 is not 8345-9742 of the area 98."""
    ends = _ends(groups)
    return len(digits) == len("559834597420") and digits[2] == "9" and len(groups) > 1 and (4 not in ends or 3 in ends)


def _is_of_eight(number: str, digits: str, groups: Sequence[str]) -> bool:
    """Whether the number is written as one of eight digits: 98765-432 is one of nine that has lost another digit."""
    start = len(digits) - len(number)
    return all(end - start in (4, len(number)) for end in _ends(groups) if end > start)


def _ends(groups: Sequence[str]) -> set[int]:
    """After how many digits something else stands."""
    return set(accumulate(map(len, groups)))


def _mexican(digits: str, *, international: bool) -> str | PhoneProblem:
    for national in (digits[2:],) if international else (digits, digits.removeprefix("52")):
        if found := _MEXICAN.fullmatch(national):
            import phonenumbers  # noqa: PLC0415 - see _by_library

            number = phonenumbers.PhoneNumber(country_code=52, national_number=int(found[1]))
            return f"+52{found[1]}" if phonenumbers.is_valid_number(number) else PhoneProblem.INVALID
    return PhoneProblem.INVALID


def is_service(groups: Sequence[str], *, international: bool, country: str) -> bool:
    """Whether the digits are a number that many persons call, as 0800 and 4004 in Brazil."""
    digits = "".join(groups)
    if (digits.startswith("55") if international else country == "BR") and _BRAZILIAN_PERSON.fullmatch(digits):
        return False
    from phonenumbers import PhoneNumberType, number_type  # noqa: PLC0415 - see _by_library

    number = _valid(f"+{digits}", None) if international else _valid(digits, country)
    services = (
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.UAN,
    )
    return number is not None and number_type(number) in services


def _by_library(digits: str, country: str | None) -> str | PhoneProblem:
    # The library's metadata are large: only functions that parse people's numbers load them.
    import phonenumbers  # noqa: PLC0415

    number = _valid(digits, country) if country else _valid(f"+{digits}", None)
    if country and digits.startswith(str(phonenumbers.country_code_for_region(country))):
        with_code = _valid(f"+{digits}", None)
        if number != with_code:
            # 4915123456789 is a German mobile with its calling code, or a landline of the area 0491 without its 0.
            mobiles = [each for each in (number, with_code) if each and _is_mobile(each)]
            number = mobiles[0] if len(mobiles) == 1 else None
    if number is None:
        return PhoneProblem.INVALID
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _valid(text: str, country: str | None) -> "PhoneNumber | None":
    import phonenumbers  # noqa: PLC0415 - see _by_library

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    # A country's own prefix of international calls (011 in the US) would lead abroad.
    abroad = country is not None and number.country_code != phonenumbers.country_code_for_region(country)
    return None if abroad or not phonenumbers.is_valid_number(number) else number


def _is_mobile(number: "PhoneNumber") -> bool:
    from phonenumbers import PhoneNumberType, number_type  # noqa: PLC0415 - see _by_library

    return number_type(number) in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
