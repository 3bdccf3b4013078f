"""A hostile CSV of any size that is never stored: its bytes are made where they are read."""

import re
import resource
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

from hidra.services.imports.reading import File
from hidra.services.imports.run_slice import run_slice
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.importing import Importing

HEADER = b"phone,name\n"
ROW = b"119%08d,Cliente\n"
PIECE = 4 << 20  # as uploads.read returns them
FILLING = b"x" * PIECE
FIRST = 60_000_000


@dataclass(frozen=True)
class BigFile:
    """Blocks of one line, far too long, and ``rows`` good rows after it; behind the last one, ``tail`` good rows."""

    blocks: int
    line: int  # bytes, its end counted
    rows: int
    tail: int

    @property
    def good(self) -> int:
        return self.blocks * self.rows + self.tail

    @property
    def size(self) -> int:
        return len(HEADER) + self.blocks * self.line + self.good * len(ROW % FIRST)

    def parts(self) -> Iterator[tuple[int, bytes | None]]:
        """The length of each part in order, and its bytes; None for the filling of a long line."""
        yield len(HEADER), HEADER
        for block in range(self.blocks):
            yield self.line - 1, None
            yield from self._rows(block * self.rows, self.rows, b"\n")
        for begin in range(0, self.tail, 10_000):
            yield from self._rows(self.blocks * self.rows + begin, min(10_000, self.tail - begin), b"")

    def read(self, offset: int, until: int | None) -> Iterator[bytes]:
        """As ``File.read``: pieces of at most ``PIECE`` bytes."""
        end, at = self.size if until is None else min(until, self.size), 0
        for length, content in self.parts():
            begin, stop = max(offset, at), min(end, at + length)
            for place in range(begin, stop, PIECE):
                size = min(PIECE, stop - place)
                yield FILLING[:size] if content is None else content[place - at : place - at + size]
            at += length
            if at >= end:
                return

    @staticmethod
    def _rows(first: int, count: int, before: bytes) -> Iterator[tuple[int, bytes]]:
        made = before + b"".join([ROW % (FIRST + first + number) for number in range(count)])
        yield len(made), made


@dataclass(frozen=True)
class Sliced:
    """How many slices an import took, and the most memory that any slice's process held, in MB."""

    slices: int
    peak_mb: float


def import_exactly(databases: Databases, user_id: UUID, file: BigFile, *, batches: int) -> Sliced:
    """Imports the file, each slice of so many batches in a process of its own, as on Lambda; asserts the counts."""
    this = Importing.make(databases, user_id, b"")
    peaks = []
    while this.row()["status"] in ("waiting", "running"):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            peak = process.submit(
                _slice, this.id, file, {**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins, batches
            )
            peaks.append(peak.result())
    assert this.row()["status"] == "completed"
    assert this.counts() == {
        "rows_read": file.good + file.blocks, "created": file.good, "updated": 0, "unchanged": 0, "rejected": file.blocks,
    }  # fmt: skip
    assert this.row()["rejected_by_reason"] == {"line_too_long": file.blocks}
    return Sliced(len(peaks), max(peaks) / 1024)


def _slice(
    import_id: UUID, file: BigFile, settings: dict[str, str], logins: Mapping[str, Mapping[str, str]], batches: int
) -> int:
    left = iter(range(batches - 1))
    db = Database(settings, logins.__getitem__)
    drop: Any = lambda *_: None  # noqa: E731
    run_slice(
        import_id,
        db=db,
        find=lambda: File(file.size, "one", file.read),
        put=drop,
        queue_next=drop,
        secret=b"test",
        time_is_over=lambda: next(left, None) is None,
    )
    db.close()
    return peak_kb()


def peak_kb() -> int:
    """The most memory that this process has held. Linux's ru_maxrss would count what its parent held when it was made."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    assert found is not None
    return int(found[1])
