"""How the phone hashes of this database were made. Hashes of other rules would find no opt-out and no contact."""

import psycopg

from hidra.domain.phone import IDENTITY_VERSION
from hidra.errors import Unavailable
from hidra.store.db import Tx
from hidra.telemetry import logger

VERSION = "select version from hidra.identity"


def check(tx: Tx) -> None:
    """Give it to the ``Database`` of a function that hashes phones: it runs once on each new connection.

    Raises:
        Unavailable: the database's hashes are of other rules than this code's.
    """
    try:
        version = tx.value(VERSION)
    except psycopg.errors.UndefinedTable:  # the database is older than the versions
        version = None
    if version != IDENTITY_VERSION:
        logger.error("the database's phone hashes are of another version", database=version, code=IDENTITY_VERSION)
        raise Unavailable(
            f"The phone hashes of this database are of version {version}, and this code makes those of version "
            f"{IDENTITY_VERSION}: it would find no opt-out. Deploy the version of Hidra that made the database, or "
            "create a new database.",
            code="identity-version",
        )
