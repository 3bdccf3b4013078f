"""A whole campaign over the circuit: webhooks that are lost, a server that is unreachable for minutes, and the recovery.

The simulator plays Evolution and posts its webhooks over HTTP; the test calls our services as their functions do. Minutes
pass by moving what has happened into the past.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hidra.domain.circuit import LAG, PATIENCE, PROBE_EVERY, UNACKNOWLEDGED
from hidra.domain.ticket import Ticket
from hidra.domain.webhook import events_of
from hidra.gateways.evolution import Evolution, Webhook
from hidra.services.check_connection import check_one, examine
from hidra.services.record_delivery import record_delivery
from hidra.services.send_message import End
from hidra.store import connection_health
from hidra.store.db import Database
from tests.chaos.loopback import PostServer
from tests.chaos.simulator import API_KEY, Simulator
from tests.chaos.waiting import wait_until
from tests.conftest import Databases
from tests.store.test_circuit import in_a_row, let
from tests.store.test_send import Outside
from tests.store.world import World


@dataclass
class WebhookReceiver:
    """Our webhook with the recorder behind it, which can both be unreachable."""

    db: Database
    url: str = field(init=False)
    connection_id: UUID = field(init=False)
    reachable: bool = True
    # A Database is one connection. A test that holds this lock delays webhooks.
    recording: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str, headers: Mapping[str, str], body: str) -> tuple[int, str]:
        events = events_of(json.loads(body), self.connection_id, datetime.now(UTC))
        with self.recording:
            if not self.reachable:
                return 503, ""
            record_delivery(events, [], db=self.db, hash_phone=lambda *_: b"", queue=lambda _: None)
        return 200, ""

    def stop(self) -> None:
        """Waits for the webhook that is being recorded; a later one would open the database of another test."""
        with self.recording:
            self.reachable = False


class CircuitCampaign:
    """A campaign over one instance of the simulator."""

    def __init__(
        self, databases: Databases, receiver: WebhookReceiver, simulator: Simulator, *, recipients: int
    ) -> None:
        self.receiver, self.simulator = receiver, simulator
        simulator.create("main")
        self.world = World.make(databases, recipients=recipients, concurrent=1)
        databases.owner.execute("update hidra.evolution_api_config set base_url = %s", [simulator.url])
        receiver.connection_id = self.world.connection_id
        self.evolution = Evolution(simulator.url, "main", API_KEY, allow_private=True)
        self.outside = Outside()
        self.outside.post = lambda _held, phone, content: self.evolution.send(phone, content)  # type: ignore[method-assign]
        self.check()
        let(self.world, LAG)

    def advance(self) -> tuple[Ticket | None, int]:
        """Runs a pass of campaign_advance; returns its ticket and the number of its copies."""
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
    def connection_status(self) -> str:
        return str(self.world.one("select status from hidra.evolution_api_config")["status"])

    @property
    def received(self) -> int:
        return int(self.simulator.summary()["received"])


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator.running("--retry-attempts", "1") as simulator:
        yield simulator


@pytest.fixture
def receiver(databases: Databases) -> Iterator[WebhookReceiver]:
    db = Database({**databases.settings, "DATABASE_SECRET": "jobs"}, databases.logins.__getitem__)
    receiver = WebhookReceiver(db)
    with PostServer(receiver.answer) as server, server.serving():
        receiver.url = server.url
        yield receiver
    receiver.stop()
    db.close()


def test_a_campaign_whose_messages_are_not_acknowledged_stops_and_finishes_by_itself_later(
    databases: Databases, simulator: Simulator, receiver: WebhookReceiver
) -> None:
    campaign = CircuitCampaign(databases, receiver, simulator, recipients=40)
    ticket, _ = campaign.advance()
    assert campaign.send(ticket, 5) == [End.POSTED] * 5
    wait_until(lambda: campaign.count("acked_at is not null") == 5)

    receiver.reachable = False
    let(campaign.world, LAG)
    assert campaign.send(ticket, UNACKNOWLEDGED) == [End.POSTED] * UNACKNOWLEDGED
    let(campaign.world, PATIENCE + timedelta(seconds=1))
    # One more message is sent; after it, a queue full of tickets claims no recipient.
    assert campaign.send(ticket, 100) == [End.POSTED] + [End.CLOSED] * 99
    sent = 5 + UNACKNOWLEDGED + 1
    assert campaign.received == sent
    assert campaign.count("status = 'pending' and attempts = 0 and claimed_at is null") == 40 - sent
    assert campaign.advance() == (None, 0)
    assert "acknowledged none" in campaign.world.campaign()["blocked_reason"]

    for probes in range(1, 4):  # the instance is open, which proves nothing
        campaign.check()
        assert campaign.connection_status == "connected"
        ticket, tickets = campaign.advance()
        assert tickets == 1
        assert campaign.send(ticket, 20) == [End.POSTED] + [End.CLOSED] * 19
        assert campaign.advance() == (None, 0)
        assert campaign.received == sent + probes
        let(campaign.world, PROBE_EVERY)

    # A status of an earlier message that only arrives now would let the campaign send one message and stop it again.
    wait_until(lambda: simulator.summary()["unsettled"] == 0, seconds=60)
    receiver.reachable = True
    ticket, tickets = campaign.advance()
    assert tickets == 1
    assert campaign.send(ticket, 1) == [End.POSTED]
    wait_until(lambda: campaign.world.one("select error_message as m from hidra.evolution_api_config")["m"] is None)
    ticket, tickets = campaign.advance()
    left = 40 - sent - 4
    assert tickets >= left
    assert campaign.world.campaign()["blocked_reason"] is None
    assert campaign.send(ticket, tickets)[:left] == [End.POSTED] * left
    campaign.advance()
    assert campaign.world.campaign()["status"] == "completed"
    assert campaign.received == 40
    wait_until(lambda: campaign.count(f"id > {sent + 3} and delivered_at is not null") == left + 1)
    campaign.world.assert_exact()


@pytest.mark.parametrize("cause", ["unlicensed", "cut"])
def test_a_server_that_is_unreachable_for_minutes_fails_no_message(
    databases: Databases, simulator: Simulator, receiver: WebhookReceiver, cause: str
) -> None:
    campaign = CircuitCampaign(databases, receiver, simulator, recipients=30)
    ticket, _ = campaign.advance()
    assert campaign.send(ticket, 5) == [End.POSTED] * 5
    fault: dict[str, Any] = {"scope": "all"}
    fault |= {"cut": "before"} if cause == "cut" else {"status": 503, "body": {"code": "LICENSE_REQUIRED"}}
    simulator.ask("POST", "/_control/instances/main/faults", fault)
    campaign.send(ticket, 50)
    doubts = 3 if cause == "cut" else 0  # a cut answer puts its message in doubt; three doubts stop the connection
    assert (campaign.count("status = 'unknown'"), campaign.count("status = 'pending' and attempts = 0")) == (
        doubts,
        25 - doubts,
    )
    for _ in range(3):
        let(campaign.world, PROBE_EVERY)
        campaign.check()
        assert campaign.connection_status == "error"
        assert campaign.advance() == (None, 0)
        assert set(campaign.send(ticket, 10)) == {End.CLOSED}

    simulator.ask("DELETE", "/_control/instances/main/faults")
    campaign.check()
    ticket, tickets = campaign.advance()
    assert tickets == 1
    with receiver.recording:  # otherwise the acknowledgement may be faster than ten tickets
        assert campaign.send(ticket, 10) == [End.POSTED] + [End.CLOSED] * 9
    wait_until(lambda: campaign.advance()[1] > 1)
    left = campaign.count("status = 'pending'")
    assert campaign.send(ticket, left) == [End.POSTED] * left
    wait_until(lambda: campaign.count("delivered_at is not null") == 30 - doubts)
    assert campaign.count("status = 'failed'") == 0
    campaign.world.assert_exact()
