"""A campaign on the simulator whose webhooks never arrive, and the checks that look up its statuses."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

import tests.functions.conftest  # noqa: F401 - the settings that functions name at import
from hidra.domain.delivery import StatusEvent
from hidra.domain.message import PROVIDER_WORDS, MessageStatus
from hidra.gateways.evolution import Evolution
from hidra.services.record_delivery import record_delivery
from hidra.store import claims, outcomes
from tests.conftest import Databases
from tests.functions.checks import Simulator, Tenant, scheduled

HOUR = timedelta(hours=1)
# Our status by the simulator's final one. A message that WhatsApp has only acknowledged is sent.
OUR_STATUS = {
    "server_ack": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}


class Lookups(list[tuple[str, float]]):
    """Every lookup of a status: the provider's id, and the monotonic time."""

    @classmethod
    @contextmanager
    def recorded(cls) -> Iterator["Lookups"]:
        lookups = cls()
        real = Evolution.find_statuses

        def counting(self: Evolution, provider_message_id: str) -> frozenset[MessageStatus]:
            lookups.append((provider_message_id, time.monotonic()))
            return real(self, provider_message_id)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Evolution, "find_statuses", counting)
            yield lookups

    @property
    def ids(self) -> list[str]:
        return [provider_message_id for provider_message_id, _ in self]


class SilentTenant(Tenant):
    """A tenant whose webhook URL has no server: Evolution posts each webhook until it gives up, and then drops it."""

    def __init__(self, app: ModuleType, databases: Databases, simulator: Simulator, phones: list[str]) -> None:
        super().__init__(app, databases, simulator.url, simulator.instance(), recipients=0)
        self.simulator, self.databases = simulator, databases
        for phone in phones:
            self.world.add_contact(phone, name="Ana")
        self.do("check")
        self.world.advance()

    def send(self, number: int) -> list[str]:
        """Sends to so many recipients and records it as the sender does; returns the provider's ids."""
        return [self.send_one() for _ in range(number)]

    def send_one(self) -> str:
        claim = self.world.claim()
        assert isinstance(claim, claims.Claim)
        body = {"number": claim.phone.removeprefix("+"), "text": "Oi Ana"}
        provider_id: str = self.simulator.ask(f"/message/sendText/{self.instance}", body)["key"]["id"]
        at = datetime.now(UTC)
        self.databases.jobs.as_worker(
            lambda tx: outcomes.mark_sent(tx, claim, sent_at=at, provider_message_id=provider_id)
        )
        return provider_id

    def settle(self) -> None:
        """Waits until Evolution has nothing more to do and has given up each webhook."""
        end = time.monotonic() + 20
        while self.simulator.ask(f"/_log/summary?instance={self.instance}")["unsettled"]:
            assert time.monotonic() < end, "the simulator does not settle"
            time.sleep(0.05)

    def let_an_hour_pass(self) -> None:
        """Moves Evolution's virtual clock and the database by an hour, after which Evolution has given up every webhook."""
        self.simulator.ask("/_control/clock", {"advance": HOUR.total_seconds()})
        self.settle()
        self.age(HOUR)

    def webhooks(self) -> list[dict[str, Any]]:
        """Returns the instance's webhooks with their attempts."""
        found: list[dict[str, Any]] = self.simulator.ask("/_log/webhooks?limit=5000")["webhooks"]
        return [webhook for webhook in found if webhook["instance"] == self.instance]

    def age(self, by: timedelta) -> None:
        """Moves everything that was sent so far into the past."""
        self.run(
            "update hidra.campaign_messages set sent_at = sent_at - %s, claimed_at = claimed_at - %s where sent_at is not null",
            [by, by],
        )

    def check(self, after: timedelta = timedelta()) -> None:
        """Runs the scheduled check as if so much time had passed."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.app, "now", lambda: datetime.now(UTC) + after)
            scheduled(self.app, 90)

    def receive(self, provider_id: str, status: MessageStatus, at: datetime) -> None:
        """Records a webhook that arrived at this time, as the recorder does."""
        event = StatusEvent(self.world.connection_id, provider_id, status, at)
        record_delivery([event], [], db=self.databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)

    @property
    def backfill(self) -> dict[str, Any] | None:
        rows = self.world.rows(
            "select cause, started_at, completed_at, webhook_restored, messages_total, messages_checked, messages_updated from hidra.status_backfills"
            " where evolution_config_id = %s",
            self.world.connection_id,
        )
        return rows[0] if rows else None

    def simulator_statuses(self) -> list[tuple[str, MessageStatus]]:
        """Returns every status that Evolution has had of our messages, each with its message."""
        return [
            (message["provider_id"], PROVIDER_WORDS[status["status"]])
            for message in self._log()
            for status in message["statuses"]
        ]

    def final_statuses(self) -> dict[str, str]:
        """Returns the final status of each message at the simulator, in our words."""
        return {message["provider_id"]: OUR_STATUS[message["final"]] for message in self._log()}

    def recorded_statuses(self) -> dict[str, str]:
        """Returns the status of each sent message in the database."""
        sent = (row for row in self.world.messages() if row["provider_message_id"])
        return {row["provider_message_id"]: row["status"] for row in sent}

    def counts(self) -> dict[str, int]:
        metrics = self.world.metrics()
        return {name: metrics[name] for name in ("total_messages", "delivered", "failed", "pending", "skipped")}

    def _log(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.simulator.ask("/_log/messages?limit=10000")["messages"]
        return [message for message in found if message["instance"] == self.instance]


def expected_counts(final: dict[str, str]) -> dict[str, int]:
    """Returns the campaign's counts by the simulator's final statuses."""
    finals = Counter(final.values())
    return {
        "total_messages": len(final),
        "delivered": finals["delivered"] + finals["read"],
        "failed": finals["failed"],
        "pending": finals["sent"],
        "skipped": 0,
    }


def backfill_a_campaign(tenant: SilentTenant, recipients: int, *, each: int) -> Lookups:
    """Loses every webhook of a campaign during an hour, then runs checks until the backfill of its statuses completes."""
    tenant.send(recipients)
    tenant.let_an_hour_pass()
    assert set(tenant.recorded_statuses().values()) == {"sent"}
    with Lookups.recorded() as lookups:
        tenant.check()
        assert lookups == []  # all connections are silent: the recorder may be late
        after = HOUR + timedelta(minutes=5)
        for run in range(1, recipients // each + 3):
            tenant.check(after + run * timedelta(minutes=5))
            assert len(lookups) <= run * each
            progress = tenant.backfill
            assert progress
            assert progress["messages_checked"] == len(lookups)
            if progress["completed_at"]:
                return lookups
    raise AssertionError("the backfill does not complete")
