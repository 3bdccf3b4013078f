"""Permits and claims beside the same statements by hand: python -m bench pace.

Eight connections, a thread each, ask for a permit and claim a recipient, of 100 campaigns in turn, without waiting for
the slots. By hand the same threads run the same statements in the same pipelines, on bare psycopg connections and
without rows as classes, retries or translated errors. Without fsync: with it both sides wait for the same disk.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import psycopg

from bench.loading import migrated
from bench.results import Result, compared, interleaved
from bench.world import RunningCampaign, by_hand, fill, jobs_database
from hidra.domain.circuit import PATIENCE, PROBE_EVERY
from hidra.domain.pacing import PERMIT_AHEAD_SECONDS, SLOW_AFTER_SECONDS, WINDOW_SECONDS
from hidra.store import claims, pace
from hidra.store.db import Database
from hidra.store.room import WHOLE

# Permits with their claims, of all measured turns. A request that stays open for 15 s would refuse more permits.
FULL, QUICK = 12_000, 4_800
CAMPAIGNS, CONNECTIONS, ROUNDS = 100, 8, 3
TIMEOUT = timedelta(seconds=120)
# Slots and open requests of one turn would slow the next one down.
RESET = """
truncate hidra.pace_slots;
update hidra.campaign_messages set status = 'sent', sent_at = claimed_at where status = 'sending';
vacuum hidra.campaign_messages
"""

type Turn = Callable[[RunningCampaign], object]


def measure(size: int) -> list[Result]:
    began = time.monotonic()
    each = max(CONNECTIONS, size // (2 * ROUNDS))
    with migrated() as server, ExitStack() as stack:
        campaigns = fill(server, campaigns=CAMPAIGNS, messages=-(-each // CAMPAIGNS) * (2 * ROUNDS + 2))
        owner = stack.enter_context(server.admin("hidra"))
        databases = [jobs_database(server) for _ in range(CONNECTIONS)]
        for database in databases:
            stack.callback(database.close)
        bare = [stack.enter_context(by_hand(server)) for _ in range(CONNECTIONS)]
        pool = stack.enter_context(ThreadPoolExecutor(CONNECTIONS))

        def turn(turns: list[Turn]) -> None:
            def work(thread: int) -> None:
                for number in range(thread, each, CONNECTIONS):
                    turns[thread](campaigns[number % CAMPAIGNS])

            list(pool.map(work, range(CONNECTIONS)))

        def reset() -> None:
            for statement in RESET.split(";"):
                owner.execute(statement.encode())

        ours, theirs = interleaved(
            lambda: turn([_through(database) for database in databases]),
            lambda: turn([_by_hand(connection) for connection in bare]),
            rounds=ROUNDS,
            before=reset,
        )
    return [
        compared(
            "permit and claim, 8 connections",
            size=f"{each:,} a turn, {CAMPAIGNS} campaigns, no fsync",
            unit="/s",
            value=each / ours,
            yardstick="the same statements by hand",
            yardstick_value=each / theirs,
            at_least=0.6,
            seconds=time.monotonic() - began,
        )
    ]


def _through(database: Database) -> Turn:
    def turn(at: RunningCampaign) -> None:
        permit = database.as_worker(
            lambda tx: pace.permit(tx, connection_id=at.connection_id, campaign_id=at.campaign_id)
        )
        assert permit, at
        assert permit.granted, permit
        claim = database.as_worker(
            lambda tx: claims.claim(
                tx,
                campaign_id=at.campaign_id,
                run_id=at.run_id,
                connection_id=at.connection_id,
                sender_timeout=TIMEOUT,
                permitted_at=permit.now,
            )
        )
        assert isinstance(claim, claims.Claim), claim

    return turn


def _by_hand(connection: psycopg.Connection[Any]) -> Turn:
    def turn(at: RunningCampaign) -> None:
        given: dict[str, Any] = {
            "connection_id": at.connection_id,
            "campaign_id": at.campaign_id,
            "run_id": at.run_id,
            "limits": 2,
            "now": None,
            "chance": None,
            "window": timedelta(seconds=WINDOW_SECONDS),
            "ahead": timedelta(seconds=PERMIT_AHEAD_SECONDS),
            "slow_after": timedelta(seconds=SLOW_AFTER_SECONDS),
            "sender_timeout": TIMEOUT,
            "probe_every": PROBE_EVERY,
            "patience": PATIENCE,
            "share": WHOLE,
        }
        _, now, granted, _ = _transaction(connection, [pace.LOCK_LIMITS], pace.PERMIT, given)
        assert granted
        given |= {"requested_message_id": claims.new_message_id(), "permitted_at": now}
        row = _transaction(connection, [claims.SHARE_CAMPAIGN, claims.LOCK_CONNECTION], claims.CLAIM, given)
        assert row[4] is not None, row  # claimed_at

    return turn


def _transaction(
    connection: psycopg.Connection[Any], locks: list[str], statement: str, given: dict[str, Any]
) -> tuple[Any, ...]:
    with connection.pipeline():
        connection.execute("begin", prepare=False)
        for lock in locks:
            connection.execute(lock.encode(), given)
        row = connection.execute(statement.encode(), given).fetchone()
        connection.execute("commit", prepare=False)
    assert row is not None
    return row
