"""The rows of a workbook's sheet (ECMA-376 part 1, 18.3)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from hidra.errors import Rejected
from hidra.gateways.workbook_parts import MAX_DEPTH, MAX_TEXT, Parts, local, parsed, parser, unreadable

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # of a sheet: Excel specifications and limits
MAX_ROW = 16 * 1024**2  # bytes of XML


class Row(NamedTuple):
    """``begin``: the byte of its tag. ``cells``: up to the width that ``rows`` was given. ``overflows``: a cell behind
    that is not empty."""

    number: int
    begin: int
    cells: list[str]
    overflows: bool


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


class _Sheet:
    """Handlers of a sheet's XML. This is the hot loop of a workbook's import: some ten million calls a minute."""

    def __init__(
        self, behind: int, begin: int, left_out: int, width: int, text_of: Callable[[int, str, str, str], str]
    ) -> None:
        self.rows: list[Row] = []
        self.number = behind - 1 if begin else 0
        self.over = False
        self.parser = parser(*self._handlers(behind, left_out, width, text_of))

    def _handlers(  # noqa: PLR0915 - plain variables are quicker than attributes
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
                if tag in (value_tag, text_tag):
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
