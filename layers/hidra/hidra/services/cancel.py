"""Canceling what is done in slices: an import or an export."""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from hidra.errors import Conflict
from hidra.store.db import Database, Tx


class Sliced(Protocol):
    @property
    def status(self) -> str: ...


def cancel[Row: Sliced](db: Database, user_id: UUID, work: Callable[[Tx], Row], *, name: str, ended: str) -> Row:
    """Returns the row that ``work`` has canceled, unless it had ended; a second cancel changes nothing.

    Args:
        ended: the code of the Conflict.

    Raises:
        NotFound: ``work`` finds no row.
        Conflict: it has ended otherwise.
    """
    row = db.as_user(user_id, work)
    if row.status != "canceled":
        raise Conflict(f"The {name} is {row.status}: it has ended and cannot be canceled.", code=ended)
    return row
