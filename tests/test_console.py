"""The console's calls against docs/openapi.json, and its texts: both languages, every code of the API."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hidra.domain.daily_limits import DEFAULT_LADDER
from local import openapi
from tests import openapi_document
from tests.conftest import ROOT

STATIC = ROOT / "functions" / "console" / "static"
DOCUMENT = openapi_document.document()
SCHEMAS = DOCUMENT["components"]["schemas"]
LANGUAGES = ("pt-BR", "en")
GUIDE = (ROOT / "docs" / "api.md").read_text()


def texts(language: str) -> dict[str, Any]:
    source = (STATIC / "i18n" / f"{language}.js").read_text()
    found: dict[str, Any] = json.loads(source.removeprefix("export default ").rstrip().removesuffix(";"))
    return found


def flat(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each text with its key; one with a plural has two."""
    if isinstance(node, str):
        yield path, node
        return
    for key, value in node.items():
        yield from flat(value, f"{path}.{key}" if path else key)


def modules() -> dict[str, str]:
    """Our own modules with their sources."""
    found = {path.relative_to(STATIC).as_posix(): path.read_text() for path in STATIC.rglob("*.js")}
    return {name: text for name, text in found.items() if not name.startswith(("vendor/", "i18n/"))}


def calls() -> dict[str, dict[str, Any]]:
    table = re.search(r"^export const CALLS = (\{\n.*?^\});", (STATIC / "api.js").read_text(), re.MULTILINE | re.DOTALL)
    assert table
    found: dict[str, dict[str, Any]] = json.loads(re.sub(r",\n}$", "\n}", table[1]))
    return found


def fields(operation: dict[str, Any]) -> set[str]:
    """The fields of an operation's body."""
    content = operation.get("requestBody", {}).get("content", {})
    found: set[str] = set()
    for body in content.values():
        for reference in openapi.references(body["schema"]):
            found |= SCHEMAS[reference].get("properties", {}).keys()
            break
    return found


OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for method, path, operation in openapi.operations(DOCUMENT)
    if path.startswith("/v1/")
}


@pytest.mark.parametrize("name", calls())
def test_a_call_is_one_that_the_api_describes(name: str) -> None:
    call = calls()[name]
    method, path, operation = OPERATIONS[name]
    assert (call["method"], call["path"]) == (method, path)
    query = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
    assert set(call.get("query", [])) <= query
    assert set(call.get("body", [])) <= fields(operation)
    assert ("body" in call) == ("requestBody" in operation)


def test_every_call_that_a_module_makes_is_in_the_table() -> None:
    made = {name for text in modules().values() for name in re.findall(r'\bcall\(\s*"(\w+)"', text)}
    assert made - calls().keys() == set()
    assert len(made) > 5


def test_only_api_js_asks_the_network() -> None:
    asking = {name for name, text in modules().items() if re.search(r"\bfetch\(|XMLHttpRequest|sendBeacon", text)}
    assert asking == {"api.js"}


