"""What a workbook's parts say about its sheets: the first one, the texts and the number formats of cells.

ECMA-376 part 1, 18.2, 18.4 and 18.8.
"""

import re
from array import array
from collections.abc import Sequence
from typing import NamedTuple

from hidra.gateways.workbook_parts import (
    MAX_DEPTH,
    MAX_TEXT,
    Parts,
    local,
    parse,
    parsed,
    parser,
    too_large,
    unreadable,
)

MAX_STYLES = 65_490  # of cells: Excel specifications and limits
_MAX_STRINGS, _MAX_STRINGS_BYTES = 5_000_000, 128 * 1024**2
_MAX_STYLES_BYTES, _MAX_BOOK_BYTES = 32 * 1024**2, 4 * 1024**2
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # of a character that XML cannot hold (22.9.2.19)


class Book(NamedTuple):
    """Names of parts; empty if the workbook does not have them."""

    sheet: str
    strings: str
    styles: str
    since_1904: bool


def book(parts: Parts) -> Book:
    """Finds the first visible sheet.

    Raises:
        Rejected: the file is another kind of document, or has no sheet.
    """
    main = next((path for kind, path in parts.targets("").values() if kind == "officeDocument"), "xl/workbook.xml")
    if main.lower().endswith(".bin") or "xl/workbook.bin" in parts:
        raise unreadable("The file is a binary workbook (.xlsb).", "Save it as .xlsx and create a new import.")
    if main not in parts:
        if "content.xml" in parts:
            raise unreadable("The file is an OpenDocument (.ods).", "Save it as .xlsx and create a new import.")
        raise unreadable(
            "The file is not a workbook (.xlsx).", "Create a new import with the file's own format: csv or jsonl."
        )
    sheets: list[tuple[bool, str]] = []
    since_1904 = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal since_1904
        kind = local(tag)
        if kind == "workbookPr":
            since_1904 = attributes.get("date1904") in ("1", "true")
        elif kind == "sheet":
            relation = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            sheets.append((attributes.get("state", "visible") != "visible", relation))

    parse(parts.pieces(main, _MAX_BOOK_BYTES), start)
    targets = parts.targets(main)
    found = [
        (hidden, targets[relation][1])
        for hidden, relation in sheets
        if relation in targets and targets[relation][0] == "worksheet" and targets[relation][1] in parts
    ]
    if not found:
        raise unreadable("The workbook has no sheet with rows.")
    named = {kind: path for kind, path in targets.values() if path in parts}
    return Book(
        next((path for hidden, path in found if not hidden), found[0][1]),
        named.get("sharedStrings", ""),
        named.get("styles", ""),
        since_1904,
    )


def number_formats(parts: Parts, name: str) -> list[int | str]:
    """Returns for each style of a cell its number format: a code, or a number that Excel knows."""
    codes: dict[int, str] = {}
    styles: list[int] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        kind = local(tag)
        if kind == "cellXfs":
            inside = True
        elif kind == "xf" and inside:
            styles.append(int(attributes.get("numFmtId", "0")))
            if len(styles) > MAX_STYLES:
                raise too_large()
        elif kind == "numFmt" and len(codes) < MAX_STYLES:
            codes.setdefault(int(attributes.get("numFmtId", "0")), attributes.get("formatCode", ""))

    def end(tag: str) -> None:
        nonlocal inside
        if local(tag) == "cellXfs":
            inside = False

    if name:
        parse(parts.pieces(name, _MAX_STYLES_BYTES), start, end)
    return [codes.get(each, each) for each in styles]


class Strings(Sequence[str]):
    """The texts that cells share, as one piece of memory: a list of strings would take ten times the file's size."""

    def __init__(self, parts: Parts, name: str) -> None:
        self._texts, self._ends = bytearray(), array("I", [0])
        if name:
            self._read(parts, name)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> str:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise unreadable()
        return self._texts[self._ends[index] : self._ends[index + 1]].decode("utf-8", "surrogatepass")

    def _read(self, parts: Parts, name: str) -> None:
        depth = phonetic = length = 0
        pieces: list[str] = []
        inside = False

        def start(tag: str, _attributes: dict[str, str]) -> None:
            nonlocal depth, phonetic, inside
            depth += 1
            if depth > MAX_DEPTH:
                raise unreadable()
            if tag == "t" or tag.endswith(":t"):
                inside = not phonetic
            elif tag == "rPh" or tag.endswith(":rPh"):
                phonetic = phonetic or depth

        def text(content: str) -> None:
            nonlocal length
            if inside and length < MAX_TEXT:
                pieces.append(content)
                length += len(content)

        def end(tag: str) -> None:
            nonlocal depth, phonetic, inside, length
            inside = False
            if phonetic == depth:
                phonetic = 0
            depth -= 1
            if tag == "si" or tag.endswith(":si"):
                if pieces:
                    self._texts += unescaped("".join(pieces)[:MAX_TEXT]).encode("utf-8", "surrogatepass")
                    pieces.clear()
                    length = 0
                self._ends.append(len(self._texts))

        for _ in parsed(parser(start, end, text), parts.pieces(name, _MAX_STRINGS_BYTES)):
            if len(self._ends) > _MAX_STRINGS:
                raise too_large()


def unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
