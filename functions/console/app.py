"""The console: its page, and the files that the page loads.

The page is made here, because three parts of it depend on the deployment: the import map (each file under a name with
the hash of its content), the settings for signing in, and the Content-Security-Policy, whose hosts the issuer names.
The function reads its own files and the issuer's public description, and nothing else.
"""

import base64
import hashlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from hidra.entry.compression import gzipped, takes_gzip
from hidra.settings import require

ENV = require(
    "JWT_ISSUER",
    "JWT_AUDIENCE",
    "CLIENT_ID",
    "API_TOKEN",
    "SCOPES",
    "LOGOUT",
    "GROUPS_CLAIM",
    "ADMIN_GROUP",
    "UPLOADS_ORIGIN",
)

STATIC = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
# The names under which modules import the vendored ones.
VENDORED = {
    "preact": "vendor/preact.js",
    "preact/hooks": "vendor/preact-hooks.js",
    "htm": "vendor/htm.js",
    "@preact/signals-core": "vendor/signals-core.js",
    "@preact/signals": "vendor/signals.js",
    "oidc-client-ts": "vendor/oidc-client-ts.js",
}
ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "end_session_endpoint", "jwks_uri")
DISCOVERY_TIMEOUT = 2  # seconds; the page waits for it
DISCOVERY_KEPT, FAILURE_KEPT = 3600, 30
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_IMPORTS = re.compile(r"""(?:^|;)(?:import|export)\b(?:[^"'();]*?\bfrom)?\s*["']([^"']+)["']""", re.MULTILINE)
_discovered: tuple[float, dict[str, str]] = (0.0, {})


@dataclass(frozen=True)
class File:
    """A file of the console; `path` is its place in `static`, `served` the name with its hash."""

    path: str
    served: str
    content: bytes

    @property
    def content_type(self) -> str:
        return TYPES[Path(self.path).suffix]


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    headers = event.get("headers", {})
    if event["routeKey"] == "GET /console":
        return page(headers)
    name = (event.get("pathParameters") or {}).get("proxy", "")
    if not name:  # …/console/: the page's addresses are relative to …/console
        return _answer(HTTPStatus.PERMANENT_REDIRECT, {"Location": "../console", "Cache-Control": "no-cache"})
    # The local emulator loses the slash of …/console/ and sends the page, which then asks one level down.
    found = served().get(name.removeprefix("console/"))
    if found is None:
        return _answer(HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain", "Cache-Control": "no-store"}, b"Not found")
    kept = {"Content-Type": found.content_type, "Cache-Control": "public, max-age=31536000, immutable"}
    return _content(headers, kept, found.content)


def page(headers: Mapping[str, str]) -> dict[str, Any]:
    issuer = discovery(time.monotonic())
    importmap = _import_map()
    policy = content_security_policy(importmap, issuer)
    # The module of the texts comes first: it asks for a language's texts while the others are on their way.
    first = dict.fromkeys((*imported("i18n.js"), *imported("app.js")))
    body = Template((STATIC / "index.html").read_text(encoding="utf-8")).substitute(
        importmap=importmap,
        style=f"console/{files()['console.css'].served}",
        preloads="\n".join(f'<link rel="modulepreload" href="console/{file.served}">' for file in first),
        texts=f"console/{files()['i18n.js'].served}",
        app=f"console/{files()['app.js'].served}",
        settings=_in_script(settings(issuer)),
    )
    more = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-cache",
        "Content-Security-Policy": policy,
    }
    return _content(headers, more, body.encode())


@cache
def files() -> dict[str, File]:
    """Every file that may be served, by its place: an address that names none of them finds nothing."""
    found = {}
    for path in sorted(STATIC.rglob("*")):
        if path.suffix in TYPES:
            content, place = path.read_bytes(), path.relative_to(STATIC)
            digest = hashlib.sha256(content).hexdigest()[:12]
            name = place.as_posix()
            found[name] = File(name, place.with_suffix(f".{digest}{place.suffix}").as_posix(), content)
    return found


@cache
def served() -> dict[str, File]:
    return {file.served: file for file in files().values()}


@cache
def imported(module: str) -> tuple[File, ...]:
    """The module, those that it imports, and those that they import: a browser would find them one after the other.

    What a module imports later, with ``import()``, is not among them.
    """
    found: dict[str, File] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = files()[name]
        for target in _IMPORTS.findall(found[name].content.decode()):
            relative = (STATIC / name).parent.joinpath(target).resolve()
            waiting.append(VENDORED.get(target) or relative.relative_to(STATIC.resolve()).as_posix())
    return tuple(found.values())


