"""Webhooks as Evolution sends them: its envelope, its signature, its retries, kept in memory only.

Source: Evolution API 2.3.7, src/api/integrations/event/webhook/webhook.controller.ts.
"""

import asyncio
import random
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import jwt

from local.evolution.clock import Clock, iso
from local.evolution.faults import ANY, FaultBook, WebhookFault
from local.evolution.jid import create_jid
from local.evolution.log import Log
from local.evolution.messages import hidden
from local.evolution.records import Send, StatusEvent, Webhook
from local.evolution.webhook_config import WebhookConfig

TOKEN_SECONDS = 600
NOT_RETRIED = frozenset({400, 401, 403, 404, 422})
_IDLE_TURNS = 10
_NONE = WebhookFault()
_AXIOS = {"Accept": "application/json, text/plain, */*", "User-Agent": "axios/1.13.2"}


@dataclass(frozen=True, slots=True)
class Schedule:
    """Evolution's WEBHOOK_RETRY_* and WEBHOOK_REQUEST_TIMEOUT_MS, with their defaults."""

    attempts: int = 10
    initial_seconds: float = 5.0
    max_seconds: float = 300.0
    jitter: float = 0.2
    timeout_seconds: float = 30.0

    def wait(self, attempt: int, rng: random.Random) -> float:
        """Seconds after failed attempt number `attempt` (from 1): doubled, capped, spread, never under the initial."""
        base = min(self.initial_seconds * 2.0 ** (attempt - 1), self.max_seconds)
        return max(self.initial_seconds, base * (1 + rng.uniform(-self.jitter, self.jitter)))


class Source(Protocol):
    """The instance that emits an event, as far as a webhook names it."""

    name: str
    sender: str | None
    webhook: WebhookConfig | None

    @property
    def cloud(self) -> bool:
        """True for Meta's Cloud API."""


