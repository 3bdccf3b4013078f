"""How a file of contacts is written and what its columns mean, found from its beginning."""

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hidra.domain.contact import MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTES
from hidra.domain.imports.lines import lines
from hidra.domain.text import NUL
from hidra.errors import Rejected

MAX_COLUMNS = 200
SAMPLE = 64 * 1024  # bytes

PHONE, NAME = "phone", "name"
CONSENT = ("consent.basis", "consent.source", "consent.at")
_USUAL = {
    PHONE: [
        "phone",
        "telefone",
        "fone",
        "celular",
        "whatsapp",
        "whats",
        "mobile",
        "numero",
        "tel",
        "phone_number",
        "telefone_celular",
    ],
    NAME: ["name", "nome", "nome_completo", "full_name", "contato", "cliente"],
}
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DELIMITERS = ";,\t|"
# A line that does not decode as UTF-8 is read as cp1252, which Excel in Brazil writes.
DETECT = "detect"


@dataclass(frozen=True)
class Layout:
    """``encoding`` may be "detect": each line is UTF-8, or else cp1252.

    ``start`` is the byte where the text begins, behind a byte order mark. A column is phone, name, consent.*,
    attribute:<name>, or empty if it is not imported.
    """

    encoding: str
    newline: str
    delimiter: str
    start: int
    columns: tuple[str, ...] = ()

    @property
    def newline_bytes(self) -> bytes:
        return self.newline.encode("ascii" if self.encoding == DETECT else self.encoding)

    def decode(self, content: bytes) -> str:
        """
        Raises:
            UnicodeDecodeError: the content is not text in the file's encoding.
        """
        if self.encoding != DETECT:
            return content.decode(self.encoding)
        try:
            return content.decode()
        except UnicodeDecodeError:
            return content.decode("cp1252")


def detect(sample: bytes, *, encoding: str = DETECT, delimiter: str = DETECT) -> Layout:
    """
    Args:
        sample: the file's first bytes, up to ``SAMPLE``.
        encoding: a name that Python knows, or "detect"; a byte order mark overrides "detect" and "utf-16".
        delimiter: one character, or "detect".
    """
    marked, start = next(((name, len(mark)) for mark, name in _MARKS if sample.startswith(mark)), ("", 0))
    if encoding == DETECT:
        encoding = marked or _unmarked(sample)
    elif encoding == "utf-16":
        encoding = marked if marked.startswith("utf-16") else "utf-16-le"
    if marked and encoding != marked:
        start = 0
    width = 2 if encoding.startswith("utf-16") else 1
    layout = Layout(encoding, "\n", ",", start)
    if _no_line(sample, layout) and not _no_line(sample, Layout(encoding, "\r", ",", start)):
        layout = Layout(encoding, "\r", ",", start)
    text = [
        line.content.decode("cp1252" if layout.encoding == DETECT else layout.encoding, "replace")
        for line in lines(iter([sample[start : len(sample) - len(sample) % width]]), newline=layout.newline_bytes)
        if line.content
    ]
    named = text[0].strip().lower().removeprefix("sep=") if text and text[0].lower().startswith("sep=") else ""
    if delimiter == DETECT:
        delimiter = named if len(named) == 1 else _delimiter(text if len(sample) < SAMPLE else text[:-1] or text)
    return Layout(layout.encoding, layout.newline, delimiter, start)


def _unmarked(sample: bytes) -> str:
    """In usual text as UTF-16 most bytes in even or in odd places are zero."""
    for name, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        half, other = sample[offset:4096:2], sample[1 - offset : 4096 : 2]
        if half and half.count(0) * 2 > len(half) and not other.count(0):
            return name
    return DETECT


def _no_line(sample: bytes, layout: Layout) -> bool:
    return sample.find(layout.newline_bytes) < 0


def _delimiter(text: Sequence[str]) -> str:
    """The delimiter that splits the most lines into as many cells as the first line, at least two; else the comma."""
    best, found = (0, 0), ","
    for delimiter in _DELIMITERS:
        try:
            widths = [len(cells) for cells in csv.reader(text[:50], delimiter=delimiter) if cells]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            rank = (sum(width == widths[0] for width in widths) * 100 // len(widths), widths[0])
            if rank > best:
                best, found = rank, delimiter
    return found


def columns(header: Sequence[str], mapping: Mapping[str, str | None]) -> tuple[str, ...]:
    """What each column means.

    The mapping decides first: column's name → phone, name, consent.*, an attribute's name, or None to leave it out. Of
    the columns that it does not name, the first with a usual name for a phone is the phone, and likewise for the name.
    The others are attributes.

    Raises:
        Rejected: the header does not fit.
    """
    names = [name.strip() for name in header]
    if len(names) > MAX_COLUMNS:
        raise Rejected(
            f"The file has {len(names)} columns; at most {MAX_COLUMNS} are allowed. "
            "Remove columns and create a new import.",
            code="too_many_columns",
        )
    if any(NUL in name for name in names):
        raise Rejected(
            "The file's first line holds the character NUL: the file is not text, or is in another encoding. "
            "Create a new import and name the encoding.",
            code="no_text",
        )
    if missing := [name for name in mapping if name not in names]:
        raise Rejected(
            f"The file has no column {missing[0][:100]!r}, which the mapping names. Create a new import and "
            "correct the mapping or the file's first line.",
            code="unknown_column",
        )
    roles = [role(name, mapping) for name in names]
    for usual in (PHONE, NAME):
        mapped = {index for index, name in enumerate(names) if mapping.get(name) == usual}
        given = [index for index, each in enumerate(roles) if each == usual]
        for index in given:
            if index != min(mapped or given):
                roles[index] = attribute(names[index])
    if PHONE not in roles:
        raise Rejected(
            "No column is the phone. Create a new import and map one of the columns to phone.", code="no_phone_column"
        )
    attributes = {each for each in roles if each.startswith("attribute:")}
    if len(attributes) > MAX_ATTRIBUTES:
        raise Rejected(
            f"The file has {len(attributes)} columns of attributes; at most {MAX_ATTRIBUTES} are allowed. "
            "Create a new import and map columns to null to leave them out.",
            code="too_many_attributes",
        )
    if any(len(each) - len("attribute:") > MAX_ATTRIBUTE_NAME for each in attributes):
        raise Rejected(
            f"A column's name is too long: an attribute's name has at most {MAX_ATTRIBUTE_NAME} characters. "
            "Create a new import and map the column to a shorter name.",
            code="long_column_name",
        )
    return tuple(roles)


def role(column: str, mapping: Mapping[str, str | None]) -> str:
    """What one column means, without regard to the others."""
    if column in mapping:
        chosen = mapping[column]
        if chosen is None:
            return ""
        return chosen if chosen in (PHONE, NAME, *CONSENT) else attribute(chosen)
    if not column:
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", column.lower()) if not unicodedata.combining(c))
    plain = "_".join(plain.replace("-", " ").replace("_", " ").split())
    return next((usual for usual, words in _USUAL.items() if plain in words), attribute(column))


def attribute(name: str) -> str:
    return f"attribute:{name}"
