"""Exports of lists over HTTP: request, progress, and the link to the file."""

from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from hidra.domain.export import KEPT, OPEN, ExportFormat, ExportKind, ExportStatus, file_key, file_name, status_at
from hidra.domain.message import MessageStatus
from hidra.entry.http import Answer, Body, answers, lambda_handler, resolver
from hidra.entry.paging import NEWEST_FIRST, Cursor, Limit, Page
from hidra.entry.tenant import user_of
from hidra.errors import Conflict, Rejected
from hidra.errors import Field as FieldError
from hidra.gateways import uploads
from hidra.gateways.aws import read_json_secret
from hidra.gateways.queues import nudge_export
from hidra.services.exports import request_export
from hidra.settings import DATABASE_SETTINGS, TENANT_SETTINGS, require
from hidra.store import exports
from hidra.store.db import Database

ENV = require(*DATABASE_SETTINGS, *TENANT_SETTINGS, "EXPORT_BUCKET", "EXPORT_QUEUE_URL")
LINK_SECONDS = 900
db = Database(ENV, read_json_secret)
app = resolver()
handler = lambda_handler(app)
me = user_of(app, lambda: db, ENV)

# Each field that fits only one kind or format.
ONLY_WITH = {
    "campaign_id": ("kind", ExportKind.RECIPIENTS),
    "status": ("kind", ExportKind.RECIPIENTS),
    "segment_id": ("kind", ExportKind.CONTACTS),
    "delimiter": ("format", ExportFormat.CSV),
}


class ExportIn(Body):
    kind: Annotated[
        ExportKind, Field(description="`recipients`: of the campaign `campaign_id`, each with the outcome that counts.")
    ]
    format: Annotated[
        ExportFormat,
        Field(
            description="`csv`: UTF-8 with byte order mark. `jsonl`: a JSON object on each line, as the API shows it."
        ),
    ] = ExportFormat.CSV
    delimiter: Annotated[
        Literal[";", ","], Field(description="Of a CSV. Excel expects `;` where numbers have a decimal comma.")
    ] = ";"
    campaign_id: Annotated[UUID | None, Field(description="Required with kind `recipients`.")] = None
    status: Annotated[MessageStatus | None, Field(description="Only recipients with this status.")] = None
    segment_id: Annotated[UUID | None, Field(description="Only contacts of this segment.")] = None


class Export(Answer):
    id: UUID
    kind: ExportKind
    format: ExportFormat
    delimiter: Annotated[str | None, Field(description="Null with format `jsonl`.")]
    campaign_id: UUID | None
    recipient_status: Annotated[MessageStatus | None, Field(description="The `status` that was requested.")]
    segment_id: UUID | None
    status: Annotated[
        ExportStatus,
        Field(
            description="`erased`: a person was erased after it was requested, so its file was deleted. `expired`: its"
            " file was deleted after a week."
        ),
    ]
    failure_code: str | None
    failure_reason: str | None
    rows: Annotated[int, Field(description="Written so far.")]
    rows_expected: Annotated[int | None, Field(description="The list's length when the export began.")]
    bytes: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    expires_at: Annotated[datetime, Field(description="Until then the file of a completed export can be had.")]


class FileLink(Answer):
    """Download with a GET, without a token, until ``expires_at``; then ask for another link."""

    url: str
    expires_at: datetime


@app.post(
    "/v1/exports",
    summary="Export a list to a file",
    status_code=HTTPStatus.CREATED,
    responses=answers(
        201,
        rejected=["unknown-campaign", "unknown-segment", "too-many-columns", "wrong-fields"],
        conflict=["export-running"],
    ),
)
def create_export(body: ExportIn) -> Export:
    user_id = me()
    reject_fields_that_do_not_fit(body)
    row = request_export.request_export(
        db,
        user_id,
        kind=body.kind,
        format=body.format,
        delimiter=body.delimiter if body.format is ExportFormat.CSV else None,
        campaign_id=body.campaign_id,
        message_status=body.status,
        segment_id=body.segment_id,
        nudge=lambda export_id: nudge_export(ENV["EXPORT_QUEUE_URL"], user_id=user_id, export_id=export_id),
    )
    return shown(row)


@app.get("/v1/exports", summary="List exports, the newest first")
def list_exports(limit: Limit = 50, cursor: Cursor = None) -> Page[Export]:
    after_at, after_id = NEWEST_FIRST.after(cursor)
    rows = db.as_user(me(), lambda tx: exports.page(tx, after_at=after_at, after_id=after_id, limit=limit))
    return NEWEST_FIRST.page_of(rows, limit, shown)


@app.get("/v1/exports/<export_id>", summary="Show an export and its progress")
def get_export(export_id: UUID) -> Export:
    return shown(found(export_id))


@app.post(
    "/v1/exports/<export_id>/cancel",
    summary="Cancel an export; what it has written is deleted",
    responses=answers(conflict=["export-ended"]),
)
def cancel_export(export_id: UUID) -> Export:
    user_id = me()
    nudge = partial(nudge_export, ENV["EXPORT_QUEUE_URL"], user_id=user_id, export_id=export_id)
    return shown(request_export.cancel_export(db, user_id, export_id, nudge=nudge))


@app.get(
    "/v1/exports/<export_id>/file",
    summary="Get a link to the file of an export",
    responses=answers(conflict=["export-not-completed", "export-without-file"]),
)
def get_export_file(export_id: UUID) -> FileLink:
    row, now = found(export_id), datetime.now(UTC)
    status = status_at(row.status, created_at=row.created_at, now=now)
    if status in OPEN:
        raise Conflict(
            f"The export is {status}. Its file is available once it is completed.", code="export-not-completed"
        )
    if status is not ExportStatus.COMPLETED:
        raise Conflict(f"The export is {status} and has no file. Create another export.", code="export-without-file")
    url = uploads.link(
        ENV["EXPORT_BUCKET"],
        file_key(me(), row.id),
        file_name=file_name(row.kind, row.format, row.created_at),
        seconds=LINK_SECONDS,
    )
    return FileLink(url=url, expires_at=now + timedelta(seconds=LINK_SECONDS))


def found(export_id: UUID) -> exports.ExportRow:
    return db.as_user(me(), lambda tx: exports.get(tx, export_id=export_id))


def reject_fields_that_do_not_fit(body: ExportIn) -> None:
    wrong = [
        FieldError(name, f"must be absent unless {other} is {value}")
        for name, (other, value) in ONLY_WITH.items()
        if name in body.model_fields_set and getattr(body, name) is not None and getattr(body, other) is not value
    ]
    if body.kind is ExportKind.RECIPIENTS and body.campaign_id is None:
        wrong.append(FieldError("campaign_id", "is required with kind recipients"))
    if wrong:
        raise Rejected(
            "The fields of the export do not fit together; nothing was created.", code="wrong-fields", fields=wrong
        )


def shown(row: exports.ExportRow) -> Export:
    named = {name: getattr(row, name) for name in Export.model_fields if hasattr(row, name)}
    return Export(
        **named
        | {
            "status": status_at(row.status, created_at=row.created_at, now=datetime.now(UTC)),
            "recipient_status": row.message_status,
            "expires_at": row.created_at + KEPT,
        }
    )
