"""The lines of a file that arrives in pieces, as bytes, so that reading can continue behind any line."""

from collections.abc import Iterator
from typing import NamedTuple

MAX_LINE = 1 << 20  # bytes; a longer line is skipped and never held in memory


class Line(NamedTuple):
    """A line without its end; ``size`` counts the end too.

    A line that is too long comes in parts. In each ``content`` is None. ``head`` is the line's beginning in the first
    part and empty in later ones; ``ends`` is true in the last part.
    """

    content: bytes | None
    size: int
    head: bytes = b""
    ends: bool = True


def lines(chunks: Iterator[bytes], *, newline: bytes, inside: bool = False, limit: int = MAX_LINE) -> Iterator[Line]:
    """
    Args:
        chunks: the bytes from a line's beginning on, each but the last one a multiple of the newline's length.
        newline: encoded, one or two bytes.
        inside: reading begins within a line that is too long.
        limit: the longest line that is returned whole, in bytes.
    """
    width, rest = len(newline), b""
    for chunk in chunks:
        data = rest + chunk
        if inside:
            at = _find(data, newline, 0)
            if at < 0:
                yield Line(None, len(data), ends=False)
                continue
            yield Line(None, at + width)
            data, inside = data[at + width :], False
        *whole, rest = _split(data, newline)
        for content in whole:
            if len(content) <= limit:
                yield Line(content, len(content) + width)
            else:
                yield Line(None, len(content) + width, head=content[:limit])
        if len(rest) > limit:
            yield Line(None, len(rest), head=rest[:limit], ends=False)
            rest, inside = b"", True
    if rest or inside:
        yield Line(None, 0) if inside else Line(rest, len(rest))


def _split(data: bytes, newline: bytes) -> list[bytes]:
    if len(newline) == 1:
        return data.split(newline)
    found, begin = [], 0
    while (at := _find(data, newline, begin)) >= 0:
        found.append(data[begin:at])
        begin = at + len(newline)
    found.append(data[begin:])
    return found


def _find(data: bytes, newline: bytes, begin: int) -> int:
    at = data.find(newline, begin)
    # In UTF-16 the same two bytes may be the halves of two other characters.
    while at >= 0 and at % len(newline):
        at = data.find(newline, at + 1)
    return at
