"""The recorder beside a bare update of the same messages: python -m bench recorder.

Batches of 500 events, each a delivery of another message that was sent, through ``record_delivery``: of one campaign,
and of 100 campaigns in turn. By hand one statement marks a batch's messages as delivered, only those that are sent, and
adds one sum a campaign to its metrics: no connection, no timeline, no lattice of statuses, no early events. Without
fsync: with it both sides wait for the same disk.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import batched
from typing import Any

import psycopg

from bench.loading import migrated
from bench.results import Result, compared, interleaved
from bench.world import RunningCampaign, by_hand, fill, jobs_database
from hidra.domain.delivery import StatusEvent
from hidra.domain.message import MessageStatus
from hidra.services.record_delivery import record_delivery
from hidra.store.db import Database
from local.database import Database as Server

FULL, QUICK = 60_000, 12_000  # events of all measured turns, for each number of campaigns
BATCH, ROUNDS = 500, 3
UPDATE = """
with delivered as (
    update hidra.campaign_messages m
    set status = 'delivered', delivered_at = e.at, acked_at = coalesce(m.acked_at, e.at)
    from unnest(%(connection_ids)s::uuid[], %(provider_ids)s::text[], %(times)s::timestamptz[])
        as e (connection_id, provider_id, at)
    where m.evolution_config_id = e.connection_id and m.provider_message_id = e.provider_id and m.status = 'sent'
    returning m.campaign_id, extract(epoch from m.delivered_at - m.sent_at) * 1000 as ms
), sums as (
    select campaign_id, count(*) as delivered, sum(floor(greatest(0, ms))) as ms from delivered group by campaign_id
)
update hidra.campaign_metrics t
set delivered = t.delivered + sums.delivered, pending = t.pending - sums.delivered,
    delivery_ms_total = t.delivery_ms_total + sums.ms, last_updated_at = clock_timestamp()
from sums where sums.campaign_id = t.campaign_id
"""


def measure(size: int) -> list[Result]:
    return [_measure(size, campaigns) for campaigns in (1, 100)]


def _measure(size: int, campaigns: int) -> Result:
    began = time.monotonic()
    batches, batch = max(1, size // BATCH // (2 * ROUNDS)), min(BATCH, max(1, size // (2 * ROUNDS)))
    with migrated() as server:
        messages = -(-batches * batch * (2 * ROUNDS + 2) // campaigns)
        running = fill(server, campaigns=campaigns, messages=messages, status="sent")
        ours, theirs = _turns(server, running, messages, batches=batches, batch=batch)
    return compared(
        f"recorder, {campaigns} campaign{'s' if campaigns > 1 else ''}",
        size=f"{batches} batches of {batch} a turn, no fsync",
        unit="events/s",
        value=batches * batch / ours,
        yardstick="a guarded update from unnest, and a sum a campaign",
        yardstick_value=batches * batch / theirs,
        at_least=0.6,
        seconds=time.monotonic() - began,
    )


def _turns(
    server: Server, running: list[RunningCampaign], messages: int, *, batches: int, batch: int
) -> tuple[float, float]:
    events = batched(_events(running, messages), batch, strict=False)
    with ExitStack() as stack:
        database = jobs_database(server)
        stack.callback(database.close)
        bare = stack.enter_context(by_hand(server))

        def ours() -> None:
            for _ in range(batches):
                _record(database, list(next(events)))

        def theirs() -> None:
            for _ in range(batches):
                _update(bare, list(next(events)))

        took = interleaved(ours, theirs, rounds=ROUNDS)
        delivered = bare.execute("select sum(delivered) from hidra.campaign_metrics").fetchone()
    assert delivered == (batches * batch * (2 * ROUNDS + 2),), delivered
    return took


def _events(running: list[RunningCampaign], messages: int) -> Iterator[StatusEvent]:
    for message in range(1, messages + 1):
        for number, at in enumerate(running, 1):
            yield StatusEvent(
                at.connection_id,
                f"ID-{number}-{message}",
                MessageStatus.DELIVERED,
                datetime.now(UTC),
                f"instance-{number}",
            )


def _record(database: Database, events: list[StatusEvent]) -> None:
    record_delivery(events, [], db=database, hash_phone=lambda *_: b"", queue=lambda _: None)


def _update(connection: psycopg.Connection[Any], events: list[StatusEvent]) -> None:
    connection.execute(
        UPDATE,
        {
            "connection_ids": [event.connection_id for event in events],
            "provider_ids": [event.provider_message_id for event in events],
            "times": [event.received_at for event in events],
        },
    )
