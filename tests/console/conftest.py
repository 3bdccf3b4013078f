"""One stack and one sign-in for all tests of the console."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from local.demo.client import Client
from local.stack import Stack

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 90_000  # ms: a function of the local stack starts in seconds on a busy machine
# That there is no connection yet: a browser reports each such answer by itself.
EXPECTED = {("404", "evolution-config")}

expect.set_options(timeout=PATIENCE)

type Keep = Callable[[], dict[str, str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one worker of pytest-xdist, which alone starts the stack and the browser."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.xdist_group("console"))


@dataclass
class Watched:
    """What the page must not do: errors, violations of its policy, requests to other hosts, tokens in addresses."""

    allowed: set[str]
    found: list[str] = field(default_factory=list)
    expected: set[tuple[str, str]] = field(default_factory=lambda: set(EXPECTED))  # a text, and how its address ends

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: self._message(message.type, message.text, message.location.get("url", "")))
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))
        page.on("request", lambda request: self._request(request.url))

    def _message(self, kind: str, text: str, url: str) -> None:
        if kind in ("error", "warning") and not any(code in text and url.endswith(end) for code, end in self.expected):
            self.found.append(f"{kind}: {text} ({url})")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "data" and f"{parts.scheme}://{parts.netloc}" not in self.allowed:
            self.found.append(f"another host: {url}")
        if "eyJ" in url:
            self.found.append(f"a token in an address: {url}")


@dataclass
class Visitor:
    """A browser's context of one person, who may have signed in."""

    stack: Stack
    context: BrowserContext
    watched: Watched

    @property
    def url(self) -> str:
        return self.stack.console_url

    def open(self, route: str = "") -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        self.watched.watch(page)
        page.goto(f"{self.url}{route}")
        return page

    def sign_in(self, page: Page, name: str, *, admin: bool = False) -> None:
        """From the page before signing in to the one after it."""
        page.locator("button.primary").click()
        page.locator("input[name=name]").fill(name)
        page.locator("input[name=admin]").set_checked(admin)
        page.locator("button.new").click()
        page.locator(".shell").wait_for()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        message = "Chromium is not installed: the console's tests in a browser need it (apt-get install chromium)."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


@pytest.fixture(scope="session")
def stack(chromium: str) -> Iterator[Stack]:
    with Stack.running("console") as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Of each module: while Playwright runs, no other test of its process could run an event loop."""
    with sync_playwright() as playwright:
        # Its sandbox needs rights that a container lacks; it shows only our own page.
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--no-proxy-server"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def sign_ins() -> dict[str, str]:
    """What the first use of `session` keeps for the others."""
    return {}


@pytest.fixture
def session(stack: Stack, browser: Browser, sign_ins: dict[str, str]) -> dict[str, str]:
    """The sessionStorage of a tab in which Bia has signed in, once for all tests."""
    if sign_ins:
        return sign_ins
    context = browser.new_context(locale="pt-BR")
    visitor = Visitor(stack, context, Watched(set()))
    page = visitor.open()
    visitor.sign_in(page, "Bia Souza")
    sign_ins.update(json.loads(page.evaluate("JSON.stringify(sessionStorage)")))
    context.close()
    return sign_ins


@pytest.fixture
def visit(stack: Stack, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Make a visitor, with the storage of a tab that has signed in, or without; the watch's findings fail the test."""
    opened: list[Visitor] = []

    def make(session: dict[str, str] | None = None, **options: Any) -> Visitor:
        context = browser.new_context(**({"locale": "pt-BR"} | options))
        if session:
            put = f"if (!sessionStorage.length) Object.assign(sessionStorage, {json.dumps(session)})"
            context.add_init_script(f'if (location.pathname.endsWith("/console")) {{ {put} }}')
        allowed = {f"{part.scheme}://{part.netloc}" for part in map(urlsplit, (stack.api_url, stack.issuer_url))}
        opened.append(Visitor(stack, context, Watched(allowed)))
        return opened[-1]

    yield make
    findings = [finding for visitor in opened for finding in visitor.watched.found]
    for visitor in opened:
        visitor.context.close()
    assert findings == []


def client_of(stack: Stack, session: dict[str, str]) -> Client:
    """The API, called as the person whose sign-in the storage of a tab holds."""
    kept = next(value for name, value in session.items() if name.startswith("oidc.user:"))
    return Client(stack.api_url, json.loads(kept)["id_token"])


@dataclass(frozen=True)
class Instance:
    """An instance of the simulator whose code no phone has scanned yet."""

    stack: Stack
    name: str

    def create(self) -> None:
        body = {"instanceName": self.name, "integration": "WHATSAPP-BAILEYS", "qrcode": True}
        self._ask("/instance/create", body)

    def scan(self) -> None:
        self._ask(f"/_control/instances/{self.name}/scan", {})

    def disconnect(self) -> None:
        self._ask(f"/_control/instances/{self.name}/disconnect", {"reason": 401})

    def script(self, phone: str, like: str) -> None:
        """Let a phone behave like another one from now on."""
        self._ask(f"/_control/phones/{phone}", {"like": like})

    def _ask(self, path: str, body: dict[str, Any]) -> None:
        headers = {"apikey": self.stack.evolution_api_key}
        requests.post(self.stack.evolution_url + path, json=body, headers=headers, timeout=10).raise_for_status()


@pytest.fixture
def instance(stack: Stack) -> Instance:
    made = Instance(stack, f"loja-{uuid4().hex[:6]}")
    made.create()
    return made
