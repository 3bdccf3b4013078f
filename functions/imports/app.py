"""Imports of contacts over HTTP: from a file that a form uploads, or from the contacts on the Evolution server."""

from dataclasses import asdict
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from hidra.domain.campaign import ContactImportSource
from hidra.domain.imports import files
from hidra.domain.imports.progress import progress
from hidra.entry.fields import Name
from hidra.entry.http import Answer, answers, lambda_handler, resolver
from hidra.entry.import_file import FileIn, Format, ImportConsentIn, ImportWarning
from hidra.entry.import_preview import ImportPreview, ImportPreviewIn
from hidra.entry.paging import NEWEST_FIRST, Cursor, Limit, Page
from hidra.entry.tenant import user_of
from hidra.errors import Conflict, NotFound, Rejected
from hidra.errors import Field as FieldError
from hidra.gateways import connection, uploads
from hidra.gateways.aws import read_json_secret
from hidra.gateways.queues import nudge_import
from hidra.services.imports import rejects_file, request_import
from hidra.services.imports.preview import preview
from hidra.settings import DATABASE_SETTINGS, TENANT_SETTINGS, require
from hidra.store import import_rejects, imports
from hidra.store.db import Database

ENV = require(*DATABASE_SETTINGS, *TENANT_SETTINGS, "IMPORT_BUCKET", "IMPORT_QUEUE_URL", "CONNECTION_CHECK_FUNCTION")
FORM_SECONDS, LINK_SECONDS = 3600, 600
db = Database(ENV, read_json_secret)
app = resolver()
handler = lambda_handler(app)
me = user_of(app, lambda: db, ENV)

Examples = Annotated[int, Query(ge=0, le=10, description="How many rejected rows of each reason to show.")]
Source = Literal["file", "evolution"]
AS_REQUESTED = ("mapping", "country", "delimiter", "encoding", "old_numbers", "consent")
ONLY_OF_A_FILE = ("format", "mapping", "delimiter", "encoding", "old_numbers")


class ImportIn(FileIn):
    """The contacts become members of an existing segment or of a new one with a name; with neither, of none."""

    source: Annotated[
        Source,
        Field(
            description="`file`: a file that you upload. `evolution`: the contacts on the Evolution server of your "
            "connection; nothing is uploaded, and `format`, `mapping`, `delimiter`, `encoding` and `old_numbers` must "
            "be absent."
        ),
    ] = "file"
    segment_id: UUID | None = None
    segment_name: Name | None = None


class Upload(Answer):
    """Upload with a POST of multipart/form-data to `url`: these `fields` first, then the file as `file`.

    The first file that arrives is imported. Further uploads with the same form are deleted unread.
    """

    url: str
    fields: dict[str, str]
    expires_in_seconds: int
    max_bytes: int


class Import(Answer):
    """``rows_read`` = ``created`` + ``updated`` + ``unchanged`` + ``rejected``, at any time."""

    id: UUID
    segment_id: Annotated[
        UUID | None,
        Field(
            description="Null if none was requested, or if it was deleted. A segment that was made for this import is "
            "deleted if the import fails or is canceled before it imports a contact, and nothing else uses the segment."
        ),
    ]
    segment_name: Annotated[str | None, Field(description="As requested: the name of a segment made for this import.")]
    source: Source
    format: Annotated[
        Format | None, Field(description="Null, like the next fields of a file, with source `evolution`.")
    ]
    mapping: dict[str, str | None] | None
    delimiter: str | None
    encoding: str | None
    old_numbers: bool | None
    country: str
    consent: Annotated[ImportConsentIn | None, Field(description="As requested.")]
    status: Annotated[str, Field(description="`waiting` for its file, `running`, `completed`, `failed` or `canceled`.")]
    failure_code: str | None
    failure_reason: str | None
    bytes_total: int | None
    bytes_read: int
    rows_read: int
    created: int
    updated: int
    unchanged: Annotated[int, Field(description="Rows that changed nothing in their contact, as repeated ones do.")]
    rejected: int
    rejected_by_reason: dict[str, int]
    warnings: list[ImportWarning]
    rows_per_second: float | None
    remaining_seconds: Annotated[int | None, Field(description="An estimate, while it runs.")]
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class ImportRequested(Answer):
    contact_import: Import
    upload: Annotated[Upload | None, Field(description="Null with source `evolution`.")]


class RejectedRow(Answer):
    """A rejected row: the number of its first line in the file, and the first 1,000 characters of its text."""

    line: int
    reason: str
    row: str


class RejectsLink(Answer):
    """A CSV file: ``line``, ``reason``, ``row``."""

    url: str
    expires_in_seconds: int
    examples: Annotated[
        list[RejectedRow],
        Field(description="The first rows of each reason among the first 256 KiB of the file, if they were asked for."),
    ]


