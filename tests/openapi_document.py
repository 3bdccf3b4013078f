"""Answers held against docs/openapi.json: their status, content type, body, and a problem's code."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

DOCUMENT = Path(__file__).parents[1] / "docs" / "openapi.json"


@cache
def document() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(DOCUMENT.read_text())
    return parsed


@cache
def operations() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    """Method, pattern of the path, operation; paths without parameters first."""
    return [
        (method.upper(), re.compile(re.sub(r"{\w+}", "[^/]+", path)), operation)
        for path, methods in sorted(document()["paths"].items(), key=lambda item: item[0].count("{"))
        for method, operation in methods.items()
    ]


def operation(method: str, path: str) -> dict[str, Any] | None:
    return next((it for verb, shape, it in operations() if verb == method and shape.fullmatch(path)), None)


def response(operation: dict[str, Any], status: int) -> dict[str, Any]:
    assert str(status) in operation["responses"], f"{operation['operationId']} never answers {status}"
    found: dict[str, Any] = operation["responses"][str(status)]
    if "$ref" in found:
        found = document()["components"]["responses"][found["$ref"].rsplit("/", 1)[1]]
    return found


def validator(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    return _validator(json.dumps(schema))


@cache
def _validator(schema: str) -> jsonschema_rs.Validator:
    whole = {**json.loads(schema), "components": document()["components"]}
    return jsonschema_rs.validator_for(whole, validate_formats=True)


def check(method: str, path: str, answer: dict[str, Any]) -> None:
    """An answer in Lambda's form to a request; a path without a route is not checked."""
    found = operation(method, path)
    if found is None:
        return
    said = response(found, answer["statusCode"])
    if "content" not in said:
        assert not answer["body"]
        return
    headers = {name.lower(): value for name, value in {**answer.get("headers", {})}.items()}
    values = answer.get("multiValueHeaders", {}).get("Content-Type", [])
    content_type = str(headers.get("content-type") or values[0]).split(";")[0]
    assert content_type in said["content"], f"{found['operationId']} answers {content_type}"
    body = json.loads(answer["body"])
    validator(said["content"][content_type]["schema"]).validate(body)
    if content_type == "application/problem+json":
        codes = said["content"][content_type]["examples"]
        code = body["type"].removeprefix("urn:hidra:problem:")
        assert code in codes, f"{found['operationId']} answers {answer['statusCode']} {code}"
