"""Campaigns that run, with as many messages as a benchmark wants."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg

from bench.loading import open_database, unindexed
from hidra.store import schema
from hidra.store.db import Database
from local.database import DATABASE
from local.database import Database as Server

JOBS = {"username": "bench_jobs", "password": "bench"}
HTTP = {"username": "bench_http", "password": "bench"}

# A segment and a template have the id of their user.
WORLD = """
create temporary table made as
select user_id, connection_id, campaign_id, run_id, messages, n from unnest(
    %(user_ids)s::uuid[], %(connection_ids)s::uuid[], %(campaign_ids)s::uuid[], %(run_ids)s::uuid[], %(messages)s::int[]
) with ordinality as m (user_id, connection_id, campaign_id, run_id, messages, n);
insert into core.users (id) select distinct user_id from made;
insert into hidra.contact_segments (id, user_id, name) select distinct user_id, user_id, 'all' from made;
insert into hidra.message_templates (id, user_id, title, body)
select distinct user_id, user_id, 'hello', 'Oi {{nome}}' from made;
insert into hidra.evolution_api_config
    (id, user_id, base_url, instance_name, api_key_encrypted, status, max_messages_per_minute, max_concurrent_sends)
select connection_id, user_id, %(base_url)s, 'instance-' || min(n), 'sealed', 'connected', 6000, 1000
from made group by connection_id, user_id;
insert into hidra.campaigns (id, user_id, evolution_config_id, segment_id, template_id, name, status, started_at,
    max_messages_per_minute, created_at)
select campaign_id, user_id, connection_id, user_id, user_id, 'Campaign ' || n, 'running', now(), 6000,
    now() - n * interval '1 minute'
from made;
insert into hidra.campaign_runs (id, user_id, campaign_id, initiated_by, body)
select run_id, user_id, campaign_id, user_id, 'Oi {{nome}}' from made;
insert into hidra.campaign_metrics (campaign_id, user_id, total_messages, pending)
select campaign_id, user_id, messages, messages from made;
insert into hidra.pace_limits (subject, user_id, rate)
select distinct connection_id, user_id, 6000 from made union all select campaign_id, user_id, 6000 from made;
drop table made
"""
CONTACTS = """
insert into hidra.contacts (user_id, phone, phone_hash, name)
select (%(user_ids)s::uuid[])[1], '+55' || 11 + n %% 80 || '9' || lpad((n::bigint * 7919 %% 100000000)::text, 8, '0'),
    sha256(n::text::bytea), 'Cliente ' || n
from generate_series(1, %(contacts)s) n
"""
# Campaign after campaign, as freezes write them. The ended ones were sent at 20 a minute; in every other campaign one
# message in ten failed.
MESSAGES = """
insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, evolution_config_id, phone, phone_hash,
    variables, status, claimed_at, sent_at, delivered_at, failed_at, error_code, provider_message_id)
select user_id, campaign_id, run_id, contact_id, connection_id, phone, phone_hash, '{"nome": "Ana"}',
    status::hidra.message_status,
    case when status <> 'pending' then at end, case when status <> 'pending' then at end,
    case when status = 'delivered' then at end, case when status = 'failed' then at end,
    case when status = 'failed' then 'not_on_whatsapp' end,
    case when status not in ('pending', 'failed') then 'ID-' || campaign || '-' || message end
from (
    select c.user_id, c.connection_id, c.campaign_id, c.run_id, c.n as campaign, k.n as message, k.id as contact_id,
        k.phone, k.phone_hash, now() - k.n * interval '3 seconds' as at,
        case when %(status)s <> 'ended' then %(status)s
            when c.n %% 2 = 0 and k.n %% 10 = 0 then 'failed' else 'delivered' end as status
    from unnest(
            %(user_ids)s::uuid[], %(connection_ids)s::uuid[], %(campaign_ids)s::uuid[], %(run_ids)s::uuid[],
            %(messages)s::int[]
        ) with ordinality as c (user_id, connection_id, campaign_id, run_id, messages, n)
        cross join lateral generate_series(1, c.messages) as message (n)
        join (select *, row_number() over (order by phone) as n from hidra.contacts) k on k.n = message.n
    order by c.n, k.n
) m
"""


@dataclass(frozen=True)
class RunningCampaign:
    user_id: UUID
    connection_id: UUID
    campaign_id: UUID
    run_id: UUID


def fill(
    server: Server,
    *,
    campaigns: int,
    messages: int,
    status: str = "pending",
    base_url: str = "https://evolution.example",
    tenant: UUID | None = None,
    largest: int = 0,
) -> list[RunningCampaign]:
    """Makes campaigns, each of a tenant with a connection of its own, and with so many messages in this status.

    Provider ids of sent messages are ID-{campaign}-{message}, both counted from 1.

    Args:
        status: ``pending``, ``sent``, or ``ended``: delivered, and some failed in campaigns with an even number.
        tenant: owns all of them, on one connection.
        largest: the last campaign has so many messages, if that is more than the others have.
    """
    ids = [[uuid4() for _ in range(campaigns)] for _ in range(4)]
    if tenant:
        ids[0], ids[1] = [tenant] * campaigns, [uuid4()] * campaigns
    made: dict[str, Any] = {
        **dict(zip(("user_ids", "connection_ids", "campaign_ids", "run_ids"), ids, strict=True)),
        "messages": [messages] * (campaigns - 1) + [max(messages, largest)],
        "contacts": max(messages, largest),
        "status": status,
        "base_url": base_url,
    }
    with psycopg.connect(server.url, autocommit=True) as owner, psycopg.ClientCursor(owner) as cursor:
        cursor.execute(WORLD, made)
    if messages:
        with unindexed(server, "hidra.contacts") as loading:
            loading.execute(CONTACTS, made)
        with unindexed(server, "hidra.campaign_messages") as loading:
            loading.execute(MESSAGES, made)
    return [RunningCampaign(*row) for row in zip(*ids, strict=True)]


def jobs_database(server: Server, *, port: int | None = None) -> Database:
    """The database as a worker function uses it; ``port``: of a proxy before the server."""
    schema.ensure_login(server.url, JOBS, schema.JOBS_ROLES)
    return open_database(server, JOBS, port=port)


def http_database(server: Server) -> Database:
    """The database as an HTTP function uses it."""
    schema.ensure_login(server.url, HTTP, schema.HTTP_ROLES)
    return open_database(server, HTTP)


@contextmanager
def by_hand(server: Server) -> Iterator[psycopg.Connection[Any]]:
    """A worker's connection without Hidra's layers, for a yardstick."""
    with psycopg.connect(
        host="127.0.0.1",
        port=server.port,
        dbname=DATABASE,
        sslmode="disable",
        user=JOBS["username"],
        password=JOBS["password"],
        autocommit=True,
    ) as connection:
        connection.execute("set role hidra_worker")
        yield connection
