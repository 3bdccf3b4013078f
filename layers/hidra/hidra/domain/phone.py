"""Phone numbers: one spelling for one telephone, one identity for one subscriber, and its keyed hash."""

import hmac
import re
from collections.abc import Callable

from hidra.domain import numbering_plan
from hidra.domain.numbering_plan import MAX_DIGITS, PLACEHOLDERS, PhoneProblem
from hidra.domain.phone_text import COMPLETE, Part, has_date, joined, parts, two_parts

__all__ = [
    "IDENTITY_VERSION",
    "PhoneProblem",
    "beginnings",
    "calling_code",
    "canonical",
    "hasher",
    "of_lid",
    "parse",
    "phone_hash",
    "subscriber",
    "whatsapp_jids",
]

# Of ``subscriber`` and ``phone_hash`` together. Change it with either: hashes cannot be computed anew, so a database
# keeps the version that its hashes were made by (hidra.identity), and functions refuse another one.
IDENTITY_VERSION = 2

# Brazilian landlines begin with 2 to 5, mobiles of eight digits with 6 to 9; the ninth digit is a leading 9.
_BRAZILIAN_MOBILE_WITHOUT_NINTH_DIGIT = re.compile(r"^\+55([1-9][1-9])([6-9]\d{7})$")
_BEGINNING_WITHOUT_NINTH_DIGIT = re.compile(r"(\+55[1-9][1-9])([6-9]\d{0,7})")
_WITH_EXTRA_DIGIT = len("+5511987654321")  # as long in all three countries

_EXTRA_DIGIT = {"+52": "1", "+54": "9"}

# What most files hold, decided at once: a Brazilian number of an area code in use, with only usual signs in between.
_BETWEEN_DIGITS = " ()-."
_SIGNS = str.maketrans("", "", _BETWEEN_DIGITS)
_BRAZILIAN = re.compile(
    r"(?:(\+55)|(55)|0)?((?:[14689][1-9]|2[12478]|3[1-578]|5[13-5]|7[13-579])(?:9[0-9]{8}|[2-9][0-9]{7}))"
)
_DECIMALS = re.compile(r"\.0+\s*$")
# (119) 8765-4321, 1(19) 3333-4444, +55 (119) 8765-4321: in Brazil brackets hold an area code of two digits, and nothing
# but a calling code or a 0 stands before them.
_WRONG_AREA = re.compile(r"\s*(?:\+\s*55|0055|55)?[\s-]*(?:[1-9]\(|\([1-9][0-9]{2}\))")
_CODE_BEFORE_AREA = re.compile(r"^\s*55\s*\((?=[0-9]{2}\))")
_JID = re.compile(r"\s*(\d{7,15})(?::\d+)?@(?:s\.whatsapp\.net|c\.us)\s*", re.ASCII)


def canonical(e164: str) -> str:
    """Returns the number that E.164 has for a number from a WhatsApp id.

    WhatsApp's ids drop the Brazilian ninth digit for area codes from 31 on, and have a 1 behind Mexico's 52, which is
    not dialled since 2019. Evolution API 2.3.7 rewrites recipients in the same way (``src/utils/createJid.ts``).
    """
    if e164.startswith("+521") and len(e164) == _WITH_EXTRA_DIGIT:
        return f"+52{e164[4:]}"
    return _BRAZILIAN_MOBILE_WITHOUT_NINTH_DIGIT.sub(r"+55\g<1>9\g<2>", e164)


def subscriber(e164: str) -> str:
    """Returns the one spelling that all spellings of a subscriber's number share; the number itself in most countries.

    It is the shortest: without the ninth digit of a Brazilian mobile that had eight digits (the others, which begin
    with 90 to 95, are landlines or nothing without it), without the 1 behind Mexico's 52, without the 9 of Argentine
    mobiles. Of the stored numbers, which are canonical, only the Argentine ones have two spellings: so
    ``hidra.subscriber`` in SQL, by which a user's contacts are unique, drops their 9 alone.
    """
    country = e164[:3]
    if country == "+55":
        if len(e164) == _WITH_EXTRA_DIGIT and e164[5] == "9" and e164[6] in "6789":
            return e164[:5] + e164[6:]
    elif e164[:4] in ("+521", "+549"):
        return country + e164[4:]
    return e164


