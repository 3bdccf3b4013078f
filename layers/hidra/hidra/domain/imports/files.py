"""The files of an import in the bucket: the file of contacts, and the file of rejected rows."""

from uuid import UUID

CONTENT_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}
REJECTS_CONTENT_TYPE = "text/csv; charset=utf-8"


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
