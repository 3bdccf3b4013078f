"""Fetching the contacts on a tenant's Evolution server, as the file of the import that waits for them.

When the file arrives the import continues like any other. Pages are written to a file one by one, so neither a large
address book nor a server that never ends takes memory. If the contacts cannot be fetched, the import fails with the
reason.
"""

import json
import tempfile
from collections.abc import Callable
from typing import IO
from uuid import UUID

from hidra.domain.imports.evolution_contact import as_line, own_phone
from hidra.errors import HidraError, Rejected, Unavailable
from hidra.gateways.evolution import Evolution
from hidra.store import import_slices
from hidra.store.connection_health import Endpoint
from hidra.store.db import Database
from hidra.telemetry import logger

MAX_BYTES = 64 * 1024**2  # of lines: a million contacts


def pull_contacts(
    import_id: UUID,
    endpoint: Endpoint,
    *,
    db: Database,
    evolution: Callable[[Endpoint], Evolution],
    put: Callable[[IO[bytes]], None],
    time_is_over: Callable[[], bool],
) -> None:
    """Fetches the contacts once, however often it is called; fails the import if they cannot be fetched.

    Args:
        put: stores the finished file.
        time_is_over: asked after each page.
    """
    if not db.as_worker(lambda tx: import_slices.begin_pull(tx, user_id=endpoint.user_id, import_id=import_id)):
        return
    try:
        with tempfile.TemporaryFile() as made:
            lines = _write(made, evolution(endpoint), time_is_over)
            made.seek(0)
            put(made)
    except HidraError as error:
        give_up(import_id, db=db, code=error.code.replace("-", "_"), reason=str(error))
        return
    logger.info("contacts fetched", import_id=import_id, lines=lines)


def give_up(import_id: UUID, *, db: Database, code: str, reason: str) -> None:
    """Fails an import whose contacts cannot be fetched, unless it has ended."""
    if db.as_worker(lambda tx: import_slices.finish(tx, import_id=import_id, batches=0, failure=(code, reason))):
        logger.info("contacts not fetched", import_id=import_id, code=code)


def _write(made: IO[bytes], evolution: Evolution, time_is_over: Callable[[], bool]) -> int:
    if evolution.connection_state() != "open":
        raise Rejected(
            "The Evolution connection is not connected. Connect it and create a new import.", code="not-connected"
        )
    own = own_phone(evolution.own_address())
    lines = 0
    for page in evolution.contacts():
        for entry in page:
            line = as_line(entry, own)
            if line is not None:
                lines += 1
                made.write(json.dumps(line).encode() + b"\n")  # ASCII: no name breaks a line
        if made.tell() > MAX_BYTES:
            raise Rejected(
                "The Evolution server has too many contacts to be fetched at once. Import them from a file.",
                code="too-many-contacts",
            )
        if time_is_over():
            raise Unavailable(
                "The Evolution server did not return its contacts in time. Create a new import later, or import the "
                "contacts from a file.",
                code="timed-out",
            )
    return lines
