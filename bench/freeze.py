"""The speed of a freeze compared with an INSERT … SELECT of the same rows: python -m bench.freeze [ROWS].

The freeze is a whole pass of campaign_advance over a due campaign: it joins the segment's members to their contacts and
to the opt-outs, resolves every variable, writes and counts the messages, and makes the first tickets. The yardstick
copies the rows that a freeze wrote, in their order, from a table that holds only them into a table with every index,
CHECK, identity and the foreign key of campaign_messages, which is its one trigger. It has no row-level security, no
counts and no tickets.

The two run in turns whose order alternates, each after a checkpoint, with the same settings (no fsync) and into an
empty table, as an index of random keys gets slower with its size. The ratio is that of the medians. The second ratio
is that of the processor time of the two connections' server processes; it is more exact if other programs use the
machine.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import psutil  # type: ignore[import-untyped]
import psycopg

from bench.loading import migrated, unindexed
from bench.results import Result, compared
from bench.world import jobs_database
from hidra.services.advance_campaign import advance_campaign
from hidra.store.db import Database, Tx
from hidra.telemetry import logger
from local.database import Database as Server

# Seconds by the clock, and of processor time.
type Took = tuple[float, float]

FULL, QUICK = 1_000_000, 20_000  # recipients
ROUNDS = 3
# One contact in twenty has opted out, one in a hundred has no city.
CONTACTS = """
insert into hidra.contacts (user_id, phone, phone_hash, name, attributes)
select %(user_id)s, '+55' || 11 + n %% 80 || '9' || lpad((n::bigint * 7919 %% 100000000)::text, 8, '0'),
    sha256(n::text::bytea), 'Cliente ' || n,
    jsonb_build_object('pontos', n %% 500, 'plano', 'ouro')
        || case when n %% 100 = 1 then '{}' else '{"cidade": "Recife"}'::jsonb end
from generate_series(1, %(rows)s) n
"""
# The loading switches off the trigger that keeps them.
NAMES = """
insert into hidra.attribute_names (user_id, name)
select distinct user_id, jsonb_object_keys(attributes) from hidra.contacts
"""
MEMBERS = "insert into hidra.segment_contacts select user_id, %(segment_id)s, id from hidra.contacts"
OPT_OUTS = """
insert into hidra.opt_outs (user_id, phone_hash, source)
select user_id, phone_hash, 'api' from hidra.contacts where right(phone, 8)::integer % 20 = 0
"""
WORLD = """
insert into core.users (id) values (%(user_id)s);
insert into hidra.evolution_api_config (id, user_id, base_url, instance_name, api_key_encrypted, status)
values (%(connection_id)s, %(user_id)s, 'https://evolution.example', 'main', 'sealed', 'connected');
insert into hidra.pace_limits values (%(connection_id)s, %(user_id)s, 60);
insert into hidra.contact_segments (id, user_id, name) values (%(segment_id)s, %(user_id)s, 'all');
insert into hidra.message_templates (id, user_id, title, body)
values (%(template_id)s, %(user_id)s, 'hello', 'Oi {{nome}}, em {{cidade}} são {{pontos}} pontos.')
"""
CAMPAIGN = """
insert into hidra.campaigns (id, user_id, evolution_config_id, segment_id, template_id, name, status, scheduled_at,
    scheduled_by, max_messages_per_minute)
values (%(id)s, %(user_id)s, %(connection_id)s, %(segment_id)s, %(template_id)s, %(id)s, 'scheduled', now(),
    %(user_id)s, 20);
insert into hidra.campaign_metrics (campaign_id, user_id) values (%(id)s, %(user_id)s);
insert into hidra.pace_limits values (%(id)s, %(user_id)s, 20)
"""
COLUMNS = """user_id, campaign_id, run_id, contact_id, evolution_config_id, phone, phone_hash, variables, status,
    failed_at, error_code, error_detail"""
PREPARE = f"""
create table joined as select {COLUMNS} from hidra.campaign_messages order by id;
analyze joined;
create table yardstick (like hidra.campaign_messages including all);
alter table yardstick add foreign key (user_id, campaign_id, run_id)
    references hidra.campaign_runs (user_id, campaign_id, id) on delete cascade
