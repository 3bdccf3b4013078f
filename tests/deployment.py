"""The template as data: its resources as SAM expands them, the rights of its functions, and the files of these."""

import ast
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hidra import settings
from local import expand

ROOT = Path(__file__).parent.parent
FUNCTIONS = ROOT / "functions"
# Parameters without a default; no test depends on the values.
PARAMETERS = {
    "DatabaseHost": "db.example.com",
    "DatabaseOwnerSecretArn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:owner-AbCdEf",
    "JwtIssuer": "https://issuer.example.com",
    "JwtAudience": "hidra",
}
type Resource = dict[str, Any]


@cache
def template() -> dict[str, Any]:
    return expand.transformed(ROOT / "template.yaml").template


@cache
def expanded() -> dict[str, Any]:
    """The template as CloudFormation receives it; only the places of the code are invented."""
    sources = [(ROOT / "template.yaml").read_text(encoding="utf-8"), Path(__file__).read_text(encoding="utf-8")]
    result: dict[str, Any] = json.loads(expand.kept("hidra-test-template", *sources, made=_expanded))
    return result


def _expanded() -> dict[str, Any]:
    """Takes three seconds of a core, which each process of the tests would spend anew."""
    from samtranslator.translator.transform import transform

    sam = expand.load(ROOT / "template.yaml")
    for name, resource in sam["Resources"].items():
        for place in {"CodeUri", "ContentUri"} & resource["Properties"].keys():
            resource["Properties"][place] = {"Bucket": "code", "Key": name}
    defaults = {name: spec["Default"] for name, spec in sam["Parameters"].items() if "Default" in spec}
    result: dict[str, Any] = transform(sam, defaults | PARAMETERS, expand.NoManagedPolicies())
    return result


def resources(kind: str, *, sam: bool = False) -> dict[str, Resource]:
    source = template() if sam else expanded()
    return {name: resource for name, resource in source["Resources"].items() if resource["Type"] == kind}


def functions() -> dict[str, Resource]:
    """The functions by the names of their folders, as CloudFormation receives them."""
    return {folder(logical_id): function for logical_id, function in resources("AWS::Lambda::Function").items()}


def folder(logical_id: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", logical_id.removesuffix("Function")).lower()


def logical_id(name: str) -> str:
    return name.title().replace("_", "") + "Function"


def variables(name: str) -> dict[str, Any]:
    found: dict[str, Any] = functions()[name]["Properties"]["Environment"]["Variables"]
    return found


def references(node: Any) -> Iterator[str]:
    """Every resource or parameter that a piece of the template names."""
    match node:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from re.findall(r"\$\{([^}!.]+)", text)
        case {"Fn::Sub": [str(text), dict(variables)]}:
            named = re.findall(r"\$\{([^}!.]+)", text)
            yield from (name for name in named if name not in variables and not name.startswith("AWS::"))
            yield from references(list(variables.values()))
        case dict():
            for value in node.values():
                yield from references(value)
        case list():
            for value in node:
                yield from references(value)


def statements(name: str) -> Iterator[dict[str, Any]]:
    for policy in resources("AWS::IAM::Role")[logical_id(name) + "Role"]["Properties"].get("Policies", []):
        yield from policy["PolicyDocument"]["Statement"]


def actions(statement: dict[str, Any]) -> list[str]:
    found = statement["Action"]
    return found if isinstance(found, list) else [found]


def may(action: str) -> dict[str, set[str]]:
    """The functions that may do this, each with the resources on which it may."""
    rights: dict[str, set[str]] = {}
    for name in functions():
        for statement in statements(name):
            if any(fnmatch(action, allowed) for allowed in actions(statement)):
                rights.setdefault(name, set()).update(references(statement["Resource"]))
    return rights


def readers(secret: str) -> set[str]:
    return {name for name, secrets in may("secretsmanager:GetSecretValue").items() if secret in secrets}


def events(name: str, kind: str) -> list[dict[str, Any]]:
    found = template()["Resources"][logical_id(name)]["Properties"].get("Events", {})
    return [event["Properties"] for event in found.values() if event["Type"] == kind]


def http_functions() -> set[str]:
    return {name for name in functions() if events(name, "HttpApi")}


def queues_with_functions() -> dict[str, str]:
    """Each queue that a function consumes, with the function's name."""
    mappings = [mapping["Properties"] for mapping in resources("AWS::Lambda::EventSourceMapping").values()]
    sources = {next(references(it["EventSourceArn"])): folder(it["FunctionName"]["Ref"]) for it in mappings}
    return {source: name for source, name in sources.items() if source in resources("AWS::SQS::Queue")}


def dead_letters() -> set[str]:
    redriven = [queue["Properties"].get("RedrivePolicy") for queue in resources("AWS::SQS::Queue").values()]
    given_up = [
        mapping["Properties"].get("DestinationConfig")
        for mapping in resources("AWS::Lambda::EventSourceMapping").values()
    ]
    return set(references(redriven + given_up))


def app_tree(name: str) -> ast.Module:
    return ast.parse((FUNCTIONS / name / "app.py").read_text())


def top_level_names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name


def required(name: str) -> set[str]:
    """The variables that the function requires by `require(...)`: names or a starred tuple of hidra.settings."""
    found: set[str] = set()
    for node in ast.walk(app_tree(name)):
        match node:
            case ast.Call(func=ast.Name(id="require"), args=arguments):
                for argument in arguments:
                    match argument:
                        case ast.Constant(value=str(variable)):
                            found.add(variable)
                        case ast.Starred(value=ast.Name(id=constant)):
                            found.update(getattr(settings, constant))
                        case _:
                            pytest.fail(f"{name}: require takes names or a constant of hidra.settings")
    return found


def made_up(variable: str) -> str:
    """A value of this variable with which a function can be imported."""
    numbers = {"DATABASE_PORT": "5432", "SENDER_CONCURRENCY": "50", "CONNECTION_SHARE": "10"}
    return numbers.get(variable, '{"k1": "c2V0dGluZ3M="}')


def load_app(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The function's module under a name of its own, so that no other test sees its invented settings."""
    for variable in required(name):
        monkeypatch.setenv(variable, made_up(variable))
    spec = importlib.util.spec_from_file_location(f"template_test_{name}", FUNCTIONS / name / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    spec.loader.exec_module(module)
    return module


def routes(module: ModuleType) -> set[tuple[str, str]]:
    """The routes in the resolver's table: the OpenAPI document omits those that are not for readers."""
    app = module.app
    return {
        (route.method, re.sub(r"<(\w+)>", r"{\1}", route.path)) for route in app._static_routes + app._dynamic_routes
    }
