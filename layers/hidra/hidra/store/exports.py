"""Exports: the request, the progress and the result. ``export_rows`` reads the lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.export import ExportFormat, ExportKind, ExportStatus
from hidra.domain.message import MessageStatus
from hidra.errors import Conflict, HidraError
from hidra.store import erasure
from hidra.store.db import Tx, found
from hidra.store.pages import newest_first

LEASE_SECONDS = 200  # longer than the function that runs a slice may
ONE_OF_A_KIND: Mapping[str, HidraError] = {
    "exports_one_open_of_a_kind": Conflict(
        "Another export of this kind waits or runs; nothing was created. Wait until it ends, or cancel it.",
        code="export-running",
    )
}
COLUMNS = """id, kind, format, delimiter, campaign_id, message_status, segment_id, status, failure_code, failure_reason,
    rows, rows_expected, bytes, created_at, started_at, ended_at"""
ATTRIBUTE_NAMES = """
select name from hidra.attribute_names where user_id = %(user_id)s order by name collate "C" limit %(limit)s
"""
INSERT = f"""
insert into hidra.exports (user_id, kind, format, delimiter, campaign_id, message_status, segment_id, attribute_names)
values (%(user_id)s, %(kind)s, %(format)s, %(delimiter)s, %(campaign_id)s, %(message_status)s, %(segment_id)s,
    %(attribute_names)s)
returning {COLUMNS}
"""  # noqa: S608 - made of constants
GET = f"""
select {COLUMNS} from hidra.exports where user_id = %(user_id)s and id = %(export_id)s
"""  # noqa: S608 - made of constants
LIST = f"""
select {COLUMNS} from hidra.exports where user_id = %(user_id)s and {newest_first("created_at")}
"""  # noqa: S608 - made of constants
# What an export that ends without a file keeps until it is deleted from the bucket: the id of its upload.
CANCEL = """
update hidra.exports
set status = 'canceled', ended_at = clock_timestamp(), cursor = null, parts = '[]', leftover = started_at is not null
where user_id = %(user_id)s and id = %(export_id)s and status in ('waiting', 'running')
"""
# An older file is gone: S3 deletes it after seven days, its last version a day later, and counts whole days (S3 User
# Guide, "Lifecycle configuration elements").
ERASE = """
update hidra.exports
set status = 'erased', ended_at = clock_timestamp(), cursor = null, parts = '[]', leftover = started_at is not null
where user_id = %(user_id)s
  and (status in ('waiting', 'running') or status = 'completed' and ended_at > now() - interval '11 days')
returning id
"""
BEGIN = f"""
update hidra.exports e
set status = 'running', started_at = coalesce(e.started_at, clock_timestamp()), slices = e.slices + 1,
    attempts = e.attempts + 1, last_progress_at = clock_timestamp(),
    leased_until = clock_timestamp() + interval '{LEASE_SECONDS} seconds'
where e.id = (
    select free.id from hidra.exports free
    where free.user_id = %(user_id)s and free.id = %(export_id)s and free.status in ('waiting', 'running')
      and (free.leased_until is null or free.leased_until <= clock_timestamp())
    for update skip locked
)
returning e.id, e.user_id, e.kind, e.format, e.delimiter, e.campaign_id, e.message_status, e.segment_id,
    e.attribute_names, e.rows_expected, e.bytes, e.slices, e.attempts, e.restarts, e.cursor, e.upload_id, e.parts
"""  # noqa: S608 - made of constants
EXPECT = """
update hidra.exports set rows_expected = %(rows_expected)s
where user_id = %(user_id)s and id = %(export_id)s and slices = %(slice)s and status = 'running'
"""
ADVANCE = """
update hidra.exports
set cursor = %(cursor)s, upload_id = %(upload_id)s, parts = parts || %(part)s::jsonb, rows = rows + %(rows)s,
    bytes = bytes + %(bytes)s, attempts = 0, last_progress_at = clock_timestamp()
