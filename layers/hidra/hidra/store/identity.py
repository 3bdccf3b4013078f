"""How the phone hashes of this database were made. Hashes of other rules or of another key would find no opt-out and no
contact.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from hidra.domain.phone import IDENTITY_VERSION, key_check
from hidra.errors import Unavailable
from hidra.store.db import Tx
from hidra.telemetry import logger

IDENTITY = "select version, key_check from hidra.identity"
OTHER_KEY = (
    "The key of the phone hashes is not the one that this database's hashes were made with: no opt-out would be found, "
    "and erased persons would be forgotten. Deploy with the parameter PhoneHashSecretArn, the ARN of the secret that "
    "was used before: it outlives its stack, with PhoneHashSecret in its name. Or use a new database."
)


@dataclass(frozen=True)
class _Identity:
    version: int
    key_check: bytes | None


def checked(secret: Callable[[], bytes]) -> Callable[[Tx], None]:
    """The ``check`` of the ``Database`` of a function that hashes phones: it runs once on each new connection.

    It raises Unavailable if the database's hashes are of other rules than this code's, or of another key.

    Args:
        secret: the key that the function hashes with.
    """

    def check(tx: Tx) -> None:
        key = secret()
        try:
            found = tx.row(_Identity, IDENTITY)
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):  # older than this check
            found = None
        if found is None or found.version != IDENTITY_VERSION:
            _refuse_version(found.version if found else None)
        elif not hmac.compare_digest(found.key_check or b"", key_check(key)):
            logger.error("the key of the phone hashes is not the database's")
            raise Unavailable(OTHER_KEY, code="identity-key")

    return check


def _refuse_version(version: int | None) -> None:
    logger.error("the database's phone hashes are of another version", database=version, code=IDENTITY_VERSION)
    raise Unavailable(
        f"The phone hashes of this database are of version {version}, and this code makes those of version "
        f"{IDENTITY_VERSION}: it would find no opt-out. Deploy the version of Hidra that made the database, or "
        "create a new database.",
        code="identity-version",
    )
