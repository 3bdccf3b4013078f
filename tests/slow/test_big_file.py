"""Two gigabytes of hostile CSV through an import's slices: exact counts, and memory that the size does not move."""

import time
from uuid import UUID

from tests.chaos.big_file import BigFile, bring_in
from tests.conftest import Databases
from tests.store.importing import Importing

MAX_MB = 250


def test_two_gigabytes_are_brought_in_exactly_and_in_the_memory_of_a_small_file(
    databases: Databases, user: UUID
) -> None:
    file = BigFile(blocks=200, line=10 << 20, rows=100, tail=80_000)
    assert file.size > 2_000_000_000
    this = Importing.make(databases, user, b"")
    began = time.monotonic()
    found = bring_in(databases, this, file, batches=10)
    took = time.monotonic() - began
    assert this.row()["status"] == "completed"
    assert this.counts() == {
        "rows_read": file.good + file.blocks, "created": file.good, "updated": 0, "unchanged": 0, "rejected": file.blocks,
    }  # fmt: skip
    assert this.row()["rejected_by_reason"] == {"line_too_long": file.blocks}
    assert found.slices > 2
    assert found.peak_mb < MAX_MB
    print(
        f"\n{file.size / 1e9:.2f} GB, {file.good:,} contacts and {file.blocks} lines of {file.line >> 20} MB in"
        f" {found.slices} slices, {took:.0f} s; at most {found.peak_mb:.0f} MB of memory"
    )
