"""Rows per second of an import, of a COPY of the same rows normalised, and of SQLAlchemy's upserts of them.

`make bench`, or python -m bench.imports ROWS. One row in ten repeats an earlier one, one in twenty has no phone, three
in ten write the phone in an odd form. The COPY goes into a table with the contacts' primary key and unique index.
SQLAlchemy writes into the real table of contacts in a database of its own; it reads no file, fills no segment and
counts nothing.
"""

import io
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import sqlalchemy
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB, insert

from bench.loading import migrated
from bench.results import Result, compared
from bench.world import jobs_database
from hidra.services.imports.reading import File
from hidra.services.imports.run_slice import run_slice
from hidra.store import schema
from hidra.store.db import Database
from local.schema import MIGRATIONS

FULL, QUICK = 1_000_000, 20_000  # rows
AREAS = (11, 21, 31, 41, 51, 61, 71, 81, 85)
ODD: tuple[Callable[[str], str], ...] = (
    lambda p: f"({p[:2]}) {p[2:7]}-{p[7:]}",
    lambda p: f"+55 {p[:2]} {p[2:7]}-{p[7:]}",
    lambda p: f"0{p}",
    lambda p: f"{p[:2]} {p[2:7]}.{p[7:]}",
)
COLUMNS = "user_id, phone, phone_hash, name, attributes"
YARDSTICK = """
create table by_copy (
    id uuid default gen_random_uuid(), user_id uuid not null, phone text not null,
    phone_hash bytea not null, name text, attributes jsonb not null, consent jsonb,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
    primary key (user_id, id), unique (user_id, phone)
)
"""


def file_of(rows: int) -> bytes:
    chance, written = random.Random(1), ["telefone,nome,cidade,pontos"]
    for number in range(rows):
        kind = chance.random()
        if number and kind < 0.10:
            written.append(written[chance.randrange(1, number + 1)])
            continue
        phone = f"{chance.choice(AREAS)}9{60_000_000 + number:08}"
        shape = chance.random()
        text = f"12-{number}" if kind < 0.15 else chance.choice(ODD)(phone) if shape < 0.30 else f"55{phone}"
        written.append(f"{text},Cliente {number},Recife,{number % 500}")
    return "\n".join(written).encode()


def measure(wanted: int) -> list[Result]:
    """Imports so many rows twice, and writes them by the yardsticks."""
    started = time.monotonic()
    content, user_id, segment_id = file_of(wanted), uuid4(), uuid4()
    with migrated() as server:
        db = jobs_database(server)
        with psycopg.connect(server.url, autocommit=True) as owner:
            owner.execute("insert into core.users (id) values (%s)", [user_id])
            owner.execute(
                "insert into hidra.contact_segments (id, user_id, name) values (%s, %s, 'all')", [segment_id, user_id]
            )
            base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            first = run_import(db, owner, user_id, segment_id, content)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            again = run_import(db, owner, user_id, segment_id, content)
            text, rows = normalised(owner)
            copying = sorted(copied(owner, text) for _ in range(3))
            databases = [f"{server.url.rsplit('/', 1)[0]}/sqlalchemy_{number}" for number in range(2)]
            for url in databases:
                owner.execute(f"create database {url.rsplit('/', 1)[1]}")
                schema.migrate(f"{url}?sslmode=disable", MIGRATIONS)
            by_driver, by_values = (upserted(url, rows, many_values=at == 1) for at, url in enumerate(databases))
        db.close()
    best = min(by_driver, by_values)
    done, sqlalchemys, copys = wanted / first, len(rows) / best, len(rows) / copying[1]
    print(f"import        {done:9,.0f} rows/s  {done / copys:.2f} of COPY, {done / sqlalchemys:.2f} of SQLAlchemy")
    print(f"second time   {wanted / again:9,.0f} rows/s  {again / first:.2f} of the first's time")
    print(f"COPY          {copys:9,.0f} rows/s, of {' '.join(f'{len(rows) / each:,.0f}' for each in copying)}")
    print(f"SQLAlchemy    {len(rows) / by_driver:9,.0f} rows/s by executemany")
    print(f"              {len(rows) / by_values:9,.0f} rows/s by many values")
    print(f"memory        {peak:9,.0f} MB at most, {base:,.0f} MB before (the file: {len(content) >> 20} MB)")
    seconds = time.monotonic() - started
    common: dict[str, Any] = {"size": f"{wanted:,} rows, no fsync", "unit": "rows/s", "value": done, "seconds": seconds}
    upsert = "SQLAlchemy, the faster bulk upsert"
    return [
        compared("import of a CSV, of COPY", yardstick="COPY", yardstick_value=copys, at_least=0.3, **common),
        compared("import of a CSV, of SQLAlchemy", yardstick=upsert, yardstick_value=sqlalchemys, at_least=1, **common),
    ]


