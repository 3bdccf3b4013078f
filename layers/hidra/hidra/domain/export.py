"""An export: which list, in which format, its file in the bucket, and how long the file can be had."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

KEPT = timedelta(days=7)  # S3 deletes the file after that (template.yaml, LifecycleConfiguration)
MAX_COLUMNS = 200  # of a CSV: as many as an import accepts
# A CSV of contacts begins with these, and an import recognizes it by them; behind them come the attributes.
CONTACT_COLUMNS = (
    "id", "phone", "name", "consent.basis", "consent.source", "consent.at", "not_on_whatsapp_at",
    "created_at", "updated_at",
)  # fmt: skip
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


class ExportKind(StrEnum):
    RECIPIENTS = "recipients"
    CONTACTS = "contacts"
    OPT_OUTS = "opt_outs"


class ExportFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


class ExportStatus(StrEnum):
    """``expired`` is never stored: a completed export is that once its file is gone."""

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    ERASED = "erased"
    EXPIRED = "expired"


OPEN = (ExportStatus.WAITING, ExportStatus.RUNNING)


def status_at(stored: ExportStatus, *, created_at: datetime, now: datetime) -> ExportStatus:
    """The status as the user sees it."""
    if stored is ExportStatus.COMPLETED and now >= created_at + KEPT:
        return ExportStatus.EXPIRED
    return stored


def file_key(user_id: UUID, export_id: UUID) -> str:
    return f"exports/{user_id}/{export_id}"


def file_name(kind: ExportKind, format: ExportFormat, created_at: datetime) -> str:
    """The name that a browser saves the file under."""
    return f"{kind.value.replace('_', '-')}-{created_at:%Y-%m-%d-%H%M}.{format.value}"
