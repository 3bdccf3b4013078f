"""One slice of an import: from the checkpoint on, batch by batch, until the file or the time is over.

A batch's rows, its counts, its rejects and the checkpoint behind it are one transaction, made only if the import
stands where this slice has read from. So a slice may be killed anywhere, run twice, or run beside another.
"""

import csv
import gc
import io
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from operator import attrgetter
from typing import IO, Any
from uuid import UUID

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from hidra.domain import phone
from hidra.domain.imports import layout, row
from hidra.domain.imports.batch import Batch, Reject
from hidra.domain.imports.layout import MAX_ATTRIBUTES, SAMPLE, Layout
from hidra.domain.imports.records import MAX_RAW, Position, Record, Records, harmless
from hidra.domain.imports.row import Reader
from hidra.errors import Rejected
from hidra.gateways.workbook import Workbook
from hidra.store import contacts, erasure, import_rows, imports
from hidra.store.db import Database, Tx
from hidra.store.import_rows import Raced
from hidra.store.imports import Begun, RejectedRow
from hidra.telemetry import logger

BATCH_ROWS = 40_000
BATCH_BYTES = 16 * 1024**2  # of accepted rows' text; and what is passed over between two checkpoints is 4 times that
MAX_REJECTS = 100_000  # rows that are kept; more are only counted
MAX_ATTEMPTS = 30  # slices that ended without a batch
RACES_AT_MOST = 5  # of one batch, in a row


@dataclass(frozen=True)
class File:
    """The file of one import: ``read(offset, until)`` gives its bytes in pieces, Rejected if it is another by now."""

    size: int
    etag: str
    read: Callable[[int, int | None], Iterator[bytes]]


@dataclass(frozen=True)
class Counts:
    """What a batch's rows did, each in its turn."""

    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True)
class _Read:
    """A batch and where the file stands behind it."""

    batch: Batch
    copied: bytes
    position: Position
    over: bool


def run_slice(
    import_id: UUID,
    *,
    db: Database,
    find: Callable[[], File | None],
    keep_rejects: Callable[[IO[bytes]], None],
    go_on: Callable[[], None],
    secret: bytes,
    time_is_over: Callable[[], bool],
    batch_rows: int = BATCH_ROWS,
) -> None:
    """Brings in what time allows, and calls ``go_on`` if there is more. Ends quietly if somebody else is at it.

    Args:
        find: the uploaded file, None if there is none.
        keep_rejects: takes the finished file of refused rows.
        time_is_over: asked after each batch; so a slice does one at least.
    """
    file = find()
    if file is None:
        if db.as_worker(lambda tx: imports.give_up(tx, import_id=import_id)):
            logger.warning("an import has no file", import_id=import_id)
        return
    begun = db.as_worker(lambda tx: imports.begin(tx, import_id=import_id, bytes_total=file.size))
    if begun is None:
        db.as_worker(lambda tx: _tell_rejects_of_canceled(tx, import_id, keep_rejects))
        return
    try:
        if begun.attempts > MAX_ATTEMPTS:
            raise Rejected("The import could not go on, many times over; nothing more is tried.", code="internal")
        if begun.checkpoint.get("etag", file.etag) != file.etag:
            raise Rejected("Another file was uploaded in its place.", code="file_replaced")
        reading = _Reading.of(begun, file, secret)
        begun = _bring_in(db, begun, reading, file, time_is_over=time_is_over, batch_rows=batch_rows)
    except Rejected as error:
        failure = (error.code, str(error))
        db.as_worker(lambda tx: imports.finish(tx, import_id=import_id, batches=None, failure=failure))
        logger.info("import failed", import_id=import_id, code=error.code)
        return
    if begun is None:
        return
    if not begun.checkpoint["over"]:
        go_on()
        return
    complete = begun
    if db.as_worker(lambda tx: _complete(tx, complete, keep_rejects)):
        logger.info("import completed", import_id=import_id)


