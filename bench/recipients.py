"""Pages and counts of recipients, and a retry beside webhooks: python -m bench.recipients [messages].

A campaign in which one message in ten failed, with one rare status and one rare reason. Prints the median and the 99th
percentile of many pages of each filter, from all over the list, and the time of the counts. Then all failed recipients
are retried, while another connection changes the counters of the campaign again and again: its longest wait is what a
webhook waits for the retry.
"""

import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg

from bench.loading import migrated, unindexed
from bench.results import Result
from bench.world import http_database, jobs_database
from hidra.domain.message import MessageStatus
from hidra.services import lifecycle
from hidra.services.advance_campaign import advance_campaign
from hidra.store import counters, recipients, recount
from hidra.store.db import Database
from hidra.telemetry import logger
from local.database import Database as Server

PAGES = 300
FULL, QUICK = 500_000, 20_000  # messages
WORLD = """
insert into core.users (id) values (%(user_id)s);
insert into hidra.evolution_api_config (id, user_id, base_url, instance_name, api_key_encrypted, status)
values (%(connection_id)s, %(user_id)s, 'https://evolution.example', 'main', 'sealed', 'connected');
insert into hidra.contact_segments (id, user_id, name) values (%(segment_id)s, %(user_id)s, 'all');
insert into hidra.message_templates (id, user_id, title, body) values (%(template_id)s, %(user_id)s, 'hello', 'Oi');
insert into hidra.campaigns (id, user_id, evolution_config_id, segment_id, template_id, name, status, completed_at)
values (%(campaign_id)s, %(user_id)s, %(connection_id)s, %(segment_id)s, %(template_id)s, 'c', 'completed', now());
insert into hidra.campaign_metrics (campaign_id, user_id) values (%(campaign_id)s, %(user_id)s);
insert into hidra.pace_limits values (%(campaign_id)s, %(user_id)s, 20);
insert into hidra.campaign_runs (id, user_id, campaign_id, initiated_by, body, status, ended_at)
values (%(run_id)s, %(user_id)s, %(campaign_id)s, %(user_id)s, 'Oi', 'completed', now())
"""
CONTACTS = """
insert into hidra.contacts (user_id, phone, phone_hash, name)
select %(user_id)s, '+55' || 11 + n %% 80 || '9' || lpad((n::bigint * 7919 %% 100000000)::text, 8, '0'),
    sha256(n::text::bytea), 'Cliente ' || n
from generate_series(1, %(rows)s) n
"""
MESSAGES = """
insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, evolution_config_id, phone, phone_hash,
    status, claimed_at, sent_at, delivered_at, failed_at, replied_at, error_code)
select user_id, %(campaign_id)s, %(run_id)s, id, %(connection_id)s, phone, phone_hash, status, now(), now(),
    case when status = 'delivered' then now() end, case when status = 'failed' then now() end,
    case when status = 'delivered' and n %% 20 = 3 then now() end,
    case when status = 'failed' then case when n %% 100000 = 10 then 'meta_131026' else 'not_on_whatsapp' end end
from (
    select c.*, (case when n %% 10 = 0 then 'failed' when n %% 100000 = 1 then 'sent' else 'delivered'
        end)::hidra.message_status as status
    from (select *, row_number() over () as n from hidra.contacts) c
) c
"""


def measure(rows: int) -> list[Result]:
    """Prints the times of pages, counts and a retry of a campaign with so many messages."""
    logger.setLevel("WARNING")
    with migrated() as server, psycopg.connect(server.url, autocommit=True) as owner:
        names = ("user_id", "connection_id", "segment_id", "template_id", "campaign_id", "run_id")
        ids = {name: uuid4() for name in names}
        began = time.monotonic()
        _fill(server, ids, rows)
        http, jobs, webhooks = http_database(server), jobs_database(server), jobs_database(server)
        jobs.as_worker(lambda tx: recount.repair(tx, campaign_id=ids["campaign_id"]))
        print(f"{rows:,} messages in {time.monotonic() - began:.0f} s")
        _read(http, ids)
        _retry(http, jobs, webhooks, ids)
        owner.execute("vacuum analyze hidra.campaign_messages")
        _read(http, ids)
        print(
            "differences to a recount:", jobs.as_worker(lambda tx: recount.compare(tx, campaign_id=ids["campaign_id"]))
        )
        for database in (http, jobs, webhooks):
            database.close()
    return []  # printed only: the rows of other stages have the goals


