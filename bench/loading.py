"""A migrated server for a benchmark, and fast loading of millions of rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg

from hidra.store import database_keys, schema
from hidra.store.db import Database
from local.database import DATABASE
from local.database import Database as Server
from local.schema import MIGRATIONS

PHONE_HASH_SECRET = "bench"
INDEXES = """
select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname, pg_get_constraintdef(c.oid)
from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.conrelid = i.indrelid
where i.indrelid = %s::regclass and not i.indisprimary
"""


@contextmanager
def migrated(*, durable: bool = False) -> Iterator[Server]:
    """A new server with the tables of Hidra; ``durable``: with fsync."""
    with Server.running(durable=durable) as server:
        schema.migrate(f"{server.url}?sslmode=disable", MIGRATIONS)
        database_keys.keep_hash_key(server.url, PHONE_HASH_SECRET.encode())
        yield server


def open_database(server: Server, login: dict[str, str], *, port: int | None = None) -> Database:
    """Returns the server's database as a function uses it with this login; a statement may take 280 s.

    Args:
        port: of a proxy before the server.
    """
    settings = {
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(port or server.port),
        "DATABASE_NAME": DATABASE,
        "DATABASE_SSLMODE": "disable",
        "DATABASE_ROOT_CERTIFICATES": "rds",
        "DATABASE_POOLER": "false",
        "DATABASE_SECRET": "",
    }
    return Database(settings, lambda _: login, statement_timeout_ms=280_000)


@contextmanager
def unindexed(server: Server, table: LiteralString) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection that loads the table fast.

    Triggers are off, so only CHECKs apply, and indexes that no constraint needs are dropped. At the end they are built
    again, and the table is vacuumed and analysed.
    """
    with server.admin(DATABASE) as connection:
        found = connection.execute(INDEXES, [table]).fetchall()
        plain = [(name, made) for name, made, constraint, _ in found if constraint is None]
        for name, _ in plain:
            connection.execute(f"drop index {name}")
        connection.execute("set session_replication_role = replica")
        yield connection
        connection.execute("set maintenance_work_mem = '512MB'")
        for _, made in plain:
            connection.execute(made)
        connection.execute(f"vacuum analyze {table}")
