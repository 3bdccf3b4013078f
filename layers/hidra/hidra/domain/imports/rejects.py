"""Rows of a file that the import rejects, as they are kept and shown."""

from typing import NamedTuple

MAX_RAW = 1_000  # characters of a rejected row that are kept


class RejectedRow(NamedTuple):
    """``line`` is the number of the row's first line in the file, ``row`` the beginning of its text."""

    line: int
    reason: str
    row: str


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet runs as a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    return f"'{text}" if _runs(text) else text


def as_it_was(cell: str) -> str:
    """The text that ``harmless`` made this cell of. One that began with an apostrophe before a formula loses it."""
    return cell[1:] if cell.startswith("'") and _runs(cell[1:]) else cell


def _runs(text: str) -> bool:
    return text.lstrip(' "')[:1] in tuple("=+-@\t\r")
