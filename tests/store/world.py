"""A tenant's world for the store tests, written as the database's owner."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.rows import dict_row

from hidra.domain.phone import phone_hash
from hidra.services.advance_campaign import advance_campaign
from hidra.store import claims, outcomes
from hidra.store.db import Tx
from tests.conftest import Databases

SECRET = b"test"
# In the order of their making, which is then that of a freeze.
_CONTACT_IDS = itertools.count(uuid4().int)


def wait_for_blocked_transaction(databases: Databases, number: int = 1) -> None:
    """Waits until so many transactions wait for the lock of another."""
    dsn = databases.owner.info
    with psycopg.connect(dsn.dsn, password=dsn.password, autocommit=True) as watch:
        deadline = datetime.now(UTC) + timedelta(seconds=10)
        while watch.execute(
            "select count(distinct pid) >= %s from pg_locks where not granted", [number]
        ).fetchone() != (True,):
            assert datetime.now(UTC) < deadline, "no transaction is blocked"


@dataclass
class World:
    """One user with a connection, a segment, a template and a campaign that is due."""

    databases: Databases
    user_id: UUID
    connection_id: UUID
    segment_id: UUID
    template_id: UUID
    campaign_id: UUID
    passes_requested: list[int] = field(default_factory=list)

    @classmethod
    def make(
        cls, databases: Databases, *, recipients: int = 3, rate: int = 600, connection_rate: int = 600, concurrent: int = 10,
        body: str = "Oi {{name}}", jitter: float = 0,
    ) -> "World":  # fmt: skip
        world = cls(databases, uuid4(), uuid4(), uuid4(), uuid4(), uuid4())
        run = databases.owner.execute
        run("insert into core.users (id) values (%s)", [world.user_id])
        run(
            "insert into hidra.evolution_api_config (id, user_id, base_url, instance_name, api_key_encrypted, status,"
            " max_messages_per_minute, max_concurrent_sends, jitter)"
            " values (%s, %s, 'https://evo.example', 'main', 'sealed', 'connected', %s, %s, %s)",
            [world.connection_id, world.user_id, connection_rate, concurrent, jitter],
        )
        run(
            "insert into hidra.contact_segments (id, user_id, name) values (%s, %s, 'all')",
            [world.segment_id, world.user_id],
        )
        run(
            "insert into hidra.message_templates (id, user_id, title, body) values (%s, %s, 'hello', %s)",
            [world.template_id, world.user_id, body],
        )
        for index in range(recipients):
            world.add_contact(f"+55119{80000000 + index}", name=f"Ana {index}")
        world.add_campaign(world.campaign_id, rate=rate)
        world.add_limit(world.connection_id, connection_rate)
        return world

    def add_contact(self, phone: str, *, name: str | None = None) -> None:
        run = self.databases.owner.execute
        contact_id = UUID(int=next(_CONTACT_IDS))
        run(
            "insert into hidra.contacts (id, user_id, phone, phone_hash, name) values (%s, %s, %s, %s, %s)",
            [contact_id, self.user_id, phone, self.hash(phone), name],
        )
        run("insert into hidra.segment_contacts values (%s, %s, %s)", [self.user_id, self.segment_id, contact_id])

    def set_media(self, url: str, media_type: str, file_name: str | None) -> None:
        self.databases.owner.execute(
            "update hidra.message_templates set media_url = %s, media_type = %s, file_name = %s where id = %s",
            [url, media_type, file_name, self.template_id],
        )

    def add_campaign(self, campaign_id: UUID, *, rate: int = 600) -> UUID:
        run = self.databases.owner.execute
        run(
            "insert into hidra.campaigns (id, user_id, evolution_config_id, segment_id, template_id, name, status,"
            " scheduled_at, scheduled_by, max_messages_per_minute)"
            " values (%s, %s, %s, %s, %s, 'c', 'scheduled', now(), %s, %s)",
            [campaign_id, self.user_id, self.connection_id, self.segment_id, self.template_id, self.user_id, rate],
        )
        run("insert into hidra.campaign_metrics (campaign_id, user_id) values (%s, %s)", [campaign_id, self.user_id])
        self.add_limit(campaign_id, rate)
        return campaign_id

    def add_limit(self, subject: UUID, rate: int) -> None:
        """A limit that is behind its plan, so that slots follow at once and half a spacing apart."""
        self.databases.owner.execute(
            "insert into hidra.pace_limits (subject, user_id, rate, plan) values (%s, %s, %s, '2000-01-01')",
            [subject, self.user_id, rate],
        )

    def hash(self, phone: str) -> bytes:
        return phone_hash(SECRET, str(self.user_id), phone)

    def advance(self) -> list[tuple[Any, list[datetime]]]:
        """One pass of the campaign; returns the tickets it issued. Delays of requested passes go to ``passes_requested``."""
        out: list[tuple[Any, list[datetime]]] = []
        advance_campaign(
            self.campaign_id,
            db=self.databases.jobs,
            issue_tickets=lambda ticket, slots, _: out.append((ticket, list(slots))),
            requeue_after=lambda _, seconds: self.passes_requested.append(seconds),
        )
        return out

    def claim(
        self, *, campaign_id: UUID | None = None, now: datetime | None = None
    ) -> claims.Claim | claims.RecipientOptedOut | claims.NoClaim:
        campaign_id = campaign_id or self.campaign_id
        run_id = self.one(
            "select id from hidra.campaign_runs where campaign_id = %s order by started_at desc", campaign_id
        )["id"]
        return self.databases.jobs.as_worker(
            lambda tx: claims.claim(
                tx,
                campaign_id=campaign_id,
                run_id=run_id,
                connection_id=self.connection_id,
                sender_timeout=timedelta(seconds=120),
                now=now,
            )
        )

    def finish_one(self, *, refused: bool = False) -> claims.Claim:
        """Claims the next recipient, and marks the message as sent or the recipient as refused."""
        held = self.claim()
        assert isinstance(held, claims.Claim)
        now = datetime.now(UTC)

        def finish(tx: Tx) -> None:
            if refused:
                outcomes.mark_failed(tx, held, code="not_on_whatsapp", detail="x", at=now)
            else:
                outcomes.mark_sent(tx, held, sent_at=now, provider_message_id=uuid4().hex)

        self.databases.jobs.as_worker(finish)
        return held

    def wait_for_blocked_transaction(self, number: int = 1) -> None:
        wait_for_blocked_transaction(self.databases, number)

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        with self.databases.owner.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, params).fetchall()

    def one(self, sql: str, *params: Any) -> dict[str, Any]:
        return self.rows(sql, *params)[0]

    def messages(self) -> list[dict[str, Any]]:
        return self.rows("select * from hidra.campaign_messages where campaign_id = %s order by id", self.campaign_id)

    def metrics(self) -> dict[str, Any]:
        return self.one("select * from hidra.campaign_metrics where campaign_id = %s", self.campaign_id)

    def timeline(self) -> list[dict[str, Any]]:
        return self.rows(
            "select timestamp, delivered, failed from hidra.campaign_timeline_points where campaign_id = %s order by 1",
            self.campaign_id,
        )

    def campaign(self) -> dict[str, Any]:
        return self.one("select * from hidra.campaigns where id = %s", self.campaign_id)

    def assert_exact(self) -> None:
        """Metrics and timeline equal a plain recount of the messages."""
        recount = self.one(
            "select count(*) as total_messages,"
            " count(*) filter (where status in ('delivered', 'read')) as delivered,"
            " count(*) filter (where status = 'failed') as failed,"
            " count(*) filter (where status in ('pending', 'sending', 'unknown', 'sent')) as pending,"
            " count(*) filter (where status = 'skipped') as skipped,"
            " count(*) filter (where status = 'read') as read, count(replied_at) as replied,"
            " coalesce(sum(greatest(0, floor(extract(epoch from delivered_at - sent_at) * 1000)))"
            "   filter (where status in ('delivered', 'read')), 0)::bigint as delivery_ms_total"
            " from hidra.campaign_messages where campaign_id = %s and counted",
            self.campaign_id,
        )
        metrics = self.metrics()
        assert {name: metrics[name] for name in recount} == recount
        points = self.rows(
            "select date_trunc('minute', case when status = 'failed' then failed_at else delivered_at end) as timestamp,"
            " count(*) filter (where status <> 'failed') as delivered, count(*) filter (where status = 'failed') as failed"
            " from hidra.campaign_messages where campaign_id = %s and counted and status in ('delivered', 'read', 'failed')"
            " group by 1 order by 1",
            self.campaign_id,
        )
        assert self.timeline() == points
