"""A file of lines that are far too long, imported by slices that are processes of their own: exact, in little memory."""

from uuid import UUID

from tests.conftest import Databases
from tests.store.big_file import BigFile, import_exactly

MAX_MB = 250  # of the whole process, Python and its modules counted


def test_long_lines_between_good_rows_cost_only_themselves_and_little_memory(databases: Databases, user: UUID) -> None:
    file = BigFile(blocks=2, line=300 << 20, rows=20, tail=2_000)
    found = import_exactly(databases, user, file, batches=3)
    assert found.slices > 1
    assert found.peak_mb < MAX_MB
