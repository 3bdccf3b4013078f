"""The time of a search among many contacts: python -m bench.search [contacts]. One tenant owns half of them.

Prints each search's first time, its best of five (milliseconds) and the indexes that it used, for the largest tenant
and for a small one. It fails if a search scans the whole table.
"""

import sys
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg

from bench.loading import migrated, unindexed
from bench.results import Result
from hidra.domain.search import NamePart, parse
from local.processes import LocalError

SEARCHES = (
    "+5511987654321",
    "11 98",
    "(31) 98765",
    "4321",
    "8765-4321",
    "m",
    "maria",
    "joao sil",
    "maria jose",
    "zzzz",
)
CONTACTS = """
with words (first, last) as (select
    '{Maria,José,Ana,João,Antônio,Francisco,Carlos,Paulo,Pedro,Lucas,Márcia,Júlia,Conceição,Sônia,Joaquim}'::text[],
    '{Silva,Santos,Oliveira,Souza,Lima,Gomes,Costa,Ribeiro,Carvalho,Araújo,Magalhães,Gonçalves,D''Ávila}'::text[]
)
insert into hidra.contacts (user_id, phone, phone_hash, name)
select case when n %% 2 = 0 then %(large)s::uuid else users.ids[1 + n / 2 %% 20] end,
    '+55' || 11 + n %% 80 || '9' || lpad((n::bigint * 7919 %% 100000000)::text, 8, '0'), '',
    first[1 + (random() ^ 2 * 14)::int] || ' ' || last[1 + (random() ^ 2 * 12)::int] || ' '
        || last[1 + (random() ^ 2 * 12)::int] || ' '
        || initcap(translate(left(md5(n::text), 4), '0123456789', 'aeioumnrst'))
from generate_series(1, %(contacts)s) n, words, (select array_agg(id) as ids from core.users) users
on conflict do nothing
"""


# The scans that the session has not published yet, which it does between transactions. The table's own number counts
# scans without an index.
SCANS = """
select array_agg(each.name::text), array_agg(pg_stat_get_xact_numscans(each.name)) from (
    select 'hidra.contacts'::regclass as name union all
    select indexrelid::regclass from pg_index where indrelid = 'hidra.contacts'::regclass
) each
"""
FULL, QUICK = 1_000_000, 50_000  # contacts


def measure(contacts: int) -> list[Result]:
    """Searches among so many contacts, as a large and as a small tenant."""
    started = perf_counter()
    with migrated() as server, psycopg.connect(server.url, autocommit=True) as connection:
        users = connection.execute(
            "insert into core.users (id) select gen_random_uuid() from generate_series(1, 20) returning id"
        ).fetchall()
        began = perf_counter()
        with unindexed(server, "hidra.contacts") as loading:
            loading.execute(CONTACTS, {"large": users[0][0], "contacts": contacts})
        print(f"{contacts:,} contacts in {perf_counter() - began:.0f} s")
        slowest = [_measure(connection, user_id) for (user_id,) in (users[0], users[-1])]
    seconds = perf_counter() - started
    return [
        Result(
            name=f"search of contacts, the slowest form, a {tenant} tenant",
            size=f"{contacts:,} contacts, best of 5",
            value=value,
            unit="ms",
            goal="an index each",
            ok=True,
            seconds=seconds,
        )
        for tenant, value in zip(("large", "small"), slowest, strict=True)
    ]


def _measure(connection: psycopg.Connection[Any], user_id: UUID) -> float:
    slowest = 0.0
    connection.execute("select set_config('hidra.user_id', %s, false)", [str(user_id)])
    count = connection.execute("select count(*) from hidra.contacts where user_id = %s", [user_id]).fetchone()
    print(f"a tenant of {count and count[0]:,}: found, first ms, best ms, indexes")
    for text in SEARCHES:
        part = parse(text, calling_code="55")
        arguments = ([], "", part.text) if isinstance(part, NamePart) else (list(part.prefixes), part.suffix, None)
        times = []
        for _ in range(5):
            with connection.transaction():
                before = _scans(connection)
                began = perf_counter()
                found = connection.execute(
                    "select count(*) from hidra.search_contacts(%s::text[], %s, %s, %s, 50)", [*arguments, UUID(int=0)]
                ).fetchone()
                times.append((perf_counter() - began) * 1000)
                scanned = [name for name, scans in _scans(connection).items() if scans > before[name]]
        indexes = " ".join(scanned).replace("hidra.", "")
        print(f"  {text:20} {found and found[0]:3} {times[0]:8.1f} {min(times):8.1f}   {indexes}")
        if "hidra.contacts" in scanned or not scanned:
            raise LocalError(f"A search for {text!r} used no index.")
        slowest = max(slowest, min(times))
    return slowest


def _scans(connection: psycopg.Connection[Any]) -> dict[str, int]:
    names, scans = connection.execute(SCANS).fetchone() or ([], [])
    return dict(zip(names, scans, strict=True))


if __name__ == "__main__":
    try:
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    except LocalError as error:
        sys.exit(str(error))
