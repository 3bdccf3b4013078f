"""The files of an import in the bucket: the file of contacts, and the file of rejected rows."""

from uuid import UUID

from hidra.errors import Rejected

CONTENT_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}
REJECTS_CONTENT_TYPE = "text/csv; charset=utf-8"

# The reasons of an import that never got its file.
NO_FILE = "No file was uploaded, or it is gone. Create a new import and upload the file."
NOT_FETCHED = "The Evolution server's contacts were not fetched in time. Create a new import."


def replaced() -> Rejected:
    """Returns the failure of an import whose file is not the one that it began to read."""
    return Rejected(
        "The file was replaced while it was imported. What was imported stays; create a new import.",
        code="file_replaced",
    )


def contacts_key(user_id: UUID, import_id: UUID) -> str:
    return f"imports/{user_id}/{import_id}"


def rejects_key(user_id: UUID, import_id: UUID) -> str:
    return f"rejects/{user_id}/{import_id}.csv"


def ids_of(contacts_key: str) -> tuple[UUID, UUID]:
    """The user and the import that a file of contacts belongs to.

    Raises:
        ValueError: the key is not one of a file of contacts.
    """
    _, user_id, import_id = contacts_key.split("/")
    return UUID(user_id), UUID(import_id)
