"""The lines of a file that arrives in pieces, in bytes, so that reading can go on at any line's end."""

from collections.abc import Iterator
from typing import NamedTuple

MAX_LINE = 1 << 20  # bytes; a longer one is passed over, whatever its length, and never held


class Line(NamedTuple):
    """A line without its end; ``size`` counts the end too. ``content`` is None in a line that is too long."""

    content: bytes | None
    size: int
    # Of a line that is too long, which comes in parts: its beginning (empty in a later part), and whether it ends here.
    head: bytes = b""
    ends: bool = True


def lines(chunks: Iterator[bytes], *, newline: bytes, inside: bool = False, limit: int = MAX_LINE) -> Iterator[Line]:
    """
    Args:
        chunks: the bytes from a line's beginning on, each but the last one a multiple of the newline's length.
        newline: as it is encoded, one or two bytes.
        inside: reading begins within a line that is too long.
        limit: the longest line that is given, in bytes.
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
