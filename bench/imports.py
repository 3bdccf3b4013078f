"""An import's rows a second beside a COPY of the same rows already normalised, and beside psycopg's executemany.

`make bench`, or python -m bench.imports ROWS. One row in ten repeats an earlier one, one in twenty has no phone, three
in ten write it in an odd form. The COPY goes into a table with the contacts' primary key and unique index. executemany
is one upsert a row, pipelined: what SQLAlchemy's bulk upsert comes to without its own work.
"""

import io
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from hidra.services.import_contacts import File, run_slice
from hidra.store import schema
from hidra.store.db import Database
from local.database import Database as Server

ROOT = Path(__file__).parent.parent
AREAS = (11, 21, 31, 41, 51, 61, 71, 81, 85)
ODD: tuple[Callable[[str], str], ...] = (
    lambda p: f"({p[:2]}) {p[2:7]}-{p[7:]}",
    lambda p: f"+55 {p[:2]} {p[2:7]}-{p[7:]}",
    lambda p: f"0{p}",
    lambda p: f"{p[:2]} {p[3:7]}.{p[7:]}",
)
YARDSTICK = """
create table {} (
    id uuid primary key default gen_random_uuid(), user_id uuid not null, phone text not null,
    phone_hash bytea not null, name text, attributes jsonb not null, consent jsonb,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(), unique (user_id, phone)
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


def main(rows: int) -> None:
    content, user_id, segment_id = file_of(rows), uuid4(), uuid4()
    with Server.running() as server:
        schema.migrate(f"{server.url}?sslmode=disable", ROOT / "sql" / "migrations")
        login = {"username": "bench_jobs", "password": "bench"}
        schema.ensure_login(server.url, login, schema.JOBS_ROLES)
        place = urlsplit(server.url)
        settings = {
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_PORT": str(place.port),
            "DATABASE_NAME": place.path[1:],
            "DATABASE_SSLMODE": "disable",
            "DATABASE_SECRET": "",
        }
        db = Database(settings, lambda _: login)
        with psycopg.connect(server.url, autocommit=True) as owner:
            owner.execute("insert into core.users (id) values (%s)", [user_id])
            owner.execute(
                "insert into hidra.contact_segments (id, user_id, name) values (%s, %s, 'all')", [segment_id, user_id]
            )
            base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            first = brought_in(db, owner, user_id, segment_id, content)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            again = brought_in(db, owner, user_id, segment_id, content)
            copied, count = copy(owner)
            executed = executemany(owner, min(count, 100_000))
        db.close()
    print(f"import        {rows / first:9,.0f} rows/s  {rows / first / (count / copied):.2f} of COPY")
    print(f"second time   {rows / again:9,.0f} rows/s  {again / first:.2f} of the first's time")
    print(f"COPY          {count / copied:9,.0f} rows/s")
    print(f"executemany   {executed:9,.0f} rows/s")
    print(f"memory        {peak:9,.0f} MB at most, {base:,.0f} MB before (the file: {len(content) >> 20} MB)")


def brought_in(db: Database, owner: psycopg.Connection, user_id: UUID, segment_id: UUID, content: bytes) -> float:
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
        keep_rejects=lambda _: None,
        go_on=lambda: None,
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


def copy(owner: psycopg.Connection) -> tuple[float, int]:
    owner.execute(YARDSTICK.format("by_copy"))
    rows = io.BytesIO()
    columns = "user_id, phone, phone_hash, name, attributes"
    with owner.cursor().copy(f"copy (select {columns} from hidra.contacts order by random()) to stdout") as out:
        for piece in out:
            rows.write(piece)
    began = time.monotonic()
    with owner.cursor().copy(f"copy by_copy ({columns}) from stdin") as into:
        into.write(rows.getvalue())
    return time.monotonic() - began, rows.getvalue().count(b"\n")


def executemany(owner: psycopg.Connection, rows: int) -> float:
    owner.execute(YARDSTICK.format("by_rows"))
    found = owner.execute(
        "select user_id, phone, phone_hash, name, attributes from hidra.contacts limit %s", [rows]
    ).fetchall()
    params = [(*row[:4], json.dumps(row[4])) for row in found]
    began = time.monotonic()
    with owner.transaction():
        owner.cursor().executemany(
            "insert into by_rows as c (user_id, phone, phone_hash, name, attributes) values (%s, %s, %s, %s, %s)"
            " on conflict (user_id, phone) do update set name = coalesce(excluded.name, c.name),"
            " attributes = c.attributes || excluded.attributes, updated_at = now()",
            params,
        )
    return rows / (time.monotonic() - began)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
