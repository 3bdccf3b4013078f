"""A campaign on the simulator of which no webhook arrives, and the checks that find out what became of it."""

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
from hidra.store import claims
from tests.conftest import Databases
from tests.functions.test_connection_check import Simulator, Tenant, scheduled

HOUR = timedelta(hours=1)
# What the simulator says at last of a message, in our words. Whom WhatsApp only acknowledged is sent.
TRUTH = {
    "server_ack": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}


class Asked(list[tuple[str, float]]):
    """Every look-up of a status: the id, and when it was asked for."""

    @classmethod
    @contextmanager
    def counted(cls) -> Iterator["Asked"]:
        asked = cls()
        real = Evolution.find_statuses

        def counting(self: Evolution, provider_message_id: str) -> frozenset[MessageStatus]:
            asked.append((provider_message_id, time.monotonic()))
            return real(self, provider_message_id)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Evolution, "find_statuses", counting)
            yield asked

    @property
    def ids(self) -> list[str]:
        return [provider_message_id for provider_message_id, _ in self]


class Outage(Tenant):
    """A tenant whose webhook leads nowhere: Evolution tries until it gives up, and then forgets."""

    def __init__(self, app: ModuleType, databases: Databases, simulator: Simulator, phones: list[str]) -> None:
        super().__init__(app, databases, simulator.url, simulator.instance(), recipients=0)
        self.simulator, self.databases = simulator, databases
        for phone in phones:
            self.world.add_contact(phone, name="Ana")
        self.do("check")
        self.world.advance()

    def send(self, number: int) -> list[str]:
        """Posts to so many recipients and notes it as the sender does; gives the provider's ids."""
        return [self.send_one() for _ in range(number)]

    def send_one(self) -> str:
        claim = self.world.claim()
        assert isinstance(claim, claims.Claim)
        body = {"number": claim.phone.removeprefix("+"), "text": "Oi Ana"}
        provider_id: str = self.simulator.ask(f"/message/sendText/{self.instance}", body)["key"]["id"]
        at = datetime.now(UTC)
        self.databases.jobs.as_worker(
            lambda tx: claims.mark_sent(tx, claim, sent_at=at, provider_message_id=provider_id)
        )
        return provider_id

    def settle(self) -> None:
        """Waits until nothing more happens at Evolution, and each webhook was tried and given up."""
        end = time.monotonic() + 20
        while self.simulator.ask(f"/_log/summary?instance={self.instance}")["unsettled"]:
            assert time.monotonic() < end, "the simulator does not settle"
            time.sleep(0.05)

    def let_an_hour_pass(self) -> None:
        """By Evolution's clock, which has to be a virtual one, and by ours: long enough for it to give everything up."""
        self.simulator.ask("/_control/clock", {"advance": HOUR.total_seconds()})
        self.settle()
        self.age(HOUR)

    def webhooks(self) -> list[dict[str, Any]]:
        """What Evolution had to tell, and how often it tried."""
        found: list[dict[str, Any]] = self.simulator.ask("/_log/webhooks?limit=5000")["webhooks"]
        return [webhook for webhook in found if webhook["instance"] == self.instance]

    def age(self, by: timedelta) -> None:
        """All that was sent so far was sent so long before."""
        self.run(
            "update hidra.campaign_messages set sent_at = sent_at - %s, claimed_at = claimed_at - %s where sent_at is not null",
            [by, by],
        )

    def check(self, after: timedelta = timedelta()) -> None:
        """The scheduled run, at a later time than it is."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.app, "now", lambda: datetime.now(UTC) + after)
            scheduled(self.app, 90)

    def hear(self, provider_id: str, status: MessageStatus, at: datetime) -> None:
        """A webhook that arrived at this time, as the recorder applies it."""
        event = StatusEvent(self.world.connection_id, provider_id, status, at)
        record_delivery([event], [], db=self.databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)

    @property
    def repair(self) -> dict[str, Any] | None:
        rows = self.world.rows(
            "select cause, started_at, completed_at, webhook_restored, messages_total, messages_checked, messages_updated from hidra.status_backfills"
            " where evolution_config_id = %s",
            self.world.connection_id,
        )
        return rows[0] if rows else None

    def told(self) -> list[tuple[str, MessageStatus]]:
        """Every status that Evolution ever had of our messages, with its message."""
        return [
            (message["provider_id"], PROVIDER_WORDS[status["status"]])
            for message in self._log()
            for status in message["statuses"]
        ]

    def truth(self) -> dict[str, str]:
        """What became of each message at the simulator."""
        return {message["provider_id"]: TRUTH[message["final"]] for message in self._log()}

    def known(self) -> dict[str, str]:
        """What we know of each that was sent."""
        sent = (row for row in self.world.messages() if row["provider_message_id"])
        return {row["provider_message_id"]: row["status"] for row in sent}

    def counts(self) -> dict[str, int]:
        metrics = self.world.metrics()
        return {name: metrics[name] for name in ("total_messages", "delivered", "failed", "pending", "skipped")}

    def _log(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.simulator.ask("/_log/messages?limit=10000")["messages"]
        return [message for message in found if message["instance"] == self.instance]


def expected(truth: dict[str, str]) -> dict[str, int]:
    """The campaign's counts, by the simulator's word."""
    finals = Counter(truth.values())
    return {
        "total_messages": len(truth),
        "delivered": finals["delivered"] + finals["read"],
        "failed": finals["failed"],
        "pending": finals["sent"],
        "skipped": 0,
    }


def lose_a_campaign(tenant: Outage, recipients: int, *, each: int) -> Asked:
    """A campaign whose every webhook is lost in an hour; then the checks, until its statuses are repaired."""
    tenant.send(recipients)
    tenant.let_an_hour_pass()
    assert set(tenant.known().values()) == {"sent"}
    with Asked.counted() as asked:
        tenant.check()
        assert asked == []  # everybody is silent: it may be the recorder
        after = HOUR + timedelta(minutes=5)
        for run in range(1, recipients // each + 3):
            tenant.check(after + run * timedelta(minutes=5))
            assert len(asked) <= run * each
            repair = tenant.repair
            assert repair
            assert repair["messages_checked"] == len(asked)
            if repair["completed_at"]:
                return asked
    raise AssertionError("the repair never came to its end")
