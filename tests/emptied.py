"""A database for one test after the other, emptied in between: a few milliseconds, where a new one costs 200."""

from typing import Any, Self

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.rows import scalar_row

from hidra.store.db import Database
from local.database import Database as Server

_TABLES = """
select format('%I.%I', schemaname, tablename) from pg_tables
where schemaname in ('core', 'hidra') and tablename not in ('schema_migrations', 'identity')
order by 1
"""
# Above so many bytes dead rows cost more than the new files of a TRUNCATE.
_SMALL = 2_000_000
# What a test changed here but rows, the next one would find.
_REFUSE_CHANGES = """
create function public.refuse_changes() returns event_trigger language plpgsql as $$ begin
  if exists (select from pg_event_trigger_ddl_commands() where schema_name is distinct from 'pg_temp') then
    raise 'other tests use this database: ask for the fixture fresh_database';
  end if;
end $$;
create event trigger refuse_changes on ddl_command_end execute function public.refuse_changes();
"""
# As `discard all`, but that the statements stay prepared: planning them anew would take half of the server's time.
_FORGET = """
close all; set session authorization default; reset all; unlisten *; select pg_advisory_unlock_all(); discard sequences;
discard temp
"""
_END_OTHERS = """
select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> all(%s) and pid <> pg_backend_pid()
"""


class Emptied:
    """One database, known by its superuser's connection, which no test sees."""

    def __init__(self, admin: psycopg.Connection[Any]) -> None:
        self._admin = admin
        with admin.cursor(row_factory=scalar_row) as cursor:
            tables = cursor.execute(_TABLES).fetchall()
        admin.execute("set session_replication_role = replica")  # no trigger and no foreign key: any order will do
        admin.execute("set lock_timeout = '10s'")
        admin.execute(_function(tables))

    @classmethod
    def of(cls, server: Server, name: str) -> Self:
        """The database of that name, in which from now on nothing but rows can be changed."""
        admin = server.admin(name)
        # A vacuum would let new rows take the places of deleted ones: tests would find them in another order than theirs.
        for (table,) in admin.execute(_TABLES).fetchall():
            admin.execute(f"alter table {table} set (autovacuum_enabled = off)")
        admin.execute(_REFUSE_CHANGES)
        return cls(admin)

    def close(self) -> None:
        self._admin.close()

    def empty(self, owner: psycopg.Connection[Any], *used: Database) -> None:
        """Removes every row and every session but the owner's and those that ``used`` keep, which are as new."""
        kept = [owner, *(database._connection for database in used if _fit(database))]
        pids = [connection.info.backend_pid for connection in kept if connection is not None]
        self._admin.execute(_END_OTHERS, [pids])
        for connection in kept:
            if connection is not None:
                connection.execute(_FORGET, prepare=False)
        self._admin.execute("select pg_temp.empty()")


def _fit(database: Database) -> bool:
    """Whether its connection can serve the next test; if not, it is closed."""
    connection = database._connection
    if connection is not None and connection.info.transaction_status != TransactionStatus.IDLE:
        database.close()
    return database._connection is not None


def _function(tables: list[str]) -> sql.Composed:
    names = [sql.SQL(table) for table in tables]  # type: ignore[arg-type]  # quoted by the server
    deletes = [sql.SQL("if exists (select from {0}) then delete from {0}; end if;").format(name) for name in names]
    sizes = [sql.SQL("pg_relation_size({})").format(sql.Literal(table)) for table in tables]
    return sql.SQL(
        "create function pg_temp.empty() returns void language plpgsql as $$ begin"
        " if {sizes} > {small} then truncate {all}; else {deletes} end if; end $$"
    ).format(
        sizes=sql.SQL(" + ").join(sizes),
        small=sql.Literal(_SMALL),
        all=sql.SQL(", ").join(names),
        deletes=sql.SQL(" ").join(deletes),
    )
