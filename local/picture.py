"""Small pictures of the console: a screenshot's PNG with a palette, a third of its size and as sharp."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 224

type Pixel = bytes


def with_palette(png: bytes, colours: int = _COLOURS) -> bytes:
    """The PNG with its most frequent colours; each other one becomes the nearest of them. The same bytes each time."""
    width, height, channels, data = _read(png)
    rows = [_pixels(row, channels) for row in _unfiltered(data, width * channels, channels)]
    found = Counter(pixel for row in rows for pixel in row)
    palette = sorted(found, key=lambda pixel: (-found[pixel], pixel))[:colours]
    index = {pixel: palette.index(min(palette, key=lambda kept: _distance(kept, pixel))) for pixel in found}
    lines = b"".join(b"\0" + bytes(index[pixel] for pixel in row) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def _read(png: bytes) -> tuple[int, int, int, bytes]:
    """Width, height, bytes a pixel, and the filtered rows of a PNG as browsers write them: 8 bits, not interlaced."""
    place, data, header = len(_SIGNATURE), b"", b""
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        name, content = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        header, data = (content, data) if name == b"IHDR" else (header, data + content * (name == b"IDAT"))
        place += 12 + length
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if depth != 8 or kind not in (2, 6) or interlaced:
        raise ValueError("only pictures of 8 bits a colour, not interlaced, are read")
    return width, height, 3 if kind == 2 else 4, zlib.decompress(data)


def _unfiltered(data: bytes, length: int, step: int) -> Iterator[bytes]:
    above = bytearray(length)
    for start in range(0, len(data), length + 1):
        kind, row = data[start], bytearray(data[start + 1 : start + 1 + length])
        if kind:
            for place in range(length):
                left, corner = (row[place - step], above[place - step]) if place >= step else (0, 0)
                row[place] = (row[place] + _predicted(kind, left, above[place], corner)) & 255
        yield bytes(row)
        above = row


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind < 4:
        return (left, up, (left + up) // 2)[kind - 1]
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))


def _pixels(row: bytes, channels: int) -> list[Pixel]:
    return [row[place : place + 3] for place in range(0, len(row), channels)]


def _distance(one: Pixel, other: Pixel) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