def run_import(db: Database, owner: psycopg.Connection, user_id: UUID, segment_id: UUID, content: bytes) -> float:
    import_id = uuid4()
    options = {"mapping": {}, "country": "BR", "encoding": "detect", "delimiter": "detect", "segment": True}
    owner.execute(
        "insert into hidra.contact_imports (id, user_id, segment_id, source, options) values (%s, %s, %s, 'csv', %s)",
        [import_id, user_id, segment_id, Jsonb(options)],
    )

    def read(offset: int, until: int | None) -> Iterator[bytes]:
        end = min(until or len(content), len(content))
        for at in range(offset, end, 4 << 20):
            yield content[at : min(at + (4 << 20), end)]

    began = time.monotonic()
    run_slice(
        import_id,
        db=db,
        find=lambda: File(len(content), "one", read),
        put=lambda _: None,
        queue_next=lambda: None,
        secret=b"bench",
        time_is_over=lambda: False,
    )
    took = time.monotonic() - began
    row = owner.execute(
        "select status, rows_read, created, updated, unchanged, rejected from hidra.contact_imports where id = %s",
        [import_id],
    ).fetchone()
    print(f"{row} in {took:.1f} s")
    return took


def normalised(owner: psycopg.Connection) -> tuple[bytes, list[dict[str, Any]]]:
    """The imported contacts in random order: as text for COPY, and as parameters of statements."""
    text = io.BytesIO()
    with owner.cursor().copy(f"copy (select {COLUMNS} from hidra.contacts order by random()) to stdout") as out:
        for piece in out:
            text.write(piece)
    names = COLUMNS.split(", ")
    rows = [dict(zip(names, line.split("\t"), strict=True)) for line in text.getvalue().decode().splitlines()]
    for row in rows:
        row["phone_hash"] = bytes.fromhex(row["phone_hash"].removeprefix("\\\\x"))
        row["attributes"] = json.loads(row["attributes"])
    return text.getvalue(), rows


def copied(owner: psycopg.Connection, text: bytes) -> float:
    owner.execute("drop table if exists by_copy")
    owner.execute(YARDSTICK)
    began = time.monotonic()
    with owner.cursor().copy(f"copy by_copy ({COLUMNS}) from stdin") as into:
        into.write(text)
    return time.monotonic() - began


def upserted(url: str, rows: list[dict[str, Any]], *, many_values: bool) -> float:
    """Seconds of SQLAlchemy's upsert of the rows into the real table of contacts, without a segment.

    Args:
        many_values: use its "insertmanyvalues" (a thousand rows a statement) instead of the driver's executemany.
    """
    engine = sqlalchemy.create_engine(
        url.replace("postgresql:", "postgresql+psycopg:"), insertmanyvalues_page_size=1_000
    )
    engine.dialect.use_insertmanyvalues_wo_returning = many_values
    column, kind = sqlalchemy.Column, sqlalchemy.Text
    contacts = sqlalchemy.Table(
        "contacts", sqlalchemy.MetaData(), column("user_id", sqlalchemy.Uuid), column("phone", kind),
        column("subscriber", kind, sqlalchemy.Computed("")), column("name", kind),
        column("phone_hash", sqlalchemy.LargeBinary), column("attributes", JSONB),
        column("updated_at", sqlalchemy.DateTime(timezone=True)), schema="hidra",
    )  # fmt: skip
    made = insert(contacts)
    statement = made.on_conflict_do_update(
        index_elements=["user_id", "subscriber"],
        set_={
            "name": sqlalchemy.func.coalesce(made.excluded.name, contacts.c.name),
            "attributes": contacts.c.attributes.op("||")(made.excluded.attributes),
            "updated_at": sqlalchemy.func.now(),
        },
    )
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("insert into core.users (id) values (:id)"), {"id": rows[0]["user_id"]})
        began = time.monotonic()
        connection.execute(statement, rows)
    took = time.monotonic() - began
    engine.dispose()
    return took


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