def test_nothing_is_drawn_from_text_as_html_and_no_token_is_kept_beyond_its_tab() -> None:
    unsafe = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(")
    assert [name for name, text in modules().items() if unsafe.search(text)] == []
    assert {name for name, text in modules().items() if "localStorage" in text} == {"preferences.js"}


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    first, second = (dict(flat(texts(language))) for language in LANGUAGES)
    assert first.keys() == second.keys()
    different = {
        key: (first[key], second[key])
        for key in first
        if set(re.findall(r"\{\w+\}", first[key])) != set(re.findall(r"\{\w+\}", second[key]))
        and "{{" not in first[key]
    }
    assert different == {}
    assert [key for key, text in [*first.items(), *second.items()] if not text.strip()] == []


# "Ligar" a number is heard as a phone call, "saídas" as expenses; a search is "buscar"; a message goes out, it does not leave.
UNNATURAL = {
    "pt-BR": r"\b(lig(ar|ue|ado|ada|ados|ou|ação)|saídas?|procur(e|ar))\b",
    "en": r"\b(nothing (more )?leaves|begun|kind of link)\b",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_texts_use_the_words_that_managers_use(language: str) -> None:
    unnatural = re.compile(UNNATURAL[language], re.IGNORECASE)
    assert [(key, text) for key, text in flat(texts(language)) if unnatural.search(text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_in_a_text_without_a_plural_agrees_with_any_number(language: str) -> None:
    """Not "{messages} mensagens", which says "1 mensagens"; a total, a limit and the last so many are never one alone."""
    nouns = r"mensagens|entregues|linhas|pessoas|dias|messages|deliveries|rows|people|days"
    rigid = re.compile(rf"\{{(?!(total|limit|answered)\}})\w+\}} ({nouns})\b")
    known = {key: text for key, text in flat(texts(language)) if not key.endswith((".one", ".other"))}
    assert [(key, text) for key, text in known.items() if rigid.search(text)] == []


def test_every_text_that_a_module_names_exists() -> None:
    known = {re.sub(r"\.(one|other)$", "", key) for key, _ in flat(texts("pt-BR"))}
    groups = {key.rsplit(".", count)[0] for key in known for count in range(1, key.count(".") + 1)}
    for name, source in modules().items():
        named = set(re.findall(r'\bt\(\s*"([\w.-]+)"', source)) | set(re.findall(r'"((?:\w+\.)+title)"', source))
        assert named - known == set(), name
        for prefix in re.findall(r"\bt\(\s*`([\w.-]+)\.\$\{", source):
            assert prefix in groups, name


def listed(column: str) -> set[str]:
    """The codes in the first column of the guide's tables under this heading."""
    found: set[str] = set()
    for table in re.findall(rf"^\| `?{column}`? \| means \|.*\n\|[- |]+\n((?:\|.*\n)+)", GUIDE, re.MULTILINE):
        for row in table.splitlines():
            found |= set(re.findall(r"`([\w…-]+)`", row.split("|")[1]))
    return found


def problems() -> set[str]:
    text = json.dumps(DOCUMENT)
    return set(re.findall(r"urn:hidra:problem:([a-z0-9-]+)\"", text)) | {"identity-key", "identity-version"}


def warned(kind: str) -> set[str]:
    """The codes of the warnings of this class, as the sources make them."""
    sources = [*(ROOT / "layers" / "hidra" / "hidra").rglob("*.py"), *(ROOT / "functions").rglob("app.py")]
    found = set()
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(code)), *_]) if name == kind:
                    found.add(code)
    return found


def failures() -> set[str]:
    """The guide's failure codes of an import."""
    section = GUIDE.split("A `failed` import has a `failure_code`", 1)[1].split("A cell whose text begins", 1)[0]
    return set(re.findall(r"`(\w+)`", section)) - {"failure_reason", "failed", "evolution"}


CODES = {
    "problem": problems(),
    "blocked": set(SCHEMAS["BlockedCode"]["enum"]),
    "error": listed("error_code") | set(SCHEMAS["LeftOut"]["properties"]["reason"]["enum"]),
    "reject": listed("reason"),
    "import": failures(),
    "preflight": warned("PreflightWarning")
    | warned("ConnectionWarning") & {"statuses-missing"}
    | warned("TemplateWarning"),
    "connection": warned("ConnectionWarning"),
    "connection_error": set(SCHEMAS["ConnectionErrorCode"]["enum"]),
    "template": warned("TemplateWarning"),
    "file": warned("FileWarning"),
    "pace": set(SCHEMAS["PaceLimit"]["enum"]),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CODES)
def test_every_code_of_the_api_has_a_text(language: str, kind: str) -> None:
    known = texts(language)["codes"]
    families = [name.removesuffix("*") for name in known[kind] if name.endswith("*")]
    wanted = {code.replace("…", "x") for code in CODES[kind]}
    assert {code for code in wanted if code not in known[kind] and not code.startswith(tuple(families))} == set()
    assert len(wanted) > 2
    assert [
        text
        for text in (known["unknown"][kind], *(known[kind][f"{name}*"] for name in families))
        if "{code}" not in text
    ] == []


def test_no_text_is_of_a_code_that_the_api_does_not_know() -> None:
    found = {(kind, code.replace("*", "…")) for kind in CODES for code in texts("en")["codes"][kind]}
    known = {(kind, code) for kind, codes in CODES.items() for code in codes}
    # What the page itself finds: a session that has ended, and an answer that is not the API's.
    assert found - known == {("problem", "signed-out"), ("problem", "status-…")}


def test_the_warm_up_that_the_page_offers_is_the_apis() -> None:
    ladder = re.search(r"LADDER = (\[.*\]);", (STATIC / "warm_up.js").read_text())
    assert ladder
    assert json.loads(ladder[1]) == list(DEFAULT_LADDER)


def test_the_page_lists_its_pages_with_modules_that_exist() -> None:
    entries = re.findall(r'path: "([^"]+)".*import\("\./(pages/[\w/]+\.js)"\)', (STATIC / "pages.js").read_text())
    assert len({path for path, _ in entries}) == len(entries) > 2
    assert {module for _, module in entries} == {
        path.relative_to(STATIC).as_posix() for path in Path(STATIC / "pages").glob("*.js")
    }
