"""An Excel workbook's first sheet as records. A small ZIP may unpack to a large file, so that size is checked first."""

import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, time
from typing import IO, Any

from hidra.domain.imports.columns import MAX_COLUMNS
from hidra.domain.imports.file_warning import FileWarning
from hidra.domain.imports.records import Position, Record
from hidra.domain.imports.rejects import MAX_RAW
from hidra.domain.text import NUL, encodable
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
            Rejected: the file is larger than ``MAX_PACKED``.
        """
        if size > MAX_PACKED:
            raise Rejected(
                "The workbook is larger than 100 MB. Save it as CSV and create a new import.", code="too_large"
            )
        self._content, self._size, self.position = content, size, position
        self.warnings: list[FileWarning] = []

    @property
    def offset(self) -> int:
        return self.position.offset

    def __iter__(self) -> Iterator[Record]:
        """
        Raises:
            Rejected: the file is not a workbook, or too large once it is unpacked.
        """
        # Imported here, so that other imports do not pay for it; it is a dependency of the function, not of the layer.
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
                # The library may raise anything on hostile XML; the file is at fault, and the next try would fail too.
                raise Rejected(
                    "The workbook cannot be read. Save it as CSV and create a new import.", code="unreadable_workbook"
                ) from error


def _check(file: IO[bytes]) -> None:
    try:
        parts = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Rejected(
            "The file is not a workbook (.xlsx). Create a new import with the file's own format.",
            code="unreadable_workbook",
        ) from error
    if (
        len(parts) > MAX_FILES
        or sum(part.file_size for part in parts) > MAX_UNPACKED
        or any(part.file_size > MAX_STRINGS for part in parts if "sharedStrings" in part.filename)
        or any(part.file_size > 2**20 and part.file_size > MAX_RATIO * part.compress_size for part in parts)
    ):
        raise Rejected(
            "The workbook is too large once it is unpacked. Save it as CSV and create a new import.", code="too_large"
        )


def _record(number: int, row: tuple[Any, ...]) -> Record | None:
    width = max((at for at, value in enumerate(row, 1) if value is not None), default=0)
    if width > MAX_COLUMNS:
        return Record(number, None, "too_many_columns", "")
    cells = [_text(value) for value in row[:width]]
    raw = "\t".join(cells)
    if not raw.strip():
        return None
    if not encodable(raw):
        return Record(number, None, "undecodable", "")
    return Record(number, None, "nul_character", raw[:MAX_RAW]) if NUL in raw else Record(number, cells, None, raw)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():  # a phone that Excel stores as a number
            return str(int(value))
        case date() | time():
            return value.isoformat()
    return str(value)
