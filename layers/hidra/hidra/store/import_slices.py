"""Slices of imports: their file, their lease, what a batch has read, and how an import ends. ``import_rows`` writes the
contacts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hidra.domain.imports.file_warning import FileWarning
from hidra.domain.imports.files import NO_FILE, NOT_FETCHED
from hidra.store import import_rejects, segments
from hidra.store.db import Tx

MAX_SLICES = 2  # of one user that run at once; fewer than the slices that run at once
LEASE_SECONDS = 200  # longer than the function that runs a slice may
# The form to upload a file with is valid for an hour, so an import without a file after two hours gets none.
# Evolution's contacts are fetched within six minutes or not at all: Lambda keeps the event for five, and
# connection_check runs for one.
_OVERDUE = """status = 'waiting' and created_at < now() - case source
      when 'evolution' then interval '10 minutes' else interval '2 hours' end"""
LOCK_USER_OF = """
select pg_advisory_xact_lock(hidra.lock_key('imports', user_id)) from hidra.contact_imports where id = %(import_id)s
"""
# Whether as many slices of the user run as may. Canceled imports count too: their slices end with their next batch.
_USER_IS_BUSY = f"""(
    select count(*) >= {MAX_SLICES} from hidra.contact_imports leased
    where leased.user_id = open.user_id and leased.leased_until > clock_timestamp()
)"""  # noqa: S608 - made of constants
_FREE = """open.status in ('waiting', 'running')
      and (open.leased_until is null or open.leased_until <= clock_timestamp())"""
# Waits for no other slice: before the first batch no slice holds the row for longer than a moment.
ACCEPT = """
update hidra.contact_imports
set file_version = case when status = 'waiting' then coalesce(file_version, %(version)s) else file_version end
where id = %(import_id)s
returning file_version
"""
FILE_VERSION = "select file_version from hidra.contact_imports where id = %(import_id)s"
# Skips an import that another slice holds.
BEGIN = f"""
update hidra.contact_imports i
set status = 'running', started_at = coalesce(i.started_at, now()), attempts = i.attempts + 1,
    bytes_total = coalesce(i.bytes_total, %(bytes_total)s), last_progress_at = coalesce(i.last_progress_at, now()),
    file_version = coalesce(i.file_version, %(version)s), held_back_at = null,
    leased_until = clock_timestamp() + interval '{LEASE_SECONDS} seconds'
where i.id = (
    select open.id from hidra.contact_imports open
    where open.id = %(import_id)s and {_FREE} and not {_USER_IS_BUSY}
      and coalesce(open.file_version = %(version)s, true)
    for update skip locked
)
returning i.id, i.user_id, i.segment_id, i.format, i.options, i.checkpoint, i.batches, i.attempts, i.bytes_total,
    i.rejected, i.leased_until
"""  # noqa: S608 - made of constants
HOLD_BACK = f"""
update hidra.contact_imports i set held_back_at = coalesce(i.held_back_at, clock_timestamp())
where i.id = (
    select open.id from hidra.contact_imports open
    where open.id = %(import_id)s and {_FREE} and {_USER_IS_BUSY}
    for update skip locked
)
"""  # noqa: S608 - made of constants
HELD_BACK_LONGEST = """
select id from hidra.contact_imports
where user_id = %(user_id)s and status in ('waiting', 'running') and held_back_at is not null
order by held_back_at limit 1
"""
# The lease names the slice: one whose lease has run out does not end the lease of the next.
RELEASE = """
update hidra.contact_imports
set leased_until = null, attempts = greatest(0, attempts - %(attempts)s)
where id = %(import_id)s and leased_until = %(leased_until)s
"""
LOCK = """
select id, segment_id from hidra.contact_imports
where id = %(import_id)s and batches = %(batches)s and status = 'running'
for update skip locked
"""
ADVANCE = """
update hidra.contact_imports
set checkpoint = %(checkpoint)s, batches = batches + 1, attempts = 0, bytes_read = %(bytes_read)s,
    rows_read = rows_read + %(rows)s, created = created + %(created)s, updated = updated + %(updated)s,
    unchanged = unchanged + %(unchanged)s, rejected = rejected + %(rejected)s,
    rejected_by_reason = rejected_by_reason || coalesce((
        select jsonb_object_agg(r.key, r.value::bigint + coalesce((rejected_by_reason ->> r.key)::bigint, 0))
        from jsonb_each_text(%(by_reason)s) r), '{}'),
    warnings = warnings || coalesce((
        select jsonb_agg(given.warning order by given.at)
        from jsonb_array_elements(%(warnings)s) with ordinality given (warning, at)
        where not exists (
            select from jsonb_array_elements(warnings) known where known -> 'code' = given.warning -> 'code'
        )), '[]'),
    last_progress_at = clock_timestamp()
