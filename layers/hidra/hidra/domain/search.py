"""The text of a search for contacts: a part of a phone, or the beginnings of words of a name."""

import re
from dataclasses import dataclass

from hidra.domain.phone import beginnings
from hidra.errors import Field, Rejected


@dataclass(frozen=True)
class PhonePart:
    """A phone that begins with one of ``prefixes``, or ends in ``suffix``; an empty suffix matches nothing."""

    prefixes: tuple[str, ...]
    suffix: str


@dataclass(frozen=True)
class NamePart:
    """Each word of ``text`` begins a word of the name; the store splits words."""

    text: str


def parse(text: str, *, calling_code: str) -> PhonePart | NamePart:
    """
    Args:
        text: a name if it has a letter, else a phone with any punctuation.
        calling_code: the one of numbers without one, as in ``55``.

    Raises:
        Rejected: the text has neither a letter nor a digit.
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
        return PhonePart(beginnings(f"+{digits}"), "")
    national = digits.lstrip("0")
    return PhonePart((*beginnings(f"+{digits}"), *beginnings(f"+{calling_code}{national}")), digits)
