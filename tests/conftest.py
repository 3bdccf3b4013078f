"""A real PostgreSQL for every test that asks for one: one server and one migrated database a session."""

import os
import random
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest

from hidra.store import database_keys, schema
from hidra.store.db import Database
from local.database import Database as Server
from tests.emptied import Emptied

ROOT = Path(__file__).parent.parent
MIGRATIONS = ROOT / "sql" / "migrations"
PHONE_HASH_SECRET = b"test"  # what the databases of the tests belong to
# Functions read their settings at import. A test sets the values that it needs.
for name, value in {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "POWERTOOLS_METRICS_NAMESPACE": "Hidra",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_DISABLED": "true",
}.items():
    os.environ.setdefault(name, value)

# What a developer's shell has for other programs: no proxy is asked for this machine, and libpq reads PGOPTIONS and others.
for name in ("NO_PROXY", "no_proxy"):
    os.environ[name] = ",".join(filter(None, ["127.0.0.1", "localhost", os.environ.get(name)]))
for name in [name for name in os.environ if name.startswith("PG")]:
    del os.environ[name]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run the tests in the random order of this seed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if (seed := config.getoption("shuffle")) is not None:
        random.Random(seed).shuffle(items)


@dataclass(frozen=True)
class Databases:
    """One database, seen by the HTTP functions, by the workers, and by its owner."""

    http: Database
    jobs: Database
    owner: psycopg.Connection
    settings: dict[str, str]
    logins: dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server.running() as running:
        yield running


@pytest.fixture(scope="session")
def logins() -> dict[str, dict[str, str]]:
    return {name: {"username": f"test_{name}", "password": secrets.token_hex(8)} for name in ("http", "jobs")}


@pytest.fixture(scope="session")
def migrated(server: Server, logins: dict[str, dict[str, str]]) -> str:
    """The name of a migrated database that is there to be copied."""
    url = server.create("migrated")
    schema.migrate(f"{url}?sslmode=disable", MIGRATIONS)
    schema.ensure_login(url, logins["http"], schema.HTTP_ROLES)
    schema.ensure_login(url, logins["jobs"], schema.JOBS_ROLES)
    database_keys.keep_hash_key(url, PHONE_HASH_SECRET)
    return "migrated"


@contextmanager
def created(server: Server, migrated: str, logins: dict[str, dict[str, str]]) -> Iterator[Databases]:
    """A copy of the database `migrated`, until it is dropped."""
    url = server.create(template=migrated)
    where = urlsplit(url)
    settings = {
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(where.port),
        "DATABASE_NAME": where.path.lstrip("/"),
        "DATABASE_SSLMODE": "disable",
        "DATABASE_ROOT_CERTIFICATES": "rds",
        "DATABASE_POOLER": "false",
        "DATABASE_SECRET": "",
    }
    http, jobs = (Database({**settings, "DATABASE_SECRET": role}, logins.__getitem__) for role in ("http", "jobs"))
    with psycopg.connect(url, autocommit=True) as owner:
        yield Databases(http, jobs, owner, settings, logins)
    http.close()
    jobs.close()
    server.drop(settings["DATABASE_NAME"])


class Kept:
    """The database that `databases` empties after each test, and another one after a test that made that impossible."""

    def __init__(self, server: Server, migrated: str, logins: dict[str, dict[str, str]]) -> None:
        self._server, self._migrated, self._logins = server, migrated, logins
        self._open = ExitStack()
        self._current: tuple[Databases, Emptied] | None = None

    @contextmanager
    def lent(self) -> Iterator[Databases]:
        databases, emptied = self._current = self._current or self._make()
        yield databases
        try:
            emptied.empty(databases.owner, databases.http, databases.jobs)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._current = None
        self._open.close()

    def _make(self) -> tuple[Databases, Emptied]:
        databases = self._open.enter_context(created(self._server, self._migrated, self._logins))
        emptied = Emptied.of(self._server, databases.settings["DATABASE_NAME"])
        return databases, self._open.enter_context(closing(emptied))


@pytest.fixture(scope="session")
def kept_database(server: Server, migrated: str, logins: dict[str, dict[str, str]]) -> Iterator[Kept]:
    with closing(Kept(server, migrated, logins)) as kept:
        yield kept


@pytest.fixture
def fresh_database(server: Server, migrated: str, logins: dict[str, dict[str, str]]) -> Iterator[Databases]:
    """A database of the test's own, for what changes more than rows: tables, comments, settings, roles, migrations.

    A test that asks for it finds it under the name `databases` too, and so do its other fixtures.
    """
    with created(server, migrated, logins) as databases:
        yield databases


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """The database that all tests of a process use, one after the other: each finds it without a row."""
    if "fresh_database" in request.fixturenames:
        yield request.getfixturevalue("fresh_database")
        return
    kept: Kept = request.getfixturevalue("kept_database")
    with kept.lent() as databases:
        yield databases


@pytest.fixture
def user(databases: Databases) -> UUID:
    """A tenant."""
    user_id = uuid4()
    databases.owner.execute("insert into core.users (id, email) values (%s, 'ana@example.com')", [user_id])
    return user_id