where id = %(import_id)s
"""
FINISH = """
update hidra.contact_imports
set status = case when %(failure_code)s::text is null then 'completed' else 'failed' end, checkpoint = '{}',
    failure_code = %(failure_code)s, failure_reason = %(failure_reason)s, ended_at = clock_timestamp(),
    leased_until = null
where id = %(import_id)s and batches = coalesce(%(batches)s::integer, batches) and status in ('waiting', 'running')
returning true
"""
# Skips an import whose file of rejected rows another slice is making.
LOCK_CANCELED = """
select id, segment_id from hidra.contact_imports
where id = %(import_id)s and status = 'canceled'
  and exists (select from hidra.contact_import_rejects r where r.import_id = %(import_id)s)
for update skip locked
"""
BEGIN_PULL = """
update hidra.contact_imports set pulled_at = clock_timestamp()
where id = %(import_id)s and user_id = %(user_id)s and source = 'evolution' and status = 'waiting' and pulled_at is null
returning true
"""
GIVE_UP = f"""
update hidra.contact_imports
set status = 'failed', ended_at = clock_timestamp(),
    failure_code = case when source = 'evolution' and status = 'waiting' then 'no_answer' else 'no_file' end,
    failure_reason = case when source = 'evolution' and status = 'waiting'
        then %(not_fetched)s::text else %(no_file)s::text end
where id = %(import_id)s and (status = 'running' or {_OVERDUE})
returning true
"""  # noqa: S608 - made of constants
# A slice commits a batch every few seconds: after five minutes without one, the slice or its queue message was lost.
# Setting last_progress_at makes an import stale again after another five minutes. A waiting import is stale once
# GIVE_UP gives it up. An import that was held back is stale once its user may run another slice.
STALE = f"""
update hidra.contact_imports i set last_progress_at = clock_timestamp()
where i.id in (
    select open.id from hidra.contact_imports open
    where open.status = 'running' and open.last_progress_at < now() - interval '5 minutes'
       or {_OVERDUE}
          and coalesce(open.last_progress_at, open.created_at) < now() - interval '5 minutes'
       or open.status in ('waiting', 'running') and open.held_back_at is not null and not {_USER_IS_BUSY}
          and coalesce(open.last_progress_at, open.held_back_at) < now() - interval '1 minute'
    order by open.created_at limit 20
    for update skip locked
)
returning i.id, i.user_id
"""  # noqa: S608 - made of constants


@dataclass(frozen=True)
class RunningImport:
    """An import as a slice finds it. ``batches`` is the token that the next batch is compared with."""

    id: UUID
    user_id: UUID
    segment_id: UUID | None
    format: str
    options: dict[str, Any]
    checkpoint: dict[str, Any]
    batches: int
    attempts: int
    bytes_total: int | None
    rejected: int
    leased_until: datetime


@dataclass(frozen=True)
class LockedImport:
    id: UUID
    segment_id: UUID | None


@dataclass(frozen=True)
class StaleImport:
    id: UUID
    user_id: UUID


def file_version(tx: Tx, *, import_id: UUID) -> str | None:
    """The version of the import's file; None if none has arrived."""
    version: str | None = tx.value(FILE_VERSION, import_id=import_id)
    return version


def accept_file(tx: Tx, *, import_id: UUID, version: str) -> bool:
    """Whether this version is the import's file: the first that arrived, if the import still waited then."""
    known = file_version(tx, import_id=import_id)
    if known is None:
        known = tx.value(ACCEPT, import_id=import_id, version=version)
    return known == version


