"""Evolution's routes, its guards and its middleware. Source: Evolution API 2.3.7, src/api/routes, src/api/guards."""

import base64
import contextlib
import hashlib
import hmac
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from local.evolution import arrivals, content, control
from local.evolution.clock import Clock
from local.evolution.errors import (
    Refused,
    bad_request,
    broken_envelope,
    envelope,
    not_found,
    schema_error,
    unauthorized,
)
from local.evolution.faults import ANY, FaultBook
from local.evolution.instances import Instance, Instances, webhook_row
from local.evolution.jid import Ids, create_jid
from local.evolution.log import Log, Send
from local.evolution.phones import Phones
from local.evolution.sending import Answer, Sender, spoiled
from local.evolution.virtual import VirtualTime
from local.evolution.webhooks import EVENTS, Schedule, Webhooks

MAX_BODY = 136 * 1024 * 1024
STAMP = web.RequestKey("stamp", arrivals.Stamp)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
InstanceHandler = Callable[[Instance, Mapping[str, Any]], Awaitable[web.StreamResponse] | web.StreamResponse]


class Simulator:
    """The server without a socket: `app` is ready for any aiohttp runner."""

    def __init__(
        self,
        api_key: str,
        *,
        seed: int | None = None,
        clock: Clock | None = None,
        virtual: VirtualTime | None = None,
        schedule: Schedule | None = None,
        scan_after: float | None = None,
        webhooks_at_once: int = 100,
        ids: Ids | None = None,
    ) -> None:
        self._api_key = api_key
        self.virtual = virtual
        self.clock = virtual.clock() if virtual else clock or Clock()
        rng = random.Random(seed)
        ids = self.ids = ids or Ids()
        self.log = Log(self.clock)
        self.phones = Phones()
        self.faults = FaultBook(self.clock.passing)
        self.webhooks = Webhooks(
            self.log,
            self.faults,
            clock=self.clock,
            rng=random.Random(seed),
            schedule=schedule,
            at_once=webhooks_at_once,
        )
        self.instances = Instances(self.webhooks, clock=self.clock, ids=ids, scan_after=scan_after)
        self._sender = Sender(
            self.log,
            self.webhooks,
            self.phones,
            self.faults,
            clock=self.clock,
            rng=rng,
            ids=ids,
            disconnect=self.instances.disconnect,
        )
        self.app = web.Application(client_max_size=MAX_BODY, middlewares=[self._errors])
        self.app.cleanup_ctx.append(self._running)
        self._add_routes()

    def listening_at(self, url: str) -> None:
        """Tell the webhooks their `server_url`."""
        self.webhooks.server_url = url

    async def _running(self, _app: web.Application) -> AsyncIterator[None]:
        await self.webhooks.open()
        yield
        await self.webhooks.close()

    def _add_routes(self) -> None:
        guarded = self._guarded
        self.app.add_routes(
            [
                web.get("/", self._welcome),
                web.post("/instance/create", self._create),
                web.get("/instance/fetchInstances", self._fetch),
                guarded("GET", "/instance/connectionState", lambda i, _: web.json_response(i.state_json())),
                guarded("GET", "/instance/connect", lambda i, _: web.json_response(self.instances.connect(i))),
                guarded("POST", "/instance/restart", lambda i, _: web.json_response(self.instances.restart(i))),
                guarded("DELETE", "/instance/logout", lambda i, _: web.json_response(self.instances.logout(i))),
                guarded("DELETE", "/instance/delete", lambda i, _: web.json_response(self.instances.delete(i))),
                guarded("POST", "/chat/whatsappNumbers", self._numbers),
                guarded("POST", "/chat/findContacts", lambda i, b: web.json_response(i.contacts.find(b))),
                guarded("POST", "/chat/findMessages", lambda i, b: web.json_response(i.messages.find(b))),
                guarded("POST", "/chat/findStatusMessage", self._statuses),
                guarded("POST", "/webhook/set", self._set_webhook),
                guarded("GET", "/webhook/find", lambda i, _: web.json_response(webhook_row(i))),
                web.post("/message/sendText/{instance}", self._send),
                web.post("/message/sendMedia/{instance}", self._send),
                *control.routes(self),
            ]
        )

    @web.middleware
    async def _errors(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Evolution's envelopes for refusals; routes and methods it does not have are 404."""
        stamp = arrivals.stamp_of(request)
        request[STAMP] = stamp
        try:
            return await handler(request)
        except Refused as refusal:
            return web.json_response(refusal.body, status=refusal.status)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            missing = not_found(f"Cannot {request.method} {request.raw_path}")
            return web.json_response(missing.body, status=missing.status)
        finally:
            stamp.first_byte = None  # the next byte on this connection begins another request

    async def _welcome(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "status": 200,
                "message": "Welcome to the Evolution API, it is working!",
                "version": "2.3.7",
                "clientName": "evolution_simulator",
                "documentation": "https://doc.evolution-api.com",
                "whatsappWebVersion": "2.3000.1027934701",
            }
        )

    def _is_global(self, request: web.Request) -> bool:
        return hmac.compare_digest(request.headers.get("apikey", "").encode(), self._api_key.encode())

    def _instance(self, request: web.Request) -> Instance:
        """The instance first, then the key: an unknown name is 404 even with a wrong key."""
        name = request.match_info["instance"]
        instance = self.instances.by_name.get(name)
        if instance is None:
            raise not_found(f'The "{name}" instance does not exist')
        if not self._is_global(request) and request.headers.get("apikey") != instance.token:
            raise unauthorized()
        return instance

    def _guarded(self, method: str, path: str, handle: InstanceHandler) -> web.RouteDef:
        """A route of one instance with its guards; the handler gets the instance and the body."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            body = await read_body(request)
            answer_instead, _ = await self._spoiled(request)
            if answer_instead:
                return await respond(request, answer_instead)
            answer = handle(self._instance(request), body)
            return answer if isinstance(answer, web.StreamResponse) else await answer

        return web.route(method, f"{path}/{{instance}}", guarded)

    async def _spoiled(self, request: web.Request) -> tuple[Answer | None, str | None]:
        """A fault armed for every route, and its name: a server unlicensed or down answers before it looks at anything.

        One that leaves the answer to Evolution only keeps the client waiting.
        """
        fault = self.faults.answer_fault((request.match_info["instance"], ANY), scope="all")
        if fault is None:
            return None, None
        instead = await spoiled(fault, self.clock)
        return (None if fault.status is None and fault.cut is None else instead), fault.name

    async def _create(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        self.instances.refuse_taken(body.get("instanceName"))
        if not self._is_global(request):
            raise unauthorized()
        return web.json_response(self.instances.create(body), status=201)

    async def _fetch(self, request: web.Request) -> web.Response:
        """All rows with the global key, its own with an instance's token."""
        rows = list(self.instances.by_name.values())
        if not self._is_global(request):
            rows = [row for row in rows if row.token == request.headers.get("apikey")]
            if not rows:
                raise unauthorized()
        name, row_id = request.query.get("instanceName"), request.query.get("instanceId")
        number = request.query.get("number")
        found = [
            row.row()
            for row in rows
            if name in (None, row.name) and row_id in (None, row.id) and number in (None, row.number)
        ]
        if not found and (name or row_id or number):
            raise not_found(f'Instance "{name or row_id or number}" not found')
        return web.json_response(found)

    def _numbers(self, instance: Instance, body: Mapping[str, Any]) -> web.Response:
        """Which numbers are on WhatsApp, not in the order asked: broadcast, groups, users."""
        numbers = body.get("numbers")
        if isinstance(numbers, list) and not numbers:
            raise broken_envelope(["numbers does not meet minimum length of 1"])
        if instance.cloud:
            raise broken_envelope("Method not available on WhatsApp Business API")
        if not isinstance(numbers, list) or not instance.connected_once:
            raise Refused(400, {})
        if instance.state != "open":
            payload = {"statusCode": 428, "error": "Precondition Required", "message": "Connection Closed"}
            output = {"statusCode": 428, "payload": payload, "headers": {}}
            raise Refused(400, {"data": None, "isBoom": True, "isServer": False, "output": output})
        rows = []
        for number in map(str, numbers):
            jid = create_jid(number)
            group = jid.endswith("@g.us")
            exists = group or jid.endswith("@broadcast") or self.phones.behaviour(number).registered
            rows.append({"jid": jid, "exists": exists, "number": number})
        places = ("@broadcast", "@g.us")
        rows.sort(key=lambda row: next((n for n, end in enumerate(places) if str(row["jid"]).endswith(end)), 2))
        return web.json_response(rows)

    def _statuses(self, instance: Instance, body: Mapping[str, Any]) -> web.Response:
        return web.json_response(instance.messages.find_statuses(body, cloud=instance.cloud))

    def _set_webhook(self, instance: Instance, body: Mapping[str, Any]) -> web.Response:
        hook = body.get("webhook")
        if not isinstance(hook, dict):
            raise schema_error('instance requires property "webhook"')
        for name in ("enabled", "url"):
            if name not in hook:
                raise schema_error(f'webhook requires property "{name}"')
        if "events" not in hook:
            raise envelope(500, "Cannot read properties of undefined (reading 'length')")
        for place, event in enumerate(hook["events"]):
            if event not in EVENTS:
                raise schema_error(f"webhook.events[{place}] is not one of enum values: {','.join(EVENTS)}")
        self.instances.set_webhook(instance, hook)
        return web.json_response(webhook_row(instance), status=201)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        """Both routes to send: every request is logged from its arrival to its answer, refused or not."""
        stamp, route = request[STAMP], request.path.split("/")[2]
        send = self.log.arrive(request.match_info["instance"], route, stamp.first_byte, stamp.connection)
        answer = Answer(500, None, cut="before", error="stopped")
        left = None
        try:
            try:
                answer = await self._send_answer(request, send)
            except Refused as refusal:
                answer = Answer(refusal.status, refusal.body, error=refusal.body)
            left = stamp.lost  # before a cut: afterwards it would be us who ended the connection
            response = await respond(request, answer)
            left = left if answer.cut else stamp.lost
            return response
        finally:
            self.log.answer(send, None if answer.cut else answer.status, answer.error, left=left)

    async def _send_answer(self, request: web.Request, send: Send) -> Answer:
        body = await read_body(request)
        send.number, send.text = str(body.get("number", "")), str(body.get("text", body.get("caption", "")))
        send.media = None if body.get("media") is None else _short(str(body["media"]))
        send.media_type, send.file_name = body.get("mediatype"), body.get("fileName")
        instead, name = await self._spoiled(request)
        if instead:
            send.fault = name
            return instead
        instance = self._instance(request)
        read = content.text_content if send.route == "sendText" else content.media_content
        return await self._sender.send(instance, read(body, cloud=instance.cloud), send)


