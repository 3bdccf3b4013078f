"""Text that PostgreSQL can hold: it has no NUL and no unpaired surrogate. JSON's escapes can bring both."""

import re

NUL = "\0"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> bool:
    return NUL not in text and encodable(text)


def encodable(text: str) -> bool:
    """Whether UTF-8 can encode the text: it has no unpaired surrogates. Text decoded from bytes never has one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def stripped(text: str) -> str:
    """The text without the characters that cannot be stored."""
    return _UNSTORABLE.sub("", text)


def replaced(text: str) -> str:
    """The text with U+FFFD in place of each character that cannot be stored."""
    return _UNSTORABLE.sub("\ufffd", text)
