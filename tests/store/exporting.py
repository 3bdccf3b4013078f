"""Exports, slice by slice, into a file in memory that behaves as one of S3."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from hidra.errors import Conflict
from hidra.services.exports.run_slice import discard, run_slice
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.importing import one


@dataclass
class MemoryFile:
    """One key of a bucket: its uploads with their parts, and the file. ``calls`` are the operations in order."""

    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    content: bytes | None = None
    content_type: str | None = None
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], object] = lambda _: None  # is called with each operation's name

    def begin(self, content_type: str) -> str:
        self._called("begin")
        upload_id = str(uuid4())
        self.uploads[upload_id] = {}
        self.content_type = content_type
        return upload_id

    def store(self, upload_id: str, number: int, content: bytes) -> tuple[str, str | None]:
        self._called("store")
        self._upload(upload_id)[number] = content
        return str(hash(content)), None

    def complete(self, upload_id: str, parts: Any) -> None:
        self._called("complete")
        stored = self._upload(upload_id)
        if [etag for etag, _ in parts] != [str(hash(stored.get(at))) for at in range(1, len(parts) + 1)]:
            raise Conflict("a part is another one")
        self.content = b"".join(stored[at] for at in range(1, len(parts) + 1))
        del self.uploads[upload_id]

    def put(self, content: bytes, content_type: str) -> None:
        self._called("put")
        self.content, self.content_type = content, content_type

    def abort(self, upload_id: str) -> None:
        self._called("abort")
        self.uploads.pop(upload_id, None)

    def delete(self) -> None:
        self._called("delete")
        self.content = None

    @property
    def empty(self) -> bool:
        return self.content is None and not self.uploads

    def _upload(self, upload_id: str) -> dict[int, bytes]:
        if upload_id not in self.uploads:
            raise Conflict("there is no such upload")
        return self.uploads[upload_id]

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)


@dataclass
class Exporting:
    """One export of one user."""

    databases: Databases
    user_id: UUID
    kind: str
    format: str
    id: UUID = field(default_factory=uuid4)
    file: MemoryFile = field(default_factory=MemoryFile)
    queued_next: bool = False

    @classmethod
    def make(
        cls, databases: Databases, user_id: UUID, *, kind: str = "contacts", format: str = "csv", **columns: Any
    ) -> "Exporting":
        new = cls(databases, user_id, kind, format)
        given = {"delimiter": ";" if format == "csv" else None, **columns}
        names = ", ".join(("id", "user_id", "kind", "format", *given))
        places = ", ".join(["%s"] * (len(given) + 4))
        databases.owner.execute(
            f"insert into hidra.exports ({names}) values ({places})",  # type: ignore[arg-type]
            [new.id, user_id, kind, format, *given.values()],
        )
        return new

    def slice(self, *, parts: int = 1_000_000, db: Database | None = None) -> None:
        """One slice that has time for so many parts."""
        left = iter(range(parts - 1))
        self.queued_next = False

        def queue_next() -> None:
            self.queued_next = True

        run_slice(
            self.user_id,
            self.id,
            db=db or self.databases.jobs,
            file=self.file,
            queue_next=queue_next,
            time_is_over=lambda: next(left, None) is None,
        )

    def discard(self) -> None:
        discard(self.user_id, self.id, db=self.databases.jobs, file=self.file)

    def finish(self, **how: Any) -> dict[str, Any]:
        for _ in range(1_000):
            self.slice(**how)
            if not self.queued_next:
                return self.row()
        raise AssertionError("the export never ends")

    def lease_runs_out(self) -> None:
        """The time passes after which a killed slice no longer holds the export."""
        self.databases.owner.execute("update hidra.exports set leased_until = now() where id = %s", [self.id])

    def row(self) -> dict[str, Any]:
        return one(self.databases, "select * from hidra.exports where id = %s", self.id)

    def cells(self) -> list[list[str]]:
        """The rows of the CSV, the names of the columns first."""
        assert self.file.content is not None
        text = self.file.content.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=self.row()["delimiter"]))

    def rows(self) -> list[dict[str, str]]:
        header, *rows = self.cells()
        return [dict(zip(header, row, strict=True)) for row in rows]

    def objects(self) -> Iterator[Any]:
        assert self.file.content is not None
        return map(json.loads, self.file.content.decode().splitlines())


def add_contacts(databases: Databases, user_id: UUID, count: int) -> None:
    """Contacts with the phones +5511970000001, +5511970000002, …"""
    databases.owner.execute(
        "insert into hidra.contacts (user_id, phone, phone_hash, name, attributes)"
        " select %s, '+55119' || 70000000 + n, sha256(n::text::bytea), 'Cliente ' || n, jsonb_build_object('loja', n)"
        " from generate_series(1, %s) n",
        [user_id, count],
    )
