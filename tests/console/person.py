"""A local user at the API, to prepare what a page shows and to compare with what it showed."""

from dataclasses import dataclass
from typing import Any

import requests

from local.sign_in import LocalUser
from local.stack import Stack


@dataclass(frozen=True)
class Person:
    """The user that `Visitor.sign_in` makes of the same name."""

    stack: Stack
    name: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        user = LocalUser.named(self.name, admin=False)
        token = self.stack.token(sub=user.sub, email=user.email, name=user.name)
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.request(method, self.stack.api_url + path, json=body, headers=headers, timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def segment(self, name: str, contacts: list[dict[str, Any]]) -> str:
        """The id of a new segment of these contacts."""
        segment: str = self.call("POST", "/v1/segments", {"name": name})["id"]
        self.call("POST", "/v1/contacts", {"segment_id": segment, "contacts": contacts})
        return segment

    def template(self, title: str, body: str, variables: list[str]) -> str:
        created = self.call("POST", "/v1/templates", {"title": title, "body": body, "variables": variables})
        return str(created["id"])
