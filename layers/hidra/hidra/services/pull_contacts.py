"""The contacts that a tenant's Evolution server knows, put as the file of the import that asked for them.

With its arrival the import goes on as any other. Page by page into a file, so neither a large address book nor a server
that never ends takes memory; and an import that is not answered ends as failed, with the reason.
"""

import json
import tempfile
from collections.abc import Callable
from typing import IO
from uuid import UUID

from hidra.domain.imports.evolution_contact import as_line, own_phone
from hidra.errors import HidraError, Rejected, Unavailable
from hidra.gateways.evolution import Evolution
from hidra.store import imports
from hidra.store.connection_health import Endpoint
from hidra.store.db import Database
from hidra.telemetry import logger

MAX_BYTES = 64 * 1024**2  # of lines: a million people


def pull_contacts(
    import_id: UUID,
    endpoint: Endpoint,
    *,
    db: Database,
    evolution: Callable[[Endpoint], Evolution],
    put: Callable[[IO[bytes]], None],
    time_is_over: Callable[[], bool],
) -> None:
    """Fetches the contacts once, however often it is asked to; ends the import where they cannot be had.

    Args:
        put: takes the finished file.
        time_is_over: asked after each page.
    """
    if not db.as_worker(lambda tx: imports.take_on(tx, user_id=endpoint.user_id, import_id=import_id)):
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
    """Ends an import whose contacts cannot be had, unless it has ended."""
    if db.as_worker(lambda tx: imports.finish(tx, import_id=import_id, batches=0, failure=(code, reason))):
        logger.info("contacts not fetched", import_id=import_id, code=code)


def _write(made: IO[bytes], evolution: Evolution, time_is_over: Callable[[], bool]) -> int:
    if evolution.connection_state() != "open":
        raise Rejected("The Evolution connection is not connected: connect it, and ask again.", code="not-connected")
    own = own_phone(evolution.own_address())
    lines = 0
    for page in evolution.contacts():
        for entry in page:
            line = as_line(entry, own)
            if line is not None:
                lines += 1
                made.write(json.dumps(line).encode() + b"\n")  # ASCII: a name cannot break a line
        if made.tell() > MAX_BYTES:
            raise Rejected(
                "The Evolution server knows too many contacts to be fetched at once.", code="too-many-contacts"
            )
        if time_is_over():
            raise Unavailable("The Evolution server did not tell its contacts in time.", code="timed-out")
    return lines
