"""One slice of an import: from its checkpoint on, batch by batch, until the file or the time is over.

A batch commits only if the import stands where this slice has read from. So a slice may be killed anywhere, run twice,
or run beside another.
"""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

from hidra.domain.imports import files
from hidra.domain.imports.checkpoint import Checkpoint
from hidra.errors import Rejected
from hidra.services.imports.commit_batch import commit_batch
from hidra.services.imports.reading import BatchReader, File, open_file
from hidra.services.imports.rejects_file import Put, put_rejects, put_rejects_of_canceled
from hidra.store import imports
from hidra.store.db import Database, Tx
from hidra.store.imports import RunningImport
from hidra.telemetry import logger

BATCH_ROWS = 40_000
MAX_ATTEMPTS = 30  # slices that ended without a batch, in a row


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
) -> None:
    """Imports what time allows, and calls ``queue_next`` if there is more.

    Does nothing if another slice holds the import.

    Args:
        find: returns the uploaded file, None if there is none.
        put: stores the file of rejected rows.
        secret: the key of the phones' hashes.
        time_is_over: asked after each batch is read, so a slice commits at least one.
    """
    file = find()
    if file is None:
        if db.as_worker(lambda tx: imports.give_up(tx, import_id=import_id)):
            logger.warning("an import has no file", import_id=import_id)
        return
    running = db.as_worker(lambda tx: imports.begin(tx, import_id=import_id, bytes_total=file.size))
    if running is None:
        db.as_worker(lambda tx: put_rejects_of_canceled(tx, import_id, put))
        return
    try:
        stands = _import_batches(db, running, file, secret=secret, time_is_over=time_is_over, batch_rows=batch_rows)
    except Rejected as error:
        failure = (error.code, str(error))
        db.as_worker(lambda tx: imports.finish(tx, import_id=import_id, batches=None, failure=failure))
        logger.info("import failed", import_id=import_id, code=error.code)
        return
    if stands is None:
        return
    advanced, over = stands
    if not over:
        queue_next()
    elif db.as_worker(lambda tx: _complete(tx, advanced, put)):
        logger.info("import completed", import_id=import_id)


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
            f"The import stopped at the same place {MAX_ATTEMPTS} times in a row. What was imported stays; "
            "create a new import.",
            code="internal",
        )
    checkpoint = Checkpoint.from_json(running.checkpoint)
    if checkpoint is not None and checkpoint.etag != file.etag:
        raise files.replaced()
    if checkpoint is not None and checkpoint.over:
        return running, True
    reading = open_file(running, file, checkpoint, secret=secret)
    batches = BatchReader(reading, batch_rows=batch_rows)
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
    if imports.lock(tx, import_id=running.id, batches=running.batches) is None:
        return False
    if running.rejected:
        put_rejects(tx, running.id, put)
    return imports.finish(tx, import_id=running.id, batches=running.batches)
