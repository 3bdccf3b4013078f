"""docs/configuration.md from the template and the list below: python -m local.configuration."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from local.expand import load
from local.stack import ROOT

DOCUMENT = ROOT / "docs" / "configuration.md"

# The variables that a command of this folder reads; those of the Makefile also work as arguments of `make`.
LOCAL: Mapping[str, tuple[str, str]] = {
    "STACK": ("local", "Which stack `make up`, `make down`, `make token` and `./hidra` mean; several run side by side"),
    "PORT": ("0", "The port of the stack's API, for `make up`; 0 is any free one"),
    "DATABASE_URL": (
        "",
        "Your own PostgreSQL database, 15 or newer, instead of the embedded one; its login must create roles",
    ),
    "EVOLUTION_URL": (
        "",
        "A real Evolution server instead of the simulator. **The demo then sends real messages**",
    ),
    "EVOLUTION_API_KEY": ("", "Its key; needed with `EVOLUTION_URL`"),
    "EVOLUTION_INSTANCE": ("", "The instance that the demo sends from; empty for a new one in the simulator"),
    "PYTHON": ("", "The Python 3.13 to use if none is found"),
    "UV": ("uv", "The uv to use; one is installed into this folder if there is none"),
}

_HEAD = """# Configuration

*Written by `make docs` from `template.yaml` and `local/configuration.py`; a test fails when it is not current.*
"""


def render(template: Mapping[str, Any]) -> str:
    """The whole document, as Markdown."""
    parts = [
        _HEAD,
        "## Parameters of a deployment\n\n"
        "`sam deploy --guided` asks for them; [deploying.md](deploying.md) says which to change and when.\n"
        "A parameter without a default is required.\n",
        _table(("parameter", "type", "default", "what it is"), _parameters(template)),
        "## What each function reads\n\n"
        "The template sets them. A function that lacks one fails at its start with the name of the variable.\n",
        _table(("variable", "value", "functions"), _variables(template)),
        "## On your machine\n\nIn the environment of `make demo`, `make up`, `make test` and `./hidra`.\n",
        _table(
            ("variable", "default", "what it is"),
            ((f"`{name}`", _code(default), text) for name, (default, text) in LOCAL.items()),
        ),
    ]
    return "\n".join(parts)


def _parameters(template: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for name, spec in template["Parameters"].items():
        kind = spec["Type"]
        if allowed := spec.get("AllowedValues"):
            kind = ", ".join(f"`{value}`" for value in allowed)
        elif "MinValue" in spec:
            kind += (
                f", {spec['MinValue']} to {spec['MaxValue']}" if "MaxValue" in spec else f", from {spec['MinValue']}"
            )
        if spec.get("NoEcho"):
            kind += ", hidden"
        default = (_code(str(spec["Default"])) or "empty") if "Default" in spec else ""
        yield f"`{name}`", kind, default, spec["Description"]


def _variables(template: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    readers: dict[tuple[str, str], set[str]] = {}
    all_functions: set[str] = set()
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        ignored = "Environment" in resource.get("IgnoreGlobals", [])
        own = resource["Properties"]["Environment"]["Variables"]
        function = Path(resource["Properties"]["CodeUri"]).name
        all_functions.add(function)
        for name, value in (({} if ignored else shared) | own).items():
            if name != "POWERTOOLS_SERVICE_NAME":
                readers.setdefault((name, _value(value)), set()).add(function)
    yield "`POWERTOOLS_SERVICE_NAME`", "the function's own name", "all"
    for (name, value), functions in sorted(readers.items()):
        yield f"`{name}`", value, _readers(functions, all_functions)


def _readers(functions: set[str], all_functions: set[str]) -> str:
    left_out = all_functions - functions
    if len(left_out) <= 1:
        return " but ".join(["all", *(f"`{name}`" for name in left_out)])
    return ", ".join(f"`{name}`" for name in sorted(functions))


def _value(value: Any) -> str:
    match value:
        case {"Ref": str(name)}:
            return f"`{name}`"
        case {"Fn::GetAtt": [str(name), *_]}:
            return f"`{name}`"
        case {"Fn::Sub": str(text) | [str(text), dict()]}:
            return f"`{text}`"
        case {"Fn::If": [_, given, otherwise]}:
            return f"{_value(given)}, or {_value(otherwise)}"
        case _:
            return f"`{value}`"


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def read_by_the_local_stack() -> set[str]:
    """The variables that the Makefile and the modules of local/ name."""
    makefile = re.findall(r"^([A-Z]+) \?=", (ROOT / "Makefile").read_text(), re.MULTILINE)
    modules = "".join(path.read_text() for path in (ROOT / "local").rglob("*.py"))
    named = re.findall(r'os\.environ\.get\(\s*"([A-Z_]+)"|envvar="([A-Z_]+)"', modules)
    return set(makefile) | {name for pair in named for name in pair if name}


def main() -> None:
    DOCUMENT.write_text(render(load(ROOT / "template.yaml")))


if __name__ == "__main__":
    main()
