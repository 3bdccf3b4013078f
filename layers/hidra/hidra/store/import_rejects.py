"""Rejected rows of imports, until they are made a file."""

from uuid import UUID

from hidra.domain.imports.rejects import RejectedRow
from hidra.store.db import Tx

EXIST = """
select exists (
    select from hidra.contact_import_rejects where user_id = %(user_id)s and import_id = %(import_id)s
)
"""
INSERT = """
insert into hidra.contact_import_rejects (user_id, import_id, line, reason, row)
select %(user_id)s, %(import_id)s, given.line, given.reason, given.row
from unnest(%(lines)s::bigint[], %(reasons)s::text[], %(rows)s::text[]) as given (line, reason, row)
"""
PAGE = """
select line, reason, row from hidra.contact_import_rejects
where import_id = %(import_id)s and line > %(after)s order by line limit %(limit)s
"""
DELETE = "delete from hidra.contact_import_rejects where import_id = %(import_id)s"


def exist(tx: Tx, *, import_id: UUID) -> bool:
    """Whether rejected rows wait to be made a file."""
    return bool(tx.value(EXIST, import_id=import_id))


def insert(tx: Tx, *, user_id: UUID, import_id: UUID, rejects: list[RejectedRow]) -> None:
    tx.run(
        INSERT,
        user_id=user_id,
        import_id=import_id,
        lines=[each.line for each in rejects],
        reasons=[each.reason for each in rejects],
        rows=[each.row for each in rejects],
    )


def page(tx: Tx, *, import_id: UUID, after: int, limit: int = 5_000) -> list[RejectedRow]:
    return tx.rows(RejectedRow, PAGE, import_id=import_id, after=after, limit=limit)


def delete(tx: Tx, *, import_id: UUID) -> None:
    tx.run(DELETE, import_id=import_id)
