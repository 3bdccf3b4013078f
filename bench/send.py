"""Messages through the sender beside the least that a message costs by hand: python -m bench send.

One process and one thread. Hidra's side is ``send_message`` with the function's own post: permit, claim, a sealed key
to open, a TLS connection of its own for each message, the outcome, and what it makes due. 20 campaigns take turns, so
that a slot is hardly ever waited for. By hand a message is one post on a connection that stays open, and three commits:
a slot, the message as sending, the message as sent. Both sides with fsync. The server is another process and answers
at once. Some more messages go through a proxy that counts how often the sender waits for the database.
"""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from itertools import count
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench import functions
from bench.loading import migrated
from bench.results import Result, compared, interleaved
from bench.round_trips import proxy
from bench.server import served
from bench.world import RunningCampaign, by_hand, fill, jobs_database
from hidra.domain.ticket import Ticket
from hidra.gateways import tls
from hidra.services.send_message import End, send_message
from hidra.store.db import Database
from local.database import Database as Server

FULL, QUICK = 3_000, 480  # messages of all measured turns
CAMPAIGNS, ROUNDS = 20, 3
COUNTED, MOST_ROUND_TRIPS = 20, 9
TIMEOUT = timedelta(seconds=120)
SLOT = "insert into hidra.pace_slots (subject, user_id, slot) values (%s, %s, clock_timestamp())"
SENDING = """
update hidra.campaign_messages set status = 'sending', claimed_at = clock_timestamp(), attempts = 1
where id = (select id from hidra.campaign_messages where run_id = %s and status = 'pending'
    order by id limit 1 for update skip locked)
returning id, phone
"""
SENT = "update hidra.campaign_messages set status = 'sent', sent_at = now(), provider_message_id = %s where id = %s"


def measure(size: int) -> list[Result]:
    began = time.monotonic()
    each = max(1, size // (2 * ROUNDS))
    with ExitStack() as stack:
        server = stack.enter_context(migrated(durable=True))
        url, _ = stack.enter_context(served(functions.SECRETS))
        messages = -(-each * (2 * ROUNDS + 2) // CAMPAIGNS) + 3  # no run ends
        campaigns = fill(server, campaigns=CAMPAIGNS, messages=messages, base_url=url)
        functions.seal_keys(server, campaigns, url)
        database = jobs_database(server)
        stack.callback(database.close)
        sender = functions.load("message_sender", functions.settings(url, server, login="jobs"))
        bare = stack.enter_context(by_hand(server))
        address = urlsplit(url)
        client = http.client.HTTPSConnection(address.netloc, context=tls.context())
        stack.callback(client.close)
        turns, ids = _in_turn(campaigns), count(1)

        def ours() -> None:
            for _ in range(each):
                _send(sender, database, next(turns))

        def theirs() -> None:
            for _ in range(each):
                _by_hand(bare, client, next(turns), next(ids))

        took = interleaved(ours, theirs, rounds=ROUNDS)
        sent = bare.execute("select count(*) from hidra.campaign_messages where status = 'sent'").fetchone()
        assert sent == (each * (2 * ROUNDS + 2),), sent
        seconds = time.monotonic() - began
        round_trips = _round_trips(server, sender, turns)
    return [
        compared(
            "send over HTTPS, one process",
            size=f"{each:,} a turn, one thread, fsync",
            unit="messages/s",
            value=each / took[0],
            yardstick="one post on an open HTTPS connection and three commits",
            yardstick_value=each / took[1],
            at_least=0.6,
            seconds=seconds,
        ),
        Result(
            name="round trips of a message to the database",
            size=f"{COUNTED} messages",
            value=round_trips,
            unit="",
            goal=f"≤ {MOST_ROUND_TRIPS}",
            ok=round_trips <= MOST_ROUND_TRIPS,
            seconds=time.monotonic() - began - seconds,
        ),
    ]


def _send(sender: ModuleType, database: Database, at: RunningCampaign) -> None:
    end = send_message(
        Ticket(at.user_id, at.connection_id, at.campaign_id, at.run_id),
        db=database,
        post=sender.post,
        postpone=lambda *_: None,
        nudge=lambda _: None,
        clock=sender.CLOCK,
        sender_timeout=TIMEOUT,
        record_within=5,
    )
    assert end is End.POSTED, end


def _round_trips(server: Server, sender: ModuleType, turns: Iterator[RunningCampaign]) -> float:
    """Of a message, on a connection that is open already."""
    with proxy(server.port) as counting, closing(jobs_database(server, port=counting.port)) as database:
        _send(sender, database, next(turns))
        before = counting.round_trips
        for _ in range(COUNTED):
            _send(sender, database, next(turns))
        return (counting.round_trips - before) / COUNTED


def _in_turn(campaigns: list[RunningCampaign]) -> Iterator[RunningCampaign]:
    while True:
        yield from campaigns


def _by_hand(
    connection: psycopg.Connection[Any], client: http.client.HTTPSConnection, at: RunningCampaign, number: int
) -> None:
    connection.execute(SLOT, [at.campaign_id, at.user_id])
    message_id, phone = connection.execute(SENDING, [at.run_id]).fetchone() or (None, None)
    body = json.dumps({"number": phone, "text": "Oi Ana"})
    headers = {"apikey": "api-key", "Content-Type": "application/json"}
    client.request("POST", "/message/sendText/instance", body, headers)
    answer = client.getresponse()
    assert answer.status == 201
    provider_id = json.loads(answer.read())["key"]["id"]
    connection.execute(SENT, [f"{provider_id}-{number}", message_id])
