"""A function called the way API Gateway's HTTP API calls it, with the events of events/ as the mould."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from tests import openapi_document

EVENTS = Path(__file__).parents[2] / "events"
CONTEXT = SimpleNamespace(
    function_name="function",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:function",
    aws_request_id="request",
)


@dataclass(frozen=True)
class Answer:
    status: int
    json: Any

    @property
    def code(self) -> str:
        """The stable end of a problem document's type."""
        assert self.json["status"] == self.status
        return self.json["type"].removeprefix("urn:hidra:problem:")

    @property
    def fields(self) -> list[str]:
        return [item["field"] for item in self.json["errors"]]


def load(name: str) -> dict[str, Any]:
    """An event of events/, without the ending."""
    return json.loads((EVENTS / f"{name}.json").read_text())


@dataclass(frozen=True)
class Api:
    """One function's routes, called by one user."""

    function: ModuleType
    user_id: UUID
    claims: Mapping[str, str]

    def send(self, event: dict[str, Any]) -> Answer:
        event = copy.deepcopy(event)
        claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
        claims.update({"sub": str(self.user_id), **self.claims})
        answer = self.function.handler(event, CONTEXT)
        assert isinstance(answer["body"], str)  # API Gateway takes nothing else
        openapi_document.check(event["requestContext"]["http"]["method"], event["rawPath"], answer)
        return Answer(answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None)

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        text: str | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Answer:
        """``text`` stands for a body that is no JSON of ours."""
        event = load("contacts_list")
        event["rawPath"] = event["requestContext"]["http"]["path"] = path
        event["requestContext"]["http"]["method"] = method
        event["routeKey"] = event["requestContext"]["routeKey"] = f"{method} {path}"
        event["rawQueryString"] = urlencode(query or {})
        event["queryStringParameters"] = {name: str(value) for name, value in (query or {}).items()}
        if text is not None or body is not None:
            event["headers"]["content-type"] = "application/json"
            event["body"] = json.dumps(body) if text is None else text
        return self.send(event)

    def get(self, path: str, **query: Any) -> Answer:
        return self("GET", path, query=query)

    def post(self, path: str, body: Any = None) -> Answer:
        return self("POST", path, body)

    def put(self, path: str, body: Any) -> Answer:
        return self("PUT", path, body)

    def patch(self, path: str, body: Any) -> Answer:
        return self("PATCH", path, body)

    def delete(self, path: str) -> Answer:
        return self("DELETE", path)

    def all(self, path: str, *, limit: int, **query: Any) -> list[Any]:
        """Every item of a list, page by page."""
        items: list[Any] = []
        while True:
            answer = self.get(path, limit=limit, **query)
            assert answer.status == 200
            assert len(answer.json["items"]) <= limit
            items += answer.json["items"]
            if answer.json["next_cursor"] is None:
                return items
            query["cursor"] = answer.json["next_cursor"]
