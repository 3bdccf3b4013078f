"""Users belong to the platform around Hidra; see sql/migrations/0001."""

from hidra.store.db import Tx

ENSURE = "select hidra.ensure_user(%(user_id)s, %(email)s, %(name)s)"
EXISTS = "select hidra.is_user(%(user_id)s)"


def exists(tx: Tx) -> bool:
    """Whether the user exists."""
    return bool(tx.value(EXISTS))


def ensure(tx: Tx, *, email: str | None, name: str | None) -> bool:
    """Whether the user exists; where the users table is Hidra's own, the first call creates the user."""
    return bool(tx.value(ENSURE, email=email, name=name))
