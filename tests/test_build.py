"""The artifact of `sam build`: for Lambda's platform, of the same packages that are tested here."""

import ast
import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from tests.deployment import FUNCTIONS, ROOT, functions, logical_id, made_up, required

# Two builds side by side only wait for each other.
pytestmark = pytest.mark.xdist_group("build")

AARCH64 = 0xB7
# A flag of bytecode files: not checked against the source (PEP 552).
UNCHECKED_HASH = 0b01


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | {"SAM_CLI_TELEMETRY": "0", **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def tools() -> dict[str, str]:
    """The environment of `make build`, in which the recipes find uv and Python 3.13."""
    uv = run("sh", "local/setup.sh")
    return {"UV": uv, "PYTHON": sys.executable, "PATH": f"{Path(uv).parent}:{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def sam(tools: dict[str, str]) -> Path:
    setup = ROOT / "local" / "setup.sh"
    with setup.open() as held:  # or two workers would install into one folder
        fcntl.flock(held, fcntl.LOCK_EX)
        run("sh", setup, ".venv-sam", "requirements/sam.txt", UV=tools["UV"])
    return ROOT / ".venv-sam" / "bin" / "sam"


@pytest.fixture(scope="module")
def artifact(sam: Path, tools: dict[str, str]) -> Iterator[Path]:
    """The artifact that would be deployed."""
    with TemporaryDirectory() as folder:
        run(sam, "build", "--build-dir", f"{folder}/build", **tools)
        yield Path(folder, "build")


@pytest.fixture(scope="module")
def layer_here(tools: dict[str, str]) -> Iterator[Path]:
    """The layer, by the same recipe and from the same list, for this machine."""
    with TemporaryDirectory() as folder:
        run("make", "build-HidraLayer", f"ARTIFACTS_DIR={folder}", "PLATFORM=", cwd=ROOT / "layers" / "hidra", **tools)
        yield Path(folder, "python")


# What functions contain beside their code; migrate has a test of its own.
BRINGS = {"api_docs": {"openapi.json"}, "console": {"static"}}


def test_every_binary_is_for_lambdas_processor(artifact: Path) -> None:
    binaries = [path for path in artifact.rglob("*") if is_elf(path)]
    assert {path.name for path in binaries} >= {"dbmate", "_sodium.abi3.so"}
    for path in binaries:
        assert int.from_bytes(path.read_bytes()[18:20], "little") == AARCH64, path


def test_lambda_gets_the_same_packages_as_this_machine(artifact: Path, layer_here: Path) -> None:
    assert distributions(artifact / "HidraLayer" / "python") == distributions(layer_here)
    assert len(distributions(layer_here)) > 10


def test_the_layer_and_every_function_are_complete_without_any_other_package(layer_here: Path) -> None:
    """In an interpreter with only its standard library: every module, every handler, and what they import later.

    boto3, which Lambda provides, is missing: it may be imported at its first use only.
    """
    sources = list((layer_here / "hidra").rglob("*.py"))
    apps = [FUNCTIONS / name / "app.py" for name in functions()]
    modules = [
        ".".join(path.relative_to(layer_here).with_suffix("").parts).removesuffix(".__init__") for path in sources
    ]
    packages = {package for path in [*sources, *apps] for package in imported(path)} - {"boto3", "botocore"}
    assert len(modules) > 10
    assert packages > {"hidra", "psycopg", "pydantic"}
    variables = {variable for name in functions() for variable in required(name)}
    run(
        Path(sys.executable).resolve(), "-I", "-S", "-c",
        "import importlib, importlib.util, json, runpy, sys\n"
        "layer, modules, packages, apps = json.loads(sys.argv[1])\n"
        "sys.path.append(layer)\n"
        "for name in modules: importlib.import_module(name)\n"
        "for app in apps: assert callable(runpy.run_path(app)['handler'])\n"
        "missing = [name for name in packages if importlib.util.find_spec(name) is None]\n"
        "assert not missing, missing\n",
        json.dumps([str(layer_here), modules, sorted(packages), [str(app) for app in apps]]),
        **{variable: made_up(variable) for variable in variables},
    )  # fmt: skip


def test_bytecode_is_in_the_layer_and_unchecked(artifact: Path) -> None:
    for source in artifact.rglob("*.py"):
        compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
        assert compiled.read_bytes()[4] == UNCHECKED_HASH, source


def test_the_layer_contains_no_boto3_and_stays_small(artifact: Path) -> None:
    layer = artifact / "HidraLayer" / "python"
    assert not {"boto3", "botocore", "aws_xray_sdk"} & {path.name for path in layer.iterdir()}
    assert sum(path.stat().st_size for path in layer.rglob("*") if path.is_file()) < 60 * 1024 * 1024


def test_each_function_contains_its_own_code_and_packages_that_only_it_needs(artifact: Path) -> None:
    for name in functions():
        folder = artifact / logical_id(name)
        assert (folder / "app.py").read_bytes() == (FUNCTIONS / name / "app.py").read_bytes()
        content = {path.name for path in folder.iterdir() if path.suffix != ".dist-info"} - {"app.py", "__pycache__"}
        assert content == BRINGS.get(name, set()) or name == "migrate"
    described = artifact / "ApiDocsFunction" / "openapi.json"
    assert described.read_bytes() == (ROOT / "docs" / "openapi.json").read_bytes()
    static, served = FUNCTIONS / "console" / "static", artifact / "ConsoleFunction" / "static"
    assert contents(served) == contents(static)
    migrate = artifact / "MigrateFunction"
    assert os.access(migrate / "bin" / "dbmate", os.X_OK)
    assert {path.name: path.read_bytes() for path in (migrate / "sql" / "migrations").iterdir()} == {
        path.name: path.read_bytes() for path in (ROOT / "sql" / "migrations").iterdir()
    }


def test_the_built_template_needs_no_alias_that_cloudformation_cannot_read(artifact: Path) -> None:
    text = (artifact / "template.yaml").read_text()
    assert not [token for token in yaml.scan(text) if isinstance(token, yaml.AliasToken)]


def test_the_built_console_serves_its_page_and_every_file_that_the_page_names(artifact: Path) -> None:
    run(
        Path(sys.executable).resolve(), "-I", "-c",
        "import re, runpy, sys\n"
        "sys.path.append(sys.argv[1])\n"
        "handler = runpy.run_path(sys.argv[2])['handler']\n"
        "page = handler({'routeKey': 'GET /console', 'headers': {}}, None)\n"
        "import base64; text = base64.b64decode(page['body']).decode()\n"
        "names = set(re.findall(r'console/([\\w/-]+\\.[0-9a-f]{12}\\.(?:js|css))', text))\n"
        "assert page['statusCode'] == 200 and len(names) > 20, names\n"
        "for name in names:\n"
        "    asked = {'routeKey': 'GET /console/{proxy+}', 'headers': {}, 'pathParameters': {'proxy': name}}\n"
        "    assert handler(asked, None)['statusCode'] == 200, name\n",
        str(ROOT / "layers" / "hidra"), str(artifact / "ConsoleFunction" / "app.py"),
        **dict.fromkeys(required("console"), "urn:none"),
    )  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_elf(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def distributions(folder: Path) -> set[str]:
    """Name and version of each installed distribution."""
    return {path.name.removesuffix(".dist-info") for path in folder.glob("*.dist-info")}


def imported(path: Path) -> set[str]:
    """The packages that a file imports, at once or later; not those for the type checker."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                found.update(name.name.split(".")[0] for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.split(".")[0])
    return {name for name in found if not name.startswith("types_")}
