"""Reading an import's file: how its rows are written, and batch after batch of what they say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hidra.domain import phone
from hidra.domain.country import writing
from hidra.domain.imports import file_kind, layout, row
from hidra.domain.imports.batch import Batch
from hidra.domain.imports.checkpoint import Checkpoint
from hidra.domain.imports.columns import MAX_COLUMNS, Cells, Columns, Sample, is_number, mostly
from hidra.domain.imports.consent_cells import ConsentRules
from hidra.domain.imports.file_warning import FileWarning
from hidra.domain.imports.header import columns
from hidra.domain.imports.layout import SAMPLE, Layout
from hidra.domain.imports.records import Position, Record, Records
from hidra.domain.imports.rejects import MAX_RAW
from hidra.domain.imports.row import Reader
from hidra.errors import Rejected
from hidra.gateways.workbook import Workbook

SAMPLE_ROWS = 200  # behind the header, which decide with it what the columns mean
SAMPLE_TEXT = 1024**2  # bytes, of the header and these rows
MAX_TITLES = 20  # lines above the header
FIRST_ROWS = 5_000  # of a slice's first batch
# Of accepted rows' text, and of a workbook's XML; two checkpoints are at most 4 times that apart in other files.
BATCH_BYTES = 16 * 1024**2

type RecordSource = Records | Workbook
type Begun = list[tuple[Record, Position]]  # the first records, and where each ends


@dataclass(frozen=True)
class File:
    """The file of one import.

    ``read(offset, until)`` returns its bytes in pieces. It raises Rejected if the file was replaced by another one.
    ``version``: None in a bucket without versions.
    """

    size: int
    etag: str
    read: Callable[[int, int | None], Iterator[bytes]]
    version: str | None = None


@dataclass(frozen=True)
class Reading:
    """How the file of one import is read, and from where on."""

    records: Callable[[Position], RecordSource]
    read_row: Reader
    layout: Layout
    position: Position
    warnings: tuple[FileWarning, ...] = ()


@dataclass(frozen=True)
class ReadBatch:
    """A batch, its entries as COPY's text, and where the reading stands behind it.

    ``warnings``: what was noticed since the batch before.
    """

    batch: Batch
    copy_text: bytes
    position: Position
    over: bool
    warnings: tuple[FileWarning, ...] = ()


def open_file(format: str, options: Mapping[str, Any], file: File, checkpoint: Checkpoint | None) -> Reading:
    """
    Raises:
        Rejected: the file has no header that fits.
    """
    mapping = options["mapping"]
    as_json = format == "jsonl"
    if checkpoint is not None:
        found, position = checkpoint.layout, checkpoint.position
    else:
        found = written(format, options, file)
        position = Position(found.start)
    warnings: tuple[FileWarning, ...] = ()
    if checkpoint is None and not as_json:
        header, position = _header(records_of(format, options, file, found, position), mapping)
        found = replace(found, columns=header.roles, phones=header.phones, names=header.names)
        warnings = header.warnings
    # A queued import may be older than the two options.
    parse_phone = partial(phone.parse, country=options["country"], old_numbers=options.get("old_numbers", False))
    consent = ConsentRules.of(options.get("consent"), mapping, month_first=writing(options["country"]).month_first)
    return Reading(
        records=partial(records_of, format, options, file, found),
        read_row=row.of_object(mapping, parse_phone, consent)
        if as_json
        else row.of_cells(found.as_columns, parse_phone, consent),
        layout=found,
        position=position,
        warnings=warnings,
    )


def written(format: str, options: Mapping[str, Any], file: File) -> Layout:
    """How the file is written, without its columns.

    Raises:
        Rejected: it is a file of another kind.
    """
    if format == "xlsx":
        return Layout("utf-8", "\n", ",", 0)
    sample = b"".join(file.read(0, SAMPLE))
    file_kind.check(sample, format)
    return layout.detect(sample, encoding=options["encoding"], delimiter=options["delimiter"])


def records_of(format: str, options: Mapping[str, Any], file: File, layout: Layout, position: Position) -> RecordSource:
    """The file's records from a position on."""
    if format == "xlsx":
        return Workbook(
            file.read(0, None),
            file.size,
            position,
            country=options["country"],
            phones={at for phone in layout.phones for at in phone if at is not None},
            instants=[at for at, column in enumerate(layout.columns) if column == "consent.at"],
        )
    return Records(file.read(position.offset, None), layout, position, as_json=format == "jsonl")


def _header(source: RecordSource, mapping: Mapping[str, str | None]) -> tuple[Columns, Position]:
    """The columns, and where the header ends. Lines above it may be titles: "Relatório de clientes".

    Raises:
        Rejected: the file has no header that fits.
    """
    begun, whole = first_records(source)
    if not begun:
        raise Rejected("The file is empty. Create a new import and upload a file with rows.", code="no_header")
    failure: Rejected | None = None
    for at, (record, _) in enumerate(begun[:MAX_TITLES]):
        if at and not all(_is_title(above, record) for above, _ in begun[:at]):
            break
        try:
            found = _columns_at(at, begun, whole, mapping)
        except Rejected as error:
            failure = failure or error
            continue
        while below := _columns_below(at, begun, whole, mapping):
            at, found = at + 1, below  # noqa: PLW2901 - the search ends here
        header, position = begun[at]
        return (_with_skipped_lines(found, begun[0][0].line, header.line) if at else found), position
    assert failure is not None
    raise failure


