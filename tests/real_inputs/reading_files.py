"""Files as people send them, imported into a real database."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.conftest import Databases
from tests.store.importing import Importing, contacts


@dataclass(frozen=True)
class Imported:
    """What an import made of a file: its row, its contacts by phone, and the rejected rows by line."""

    row: dict[str, Any]
    contacts: dict[str, tuple[Any, ...]]
    rejected: list[tuple[int, str]]

    @property
    def names(self) -> dict[str, str | None]:
        return {phone: found[0] for phone, found in self.contacts.items()}

    @property
    def warnings(self) -> list[str]:
        return [each["code"] for each in self.row["warnings"]]

    def attributes(self, phone: str) -> dict[str, Any]:
        found: dict[str, Any] = self.contacts[phone][1]
        return found


def imported(databases: Databases, user: UUID, content: str | bytes, **options: Any) -> Imported:
    """Imports the file and asserts that it completes."""
    this = Importing.make(databases, user, content.encode() if isinstance(content, str) else content, **options)
    row = this.finish()
    assert row["status"] == "completed", row["failure_reason"]
    return Imported(row, contacts(databases, user), this.rejected())


def failure(databases: Databases, user: UUID, content: str | bytes, **options: Any) -> tuple[str, str]:
    """Imports the file, asserts that it fails and imports nobody; returns the code and the reason."""
    this = Importing.make(databases, user, content.encode() if isinstance(content, str) else content, **options)
    row = this.finish()
    assert row["status"] == "failed"
    assert contacts(databases, user) == {}
    return row["failure_code"], row["failure_reason"]