def begin(tx: Tx, *, import_id: UUID, bytes_total: int | None, version: str | None) -> RunningImport | None:
    """Begins a slice; None if the import has ended, is gone, has another file, another slice holds it, or it is held
    back because its user has as many slices as may run.

    Args:
        version: of its file; None in a bucket without versions.
    """
    tx.run(LOCK_USER_OF, import_id=import_id)
    running = tx.row(RunningImport, BEGIN, import_id=import_id, bytes_total=bytes_total, version=version)
    if running is None:
        tx.run(HOLD_BACK, import_id=import_id)
    return running


def held_back_longest(tx: Tx, *, user_id: UUID) -> UUID | None:
    """The user's import that has waited for a slice to end for the longest time."""
    held_back: UUID | None = tx.value(HELD_BACK_LONGEST, user_id=user_id)
    return held_back


def release(tx: Tx, running: RunningImport, *, counts: bool) -> None:
    """Ends a slice, so that another one can begin.

    Args:
        counts: whether it counts as an attempt.
    """
    tx.run(RELEASE, import_id=running.id, leased_until=running.leased_until, attempts=0 if counts else 1)


def lock(tx: Tx, *, import_id: UUID, batches: int) -> LockedImport | None:
    """Locks the import until the transaction ends; None if another slice holds it or has advanced it, or it ended."""
    return tx.row(LockedImport, LOCK, import_id=import_id, batches=batches)


def advance(
    tx: Tx,
    *,
    import_id: UUID,
    checkpoint: Mapping[str, Any],
    bytes_read: int,
    rows: int,
    created: int,
    updated: int,
    unchanged: int,
    by_reason: Mapping[str, int],
    warnings: Sequence[FileWarning] = (),
) -> None:
    """Notes a committed batch. Of the warnings, those with a code that the import has not yet are kept."""
    tx.run(
        ADVANCE,
        import_id=import_id,
        checkpoint=Jsonb(dict(checkpoint)),
        bytes_read=bytes_read,
        rows=rows,
        created=created,
        updated=updated,
        unchanged=unchanged,
        rejected=sum(by_reason.values()),
        by_reason=Jsonb(dict(by_reason)),
        warnings=Jsonb([each._asdict() for each in warnings]),
    )


def give_up(tx: Tx, *, import_id: UUID) -> bool:
    """Fails an import whose file is gone or never came; False if the file may still come, or the import has ended."""
    given_up = bool(tx.value(GIVE_UP, import_id=import_id, not_fetched=NOT_FETCHED, no_file=NO_FILE))
    segments.delete_unused(tx, import_id=import_id)
    return given_up


def lock_canceled(tx: Tx, *, import_id: UUID) -> LockedImport | None:
    """Locks a canceled import whose rejected rows are not a file yet; None if there are no such rows, or another slice
    holds it."""
    return tx.row(LockedImport, LOCK_CANCELED, import_id=import_id)


def begin_pull(tx: Tx, *, user_id: UUID, import_id: UUID) -> bool:
    """Notes that this import's contacts are being fetched; False if they were before, or it does not wait for them."""
    return bool(tx.value(BEGIN_PULL, user_id=user_id, import_id=import_id))


def finish(tx: Tx, *, import_id: UUID, batches: int | None, failure: tuple[str, str] | None = None) -> bool:
    """Completes the import, or fails it with ``failure`` (code and reason); False if it has ended or was advanced.

    Args:
        batches: where it stands, None for anywhere.
    """
    code, reason = failure or (None, None)
    ended = tx.value(FINISH, import_id=import_id, batches=batches, failure_code=code, failure_reason=reason)
    if ended:
        import_rejects.delete(tx, import_id=import_id)
    if failure is not None:
        segments.delete_unused(tx, import_id=import_id)
    return bool(ended)


def stale(tx: Tx) -> list[StaleImport]:
    """Imports without progress, at most 20, each once in five minutes."""
    return tx.rows(StaleImport, STALE)
