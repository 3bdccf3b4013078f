"""What somebody who looks for a contact may have typed: a part of a phone, or the beginnings of words of a name."""

import re
from dataclasses import dataclass

from hidra.errors import Field, Rejected

_MOBILE_WITHOUT_NINTH_DIGIT = re.compile(r"(\+55[1-9][1-9])([6-9]\d{0,7})")


@dataclass(frozen=True)
class PhonePart:
    """``prefixes`` of E.164 numbers, one of which fits, or ``suffix`` does: the last digits, empty for none."""

    prefixes: tuple[str, ...]
    suffix: str


@dataclass(frozen=True)
class NamePart:
    """Each word of ``text`` begins a word of the name; how words are told apart is the store's matter."""

    text: str


def parse(text: str, *, calling_code: str) -> PhonePart | NamePart:
    """
    Args:
        text: letters make it a name, digits alone a phone with any punctuation.
        calling_code: of numbers without one, as in ``55``.

    Raises:
        Rejected: there is neither a letter nor a digit in it.
    """
    if any(sign.isalpha() for sign in text):
        return NamePart(text)
    digits = re.sub(r"[^0-9]", "", text)
    if not digits:
        raise Rejected(
            "There is nothing to search for.",
            code="empty-search",
            fields=[Field("search", "has neither letters nor digits")],
        )
    if text.strip().startswith("+"):
        return PhonePart(_spellings(f"+{digits}"), "")
    national = digits.lstrip("0")
    return PhonePart((*_spellings(f"+{digits}"), *_spellings(f"+{calling_code}{national}")), digits)


def _spellings(prefix: str) -> tuple[str, ...]:
    # Contacts are stored with the ninth digit, people may not know of it.
    if match := _MOBILE_WITHOUT_NINTH_DIGIT.fullmatch(prefix):
        return prefix, f"{match[1]}9{match[2]}"
    return (prefix,)
