"""A picture instead of WhatsApp's QR code: a real PNG, which no phone can scan."""

import base64
import struct
import zlib
from random import Random

_MODULES = 29
_SCALE = 6


def data_url(code: str) -> str:
    """A square black and white PNG that differs by code, as `data:image/png;base64,...`."""
    rng = Random(code)
    rows = []
    for _ in range(_MODULES):
        row = b"".join((b"\x00" if rng.getrandbits(1) else b"\xff") * _SCALE for _ in range(_MODULES))
        rows.extend([b"\x00" + row] * _SCALE)
    side = _MODULES * _SCALE
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
    return "data:image/png;base64," + base64.b64encode(png + _chunk(b"IEND", b"")).decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
