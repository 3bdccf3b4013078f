"""Committing one batch of an import: contacts, members, counts, rejected rows and checkpoint in one transaction."""

from collections import Counter
from dataclasses import dataclass, replace
from operator import attrgetter
from uuid import UUID

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from hidra.domain.contact import MAX_ATTRIBUTES
from hidra.domain.imports.checkpoint import Checkpoint
from hidra.domain.imports.rejects import RejectedRow
from hidra.errors import Rejected
from hidra.services.imports.reading import ReadBatch
from hidra.store import contacts, erasure, import_rejects, import_rows, import_slices
from hidra.store.db import Database, Tx
from hidra.store.import_rows import Raced
from hidra.store.import_slices import RunningImport

MAX_REJECTS = 100_000  # rejected rows that one import keeps; further ones are only counted
MAX_RACES = 5  # of one batch, in a row


@dataclass(frozen=True)
class Counts:
    """What a batch's accepted rows did, each taken in its turn."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


def commit_batch(db: Database, running: RunningImport, read: ReadBatch, checkpoint: Checkpoint) -> RunningImport | None:
    """Returns the import as it stands behind the batch; None if another slice holds it or has advanced it, or it ended.

    Raises:
        Rejected: the import's segment was deleted.
        Raced: other transactions saved the same contacts, several times in a row.
    """

    def work(tx: Tx) -> RunningImport | None:
        return _commit(tx, running, read, checkpoint)

    retrying = Retrying(retry=retry_if_exception_type(Raced), stop=stop_after_attempt(MAX_RACES), reraise=True)
    errors = {**contacts.NO_SEGMENT, **import_rows.RACES}
    advanced: RunningImport | None = retrying(db.as_worker, work, errors, pipelined=False)
    return advanced


def _commit(tx: Tx, running: RunningImport, read: ReadBatch, checkpoint: Checkpoint) -> RunningImport | None:
    locked = import_slices.lock(tx, import_id=running.id, batches=running.batches)
    if locked is None:
        return None
    if locked.segment_id is None and running.options["segment"]:
        raise Rejected(
            "The import's segment was deleted. What was imported stays; create a new import.", code="segment_deleted"
        )
    batch = read.batch
    rejects, counts = _write(tx, running, read, locked.segment_id) if batch.entries else (batch.rejects, Counts())
    room = max(0, MAX_REJECTS - running.rejected)
    import_rejects.insert(tx, user_id=running.user_id, import_id=running.id, rejects=rejects[:room])
    import_slices.advance(
        tx,
        import_id=running.id,
        checkpoint=checkpoint.to_json(),
        bytes_read=min(read.position.offset, running.bytes_total or 0),
        rows=batch.rows,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        by_reason=Counter(each.reason for each in rejects),
        warnings=read.warnings,
    )
    return replace(running, batches=running.batches + 1, rejected=running.rejected + len(rejects))


def _write(
    tx: Tx, running: RunningImport, read: ReadBatch, segment_id: UUID | None
) -> tuple[list[RejectedRow], Counts]:
    """Writes the batch's contacts and members. Returns its rejected rows in the file's order, and its counts."""
    # Before any read: else an erasure that commits meanwhile is not seen, and the erased contact is created again.
    erasure.block(tx, user_id=running.user_id)
    reasons = dict.fromkeys(import_rows.stage(tx, user_id=running.user_id, copy_text=read.copy_text), "erased")
    rounds = [
        import_rows.write(
            tx, user_id=running.user_id, segment_id=segment_id, round=number, max_attributes=MAX_ATTRIBUTES
        )
        for number in range(read.batch.rounds)
    ]
    for each in rounds:
        reasons |= dict.fromkeys(each.too_many_attributes, "too_many_attributes")
    entries = read.batch.entries
    rejects = [
        # Nothing of an erased contact is kept, not even the text of the rejected row.
        RejectedRow(line, reason, "" if reason == "erased" else raw)
        for number, reason in reasons.items()
        for line, raw in entries[number].lines
    ]
    accepted = [entry for number, entry in enumerate(entries) if number not in reasons] if reasons else entries
    counts = Counts(
        created=sum(each.created for each in rounds),
        updated=sum(each.updated for each in rounds) + sum(entry.updated for entry in accepted),
        unchanged=sum(each.unchanged for each in rounds) + sum(entry.unchanged for entry in accepted),
    )
    return sorted([*read.batch.rejects, *rejects], key=attrgetter("line")), counts
