"""An export whose file is counted and dropped, its slices in processes of their own, as on Lambda."""

import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any
from uuid import UUID

from hidra.gateways import uploads
from hidra.services.exports.run_slice import run_slice
from hidra.store.db import Database
from tests.conftest import Databases
from tests.store.big_file import peak_kb
from tests.store.exporting import Exporting


class Dropped:
    """A file of S3 that keeps nothing."""

    def begin(self, content_type: str) -> str:
        return "upload"

    def store(self, upload_id: str, number: int, content: bytes) -> tuple[str, str | None]:
        return str(number), None

    def complete(self, upload_id: str, parts: Any) -> None:
        assert [int(etag) for etag, _ in parts] == list(range(1, len(parts) + 1))

    def put(self, content: bytes, content_type: str) -> None:
        """Keeps nothing."""

    def abort(self, upload_id: str) -> None:
        raise AssertionError("nothing is lost here")

    def delete(self) -> None:
        raise AssertionError("nothing is left over here")


@dataclass(frozen=True)
class Sliced:
    """How many slices an export took, the most memory that any slice's process held, in MB, and seconds of work."""

    slices: int
    peak_mb: float
    seconds: float


def export_all(this: Exporting, *, parts: int) -> Sliced:
    """Exports the list, each slice of so many parts in a process of its own."""
    databases, measured = this.databases, []
    settings = {**databases.settings, "DATABASE_SECRET": "jobs"}
    while this.row()["status"] in ("waiting", "running"):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            slice_ = process.submit(_slice, this.user_id, this.id, settings, databases.logins, parts)
            measured.append(slice_.result())
    assert this.row()["status"] == "completed"
    return Sliced(len(measured), max(peak for peak, _ in measured) / 1024, sum(seconds for _, seconds in measured))


def _slice(
    user_id: UUID, export_id: UUID, settings: dict[str, str], logins: Mapping[str, Mapping[str, str]], parts: int
) -> tuple[int, float]:
    uploads.s3()  # its memory counts
    left, began = iter(range(parts - 1)), time.monotonic()
    db = Database(settings, logins.__getitem__)
    run_slice(
        user_id,
        export_id,
        db=db,
        file=Dropped(),
        queue_next=lambda: None,
        time_is_over=lambda: next(left, None) is None,
    )
    db.close()
    return peak_kb(), time.monotonic() - began


def add_opt_outs(databases: Databases, user_id: UUID, rows: int, *, characters: int) -> None:
    """So many opt-outs, each with a reason of so many characters."""
    databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, reason, source)"
        " select %s, sha256(n::text::bytea), repeat('x', %s), 'api' from generate_series(1, %s) n",
        [user_id, characters, rows],
    )