def beginnings(e164: str) -> tuple[str, ...]:
    """Returns how stored numbers may begin if a person types this beginning.

    As typed, with the Brazilian ninth digit, without the digit that Mexican and Argentine numbers may have behind the
    calling code.
    """
    if match := _BEGINNING_WITHOUT_NINTH_DIGIT.fullmatch(e164):
        return e164, f"{match[1]}9{match[2]}"
    if e164.startswith(("+521", "+549")):
        return e164, subscriber(e164)
    return (e164,)


def whatsapp_jids(e164: str) -> list[str]:
    """Returns the WhatsApp addresses under which Evolution may have stored a message to a canonical number.

    It drops the ninth digit of Brazilian numbers from area code 31 on, and a digit of Mexican and Argentine ones
    (Evolution API 2.3.7, src/utils/createJid.ts); WhatsApp's own ids of the latter have it.
    """
    short = subscriber(e164)
    longer = f"{short[:3]}{_EXTRA_DIGIT[short[:3]]}{short[3:]}" if short[:3] in _EXTRA_DIGIT else e164
    return [f"{number[1:]}@s.whatsapp.net" for number in dict.fromkeys((e164, short, longer))]


def parse(text: str, *, country: str = "BR", old_numbers: bool = False) -> str | PhoneProblem:
    """Returns the canonical E.164 number that a person wrote, or what is wrong with it.

    A text without ``+`` or ``00`` is a number of ``country``, or none. A cell with several numbers is its first valid
    one.

    Args:
        text: digits with any punctuation, and words beside them.
        country: ISO 3166 code of two letters.
        old_numbers: Brazilian mobiles may be written as before 2016, with eight digits, and get the ninth. Without it
            only those get it that WhatsApp itself writes so: behind 55, with an area code from 31 on.
    """
    quick = _BRAZILIAN.fullmatch(text.translate(_SIGNS))
    if (
        quick
        and (country == "BR" or quick[1])
        and not quick[3].endswith(PLACEHOLDERS)
        and text.rstrip(_BETWEEN_DIGITS)[-3:].isdigit()  # else they may be check digits
        and not (
            ("." in text and _DECIMALS.search(text)) or ("(" in text and text[3:4] != ")" and _WRONG_AREA.match(text))
        )
    ):
        number = quick[3]
        if len(number) == len("11987654321") or (number[2] < "6" and not (quick[2] and number[0] == "9")):
            return f"+55{number}"
        if number[2] > "5" and not (old_numbers or quick[1] or quick[2]):
            return PhoneProblem.DIGIT_MISSING
    return _parse_carefully(text, country, old_numbers=old_numbers)


def _parse_carefully(text: str, country: str, *, old_numbers: bool = False) -> str | PhoneProblem:
    if jid := _JID.fullmatch(text):
        return _read(Part(True, [jid[1]]), country, old_numbers=True)
    if country == "BR":
        if _WRONG_AREA.match(text):
            return PhoneProblem.INVALID
        text = _CODE_BEFORE_AREA.sub("+55 (", text)
    pieces = parts(text)
    if len(pieces) == 1:
        pieces = _separated(pieces[0], country, old_numbers=old_numbers)
    if not pieces or _is_shared(pieces, country):
        return PhoneProblem.INVALID
    if len(pieces) == 1:
        return _read(pieces[0], country, old_numbers=old_numbers)
    # 11/9/2026 10:30 is no number of the area 11.
    together = None if has_date(text) else joined(pieces)
    return _first_valid(pieces, together, country, old_numbers=old_numbers)


