"""The simulator in the test's own process, with a client and a receiver of webhooks."""

import asyncio
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from local.evolution.clock import Clock
from local.evolution.request_times import TimedRunner
from local.evolution.server import application
from local.evolution.simulator import Simulator

KEY = "global-key"
JWT_KEY = "a-key-of-at-least-thirty-two-bytes"
SECONDS = 5.0
FAST = Clock(sleep=lambda seconds: asyncio.sleep(seconds / 50))
"""Sleeps a fiftieth of the phones' latencies; the wall clock stays real."""


@dataclass(frozen=True, slots=True)
class Post:
    """A webhook as it was received."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    at: float

    @property
    def event(self) -> str:
        """The event's name."""
        return str(self.body["event"])

    @property
    def status(self) -> str | None:
        """The status in messages.update."""
        return self.body["data"]["status"] if self.event == "messages.update" else None


@dataclass
class Receiver:
    """Keeps the posts it receives and answers `answers` in turn, then 200."""

    answers: list[int] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    url: str = ""

    async def receive(self, request: web.Request) -> web.Response:
        """The handler of every path."""
        self.posts.append(Post(request.path, dict(request.headers), await request.json(), time.time()))
        return web.json_response({}, status=self.answers.pop(0) if self.answers else 200)

    def of(self, event: str) -> list[Post]:
        """The posts of one event, in order of arrival."""
        return [post for post in self.posts if post.event == event]

    @property
    def statuses(self) -> list[str | None]:
        """The statuses received, in order of arrival."""
        return [post.status for post in self.of("messages.update")]


@dataclass
class Harness:
    """A running simulator, its address, its client and its receiver of webhooks."""

    simulator: Simulator
    receiver: Receiver
    url: str
    session: aiohttp.ClientSession

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = KEY, raw: bytes | None = None
    ) -> tuple[int, Any]:
        """Make one request; returns the status and the decoded body."""
        headers = {"apikey": key} if key is not None else {}
        payload = {"data": raw} if raw is not None else {"json": body}
        async with self.session.request(method, self.url + path, headers=headers, **payload) as answer:
            return answer.status, await answer.json()

    async def connected(self, name: str = "b", **webhook: Any) -> None:
        """Create a Baileys instance whose phone scanned the code, its webhook at the receiver."""
        await self._create(name, webhook, integration="WHATSAPP-BAILEYS", qrcode=False)
        await self.call("POST", f"/_control/instances/{name}/scan")

    async def cloud(self, name: str = "c", *, number: str | None = None, **webhook: Any) -> None:
        """Create a Cloud API instance, its webhook at the receiver."""
        number = number or str(1_000_000_000 + zlib.crc32(name.encode()))
        await self._create(name, webhook, integration="WHATSAPP-BUSINESS", token=f"meta-{name}", number=number)

    async def _create(self, name: str, webhook: Mapping[str, Any], **body: Any) -> None:
        hook = {"enabled": True, "url": f"{self.receiver.url}/hook", "events": [], "headers": {}} | dict(webhook)
        status, answer = await self.call("POST", "/instance/create", {"instanceName": name, "webhook": hook} | body)
        if status != 201:
            raise AssertionError(answer)

    async def send(self, number: str, *, name: str = "b", text: str = "Oi Ana", **body: Any) -> tuple[int, Any]:
        """Post one sendText."""
        return await self.call("POST", f"/message/sendText/{name}", {"number": number, "text": text} | body)

    async def settled(self) -> list[dict[str, Any]]:
        """All logged messages, once all of them are settled."""
        await until(lambda: not self.simulator.log.totals().unsettled)
        return list((await self.call("GET", "/_log/messages"))[1]["messages"])


async def until(condition: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait for a condition; AssertionError if it never holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"the condition did not hold within {seconds} s")
        await asyncio.sleep(0.002)


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    """Serve an app on a free loopback port; yields its URL."""
    runner = TimedRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def run_scenario(scenario: Callable[[Harness], Awaitable[None]], *, clock: Clock = FAST, **options: Any) -> None:
    """Run a scenario against a new simulator in an event loop of its own."""

    async def run() -> None:
        receiver = Receiver()
        receiving = web.Application()
        receiving.router.add_post("/{tail:.*}", receiver.receive)
        simulator = Simulator(seed=1, clock=clock, **options)
        async with listening(receiving) as receiver.url, listening(application(simulator, KEY)) as url:
            simulator.webhooks.server_url = url
            async with aiohttp.ClientSession() as session:
                await scenario(Harness(simulator, receiver, url, session))

    asyncio.run(run())
