"""How a connection to PostgreSQL is opened: its login, its encryption, and what a refusal means."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

CONNECT_TIMEOUT_SECONDS = 5
# AWS's file for RDS, Aurora and RDS Proxy; tests/unit/test_connecting.py says where it comes from.
RDS_ROOTS = Path(__file__).with_name("rds_roots.pem")
# The words of a server or a pooler that has no connection left, in lower case: libpq passes on no SQLSTATE of a refused
# login. From PostgreSQL (53300: proc.c, postinit.c), PgBouncer (janitor.c, client.c) and the user guide of RDS Proxy.
_NO_CONNECTION_LEFT = (
    "too many clients already",
    "remaining connection slots are reserved",
    "too many connections for",
    "no more connections allowed",
    "query_wait_timeout",
    "timed-out waiting to acquire database connection",
)
# Of OpenSSL and libpq, where the server's certificate is not accepted.
_CERTIFICATE_REFUSED = ("certificate verify failed", "server certificate for", "root certificate file")


def tls(settings: Mapping[str, str]) -> dict[str, str]:
    """The parameters of libpq that say how the connection is encrypted and which certificates are accepted.

    Only the modes that verify get the root certificates: with them, ``require`` would verify too, but not the name.
    """
    mode = settings["DATABASE_SSLMODE"]
    verified = {"sslrootcert": root_certificates(settings["DATABASE_ROOT_CERTIFICATES"])}
    return {"sslmode": mode, **(verified if mode.startswith("verify-") else {})}


def root_certificates(choice: str) -> str:
    """The file with the authorities of a DATABASE_ROOT_CERTIFICATES: ``rds``, ``public``, or the path of a file."""
    if choice == "rds":
        return str(RDS_ROOTS)
    if choice == "public":
        import certifi  # noqa: PLC0415 - it is seldom needed

        return certifi.where()
    return choice


def connect(settings: Mapping[str, str], login: Mapping[str, str]) -> psycopg.Connection[Any]:
    """Opens a connection with autocommit. It sets nothing for the session but its zone: a pooler shares sessions.

    Raises:
        psycopg.OperationalError: the server cannot be reached or refuses; ``is_full`` and ``is_untrusted`` say more.
    """
    # libpq sends it as a parameter of its own, which PgBouncer follows. If a transaction set the zone, the server would
    # report it only after the rows, and psycopg would show them in the server's.
    os.environ["PGTZ"] = "UTC"
    return psycopg.connect(
        host=settings["DATABASE_HOST"],
        port=settings["DATABASE_PORT"],
        dbname=settings["DATABASE_NAME"],
        user=login["username"],
        password=login["password"],
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        target_session_attrs="read-write",  # behind a failover, not the old primary that only reads now
        application_name="hidra",
        autocommit=True,
        tcp_user_timeout=10_000,
        keepalives_idle=20,
        # PgBouncer cannot follow them before 1.21, and later only if it is configured to.
        prepare_threshold=None if settings["DATABASE_POOLER"] == "true" else 5,
        **tls(settings),  # type: ignore[arg-type]  # psycopg types these as other keywords
    )


def is_full(error: BaseException) -> bool:
    """Whether it means that the server or its pooler has no connection left; then no statement was carried out."""
    if isinstance(error, psycopg.errors.TooManyConnections):
        return True
    return isinstance(error, psycopg.OperationalError) and _says(error, _NO_CONNECTION_LEFT)


def is_untrusted(error: BaseException) -> bool:
    """Whether it means that the server's certificate is not accepted, which waiting does not change."""
    return isinstance(error, psycopg.OperationalError) and _says(error, _CERTIFICATE_REFUSED)


def _says(error: BaseException, words: tuple[str, ...]) -> bool:
    text = str(error).lower()
    return any(each in text for each in words)
