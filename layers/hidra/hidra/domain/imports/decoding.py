"""Bytes of a file as text. Text that people exported from several systems is seldom in one encoding throughout."""

import codecs
import re
from collections.abc import Callable

# UTF-8, in which each byte that is no UTF-8 is read as Windows-1252: a stray byte costs itself alone.
DETECT = "detect"
# The same for a file that begins in Windows-1252: "É" and a no-break space (C9 A0) are not "ɠ" there.
DETECT_CP1252 = "detect-cp1252"

_HANDLER = "hidra.windows-1252"
# Two bytes that UTF-8 and Windows-1252 both read, and sequences that no text in Windows-1252 has ("Ã£").
_AMBIGUOUS = re.compile(rb"[\xc4-\xdf][\x80-\xbf]")
_UTF8 = re.compile(rb"[\xc2\xc3][\x80-\xbf]|[\xe2-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}")
# What accented letters of DOS (cp850) and of old Macs become in Windows-1252: "JoÆo", "Concei‡Æo", "Jos‚", "Jo‹o".
_SIGNS = "€‚ƒ„†‡ˆ‰‹“”˜›¡¢£¤¥¦§«¬±µ¶¸»¿\ufffd"
_GARBLED = re.compile(rf"[^\W\d_][{_SIGNS}]+[^\W\d_]|[a-zà-ÿ][‚Ž](?!\w)|Æ[ao]")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return windows_1252(error.object[error.start : error.end]), error.end


codecs.register_error(_HANDLER, _as_windows_1252)


def windows_1252(content: bytes) -> str:
    """Five bytes have no character in Windows-1252; each becomes U+FFFD."""
    return content.decode("cp1252", "replace")


def decoder(encoding: str) -> Callable[[bytes], str]:
    """Returns what decodes a line. Only that of UTF-16 raises UnicodeDecodeError.

    ISO-8859-1 is read as Windows-1252, as browsers do (https://encoding.spec.whatwg.org/#names-and-labels): the control
    characters in which they differ are in no text.
    """
    match encoding:
        case "detect" | "utf-8":
            return _utf_8
        case "detect-cp1252":
            return _rather_windows_1252
        case "cp1252" | "iso-8859-1":
            return windows_1252
    return lambda content: content.decode(encoding)


def guess(sample: bytes) -> str:
    """``DETECT_CP1252`` if the sample is in Windows-1252 throughout, else ``DETECT``."""
    try:
        sample[:-3].decode()  # a character may be cut at the end
    except UnicodeDecodeError:
        return DETECT if _UTF8.search(sample) else DETECT_CP1252
    return DETECT


def garbled(content: bytes, text: str) -> bool:
    """Whether the line, decoded by a guess, shows signs in place of letters: it is in neither of the two encodings."""
    if not _GARBLED.search(text):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return True
    return False


def _utf_8(content: bytes) -> str:
    return content.decode("utf-8", _HANDLER)


def _rather_windows_1252(content: bytes) -> str:
    if _AMBIGUOUS.search(content) and not _UTF8.search(content):
        return windows_1252(content)
    return content.decode("utf-8", _HANDLER)