def _separated(part: Part, country: str, *, old_numbers: bool) -> list[Part]:
    """The part, or the two numbers that it is if it is too long for one, and at one place only may be two."""
    if part.width <= MAX_DIGITS:
        return [part]
    found = [
        two
        for two in two_parts(part)
        if all(isinstance(_read(each, country, old_numbers=old_numbers), str) for each in two)
    ]
    return found[0] if len(found) == 1 else [part]


def _is_shared(pieces: list[Part], country: str) -> bool:
    """Whether many persons have the first number, and what stands behind it says which one is meant: an extension of a
    switchboard, or the code in ``0800 705 3040 / 12345678``."""
    if any(piece.extension for piece in pieces):
        return True
    first = pieces[0]
    return (
        len(pieces) > 1
        and first.width >= COMPLETE
        and numbering_plan.is_service(first.groups, international=first.plus, country=country)
    )


def _first_valid(pieces: list[Part], together: Part | None, country: str, *, old_numbers: bool) -> str | PhoneProblem:
    """Of the numbers in a cell the first valid one; a piece of one number is never taken for another number."""
    first = _read(pieces[0], country, old_numbers=old_numbers)
    whole = _read(together, country, old_numbers=old_numbers) if together else PhoneProblem.INVALID
    if isinstance(first, str):
        # 55 99912-3456 / 78 is one number or another one; ramal 12 and R2 hang on a number that several may share.
        ambiguous = isinstance(whole, str) and whole != first
        hanging = any(piece.width < COMPLETE and (piece.behind_word or piece.spoiled) for piece in pieces[1:])
        return PhoneProblem.INVALID if ambiguous or hanging else first
    if isinstance(whole, str):
        return whole
    if sum(piece.width for piece in pieces) > MAX_DIGITS:
        for at, piece in enumerate(pieces[1:], 1):
            if pieces[at - 1].width < COMPLETE:
                break
            if isinstance(found := _read(piece, country, old_numbers=old_numbers), str):
                return found
    return whole if whole is PhoneProblem.DIGIT_MISSING else first


def _read(part: Part, country: str, *, old_numbers: bool) -> str | PhoneProblem:
    if part.spoiled:
        return PhoneProblem.INVALID
    found = numbering_plan.read(part.groups, international=part.plus, country=country, without_ninth_digit=old_numbers)
    if part.loose and isinstance(found, str) and numbering_plan.could_be_longer(found, part.groups, part.loose):
        return PhoneProblem.INVALID
    return found


def calling_code(country: str) -> str:
    """Returns the calling code of an ISO 3166 country, as in ``55``; empty if the country is unknown."""
    import phonenumbers  # noqa: PLC0415

    return str(phonenumbers.country_code_for_region(country) or "")


def phone_hash(secret: bytes, user_id: str, e164: str) -> bytes:
    """HMAC-SHA-256 over the user and the subscriber: the same phone of two users has unrelated hashes."""
    return hmac.digest(secret, f"{user_id}\0{subscriber(canonical(e164))}".encode(), "sha256")


def hasher(secret: bytes, user_id: str) -> Callable[[str], bytes]:
    """``phone_hash`` for many canonical numbers of one user."""
    begun = hmac.new(secret, f"{user_id}\0".encode(), "sha256")

    def hashed(e164: str) -> bytes:
        ended = begun.copy()
        ended.update(subscriber(e164).encode())
        return ended.digest()

    return hashed


def key_check(secret: bytes) -> bytes:
    """Returns 16 bytes that only the same key makes, and that say nothing about it: no phone is hashed to them."""
    return hmac.digest(secret, b"hidra: the key of the phone hashes", "sha256")[:16]


def of_lid(lid: str) -> str:
    """Returns what ``phone_hash`` hashes for a hidden id (``@lid``) in place of a number: no number begins so."""
    return f"lid:{lid}"
