"""Workbooks written by hand, part by part: what spreadsheet programs write, and what only an attacker does."""

import io
import struct
import zipfile
import zlib
from typing import Any

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"
ROW = '<row r="2"><c r="A2"><v>11987654321</v></c></row>'
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>telefone</t></is></c></row>'


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(*pairs: tuple[str, str]) -> bytes:
    entries = "".join(
        f'<Relationship Id="r{at}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(pairs, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{entries}</Relationships>'.encode()


def sheet(rows: str, *, before: str = "", behind: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{behind}</worksheet>'.encode()


def parts(rows: str = HEADER + ROW, **given: bytes) -> dict[str, bytes]:
    """The parts of a workbook. ``given``: book, strings, styles or data, in place of the usual ones."""
    return {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": given.get("book")
        or f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>".encode(),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")
        ),
        "xl/sharedStrings.xml": given.get("strings") or f'<sst xmlns="{MAIN}"/>'.encode(),
        "xl/styles.xml": given.get("styles") or f'<styleSheet xmlns="{MAIN}"/>'.encode(),
        SHEET: given.get("data") or sheet(rows),
    }


def made(rows: str = HEADER + ROW, **given: bytes) -> bytes:
    return zipped(parts(rows, **given))


def styles(*codes: str | int) -> bytes:
    """Cell styles with these number formats, from style 1 on."""
    custom = {code: 164 + at for at, code in enumerate(each for each in codes if isinstance(each, str))}
    formats = "".join(f'<numFmt numFmtId="{number}" formatCode="{_quoted(code)}"/>' for code, number in custom.items())
    cells = "".join(f'<xf numFmtId="{custom[each] if isinstance(each, str) else each}"/>' for each in codes)
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/>{cells}</cellXfs></styleSheet>'
    ).encode()


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def laughs(content: bytes, levels: int = 9) -> bytes:
    """The content behind a document type whose last entity is ten to the power of ``levels`` words long."""
    entities = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, levels + 1))
    return f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>'.encode() + content.replace(
        b"telefone", f"&e{levels};".encode()
    )


def one_entity(content: bytes, size: int, times: int) -> bytes:
    return f'<!DOCTYPE x [<!ENTITY e "{"a" * size}">]>'.encode() + content.replace(b"telefone", b"&e;" * times)


def with_lying_sizes(content: bytes, name: str, size: int) -> bytes:
    """The ZIP with another unpacked size for one file, in both of its headers."""
    made = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo(name)
        struct.pack_into("<L", made, info.header_offset + 22, size)
        at = archive.start_dir
    while (at := made.find(b"PK\1\2", at)) >= 0:
        length = struct.unpack_from("<H", made, at + 28)[0]
        if made[at + 46 : at + 46 + length] == name.encode():
            struct.pack_into("<L", made, at + 24, size)
        at += 46
    return bytes(made)


def overlapping(files: int, size: int) -> bytes:
    """A ZIP whose files all are the same compressed bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b" " * size) + packer.flush()
    crc = zlib.crc32(b" " * size)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(packed), size, 1, 0) + b"x" + packed
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(packed), size, 4, 0, 0, 0, 0, 0, 0)
        + f"{at:04}".encode()
        for at in range(files)
    )
    return local + entries + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, files, files, len(entries), len(local), 0)


def long_directory(files: int) -> bytes:
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    count = min(files, 0xFFFF)
    return entry * files + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(entry) * files, 0, 0)


def rows_of(*rows: list[Any]) -> bytes:
    """A workbook as openpyxl writes it; a cell may be a pair of value and number format."""
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    for number, row in enumerate(rows, 1):
        for column, given in enumerate(row, 1):
            value, code = given if isinstance(given, tuple) else (given, None)
            cell = book.active.cell(number, column, value)
            if code:
                cell.number_format = code
    book.save(out)
    return out.getvalue()
