"""Files that are no text although the import expects text: what they are, and how to send them."""

import re

from hidra.errors import Rejected

_HTML = re.compile(rb"\s*<(?:!doctype html|html|head|meta|table|style|body)\b", re.IGNORECASE)
_UNPACK = "Unpack it, and create a new import for the file inside."
_EXPORT = "Export the contacts as CSV or .xlsx from where they come, and create a new import."
_SAVE = "Save it as .xlsx, and create a new import with format xlsx."
_OPEN = "Open it in Excel, save it as .xlsx, and create a new import with format xlsx."
_VCARDS = "an address book of vCards (.vcf). Export the contacts as CSV, and create a new import."
_KINDS: tuple[tuple[bytes, str], ...] = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Excel workbook (.xls), or one with a password. Save it as .xlsx without a password, and create a new "
        "import with format xlsx.",
    ),
    (b"%PDF-", f"a PDF document. {_EXPORT}"),
    (b"\x1f\x8b", f"compressed (gzip). {_UNPACK}"),
    (b"7z\xbc\xaf\x27\x1c", f"compressed (7z). {_UNPACK}"),
    (b"Rar!\x1a\x07", f"compressed (RAR). {_UNPACK}"),
    (b"{\\rtf", "a text document (RTF). Save its table as CSV or .xlsx, and create a new import."),
    (b"\x89PNG", f"a picture. {_EXPORT}"),
    (b"\xff\xd8\xff", f"a picture. {_EXPORT}"),
)


def check(sample: bytes, format: str) -> None:
    """
    Args:
        sample: the beginning of a file whose format is csv or jsonl.

    Raises:
        Rejected: the file is of another kind.
    """
    text = sample.lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ")
    found = next((what for mark, what in _KINDS if sample.startswith(mark)), None)
    if sample.startswith(b"PK\x03\x04"):
        found = _archive(sample)
    elif text.upper().startswith(b"BEGIN:VCARD"):
        found = _VCARDS
    elif text.startswith(b"<") or text[:2] == b"<\0":
        found = _markup(text.replace(b"\0", b""))
    elif format == "csv" and text.startswith((b'{"', b"[{", b"[\r\n", b"[\n")):
        found = (
            "JSON. For JSON Lines (one object on each line) create a new import with format jsonl; write an array as "
            "JSON Lines first."
        )
    if found:
        raise Rejected(f"The import's format is {format}, but the file is {found}", code="wrong_format")


def _archive(sample: bytes) -> str:
    if b"xl/workbook.bin" in sample:
        return f"a binary Excel workbook (.xlsb). {_SAVE}"
    if b"opendocument.spreadsheet" in sample[:200]:
        return f"a workbook of LibreOffice (.ods). {_SAVE}"
    if b"word/" in sample:
        return "a Word document. Save its table as CSV or .xlsx, and create a new import."
    if b"[Content_Types].xml" in sample or b"xl/" in sample:
        return "an Excel workbook (.xlsx). Create a new import with format xlsx, and upload the file there."
    return (
        "a ZIP archive. If it is an Excel workbook, create a new import with format xlsx; else unpack it, and create a "
        "new import for the file inside."
    )


def _markup(text: bytes) -> str | None:
    if _HTML.match(text) or b"<table" in text[:20_000].lower():
        return f"a web page (HTML), as some systems export with the name .xls. {_OPEN}"
    if text.startswith(b"<?xml"):
        return f"XML, as Excel 2003 saves workbooks. {_OPEN}"
    return None
