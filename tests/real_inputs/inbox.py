"""A tenant's webhooks, from their JSON through the stream to the recorder and a real database."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hidra.domain.delivery import from_record, to_record
from hidra.domain.phone import phone_hash
from hidra.domain.webhook import events_of
from hidra.services.record_delivery import record_delivery
from hidra.store import opt_out_requests, outcomes
from hidra.store.claims import Claim
from tests.conftest import Databases
from tests.store.world import SECRET, World

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
FIRST = "+5511980000000"  # of World's recipients
FIRST_JID = "5511980000000@s.whatsapp.net"
PROVIDER_ID = "3EB0A1B2C3"


class Inbox:
    """A running campaign of two recipients, and what webhooks do to it."""

    def __init__(self, databases: Databases) -> None:
        self.world = World.make(databases, recipients=2)
        self.world.advance()

    def receive(self, event: str, data: Any, *, received_at: datetime = NOW) -> None:
        events = events_of({"event": event, "instance": "main", "data": data}, self.world.connection_id, received_at)
        record_delivery(
            [from_record(json.loads(json.dumps(to_record(found)))) for found in events],
            [],
            db=self.world.databases.jobs,
            hash_phone=lambda user_id, phone: phone_hash(SECRET, str(user_id), phone),
            queue=lambda _: None,
        )

    def reply(
        self, text: str | dict[str, Any], *, ago: timedelta = timedelta(0), received_at: datetime = NOW, **changes: Any
    ) -> None:
        """Receives a message of the first recipient, sent so long ago; ``changes`` are fields of the data."""
        data = {
            "key": {"remoteJid": FIRST_JID, "fromMe": False, "id": "3A01"},
            "pushName": "Ana",
            "message": {"conversation": text} if isinstance(text, str) else text,
            "messageTimestamp": int((NOW - ago).timestamp()),
        }
        self.receive("messages.upsert", data | changes, received_at=received_at)

    def send_to_the_first(self) -> None:
        held = self.world.claim()
        assert isinstance(held, Claim)
        assert held.phone == FIRST
        self.world.databases.jobs.as_worker(
            lambda tx: outcomes.mark_sent(tx, held, sent_at=NOW, provider_message_id=PROVIDER_ID)
        )

    @property
    def opted_out(self) -> bool:
        """Whether the first recipient has opted out; no other phone ever may."""
        hashes = [row["phone_hash"] for row in self.world.rows("select phone_hash from hidra.opt_outs")]
        assert hashes in ([], [self.world.hash(FIRST)])
        return bool(hashes)

    @property
    def hidden(self) -> int:
        return self.world.databases.http.as_user(self.world.user_id, opt_out_requests.count_hidden)

    @property
    def statuses(self) -> list[str]:
        return [message["status"] for message in self.world.messages()]
