"""A whole campaign over the circuit: webhooks that vanish, a server that is gone for minutes, and the way back.

The simulator in the place of Evolution, its webhooks over HTTP; our own parts are called as their functions call them.
Minutes pass by moving what has happened into the past.
"""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest

from hidra.domain.circuit import PATIENCE, PROBE_EVERY, UNACKNOWLEDGED
from hidra.domain.ticket import Ticket
from hidra.domain.webhook import events_of
from hidra.gateways.evolution import Evolution, Webhook
from hidra.services.check_connection import check_one, examine
from hidra.services.record_delivery import record_delivery
from hidra.services.send_message import End
from hidra.store import connection_health
from hidra.store.circuit import LAG
from hidra.store.db import Database
from tests import simulator_process
from tests.conftest import Databases
from tests.store.test_circuit import in_a_row, let
from tests.store.test_send import Outside
from tests.store.world import World

KEY = "global-key"


class Receiver:
    """Our webhook and the recorder behind it, which may be out of reach."""

    def __init__(self, db: Database) -> None:
        self.reachable, self.connection_id = True, UUID(int=0)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if receiver.reachable:
                    receiver.take(body, db)
                self.send_response(200 if receiver.reachable else 503)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nobody reads it."""

        self.slow = threading.Lock()  # a Database is one connection; whoever holds this lets webhooks wait
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def take(self, body: dict[str, Any], db: Database) -> None:
        events = events_of(body, self.connection_id, datetime.now(UTC))
        with self.slow:
            record_delivery(events, [], db=db, hash_phone=lambda *_: b"", queue=lambda _: None)

    @classmethod
    @contextmanager
    def running(cls, db: Database) -> Iterator["Receiver"]:
        receiver = cls(db)
        thread = threading.Thread(target=receiver.http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.http.shutdown()
            thread.join()
            receiver.http.server_close()


class Cluster:
    """A campaign over an instance of the simulator."""

    def __init__(self, databases: Databases, receiver: Receiver, url: str, *, recipients: int) -> None:
        self.receiver, self.url = receiver, url
        self.ask("/instance/create", {"instanceName": "main", "integration": "WHATSAPP-BAILEYS", "qrcode": False})
        self.ask("/_control/instances/main/scan", {})
        self.world = World.make(databases, recipients=recipients, concurrent=1)
        databases.owner.execute("update hidra.evolution_api_config set base_url = %s", [url])
        receiver.connection_id = self.world.connection_id
        self.evolution = Evolution(url, "main", KEY, allow_private=True)
        self.outside = Outside()
        self.outside.post = lambda _held, phone, content: self.evolution.send(phone, content)  # type: ignore[method-assign]
        self.check()
        let(self.world, LAG)

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"apikey": KEY, "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers)) as answer:
            return json.load(answer)

    def look(self) -> tuple[Ticket | None, int]:
        """What the clock's look hands out: its ticket and how many of it."""
        return next(((ticket, len(slots)) for ticket, slots in self.world.advance()), (None, 0))

    def send(self, ticket: Ticket | None, number: int) -> list[End]:
        assert ticket is not None
        return in_a_row(self.world, ticket, self.outside, number)

    def check(self) -> None:
        db = self.world.databases.jobs
        connection = db.as_worker(lambda tx: connection_health.get(tx, connection_id=self.world.connection_id))
        assert connection is not None
        webhook = Webhook(f"{self.receiver.url}/webhooks", "a-key-of-at-least-thirty-two-bytes")
        check_one(connection, db=db, examine=lambda _: examine(self.evolution, webhook), now=lambda: datetime.now(UTC))

    def count(self, condition: str) -> int:
        return int(self.world.one(f"select count(*) as n from hidra.campaign_messages where {condition}")["n"])

    @property
    def believed(self) -> str:
        return str(self.world.one("select status from hidra.evolution_api_config")["status"])

    @property
    def received(self) -> int:
        return int(self.ask("/_log/summary")["received"])


def until(condition: Callable[[], bool], patience: float = 15.0) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.02)


@pytest.fixture
def simulator() -> Iterator[str]:
    with simulator_process.simulator("--api-key", KEY, "--retry-attempts", "1") as url:
        yield url


@pytest.fixture
def receiver(databases: Databases) -> Iterator[Receiver]:
    db = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
    with Receiver.running(db) as receiver:
        yield receiver
    db.close()


