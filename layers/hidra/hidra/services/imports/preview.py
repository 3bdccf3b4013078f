"""How an import would read the beginning of a file: the same code, without saving anything."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from hidra.domain.contact import Value
from hidra.domain.imports.column_names import Role, clean
from hidra.domain.imports.columns import ATTRIBUTE, Columns
from hidra.domain.imports.consent_cells import Consent
from hidra.domain.imports.decoding import DETECT, DETECT_CP1252, DETECT_TWICE
from hidra.domain.imports.file_warning import FileWarning
from hidra.domain.imports.layout import Layout
from hidra.domain.imports.records import MAX_RECORD_LINES, Position, Record
from hidra.errors import Rejected
from hidra.services.imports.reading import File, Reading, RecordSource, first_records, open_file, records_of, written

ROWS = 10  # that are shown
MAX_ROWS = 5_000  # that are read
MAX_CELL = 200  # characters of a cell that are shown
_READ_AS = {DETECT: "utf-8", DETECT_CP1252: "cp1252", DETECT_TWICE: "utf-8"}


@dataclass(frozen=True)
class PreviewColumn:
    """A column of the file. ``role``: as in a mapping, and ``attribute`` for an attribute; None: it is left out.

    ``attribute``: the attribute's name. Further phones and names are attributes, too.
    """

    name: str
    role: str | None
    attribute: str | None


@dataclass(frozen=True)
class PreviewRow:
    """``cells`` as the file has them, cut. The other fields are the contact, or the reason why it is rejected."""

    line: int
    cells: list[str]
    phone: str | None = None
    name: str | None = None
    attributes: dict[str, Value] = field(default_factory=dict)
    consent: Consent | None = None
    reject_reason: str | None = None


@dataclass(frozen=True)
class FilePreview:
    """``failure``: code and reason with which an import would fail; rows then have their cells only."""

    encoding: str | None
    delimiter: str | None
    columns: list[PreviewColumn]
    rows: list[PreviewRow]
    rejects: list[PreviewRow]
    rows_read: int = 0
    rejected_by_reason: dict[str, int] = field(default_factory=dict)
    warnings: list[FileWarning] = field(default_factory=list)
    failure: tuple[str, str] | None = None


def preview(content: bytes, *, whole: bool, format: str, options: Mapping[str, Any]) -> FilePreview:
    """What an import with these options would read.

    Args:
        content: the file, or its beginning.
        whole: whether it is the file. Of a beginning the last row, which may be cut, is not read.
        options: as the import has them.
    """
    file = File(len(content), "", lambda offset, until: iter([content[offset:until]]))
    try:
        reading = open_file(format, options, file, None)
        source = reading.records(reading.position)
        records = _complete(source, whole=whole or format == "xlsx")
        names = _header(format, options, file, reading.layout, reading.position)
        return _read(format, reading, names, records, [*reading.warnings, *source.warnings])
    except Rejected as error:
        return _unread(format, options, file, failure=(error.code, str(error)))


def _complete(source: RecordSource, *, whole: bool) -> list[Record]:
    """The records that the end of a beginning cannot have cut."""
    found = list(islice(source, MAX_ROWS))
    if whole or len(found) == MAX_ROWS:
        return found
    # A quote that is open at the end may be closed behind it.
    near_end = source.position.line - MAX_RECORD_LINES
    cut = next(
        (at for at, each in enumerate(found) if each.reason == "unbalanced_quotes" and each.line > near_end),
        len(found) - 1,
    )
    return found[: max(cut, 0)]


def _header(format: str, options: Mapping[str, Any], file: File, layout: Layout, end: Position) -> Sequence[str]:
    """The columns' names: the record behind which the rows begin. JSON Lines have none."""
    if format == "jsonl":
        return ()
    begun, _ = first_records(records_of(format, options, file, written(format, options, file), Position(layout.start)))
    return next((record.cells for record, position in begun if position == end), ())


def _read(
    format: str, reading: Reading, names: Sequence[str], records: Sequence[Record], warnings: list[FileWarning]
) -> FilePreview:
    rows = [_row(record, reading) for record in records if record.counts]
    rejects = [each for each in rows if each.reject_reason]
    layout = reading.layout
    return FilePreview(
        encoding=_encoding(format, layout),
        delimiter=layout.delimiter if format == "csv" else None,
        columns=list(_columns(names, layout.as_columns)),
        rows=rows[:ROWS],
        rejects=rejects[:ROWS],
        rows_read=len(rows),
        rejected_by_reason=dict(Counter(each.reject_reason for each in rejects if each.reject_reason)),
        warnings=list({each.code: each for each in warnings}.values()),
    )


def _unread(format: str, options: Mapping[str, Any], file: File, *, failure: tuple[str, str]) -> FilePreview:
    """The cells of a file whose header does not fit, so that its columns can be mapped."""
    nothing = FilePreview(None, None, [], [], [], failure=failure)
    if format == "jsonl":
        return nothing
    try:
        layout = written(format, options, file)
        begun, _ = first_records(records_of(format, options, file, layout, Position(layout.start)))
    except Rejected:
        return nothing
    records = [record for record, _ in begun if not record.reason]
    at = next((at for at, each in enumerate(records) if sum(map(bool, map(str.strip, each.cells))) > 1), 0)
    if not records:
        return nothing
    return FilePreview(
        encoding=_encoding(format, layout),
        delimiter=layout.delimiter if format == "csv" else None,
        columns=[PreviewColumn(clean(name), None, None) for name in records[at].cells],
        rows=[PreviewRow(each.line, _cut(each.cells)) for each in records[at + 1 : at + 1 + ROWS]],
        rejects=[],
        failure=failure,
    )


def _row(record: Record, reading: Reading) -> PreviewRow:
    if record.reason is not None:
        return PreviewRow(record.line, [record.raw[:MAX_CELL]], reject_reason=record.reason)
    cells = _cut(record.cells) if isinstance(record.cells, list) else []
    read = reading.read_row(record.cells)
    if isinstance(read, str):
        return PreviewRow(record.line, cells or [record.raw[:MAX_CELL]], reject_reason=read)
    return PreviewRow(record.line, cells, read.phone, read.name, read.attributes, read.consent)


def _columns(names: Sequence[str], columns: Columns) -> Iterator[PreviewColumn]:
    parts = {phone.area: Role.AREA_CODE for phone in columns.phones}
    parts |= {phone.country: Role.COUNTRY_CODE for phone in columns.phones}
    in_a_name = {at for name in columns.names for at in name}
    for at, (name, role) in enumerate(zip(names, columns.roles, strict=False)):
        attribute = role.removeprefix(ATTRIBUTE) if role.startswith(ATTRIBUTE) else None
        if at in parts:
            shown: str | None = parts[at].value
        elif attribute is None:
            shown = role or None
        elif any(phone.number == at for phone in columns.phones):
            shown = Role.PHONE.value
        else:
            shown = Role.NAME.value if at in in_a_name else "attribute"
        yield PreviewColumn(clean(name), shown, attribute)


def _encoding(format: str, layout: Layout) -> str | None:
    return None if format == "xlsx" else _READ_AS.get(layout.encoding, layout.encoding)


def _cut(cells: Sequence[str]) -> list[str]:
    return [cell[:MAX_CELL] for cell in cells]
