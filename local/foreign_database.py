"""The user's own server, named by DATABASE_URL: Hidra migrates its database and leaves the data there."""

import base64
import hmac
import json
import sys

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from local.processes import LocalError

_RIGHTS = "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
_HAS_LOGIN = "SELECT 1 FROM pg_roles WHERE rolname = %s"
_REVOKE = "REVOKE ALL ON DATABASE {database} FROM {login}"
_DROP = "DROP ROLE {login}"


def check(url: str) -> int:
    """The server's version, such as 150004. Raises LocalError if Hidra cannot live there, with the reason."""
    try:
        place = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise LocalError(f"DATABASE_URL is not a URL of PostgreSQL: {error}") from error
    if missing := [part for part in ("host", "dbname", "user") if not place.get(part)]:
        raise LocalError(
            f"DATABASE_URL lacks its {', '.join(missing)}. Its form is postgresql://user:password@host:5432/database"
        )
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version
            row = connection.execute(_RIGHTS).fetchone()
    except psycopg.OperationalError as error:
        raise LocalError(f"DATABASE_URL cannot be reached: {str(error).strip().splitlines()[0]}") from error
    if version < 150000:
        raise LocalError(f"DATABASE_URL is PostgreSQL {version // 10000}; Hidra needs 15 or newer.")
    if row is None or not row[0]:
        raise LocalError("The user of DATABASE_URL may not create roles, as the migrations do. Grant it CREATEROLE.")
    return version


def secrets_of(url: str) -> dict[str, str]:
    """The secrets that the database's phone hashes and sealed API keys belong to, by logical id.

    They are made of the URL: the database outlives the stack, and another stack on it must have the same ones.
    """
    phones, vault = (hmac.digest(url.encode(), name.encode(), "sha256") for name in ("phones", "vault"))
    return {"PhoneHashSecret": phones.hex(), "VaultSecret": json.dumps({"k1": base64.b64encode(vault).decode()})}


def drop_logins(url: str, prefix: str) -> None:
    """Drop the two logins that migrate made for one stack. An unreachable server is only reported."""
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
            for login in (f"{prefix}_http", f"{prefix}_jobs"):
                if connection.execute(_HAS_LOGIN, [login]).fetchone():
                    names = {"database": sql.Identifier(connection.info.dbname), "login": sql.Identifier(login)}
                    connection.execute(sql.SQL(_REVOKE).format(**names))
                    connection.execute(sql.SQL(_DROP).format(**names))
    except psycopg.Error as error:
        print(f"The logins {prefix}_http and {prefix}_jobs remain on the server: {str(error).strip()}", file=sys.stderr)