@app.post(
    "/v1/imports",
    summary="Create an import; the answer says where to upload the file, if the source is a file",
    status_code=HTTPStatus.CREATED,
    responses=answers(
        201, rejected=["unknown-segment", "one-segment", "no-file"], conflict=["no-connection", "too-many-imports"]
    ),
)
def create_import(body: ImportIn) -> ImportRequested:
    user_id = me()
    if body.segment_id is not None and body.segment_name is not None:
        wrong = FieldError("segment_name", "must be absent with segment_id")
        raise Rejected(
            "The import names two segments. Send segment_id or segment_name, not both.",
            code="one-segment",
            fields=[wrong],
        )
    options = body.options()
    if body.source == "evolution":
        reject_fields_of_a_file(body)
        row = request_import.request_pull(
            db,
            user_id,
            segment_id=body.segment_id,
            segment_name=body.segment_name,
            options=options,
            pull=partial(connection.pull_contacts, ENV["CONNECTION_CHECK_FUNCTION"]),
        )
        return ImportRequested(contact_import=shown(row), upload=None)
    row = request_import.request_import(
        db,
        user_id,
        segment_id=body.segment_id,
        segment_name=body.segment_name,
        format=body.format,
        options=options,
    )
    form = uploads.form(
        ENV["IMPORT_BUCKET"],
        files.contacts_key(user_id, row.id),
        content_type=files.CONTENT_TYPES[body.format],
        seconds=FORM_SECONDS,
    )
    upload = Upload(url=form.url, fields=form.fields, expires_in_seconds=FORM_SECONDS, max_bytes=uploads.MAX_BYTES)
    return ImportRequested(contact_import=shown(row), upload=upload)


@app.post("/v1/imports/preview", summary="Show how an import would read a file; it changes nothing")
def preview_import(body: ImportPreviewIn) -> ImportPreview:
    me()
    content, whole = body.read()
    found = preview(content, whole=whole, format=body.format, options=body.options())
    code, reason = found.failure or (None, None)
    return ImportPreview.model_validate(
        {**asdict(found), "warnings": [each._asdict() for each in found.warnings]}
        | {"failure_code": code, "failure_reason": reason}
    )


@app.get("/v1/imports", summary="List imports, the newest first")
def list_imports(limit: Limit = 50, cursor: Cursor = None) -> Page[Import]:
    after_at, after_id = NEWEST_FIRST.after(cursor)
    rows = db.as_user(me(), lambda tx: imports.page(tx, after_at=after_at, after_id=after_id, limit=limit))
    return NEWEST_FIRST.page_of(rows, limit, shown)


@app.get("/v1/imports/<import_id>", summary="Show an import and its progress")
def get_import(import_id: UUID) -> Import:
    return shown(found(import_id))


@app.post(
    "/v1/imports/<import_id>/cancel",
    summary="Cancel an import; what it has imported stays",
    responses=answers(conflict=["import-ended"]),
)
def cancel_import(import_id: UUID) -> Import:
    user_id = me()
    nudge = partial(nudge_import, ENV["IMPORT_QUEUE_URL"], user_id=user_id, import_id=import_id)
    return shown(request_import.cancel_import(db, user_id, import_id, nudge=nudge))


@app.get(
    "/v1/imports/<import_id>/rejects",
    summary="Get a link to the rejected rows",
    responses=answers(not_found=["no-rejects"], conflict=["import-not-completed"]),
)
def get_rejects(import_id: UUID, examples: Examples = 0) -> RejectsLink:
    row = found(import_id)
    if row.status not in ("completed", "canceled"):
        raise Conflict(
            f"The import is {row.status}. Its rejected rows are available once it is completed or canceled.",
            code="import-not-completed",
        )
    if not row.rejected:
        raise NotFound("The import rejected no row.", code="no-rejects")
    user_id = me()
    if row.status == "canceled" and db.as_user(user_id, lambda tx: import_rejects.exist(tx, import_id=import_id)):
        raise Conflict(
            "The import is canceled, and the file of its rejected rows is being made. Try again in a few seconds.",
            code="import-not-completed",
        )
    bucket, key = ENV["IMPORT_BUCKET"], files.rejects_key(user_id, row.id)
    url = uploads.link(bucket, key, file_name=f"rejects-{row.id}.csv", seconds=LINK_SECONDS)
    rows = rejects_file.examples(partial(uploads.beginning, bucket, key), examples) if examples else []
    return RejectsLink(
        url=url, expires_in_seconds=LINK_SECONDS, examples=[RejectedRow(**each._asdict()) for each in rows]
    )


def found(import_id: UUID) -> imports.ImportRow:
    return db.as_user(me(), lambda tx: imports.get(tx, import_id=import_id))


def reject_fields_of_a_file(body: ImportIn) -> None:
    wrong = [
        FieldError(name, "must be absent with source evolution")
        for name in ONLY_OF_A_FILE
        if name in body.model_fields_set
    ]
    if wrong:
        raise Rejected(
            "An import with source evolution has no file. Leave out the fields that describe one.",
            code="no-file",
            fields=wrong,
        )


def shown(row: imports.ImportRow) -> Import:
    moving = progress(
        rows=row.rows_read,
        bytes_read=row.bytes_read,
        bytes_total=row.bytes_total,
        started_at=row.started_at,
        last_progress_at=row.last_progress_at,
    )
    defaults = {name: ImportIn.model_fields[name].get_default(call_default_factory=True) for name in AS_REQUESTED}
    requested = {"format": row.format, "segment_name": None, **defaults, **row.options}
    of_a_file = row.source is not ContactImportSource.EVOLUTION
    return Import(
        **{
            name: getattr(row, name) for name in Import.model_fields.keys() - {"source", "format"} if hasattr(row, name)
        },
        source="file" if of_a_file else "evolution",
        **{name: requested[name] if of_a_file else None for name in ONLY_OF_A_FILE},
        country=requested["country"],
        consent=requested["consent"],
        segment_name=requested["segment_name"],  # not in the options of imports before 0015
        rows_per_second=moving.rows_per_second,
        remaining_seconds=moving.remaining_seconds if row.status == "running" else None,
    )