@dataclass(frozen=True)
class _Reading:
    """How this file is read: its records from a position on, and what a record says."""

    records: Callable[[Position], Any]
    read: Reader
    phone_hash: Callable[[str], bytes]
    position: Position
    layout: Mapping[str, Any]

    @classmethod
    def of(cls, begun: Begun, file: File, secret: bytes) -> "_Reading":
        options, kept = begun.options, begun.checkpoint
        mapping, country = options["mapping"], options["country"]

        def parse(text: str) -> str | None:
            return phone.parse(text, country=country)

        def sheet(position: Position) -> Workbook:
            return Workbook(file.read(0, None), file.size, position)

        if kept:
            found = Layout.from_json(kept["layout"])
            position = Position(**kept["position"])
        elif begun.format == "xlsx":
            found, position = Layout("utf-8", "\n", ",", 0), Position(0)
        else:
            sample = b"".join(file.read(0, SAMPLE))
            found = layout.detect(sample, encoding=options["encoding"], delimiter=options["delimiter"])
            position = Position(found.start)
        as_json = begun.format == "jsonl"

        def records(position: Position) -> Records:
            return Records(file.read(position.offset, None), found, position, as_json=as_json)

        source = sheet if begun.format == "xlsx" else records
        if not kept and not as_json:
            columns, position = _header(source(position), mapping)
            found = Layout(found.encoding, found.newline, found.delimiter, found.start, columns)
        read = row.of_object(mapping, parse) if as_json else row.of_cells(found.columns, parse)
        hashed = phone.hasher(secret, str(begun.user_id))
        return cls(source, read, hashed, position, found.to_json())


def _header(records: Records | Workbook, mapping: Mapping[str, str | None]) -> tuple[tuple[str, ...], Position]:
    for record in records:
        if record.reason == "too_many_columns":
            raise Rejected(f"The file has more than {layout.MAX_COLUMNS} columns.", code="too_many_columns")
        if record.reason:
            raise Rejected("The file's first line is no header of columns.", code="no_header")
        if record.raw[:4].lower() == "sep=":  # Excel's word about the delimiter
            continue
        return layout.columns(record.cells, mapping), records.position
    raise Rejected("The file is empty.", code="no_header")


def _bring_in(
    db: Database,
    begun: Begun,
    reading: _Reading,
    file: File,
    *,
    time_is_over: Callable[[], bool],
    batch_rows: int,
) -> Begun | None:
    """Commits batch after batch, reading the next one while the database writes; None if somebody else has gone on."""
    source = reading.records(reading.position)
    records = iter(source)
    if begun.checkpoint.get("over"):
        return begun
    # One thread, so the records are read by one at a time; leaving the block waits for it.
    with _rarely_collected(), ThreadPoolExecutor(1) as reader:
        waiting = reader.submit(_next_batch, reading, source, records, batch_rows)
        while True:
            read = waiting.result()
            last = read.over or time_is_over()
            if not last:
                waiting = reader.submit(_next_batch, reading, source, records, batch_rows)
            checkpoint = {
                "etag": file.etag,
                "layout": reading.layout,
                "position": asdict(read.position),
                "over": read.over,
            }
            advanced = _commit(db, begun, read, checkpoint)
            if advanced is None or last:
                return advanced
            begun = advanced


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Rows form no cycles: to look for some among a growing batch every 2,000 objects was a third of its reading.
    Errors in quoted cells do, so it is not left off."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _next_batch(reading: _Reading, source: Any, records: Iterator[Record], batch_rows: int) -> _Read:
    batch = Batch(reading.phone_hash)
    begin, size = source.offset, 0
    for record in records:
        if record.reason is not None:
            if record.counts:
                batch.reject(record.line, record.reason, record.raw)
        else:
            row = reading.read(record.cells)
            if isinstance(row, str):
                batch.reject(record.line, row, record.raw[:MAX_RAW])
            else:
                batch.add(record.line, record.raw[:MAX_RAW], row)
            size += len(record.raw)
        if batch.rows >= batch_rows or size > BATCH_BYTES or source.offset - begin > 4 * BATCH_BYTES:
            return _Read(batch, batch.copied(), source.position, over=False)
    return _Read(batch, batch.copied(), source.position, over=True)


