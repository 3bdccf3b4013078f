"""Phone numbers: one spelling for one telephone, and a keyed hash where the number itself must not be kept."""

import hmac
import re

_BRAZILIAN_MOBILE_WITHOUT_NINTH_DIGIT = re.compile(r"^\+55([1-9][1-9])([6-9]\d{7})$")


def canonical(e164: str) -> str:
    """The E.164 number with the Brazilian ninth digit, which WhatsApp's own ids drop for area codes from 31 on.

    Evolution API 2.3.7 rewrites recipients the same way (``src/utils/createJid.ts``); landlines begin with 2 to 5.
    """
    return _BRAZILIAN_MOBILE_WITHOUT_NINTH_DIGIT.sub(r"+55\g<1>9\g<2>", e164)


def parse(text: str, *, country: str = "BR") -> str | None:
    """The canonical E.164 number that a person wrote, or None if it is no number.

    Args:
        text: digits with any punctuation; without ``+`` or a country's prefix it is a number of ``country``.
        country: ISO 3166 code of two letters.
    """
    # Its metadata are large: only functions that read people's numbers pay for them.
    import phonenumbers  # noqa: PLC0415

    digits = re.sub(r"\D", "", text)
    for candidate, region in ((text, country), (f"+{digits}", None)):
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        e164 = canonical(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        if phonenumbers.is_valid_number(phonenumbers.parse(e164, None)):
            return e164
    return None


def calling_code(country: str) -> str:
    """What international numbers of an ISO 3166 country begin with, as in ``55``; empty if nobody knows."""
    import phonenumbers  # noqa: PLC0415

    return str(phonenumbers.country_code_for_region(country) or "")


def phone_hash(secret: bytes, user_id: str, e164: str) -> bytes:
    """HMAC-SHA-256 over the user and the canonical number: the same phone of two users has unrelated hashes."""
    return hmac.digest(secret, f"{user_id}\0{canonical(e164)}".encode(), "sha256")


def of_lid(lid: str) -> str:
    """What stands for a hidden id (``@lid``) in ``phone_hash``: no number begins like this."""
    return f"lid:{lid}"
