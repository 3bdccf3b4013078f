"""docs/openapi.json is what the functions say, complete, and true in its examples; tests/fuzz.py holds the API to it."""

import ast
import copy
from typing import Any

import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from local import openapi
from local.openapi import problems
from local.openapi.examples import EXAMPLES
from local.processes import LocalError
from tests import openapi_document
from tests.conftest import ROOT
from tests.deployment import events, http_functions

DOCUMENT = openapi_document.document()
OPERATIONS = list(openapi.operations(DOCUMENT))
NAMES = [operation["operationId"] for _, _, operation in OPERATIONS]
each_operation = pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)


def test_the_written_document_is_what_the_functions_say_now() -> None:
    assert openapi.PATH.read_text() == openapi.text(), "run `make docs`"


def test_it_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    OPENAPI_31_VALIDATOR.validate(DOCUMENT)


def test_it_has_every_route_of_the_template_and_no_other() -> None:
    api = http_functions() - {"console"}  # whose page and files are no part of the API
    given = {(event["Method"], event["Path"]) for name in api for event in events(name, "HttpApi")}
    assert {(method, path) for method, path, _ in OPERATIONS} == given


def test_operation_ids_are_names_and_none_comes_twice() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(name.isidentifier() and name.islower() for name in NAMES)


def test_every_tag_has_its_sentence_and_every_sentence_its_operations() -> None:
    used = {tag for _, _, operation in OPERATIONS for tag in operation["tags"]}
    assert used == {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}


def test_every_schema_is_used_and_has_a_readable_name() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert set(openapi.references(DOCUMENT)) == schemas.keys()
    assert [name for name in schemas if not name.isalnum()] == []
    assert all(schema["title"] == name for name, schema in schemas.items())


@each_operation
class TestEveryOperation:
    def test_says_what_it_is(self, method: str, path: str, operation: dict[str, Any]) -> None:
        assert operation["summary"]
        assert len(operation["tags"]) == 1

    def test_has_a_success_with_a_schema(self, method: str, path: str, operation: dict[str, Any]) -> None:
        success = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
        assert success
        for status, answer in success.items():
            assert ("content" in answer) == (status != "204")
            assert all(content["schema"] for content in answer.get("content", {}).values())

    def test_has_examples_that_fit_their_schemas(self, method: str, path: str, operation: dict[str, Any]) -> None:
        answers = [openapi_document.response(operation, int(status)) for status in operation["responses"]]
        for body in [operation.get("requestBody", {}), *answers]:
            for content in body.get("content", {}).values():
                assert {"example", "examples"} & content.keys(), "add one to local/openapi/examples"
                examples = [content["example"]] if "example" in content else [
                    example["value"] for example in content["examples"].values()
                ]  # fmt: skip
                assert examples
                for example in examples:
                    openapi_document.validator(content["schema"]).validate(example)

    def test_states_its_authentication(self, method: str, path: str, operation: dict[str, Any]) -> None:
        if path.startswith("/v1/"):
            assert "security" not in operation  # the whole document's: a bearer token
            assert {"401", "403"} <= operation["responses"].keys()
        else:
            assert operation["security"] in ([], [{"evolutionSignature": []}])

    def test_names_the_problems_that_its_shape_brings(self, method: str, path: str, operation: dict[str, Any]) -> None:
        if not path.startswith("/v1/"):
            return
        wanted = {"500", "503"}
        wanted |= {"404"} if "{" in path else set()
        wanted |= {"400", "422"} if "requestBody" in operation else set()
        wanted |= {"409"} if method != "GET" else set()
        wanted |= {"422"} if any(it["in"] == "query" for it in operation.get("parameters", [])) else set()
        assert wanted <= operation["responses"].keys()


def test_every_body_of_the_handlers_has_an_example_of_its_own() -> None:
    """Of a new route too: it goes into local/openapi/examples."""
    bodies = {
        next(openapi.references(content["schema"]))
        for _, _, operation in OPERATIONS
        for content in operation.get("requestBody", {}).get("content", {}).values()
    }
    assert bodies <= EXAMPLES.keys()
    assert {name for name in EXAMPLES if name not in DOCUMENT["components"]["schemas"]} == set()


def test_a_body_is_of_one_schema_also_where_it_may_be_left_out() -> None:
    bodies = [body for _, _, operation in OPERATIONS if (body := operation.get("requestBody"))]
    assert any(not body.get("required") for body in bodies)
    for body in bodies:
        for content in body["content"].values():
            assert "anyOf" not in content["schema"], content


def test_the_problems_that_are_named_are_those_that_the_code_raises() -> None:
    named = {
        code
        for _, _, operation in OPERATIONS
        for status in operation["responses"]
        if int(status) >= 400
        for code in openapi_document.response(operation, int(status))["content"]
        .get(problems.PROBLEM_JSON, {})
        .get("examples", {})
    }
    assert named == problems.CODES.keys()
    assert named <= literals(), named - literals()


def test_a_name_for_two_schemas_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi, "_NAMES", {"SegmentIn": "CampaignIn"})
    with pytest.raises(LocalError, match="CampaignIn"):
        openapi.document()


def test_an_operation_id_that_comes_twice_is_refused() -> None:
    paths = copy.deepcopy(DOCUMENT["paths"])
    with pytest.raises(LocalError, match="get_campaign"):
        openapi._add(paths, "GET", "/v1/other", {"operationId": "get_campaign"})


def literals() -> set[str]:
    """Every text in the functions and the layer."""
    sources = [*(ROOT / "functions").glob("*/app.py"), *(ROOT / "layers" / "hidra" / "hidra").rglob("*.py")]
    nodes = (node for path in sources for node in ast.walk(ast.parse(path.read_text())))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
