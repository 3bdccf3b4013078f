"""The Evolution simulator as a process of its own, and its log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import requests

from tests import simulator_process

API_KEY = "cluster-key"


@dataclass
class Simulator:
    """A client of the running process."""

    url: str
    _session: requests.Session = field(default_factory=requests.Session)

    @classmethod
    @contextmanager
    def running(cls, *options: str) -> Iterator[Self]:
        """``options``: of its command line, such as ``--retry-attempts``."""
        with simulator_process.simulator("--api-key", API_KEY, *options) as url, requests.Session() as session:
            session.trust_env = False
            yield cls(url, session)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Makes one request; returns the answer's JSON."""
        answer = self._session.request(method, self.url + path, json=body, headers={"apikey": API_KEY}, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def create(self, instance: str) -> None:
        """Creates an instance whose phone has scanned the code."""
        body = {"instanceName": instance, "integration": "WHATSAPP-BAILEYS", "qrcode": False}
        self.ask("POST", "/instance/create", body)
        self.ask("POST", f"/_control/instances/{instance}/scan", {})

    def fault(self, instance: str, **fault: Any) -> None:
        """Sets a fault for the instance's next send (local/evolution/faults.py)."""
        self.ask("POST", f"/_control/instances/{instance}/faults", {"times": 1, **fault})

    def summary(self) -> dict[str, Any]:
        """Returns the counts over all instances."""
        summary: dict[str, Any] = self.ask("GET", "/_log/summary")
        return summary

    def sends(self) -> list[dict[str, Any]]:
        """Returns every request to send that arrived, in order."""
        found: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            page = self.ask("GET", f"/_log/messages?after={after}&limit=5000")
            found.extend(page["messages"])
            after = page["next_after"]
        return found
