"""The words of docs/architecture.md's glossary hold: no old name comes back, and public texts stay plain English."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deployment import template

# Names that were given up, by what stands in their place. Those that are also common English words are not listed.
OLD_NAMES = {
    "connection": "config_id EvolutionConfig unusable_config",
    "trial, direct send": "TestMessage test_sends send_test prepare_test",
    "opt-out request, intent": "wishes Wish Wishes Leaver hear_replies returned_at ConfirmationAsked",
    "sweep": "keep_time",
    "backfill": "repair_statuses status_repair status_repairs StatusRepair noticed_at begun_at to_look_up Growing",
    "queue": "at_slot give_back put_back adopt keep_out",
    "record": "Told Heard record_what_fits",
    "probe": "TRY_EVERY trying refusing tried_at checked_from",
    "outcome, warning": "Fate Caution",
    "pass": "Look needing_a_look look_again again_seconds",
    "claim, lock": "Held",
}
OLD_FILES = [
    "layers/hidra/hidra/store/configs.py",
    "layers/hidra/hidra/store/test_sends.py",
    "layers/hidra/hidra/store/outages.py",
    "layers/hidra/hidra/domain/test_message.py",
    "functions/evolution_config",
    "tests/fire",
    "tests/prove",
    "tests/announced.py",
    "tests/described.py",
    "local/kept.py",
    "local/guard.py",
]
CODE = ("functions", "layers/hidra/hidra", "local", "tests", "bench", "sql", "events", ".github")
UNPLAIN = re.compile(r"\b(whom|whoever|somebody|nobody|befalls?|befell|mend(s|ed)?)\b", re.IGNORECASE)
SYSTEM_USER = ("local/postgres_binaries.py", "nobody")  # the name of a user in Linux


def files(*endings: str) -> Iterator[Path]:
    roots = [*ROOT.glob("*.*"), *(path for name in CODE for path in (ROOT / name).rglob("*"))]
    yield from (path for path in roots if path.suffix in endings and path != Path(__file__))


def identifiers(path: Path) -> set[str]:
    """Names in Python, without its comments and texts; in other languages every word outside comments."""
    text = path.read_text()
    if path.suffix != ".py":
        return set(re.findall(r"\w+", re.sub(r"(--|#).*", "", text)))
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


def test_no_old_name_comes_back() -> None:
    old = {name for names in OLD_NAMES.values() for name in names.split()}
    found = {
        str(path.relative_to(ROOT)): old & identifiers(path)
        for path in files(".py", ".sql", ".yaml", ".yml", ".toml", ".json")
    }
    assert {path: names for path, names in found.items() if names} == {}
    assert [name for name in OLD_FILES if (ROOT / name).exists()] == []


def public_texts() -> Iterator[tuple[str, str]]:
    """Where and what: documents, the API's description, the template's parameters, and what the code says to users."""
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "pt-BR").glob("*.md")]
    for path in [*documents, ROOT / "docs" / "openapi.json"]:
        yield from (
            (f"{path.relative_to(ROOT)}:{number}", line) for number, line in enumerate(path.read_text().splitlines(), 1)
        )
    yield from (
        (f"template.yaml: {name}", spec.get("Description", "")) for name, spec in template()["Parameters"].items()
    )
    for path in files(".py"):
        if not path.is_relative_to(ROOT / "tests"):
            yield from ((f"{path.relative_to(ROOT)}:{line}", text) for line, text in literals(path))


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Each text in Python but docstrings: problem texts, log messages, --help. A command's docstring is its --help."""
    tree = ast.parse(path.read_text())
    owners = (ast.Module, ast.ClassDef) if path.parent.name == "cli" else (ast.Module, ast.ClassDef, ast.FunctionDef)
    skipped = {
        id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, owners) and ast.get_docstring(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def test_public_texts_are_plain() -> None:
    unplain = ((place, text, match[0]) for place, text in public_texts() if (match := UNPLAIN.search(text)))
    assert [f"{place} {text}" for place, text, word in unplain if (place.split(":")[0], word) != SYSTEM_USER] == []


@pytest.mark.parametrize("text", ["whom Evolution knows", "Nobody was asked.", "Mend the JSON.", "what befell it"])
def test_an_unplain_text_is_found(text: str) -> None:
    assert UNPLAIN.search(text)
    assert not UNPLAIN.search("A recommended amendment")
