"""What an import did not read as it was written, for the user: the import continues."""

from typing import NamedTuple


class FileWarning(NamedTuple):
    """An import keeps one of each ``code``; ``message`` says what happened and what to do."""

    code: str
    message: str


def listed(names: list[str], most: int = 20) -> str:
    """The names for a message, as in "'A', 'B' and 3 more"."""
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
