"""The Evolution simulator's log over HTTP, for one instance."""

from typing import Any

import requests


class SimulatorLog:
    """What the simulator received for an instance, and what it did with it."""

    def __init__(self, url: str, instance: str) -> None:
        self._url, self._instance = url, instance
        self._session = requests.Session()
        self._session.trust_env = False

    def summary(self) -> Any:
        """Running counts: received, accepted, refused, final states, unsettled, webhooks."""
        return self._get("/_log/summary", instance=self._instance)

    def messages(self) -> list[dict[str, Any]]:
        """Every send that the instance received, in order of arrival."""
        return [message for message in self.sends() if message["instance"] == self._instance]

    def sends(self) -> list[dict[str, Any]]:
        """The same for all instances."""
        found: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            page = self._get("/_log/messages", after=after, limit=5_000)
            found += page["messages"]
            after = page["next_after"]
        return found

    def _get(self, path: str, **query: object) -> Any:
        answer = self._session.get(self._url + path, params=query, timeout=10)  # type: ignore[arg-type]
        answer.raise_for_status()
        return answer.json()
