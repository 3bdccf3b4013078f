"""Imports, slice by slice, and a simple reference that takes a file's rows one by one."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID, uuid4

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from hidra.services.imports.reading import File
from hidra.services.imports.run_slice import run_slice
from hidra.store.db import Database
from tests.conftest import Databases

OPTIONS = {"mapping": {}, "country": "BR", "encoding": "detect", "delimiter": "detect"}


class Killed(Exception):
    """The process was killed at this point."""


@dataclass
class Importing:
    """One import of one user; ``rejects`` is the file made at its end."""

    databases: Databases
    user_id: UUID
    segment_id: UUID | None
    content: bytes
    id: UUID = field(default_factory=uuid4)
    etag: str = "one"
    piece: int = 4096
    rejects: bytes | None = None
    queued_next: bool = False  # the last slice has queued another one
    queued_others: list[UUID] = field(default_factory=list)  # of the same user, by any slice

    @classmethod
    def make(
        cls, databases: Databases, user_id: UUID, content: bytes, *, segment_id: UUID | None = None, format: str = "csv",
        piece: int = 4096, **options: Any,
    ) -> "Importing":  # fmt: skip
        new = cls(databases, user_id, segment_id, content, piece=piece)
        databases.owner.execute(
            "insert into hidra.contact_imports (id, user_id, segment_id, source, format, options)"
            " values (%s, %s, %s, 'csv', %s, %s)",
            [new.id, user_id, segment_id, format, Jsonb({**OPTIONS, "segment": segment_id is not None, **options})],
        )
        return new

    def file(self) -> File | None:
        def read(offset: int, until: int | None) -> Iterator[bytes]:
            end = len(self.content) if until is None else min(until, len(self.content))
            for at in range(offset, end, self.piece):
                yield self.content[at : min(at + self.piece, end)]

        return File(len(self.content), self.etag, read)

    def slice(
        self, *, batches: int = 1_000_000, batch_rows: int = 20_000, db: Database | None = None,
        between: Callable[[], object] = lambda: None, put: Callable[[IO[bytes]], None] | None = None,
    ) -> None:  # fmt: skip
        """One slice that has time for so many batches; ``between`` is called before each of them commits, but the last."""
        left = iter(range(batches - 1))
        self.queued_next = False

        def queue_next() -> None:
            self.queued_next = True

        def keep(made: IO[bytes]) -> None:
            self.rejects = made.read()

        def time_is_over() -> bool:
            between()
            return next(left, None) is None

        try:
            run_slice(
                self.id,
                db=db or self.databases.jobs,
                find=self.file,
                put=put or keep,
                queue_next=queue_next,
                secret=b"test",
                time_is_over=time_is_over,
                batch_rows=batch_rows,
                queue_other=self.queued_others.append,
            )
        except Exception:
            self.lease_runs_out()
            raise

    def lease_runs_out(self) -> None:
        """The time passes after which a killed slice no longer holds the import."""
        self.databases.owner.execute(
            "update hidra.contact_imports set leased_until = now() where id = %s and leased_until > now()", [self.id]
        )

    def finish(self, **how: Any) -> dict[str, Any]:
        for _ in range(10_000):
            self.slice(**how)
            if self.row()["status"] not in ("waiting", "running"):
                return self.row()
        raise AssertionError("the import never ends")

    def row(self) -> dict[str, Any]:
        return one(self.databases, "select * from hidra.contact_imports where id = %s", self.id)

    def counts(self) -> dict[str, int]:
        row = self.row()
        return {name: row[name] for name in ("rows_read", "created", "updated", "unchanged", "rejected")}

    def rejected(self) -> list[tuple[int, str]]:
        """Line and reason of each row in the file of rejected rows."""
        rows = list(csv.reader(io.StringIO((self.rejects or b"line,reason,row\r\n").decode())))
        assert rows[0] == ["line", "reason", "row"]
        return [(int(line), reason) for line, reason, _ in rows[1:]]


def one(databases: Databases, sql: str, *params: Any) -> dict[str, Any]:
    with databases.owner.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(sql, params).fetchone()
    assert row is not None
    return row


def contacts(databases: Databases, user_id: UUID) -> dict[str, tuple[Any, ...]]:
    rows = databases.owner.execute(
        "select phone, name, attributes, consent from hidra.contacts where user_id = %s", [user_id]
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def members(databases: Databases, segment_id: UUID) -> set[str]:
    rows = databases.owner.execute(
        "select c.phone from hidra.segment_contacts m join hidra.contacts c on c.id = m.contact_id"
        " where m.segment_id = %s",
        [segment_id],
    ).fetchall()
    total = one(databases, "select total_contacts from hidra.contact_segments where id = %s", segment_id)
    assert total["total_contacts"] == len(rows)
    return {row[0] for row in rows}


def segment(databases: Databases, user_id: UUID) -> UUID:
    segment_id = uuid4()
    databases.owner.execute(
        "insert into hidra.contact_segments (id, user_id, name) values (%s, %s, 'all')", [segment_id, user_id]
    )
    return segment_id


@dataclass
class Reference:
    """Contacts in a dictionary, rows taken one by one."""

    contacts: dict[str, tuple[str | None, dict[str, Any]]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, phone: str, name: str | None, attributes: dict[str, Any]) -> None:
        known = self.contacts.get(phone)
        old_name, old = known or (None, {})
        new = (name or old_name, {**old, **attributes})
        self.counts["created" if known is None else "unchanged" if new == known else "updated"] += 1
        self.contacts[phone] = new
        self.members.add(phone)


class Crashes:
    """A database that kills the process at the n-th step: before a statement, or before or after a commit."""

    def __init__(self, database: Database, *, at: int) -> None:
        self._database, self._left = database, at

    def step(self) -> None:
        self._left -= 1
        if self._left < 0:
            self._left = 1_000_000
            raise Killed

    def as_worker(self, work: Callable[[Any], Any], *args: Any, **params: Any) -> Any:
        def stepped(tx: Any) -> Any:
            self.step()
            result = work(Stepped(tx, self.step))
            self.step()
            return result

        result = self._database.as_worker(stepped, *args, **params)
        self.step()
        return result


class Stepped:
    def __init__(self, tx: Any, step: Callable[[], None]) -> None:
        self._tx, self._step = tx, step

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._tx, name)

        def call(*args: Any, **params: Any) -> Any:
            self._step()
            return method(*args, **params)

        return call
