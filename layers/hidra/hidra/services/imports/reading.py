"""Reading an import's file: how its rows are written, and batch after batch of what they say."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from hidra.domain import phone
from hidra.domain.imports import layout, row
from hidra.domain.imports.batch import Batch
from hidra.domain.imports.checkpoint import Checkpoint
from hidra.domain.imports.layout import PHONE, SAMPLE, Layout
from hidra.domain.imports.records import Position, Records
from hidra.domain.imports.rejects import MAX_RAW
from hidra.domain.imports.row import Reader
from hidra.errors import Rejected
from hidra.gateways.workbook import Workbook
from hidra.store.imports import RunningImport

# Of accepted rows' text, and of a workbook's XML; two checkpoints are at most 4 times that apart in other files.
BATCH_BYTES = 16 * 1024**2

type RecordSource = Records | Workbook


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
    phone_hash: Callable[[str], bytes]
    layout: Layout
    position: Position


@dataclass(frozen=True)
class ReadBatch:
    """A batch, its entries as COPY's text, and where the reading stands behind it."""

    batch: Batch
    copy_text: bytes
    position: Position
    over: bool


def open_file(running: RunningImport, file: File, checkpoint: Checkpoint | None, *, secret: bytes) -> Reading:
    """
    Raises:
        Rejected: the file has no header that fits.
    """
    mapping = running.options["mapping"]
    as_json = running.format == "jsonl"
    if checkpoint is not None:
        found, position = checkpoint.layout, checkpoint.position
    elif running.format == "xlsx":
        found, position = Layout("utf-8", "\n", ",", 0), Position(0)
    else:
        found = _detect(file, running.options)
        position = Position(found.start)
    if checkpoint is None and not as_json:
        columns, position = _header(_records(running, file, found, position), mapping)
        found = replace(found, columns=columns)
    parse_phone = partial(phone.parse, country=running.options["country"])
    return Reading(
        records=partial(_records, running, file, found),
        read_row=row.of_object(mapping, parse_phone) if as_json else row.of_cells(found.columns, parse_phone),
        phone_hash=phone.hasher(secret, str(running.user_id)),
        layout=found,
        position=position,
    )


def _detect(file: File, options: Mapping[str, Any]) -> Layout:
    sample = b"".join(file.read(0, SAMPLE))
    return layout.detect(sample, encoding=options["encoding"], delimiter=options["delimiter"])


def _records(running: RunningImport, file: File, layout: Layout, position: Position) -> RecordSource:
    if running.format == "xlsx":
        return Workbook(
            file.read(0, None),
            file.size,
            position,
            country=running.options["country"],
            phones=[at for at, column in enumerate(layout.columns) if column == PHONE],
            instants=[at for at, column in enumerate(layout.columns) if column == "consent.at"],
        )
    return Records(file.read(position.offset, None), layout, position, as_json=running.format == "jsonl")


def _header(records: RecordSource, mapping: Mapping[str, str | None]) -> tuple[tuple[str, ...], Position]:
    for record in records:
        if not record.counts:
            continue
        if record.reason == "too_many_columns":
            raise Rejected(
                f"The file has more than {layout.MAX_COLUMNS} columns. Remove columns and create a new import.",
                code="too_many_columns",
            )
        if record.reason:
            raise Rejected(
                "The file's first line is not a header. Write the columns' names there and create a new import.",
                code="no_header",
            )
        if record.raw[:4].lower() == "sep=":  # Excel names the delimiter so
            continue
        return layout.columns(record.cells, mapping), records.position
    raise Rejected("The file is empty. Create a new import and upload a file with rows.", code="no_header")


class BatchReader:
    """Reads one batch after another from where the reading stands."""

    def __init__(self, reading: Reading, *, batch_rows: int) -> None:
        self._reading, self._batch_rows = reading, batch_rows
        self._source = reading.records(reading.position)
        self._records = iter(self._source)

    def next_batch(self) -> ReadBatch:
        source, read_row = self._source, self._reading.read_row
        batch = Batch(self._reading.phone_hash)
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
                return ReadBatch(batch, batch.copy_text(), source.position, over=False)
        return ReadBatch(batch, batch.copy_text(), source.position, over=True)
