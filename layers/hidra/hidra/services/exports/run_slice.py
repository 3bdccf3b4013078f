"""One slice of an export: from its checkpoint on, part by part, until the list or the time is over.

A part is stored first and noted then, by one statement that holds only for the latest slice. So a slice may be killed
anywhere, run twice, or run beside another: a part is repeated, and no row is doubled.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from hidra.domain.export import CONTENT_TYPES
from hidra.errors import Conflict, HidraError, Rejected, Unavailable
from hidra.services.exports.lines import head, lines
from hidra.store import export_rows, exports
from hidra.store.db import Database
from hidra.store.exports import RunningExport
from hidra.telemetry import Figure, logger, measure

PART_BYTES = 8 * 1024**2  # S3 accepts parts from 5 MB on, and 10,000 of them
PAGE_ROWS = 2_000
FIRST_ROWS = 200  # of a slice's first page
PAGE_BYTES = 2 * 1024**2  # of a page's lines, by the page before
RETRY_SHARE = 10  # the part of a page that a slice reads after another one was killed
MAX_ATTEMPTS = 3  # slices that stored no part, in a row
MAX_RESTARTS = 3


class File(Protocol):
    """The export's file. A part is what S3 answers to it: ETag and checksum.

    Raises:
        Conflict: the parts are lost.
        Unavailable: the storage did not answer.
    """

    def begin(self, content_type: str) -> str: ...
    def store(self, upload_id: str, number: int, content: bytes) -> Sequence[str | None]: ...
    def complete(self, upload_id: str, parts: Sequence[Sequence[str | None]]) -> None: ...
    def put(self, content: bytes, content_type: str) -> None: ...
    def abort(self, upload_id: str) -> None: ...
    def delete(self) -> None: ...


def run_slice(
    user_id: UUID,
    export_id: UUID,
    *,
    db: Database,
    file: File,
    queue_next: Callable[[], None],
    time_is_over: Callable[[], bool],
) -> None:
    """Exports what time allows, and calls ``queue_next`` if there is more.

    If the export has ended without a file, deletes what it left in the bucket. Does nothing if another slice holds it.
    A slice that finds a service unavailable counts as no attempt.

    Args:
        time_is_over: asked after each part, so a slice stores at least one.
    """
    running = db.as_worker(lambda tx: exports.begin(tx, user_id=user_id, export_id=export_id))
    if running is None:
        discard(user_id, export_id, db=db, file=file)
        return
    try:
        over = _run(db, running, file, time_is_over)
    except Unavailable:
        with suppress(HidraError):  # without a database the lease runs out
            db.as_worker(lambda tx: exports.release(tx, running, counts=False))
        raise
    db.as_worker(lambda tx: exports.release(tx, running, counts=True))
    if over:
        discard(user_id, export_id, db=db, file=file)
    else:
        queue_next()


def discard(user_id: UUID, export_id: UUID, *, db: Database, file: File) -> None:
    """Deletes what an export that ended without a file, or lost it, left in the bucket."""
    left = db.as_worker(lambda tx: exports.leftover(tx, user_id=user_id, export_id=export_id))
    if left is None:
        return
    if left.upload_id is not None:
        file.abort(left.upload_id)
    file.delete()
    db.as_worker(lambda tx: exports.discarded(tx, user_id=user_id, export_id=export_id))
    logger.info("the file of an export was deleted", export_id=export_id)


def _run(db: Database, running: RunningExport, file: File, time_is_over: Callable[[], bool]) -> bool:
    """Whether nothing is left to export: the export ended, or another slice holds it."""
    try:
        if running.attempts > MAX_ATTEMPTS or running.restarts > MAX_RESTARTS:
            raise Rejected("The export failed several times at the same place. Create another export.", code="internal")
        if running.rows_expected is None:
            _count(db, running)
        return _Slice(db, running, file).write(time_is_over)
    except Conflict:
        logger.warning("an export begins anew", export_id=running.id)
        if running.upload_id is not None:
            file.abort(running.upload_id)
        db.as_worker(lambda tx: exports.restart(tx, running))
        return False
    except Rejected as error:
        code, reason = error.code, str(error)
        db.as_worker(lambda tx: exports.fail(tx, running, code=code, reason=reason))
        logger.info("export failed", export_id=running.id, code=code)
        return True


def _count(db: Database, running: RunningExport) -> None:
    """Notes how many rows the list has, unless counting takes too long."""
    try:
        expected = db.as_worker(lambda tx: export_rows.count(tx, running))
    except Unavailable as error:
        if error.code != "too-slow":
            raise
        return
    db.as_worker(lambda tx: exports.expect(tx, running, rows=expected))


@dataclass
class _Slice:
    db: Database
    running: RunningExport
    file: File

    def write(self, time_is_over: Callable[[], bool]) -> bool:
        """Whether nothing is left to export."""
        running, rows = self.running, 0
        content = bytearray() if running.parts else bytearray(head(running))
        cursor = running.cursor
        # The rows that stopped the slice before are reached with few others in memory.
        most = PAGE_ROWS if running.attempts == 1 else max(1, PAGE_ROWS // RETRY_SHARE)
        limit = min(most, FIRST_ROWS)
        while True:
            page = self._page(cursor, limit)
            made = lines(running, page.rows)
            content += made
            rows, cursor = rows + len(page.rows), page.cursor
            if page.over:
                self._finish(bytes(content), rows)
                return True
            limit = max(1, min(most, PAGE_BYTES * len(page.rows) // max(1, len(made))))
            if len(content) >= PART_BYTES:
                assert cursor is not None
                if not self._store(bytes(content), rows, cursor):
                    return True
                content, rows = bytearray(), 0
                if time_is_over():
                    return False

    def _page(self, cursor: str | None, limit: int) -> export_rows.ListPage:
        return self.db.as_worker(lambda tx: export_rows.page(tx, self.running, cursor=cursor, limit=limit))

    def _store(self, content: bytes, rows: int, cursor: str) -> bool:
        """Stores a part and notes it; False if another slice holds the export, or it ended."""
        running = self.running
        upload_id = running.upload_id or self.file.begin(CONTENT_TYPES[running.format])
        part = list(self.file.store(upload_id, len(running.parts) + 1, content))
        advanced = self.db.as_worker(
            lambda tx: exports.advance(
                tx, running, cursor=cursor, upload_id=upload_id, part=part, rows=rows, bytes=len(content)
            )
        )
        if not advanced:
            if running.upload_id is None:
                self.file.abort(upload_id)
            return False
        measure(Figure.ROWS_EXPORTED, rows)
        self.running = replace(running, upload_id=upload_id, parts=[*running.parts, part])
        return True

    def _finish(self, content: bytes, rows: int) -> None:
        running = self.running
        if running.upload_id is None:
            self.file.put(content, CONTENT_TYPES[running.format])
        else:
            last = self.file.store(running.upload_id, len(running.parts) + 1, content)
            self.file.complete(running.upload_id, [*running.parts, last])
        if self.db.as_worker(lambda tx: exports.finish(tx, running, rows=rows, bytes=len(content))):
            measure(Figure.ROWS_EXPORTED, rows)
            logger.info("export completed", export_id=running.id)