"""
# The row that the foreign key needs.
RUN = """
insert into hidra.campaign_runs (user_id, campaign_id, initiated_by, body, ended_at)
values (%(user_id)s, %(id)s, %(user_id)s, '', now()) returning id
"""
COPY = f"""
insert into yardstick ({COLUMNS})
select {COLUMNS.replace("campaign_id, run_id", "%(id)s, %(run_id)s")} from joined
"""


def measure(rows: int) -> list[Result]:
    """Freezes an audience of so many, and copies its messages, three times each."""
    started = time.monotonic()
    with migrated() as server, psycopg.connect(server.url, autocommit=True) as owner:
        ids = {name: uuid4() for name in ("user_id", "connection_id", "segment_id", "template_id")}
        logger.setLevel("WARNING")
        began = time.monotonic()
        _fill(server, ids, rows)
        db = jobs_database(server)
        print(f"{rows:,} contacts in {time.monotonic() - began:.0f} s")
        _freeze(db, owner, ids)  # warms the caches, and writes the rows for the yardstick
        owner.execute(PREPARE)
        frozen: list[Took] = []
        copied: list[Took] = []
        for number in range(ROUNDS):
            turns = [(frozen, partial(_freeze, db, owner, ids)), (copied, partial(_copy, owner, ids))]
            for times, measure in turns[:: -1 if number % 2 else 1]:
                owner.execute("truncate hidra.campaign_messages, yardstick")
                with server.admin() as admin:
                    admin.execute("checkpoint")
                times.append(measure())
        db.close()
    (freeze, freeze_cpu), (copy, copy_cpu) = _medians(frozen), _medians(copied)
    print(f"freeze           {rows / freeze:9,.0f} recipients/s")
    print(f"INSERT … SELECT  {rows / copy:9,.0f} rows/s")
    print(f"ratio            {copy / freeze:9.2f} (wanted: 0.90)")
    print(f"of the CPU time  {copy_cpu / freeze_cpu:9.2f}")
    return [
        compared(
            "freeze of an audience",
            size=f"{rows:,} recipients, no fsync",
            unit="recipients/s",
            value=rows / freeze,
            yardstick="INSERT … SELECT of the same rows",
            yardstick_value=rows / copy,
            at_least=0.9,
            seconds=time.monotonic() - started,
        )
    ]


def _fill(server: Server, ids: dict[str, UUID], rows: int) -> None:
    with psycopg.connect(server.url, autocommit=True) as owner, psycopg.ClientCursor(owner) as cursor:
        cursor.execute(WORLD, ids)
    with unindexed(server, "hidra.contacts") as loading:
        loading.execute(CONTACTS, {**ids, "rows": rows})
        loading.execute(NAMES)
    with unindexed(server, "hidra.segment_contacts") as loading:
        loading.execute(MEMBERS, ids)
        loading.execute("update hidra.contact_segments set total_contacts = %s", [rows])
    with unindexed(server, "hidra.opt_outs") as loading:
        loading.execute(OPT_OUTS)


def _campaign(owner: psycopg.Connection[Any], ids: dict[str, UUID]) -> dict[str, UUID]:
    made = {**ids, "id": uuid4()}
    with psycopg.ClientCursor(owner) as cursor:
        cursor.execute(CAMPAIGN, made)
    return made


def _freeze(db: Database, owner: psycopg.Connection[Any], ids: dict[str, UUID]) -> Took:
    campaign_id = _campaign(owner, ids)["id"]
    took = _timed(
        db.as_worker(_backend),
        lambda: advance_campaign(campaign_id, db=db, issue_tickets=lambda *_: None, requeue_after=lambda *_: None),
    )
    counted = owner.execute(
        "select total_messages, pending, failed, skipped from hidra.campaign_metrics where campaign_id = %s",
        [campaign_id],
    ).fetchone()
    print(f"frozen in {took[0]:.2f} s, CPU {took[1]:.2f} s: (total, pending, failed, skipped) = {counted}")
    return took


def _copy(owner: psycopg.Connection[Any], ids: dict[str, UUID]) -> Took:
    made: dict[str, Any] = _campaign(owner, ids)
    made["run_id"] = (owner.execute(RUN, made).fetchone() or [None])[0]
    took = _timed(owner.info.backend_pid, lambda: owner.execute(COPY, made))
    print(f"copied in {took[0]:.2f} s, CPU {took[1]:.2f} s")
    return took


def _backend(tx: Tx) -> int:
    pid: int = tx.value("select pg_backend_pid()")
    return pid


def _timed(backend: int, work: Callable[[], object]) -> Took:
    process = psutil.Process(backend)
    before, began = process.cpu_times(), time.monotonic()
    work()
    took, after = time.monotonic() - began, process.cpu_times()
    return took, after.user + after.system - before.user - before.system


def _medians(times: list[Took]) -> Took:
    return median(wall for wall, _ in times), median(cpu for _, cpu in times)


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
