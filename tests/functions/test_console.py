"""The console's page and files, as API Gateway asks for them."""

import base64
import copy
import gzip
import hashlib
import importlib.util
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.deployment import required
from tests.functions.api import CONTEXT, load

ISSUER = "https://cognito-idp.sa-east-1.amazonaws.com/sa-east-1_a"
DOMAIN = "https://hidra.auth.sa-east-1.amazoncognito.com"
DISCOVERED = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{DOMAIN}/oauth2/authorize",
    "token_endpoint": f"{DOMAIN}/oauth2/token",
}
SETTINGS = {
    "JWT_ISSUER": ISSUER,
    "JWT_AUDIENCE": "client",
    "CLIENT_ID": "client",
    "API_TOKEN": "id",
    "SCOPES": "openid email profile",
    "LOGOUT": "auto",
    "GROUPS_CLAIM": "cognito:groups",
    "ADMIN_GROUP": "admin",
    "UPLOADS_ORIGIN": "https://uploads.s3.sa-east-1.amazonaws.com",
}
FIRST_VIEW = 100_000  # bytes, compressed
PAGES = sorted(f"pages/{path.name}" for path in (ROOT / "functions/console/static/pages").glob("*.js"))


def loaded(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The function with these settings, as a process that has just started."""
    assert required("console") == SETTINGS.keys()
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    spec = importlib.util.spec_from_file_location("console_under_test", ROOT / "functions" / "console" / "app.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The function with an issuer that describes itself as Cognito does."""
    module = loaded(monkeypatch)
    monkeypatch.setattr(module, "_ask_issuer", lambda: DISCOVERED)
    return module


def ask(console: ModuleType, event: str, proxy: str | None = None, **headers: str) -> Any:
    asked = copy.deepcopy(load(event))
    asked["headers"].update({name.replace("_", "-"): value for name, value in headers.items()})
    if proxy is not None:
        asked["pathParameters"] = {"proxy": proxy}
    return console.handler(asked, CONTEXT)


def body(answer: Any) -> bytes:
    content = base64.b64decode(answer["body"])
    return gzip.decompress(content) if answer["headers"].get("Content-Encoding") == "gzip" else content


def page(console: ModuleType) -> str:
    return body(ask(console, "console_page")).decode()


class Addresses(HTMLParser):
    """Where the page loads something from."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("src", "href") and value]


def test_the_page_works_under_any_path_because_its_addresses_are_relative(console: ModuleType) -> None:
    parser = Addresses()
    parser.feed(page(console))
    files = [address for address in parser.found if not address.startswith("data:image/svg+xml")]
    assert len(files) > 10
    assert [address for address in files if not address.startswith("console/")] == []
    for address in files:
        assert ask(console, "console_file", address.removeprefix("console/"))["statusCode"] == 200, address
    slash = ask(console, "console_slash")
    assert (slash["statusCode"], slash["headers"]["Location"]) == (308, "../console")


def test_a_file_lasts_for_ever_under_the_hash_of_its_content_and_the_page_is_asked_for_again(
    console: ModuleType,
) -> None:
    for name, content in console.served().items():
        assert hashlib.sha256(content.content).hexdigest()[:12] in name
    [style] = [name for name in console.served() if name.endswith(".css")]
    answer = ask(console, "console_file", style)
    assert answer["headers"]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["headers"]["Content-Type"] == "text/css; charset=utf-8"
    assert body(answer) == (ROOT / "functions/console/static/console.css").read_bytes()
    assert ask(console, "console_page")["headers"]["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("event", ["console_page", "console_file"])
def test_content_is_compressed_and_not_sent_twice(console: ModuleType, event: str) -> None:
    proxy = console.files()["console.css"].served if event == "console_file" else None
    first = ask(console, event, proxy)
    assert (first["headers"]["Content-Encoding"], first["headers"]["Vary"]) == ("gzip", "Accept-Encoding")
    plain = ask(console, event, proxy, accept_encoding="identity")
    assert "Content-Encoding" not in plain["headers"]
    assert body(plain) == body(first)
    again = ask(console, event, proxy, if_none_match=f'W/"other", {first["headers"]["ETag"]}')
    assert (again["statusCode"], again["body"]) == (304, "")
    assert ask(console, event, proxy, if_none_match='"other"')["statusCode"] == 200


@pytest.mark.parametrize(
    "name",
    ["../app.py", "../../layers/hidra/hidra/settings.py", "..%2fapp.py", "/etc/passwd", "index.html", "console.css",
     "vendor/LICENSES.txt", "app.000000000000.js", "pages/", "\0"],
)  # fmt: skip
def test_only_the_files_of_the_page_are_found(console: ModuleType, name: str) -> None:
    answer = ask(console, "console_file", name)
    assert answer["statusCode"] == 404
    assert answer["headers"]["Cache-Control"] == "no-store"


def test_the_page_may_load_its_own_files_and_reach_the_api_the_issuer_and_the_uploads(console: ModuleType) -> None:
    answer = ask(console, "console_page")
    headers, text = answer["headers"], body(answer).decode()
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    [importmap] = re.findall(r'<script type="importmap">(.*?)</script>', text)
    digest = base64.b64encode(hashlib.sha256(importmap.encode()).digest()).decode()
    assert policy == {
        "default-src": "'none'",
        "script-src": f"'self' 'sha256-{digest}'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": f"'self' https://cognito-idp.sa-east-1.amazonaws.com {DOMAIN} {SETTINGS['UPLOADS_ORIGIN']}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert " style=" not in text
    assert len(re.findall(r"<script(?! type=\"(?:importmap|application/json)\")(?![^>]* src=)", text)) == 0


def test_the_import_map_leads_to_every_module(console: ModuleType) -> None:
    [importmap] = re.findall(r'<script type="importmap">(.*?)</script>', page(console))
    imports = json.loads(importmap)["imports"]
    scripts = {f"./console/{name}" for name in console.files() if name.endswith(".js")}
    assert scripts <= imports.keys()
    assert {target.removeprefix("./console/") for target in imports.values()} <= console.served().keys()


def test_the_page_says_how_to_sign_in_and_cannot_be_left_by_a_setting(
    console: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "ENV", {**SETTINGS, "ADMIN_GROUP": "</script><script>alert(1)</script>"})
    text = page(console)
    [found] = re.findall(r'<script type="application/json" id="settings">(.*?)</script>', text)
    assert json.loads(found) == {
        "issuer": ISSUER,
        "metadata": DISCOVERED,
        "audience": "client",
        "clientId": "client",
        "token": "id",
        "scopes": "openid email profile",
        "logout": "cognito",
        "groupsClaim": "cognito:groups",
        "adminGroup": "</script><script>alert(1)</script>",
    }


def test_without_the_issuers_description_the_page_comes_all_the_same_and_it_is_asked_again_soon(
    console: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [{}, {}, DISCOVERED, {}]
    monkeypatch.setattr(console, "_ask_issuer", lambda: answers.pop(0))
    assert console.discovery(0.0) == {}
    assert console.discovery(console.FAILURE_KEPT - 1) == {}
    assert console.discovery(console.FAILURE_KEPT) == {}
    assert console.discovery(console.FAILURE_KEPT * 2) == DISCOVERED
    assert console.discovery(console.FAILURE_KEPT * 2 + console.DISCOVERY_KEPT - 1) == DISCOVERED
    # What was known once stays known while the issuer is away.
    assert console.discovery(console.FAILURE_KEPT * 2 + console.DISCOVERY_KEPT) == DISCOVERED
    assert answers == []


def test_an_issuer_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    timeouts: list[float] = []

    def refuse(_: str, timeout: float) -> None:
        timeouts.append(timeout)
        raise OSError

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    console = loaded(monkeypatch)
    assert ask(console, "console_page")["statusCode"] == 200
    assert timeouts == [console.DISCOVERY_TIMEOUT]


@pytest.mark.parametrize("name", PAGES)
def test_the_first_view_of_every_page_is_less_than_100_kb(console: ModuleType, name: str) -> None:
    """The page itself, the styles, the larger language, and every module that the page cannot be drawn without."""
    files = {file.path: file for file in (*console.imported("app.js"), *console.imported(name))}
    sizes = {path: len(gzip.compress(file.content)) for path, file in files.items()}
    sizes["index.html"] = len(gzip.compress(page(console).encode()))
    for path in ("console.css", max("i18n/en.js", "i18n/pt-BR.js", key=lambda it: len(console.files()[it].content))):
        sizes[path] = len(gzip.compress(console.files()[path].content))
    largest = sorted(sizes.items(), key=lambda it: -it[1])[:12]
    assert sum(sizes.values()) < FIRST_VIEW, f"{sum(sizes.values())} bytes in {len(sizes)} files: {largest}"


def test_a_person_with_a_token_sees_a_page_without_the_library_for_signing_in(console: ModuleType) -> None:
    assert "vendor/oidc-client-ts.js" not in {file.path for file in console.imported("app.js")}


def test_the_licences_of_the_vendored_modules_are_beside_them() -> None:
    from local import console_vendor

    licences = (console_vendor.VENDOR / "LICENSES.txt").read_text()
    pins = console_vendor.pins()
    modules = {part.package for part in console_vendor.PARTS if part.target.parent == console_vendor.VENDOR}
    assert [it for it in (*modules, *console_vendor.BUNDLED) if f"{it} {pins[it][0]}, " not in licences] == []
    assert {path.name for path in Path(console_vendor.VENDOR).glob("*.js")} == {
        part.target.name for part in console_vendor.PARTS if part.target.parent == console_vendor.VENDOR
    }
