"""Phone numbers: one spelling for one telephone, and a keyed hash where the number itself must not be kept."""

import hmac
import re
from collections.abc import Callable

# Brazilian landlines begin with 2 to 5, mobiles of eight digits with 6 to 9; the ninth digit is a leading 9.
_BRAZILIAN_MOBILE_WITHOUT_NINTH_DIGIT = re.compile(r"^\+55([1-9][1-9])([6-9]\d{7})$")
_BEGINNING_WITHOUT_NINTH_DIGIT = re.compile(r"(\+55[1-9][1-9])([6-9]\d{0,7})")
_BRAZILIAN_MOBILE = re.compile(r"^55(\d\d)9(\d{8})$")
_MEXICAN_OR_ARGENTINE = re.compile(r"^(52|54)\d(\d{10})$")

# What most files hold, decided without the library: a Brazilian number that the library would accept as valid, by its
# metadata (area codes in use, mobiles with and without the ninth digit, landlines), with only usual signs in between.
_SIGNS = str.maketrans("", "", " ()-.")
_BRAZILIAN = re.compile(
    r"(?:(\+55)|55|0)?((?:[14689][1-9]|2[12478]|3[1-578]|5[13-5]|7[13-579])(?:9[0-9]{8}|[2-9][0-9]{7}))"
)


def canonical(e164: str) -> str:
    """Returns the E.164 number with the Brazilian ninth digit, which WhatsApp's ids drop for area codes from 31 on.

    Evolution API 2.3.7 rewrites recipients the same way (``src/utils/createJid.ts``).
    """
    return _BRAZILIAN_MOBILE_WITHOUT_NINTH_DIGIT.sub(r"+55\g<1>9\g<2>", e164)


def beginnings(e164: str) -> tuple[str, ...]:
    """Returns how stored numbers may begin if a person types this beginning: as typed, or with the ninth digit."""
    if match := _BEGINNING_WITHOUT_NINTH_DIGIT.fullmatch(e164):
        return e164, f"{match[1]}9{match[2]}"
    return (e164,)


def whatsapp_jids(e164: str) -> list[str]:
    """Returns the WhatsApp addresses under which Evolution may have stored a message to a canonical number.

    It drops the ninth digit of Brazilian numbers from area code 31 on, and a digit of Mexican and Argentine ones
    (Evolution API 2.3.7, src/utils/createJid.ts).
    """
    digits = e164.removeprefix("+")
    shorter = _MEXICAN_OR_ARGENTINE.sub(r"\1\2", _BRAZILIAN_MOBILE.sub(r"55\1\2", digits))
    return [f"{number}@s.whatsapp.net" for number in dict.fromkeys((digits, shorter))]


def parse(text: str, *, country: str = "BR") -> str | None:
    """Returns the canonical E.164 number that a person wrote, or None if it is not a number.

    Args:
        text: digits with any punctuation; without ``+`` or a country's prefix it is a number of ``country``.
        country: ISO 3166 code of two letters.
    """
    quick = _BRAZILIAN.fullmatch(text.translate(_SIGNS))
    if quick and (country == "BR" or quick[1]):
        number = quick[2]
        return f"+55{number}" if len(number) == 11 or number[2] < "6" else f"+55{number[:2]}9{number[2:]}"
    return _parse_with_library(text, country)


def _parse_with_library(text: str, country: str) -> str | None:
    # The library's metadata are large: only functions that parse people's numbers load them.
    import phonenumbers  # noqa: PLC0415

    digits = re.sub(r"\D", "", text)
    for candidate, region in ((text, country), (f"+{digits}", None)):
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        e164 = canonical(written)
        if phonenumbers.is_valid_number(number if e164 == written else phonenumbers.parse(e164, None)):
            return e164
    return None


def calling_code(country: str) -> str:
    """Returns the calling code of an ISO 3166 country, as in ``55``; empty if the country is unknown."""
    import phonenumbers  # noqa: PLC0415

    return str(phonenumbers.country_code_for_region(country) or "")


def phone_hash(secret: bytes, user_id: str, e164: str) -> bytes:
    """HMAC-SHA-256 over the user and the canonical number: the same phone of two users has unrelated hashes."""
    return hmac.digest(secret, f"{user_id}\0{canonical(e164)}".encode(), "sha256")


def hasher(secret: bytes, user_id: str) -> Callable[[str], bytes]:
    """``phone_hash`` for many canonical numbers of one user."""
    begun = hmac.new(secret, f"{user_id}\0".encode(), "sha256")

    def hashed(e164: str) -> bytes:
        ended = begun.copy()
        ended.update(e164.encode())
        return ended.digest()

    return hashed


def of_lid(lid: str) -> str:
    """Returns what ``phone_hash`` hashes for a hidden id (``@lid``) in place of a number: no number begins so."""
    return f"lid:{lid}"