async def respond(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Write an answer to its last byte, or close the connection under the client."""
    if isinstance(answer.body, str):  # a proxy's page
        headers = {"Server": "nginx", "Content-Type": "text/html"}
        response = web.Response(body=answer.body.encode(), status=answer.status, headers=headers)
    else:
        response = web.json_response(answer.body, status=answer.status)
    if answer.cut == "during":
        return await _half(request, response)
    if answer.cut and request.transport is not None:
        request.transport.abort()
    with contextlib.suppress(ConnectionError):  # the client is gone, or was thrown out
        await response.prepare(request)
        await response.write_eof()
    return response


async def _half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """The head of an answer and half of its body, then the end of the connection."""
    body = whole.body
    written = bytes(body) if isinstance(body, bytes | bytearray) else b""
    half = web.StreamResponse(status=whole.status, headers=whole.headers)
    half.content_length = len(written)
    with contextlib.suppress(ConnectionError):
        await half.prepare(request)
        await half.write(written[: len(written) // 2])
    if request.transport is not None:
        request.transport.abort()
    return half


def _short(media: str) -> str:
    """A URL as it is, a file as its hash."""
    return media if len(media) <= 200 else f"sha256:{hashlib.sha256(media.encode()).hexdigest()}"


async def read_body(request: web.Request) -> dict[str, Any]:
    """The JSON object or the multipart form of a request. Malformed JSON is refused before any guard looks."""
    if request.content_type.startswith("multipart/"):
        return await _read_form(request)
    raw = await request.read()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise envelope(400, str(error), "Internal Server Error") from error
    if not isinstance(body, dict):
        raise bad_request("Invalid body")
    return body


async def _read_form(request: web.Request) -> dict[str, Any]:
    body: dict[str, Any] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.name == "file":
            body["media"] = base64.b64encode(await part.read()).decode()
            body.setdefault("fileName", part.filename)
            body.setdefault("mimetype", part.headers.get("Content-Type"))
        else:
            body[part.name] = await part.text()
    if isinstance(body.get("delay"), str) and body["delay"].isdigit():
        body["delay"] = int(body["delay"])
    return body
