"""Text that PostgreSQL can hold: it has no NUL and no unpaired surrogate. JSON's escapes can bring both."""

import re

NUL = "\0"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

# Characters that show nothing, for a character class of any dialect of patterns; ``hidra.blank`` has the same list in
# SQL. They are white space and control characters, those without a shape (Unicode's DerivedCoreProperties.txt,
# Default_Ignorable_Code_Point), and three with an empty shape: U+2800 of Braille, the fillers of Hangul, and U+1D159.
BLANK = (
    r"\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"
    r"\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
_VISIBLE = re.compile(rf"[^{BLANK}\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")


def storable(text: str) -> bool:
    return NUL not in text and encodable(text)


def encodable(text: str) -> bool:
    """Whether UTF-8 can encode the text: it has no unpaired surrogates. Text decoded from bytes never has one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def blank(text: str) -> bool:
    """Whether the text shows nothing: it is empty, or all of its characters are white space or invisible."""
    return _VISIBLE.search(text) is None


def stripped(text: str) -> str:
    """The text without the characters that cannot be stored."""
    return _UNSTORABLE.sub("", text)


def replaced(text: str) -> str:
    """The text with U+FFFD in place of each character that cannot be stored."""
    return _UNSTORABLE.sub("\ufffd", text)