where user_id = %(user_id)s and id = %(export_id)s and slices = %(slice)s and status = 'running'
returning true
"""
RESTART = """
update hidra.exports
set cursor = null, upload_id = null, parts = '[]', rows = 0, bytes = 0, restarts = restarts + 1,
    last_progress_at = clock_timestamp()
where user_id = %(user_id)s and id = %(export_id)s and slices = %(slice)s and status = 'running'
"""
FINISH = """
update hidra.exports
set status = 'completed', cursor = null, upload_id = null, parts = '[]', rows = rows + %(rows)s,
    bytes = bytes + %(bytes)s, ended_at = clock_timestamp(), leased_until = null
where user_id = %(user_id)s and id = %(export_id)s and slices = %(slice)s and status = 'running'
returning true
"""
FAIL = """
update hidra.exports
set status = 'failed', failure_code = %(code)s, failure_reason = %(reason)s, cursor = null, parts = '[]',
    leftover = true, ended_at = clock_timestamp()
where user_id = %(user_id)s and id = %(export_id)s and slices = %(slice)s and status = 'running'
"""
RELEASE = """
update hidra.exports set leased_until = null, attempts = greatest(0, attempts - %(attempts)s)
where user_id = %(user_id)s and id = %(export_id)s and slices = %(slice)s
"""
# While a slice runs it may still store a file: then it is the slice that deletes it.
LEFTOVER = """
select upload_id from hidra.exports
where user_id = %(user_id)s and id = %(export_id)s and leftover
  and (leased_until is null or leased_until <= clock_timestamp())
"""
DISCARDED = """
update hidra.exports set leftover = false, upload_id = null where user_id = %(user_id)s and id = %(export_id)s
"""
# A slice stores a part every few seconds: after five minutes without one, the slice or its queue message was lost.
# Setting last_progress_at lets each export be found once in that time.
STALE = """
update hidra.exports e set last_progress_at = clock_timestamp()
where e.id in (
    select open.id from hidra.exports open
    where (open.status in ('waiting', 'running') or open.leftover)
      and (open.leased_until is null or open.leased_until <= clock_timestamp())
      and coalesce(open.last_progress_at, open.created_at)
          < now() - case open.status when 'running' then interval '5 minutes' else interval '1 minute' end
    order by open.created_at limit 20
    for update skip locked
)
returning e.id, e.user_id
"""


@dataclass(frozen=True)
class ExportRow:
    id: UUID
    kind: ExportKind
    format: ExportFormat
    delimiter: str | None
    campaign_id: UUID | None
    message_status: MessageStatus | None
    segment_id: UUID | None
    status: ExportStatus
    failure_code: str | None
    failure_reason: str | None
    rows: int
    rows_expected: int | None
    bytes: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class RunningExport:
    """An export as a slice finds it. ``slices`` is the slice's own number, which its checkpoints are compared with."""

    id: UUID
    user_id: UUID
    kind: ExportKind
    format: ExportFormat
    delimiter: str | None
    campaign_id: UUID | None
    message_status: MessageStatus | None
    segment_id: UUID | None
    attribute_names: list[str]
    rows_expected: int | None
    bytes: int
    slices: int
    attempts: int
    restarts: int
    cursor: str | None
    upload_id: str | None
    parts: list[list[str | None]]


@dataclass(frozen=True)
class StaleExport:
    id: UUID
    user_id: UUID


@dataclass(frozen=True)
class Leftover:
    upload_id: str | None


def attribute_names(tx: Tx, *, limit: int) -> list[str]:
    """The names of the user's contacts' attributes, by their code points."""
    names: list[str] = tx.values(ATTRIBUTE_NAMES, limit=limit)
    return names


def create(
    tx: Tx,
    *,
    kind: ExportKind,
    format: ExportFormat,
    delimiter: str | None,
    campaign_id: UUID | None,
    message_status: MessageStatus | None,
    segment_id: UUID | None,
    attribute_names: Sequence[str],
) -> ExportRow:
    """Creates an export that waits for its first slice. Run it with ``ONE_OF_A_KIND`` as refusals."""
    row = tx.row(
        ExportRow,
        INSERT,
        kind=kind,
        format=format,
        delimiter=delimiter,
        campaign_id=campaign_id,
        message_status=message_status,
        segment_id=segment_id,
        attribute_names=list(attribute_names),
    )
    assert row is not None
    return row


