"""A real PostgreSQL for every test that asks for one: one server a session, a fresh migrated database a test."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest

from hidra.store import schema
from hidra.store.db import Database
from local.database import Database as Server

ROOT = Path(__file__).parent.parent
MIGRATIONS = ROOT / "sql" / "migrations"
# Functions name their settings at import; what a test needs to differ, it sets itself.
for name, value in {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "POWERTOOLS_METRICS_NAMESPACE": "Hidra",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_DISABLED": "true",
}.items():
    os.environ.setdefault(name, value)


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
    """The name of a migrated database that is copied for each test."""
    url = server.create("migrated")
    schema.migrate(f"{url}?sslmode=disable", MIGRATIONS)
    schema.ensure_login(url, logins["http"], schema.HTTP_ROLES)
    schema.ensure_login(url, logins["jobs"], schema.JOBS_ROLES)
    return "migrated"


@pytest.fixture
def databases(server: Server, migrated: str, logins: dict[str, dict[str, str]]) -> Iterator[Databases]:
    url = server.create(template=migrated)
    where = urlsplit(url)
    name = where.path.lstrip("/")
    settings = {
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(where.port),
        "DATABASE_NAME": name,
        "DATABASE_SSLMODE": "disable",
        "DATABASE_SECRET": "",
    }
    http, jobs = (Database({**settings, "DATABASE_SECRET": role}, logins.__getitem__) for role in ("http", "jobs"))
    with psycopg.connect(url, autocommit=True) as owner:
        yield Databases(http, jobs, owner, settings, logins)
    http.close()
    jobs.close()
    server.drop(name)


@pytest.fixture
def user(databases: Databases) -> UUID:
    """A tenant."""
    user_id = uuid4()
    databases.owner.execute("insert into core.users (id, email) values (%s, 'ana@example.com')", [user_id])
    return user_id
