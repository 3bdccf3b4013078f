"""The Evolution simulator as a process of its own, and its account of what happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import requests

from tests import simulator_process

API_KEY = "cluster-key"


@dataclass
class Simulator:
    """The running process by its address."""

    url: str
    _session: requests.Session = field(default_factory=requests.Session)

    @classmethod
    @contextmanager
    def running(cls, *, seed: int, retry_seconds: float = 0.3) -> Iterator[Self]:
        """``retry_seconds``: after which a webhook that was not taken is posted again; it never gives up."""
        words = [
            "--api-key", API_KEY, "--seed", str(seed),
            "--retry-attempts", "200", "--retry-initial-seconds", str(retry_seconds), "--retry-max-seconds", "2",
        ]  # fmt: skip
        with simulator_process.simulator(*words) as url, requests.Session() as session:
            session.trust_env = False
            yield cls(url, session)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request; the answer's JSON."""
        answer = self._session.request(method, self.url + path, json=body, headers={"apikey": API_KEY}, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def create(self, instance: str) -> None:
        """An instance whose phone scanned the code."""
        body = {"instanceName": instance, "integration": "WHATSAPP-BAILEYS", "qrcode": False}
        self.ask("POST", "/instance/create", body)
        self.ask("POST", f"/_control/instances/{instance}/scan", {})

    def fault(self, instance: str, **fault: Any) -> None:
        """Arms a fault for the instance's next send (local/evolution/faults.py)."""
        self.ask("POST", f"/_control/instances/{instance}/faults", {"times": 1, **fault})

    def faults(self, instance: str) -> list[dict[str, Any]]:
        """Those that nothing has met yet."""
        armed: list[dict[str, Any]] = self.ask("GET", f"/_control/instances/{instance}/faults")
        return armed

    def summary(self) -> dict[str, Any]:
        """The counts over all instances."""
        summary: dict[str, Any] = self.ask("GET", "/_log/summary")
        return summary

    def sends(self) -> list[dict[str, Any]]:
        """Every request to send that came in, in order."""
        found: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            page = self.ask("GET", f"/_log/messages?after={after}&limit=5000")
            found.extend(page["messages"])
            after = page["next_after"]
        return found