def get(tx: Tx, *, export_id: UUID) -> ExportRow:
    """
    Raises:
        NotFound: the user has no such export.
    """
    return found(tx.row(ExportRow, GET, export_id=export_id), "export")


def page(tx: Tx, *, after_at: datetime | None, after_id: UUID | None, limit: int) -> list[ExportRow]:
    """The newest first, from behind the export of ``after_at`` and ``after_id`` on."""
    return tx.rows(ExportRow, LIST, after_at=after_at, after_id=after_id, limit=limit)


def cancel(tx: Tx, *, export_id: UUID) -> None:
    """Cancels an export unless it has ended."""
    tx.run(CANCEL, export_id=export_id)


def erase(tx: Tx) -> list[UUID]:
    """Ends the user's open exports, and marks the files of completed ones to be deleted; returns their ids."""
    ids: list[UUID] = tx.values(ERASE)
    return ids


def begin(tx: Tx, *, user_id: UUID, export_id: UUID) -> RunningExport | None:
    """Begins a slice; None if the export has ended or is gone, or another slice holds it.

    Waits for an erasure of the user in progress: it does not see an export that is requested meanwhile, whose slice
    would read the person before the erasure's commit.
    """
    erasure.block(tx, user_id=user_id)
    return tx.row(RunningExport, BEGIN, user_id=user_id, export_id=export_id)


def expect(tx: Tx, running: RunningExport, *, rows: int) -> None:
    tx.run(EXPECT, user_id=running.user_id, export_id=running.id, slice=running.slices, rows_expected=rows)


def advance(
    tx: Tx, running: RunningExport, *, cursor: str, upload_id: str, part: Sequence[str | None], rows: int, bytes: int
) -> bool:
    """Notes a stored part, and where the next one begins; False if another slice holds the export, or it ended."""
    advanced = tx.value(
        ADVANCE,
        user_id=running.user_id,
        export_id=running.id,
        slice=running.slices,
        cursor=cursor,
        upload_id=upload_id,
        part=Jsonb([list(part)]),
        rows=rows,
        bytes=bytes,
    )
    return bool(advanced)


def restart(tx: Tx, running: RunningExport) -> None:
    """Lets the next slice begin at the list's beginning."""
    tx.run(RESTART, user_id=running.user_id, export_id=running.id, slice=running.slices)


def finish(tx: Tx, running: RunningExport, *, rows: int, bytes: int) -> bool:
    """Completes the export, whose file is stored; False if another slice holds the export, or it ended."""
    return bool(
        tx.value(FINISH, user_id=running.user_id, export_id=running.id, slice=running.slices, rows=rows, bytes=bytes)
    )


def fail(tx: Tx, running: RunningExport, *, code: str, reason: str) -> None:
    tx.run(FAIL, user_id=running.user_id, export_id=running.id, slice=running.slices, code=code, reason=reason)


def release(tx: Tx, running: RunningExport, *, counts: bool) -> None:
    """Ends a slice, so that another one can begin.

    Args:
        counts: whether it counts as an attempt.
    """
    tx.run(
        RELEASE,
        user_id=running.user_id,
        export_id=running.id,
        slice=running.slices,
        attempts=0 if counts else 1,
    )


def leftover(tx: Tx, *, user_id: UUID, export_id: UUID) -> Leftover | None:
    """What the export left in the bucket; None if nothing, or if a slice may still write there."""
    return tx.row(Leftover, LEFTOVER, user_id=user_id, export_id=export_id)


def discarded(tx: Tx, *, user_id: UUID, export_id: UUID) -> None:
    """Notes that the bucket holds nothing of the export any more."""
    tx.run(DISCARDED, user_id=user_id, export_id=export_id)


def stale(tx: Tx) -> list[StaleExport]:
    """Exports without progress, and ended ones that have to be deleted from the bucket: at most 20."""
    return tx.rows(StaleExport, STALE)
