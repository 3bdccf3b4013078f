"""The text of an export's file: rows of a list as lines of CSV or JSON, under the names that the API uses."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hidra.domain.export import CONTACT_COLUMNS, ExportFormat, ExportKind
from hidra.domain.formula import guarded
from hidra.store.contacts import Contact
from hidra.store.exports import RunningExport
from hidra.store.opt_outs import OptOutRow
from hidra.store.recipients import Recipient

BOM = b"\xef\xbb\xbf"  # by which Excel knows UTF-8
RECIPIENT_COLUMNS = tuple(Recipient.__dataclass_fields__)
OPT_OUT_COLUMNS = ("phone", "at", "reason", "source")

type ListRow = Contact | Recipient | OptOutRow


def head(export: RunningExport) -> bytes:
    """The beginning of the file: byte order mark and names of columns of a CSV, nothing of JSON Lines."""
    if export.format is ExportFormat.JSONL:
        return b""
    columns: Sequence[str] = {
        ExportKind.RECIPIENTS: RECIPIENT_COLUMNS,
        ExportKind.CONTACTS: (*CONTACT_COLUMNS, *map(guarded, export.attribute_names)),
        ExportKind.OPT_OUTS: OPT_OUT_COLUMNS,
    }[export.kind]
    return BOM + _csv([columns], export.delimiter or ";")


def lines(export: RunningExport, rows: Sequence[ListRow]) -> bytes:
    """The rows as lines of the file."""
    if export.format is ExportFormat.JSONL:
        made = [json.dumps(_object(row), ensure_ascii=False, default=_text) for row in rows]
        return "".join(f"{line}\n" for line in made).encode()
    cells = _cells_of(export)
    return _csv([cells(row) for row in rows], export.delimiter or ";")


def _csv(rows: Sequence[Sequence[Any]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _cells_of(export: RunningExport) -> Callable[[Any], Sequence[Any]]:
    """What the cells of a row are. A phone stays as it is: a spreadsheet reads + and digits as a number."""
    names = export.attribute_names

    def of_contact(row: Contact) -> Sequence[Any]:
        consent = row.consent
        given = (consent.basis, consent.source, consent.at) if consent else (None, None, None)
        times = (row.not_on_whatsapp_at, row.created_at, row.updated_at)
        values = (row.name, *given, *times, *map(row.attributes.get, names))
        return [str(row.id), row.phone, *map(_cell, values)]

    def of_recipient(row: Recipient) -> Sequence[Any]:
        return [row.phone if name == "phone" else _cell(getattr(row, name)) for name in RECIPIENT_COLUMNS]

    def of_opt_out(row: OptOutRow) -> Sequence[Any]:
        return [row.phone, _cell(row.at), _cell(row.reason), row.source]

    of_kind: dict[ExportKind, Callable[[Any], Sequence[Any]]] = {
        ExportKind.CONTACTS: of_contact,
        ExportKind.RECIPIENTS: of_recipient,
        ExportKind.OPT_OUTS: of_opt_out,
    }
    return of_kind[export.kind]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return guarded(value)
    if value is None:
        return ""
    if isinstance(value, bool | int | float):  # a negative number is no formula
        return json.dumps(value)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value))


def _object(row: ListRow) -> dict[str, Any]:
    if isinstance(row, OptOutRow):
        return {name: getattr(row, name) for name in OPT_OUT_COLUMNS}
    if isinstance(row, Recipient):
        return {name: getattr(row, name) for name in RECIPIENT_COLUMNS}
    return {**vars(row), "consent": vars(row.consent) if row.consent else None}
