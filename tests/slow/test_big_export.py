"""A fifth of a million contacts through an export's slices: each row, and the memory of a short list."""

from uuid import UUID

from tests.conftest import Databases
from tests.store.big_export import export_all
from tests.store.exporting import Exporting, add_contacts

ROWS = 200_000
MAX_MB = 200


def test_contacts_by_the_hundred_thousand_are_exported_in_the_memory_of_a_few(databases: Databases, user: UUID) -> None:
    add_contacts(databases, user, ROWS)
    this = Exporting.make(databases, user, attribute_names=["loja"])
    found = export_all(this, parts=2)
    row = this.row()
    assert (row["rows"], row["rows_expected"]) == (ROWS, ROWS)
    assert found.slices > 1
    assert found.peak_mb < MAX_MB
    print(
        f"\n{ROWS:,} contacts, {row['bytes'] / 1e6:.0f} MB in {found.slices} slices: {ROWS / found.seconds:,.0f} rows/s;"
        f" at most {found.peak_mb:.0f} MB of memory"
    )
