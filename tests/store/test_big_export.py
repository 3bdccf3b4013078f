"""A long list exported by slices that are processes of their own, in little memory."""

from uuid import UUID

from tests.conftest import Databases
from tests.store.big_export import add_opt_outs, export_all
from tests.store.exporting import Exporting

MAX_MB = 135  # of the whole process, Python and its modules counted


def test_a_file_is_written_in_the_memory_of_a_few_parts(databases: Databases, user: UUID) -> None:
    add_opt_outs(databases, user, 10_000, characters=5_000)
    this = Exporting.make(databases, user, kind="opt_outs", format="jsonl")
    found = export_all(this, parts=20)
    assert (this.row()["rows"], found.slices) == (10_000, 1)
    assert this.row()["bytes"] > 50_000_000
    assert found.peak_mb < MAX_MB, found
