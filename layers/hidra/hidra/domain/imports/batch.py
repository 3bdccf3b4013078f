"""Rows of a file that become one transaction: each phone is written once, and each row is counted by itself.

A row counts as what it does when rows are taken one by one: it creates a contact, changes one, or changes nothing. So
the counts are the same wherever a file is cut into batches. Rows of one subscriber in a batch:

- A later row with no new fact is judged here, against the earlier rows.
- A later row with a fact that the earlier rows do not have can be judged by the database only. It goes into a further
  round, which is written after the round before. Each round adds a fact about the phone, so there are at most as many
  rounds as a contact has fields.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from json import JSONEncoder
from json.encoder import encode_basestring as _quoted
from typing import Any

from hidra.domain.imports.rejects import RejectedRow
from hidra.domain.imports.row import ContactRow
from hidra.domain.phone import subscriber
from hidra.domain.text import replaced

_to_json = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Entry:
    """One subscriber's write in one round.

    ``row`` is its rows joined, and is written; ``first`` is the first of them, and decides how that one counts.
    """

    row: ContactRow
    phone_hash: bytes
    round: int
    lines: list[tuple[int, str]]  # line number and text of each of its rows
    first: ContactRow | None = None  # if it differs from row
    updated: int = 0  # of its rows behind the first
    unchanged: int = 0  # of its rows behind the first


@dataclass(slots=True)
class Batch:
    """Built row by row, in the file's order, with ``add`` and ``reject``."""

    phone_hash: Callable[[str], bytes]
    rows: int = 0
    entries: list[Entry] = field(default_factory=list)
    rejects: list[RejectedRow] = field(default_factory=list)
    _latest: dict[str, Entry] = field(default_factory=dict)  # by subscriber

    def reject(self, line: int, reason: str, row: str) -> None:
        self.rows += 1
        self.rejects.append(RejectedRow(line, reason, replaced(row)))

    def add(self, line: int, raw: str, row: ContactRow) -> None:
        self.rows += 1
        known = self._latest.get(subscriber(row.phone))
        if known is None:
            self._put(Entry(row, self.phone_hash(row.phone), 0, [(line, raw)]))
            return
        joined = row._replace(
            phone=known.row.phone,
            name=row.name or known.row.name,
            attributes={**known.row.attributes, **row.attributes},
            consent=row.consent or known.row.consent,
        )
        changes = _changes(known.row, row)
        if changes is None:
            self._put(Entry(joined, known.phone_hash, known.round + 1, [(line, raw)]))
            return
        known.lines.append((line, raw))
        if changes:
            known.updated += 1
            known.first = known.first or known.row
            known.row = joined
        else:
            known.unchanged += 1

    @property
    def rounds(self) -> int:
        return max((entry.round for entry in self.entries), default=-1) + 1

    def copy_text(self) -> bytes:
        """The entries in PostgreSQL's COPY text, as ``store.import_rows.stage`` takes it.

        Columns: number, round, phone, hash, name, attributes, consent, and the last three of the first row if they
        differ. Sorted by phone, so that the index over phones grows page by page.
        """
        return "".join(self._lines()).encode()

    def _lines(self) -> Iterator[str]:
        for number, entry in sorted(enumerate(self.entries), key=lambda each: each[1].row.phone):
            row = entry.row
            first = "\\N\t\\N\t\\N" if entry.first is None else _fields(entry.first)
            yield f"{number}\t{entry.round}\t{row.phone}\t\\\\x{entry.phone_hash.hex()}\t{_fields(row)}\t{first}\n"

    def _put(self, entry: Entry) -> None:
        self._latest[subscriber(entry.row.phone)] = entry
        self.entries.append(entry)


def _changes(known: ContactRow, row: ContactRow) -> bool | None:
    """Whether the row changes a contact that ``known`` was just written to; None if that depends on the contact."""
    unknown = (row.name is not None and known.name is None) or (row.consent is not None and known.consent is None)
    if (row.name and known.name and row.name != known.name) or (
        row.consent and known.consent and row.consent != known.consent
    ):
        return True
    for key, value in row.attributes.items():
        if key not in known.attributes:
            unknown = True
        elif known.attributes[key] != value or isinstance(known.attributes[key], bool) != isinstance(value, bool):
            return True
    return None if unknown else False


def _fields(row: ContactRow) -> str:
    name = "\\N" if row.name is None else _escaped(row.name)
    attributes = _escaped(_object(row.attributes)) if row.attributes else "{}"
    consent = "\\N" if row.consent is None else _escaped(_object(row.consent))
    return f"{name}\t{attributes}\t{consent}"


def _object(values: Mapping[str, Any]) -> str:
    """The values as JSON, several times faster than the encoder, which makes another one for each call."""
    items = [
        f"{_quoted(key)}:{_quoted(value) if isinstance(value, str) else _to_json(value)}"
        for key, value in values.items()
    ]
    return f"{{{','.join(items)}}}"


def _escaped(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if not text.isprintable():
        text = text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
