"""A tenant on the running stack: an instance at the simulator, a connection, and campaigns through the public API."""

import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import uuid4

import requests

from local.demo import comparison
from local.demo.client import Client
from local.demo.simulator_log import SimulatorLog
from local.stack import Stack

# Without other tests beside it, a campaign starts within 5 s of its time; by the clock's passes alone within 60 s.
STARTED_WITHIN = 20


def eventually(what: Callable[[], object], *, seconds: float, about: Callable[[], object] = lambda: "") -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, f"the condition did not hold within {seconds} s: {about()}"
        time.sleep(0.2)


def queue_is_idle(stack: Stack) -> bool:
    """No ticket waits or is delayed. Tickets that a killed sender held stay hidden for long and do not count."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    queue = stack.cloud.resource("SendQueue")
    found = stack.cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return all(int(found[name]) == 0 for name in names)


@dataclass
class Tenant:
    stack: Stack
    instance: str
    client: Client
    simulator: SimulatorLog

    @classmethod
    def linked(cls, stack: Stack, *, integration: str = "baileys") -> Self:
        """A new user with an instance that is linked to WhatsApp, and without a connection to it."""
        instance = f"flow-{uuid4().hex[:8]}"
        tenant = cls(
            stack,
            instance,
            Client(stack.api_url, stack.token(sub=str(uuid4()))),
            SimulatorLog(stack.evolution_url, instance),
        )
        body: dict[str, Any] = {"instanceName": instance, "integration": "WHATSAPP-BAILEYS", "qrcode": True}
        if integration == "cloud_api":
            body |= {
                "integration": "WHATSAPP-BUSINESS",
                "token": f"meta-{instance}",
                "number": str(1_000_000_000 + zlib.crc32(instance.encode())),
                "businessId": "2000000001",
                "qrcode": False,
            }
        tenant.evolution("/instance/create", body)
        if integration == "baileys":
            tenant.evolution(f"/_control/instances/{instance}/scan", {})
            eventually(lambda: tenant.state() == "open", seconds=10)
        return tenant

    @classmethod
    def make(cls, stack: Stack, *, integration: str = "baileys", per_minute: int = 600, concurrent: int = 10) -> Self:
        """A new user whose WhatsApp is connected."""
        tenant = cls.linked(stack, integration=integration)
        connection = tenant.client.call(
            "PUT",
            "/v1/evolution-config",
            {
                "base_url": stack.evolution_url,
                "instance_name": tenant.instance,
                "api_key": stack.evolution_api_key,
                "integration": integration,
                "max_messages_per_minute": per_minute,
                "max_concurrent_sends": concurrent,
            },
        )
        assert connection["status"] == "connected", connection
        return tenant

    def evolution(self, path: str, body: object) -> Any:
        headers = {"apikey": self.stack.evolution_api_key}
        answer = requests.post(self.stack.evolution_url + path, json=body, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def state(self) -> str:
        answer = requests.get(
            f"{self.stack.evolution_url}/instance/connectionState/{self.instance}",
            headers={"apikey": self.stack.evolution_api_key},
            timeout=10,
        )
        state: str = answer.json()["instance"]["state"]
        return state

    def campaign(self, phones: Sequence[str], *, per_minute: int = 600, body: str = "Oi {{nome}}", **media: str) -> str:
        """A draft to these phones; ``media``: the template's media_url, media_type, file_name."""
        segment = self.client.call("POST", "/v1/segments", {"name": "flow"})
        contacts = [{"phone": phone, "name": f"Contato {index}"} for index, phone in enumerate(phones)]
        self.client.call("POST", "/v1/contacts", {"contacts": contacts, "segment_id": segment["id"]})
        variables = ["nome"] if "{{nome}}" in body else []
        template = self.client.call(
            "POST", "/v1/templates", {"title": "flow", "body": body, "variables": variables, **media}
        )
        campaign: dict[str, str] = self.client.call(
            "POST",
            "/v1/campaigns",
            {
                "name": "flow",
                "segment_id": segment["id"],
                "template_id": template["id"],
                "max_messages_per_minute": per_minute,
            },
        )
        return campaign["id"]

    def schedule(self, campaign_id: str) -> None:
        at = datetime.now(UTC) + timedelta(seconds=2)
        self.client.call("POST", f"/v1/campaigns/{campaign_id}/schedule", {"scheduled_at": at.isoformat()})

    def show(self, campaign_id: str) -> dict[str, Any]:
        campaign: dict[str, Any] = self.client.call("GET", f"/v1/campaigns/{campaign_id}")
        return campaign

    def started_after(self, campaign_id: str) -> float:
        """The seconds from the time for which the campaign was scheduled to its start."""
        campaign = self.show(campaign_id)
        started, scheduled = (datetime.fromisoformat(campaign[name]) for name in ("started_at", "scheduled_at"))
        return (started - scheduled).total_seconds()

    def recipients(self, campaign_id: str) -> list[dict[str, Any]]:
        return list(self.client.every(f"/v1/campaigns/{campaign_id}/recipients"))

    def metrics(self, campaign_id: str) -> dict[str, Any]:
        metrics: dict[str, Any] = self.client.call("GET", f"/v1/campaigns/{campaign_id}/metrics")
        return metrics

    def differences(self, campaign_id: str) -> list[comparison.Difference]:
        return comparison.differences(
            comparison.ours(self.recipients(campaign_id)), comparison.theirs(self.simulator.messages())
        )

    def wait_until_equal(self, campaign_id: str, *, seconds: float) -> None:
        """Until the campaign has ended, the simulator has posted every webhook, and both report the same."""

        def ended() -> bool:
            self.look_doubts_up(campaign_id)
            return self.show(campaign_id)["status"] in ("completed", "failed")

        eventually(ended, seconds=seconds, about=lambda: self._state(campaign_id))
        assert self.wait_until_only_lost_claims_differ(campaign_id, seconds=seconds) == []

    def wait_until_only_lost_claims_differ(self, campaign_id: str, *, seconds: float) -> list[str]:
        """Until nothing waits and both report the same, but for the recipients in doubt that Evolution has no message
        for: their phones.

        Such a recipient was claimed by a sender that died before its post, or that never heard of its claim.
        """
        unequal: list[comparison.Difference] = []

        def settled() -> bool:
            self.look_doubts_up(campaign_id)
            waiting = [row for row in self.recipients(campaign_id) if row["status"] in ("pending", "sending")]
            if waiting or self.simulator.summary()["unsettled"]:
                return False
            unequal[:] = self.differences(campaign_id)
            return all(one.theirs is None and one.ours and one.ours.state == "unknown" for one in unequal)

        eventually(settled, seconds=seconds, about=lambda: self._state(campaign_id))
        return [one.phone for one in unequal]

    def look_doubts_up(self, campaign_id: str) -> None:
        """The schedule of the check is five minutes."""
        if any(row["status"] == "unknown" for row in self.recipients(campaign_id)):
            self.stack.invoke("connection_check")

    def _state(self, campaign_id: str) -> str:
        different = {difference.phone for difference in self.differences(campaign_id)[:5]}
        ours = [row for row in self.recipients(campaign_id) if row["phone"] in different]
        theirs = [row for row in self.simulator.messages() if f"+{row['digits']}" in different]
        logs = [line for line in self.stack.logs("message_sender") if "ERROR" in line or "WARNING" in line]
        return "\n".join(map(str, [self.show(campaign_id), self.metrics(campaign_id), *ours, *theirs, *logs]))

    def assert_counts_equal_recipients(self, campaign_id: str) -> None:
        rows, metrics = self.recipients(campaign_id), self.metrics(campaign_id)
        count = lambda *states: sum(row["status"] in states for row in rows)  # noqa: E731
        assert metrics["total_messages"] == len(rows)
        assert metrics["delivered"] == count("delivered", "read")
        assert metrics["failed"] == count("failed")
        assert metrics["skipped"] == count("skipped")
        assert metrics["read"] == count("read")
        assert metrics["pending"] == count("pending", "sending", "unknown", "sent")
        minutes: dict[str, int] = {}
        for row in rows:
            if at := row["failed_at"] if row["status"] == "failed" else row["delivered_at"]:
                minutes[at[:16]] = minutes.get(at[:16], 0) + 1
        points = list(self.client.every(f"/v1/campaigns/{campaign_id}/timeline"))
        assert {point["timestamp"][:16]: point["delivered"] + point["failed"] for point in points} == minutes