def _commit(db: Database, begun: Begun, read: _Read, checkpoint: Mapping[str, Any]) -> Begun | None:
    batch = read.batch

    def work(tx: Tx) -> Begun | None:
        held = imports.lock(tx, import_id=begun.id, batches=begun.batches)
        if held is None:
            return None
        if held.segment_id is None and begun.options["segment"]:
            raise Rejected("The segment was deleted.", code="segment_deleted")
        rejects, counts = batch.rejects, Counts(0, 0, 0)
        if batch.entries:
            rejects, counts = _write(tx, begun, read, held.segment_id)
        imports.keep_rejects(
            tx,
            user_id=begun.user_id,
            import_id=begun.id,
            rejects=[RejectedRow(each.line, each.reason, each.row) for each in rejects][
                : max(0, MAX_REJECTS - begun.rejected)
            ],
        )
        imports.advance(
            tx,
            import_id=begun.id,
            checkpoint=checkpoint,
            bytes_read=min(read.position.offset, begun.bytes_total or 0),
            rows=batch.rows,
            created=counts.created,
            updated=counts.updated,
            unchanged=counts.unchanged,
            by_reason=Counter(each.reason for each in rejects),
        )
        return replace(
            begun, checkpoint=dict(checkpoint), batches=begun.batches + 1, rejected=begun.rejected + len(rejects)
        )

    retrying = Retrying(retry=retry_if_exception_type(Raced), stop=stop_after_attempt(RACES_AT_MOST), reraise=True)
    advanced: Begun | None = retrying(db.as_worker, work, {**contacts.NO_SEGMENT, **import_rows.RACES}, pipelined=False)
    return advanced


def _write(tx: Tx, begun: Begun, read: _Read, segment_id: UUID | None) -> tuple[list[Reject], Counts]:
    # First of all: an erasure that commits beside would be read as not there yet, and its person brought back.
    erasure.block(tx, user_id=begun.user_id)
    reasons = dict.fromkeys(import_rows.stage(tx, user_id=begun.user_id, copied=read.copied), "erased")
    written = [
        import_rows.write(tx, user_id=begun.user_id, segment_id=segment_id, round=number, max_attributes=MAX_ATTRIBUTES)
        for number in range(read.batch.rounds)
    ]
    for each in written:
        reasons |= dict.fromkeys(each.too_many_attributes, "too_many_attributes")
    entries = read.batch.entries
    rejects = [
        # Of who was erased nothing is kept, the refused row neither.
        Reject(line, reason, "" if reason == "erased" else raw)
        for number, reason in reasons.items()
        for line, raw in entries[number].lines
    ]
    rest = [entry for number, entry in enumerate(entries) if number not in reasons] if reasons else entries
    counts = Counts(
        created=sum(each.created for each in written),
        updated=sum(each.updated for each in written) + sum(entry.updated for entry in rest),
        unchanged=sum(each.unchanged for each in written) + sum(entry.unchanged for entry in rest),
    )
    return sorted([*read.batch.rejects, *rejects], key=attrgetter("line")), counts


def _complete(tx: Tx, begun: Begun, keep_rejects: Callable[[IO[bytes]], None]) -> bool:
    if imports.lock(tx, import_id=begun.id, batches=begun.batches) is None:
        return False
    if begun.rejected:
        _tell_rejects(tx, begun.id, keep_rejects)
    return imports.finish(tx, import_id=begun.id, batches=begun.batches)


def _tell_rejects_of_canceled(tx: Tx, import_id: UUID, keep_rejects: Callable[[IO[bytes]], None]) -> None:
    if imports.lock_canceled(tx, import_id=import_id) is not None:
        _tell_rejects(tx, import_id, keep_rejects)
        imports.drop_rejects(tx, import_id=import_id)


def _tell_rejects(tx: Tx, import_id: UUID, keep_rejects: Callable[[IO[bytes]], None]) -> None:
    """Makes the file of the refused rows, of an import that is held: rows that another look drops while they are read
    would be missing from it."""
    with tempfile.TemporaryFile() as made:
        text = io.TextIOWrapper(made, "utf-8", newline="", write_through=True)
        rows = csv.writer(text)
        rows.writerow(["line", "reason", "row"])
        after = 0
        while page := imports.rejects(tx, import_id=import_id, after=after):
            rows.writerows([each.line, each.reason, harmless(each.row)] for each in page)
            after = page[-1].line
        text.detach()
        made.seek(0)
        keep_rejects(made)
