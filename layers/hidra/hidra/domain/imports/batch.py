"""Rows of a file that become one transaction: each phone once, and what each row alone would have done still counted.

A row is counted by what it does when rows are taken one by one: it creates a contact, changes one, or changes nothing.
So the counts are the same wherever a file is cut into batches. Of rows with one phone in a batch the later ones are
judged here against those before them. A row that says something of which those before it said nothing only the database
can judge: it goes into a further round, written after the round before. Each round takes a new fact about the same
phone, so there are at most as many as a contact has fields.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from json import JSONEncoder

from hidra.domain.imports.row import ContactRow

_to_json = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Entry:
    """One phone's write in one round: ``row`` is what it leads to, ``first`` what decides how its first row counts."""

    row: ContactRow
    phone_hash: bytes
    round: int
    lines: list[tuple[int, str]]  # number and text of each row in it
    first: ContactRow | None = None  # if it differs from row
    updated: int = 0  # of its further rows
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Reject:
    line: int
    reason: str
    row: str


@dataclass(slots=True)
class Batch:
    """Rows as they come: ``reject`` and ``add`` them one by one."""

    phone_hash: Callable[[str], bytes]
    rows: int = 0
    entries: list[Entry] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    _latest: dict[str, Entry] = field(default_factory=dict)

    def reject(self, line: int, reason: str, row: str) -> None:
        self.rows += 1
        self.rejects.append(Reject(line, reason, row.replace("\0", "\ufffd")))  # PostgreSQL's text cannot hold NUL

    def add(self, line: int, raw: str, row: ContactRow) -> None:
        self.rows += 1
        known = self._latest.get(row.phone)
        if known is None:
            self._put(Entry(row, self.phone_hash(row.phone), 0, [(line, raw)]))
            return
        joined = row._replace(
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

    def copied(self) -> bytes:
        """The entries in PostgreSQL's COPY text: number, round, phone, hash, name, attributes, consent, and the last
        three once more of the first row if they differ. Sorted by phone: the index over it grows page by page."""
        return "".join(self._lines()).encode()

    def _lines(self) -> Iterator[str]:
        for number, entry in sorted(enumerate(self.entries), key=lambda each: each[1].row.phone):
            row = entry.row
            first = "\\N\t\\N\t\\N" if entry.first is None else _fields(entry.first)
            yield f"{number}\t{entry.round}\t{row.phone}\t\\\\x{entry.phone_hash.hex()}\t{_fields(row)}\t{first}\n"

    def _put(self, entry: Entry) -> None:
        self._latest[entry.row.phone] = entry
        self.entries.append(entry)


def _changes(known: ContactRow, row: ContactRow) -> bool | None:
    """Whether the row changes a contact of which ``known`` was just written; None if that depends on what was there."""
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
    attributes = _escaped(_to_json(row.attributes)) if row.attributes else "{}"
    consent = "\\N" if row.consent is None else _escaped(_to_json(row.consent))
    return f"{name}\t{attributes}\t{consent}"


def _escaped(text: str) -> str:
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if not text.isprintable():
        text = text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text
