"""A file of lines far too long, brought in by slices that are processes of their own: exact, in little memory."""

from uuid import UUID

from tests.chaos.big_file import BigFile, bring_in
from tests.conftest import Databases
from tests.store.importing import Importing

MAX_MB = 250  # of the whole process, Python and its modules counted


def test_long_lines_between_good_rows_cost_only_themselves_and_little_memory(databases: Databases, user: UUID) -> None:
    file = BigFile(blocks=2, line=300 << 20, rows=20, tail=2_000)
    this = Importing.make(databases, user, b"")
    found = bring_in(databases, this, file, batches=3)
    assert this.row()["status"] == "completed"
    assert this.counts() == {
        "rows_read": file.good + file.blocks, "created": file.good, "updated": 0, "unchanged": 0, "rejected": file.blocks,
    }  # fmt: skip
    assert this.row()["rejected_by_reason"] == {"line_too_long": file.blocks}
    assert found.slices > 1
    assert found.peak_mb < MAX_MB