def test_a_campaign_survives_that_nothing_is_acknowledged_and_finishes_by_itself(
    databases: Databases, simulator: str, receiver: Receiver
) -> None:
    cluster = Cluster(databases, receiver, simulator, recipients=40)
    ticket, _ = cluster.look()
    assert cluster.send(ticket, 5) == [End.POSTED] * 5
    until(lambda: cluster.count("acked_at is not null") == 5)

    receiver.reachable = False
    let(cluster.world, LAG)
    assert cluster.send(ticket, UNACKNOWLEDGED) == [End.POSTED] * UNACKNOWLEDGED
    let(cluster.world, PATIENCE + timedelta(seconds=1))
    # The next one is the last; a queue full of tickets takes nobody more.
    assert cluster.send(ticket, 100) == [End.POSTED] + [End.CLOSED] * 99
    burnt = 5 + UNACKNOWLEDGED + 1
    assert cluster.received == burnt
    assert cluster.count("status = 'pending' and attempts = 0 and claimed_at is null") == 40 - burnt
    assert cluster.look() == (None, 0)
    assert "acknowledged none" in cluster.world.campaign()["blocked_reason"]

    for tries in range(1, 4):  # the instance is open, which is nothing to go by
        cluster.check()
        assert cluster.believed == "connected"
        ticket, tickets = cluster.look()
        assert tickets == 1
        assert cluster.send(ticket, 20) == [End.POSTED] + [End.CLOSED] * 19
        assert cluster.look() == (None, 0)
        assert cluster.received == burnt + tries
        let(cluster.world, PROBE_EVERY)

    receiver.reachable = True
    ticket, tickets = cluster.look()
    assert tickets == 1
    assert cluster.send(ticket, 1) == [End.POSTED]
    until(lambda: cluster.world.one("select error_message as m from hidra.evolution_api_config")["m"] is None)
    ticket, tickets = cluster.look()
    left = 40 - burnt - 4
    assert tickets >= left
    assert cluster.world.campaign()["blocked_reason"] is None
    assert cluster.send(ticket, tickets)[:left] == [End.POSTED] * left
    cluster.look()
    assert cluster.world.campaign()["status"] == "completed"
    assert cluster.received == 40
    until(lambda: cluster.count(f"id > {burnt + 3} and delivered_at is not null") == left + 1)
    cluster.world.assert_exact()


@pytest.mark.parametrize("gone", ["unlicensed", "cut"])
def test_a_server_that_is_gone_for_minutes_costs_nobody_anything(
    databases: Databases, simulator: str, receiver: Receiver, gone: str
) -> None:
    cluster = Cluster(databases, receiver, simulator, recipients=30)
    ticket, _ = cluster.look()
    assert cluster.send(ticket, 5) == [End.POSTED] * 5
    fault: dict[str, Any] = {"scope": "all"}
    fault |= {"cut": "before"} if gone == "cut" else {"status": 503, "body": {"code": "LICENSE_REQUIRED"}}
    cluster.ask("/_control/instances/main/faults", fault)
    cluster.send(ticket, 50)
    doubts = 3 if gone == "cut" else 0  # an answer that is cut off puts its recipient in doubt; three stop the rest
    assert (cluster.count("status = 'unknown'"), cluster.count("status = 'pending' and attempts = 0")) == (
        doubts,
        25 - doubts,
    )
    for _ in range(3):
        let(cluster.world, PROBE_EVERY)
        cluster.check()
        assert cluster.believed == "error"
        assert cluster.look() == (None, 0)
        assert set(cluster.send(ticket, 10)) == {End.CLOSED}

    request = urllib.request.Request(
        simulator + "/_control/instances/main/faults", headers={"apikey": KEY}, method="DELETE"
    )
    urllib.request.urlopen(request).close()
    cluster.check()
    ticket, tickets = cluster.look()
    assert tickets == 1
    with receiver.slow:  # the acknowledgement may be faster than ten tickets
        assert cluster.send(ticket, 10) == [End.POSTED] + [End.CLOSED] * 9
    until(lambda: cluster.look()[1] > 1)
    left = cluster.count("status = 'pending'")
    assert cluster.send(ticket, left) == [End.POSTED] * left
    until(lambda: cluster.count("delivered_at is not null") == 30 - doubts)
    assert cluster.count("status = 'failed'") == 0
    cluster.world.assert_exact()
