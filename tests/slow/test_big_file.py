"""Two gigabytes of hostile CSV through an import's slices: exact counts, and no more memory than a small file needs."""

import time
from uuid import UUID

from tests.conftest import Databases
from tests.store.big_file import BigFile, import_exactly

MAX_MB = 250


def test_two_gigabytes_are_imported_exactly_and_in_the_memory_of_a_small_file(databases: Databases, user: UUID) -> None:
    file = BigFile(blocks=200, line=10 << 20, rows=100, tail=80_000)
    assert file.size > 2_000_000_000
    began = time.monotonic()
    found = import_exactly(databases, user, file, batches=10)
    took = time.monotonic() - began
    assert found.slices > 2
    assert found.peak_mb < MAX_MB
    print(
        f"\n{file.size / 1e9:.2f} GB, {file.good:,} contacts and {file.blocks} lines of {file.line >> 20} MB in"
        f" {found.slices} slices, {took:.0f} s; at most {found.peak_mb:.0f} MB of memory"
    )
