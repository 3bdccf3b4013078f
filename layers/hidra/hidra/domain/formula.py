"""Cells of a CSV that a spreadsheet would run as a formula (https://owasp.org/www-community/attacks/CSV_Injection).

An apostrophe before such a text makes it a text. Reading takes the apostrophe away again, so that a list that is
exported and imported stays as it was.
"""

# The signs that a formula begins with, in both widths, and white space that a spreadsheet skips before them.
_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BEFORE = " '"


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    return f"'{text}" if text.lstrip(_BEFORE).startswith(_SIGNS) else text


def unguarded(cell: str) -> str:
    """The text of a cell that ``guarded`` made."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip(_BEFORE).startswith(_SIGNS) else cell
