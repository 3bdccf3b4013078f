"""The file of an import's rejected rows, made when the import ends."""

import csv
import io
import tempfile
from collections.abc import Callable
from typing import IO
from uuid import UUID

from hidra.domain.imports.rejects import harmless
from hidra.store import import_rejects, import_slices
from hidra.store.db import Tx

type Put = Callable[[IO[bytes]], None]


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


def put_rejects_of_canceled(tx: Tx, import_id: UUID, put: Put) -> None:
    """Makes the file of a canceled import, once: then its rejected rows are dropped. Does nothing for any other."""
    if import_slices.lock_canceled(tx, import_id=import_id) is not None:
        put_rejects(tx, import_id, put)
        import_rejects.delete(tx, import_id=import_id)
