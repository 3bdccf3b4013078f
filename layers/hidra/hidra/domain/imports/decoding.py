"""Bytes of a file as text. Text that people exported from several systems is seldom in one encoding throughout."""

import codecs
import re
from collections.abc import Callable

# UTF-8, in which each byte that is no UTF-8 is read as Windows-1252: a stray byte costs itself alone.
DETECT = "detect"
# The same for a file that begins in Windows-1252: "É" and a no-break space (C9 A0) are not "ɠ" there.
DETECT_CP1252 = "detect-cp1252"
# UTF-8 that was read as Windows-1252 and encoded again ("JoÃ£o"); a line that was not is read as in ``DETECT``.
DETECT_TWICE = "detect-utf-8-twice"
DETECTED = (DETECT, DETECT_CP1252, DETECT_TWICE)

_HANDLER = "hidra.windows-1252"
# Two bytes that UTF-8 and Windows-1252 both read, and sequences that no text in Windows-1252 has ("Ã£"). Behind other
# capitals than Â and Ã stand a space, an ellipsis, a dash, a closing quote and the like at most.
_AMBIGUOUS = re.compile(rb"[\xc4-\xdf][\x80-\xbf]")
_BEHIND_CAPITALS = rb"\x80\x85\x91-\x97\x99\xa0\xaa\xae\xb0\xb2-\xb4\xb7\xb9-\xbe"
_UTF8 = re.compile(
    rb"[\xc2\xc3][\x80-\xbf]|[\xc4-\xdf](?![" + _BEHIND_CAPITALS + rb"])[\x80-\xbf]"
    rb"|[\xe2-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}"
)
# The characters of Windows-1252 that are not those of ISO-8859-1, and their bytes.
_BYTES = {ord(sign): at for at in range(0x80, 0xA0) if (sign := bytes([at]).decode("cp1252", "ignore"))}
# The first byte of an accented letter and a second one, read as text. Right text may have a no-break space, a closing
# quote, a dash and the like behind "MANHÃ".
_SECOND = {*range(0x80, 0xC0)} - {*b"\x85\x92\x94\x96\x97\x99\xa0\xae\xbb"}
_ENCODED_TWICE = re.compile(
    f"[ÂÃ][{''.join(map(chr, _SECOND | {sign for sign, at in _BYTES.items() if at in _SECOND}))}]"
)
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
        case "detect-utf-8-twice":
            return _utf_8_twice
        case "cp1252" | "iso-8859-1":
            return windows_1252
    return lambda content: content.decode(encoding)


def guess(sample: bytes) -> str:
    """``DETECT_CP1252`` or ``DETECT_TWICE`` if the sample is so throughout, else ``DETECT``."""
    try:
        text = _beginning(sample)
    except UnicodeDecodeError:
        return DETECT if _UTF8.search(sample) else DETECT_CP1252
    return DETECT_TWICE if _is_encoded_twice(text) else DETECT


def garbled(content: bytes, text: str) -> bool:
    """Whether the line, decoded by a guess, shows signs in place of letters: it is in neither of the two encodings, or
    was encoded twice."""
    if _ENCODED_TWICE.search(text):
        return True
    if not _GARBLED.search(text):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return True
    return False


def _beginning(sample: bytes) -> str:
    """The text of UTF-8, of which the end may cut a character."""
    return codecs.getincrementaldecoder("utf-8")().decode(sample)


def _is_encoded_twice(text: str) -> bool:
    """Whether all characters beyond ASCII are the bytes of others, and some of them stand so in no right text."""
    if not _ENCODED_TWICE.search(text):
        return False
    try:
        _beginning(_bytes_before(text))
    except UnicodeError:
        return False
    return True


def _bytes_before(text: str) -> bytes:
    """The bytes that were read as Windows-1252, or as ISO-8859-1, when the text came into being."""
    return text.translate(_BYTES).encode("latin-1")


def _utf_8(content: bytes) -> str:
    return content.decode("utf-8", _HANDLER)


def _utf_8_twice(content: bytes) -> str:
    text = _utf_8(content)
    if text.isascii():
        return text
    try:
        return _bytes_before(text).decode()
    except UnicodeError:
        return text


def _rather_windows_1252(content: bytes) -> str:
    if _AMBIGUOUS.search(content) and not _UTF8.search(content):
        return windows_1252(content)
    return content.decode("utf-8", _HANDLER)
