"""Hidra's public API, called as a back-end team calls it."""

from collections.abc import Iterator
from typing import Any

import requests

from local.processes import LocalError


class Client:
    """One user's session. Raises LocalError with the problem document for any error status."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """The answer's JSON."""
        try:
            answer = self._session.request(method, self._url + path, json=body, params=query, timeout=35)  # type: ignore[arg-type]
        except requests.RequestException as error:
            raise LocalError(
                f"{method} {path} got no answer: {type(error).__name__}. The machine may be too busy."
            ) from error
        if not answer.ok:
            raise LocalError(f"{method} {path} failed with {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None

    def every(self, path: str, **query: object) -> Iterator[dict[str, Any]]:
        """All items of a list, page by page."""
        cursor: str | None = None
        while True:
            page = self.call("GET", path, limit=200, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return
