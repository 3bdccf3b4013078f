"""docs/openapi.json, put together from the HTTP functions.

Routes, parameters and schemas are those that the handlers run with; ``answers(...)`` beside each route names its
statuses and its own problems. The answers of every route of a shape, the prose and the examples are added here.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hidra.entry.paging import Page
from local.openapi import apps, plain, problems
from local.openapi.examples import EXAMPLES
from local.openapi.words import ABOUT, TAGS
from local.processes import LocalError

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docs" / "openapi.json"

BEARER = "bearer"
_COMPONENTS = "#/components/schemas/"
# A class name that is clear in its module, but not in one list with those of all functions.
_NAMES = {
    "Example": "LeftOutExample",
    "Point": "TimelinePoint",
}

type Json = dict[str, Any]


def text() -> str:
    """The document as text. Raises LocalError if two functions contradict each other."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> Json:
    paths: Json = {}
    schemas: Json = dict(problems.SCHEMAS)
    for function, app, answers in apps.load(ROOT):
        described = _rewritten(json.loads(app.get_openapi_json_schema(title="", version="")))
        for name, schema in described.get("components", {}).get("schemas", {}).items():
            if schemas.setdefault(name, schema) != schema:
                raise LocalError(f"Two functions have different schemas with the name {name}. Rename one.")
        for route in apps.routes(app):
            operation = described["paths"][route.openapi_path][route.method.lower()]
            _complete(operation, route, function, answers[route])
            _add(paths, route.method, route.openapi_path, operation)
    for method, path, operation in plain.OPERATIONS:
        _add(paths, method, path, operation)
    schemas |= plain.SCHEMAS
    result = {
        "openapi": "3.1.0",
        "info": {"title": "Hidra", "version": _version(), "description": ABOUT},
        "servers": [{"url": "./", "description": "Where this document is served"}],
        "security": [{BEARER: []}],
        "tags": [{"name": name, "description": sentence} for name, sentence in TAGS.items()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(_used(paths, schemas).items())),
            "responses": problems.RESPONSES,
            "securitySchemes": {
                BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A token of the deployment's OpenID issuer; its `sub` is the user's id, a UUID.",
                },
                **plain.SECURITY_SCHEMES,
            },
        },
    }
    _add_examples(result)
    return result


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, path and operation, one by one."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def _add(paths: Json, method: str, path: str, operation: Json) -> None:
    taken = {other["operationId"] for methods in paths.values() for other in methods.values()}
    if operation["operationId"] in taken:
        raise LocalError(
            f"{method} {path} has the operation id of another operation: {operation['operationId']}. Rename one."
        )
    paths.setdefault(path, {})[method.lower()] = operation


def _complete(operation: Json, route: Any, function: str, answers: Mapping[int, Mapping[str, Any]]) -> None:
    if operation["operationId"] == route._generate_operation_id():
        operation["operationId"] = route.func.__name__
    operation["tags"] = sorted(route.tags or [function])
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["schema"] = _given(content["schema"])
    success = {
        status: {"description": _meaning(int(status)), "content": answer["content"]}
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    }
    if "204" in success:
        del success["204"]["content"]
    named = {status: answer["problems"] for status, answer in answers.items() if "problems" in answer}
    operation["responses"] = dict(sorted((success | problems.responses(operation, route.method, named)).items()))


def _given(schema: Json) -> Json:
    """The schema of a body that is there: one that may be left out need not be null, and generated clients cannot."""
    match schema:
        case {"anyOf": [dict(given), {"type": "null"}]}:
            return given
    return schema


def _meaning(status: int) -> str:
    return {
        200: "Done.",
        201: "Created.",
        202: "Accepted; the work continues in the background.",
        204: "Done; there is no body.",
    }[status]


def _rewritten(node: Any) -> Any:
    """With readable names, code marked as in Markdown, and without titles that repeat a property's name."""
    match node:
        case {"$ref": str(reference)}:
            return {**node, "$ref": _COMPONENTS + _readable(reference.removeprefix(_COMPONENTS))}
        case dict():
            result = {name: _rewritten(value) for name, value in node.items()}
            if "schemas" in result:
                result["schemas"] = {
                    _readable(name): _titled(name, schema) for name, schema in result["schemas"].items()
                }
            if isinstance(result.get("description"), str):
                result["description"] = _plain(result["description"])
            if keys := result.pop("patternProperties", None):
                # pydantic's way to describe keys allows any value for other keys.
                [(pattern, values)] = keys.items()
                result["additionalProperties"] = values
                result["propertyNames"] = {**result.get("propertyNames", {}), "pattern": pattern}
            for schema in result.get("properties", {}).values():
                schema.pop("title", None)
            if "in" in result and "schema" in result:
                result["schema"].pop("title", None)
            return result
        case list():
            return [_rewritten(item) for item in node]
    return node


def _titled(name: str, schema: Json) -> Json:
    # A generic class with a parameter loses its docstring.
    described = {"description": _plain(str(Page.__doc__))} if name.startswith("Page_") else {}
    return {**schema, "title": _readable(name), **described}


def _plain(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


def _readable(name: str) -> str:
    if page := re.fullmatch(r"Page_(\w+)_", name):
        return _readable(page[1]) + "Page"
    return _NAMES.get(name, name)


def _used(paths: Json, schemas: Json) -> Json:
    """The schemas that a path refers to; Powertools adds some that no answer has."""
    found: Json = {}
    wanted = list(references([paths, problems.RESPONSES]))
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = schemas[name]
            wanted += references(schemas[name])
    return found


def references(node: Any) -> Iterator[str]:
    """The names of the schemas that a piece of the document refers to."""
    match node:
        case dict():
            reference = node.get("$ref")
            if isinstance(reference, str) and reference.startswith(_COMPONENTS):
                yield reference.removeprefix(_COMPONENTS)
            for value in node.values():
                yield from references(value)
        case list():
            for value in node:
                yield from references(value)


def _add_examples(document: Json) -> None:
    for _, _, operation in operations(document):
        for body in [operation.get("requestBody", {}), *operation["responses"].values()]:
            for content in body.get("content", {}).values():
                name = next(references(content.get("schema", {})), None)
                if name is None or "examples" in content or "example" in content:
                    continue
                if name in EXAMPLES:
                    content["example"] = EXAMPLES[name]
                elif name.removesuffix("Page") in EXAMPLES:
                    content["example"] = {"items": [EXAMPLES[name.removesuffix("Page")]], "next_cursor": None}