def settings(issuer: Mapping[str, str]) -> dict[str, Any]:
    """What the page needs to sign in; nothing in it is secret."""
    logout = ENV["LOGOUT"]
    if logout == "auto":
        logout = "cognito" if (urlsplit(ENV["JWT_ISSUER"]).hostname or "").startswith("cognito-idp.") else "openid"
    return {
        "issuer": ENV["JWT_ISSUER"],
        "metadata": issuer or None,
        "audience": ENV["JWT_AUDIENCE"],
        "clientId": ENV["CLIENT_ID"],
        "token": ENV["API_TOKEN"],
        "scopes": ENV["SCOPES"],
        "logout": logout,
        "groupsClaim": ENV["GROUPS_CLAIM"],
        "adminGroup": ENV["ADMIN_GROUP"],
    }


def discovery(now: float) -> dict[str, str]:
    """The issuer's endpoints, asked for once an hour; empty if it does not answer, and then asked again soon."""
    global _discovered  # noqa: PLW0603 - lasts as long as this process
    until, found = _discovered
    if now < until:
        return found
    asked = _ask_issuer()
    _discovered = (now + (DISCOVERY_KEPT if asked else FAILURE_KEPT), asked or found)
    return _discovered[1]


def content_security_policy(importmap: str, issuer: Mapping[str, str]) -> str:
    digest = base64.b64encode(hashlib.sha256(importmap.encode()).digest()).decode()
    hosts = [ENV["JWT_ISSUER"], issuer.get("token_endpoint", ""), ENV["UPLOADS_ORIGIN"]]
    origins = dict.fromkeys(origin for host in hosts if (origin := _origin(host)))
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            "style-src 'self'",
            "img-src 'self' data:",
            " ".join(["connect-src 'self'", *origins]),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


@cache
def _import_map() -> str:
    """Modules import each other by their plain names; the map leads to the names with the hash."""
    scripts = {name: file for name, file in files().items() if name.endswith(".js")}
    imports = {name: f"./console/{scripts[path].served}" for name, path in VENDORED.items()}
    imports |= {f"./console/{name}": f"./console/{file.served}" for name, file in scripts.items()}
    return json.dumps({"imports": imports}, separators=(",", ":"))


def _ask_issuer() -> dict[str, str]:
    import urllib.request  # noqa: PLC0415 - 20 ms that only the page needs

    address = f"{ENV['JWT_ISSUER'].rstrip('/')}/.well-known/openid-configuration"
    if not _origin(address):
        return {}
    try:
        with urllib.request.urlopen(address, timeout=DISCOVERY_TIMEOUT) as answer:  # noqa: S310 - http or https
            described = json.loads(answer.read(100_000))
        return {name: str(described[name]) for name in ENDPOINTS if described.get(name)}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        from hidra.telemetry import logger  # noqa: PLC0415 - half a cold start, for a line that is seldom written

        logger.warning("the issuer did not describe itself", error=type(error).__name__)
        return {}


def _origin(address: str) -> str:
    parts = urlsplit(address)
    safe = re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and safe else ""


def _in_script(value: object) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(value).replace("<", "\\u003c")


def _content(asked: Mapping[str, str], headers: Mapping[str, str], content: bytes) -> dict[str, Any]:
    """The content, compressed if the browser takes that; nothing if it has it already."""
    policy = headers.get("Content-Security-Policy", "")
    etag = f'"{hashlib.sha256(policy.encode() + content).hexdigest()[:32]}"'
    headers = {**headers, "ETag": etag, "Vary": "Accept-Encoding"}
    known = [tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return _answer(HTTPStatus.NOT_MODIFIED, headers)
    if not takes_gzip(asked.get("accept-encoding", "")):
        return _answer(HTTPStatus.OK, headers, content)
    return _answer(HTTPStatus.OK, {**headers, "Content-Encoding": "gzip"}, _compressed(content))


@cache
def _compressed(content: bytes) -> bytes:
    return gzipped(content)


def _answer(status: HTTPStatus, headers: Mapping[str, str], content: bytes = b"") -> dict[str, Any]:
    return {
        "statusCode": status.value,
        "headers": {**HEADERS, **headers},
        "body": base64.b64encode(content).decode(),
        "isBase64Encoded": True,
    }
