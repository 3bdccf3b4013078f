"""A workbook's first visible sheet as records, each cell as the sheet shows it."""

import math
import tempfile
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from hidra.domain import country as countries
from hidra.domain.country import Writing
from hidra.domain.imports import date_format, number_format
from hidra.domain.imports.columns import MAX_COLUMNS
from hidra.domain.imports.file_warning import FileWarning
from hidra.domain.imports.records import Position, Record
from hidra.domain.imports.rejects import MAX_RAW
from hidra.domain.text import NUL, encodable
from hidra.errors import Rejected
from hidra.gateways import workbook_book, workbook_sheet
from hidra.gateways.workbook_book import MAX_STYLES, Book, Strings, unescaped
from hidra.gateways.workbook_parts import MAX_PACKED, Parts, too_large
from hidra.gateways.workbook_sheet import Row

_MAX_DIGITS = 40  # characters of a number, as a file writes it
_SHOWN = 32_768  # numbers whose texts are kept: dates and prices repeat
_MAX_CODES = 1_000  # number formats that cells use; Excel has room for 250 (Excel specifications and limits)
_DATE = "date"  # the style of a date in a cell that has none
_ISO = "iso "  # before the style of a cell whose date is wanted in ISO 8601


class Workbook:
    """Records from the row behind a position on; after each, ``position`` is where it ended.

    A row without text is a record that does not count, so that a reader of a million of them can look at its time.
    """

    def __init__(
        self,
        content: Iterator[bytes],
        size: int,
        position: Position,
        *,
        country: str = "BR",
        phones: Collection[int] = (),
        instants: Collection[int] = (),
    ) -> None:
        """
        Args:
            country: whose signs numbers and dates are shown with.
            phones: the columns, from 0, of which a number's digits are wanted, however the sheet shows it.
            instants: the columns of which a date is wanted in ISO 8601.

        Raises:
            Rejected: the file is larger than ``MAX_PACKED``.
        """
        if size > MAX_PACKED:
            raise Rejected(
                "The workbook is larger than 100 MB. Save it as CSV and create a new import.", code="too_large"
            )
        self._content, self._size, self.position = content, size, position
        self.warnings: list[FileWarning] = []
        self._writing, self._phones, self._instants = countries.writing(country), phones, instants
        self.offset = 0  # bytes of XML that were read

    def __iter__(self) -> Iterator[Record]:
        """
        Raises:
            Rejected: the file is not a workbook, or too large once it is unpacked, or built to exhaust its reader.
        """
        with tempfile.TemporaryFile() as file:
            for piece in self._content:
                file.write(piece)
            parts = Parts(file)
            book = workbook_book.book(parts)
            text_of = _texts(parts, book, self._writing, frozenset(self._phones), frozenset(self._instants))
            total = max(parts.size(book.sheet), 1)
            for rows, read in workbook_sheet.rows(
                parts,
                book.sheet,
                behind=self.position.line,
                begin=self.position.unpacked,
                width=MAX_COLUMNS,
                text_of=text_of,
            ):
                self.offset = read
                packed = min(self._size, self._size * read // total)
                for row in rows:
                    self.position = Position(packed, row.number, unpacked=row.begin)
                    yield _record(row)
            self.position = Position(self._size, self.position.line, unpacked=self.position.unpacked)


def _record(row: Row) -> Record:
    number, _, cells, overflows = row
    if overflows:
        return Record(number, None, "too_many_columns", "")
    raw = "\t".join(cells)
    if not raw.strip():
        return Record(number, None, "blank", "", counts=False)
    if not encodable(raw):
        return Record(number, None, "undecodable", "")
    return Record(number, None, "nul_character", raw[:MAX_RAW]) if NUL in raw else Record(number, cells, None, raw)


def _texts(
    parts: Parts, book: Book, writing: Writing, phones: frozenset[int], instants: frozenset[int]
) -> Callable[[int, str, str, str], str]:
    """Returns the function that gives a cell's text from its column, type, style and value (ECMA-376, 18.18.11)."""
    strings = Strings(parts, book.strings)
    shown = _numbers(workbook_book.number_formats(parts, book.styles), writing, since_1904=book.since_1904)

    def text_of(column: int, kind: str, style: str, value: str) -> str:
        if column in instants:
            style = _ISO + style
        if kind == "n":
            return shown(style, value) if column not in phones else _digits(shown(style, value), value)
        if kind == "s":
            return strings[int(value)]
        if kind in ("inlineStr", "str"):
            return unescaped(value)
        if kind == "b":
            return writing.booleans[value.strip() in ("1", "true")]
        if kind == "d":
            days = date_format.serial(value, since_1904=book.since_1904)
            return value if days is None else shown(style or _DATE, repr(days))
        return "" if kind == "e" else value

    return text_of


def _digits(shown: str, value: str) -> str:
    """A phone's digits, however the sheet shows them. A format may add a country's or an area's code, as in "+55 "0."""
    if shown == value or not _is_number(value):
        return shown
    digits = number_format.plain(value)
    written = "".join(sign for sign in shown if sign.isdecimal()).lstrip("0")
    return shown if len(written) > len(digits) and written.endswith(digits) else digits


def _numbers(formats: list[int | str], writing: Writing, *, since_1904: bool) -> Callable[[str, str], str]:
    """Returns the function that gives a number's text from its style and value."""
    general = number_format.shower(number_format.GENERAL, writing)
    by_code = {number_format.GENERAL: general}
    by_style: dict[str, Callable[[str], str]] = {}

    def shower(style: str) -> Callable[[str], str]:
        code = writing.short_date  # of a date in a cell without a format
        bare = style.removeprefix(_ISO)
        if bare != _DATE:
            at = int(bare or 0)
            given = formats[at] if 0 <= at < len(formats) else 0
            code = given if isinstance(given, str) else number_format.code(given, writing)
        if bare != style and number_format.is_date(code, writing):
            code = "yyyy-mm-dd\\Thh:mm:ss"
        if code not in by_code:
            if len(by_code) > _MAX_CODES:
                raise too_large()
            by_code[code] = number_format.shower(code, writing, since_1904=since_1904)
        return by_code[code]

    @lru_cache(_SHOWN)
    def kept(style: str, value: str) -> str:
        return by_style[style](value)

    def shown(style: str, value: str) -> str:
        found = by_style.get(style)
        if found is None:
            if len(by_style) > MAX_STYLES:
                raise too_large()
            found = by_style[style] = shower(style)
        if found is general and value.isdecimal() and value[0] != "0":
            return value
        return kept(style, value) if _is_number(value) else value

    return shown


def _is_number(value: str) -> bool:
    try:
        return len(value) <= _MAX_DIGITS and "_" not in value and math.isfinite(float(value))
    except ValueError:
        return False
