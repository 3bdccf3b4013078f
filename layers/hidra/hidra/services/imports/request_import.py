"""Creating an import, into an existing segment, a new one, or none; and canceling it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

from hidra.domain.campaign import ContactImportSource
from hidra.errors import Field, NotFound, Rejected, Unavailable
from hidra.services.cancel import cancel
from hidra.store import connections, import_slices, imports, segments
from hidra.store.db import Database, Tx
from hidra.store.imports import ImportRow


def request_import(
    db: Database,
    user_id: UUID,
    *,
    segment_id: UUID | None,
    segment_name: str | None,
    format: str,
    options: Mapping[str, Any],
) -> ImportRow:
    """Creates an import that waits for its file.

    Raises:
        Rejected: the user has no such segment.
        Conflict: too many of the user's imports wait or run.
    """
    source = ContactImportSource.API if format == "jsonl" else ContactImportSource.CSV
    return db.as_user(
        user_id, lambda tx: _create(tx, (segment_id, segment_name), source, format=format, options=options)
    )


class Pull(Protocol):
    """Lets the contacts on a connection's Evolution server be fetched as the file of an import.

    Raises:
        Unavailable: the request was not accepted.
    """

    def __call__(self, *, connection_id: UUID, import_id: UUID) -> None: ...


def request_pull(
    db: Database,
    user_id: UUID,
    *,
    segment_id: UUID | None,
    segment_name: str | None,
    options: Mapping[str, Any],
    pull: Pull,
) -> ImportRow:
    """Creates an import that waits for the contacts on the user's Evolution server.

    Raises:
        Rejected: the user has no such segment.
        Conflict: the user has no connection, or too many of the user's imports wait or run.
        Unavailable: ``pull`` failed, and the import has failed with it.
    """

    def work(tx: Tx) -> tuple[UUID, ImportRow]:
        connection_id = connections.require(tx).id
        source = ContactImportSource.EVOLUTION
        return connection_id, _create(tx, (segment_id, segment_name), source, format="jsonl", options=options)

    connection_id, created = db.as_user(user_id, work)
    try:
        pull(connection_id=connection_id, import_id=created.id)
    except Unavailable as error:
        failure = ("unavailable", str(error))
        db.as_user(user_id, lambda tx: import_slices.finish(tx, import_id=created.id, batches=0, failure=failure))
        raise
    return created


def cancel_import(db: Database, user_id: UUID, import_id: UUID, *, nudge: Callable[[], None]) -> ImportRow:
    """Cancels an import: no batch commits after this, and what was committed stays. A second cancel changes nothing.

    Args:
        nudge: queues a slice, which makes the file of the rows rejected so far.

    Raises:
        NotFound: the user has no such import.
        Conflict: it has completed or failed.
        Unavailable: it is canceled, but the slice could not be queued: cancel again.
    """

    def work(tx: Tx) -> ImportRow:
        imports.cancel(tx, import_id=import_id)
        return imports.get(tx, import_id=import_id)

    canceled = cancel(db, user_id, work, name="import", ended="import-ended")
    if canceled.rejected:
        nudge()
    return canceled


def _create(
    tx: Tx,
    segment: tuple[UUID | None, str | None],
    source: ContactImportSource,
    *,
    format: str,
    options: Mapping[str, Any],
) -> ImportRow:
    imports.require_room(tx)
    target, name = segment
    if name is not None:
        target = segments.create(tx, name=name, description=None, source=source).id
    elif target is not None:
        try:
            segments.get(tx, segment_id=target)
        except NotFound:
            raise Rejected(
                "You have no segment with this segment_id. Name one of your segments, or none.",
                code="unknown-segment",
                fields=[Field("segment_id", "is not one of your segments")],
            ) from None
    return imports.create(
        tx,
        segment_id=target,
        source=source,
        format=format,
        options={**options, "segment": target is not None, "segment_name": name},
    )
