"""Users belong to the platform around Hidra; see sql/migrations/0001."""

from uuid import UUID

from hidra.store.db import Tx

ENSURE = "select hidra.ensure_user(%(user_id)s, %(email)s, %(name)s)"


def ensure(tx: Tx, *, user_id: UUID, email: str | None, name: str | None) -> bool:
    """Whether the user exists; where the users table is of our own making, the first call makes it so."""
    return bool(tx.value(ENSURE, user_id=user_id, email=email, name=name))
