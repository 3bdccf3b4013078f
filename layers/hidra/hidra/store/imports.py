"""Imports of contacts as their user sees them: the request and its progress. ``import_slices`` runs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.campaign import ContactImportSource
from hidra.errors import Conflict
from hidra.store import segments
from hidra.store.db import Tx, found
from hidra.store.pages import newest_first

MAX_OPEN = 10  # imports of one user that wait or run
COLUMNS = """id, segment_id, source, format, options, status, bytes_total, bytes_read, rows_read, created, updated,
    unchanged, rejected, rejected_by_reason, warnings, failure_code, failure_reason, created_at, started_at,
    last_progress_at, ended_at"""
INSERT = f"""
insert into hidra.contact_imports (user_id, segment_id, source, format, options)
values (%(user_id)s, %(segment_id)s, %(source)s, %(format)s, %(options)s)
returning {COLUMNS}
"""  # noqa: S608 - made of constants
GET = f"""
select {COLUMNS}
from hidra.contact_imports where user_id = %(user_id)s and id = %(import_id)s
"""  # noqa: S608 - made of constants
LIST = f"""
select {COLUMNS}
from hidra.contact_imports
where user_id = %(user_id)s
  and {newest_first("created_at")}"""  # noqa: S608 - made of constants
# The user's advisory lock: imports and slices of one user are counted and added one after the other.
LOCK_USER = "select pg_advisory_xact_lock(hidra.lock_key('imports', %(user_id)s))"
COUNT_OPEN = """
select count(*) from hidra.contact_imports where user_id = %(user_id)s and status in ('waiting', 'running')
"""
# Waits for a batch that holds the row: it commits first. No later batch can lock the import.
CANCEL = """
update hidra.contact_imports set status = 'canceled', checkpoint = '{}', ended_at = clock_timestamp()
where user_id = %(user_id)s and id = %(import_id)s and status in ('waiting', 'running')
"""


@dataclass(frozen=True)
class ImportRow:
    id: UUID
    segment_id: UUID | None
    source: ContactImportSource
    format: str
    options: dict[str, Any]
    status: str
    bytes_total: int | None
    bytes_read: int
    rows_read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    rejected_by_reason: dict[str, int]
    warnings: list[dict[str, str]]
    failure_code: str | None
    failure_reason: str | None
    created_at: datetime
    started_at: datetime | None
    last_progress_at: datetime | None
    ended_at: datetime | None


def create(
    tx: Tx,
    *,
    segment_id: UUID | None,
    source: ContactImportSource,
    format: str,
    options: Mapping[str, Any],
) -> ImportRow:
    row = tx.row(
        ImportRow,
        INSERT,
        segment_id=segment_id,
        source=source,
        format=format,
        options=Jsonb(dict(options)),
    )
    assert row is not None
    return row


def get(tx: Tx, *, import_id: UUID) -> ImportRow:
    """
    Raises:
        NotFound: the user has no such import.
    """
    return found(tx.row(ImportRow, GET, import_id=import_id), "import")


def page(tx: Tx, *, after_at: datetime | None, after_id: UUID | None, limit: int) -> list[ImportRow]:
    """The newest first, from behind the import of ``after_at`` and ``after_id`` on."""
    return tx.rows(ImportRow, LIST, after_at=after_at, after_id=after_id, limit=limit)


def require_room(tx: Tx) -> None:
    """Lets no other import of the user be created until the transaction ends.

    Raises:
        Conflict: ``MAX_OPEN`` of the user's imports wait or run.
    """
    tx.run(LOCK_USER)
    if tx.value(COUNT_OPEN) >= MAX_OPEN:
        raise Conflict(
            f"{MAX_OPEN} of your imports wait for their file or run; nothing was created. Wait until one ends, or"
            " cancel one.",
            code="too-many-imports",
        )


def cancel(tx: Tx, *, import_id: UUID) -> None:
    """Cancels an import unless it has ended. Its rejected rows stay until they are made a file."""
    tx.run(CANCEL, import_id=import_id)
    segments.delete_unused(tx, import_id=import_id)
