"""Check the types of the console's modules with TypeScript, where Node is installed.

`python -m local.console_types` installs what `requirements/console` pins into `.venv-console`, writes the types of the
API from docs/openapi.json, and runs `tsc`. Nothing of it is deployed, and users need none of it: without Node, or
without a registry to install from, it says so and succeeds.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from local.stack import ROOT

PINS = ROOT / "requirements" / "console"
PLACE = ROOT / ".venv-console"
API = ROOT / "docs" / "openapi.json"


def main() -> int:
    if not shutil.which("npm") or not shutil.which("node"):
        print("Node is not installed: the types of the console's modules are not checked.")
        return 0
    if not _installed():
        return 0
    types = PLACE / "hidra-api.d.ts"
    types.write_text(declarations(json.loads(API.read_text(encoding="utf-8"))), encoding="utf-8")
    compiler = PLACE / "node_modules" / "typescript" / "lib" / "tsc.js"
    done = subprocess.run(
        ["node", str(compiler), "--project", str(PINS / "tsconfig.json")], check=False, cwd=ROOT, text=True
    )
    return done.returncode


def _installed() -> bool:
    lock = (PINS / "package-lock.json").read_bytes()
    stamp, wanted = PLACE / "installed", hashlib.sha256(lock).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    PLACE.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PINS / name, PLACE)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(["npm", "ci", *options], cwd=PLACE, check=False, capture_output=True, text=True)
    if done.returncode:
        print("npm could not install TypeScript: the types of the console's modules are not checked.")
        return False
    stamp.write_text(wanted)
    return True


def declarations(document: dict[str, Any]) -> str:
    """The schemas and operations of the API as TypeScript, in a module `hidra-api`."""
    schemas = document["components"]["schemas"]
    lines = [f"  export type {name} = {_type(schema, asked=name.endswith('In'))};" for name, schema in schemas.items()]
    operations = [
        operation
        for path, methods in document["paths"].items()
        if path.startswith("/v1/")
        for operation in methods.values()
    ]
    names = " | ".join(json.dumps(operation["operationId"]) for operation in operations)
    lines.append(f"  export type Operation = {names};")
    for title, of in (("Bodies", _body), ("Answers", _answer)):
        fields = "; ".join(f"{json.dumps(operation['operationId'])}: {of(operation)}" for operation in operations)
        lines.append(f"  export type {title} = {{ {fields} }};")
    return "\n".join(['declare module "hidra-api" {', *lines, "}", ""])


def _body(operation: dict[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return _type(next(iter(content.values()))["schema"]) if content else "undefined"


def _answer(operation: dict[str, Any]) -> str:
    """Of every success; one without a body is null."""
    found = dict.fromkeys(_answers(operation))
    return " | ".join(found)


def _answers(operation: dict[str, Any]) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            content = answer.get("content", {}).get("application/json")
            yield _type(content["schema"]) if content else "null"


def _type(schema: Any, *, asked: bool = False) -> str:  # noqa: PLR0911 - one for each kind
    """A schema's type; `asked`: of a request, in which a field with a default may be absent."""
    match schema:
        case {"$ref": str(name)}:
            return name.rsplit("/", 1)[1]
        case {"enum": list(values)}:
            return " | ".join(json.dumps(value) for value in values)
        case {"const": value}:
            return json.dumps(value)
        case {"anyOf": list(parts)} | {"oneOf": list(parts)}:
            return "(" + " | ".join(dict.fromkeys(_type(part) for part in parts)) + ")"
        case {"allOf": list(parts)}:
            return "(" + " & ".join(_type(part) for part in parts) + ")"
        case {"type": "array"}:
            return f"Array<{_type(schema.get('items', {}))}>"
        case {"type": "object", "properties": dict(properties)}:
            required = {
                *schema.get("required", ()),
                *(name for name in properties if _is_filled(properties[name], asked)),
            }
            fields = (
                f"{json.dumps(name)}{'' if name in required else '?'}: {_type(it)}" for name, it in properties.items()
            )
            return "{ " + "; ".join(fields) + " }"
        case {"type": "object"}:
            values = schema.get("additionalProperties")
            return f"Record<string, {_type(values) if isinstance(values, dict) else 'any'}>"
        case {"type": "integer" | "number"}:
            return "number"
        case {"type": "string" | "boolean" | "null" as name}:
            return str(name)
    return "any"


def _is_filled(schema: dict[str, Any], asked: bool) -> bool:
    return not asked and schema.get("default") is not None


if __name__ == "__main__":
    sys.exit(main())
