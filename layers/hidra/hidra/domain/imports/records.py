"""The records of a delimited or JSON Lines file, and where reading stands after each. A bad record never stops it."""

import csv
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from hidra.domain.imports.columns import MAX_COLUMNS
from hidra.domain.imports.decoding import DETECTED, decoder, garbled
from hidra.domain.imports.file_warning import FileWarning
from hidra.domain.imports.layout import Layout
from hidra.domain.imports.lines import MAX_LINE, Line, lines
from hidra.domain.imports.rejects import MAX_RAW
from hidra.domain.text import NUL

MAX_RECORD_LINES = 100
BLANK = "blank"  # the reason of a line without any text
csv.field_size_limit(2 * MAX_LINE)


@dataclass(frozen=True)
class Position:
    """Where a record ended: the byte after it, how many lines were read, and whether within a line that is too long.

    ``unpacked``: of a workbook, where the last row that was read begins in the unpacked sheet.
    """

    offset: int
    line: int = 0
    inside: bool = False
    unpacked: int = 0


class Record(NamedTuple):
    """A row as it is written in the file.

    ``line`` is the number of its first line, ``raw`` its text. ``cells`` are its cells or its JSON object. ``reason``
    says why it has none, and is None otherwise. ``counts`` is false for what is no row of its own: a line without any
    text, and a later part of a line that is too long.
    """

    line: int
    cells: Any
    reason: str | None
    raw: str
    counts: bool = True


class Records:
    """Records from a position on; after each, ``position`` is where it ended.

    ``warnings``: what was noticed while reading.
    A quoted cell may hold line ends, up to ``MAX_RECORD_LINES`` and ``MAX_LINE`` bytes. If the quote is still open
    there, only the record's first line is rejected, and reading continues with the next line.
    """

    def __init__(self, chunks: Iterator[bytes], layout: Layout, position: Position, *, as_json: bool = False) -> None:
        self._source = lines(chunks, newline=layout.newline_bytes, inside=position.inside)
        self._pending: deque[Line] = deque()
        self._delimiter, self._encoding = layout.delimiter, layout.encoding
        self._decode = decoder(layout.encoding)
        self._as_json = as_json
        self.warnings: list[FileWarning] = []
        self.offset, self._line, self._inside = position.offset, position.line, position.inside

    @property
    def position(self) -> Position:
        return Position(self.offset, self._line, self._inside)

    def __iter__(self) -> Iterator[Record]:
        decode, delimiter = self._decode, self._delimiter
        guessed = self._encoding in DETECTED
        while (line := self._next()) is not None:
            number = self._line + 1
            if line.content is None:
                yield self._too_long(line, number)
                continue
            self.offset += line.size
            self._line = number
            try:
                text = decode(line.content)
            except UnicodeDecodeError:
                yield Record(number, None, "undecodable", line.content[:MAX_RAW].decode("latin-1"))
                continue
            if guessed and not text.isascii() and garbled(line.content, text):
                self.warnings.append(_doubtful(number))
                guessed = False
            if "\\'" in text and not self._as_json:
                text = text.replace("\\'", "'")  # as MySQL and PHP write an apostrophe
            if NUL in text:
                yield Record(number, None, "nul_character", text[:MAX_RAW])
            elif self._as_json:
                yield _json_record(number, text)
            elif '"' in text:
                yield self._quoted(number, text, line.size)
            else:
                text = text.rstrip("\r")
                yield _checked(number, text.split(delimiter), text)

    @property
    def _readable(self) -> str:
        return "utf-8" if self._encoding in DETECTED else self._encoding

    def _next(self) -> Line | None:
        return self._pending.popleft() if self._pending else next(self._source, None)

    def _parser(self, text: Iterable[str], escape: str | None, *, strict: bool = True) -> Iterator[list[str]]:
        return csv.reader(text, delimiter=self._delimiter, escapechar=escape, strict=strict)

    def _too_long(self, line: Line, number: int) -> Record:
        begins = not self._inside
        self.offset += line.size
        self._inside = not line.ends
        if line.ends:
            self._line = number
        raw = line.head[: 2 * MAX_RAW].decode(self._readable, "replace")[:MAX_RAW]
        return Record(number, None, "line_too_long", raw, counts=begins)

    def _quoted(self, number: int, first: str, size: int) -> Record:
        # MySQL and PHP write \" for a quote. A cell that ends in a backslash looks alike, but does not parse so.
        escape = "\\" if '\\"' in first else None
        for escaped in (escape, None) if escape else (None,):
            try:  # most records end on their line; strict, because otherwise an open quote ends with the line too
                return _checked(number, next(self._parser((first,), escaped)), first)
            except csv.Error:
                continue
        further: list[Line] = []
        texts = [first]
        complete = True

        def feed() -> Iterator[str]:
            nonlocal complete
            yield first + "\n"
            total = size
            while (line := self._next()) is not None:
                further.append(line)
                total += line.size
                if line.content is None or total > MAX_LINE or len(further) >= MAX_RECORD_LINES:
                    break
                try:
                    text = self._decode(line.content)
                except UnicodeDecodeError:
                    break
                texts.append(text)
                yield text + "\n"
            complete = False

        try:
            cells = next(self._parser(feed(), escape, strict=escape is not None))
            reason = None if complete else "unbalanced_quotes"
        except csv.Error:
            cells, reason = [], "malformed" if complete else "unbalanced_quotes"
        if escape is None and any('\\"' in text for text in texts):
            reason = reason or "malformed"
        if reason:
            self._pending.extendleft(reversed(further))
            return Record(number, None, reason, first[:MAX_RAW])
        self.offset += sum(line.size for line in further)
        self._line += len(further)
        raw = "\n".join(texts).rstrip("\r")
        if NUL in raw:
            return Record(number, None, "nul_character", raw[:MAX_RAW])
        return _checked(number, cells, raw)


def _checked(number: int, cells: list[str], raw: str) -> Record:
    while len(cells) > MAX_COLUMNS and not cells[-1].strip():
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        return Record(number, None, "too_many_columns", raw[:MAX_RAW])
    if cells[0].strip() or any(map(str.strip, cells)):
        return Record(number, cells, None, raw)
    return Record(number, None, BLANK, "", counts=False)


def _doubtful(line: int) -> FileWarning:
    return FileWarning(
        "encoding_doubtful",
        f"From line {line} on, signs stand within words, as if the file was in another encoding than Windows-1252. "
        "If names look wrong, create a new import and name the encoding: cp850 for old programs under DOS and Windows, "
        "mac-roman for Excel on a Mac. If they have Ã and a sign in place of each accented letter, the file was "
        "saved in a wrong encoding before: export it again.",
    )


def _json_record(number: int, text: str) -> Record:
    if not text.strip():
        return Record(number, None, BLANK, "", counts=False)
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # RecursionError: 100,000 brackets
        value = None
    if not isinstance(value, Mapping):
        return Record(number, None, "malformed", text[:MAX_RAW])
    return Record(number, value, None, text)


def _no_constant(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity are not JSON
