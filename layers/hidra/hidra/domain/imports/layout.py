"""How a file of contacts is written, found from its beginning."""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from hidra.domain.imports.column_names import meaning
from hidra.domain.imports.columns import NAME, PHONE, Columns, PhoneCells
from hidra.domain.imports.decoding import DETECT, DETECT_TWICE, DETECTED, guess
from hidra.domain.imports.lines import lines

SAMPLE = 64 * 1024  # bytes

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    ("\xef\xbb\xbf".encode(), "utf-8"),  # the same, read as Windows-1252 and written as UTF-8
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_DELIMITERS = ";,\t|"


@dataclass(frozen=True)
class Layout:
    """``encoding`` may be one of ``decoding.DETECTED``.

    ``start`` is the byte where the text begins, behind byte order marks. ``columns``, ``phones`` and ``names`` are the
    ``roles``, ``phones`` and ``names`` of the file's ``Columns``; an import of an earlier version has the first only.
    """

    encoding: str
    newline: str
    delimiter: str
    start: int
    columns: tuple[str, ...] = ()
    phones: tuple[PhoneCells, ...] = ()
    names: tuple[tuple[int, ...], ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """The layout that ``asdict`` made."""
        columns = tuple(stored["columns"])
        phones = tuple(PhoneCells(*each) for each in stored.get("phones", ()))
        names = tuple(tuple(each) for each in stored.get("names", ()))
        if "phones" not in stored and PHONE in columns:
            phones = (PhoneCells(columns.index(PHONE)),)
            names = ((columns.index(NAME),),) if NAME in columns else ()
        return cls(**{**stored, "columns": columns, "phones": phones, "names": names})

    @property
    def as_columns(self) -> Columns:
        return Columns(self.columns, self.phones, self.names)

    @property
    def newline_bytes(self) -> bytes:
        return self.newline.encode("ascii" if self.encoding in DETECTED else self.encoding)


def detect(sample: bytes, *, encoding: str = DETECT, delimiter: str = DETECT) -> Layout:
    """
    Args:
        sample: the file's first bytes, up to ``SAMPLE``.
        encoding: a name that Python knows, or "detect"; a byte order mark overrides "detect" and "utf-16".
        delimiter: one character, or "detect".
    """
    marked, start = _mark(sample)
    if encoding == DETECT:
        encoding = _in_utf_8(sample[start:]) if marked == "utf-8" else marked or _unmarked(sample)
    elif encoding == "utf-16":
        encoding = marked if marked.startswith("utf-16") else "utf-16-le"
    if marked and encoding not in (marked, *DETECTED):
        start = 0
    width = 2 if encoding.startswith("utf-16") else 1
    layout = Layout(encoding, "\n", ",", start)
    if _no_line(sample, layout) and not _no_line(sample, Layout(encoding, "\r", ",", start)):
        layout = Layout(encoding, "\r", ",", start)
    readable = "cp1252" if encoding in DETECTED else encoding
    text = [
        line.content.decode(readable, "replace")
        for line in lines(iter([sample[start : len(sample) - len(sample) % width]]), newline=layout.newline_bytes)
        if line.content and line.content.strip(b"\r\0")
    ]
    named = text[0].strip().lower().removeprefix("sep=") if text and text[0].lower().startswith("sep=") else ""
    if delimiter == DETECT:
        delimiter = named if len(named) == 1 else _delimiter(text if len(sample) < SAMPLE else text[:-1] or text)
    return Layout(layout.encoding, layout.newline, delimiter, start)


def _mark(sample: bytes) -> tuple[str, int]:
    """The encoding that byte order marks name, and where the text behind them begins. A file may have several marks."""
    marked, start = "", 0
    while mark := next(
        (mark for mark, name in _MARKS if marked in ("", name) and sample.startswith(mark, start)),
        None,
    ):
        marked, start = dict(_MARKS)[mark], start + len(mark)
    return marked, start


def _in_utf_8(sample: bytes) -> str:
    """Behind its mark, the encoding is UTF-8, once or twice."""
    return DETECT_TWICE if guess(sample) == DETECT_TWICE else DETECT


def _unmarked(sample: bytes) -> str:
    """In usual text as UTF-16 most bytes in even or in odd places are zero, and few others: half of an emoji may be."""
    for name, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        half, other = sample[offset:4096:2], sample[1 - offset : 4096 : 2]
        if half and half.count(0) * 2 > len(half) and other.count(0) * 10 <= len(other):
            return name
    return guess(sample)


def _no_line(sample: bytes, layout: Layout) -> bool:
    return sample.find(layout.newline_bytes) < 0


def _delimiter(text: Sequence[str]) -> str:
    """The delimiter that splits the most lines into as many cells as the first line, at least two; else the comma.

    If no delimiter splits the first line, and it is no phone's name or the second line has one, it is a title, and the
    usual width counts.
    """
    best, found = (0, 0), ","
    whole = text[:1] and not any(each in text[0] for each in _DELIMITERS)
    if whole and _names_phone(text[0]) and not _has_header_below(text):
        return found
    for delimiter in _DELIMITERS:
        try:
            widths = [len(cells) for cells in csv.reader(text[:50], delimiter=delimiter) if cells]
        except csv.Error:
            continue
        usual = Counter(width for width in widths if width > 1).most_common(1)
        if not usual:
            continue
        width = widths[0] if widths[0] > 1 and not _fewer(widths[0], usual[0]) else usual[0][0]
        rank = (sum(each == width for each in widths) * 100 // len(widths), width)
        if rank > best:
            best, found = rank, delimiter
    return found


def _names_phone(name: str) -> bool:
    said = meaning(name)
    return said is not None and said.role == PHONE


def _has_header_below(text: Sequence[str]) -> bool:
    """Whether the second line, and no number in it, names a phone's column."""
    return any(
        any(map(_names_phone, re.split(f"[{re.escape(_DELIMITERS)}]", line)))
        for line in text[1:2]
        if not any(map(str.isdecimal, line))
    )


def _fewer(first: int, usual: tuple[int, int]) -> bool:
    """Whether the first line is narrower than the usual line, as a title with a date is."""
    width, lines_of_it = usual
    return first < width and lines_of_it > 1
