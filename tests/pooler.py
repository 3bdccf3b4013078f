"""PgBouncer in transaction mode in front of a test's database, as Debian has it: apt-get install pgbouncer."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hidra.store.db import Database
from local.postgres_binaries import reachable_parent, unprivileged_user
from local.processes import Child, clean_environment, free_port, make_folder, remove_folder
from tests.conftest import Databases

PROGRAM = shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
NEEDS_PGBOUNCER = pytest.mark.skipif(
    PROGRAM is None, reason="pgbouncer is neither on PATH nor in /usr/sbin: apt-get install pgbouncer"
)


@contextmanager
def pooled(databases: Databases, *, connections: int, clients: int = 100) -> Iterator[Databases]:
    """The same database through a pooler with so many connections for each login, and so many clients in all."""
    user = unprivileged_user()
    folder = make_folder("hidra-pooler-", parent=reachable_parent())
    port = free_port()
    try:
        _configure(folder, databases, port=port, connections=connections, clients=clients)
        if user:
            for path in (folder, *folder.iterdir()):
                os.chown(path, user["user"], user["group"])  # type: ignore[call-overload]
        assert PROGRAM is not None
        command = [PROGRAM, "-q", folder / "pgbouncer.ini"]
        child = Child("PgBouncer", command, log=folder / "log", env=clean_environment(), user=user)
        try:
            child.wait_for(lambda: _listens(port) or None, seconds=10)
            settings = {**databases.settings, "DATABASE_PORT": str(port), "DATABASE_POOLER": "true"}
            http, jobs = (
                Database({**settings, "DATABASE_SECRET": login}, databases.logins.__getitem__)
                for login in ("http", "jobs")
            )
            with closing(http), closing(jobs):
                yield replace(databases, http=http, jobs=jobs, settings=settings)
        finally:
            child.stop()
    finally:
        remove_folder(folder)


def _configure(folder: Path, databases: Databases, *, port: int, connections: int, clients: int) -> None:
    users = "".join(f'"{login["username"]}" "{login["password"]}"\n' for login in databases.logins.values())
    (folder / "users.txt").write_text(users)
    (folder / "pgbouncer.ini").write_text(
        "[databases]\n"
        f"* = host=127.0.0.1 port={databases.settings['DATABASE_PORT']}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = scram-sha-256\nauth_file = {folder / 'users.txt'}\n"
        f"pool_mode = transaction\ndefault_pool_size = {connections}\nmax_client_conn = {clients}\n"
        "query_wait_timeout = 0.2\nserver_login_retry = 1\nserver_round_robin = 1\n"
    )


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
