"""The records of a delimited or JSON Lines file, and where reading stands after each. A bad record never stops it."""

import csv
import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from hidra.domain.imports.layout import MAX_COLUMNS, Layout
from hidra.domain.imports.lines import MAX_LINE, Line, lines
from hidra.domain.imports.rejects import MAX_RAW
from hidra.domain.text import NUL

MAX_RECORD_LINES = 100
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
    says why it has none, and is None otherwise. ``counts`` is false for a later part of a line that is too long, which
    is not a row of its own.
    """

    line: int
    cells: Any
    reason: str | None
    raw: str
    counts: bool = True


class Records:
    """Records from a position on; after each, ``position`` is where it ended.

    A quoted cell may hold line ends, up to ``MAX_RECORD_LINES`` and ``MAX_LINE`` bytes. If the quote is still open
    there, only the record's first line is rejected, and reading continues with the next line.
    """

    def __init__(self, chunks: Iterator[bytes], layout: Layout, position: Position, *, as_json: bool = False) -> None:
        self._source = lines(chunks, newline=layout.newline_bytes, inside=position.inside)
        self._pending: deque[Line] = deque()
        self._layout = layout
        self._as_json = as_json
        self.offset, self._line, self._inside = position.offset, position.line, position.inside

    @property
    def position(self) -> Position:
        return Position(self.offset, self._line, self._inside)

    def __iter__(self) -> Iterator[Record]:
        decode, delimiter = self._layout.decode, self._layout.delimiter
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
            if NUL in text:
                yield Record(number, None, "nul_character", text[:MAX_RAW])
            elif self._as_json:
                if text.strip():
                    yield _json_record(number, text)
            elif '"' in text:
                yield self._quoted(number, text, line.size)
            elif (text := text.rstrip("\r")).strip():
                yield _checked(number, text.split(delimiter), text)

    def _next(self) -> Line | None:
        return self._pending.popleft() if self._pending else next(self._source, None)

    def _too_long(self, line: Line, number: int) -> Record:
        begins = not self._inside
        self.offset += line.size
        self._inside = not line.ends
        if line.ends:
            self._line = number
        raw = line.head[: 2 * MAX_RAW].decode(_bare(self._layout), "replace")[:MAX_RAW]
        return Record(number, None, "line_too_long", raw, counts=begins)

    def _quoted(self, number: int, first: str, size: int) -> Record:
        try:  # most records end on their line; strict, because otherwise an open quote ends with the line too
            return _checked(number, next(csv.reader((first,), delimiter=self._layout.delimiter, strict=True)), first)
        except csv.Error:
            pass
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
                    text = self._layout.decode(line.content)
                except UnicodeDecodeError:
                    break
                texts.append(text)
                yield text + "\n"
            complete = False

        try:
            cells = next(csv.reader(feed(), delimiter=self._layout.delimiter))
            reason = None if complete else "unbalanced_quotes"
        except csv.Error:
            cells, reason = [], "malformed"
        if reason:
            self._pending.extendleft(reversed(further))
            return Record(number, None, reason, first[:MAX_RAW])
        self.offset += sum(line.size for line in further)
        self._line += len(further)
        raw = "\n".join(texts).rstrip("\r")
        if NUL in raw:
            return Record(number, None, "nul_character", raw[:MAX_RAW])
        return _checked(number, cells, raw)


def _bare(layout: Layout) -> str:
    return "utf-8" if layout.encoding == "detect" else layout.encoding


def _checked(number: int, cells: list[str], raw: str) -> Record:
    if len(cells) > MAX_COLUMNS:
        return Record(number, None, "too_many_columns", raw[:MAX_RAW])
    return Record(number, cells, None, raw)


def _json_record(number: int, text: str) -> Record:
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # RecursionError: 100,000 brackets
        value = None
    if not isinstance(value, Mapping):
        return Record(number, None, "malformed", text[:MAX_RAW])
    return Record(number, value, None, text)


def _no_constant(word: str) -> None:
    raise ValueError(word)  # NaN and Infinity are not JSON
