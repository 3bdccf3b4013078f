"""Creating an export, and canceling it."""

from collections.abc import Callable
from uuid import UUID

from hidra.domain.export import CONTACT_COLUMNS, MAX_COLUMNS, ExportFormat, ExportKind
from hidra.domain.message import MessageStatus
from hidra.errors import Field, NotFound, Rejected
from hidra.services.cancel import cancel
from hidra.store import campaigns, exports, segments
from hidra.store.db import Database, Tx
from hidra.store.exports import ONE_OF_A_KIND, ExportRow


def request_export(
    db: Database,
    user_id: UUID,
    *,
    kind: ExportKind,
    format: ExportFormat,
    delimiter: str | None,
    campaign_id: UUID | None,
    message_status: MessageStatus | None,
    segment_id: UUID | None,
    nudge: Callable[[UUID], None],
) -> ExportRow:
    """Creates an export, and asks for its first slice by ``nudge``.

    Raises:
        Rejected: the user has no such campaign or segment, or a CSV would have too many columns.
        Conflict: another of the user's exports of this kind waits or runs.
    """

    def work(tx: Tx) -> ExportRow:
        _require(tx, campaign_id, segment_id)
        names = _attribute_names(tx) if kind is ExportKind.CONTACTS and format is ExportFormat.CSV else []
        return exports.create(
            tx,
            kind=kind,
            format=format,
            delimiter=delimiter,
            campaign_id=campaign_id,
            message_status=message_status,
            segment_id=segment_id,
            attribute_names=names,
        )

    created = db.as_user(user_id, work, ONE_OF_A_KIND)
    nudge(created.id)
    return created


def cancel_export(db: Database, user_id: UUID, export_id: UUID, *, nudge: Callable[[], None]) -> ExportRow:
    """Cancels an export, and has its stored parts deleted by ``nudge``. A second cancel changes nothing.

    Raises:
        NotFound: the user has no such export.
        Conflict: it has ended otherwise.
    """

    def work(tx: Tx) -> ExportRow:
        exports.cancel(tx, export_id=export_id)
        return exports.get(tx, export_id=export_id)

    canceled = cancel(db, user_id, work, name="export", ended="export-ended")
    nudge()
    return canceled


def _require(tx: Tx, campaign_id: UUID | None, segment_id: UUID | None) -> None:
    try:
        if campaign_id is not None:
            campaigns.get(tx, campaign_id=campaign_id)
        if segment_id is not None:
            segments.get(tx, segment_id=segment_id)
    except NotFound:
        name = "segment" if segment_id is not None else "campaign"
        raise Rejected(
            f"There is no {name} with this id; nothing was created. Use the id of one of your {name}s.",
            code=f"unknown-{name}",
            fields=[Field(f"{name}_id", f"is not one of your {name}s")],
        ) from None


def _attribute_names(tx: Tx) -> list[str]:
    most = MAX_COLUMNS - len(CONTACT_COLUMNS)
    names = exports.attribute_names(tx, limit=most + 1)
    if len(names) > most:
        raise Rejected(
            f"Your contacts have more than {most} different attributes, and a CSV at most {MAX_COLUMNS} columns;"
            " nothing was created. Export them with format jsonl.",
            code="too-many-columns",
            fields=[Field("format", "must be jsonl")],
        )
    return names