def _fill(server: Server, ids: dict[str, UUID], rows: int) -> None:
    with psycopg.connect(server.url, autocommit=True) as owner, psycopg.ClientCursor(owner) as cursor:
        cursor.execute(WORLD, ids)
    with unindexed(server, "hidra.contacts") as loading:
        loading.execute(CONTACTS, {**ids, "rows": rows})
    with unindexed(server, "hidra.campaign_messages") as loading:
        loading.execute(MESSAGES, ids)


def _read(http: Database, ids: dict[str, UUID]) -> None:
    user_id, campaign_id, run_id = ids["user_id"], ids["campaign_id"], ids["run_id"]
    filters: dict[str, dict[str, Any]] = {
        "all": {},
        "failed": {"status": MessageStatus.FAILED},
        "sent, rare": {"status": MessageStatus.SENT},
        "skipped, none": {"status": MessageStatus.SKIPPED},
        "delivered": {"status": MessageStatus.DELIVERED},
        "rare reason": {"error_code": "meta_131026"},
        "reason": {"error_code": "not_on_whatsapp"},
        "reason of no such status": {"error_code": "not_on_whatsapp", "status": MessageStatus.DELIVERED},
        "replied": {"replied": True},
        "first run": {"run_id": run_id},
        "failed of first run": {"run_id": run_id, "status": MessageStatus.FAILED},
    }
    for name, wanted in filters.items():
        found = {
            "run_id": None,
            "status": None,
            "error_code": None,
            "replied": False,
            "contact_ids": None,
            "limit": 50,
        } | wanted
        times = []
        for _ in range(PAGES):
            after = UUID(int=random.getrandbits(128))
            times.append(
                _timed(
                    lambda: http.as_user(
                        user_id,
                        lambda tx: recipients.recipients(tx, campaign_id=campaign_id, after_id=after, **found),  # noqa: B023
                    )
                )
            )
        times.sort()
        print(f"{name:26} median {times[PAGES // 2]:6.1f} ms, p99 {times[PAGES * 99 // 100]:6.1f} ms")
    reads: dict[str, Callable[[], object]] = {
        "counts by state and reason": lambda: http.as_user(
            user_id, lambda tx: recipients.counts(tx, campaign_id=campaign_id, run_id=None)
        ),
        "runs with their summaries": lambda: http.as_user(
            user_id, lambda tx: recipients.runs(tx, campaign_id=campaign_id, limit=50)
        ),
    }
    for name, read in reads.items():
        print(f"{name:26} {min(_timed(read) for _ in range(3)):.0f} ms")


def _retry(http: Database, jobs: Database, webhooks: Database, ids: dict[str, UUID]) -> None:
    campaign_id = ids["campaign_id"]
    print(f"retry asked for in {_timed(lambda: _ask(http, ids)):.0f} ms")
    ended = threading.Event()
    waits: list[float] = []

    def receive() -> None:
        while not ended.is_set():
            waits.append(_timed(lambda: webhooks.as_worker(lambda tx: counters.lock(tx, [campaign_id]))))
            time.sleep(0.005)

    recorder = threading.Thread(target=receive)
    recorder.start()
    took = _timed(
        lambda: advance_campaign(campaign_id, db=jobs, issue_tickets=lambda *_: None, requeue_after=lambda *_: None)
    )
    ended.set()
    recorder.join()
    metrics = jobs.as_worker(lambda tx: tx.value("select pending from hidra.campaign_metrics"))
    print(
        f"retry of {metrics:,} in {took / 1000:.1f} s; a webhook waited {max(waits):.0f} ms at most ({len(waits)} came)"
    )


def _ask(http: Database, ids: dict[str, UUID]) -> None:
    lifecycle.retry_failed(http, ids["user_id"], ids["campaign_id"], nudge=lambda **_: None)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