class Webhooks:
    """Posts events, each in a task of its own, never more than `at_once` of them together."""

    def __init__(
        self,
        log: Log,
        faults: FaultBook,
        *,
        clock: Clock,
        rng: random.Random,
        schedule: Schedule | None = None,
        at_once: int = 100,
        names_instance: bool = False,
    ) -> None:
        self._names_instance = names_instance
        self._log = log
        self._faults = faults
        self._clock = clock
        self._rng = rng
        self._schedule = schedule or Schedule()
        self._at_once = at_once
        self._tasks: set[asyncio.Task[None]] = set()
        self._posting = 0
        self.server_url = ""

    async def open(self) -> None:
        """Make the client session; call inside the loop that will post."""
        self._gate = asyncio.Semaphore(self._at_once)
        self._session = aiohttp.ClientSession(
            # Shorter than the keep-alive of receivers (5 s is common): a post on a connection just closed fails.
            connector=aiohttp.TCPConnector(limit=self._at_once, keepalive_timeout=4),
            timeout=aiohttp.ClientTimeout(total=self._schedule.timeout_seconds),
            headers=_AXIOS,
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        """Drop all that is pending, as a restart of Evolution does."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run work beside the request that started it, until `close`."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def settled(self) -> None:
        """Until no post is in progress and every task started by the last posts sleeps again."""
        idle = 0
        while idle < _IDLE_TURNS:
            await asyncio.sleep(0.001 if self._posting else 0)
            idle = 0 if self._posting else idle + 1

    def emit(
        self, source: Source, event: str, data: Any, *, send: Send | None = None, status: StatusEvent | None = None
    ) -> asyncio.Event:
        """Post an event if its instance subscribes to it. The result is set once the first attempt has ended."""
        attempted = asyncio.Event()
        config = source.webhook
        url = config.address(event) if config else None
        if config is None or url is None:
            attempted.set()
            return attempted
        fault = self._fault(source, event, send)
        if fault.lid and not source.cloud:
            data = hidden(event, data)
        body = {"event": event, "instance": source.name, "data": data, "destination": config.url}
        body["date_time"] = iso(self._clock.now())
        if source.sender:
            body["sender"] = source.sender
        body |= {"server_url": self.server_url, "apikey": None}
        key_id = None if send is None else send.provider_id
        name = None if fault is _NONE else fault.name
        for _ in range(fault.copies):
            record = self._log.emit(source.name, event, url, key_id=key_id, send=send, status=status, fault=name)
            if fault.lost:
                self._log.ended(record, "lost")
                attempted.set()
                continue
            named = {"X-Instance-Name": source.name} if self._names_instance else {}
            headers = _Headers(config, self._clock, fault.token_age_seconds, named)
            self.spawn(self._deliver(record, body, headers, attempted, fault))
        return attempted

    def _fault(self, source: Source, event: str, send: Send | None) -> WebhookFault:
        subjects = [create_jid(send.number)] if send else []
        return self._faults.webhook_fault([*subjects, source.name, ANY], event) or _NONE

    async def _deliver(
        self, record: Webhook, body: dict[str, Any], headers: "_Headers", attempted: asyncio.Event, fault: WebhookFault
    ) -> None:
        state = "given_up"
        try:
            if fault.delay_seconds.high:
                await self._clock.sleep(fault.delay_seconds.draw(self._rng))
            for attempt in range(1, self._schedule.attempts + 1):
                http_status = await self._attempt(record, body, headers, fault, attempt)
                attempted.set()
                if http_status is not None and 200 <= http_status < 300:
                    state = "delivered"
                    return
                if http_status in NOT_RETRIED or attempt == self._schedule.attempts:
                    return
                await self._clock.sleep(self._schedule.wait(attempt, self._rng))
        finally:
            attempted.set()
            self._log.ended(record, state)

    async def _attempt(
        self, record: Webhook, body: dict[str, Any], headers: "_Headers", fault: WebhookFault, attempt: int
    ) -> int | None:
        """The HTTP status that reaches Evolution, or None."""
        if attempt <= fault.unreachable:
            self._log.attempt(record, self._log.now(), None, "unreachable")
            return None
        answer_lost = attempt <= fault.unreachable + fault.answers_lost
        self._posting += 1
        try:
            status = await self._post(record, body, headers, "answer lost" if answer_lost else None)
        finally:
            self._posting -= 1
        return None if answer_lost else status

    async def _post(self, record: Webhook, body: dict[str, Any], headers: "_Headers", error: str | None) -> int | None:
        async with self._gate:
            posted_at = self._log.now()
            try:
                async with self._session.post(record.url, json=body, headers=headers.now()) as answer:
                    await answer.read()
            except (aiohttp.ClientError, TimeoutError, ValueError) as failure:
                self._log.attempt(record, posted_at, None, type(failure).__name__)
                return None
            self._log.attempt(record, posted_at, answer.status, error)
            return answer.status


class _Headers:
    """The custom headers. `jwt_key` is not sent: it signs one token for all attempts."""

    def __init__(self, config: WebhookConfig, clock: Clock, age: float, more: Mapping[str, str]) -> None:
        self._key = config.headers.get("jwt_key")
        self._custom: dict[str, str] = {
            name: value for name, value in config.headers.items() if name != "jwt_key"
        } | dict(more)
        self._clock = clock
        self._signed, self._ahead = clock.now() - age, clock.ahead()
        self._issued, self._token = 0, ""

    def now(self) -> dict[str, str]:
        """The headers with the token, dated back by a virtual clock's advance since it was signed."""
        if not self._key:
            return self._custom
        issued = int(self._signed - round(self._clock.ahead() - self._ahead, 3))
        if issued != self._issued:
            claims = {"iat": issued, "exp": issued + TOKEN_SECONDS, "app": "evolution", "action": "webhook"}
            self._issued, self._token = issued, jwt.encode(claims, self._key, algorithm="HS256")
        return self._custom | {"Authorization": f"Bearer {self._token}"}
