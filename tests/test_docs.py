"""The documents name only what exists."""

import json
import re
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from local import configuration
from local.__main__ import app
from local.expand import load
from tests.deployment import functions, resources, template
from tests.documents import ROOT, Block, anchors, blocks, documents, links, prose

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PLACEHOLDER = re.compile(r"\{[^}]*\}|\$\{?[A-Z_]+\}?|…|[0-9a-f]{8}-[0-9a-f-]{27}")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


every_document = pytest.mark.parametrize("document", documents(), ids=named)


def route_patterns() -> set[str]:
    """The template's routes, a `*` for each parameter."""
    return {f"{method} {PLACEHOLDER.sub('*', path)}" for method, path in given_routes()}


def given_routes() -> list[tuple[str, str]]:
    return [
        (event["Properties"]["Method"], event["Properties"]["Path"])
        for resource in template()["Resources"].values()
        for event in resource["Properties"].get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]


def routes_named(markdown: str) -> list[tuple[str, str]]:
    """Method and path of `GET /v1/things/{id}` in the text and of `api GET "/v1/things/$ID?x=y"` in the commands."""
    found = re.findall(rf'\b({"|".join(METHODS)}) "?(/(?:v1|webhooks|openapi\.json|docs)[^\s`"\'|)?,;]*)', markdown)
    return [(method, PLACEHOLDER.sub("*", path).rstrip(".")) for method, path in found]


@every_document
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in links(document.read_text()):
        place, _, anchor = target.partition("#")
        path = (document.parent / place).resolve() if place else document
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(path.read_text()), target


@every_document
def test_every_route_that_is_named_exists(document: Path) -> None:
    missing = [route for route in routes_named(document.read_text()) if " ".join(route) not in route_patterns()]
    assert not missing


def test_every_route_is_in_the_guide_to_the_api() -> None:
    documented = {" ".join(route) for route in routes_named((ROOT / "docs/api.md").read_text())}
    console = {"GET /console", "GET /console/", "GET /console/*"}  # a page, and no part of the API
    assert route_patterns() - documented == {"POST /webhooks/evolution/*/*"} | console


def test_every_problem_type_in_the_guide_to_the_api_is_one_that_is_raised() -> None:
    rows = re.findall(r"^\| [45]\d\d \|.*\|(.*)\|$", (ROOT / "docs/api.md").read_text(), re.MULTILINE)
    sources = "".join(path.read_text() for top in ("layers", "functions") for path in (ROOT / top).rglob("*.py"))
    documented = re.findall(r"`([a-z-]+)`", "".join(rows))
    assert [code for code in documented if f'"{code}"' not in sources] == []
    assert len(documented) > 20


@every_document
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = "\n".join(re.findall(r"`([^`\n]+)`", prose(document.read_text())))
    code += "\n" + "".join(block.text for block in blocks(document.read_text()))
    assert set(re.findall(r"\bmake (?:-s )?([a-z-]+)\b", code)) <= targets


@every_document
def test_every_command_that_is_named_exists(document: Path) -> None:
    for words in re.findall(r"\./hidra((?: [a-z][a-z-]*)+)", document.read_text()):
        command = get_command(app)
        for word in words.split():
            if not isinstance(command, TyperGroup):
                break
            assert word in command.commands, words
            command = command.commands[word]


@every_document
def test_every_file_and_folder_that_is_named_exists(document: Path) -> None:
    tops = {path.name for path in ROOT.iterdir() if path.is_dir()}
    for word in re.findall(r"`([a-z_]+/[\w./-]+)`", document.read_text()):
        if word.split("/")[0] in tops and "NNNN" not in word:
            assert (ROOT / word).exists(), word


@every_document
def test_every_test_that_is_named_exists(document: Path) -> None:
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    for name in re.findall(r"`(test(?:_[a-z0-9]+){3,})`", document.read_text()):
        assert f"def {name}(" in tests, name


def test_the_readmes_commands_are_the_same_in_both_languages() -> None:
    def code(name: str) -> list[Block]:
        return [block for block in blocks((ROOT / name).read_text()) if block.language]

    assert code("README.pt-BR.md") == code("README.md")


def test_every_guarantee_names_a_test_that_proves_it() -> None:
    text = (ROOT / "docs/guarantees.md").read_text()
    promises = re.findall(r"^## (\d+\. .+)$", text, re.MULTILINE)
    assert [promise.split(".")[0] for promise in promises] == [str(number) for number in range(1, 15)]
    above, table = text.split("\n## The tests\n")
    assert not re.findall(r"`test_\w+`", above), "tests are named in the table only"
    rows = re.findall(r"^\| (.+?) \| (.*?) \|.*\|$", table, re.MULTILINE)[2:]
    assert [promise for promise, _ in rows] == [*promises, "Erasure", "Imports", "Exports"]
    assert [promise for promise, tests in rows if not re.fullmatch(r"`test_\w+`(<br>`test_\w+`)*", tests)] == []


def test_the_architecture_names_every_function_queue_and_stream() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    named = [*functions(), *resources("AWS::SQS::Queue"), *resources("AWS::Kinesis::Stream")]
    assert [name for name in named if name not in text] == []


def test_every_event_is_used_by_a_test_and_every_function_has_one() -> None:
    files = [path.stem for path in (ROOT / "events").glob("*.json")]
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    # test_connection_check uses connection_check_{action}.
    used = {f"connection_check_{action}" for action in ("check", "connect")}
    assert [name for name in files if f'"{name}"' not in tests and name not in used] == []
    assert [name for name in functions() if not any(file.startswith(f"{name}_") for file in files)] == []


def test_every_route_has_an_event() -> None:
    events = [json.loads(path.read_text()) for path in (ROOT / "events").glob("*.json")]
    sent = {PLACEHOLDER.sub("*", event["routeKey"]) for event in events if "routeKey" in event}
    assert sent == route_patterns()


def test_the_table_of_settings_is_current() -> None:
    assert configuration.DOCUMENT.read_text() == configuration.render(load(ROOT / "template.yaml")), "run `make docs`"


def test_the_table_of_settings_has_every_local_variable() -> None:
    assert configuration.read_by_the_local_stack() - {"AWS_DEFAULT_REGION"} == configuration.LOCAL.keys()


def test_every_parameter_says_what_it_is() -> None:
    assert [name for name, spec in template()["Parameters"].items() if not spec.get("Description")] == []
