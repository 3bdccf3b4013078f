"""A PostgreSQL server that this process starts and owns."""

import contextlib
import os
import secrets
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString, Self, cast
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

from local.postgres_binaries import reachable, reachable_binaries, reachable_parent, unprivileged_user
from local.processes import Child, LocalError, clean_environment, free_port, make_folder, remove_folder, require_port

OWNER = "hidra_owner"
DATABASE = "hidra"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may be too long in a temporary folder
    "max_connections": "300",  # one for each warm function: 50 senders and the others, and as many for tests
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
# A commit survives the end of the server, as it has reached the kernel, but not that of the machine. synchronous_commit
# stays on: without it an immediate stop loses the last commits (seen).
_FAST = {"fsync": "off", "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0"}

# The built-in locale handles accents (lower, upper) and sorts the same on every system.
_LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_INITDB = ("--username=postgres", "--auth=scram-sha-256", "--no-sync", *_LOCALE)

_CREATE_OWNER = "CREATE ROLE {owner} LOGIN CREATEROLE CREATEDB PASSWORD {password}"
_CREATE_DATABASE = "CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}"
_DROP_DATABASE = "DROP DATABASE IF EXISTS {name} WITH (FORCE)"


class Database:
    """A running server with one database `hidra`; made by `Database.launch`, ended by `close`.

    `url` logs in as the owner, which may create databases and roles but is no superuser, like the master user of RDS: a
    superuser bypasses row-level security and would hide its mistakes.
    """

    def __init__(self, folder: Path, port: int, *, durable: bool) -> None:
        self.folder = folder
        self.port = port
        self.log = folder / "postgres.log"
        self._durable = durable
        self._user = unprivileged_user()
        self._bin = reachable_binaries(folder, self._user)
        self._passwords = {"postgres": secrets.token_hex(16), OWNER: secrets.token_hex(16)}
        self._child: Child | None = None

    @classmethod
    def launch(cls, *, port: int = 0, durable: bool = False, folder: Path | None = None) -> Self:
        """Start a new server on 127.0.0.1 (about a second).

        `port` 0 chooses a free one. `durable` keeps fsync on, for measurements at the real price. `folder` is the
        parent of the server's folder; a temporary one by default, and where PostgreSQL could not use it. Raises
        LocalError.
        """
        port = require_port(port, "PostgreSQL") if port else 0
        home = make_folder("hidra-postgres-", parent=_usable(folder) or reachable_parent())
        database = cls(home, port, durable=durable)
        try:
            database._initialise()
            database.start()
            with database.admin() as connection:
                _run(connection, _CREATE_OWNER, owner=OWNER, password=sql.Literal(database._passwords[OWNER]))
            database.create(DATABASE)
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def reopen(cls, folder: Path, port: int) -> Self:
        """Start a server again that was lost, on its port and data; the passwords stay those of its launch.

        Raises LocalError if the port is taken or the server does not start. The data stays in any case.
        """
        require_port(port, "PostgreSQL")
        _release_data(folder / "data")
        database = cls(folder, port, durable=False)
        try:
            database.start()
        except BaseException:
            database.stop()
            raise
        return database

    @classmethod
    @contextlib.contextmanager
    def running(cls, *, port: int = 0, durable: bool = False) -> Iterator[Self]:
        database = cls.launch(port=port, durable=durable)
        try:
            yield database
        finally:
            database.close()

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, name: str, *, user: str = OWNER) -> str:
        return f"postgresql://{user}:{self._passwords[user]}@127.0.0.1:{self.port}/{quote(name)}"

    @property
    def child(self) -> Child:
        assert self._child is not None, "the server is stopped"
        return self._child

    def start(self) -> None:
        """Start the server again on the same port and data."""
        if self._child is not None and self._child.running():
            return
        chosen = bool(self.port)
        for attempt in range(5):
            self.port = self.port or free_port()
            try:
                self._start_once()
            except LocalError as error:
                # Another process has bound the free port in between: choose another one, if the choice is ours.
                if chosen or attempt == 4 or "Address already in use" not in str(error):
                    raise
                self.port = 0
            else:
                return

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; the data stays.

        `fast` ends sessions and checkpoints. `immediate` is a crash, from which the next start recovers. `kill` is a
        crash that PostgreSQL cannot handle at all.
        """
        if self._child is None:
            return
        # https://www.postgresql.org/docs/current/server-shutdown.html
        self._child.signal({"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "kill": signal.SIGKILL}[mode])
        try:
            self._child.reap(seconds=20)
        except subprocess.TimeoutExpired:
            self._child.stop(patience=0)
        self._child = None

    def close(self) -> None:
        """Stop the server and remove its data."""
        self.stop("immediate")
        remove_folder(self.folder)

    def admin(self, name: str = "postgres") -> psycopg.Connection:
        """A superuser's connection with autocommit; use it as a context manager."""
        return psycopg.connect(self.url_of(name, user="postgres"), autocommit=True, connect_timeout=5)

    def create(self, name: str | None = None, *, template: str = "template1") -> str:
        """Create a database from a template without connections (30 to 120 ms); returns the owner's URL."""
        name = name or f"hidra_{secrets.token_hex(6)}"
        with self.admin() as connection:
            _run(connection, _CREATE_DATABASE, name=name, owner=OWNER, template=template)
        return self.url_of(name)

    def drop(self, name: str) -> None:
        """End a database's sessions and drop it."""
        with self.admin() as connection:
            _run(connection, _DROP_DATABASE, name=name)

    def _initialise(self) -> None:
        data, password = self.folder / "data", self.folder / "password"
        data.mkdir(mode=0o700)
        password.write_text(self._passwords["postgres"])
        if self._user:
            for path in (self.folder, data, password):
                os.chown(path, cast(int, self._user["user"]), cast(int, self._user["group"]))
        command = [self._bin / "initdb", "--pgdata", data, "--pwfile", password, *_INITDB]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=clean_environment(),
            timeout=120,
            **(self._user or {}),  # type: ignore[call-overload]
        )
        password.unlink()
        if done.returncode != 0:
            raise LocalError(f"initdb failed: {(done.stderr or done.stdout).strip()}")

    def _start_once(self) -> None:
        settings = {**_SETTINGS, **({} if self._durable else _FAST), "port": str(self.port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command: list[str | Path] = [self._bin / "postgres", "-D", self.folder / "data", *options]
        self._child = Child("PostgreSQL", command, log=self.log, env=clean_environment(), user=self._user)
        self._child.wait_for(self._is_ready, seconds=60)

    def _is_ready(self) -> bool | None:
        """The eighth line of postmaster.pid is the state; pg_ctl waits for it too (src/include/utils/pidfile.h)."""
        with contextlib.suppress(FileNotFoundError):
            lines = (self.folder / "data" / "postmaster.pid").read_text().splitlines()
            if len(lines) >= 8 and lines[0] == str(self.child.identity.pid) and lines[7].strip() == "ready":
                return True
        return None


def has_data(folder: Path) -> bool:
    """Whether the server's folder still holds its data. A restart of the machine may empty the temporary folders."""
    return (folder / "data" / "PG_VERSION").is_file()


def _usable(folder: Path | None) -> Path | None:
    """The folder itself if PostgreSQL can have its data there: it must reach it, and the file system keep its mode."""
    if folder is None or (unprivileged_user() and not reachable(folder)):
        return None
    with tempfile.TemporaryDirectory(dir=folder) as probe:  # made with mode 0700
        return folder if stat.S_IMODE(os.stat(probe).st_mode) == 0o700 else None


def _release_data(data: Path) -> None:
    """End what a killed server left at work on its data, then remove its lock.

    The lock names a process by its number, which may belong to any other process by now. Each process of a server has
    the data as its working folder (PostgreSQL's ChangeToDataDir).
    """
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.cwd() == str(data):
                process.kill()
                process.wait(10)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _run(connection: psycopg.Connection, statement: LiteralString, **names: str | sql.Composable) -> None:
    parts = {key: sql.Identifier(value) if isinstance(value, str) else value for key, value in names.items()}
    connection.execute(sql.SQL(statement).format(**parts))
