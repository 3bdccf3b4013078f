"""An Excel workbook's first sheet as records. A small ZIP may hold a large file, so its size is judged before."""

import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, time
from typing import IO, Any

from hidra.domain.imports.layout import MAX_COLUMNS
from hidra.domain.imports.records import MAX_RAW, Position, Record
from hidra.errors import Rejected

MAX_PACKED = 100 * 1024**2
MAX_UNPACKED = 1024**3
MAX_STRINGS = 64 * 1024**2  # unpacked: openpyxl holds the shared strings in memory
MAX_FILES = 1_000
MAX_RATIO = 200


class Workbook:
    """Records from the row behind a position on; after each, ``position`` is where it ended."""

    def __init__(self, content: Iterator[bytes], size: int, position: Position) -> None:
        """
        Raises:
            Rejected: the file is no workbook, or too large once it is unpacked.
        """
        if size > MAX_PACKED:
            raise Rejected("A workbook has at most 100 MB; save it as CSV.", code="too_large")
        self._content, self._size, self.position = content, size, position

    @property
    def offset(self) -> int:
        return self.position.offset

    def __iter__(self) -> Iterator[Record]:
        # Only who reads a workbook pays for it; the function brings it, not the layer.
        import openpyxl  # noqa: PLC0415

        with tempfile.TemporaryFile() as file:
            for piece in self._content:
                file.write(piece)
            _check(file)
            try:
                book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
                sheet = book.worksheets[0]
                last = max(sheet.max_row or 1, 1)
                for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                    if number <= self.position.line:
                        continue
                    self.position = Position(min(self._size, self._size * number // max(last, number)), number)
                    if (record := _record(number, row)) is not None:
                        yield record
            except Exception as error:
                # A stranger's XML in a library: whatever it raises, the file is at fault, and would be the next time.
                raise Rejected("The workbook cannot be read.", code="unreadable_workbook") from error


def _check(file: IO[bytes]) -> None:
    try:
        parts = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Rejected("The file is no workbook (.xlsx).", code="unreadable_workbook") from error
    if (
        len(parts) > MAX_FILES
        or sum(part.file_size for part in parts) > MAX_UNPACKED
        or any(part.file_size > MAX_STRINGS for part in parts if "sharedStrings" in part.filename)
        or any(part.file_size > 2**20 and part.file_size > MAX_RATIO * part.compress_size for part in parts)
    ):
        raise Rejected("The workbook is too large once it is unpacked; save it as CSV.", code="too_large")


def _record(number: int, row: tuple[Any, ...]) -> Record | None:
    width = max((at for at, value in enumerate(row, 1) if value is not None), default=0)
    if width > MAX_COLUMNS:
        return Record(number, None, "too_many_columns", "")
    cells = [_text(value) for value in row[:width]]
    raw = "\t".join(cells)
    if not raw.strip():
        return None
    try:
        raw.encode()
    except UnicodeEncodeError:
        return Record(number, None, "undecodable", "")
    return Record(number, None, "nul_character", raw[:MAX_RAW]) if "\0" in raw else Record(number, cells, None, raw)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():  # a phone that Excel took for a number
            return str(int(value))
        case date() | time():
            return value.isoformat()
    return str(value)
