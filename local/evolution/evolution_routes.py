"""Evolution's routes and guards. Source: Evolution API 2.3.7 and 2.4.0, src/api/routes, src/api/guards."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from local.evolution import content
from local.evolution.answers import Answer, respond, spoil
from local.evolution.bodies import read_body
from local.evolution.errors import (
    ErrorResponse,
    bad_request_without_response,
    envelope,
    not_found,
    schema_error,
    unauthorized,
)
from local.evolution.faults import ANY
from local.evolution.instance import Instance
from local.evolution.jid import create_jid
from local.evolution.records import Send
from local.evolution.request_times import CONNECTION
from local.evolution.simulator import Simulator
from local.evolution.webhook_config import EVENTS

type InstanceHandler = Callable[[Instance, Mapping[str, Any]], Awaitable[web.StreamResponse] | web.StreamResponse]


def routes(simulator: Simulator, api_key: str) -> list[web.RouteDef]:
    """The routes of Evolution API that Hidra may call, opened by the global key or an instance's token."""
    return _EvolutionRoutes(simulator, api_key).all()


class _EvolutionRoutes:
    def __init__(self, simulator: Simulator, api_key: str) -> None:
        self._simulator = simulator
        self._instances = simulator.instances
        self._api_key = api_key

    def all(self) -> list[web.RouteDef]:
        guarded, instances = self._guarded, self._instances
        return [
            web.get("/", self._welcome),
            web.post("/instance/create", self._create),
            web.get("/instance/fetchInstances", self._fetch),
            guarded("GET", "/instance/connectionState", lambda i, _: web.json_response(i.state_json())),
            guarded("GET", "/instance/connect", lambda i, _: web.json_response(instances.connect(i))),
            guarded("POST", "/instance/restart", lambda i, _: web.json_response(instances.restart(i))),
            guarded("DELETE", "/instance/logout", lambda i, _: web.json_response(instances.logout(i))),
            guarded("DELETE", "/instance/delete", lambda i, _: web.json_response(instances.delete(i))),
            guarded("POST", "/chat/whatsappNumbers", self._numbers),
            guarded("POST", "/chat/findContacts", lambda i, b: web.json_response(i.contacts.find(b))),
            guarded("POST", "/chat/findMessages", lambda i, b: web.json_response(i.messages.find(b))),
            guarded("POST", "/chat/findStatusMessage", self._statuses),
            guarded("POST", "/webhook/set", self._set_webhook),
            guarded("GET", "/webhook/find", lambda i, _: web.json_response(i.webhook_json())),
            web.post("/message/sendText/{instance}", self._send),
            web.post("/message/sendMedia/{instance}", self._send),
        ]

    async def _welcome(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "status": 200,
                "message": "Welcome to the Evolution API, it is working!",
                "version": self._simulator.version.number,
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
        instance = self._instances.by_name.get(name)
        if instance is None:
            raise not_found(f'The "{name}" instance does not exist')
        if not self._is_global(request) and request.headers.get("apikey") != instance.token:
            raise unauthorized()
        return instance

    def _guarded(self, method: str, path: str, handle: InstanceHandler) -> web.RouteDef:
        """A route of one instance with its guards; the handler gets the instance and the body."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            body = await read_body(request)
            instead, _ = await self._spoiled(request)
            if instead:
                return await respond(request, instead)
            answer = handle(self._instance(request), body)
            return answer if isinstance(answer, web.StreamResponse) else await answer

        return web.route(method, f"{path}/{{instance}}", guarded)

    async def _spoiled(self, request: web.Request) -> tuple[Answer | None, str | None]:
        """The answer of a fault armed for every route, and its name; checked before all guards.

        There is no such answer where the fault leaves it to Evolution and only keeps the client waiting.
        """
        fault = self._simulator.faults.answer_fault((request.match_info["instance"], ANY), scope="all")
        if fault is None:
            return None, None
        instead = await spoil(fault, self._simulator.clock)
        return (None if fault.status is None and fault.cut is None else instead), fault.name

    async def _create(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        self._instances.refuse_name_in_use(body.get("instanceName"))
        if not self._is_global(request):
            raise unauthorized()
        return web.json_response(self._instances.create(body), status=201)

    async def _fetch(self, request: web.Request) -> web.Response:
        """All rows with the global key, its own with an instance's token, whatever the number then.

        With the global key a number is answered by the first row that has it.
        """
        rows = list(self._instances.by_name.values())
        name, row_id = request.query.get("instanceName"), request.query.get("instanceId")
        number = request.query.get("number")
        if not self._is_global(request):
            rows, number = [row for row in rows if row.token == request.headers.get("apikey")], None
            if not rows:
                raise unauthorized()
        elif number:
            rows = [row for row in [self._instances.of_number(number)] if row]
        found = [
            row.row()
            for row in rows
            if name in (None, row.name) and row_id in (None, row.id) and number in (None, row.number)
        ]
        if not found and (name or row_id or number):
            raise not_found(f'Instance "{name or row_id or number}" not found')
        return web.json_response(found)

    def _numbers(self, instance: Instance, body: Mapping[str, Any]) -> web.Response:
        """Which numbers are on WhatsApp, not in the order of the request: broadcast, groups, users."""
        numbers = body.get("numbers")
        if isinstance(numbers, list) and not numbers:
            raise bad_request_without_response(["numbers does not meet minimum length of 1"])
        if instance.cloud:
            raise bad_request_without_response("Method not available on WhatsApp Business API")
        if not isinstance(numbers, list) or not instance.connected_once:
            raise ErrorResponse(400, {})
        if instance.state != "open":
            payload = {"statusCode": 428, "error": "Precondition Required", "message": "Connection Closed"}
            output = {"statusCode": 428, "payload": payload, "headers": {}}
            raise ErrorResponse(400, {"data": None, "isBoom": True, "isServer": False, "output": output})
        rows = []
        for number in map(str, numbers):
            jid = create_jid(number)
            group = jid.endswith("@g.us")
            exists = group or jid.endswith("@broadcast") or self._simulator.phones.behaviour(number).registered
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
        known = (*EVENTS, *self._simulator.version.events)
        for place, event in enumerate(hook["events"]):
            if event not in known:
                raise schema_error(f"webhook.events[{place}] is not one of enum values: {','.join(known)}")
        self._instances.set_webhook(instance, hook)
        return web.json_response(instance.webhook_json(), status=201)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        """Both routes to send. Every request is logged from its arrival to its answer, also if it is refused."""
        connection, route, log = request[CONNECTION], request.path.split("/")[2], self._simulator.log
        send = log.arrive(request.match_info["instance"], route, connection.first_byte, connection.number)
        answer = Answer(500, None, cut="before", error="stopped")
        left = None
        try:
            try:
                answer = await self._send_answer(request, send)
            except ErrorResponse as error:
                answer = Answer(error.status, error.body, error=error.body)
            left = connection.lost  # read before a cut, which ends the connection too
            response = await respond(request, answer)
            left = left if answer.cut else connection.lost
            return response
        finally:
            log.answer(send, None if answer.cut else answer.status, answer.error, left=left)

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
        return await self._simulator.sender.send(instance, read(body, cloud=instance.cloud), send)


def _short(media: str) -> str:
    """A URL as it is, a file as its hash."""
    return media if len(media) <= 200 else f"sha256:{hashlib.sha256(media.encode()).hexdigest()}"
