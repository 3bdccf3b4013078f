"""One slice of an import: from its checkpoint on, batch by batch, until the file or the time is over.

A batch commits only if the import stands where this slice has read from. So a slice may be killed anywhere, run twice,
or run beside another.
"""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from uuid import UUID

from hidra.domain import phone
from hidra.domain.imports import files
from hidra.domain.imports.checkpoint import Checkpoint
from hidra.errors import HidraError, Rejected, Unavailable
from hidra.services.imports.commit_batch import commit_batch
from hidra.services.imports.reading import BatchReader, File, open_file
from hidra.services.imports.rejects_file import Put, put_rejects, put_rejects_of_canceled
from hidra.store import import_slices
from hidra.store.db import Database, Tx
from hidra.store.import_slices import RunningImport
from hidra.telemetry import Figure, logger, measure

BATCH_ROWS = 40_000
MAX_ATTEMPTS = 3  # slices that were killed before a batch, in a row: the first, and two that try again
RETRY_SHARE = 10  # the part of a batch that a slice begins with after another one was killed


def run_slice(
    import_id: UUID,
    *,
    db: Database,
    find: Callable[[], File | None],
    put: Put,
    queue_next: Callable[[], None],
    secret: bytes,
    time_is_over: Callable[[], bool],
    batch_rows: int = BATCH_ROWS,
    queue_other: Callable[[UUID], None] = lambda _: None,
) -> None:
    """Imports what time allows, and calls ``queue_next`` if there is more.

    Does nothing if another slice holds the import, or as many slices of its user run as may. A slice that finds a
    service unavailable counts as no attempt.

    Args:
        find: returns the uploaded file, None if there is none.
        put: stores the file of rejected rows.
        secret: the key of the phones' hashes.
        time_is_over: asked after each batch is read, so a slice commits at least one.
        queue_other: queues a slice of another import of the same user, which was held back.
    """
    file = find()
    if file is None:
        if db.as_worker(lambda tx: import_slices.give_up(tx, import_id=import_id)):
            logger.warning("an import has no file", import_id=import_id)
        return
    running = db.as_worker(
        lambda tx: import_slices.begin(tx, import_id=import_id, bytes_total=file.size, version=file.version)
    )
    if running is None:
        db.as_worker(lambda tx: put_rejects_of_canceled(tx, import_id, put))
        return
    try:
        over = _run(db, running, file, put=put, secret=secret, time_is_over=time_is_over, batch_rows=batch_rows)
    except Unavailable:
        with suppress(HidraError):  # without a database the lease runs out
            db.as_worker(lambda tx: import_slices.release(tx, running, counts=False))
        raise
    db.as_worker(lambda tx: import_slices.release(tx, running, counts=True))
    if not over:
        queue_next()
    elif other := db.as_worker(lambda tx: import_slices.held_back_longest(tx, user_id=running.user_id)):
        queue_other(other)


def _run(
    db: Database,
    running: RunningImport,
    file: File,
    *,
    put: Put,
    secret: bytes,
    time_is_over: Callable[[], bool],
    batch_rows: int,
) -> bool:
    """Whether nothing is left to import: the import ended, or another slice has advanced it."""
    try:
        stands = _import_batches(db, running, file, secret=secret, time_is_over=time_is_over, batch_rows=batch_rows)
    except Rejected as error:
        failure = (error.code, str(error))
        db.as_worker(lambda tx: import_slices.finish(tx, import_id=running.id, batches=None, failure=failure))
        logger.info("import failed", import_id=running.id, code=error.code)
        return True
    if stands is None:
        return True
    advanced, over = stands
    if over and db.as_worker(lambda tx: _complete(tx, advanced, put)):
        logger.info("import completed", import_id=running.id)
    return over


def _import_batches(
    db: Database,
    running: RunningImport,
    file: File,
    *,
    secret: bytes,
    time_is_over: Callable[[], bool],
    batch_rows: int,
) -> tuple[RunningImport, bool] | None:
    """Commits batch after batch, reading the next one while the database writes.

    Returns the import as it stands then, and whether the file is over; None if another slice has advanced the import,
    or it ended.

    Raises:
        Rejected: the import cannot continue.
    """
    if running.attempts > MAX_ATTEMPTS:
        raise Rejected(
            f"The import was stopped at the same place {MAX_ATTEMPTS} times in a row: the file takes too much time or "
            "memory there. What was imported stays; split or correct the file and create a new import.",
            code="internal",
        )
    checkpoint = Checkpoint.from_json(running.checkpoint)
    if checkpoint is not None and checkpoint.etag != file.etag:
        raise files.replaced()
    if checkpoint is not None and checkpoint.over:
        return running, True
    reading = open_file(running.format, running.options, file, checkpoint)
    if running.attempts > 1:  # the rows that stopped the slice before are reached with fewer others in their batch
        batch_rows = max(1, batch_rows // RETRY_SHARE)
    phone_hash = phone.hasher(secret, str(running.user_id))
    batches = BatchReader(reading, phone_hash=phone_hash, batch_rows=batch_rows)
    # One thread, so that records are read one at a time; leaving the block waits for it.
    with _rarely_collected(), ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(batches.next_batch)
        while True:
            read = waiting.result()
            last = read.over or time_is_over()
            if not last:
                waiting = thread.submit(batches.next_batch)
            advanced = commit_batch(db, running, read, Checkpoint(file.etag, reading.layout, read.position, read.over))
            if advanced is None:
                return None
            measure(Figure.ROWS_IMPORTED, len(read.batch.entries))
            measure(Figure.ROWS_REJECTED, advanced.rejected - running.rejected)
            if last:
                return advanced, read.over
            running = advanced


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Makes garbage collections rare: rows form no cycles, and looking for some in a growing batch every 2,000 objects
    took a third of the time of reading. Errors in quoted cells do form cycles, so collection is not switched off."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _complete(tx: Tx, running: RunningImport, put: Put) -> bool:
    if import_slices.lock(tx, import_id=running.id, batches=running.batches) is None:
        return False
    if running.rejected:
        put_rejects(tx, running.id, put)
    return import_slices.finish(tx, import_id=running.id, batches=running.batches)
