"""The database as a whole, for its owner: migrations, and the two logins that the functions use."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from hidra.errors import Rejected, Unavailable
from hidra.store.connecting import is_untrusted, tls

# A login holds no right of its own: it must take a role in each transaction (store/db.py).
HTTP_ROLES = ("hidra_api", "hidra_admin")
JOBS_ROLES = ("hidra_worker",)

ALLOWED_CONNECTIONS: LiteralString = """
select sum(case name when 'max_connections' then setting::int else -setting::int end)::int
from pg_settings where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
"""


def owner_url(settings: Mapping[str, str], owner: Mapping[str, str]) -> str:
    """The URL of the database for its owner, whose secret is {"username", "password"}.

    The secret may also have ``host`` and ``port``, which lead past a pooler: dbmate locks for a session.
    """
    login = f"{quote(owner['username'], safe='')}:{quote(owner['password'], safe='')}"
    host, port = owner.get("host", settings["DATABASE_HOST"]), owner.get("port", settings["DATABASE_PORT"])
    return f"postgresql://{login}@{host}:{port}/{quote(settings['DATABASE_NAME'])}?{urlencode(tls(settings))}"


def migrate(url: str, migrations: Path) -> str:
    """Applies the migrations that are new, each in a transaction; returns dbmate's output.

    Raises:
        Rejected: a migration failed and changed nothing, or the server's certificate is not accepted.
        Unavailable: the database did not answer within 30 s.
    """
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("LAMBDA_TASK_ROOT", "") + "/bin"])
    dbmate = shutil.which("dbmate", path=places)
    if dbmate is None:
        raise Rejected("The migration runner dbmate is not installed.")
    _check_certificate(url)
    # The URL holds a password. It is in the environment, because any user of the machine can list command lines.
    done = subprocess.run(  # noqa: S603
        [dbmate, "--migrations-dir", migrations, "--migrations-table", "hidra.schema_migrations", "--no-dump-schema",
         "--migration-lock", "--wait", "--wait-timeout", "30s", "migrate"],
        env={"DATABASE_URL": url, "PATH": os.environ.get("PATH", "")},
        capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        error = Unavailable if "unable to connect" in done.stderr.lower() else Rejected
        raise error(f"Migrating failed: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _check_certificate(url: str) -> None:
    """dbmate would wait for another certificate as for a server that is being started."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        if is_untrusted(error):
            raise Rejected(
                f"The database's certificate is not accepted: {str(error).strip()}. DatabaseHost must be the name in "
                "the certificate, and DatabaseRootCertificates must include who signed it (docs/deploying.md)."
            ) from error


def ensure_login(url: str, login: Mapping[str, str], roles: tuple[str, ...]) -> None:
    """Creates the login of a secret {"username", "password"}, or sets its password to the secret's."""
    name, password = sql.Identifier(login["username"]), sql.Literal(login["password"])
    with psycopg.connect(url, connect_timeout=5) as connection:
        known = connection.execute("select 1 from pg_roles where rolname = %s", [login["username"]]).fetchone()
        verb = sql.SQL("alter" if known else "create")
        connection.execute(sql.SQL("{} role {} login noinherit password {}").format(verb, name, password))
        for role in roles:
            connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(role), name))
        connection.execute(
            sql.SQL("grant connect on database {} to {}").format(sql.Identifier(connection.info.dbname), name)
        )


def connection_warning(url: str, needed: int) -> str:
    """Warns if the server allows fewer connections than the deployment may open; empty if there are enough."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        allowed = connection.execute(ALLOWED_CONNECTIONS).fetchone() or (0,)
    if allowed[0] >= needed:
        return ""
    return (
        f"This deployment may open {needed} connections, and the server allows {allowed[0]}: raise max_connections, "
        "lower SenderConcurrency, or put a pooler in front (docs/deploying.md, Connections to PostgreSQL)."
    )
