"""A CSV of recipients: a column of phones, a column of names, and further columns for templates."""

import csv
from pathlib import Path
from typing import Any

from hidra.domain.phone import parse
from local.processes import LocalError

SHIPPED = Path(__file__).parent / "recipients.csv"
PHONE_COLUMNS = ("phone", "telefone", "celular", "whatsapp", "number", "numero")
NAME_COLUMNS = ("name", "nome")


type Contact = dict[str, Any]


def read(path: Path) -> list[Contact]:
    """The contacts of the file, as POST /v1/contacts takes them.

    Raises:
        LocalError: the file cannot be read, has no column of phones, or an invalid phone.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            lines, rows = [], []
            for row in reader:
                lines.append(reader.line_num)
                rows.append(row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LocalError(f"{path} cannot be read: {error}") from error
    columns = list(rows[0]) if rows else []
    phone = next((column for column in columns if column.strip().lower() in PHONE_COLUMNS), None)
    if phone is None:
        raise LocalError(
            f"{path} has no recipients or no column of phones. Its first line needs one of {', '.join(PHONE_COLUMNS)}."
        )
    wrong = [line for line, row in zip(lines, rows, strict=True) if not parse(row[phone] or "")]
    if wrong:
        named = ", ".join(map(str, wrong[:10])) + (" and more" if len(wrong) > 10 else "")
        raise LocalError(f"{path} has no valid phone in line {named}. Correct or remove these lines.")
    name = next((column for column in columns if column.strip().lower() in NAME_COLUMNS), None)
    return [
        {
            "phone": row[phone],
            **({"name": row[name]} if name and row[name] else {}),
            "attributes": {
                column.strip(): value
                for column, value in row.items()
                if column and value and column not in (phone, name)
            },
        }
        for row in rows
    ]
