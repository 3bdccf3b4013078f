"""What a workbook's parts say: its first sheet, its texts, its number formats, its rows (ECMA-376 part 1, 18.3 to 18.8).

Limits are Excel's own, so no workbook that Excel can save meets one, or are far beyond what a row of contacts needs.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from hidra.errors import Rejected
from hidra.gateways.workbook_parts import MAX_DEPTH, Parts, local, parse, parsed, parser, too_large, unreadable

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # of a sheet: Excel specifications and limits
MAX_TEXT = 1_000  # characters that are read of a cell: more than any field may have
MAX_ROW = 16 * 1024**2  # bytes of XML
_MAX_STRINGS, _MAX_STRINGS_BYTES = 5_000_000, 128 * 1024**2
MAX_STYLES, _MAX_STYLES_BYTES = 65_490, 32 * 1024**2
_MAX_BOOK_BYTES = 4 * 1024**2
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # of a character that XML cannot hold (22.9.2.19)


class Book(NamedTuple):
    """Names of parts; empty if the workbook does not have them."""

    sheet: str
    strings: str
    styles: str
    since_1904: bool


class Row(NamedTuple):
    """``begin``: the byte of its tag. ``cells``: up to the width that ``rows`` was given. ``overflows``: a cell behind
    that is not empty."""

    number: int
    begin: int
    cells: list[str]
    overflows: bool


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


def rows(
    parts: Parts, name: str, *, behind: int, begin: int, width: int, text_of: Callable[[int, str, str, str], str]
) -> Iterator[tuple[list[Row], int]]:
    """Yields the rows with a number over ``behind`` that each piece of the sheet ends, and the bytes read so far.

    Rows without cells are among them. A row whose number is not above the one before gets the next number.

    Args:
        begin: where the row ``behind`` begins; 0 if no row was read.
        width: cells of a row that are read.
        text_of: returns a cell's text from its column (from 0), type, style and value.

    Raises:
        Rejected: the sheet is broken, or exceeds Excel's limits.
    """
    pieces = parts.pieces(name)
    left_out = 0
    if begin:
        head, pieces = _resumed(pieces, begin)
        left_out = begin - head
    sheet = _Sheet(behind, begin, left_out, width, text_of)
    row_began, last = left_out, sheet.number
    for parsed_bytes in parsed(sheet.parser, pieces):
        read = parsed_bytes + left_out
        if sheet.number != last:
            row_began, last = read, sheet.number
        elif read - row_began > MAX_ROW and not sheet.over:
            raise unreadable("The workbook has a row of more than 16 MB.")
        done, sheet.rows = sheet.rows, []
        yield done, read
        if sheet.over:
            return


def _resumed(pieces: Iterator[bytes], begin: int) -> tuple[int, Iterator[bytes]]:
    """Returns how many bytes are before the first row, and these bytes, followed by all from ``begin`` on.

    So a slice need not parse again what slices before have read, only unpack it.
    """
    held = bytearray()
    first, in_data = 0, False

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal first, in_data
        in_data = in_data or local(tag) == "sheetData"
        if in_data and not first and local(tag) == "row":
            first = head.CurrentByteIndex

    def kept() -> Iterator[bytes]:
        for piece in pieces:
            held.extend(piece)
            yield piece

    head = parser(start)
    for read in parsed(head, kept()):
        if first:
            break
        if read > MAX_ROW:
            raise unreadable()

    def rest() -> Iterator[bytes]:
        yield bytes(held[:first])
        yield bytes(held[begin:])
        passed = len(held)
        for piece in pieces:
            if passed + len(piece) > begin:
                yield piece[max(0, begin - passed) :]
            passed += len(piece)

    return first, rest()


def unescaped(text: str) -> str:
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


class _Sheet:
    """Handlers of a sheet's XML. This is the hot loop of a workbook's import: some ten million calls a minute."""

    def __init__(
        self, behind: int, begin: int, left_out: int, width: int, text_of: Callable[[int, str, str, str], str]
    ) -> None:
        self.rows: list[Row] = []
        self.number = behind - 1 if begin else 0
        self.over = False
        self.parser = parser(*self._handlers(behind, left_out, width, text_of))

    def _handlers(
        self, behind: int, left_out: int, width: int, text_of: Callable[[int, str, str, str], str]
    ) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None], Callable[[str], None]]:
        depth = phonetic = column = length = begin = 0
        prefix, row_tag, cell_tag, value_tag, text_tag = "", "row", "c", "v", "t"
        in_data = reading = inside = overflows = False
        kind, style = "n", ""
        pieces: list[str] = []
        cells: list[str] = []
        columns: dict[str, int] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, phonetic, column, begin, in_data, reading, inside, overflows, kind, style
            depth += 1
            if depth > MAX_DEPTH:
                raise unreadable()
            if reading:
                if tag == cell_tag:
                    reference = attributes.get("r")
                    if reference is None:
                        column += 1
                    else:
                        letters = reference.rstrip("0123456789")
                        known = columns.get(letters)
                        column = columns.setdefault(letters, _column(letters)) if known is None else known
                    if column > MAX_COLUMNS:
                        raise unreadable("The workbook has a cell behind column XFD, Excel's last.")
                    kind, style = attributes.get("t", "n"), attributes.get("s", "")
                    return
                if tag == value_tag or tag == text_tag:  # noqa: PLR1714 - quicker than a set here
                    inside = not phonetic
                    return
                if tag == f"{prefix}rPh":
                    phonetic = phonetic or depth
            if tag == row_tag and in_data:
                self.number = _row_number(attributes.get("r"), self.number)
                reading, column, overflows = self.number > behind, 0, False
                begin = self.parser.CurrentByteIndex + left_out
            elif depth == 1:
                named(tag)
            elif tag == f"{prefix}sheetData":
                in_data = True

        def named(root: str) -> None:
            nonlocal prefix, row_tag, cell_tag, value_tag, text_tag
            if local(root) != "worksheet":
                raise unreadable()
            prefix = root.removesuffix("worksheet")
            row_tag, cell_tag, value_tag, text_tag = (f"{prefix}{each}" for each in ("row", "c", "v", "t"))

        def text(content: str) -> None:
            nonlocal length
            if inside and length < MAX_TEXT:
                pieces.append(content)
                length += len(content)

        def end(tag: str) -> None:
            nonlocal depth, phonetic, inside, length, cells, overflows, in_data, reading
            inside = False
            if phonetic:
                phonetic = 0 if phonetic == depth else phonetic
            depth -= 1
            if tag == cell_tag:
                if pieces:
                    value = (pieces[0] if len(pieces) == 1 else "".join(pieces))[:MAX_TEXT]
                    pieces.clear()
                    length = 0
                    if column > width:
                        overflows = True
                        return
                    shown = text_of(column - 1, kind, style, value)
                    if shown:
                        missing = column - 1 - len(cells)
                        if missing > 0:
                            cells += [""] * missing
                        if missing < 0:  # a second cell of the same column, which no program writes
                            cells[column - 1] = shown
                        else:
                            cells.append(shown)
            elif tag == row_tag:
                if reading:
                    self.rows.append(Row(self.number, begin, cells, overflows))
                    cells = []
                    reading = False
            elif in_data and tag == f"{prefix}sheetData":
                self.over = True
                in_data = False

        return start, end, text


def _row_number(written: str | None, before: int) -> int:
    try:
        number = before + 1 if written is None else max(int(written), before + 1)
    except ValueError as error:
        raise unreadable() from error
    if number > MAX_ROWS:
        raise Rejected(
            f"The workbook has a row with a number over {MAX_ROWS}, Excel's last. Save it as CSV and create a new "
            "import.",
            code="unreadable_workbook",
        )
    return number


def _column(letters: str) -> int:
    if not 1 <= len(letters) <= 3 or not letters.isascii() or not letters.isalpha():
        raise unreadable()
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column