def _columns_at(at: int, begun: Begun, whole: bool, mapping: Mapping[str, str | None]) -> Columns:
    rows = [each.cells for each, _ in begun[at + 1 :] if not each.reason]
    return columns(_cells(begun[at][0]), mapping, Sample(rows[:SAMPLE_ROWS], whole and len(rows) <= SAMPLE_ROWS))


def _columns_below(at: int, begun: Begun, whole: bool, mapping: Mapping[str, str | None]) -> Columns | None:
    """The columns of the next line if it is the header, and this one names groups of columns: "Dados;;Telefones;".

    Then it has more names, none of them is a number, and the cells below its phone are.
    """
    if at + 1 >= len(begun):
        return None
    above, line = begun[at][0], begun[at + 1][0]
    if line.reason or _filled(line) <= _filled(above) or any(map(is_number, line.cells)):
        return None
    try:
        found = _columns_at(at + 1, begun, whole, mapping)
    except Rejected:
        return None
    phones = Cells([each.cells for each, _ in begun[at + 2 :] if not each.reason]).of(found.phones[0].number)
    return found if mostly(phones, is_number) else None


def first_records(source: RecordSource) -> tuple[Begun, bool]:
    """The first records that count, and where each ends; whether they are all."""
    begun: Begun = []
    begin: int | None = None
    for record in source:
        begin = source.offset if begin is None else begin
        # Excel names the delimiter so, in a line before the header.
        if record.counts and not (not begun and record.raw[:4].lower() == "sep="):
            begun.append((record, source.position))
        if len(begun) > MAX_TITLES + SAMPLE_ROWS or source.offset - begin > SAMPLE_TEXT:
            return begun, False
    return begun, True


def _cells(header: Record) -> Sequence[str]:
    if header.reason == "too_many_columns":
        raise Rejected(
            f"The file has more than {MAX_COLUMNS} columns. Remove columns and create a new import.",
            code="too_many_columns",
        )
    if header.reason:
        raise Rejected(
            "The file's first line is not a header. Write the columns' names there and create a new import.",
            code="no_header",
        )
    cells: Sequence[str] = header.cells
    return cells


def _is_title(above: Record, header: Record) -> bool:
    """Whether the line has too few cells for a row of this header."""
    if above.reason or header.reason:
        return False
    cells, names = _filled(above), _filled(header)
    return cells <= 2 and (cells < names or cells == names == 1)


def _filled(record: Record) -> int:
    return sum(1 for cell in record.cells if cell.strip())


def _with_skipped_lines(found: Columns, first: int, header: int) -> Columns:
    skipped = FileWarning(
        "lines_above_header",
        f"Line {header} was read as the columns' names. What is above it, from line {first} on, was not imported.",
    )
    return replace(found, warnings=(*found.warnings, skipped))


class BatchReader:
    """Reads one batch after another from where the reading stands.

    The first batch is small, so that the database need not wait for its first rows. Each further one is a quarter
    larger, which is read while the database writes the one before.
    """

    def __init__(self, reading: Reading, *, phone_hash: Callable[[str], bytes], batch_rows: int) -> None:
        self._reading, self._phone_hash, self._most_rows = reading, phone_hash, batch_rows
        self._batch_rows = min(batch_rows, FIRST_ROWS)
        self._warnings = reading.warnings
        self._source = reading.records(reading.position)
        self._records = iter(self._source)

    def next_batch(self) -> ReadBatch:
        source, read_row = self._source, self._reading.read_row
        batch = Batch(self._phone_hash)
        begin, size, blank = source.offset, 0, 0
        most = 4 * BATCH_BYTES if isinstance(source, Records) else BATCH_BYTES
        for record in self._records:
            if record.reason is not None:
                if record.counts:
                    batch.reject(record.line, record.reason, record.raw)
                else:
                    blank += 1
            else:
                row = read_row(record.cells)
                if isinstance(row, str):
                    batch.reject(record.line, row, record.raw[:MAX_RAW])
                else:
                    batch.add(record.line, record.raw[:MAX_RAW], row)
                size += len(record.raw)
            # A million rows without text end batches too: the slice looks at its time after each.
            if batch.rows + blank >= self._batch_rows or size > BATCH_BYTES or source.offset - begin > most:
                return self._ended(batch, over=False)
        return self._ended(batch, over=True)

    def _ended(self, batch: Batch, *, over: bool) -> ReadBatch:
        self._batch_rows = min(self._most_rows, self._batch_rows * 5 // 4)
        noticed = self._source.warnings
        warnings, self._warnings = (*self._warnings, *noticed), ()
        noticed.clear()
        return ReadBatch(batch, batch.copy_text(), self._source.position, over, warnings)
