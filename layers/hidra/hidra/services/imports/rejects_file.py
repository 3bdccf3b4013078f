"""The file of an import's rejected rows: made when the import ends, and read for examples of each reason."""

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Callable
from typing import IO
from uuid import UUID

from hidra.domain.imports.rejects import RejectedRow, as_it_was, harmless
from hidra.store import import_rejects, import_slices
from hidra.store.db import Tx

type Put = Callable[[IO[bytes]], None]
type Read = Callable[[int], bytes | None]

EXAMPLE_BYTES = 256 * 1024  # of the file that are read for examples


def put_rejects(tx: Tx, import_id: UUID, put: Put) -> None:
    """Makes the file and passes it to ``put``.

    The caller holds the import's row: another slice that drops rejected rows meanwhile would shorten the file.
    """
    with tempfile.TemporaryFile() as made:
        text = io.TextIOWrapper(made, "utf-8", newline="", write_through=True)
        rows = csv.writer(text)
        rows.writerow(["line", "reason", "row"])
        after = 0
        while page := import_rejects.page(tx, import_id=import_id, after=after):
            rows.writerows([each.line, each.reason, harmless(each.row)] for each in page)
            after = page[-1].line
        text.detach()
        made.seek(0)
        put(made)


def examples(read: Read, of_each: int) -> list[RejectedRow]:
    """The first rows of each reason, at most ``of_each``, in the file's beginning; none if the file was deleted.

    Args:
        read: returns the first bytes of the file, at most so many; None if there is no file.
    """
    beginning = read(EXAMPLE_BYTES) or b""
    rows = list(csv.reader(io.StringIO(beginning.decode(errors="ignore"), newline="")))
    whole = rows if len(beginning) < EXAMPLE_BYTES else rows[:-1]  # the end may cut the last row
    found: list[RejectedRow] = []
    seen: Counter[str] = Counter()
    for line, reason, row in whole[1:]:
        seen[reason] += 1
        if seen[reason] <= of_each:
            found.append(RejectedRow(int(line), reason, as_it_was(row)))
    return found


def put_rejects_of_canceled(tx: Tx, import_id: UUID, put: Put) -> None:
    """Makes the file of a canceled import, once: then its rejected rows are dropped. Does nothing for any other."""
    if import_slices.lock_canceled(tx, import_id=import_id) is not None:
        put_rejects(tx, import_id, put)
        import_rejects.delete(tx, import_id=import_id)
