"""The simulator's own routes: scripts under /_control, its account of what happened under /_log. No key."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web

from local.evolution import presets
from local.evolution.chaos import Chaos
from local.evolution.errors import Refused
from local.evolution.faults import ANY, AnyFault, Fault, PhoneFault
from local.evolution.instances import Instance
from local.evolution.jid import create_jid
from local.evolution.log import Send, Webhook
from local.evolution.phones import NAMED, NORMAL, changed, parse_behaviour

if TYPE_CHECKING:  # the server builds these routes
    from local.evolution.server import Simulator

_PAGE = 1000
_MAX_PAGE = 10_000
_SLICE = 20


def routes(simulator: "Simulator") -> list[web.RouteDef]:
    """All routes that Evolution does not have."""
    control = _Control(simulator)
    return [
        web.get("/_control/health", control.health),
        web.get("/_control/behaviours", control.behaviours),
        web.get("/_control/phones/{number}", control.show_phone),
        web.post("/_control/phones/{number}", control.script_phone),
        web.delete("/_control/phones/{number}", control.forget_phone),
        web.get("/_control/presets", control.presets),
        web.get("/_control/{kind:phones|instances}/{subject}/faults", control.show_faults),
        web.post("/_control/{kind:phones|instances}/{subject}/faults", control.add_fault),
        web.delete("/_control/{kind:phones|instances}/{subject}/faults", control.clear_faults),
        web.get("/_control/instances/{instance}/chaos", control.show_chaos),
        web.put("/_control/instances/{instance}/chaos", control.set_chaos),
        web.delete("/_control/instances/{instance}/chaos", control.end_chaos),
        web.get("/_control/clock", control.show_clock),
        web.post("/_control/clock", control.advance_clock),
        web.post("/_control/instances/{instance}/scan", control.scan),
        web.post("/_control/instances/{instance}/disconnect", control.disconnect),
        web.post("/_control/instances/{instance}/contacts", control.learn_contacts),
        web.get("/_log/messages", control.messages),
        web.get("/_log/webhooks", control.webhooks),
        web.get("/_log/summary", control.summary),
        web.delete("/_log", control.clear_log),
    ]


class _Control:
    def __init__(self, simulator: "Simulator") -> None:
        self._simulator = simulator

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def behaviours(self, _request: web.Request) -> web.Response:
        return web.json_response({name: behaviour.to_json() for name, behaviour in NAMED.items()})

    async def show_phone(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        return web.json_response(self._simulator.phones.behaviour(number).to_json())

    async def script_phone(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        script = await _object(request)
        behaviour = _understood(lambda: parse_behaviour(script, number))
        self._simulator.phones.script(number, behaviour)
        self._simulator.faults.clear(create_jid(number))
        if behaviour.fault:
            self._simulator.faults.add(create_jid(number), behaviour.fault)
        return web.json_response(behaviour.to_json(), status=201)

    async def forget_phone(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        self._simulator.phones.forget(number)
        self._simulator.faults.clear(create_jid(number))
        return web.json_response(self._simulator.phones.behaviour(number).to_json())

    async def presets(self, _request: web.Request) -> web.Response:
        return web.json_response({name: presets.parse(name).to_json() for name in presets.PRESETS})

    async def show_faults(self, request: web.Request) -> web.Response:
        return web.json_response(self._simulator.faults.armed(_subject(request)))

    async def add_fault(self, request: web.Request) -> web.Response:
        """Arm a fault; the end of a connection that waits for no send happens by itself."""
        script = await _object(request)
        fault = _understood(lambda: _checked(presets.parse(script)))
        if isinstance(fault, Fault) and fault.disconnect and not fault.after and request.match_info["kind"] != "phones":
            self._disconnect(_subject(request), fault)
        else:
            self._simulator.faults.add(_subject(request), fault)
        return web.json_response(fault.to_json(), status=201)

    def _disconnect(self, name: str, fault: Fault) -> None:
        by_name = self._simulator.instances.by_name
        for instance in list(by_name.values()) if name == ANY else [self._named(name)]:
            if fault.after_seconds:
                self._simulator.webhooks.spawn(self._disconnect_later(instance, fault))
            else:
                self._simulator.instances.disconnect(instance, fault.disconnect or 401, fault.order)

    async def _disconnect_later(self, instance: Instance, fault: Fault) -> None:
        await self._simulator.clock.sleep(fault.after_seconds)
        self._simulator.instances.disconnect(instance, fault.disconnect or 401, fault.order)

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._simulator.faults.clear(_subject(request))
        return web.json_response([])

    async def show_chaos(self, request: web.Request) -> web.Response:
        mix = self._simulator.faults.mixes.get(request.match_info["instance"])
        return web.json_response(mix and mix.to_json())

    async def set_chaos(self, request: web.Request) -> web.Response:
        """Faults drawn at random from now on; the mix before is gone."""
        script, name = await _object(request), request.match_info["instance"]
        if not isinstance(script.get("seed"), int) or not isinstance(script.get("rates"), dict):
            raise Refused(400, {"error": "seed is an integer, rates an object"})
        mix = _understood(lambda: Chaos(name, script["seed"], script["rates"]))
        self._simulator.faults.mixes[name] = mix
        return web.json_response(mix.to_json())

    async def end_chaos(self, request: web.Request) -> web.Response:
        self._simulator.faults.mixes.pop(request.match_info["instance"], None)
        return web.json_response(None)

    async def show_clock(self, _request: web.Request) -> web.Response:
        virtual = self._simulator.virtual
        if virtual is None:
            return web.json_response({"virtual": False})
        passed, ahead = virtual.passing(), virtual.ahead()
        return web.json_response({"virtual": True, "passed": passed, "ahead": ahead, "sleeping": virtual.sleeping})

    async def advance_clock(self, request: web.Request) -> web.Response:
        """Let virtual seconds pass; answers once all has happened that fell due, each post answered or failed."""
        script, virtual = await _object(request), self._simulator.virtual
        if virtual is None:
            raise Refused(409, {"error": "the clock is the real one; start with --virtual-clock"})
        seconds = _understood(lambda: float(script["advance"]) if "advance" in script else -1.0)
        if not 0 <= seconds < float("inf"):
            raise Refused(400, {"error": "advance is a number of seconds"})
        await virtual.advance(seconds, self._simulator.webhooks.settled)
        return await self.show_clock(request)

    def _instance(self, request: web.Request) -> Instance:
        return self._named(request.match_info["instance"])

    def _named(self, name: str) -> Instance:
        instance = self._simulator.instances.by_name.get(name)
        if instance is None:
            raise Refused(404, {"error": "no such instance"})
        return instance

    async def scan(self, request: web.Request) -> web.Response:
        """A phone scans the QR code, at once or `after_seconds`."""
        instance, script = self._instance(request), await _object(request)
        seconds, number = float(script.get("after_seconds", 0)), script.get("number")
        if seconds > 0:
            self._simulator.webhooks.spawn(self._simulator.instances.scan_later(instance, seconds, number))
        else:
            self._simulator.instances.scan(instance, number)
        return web.json_response(instance.state_json(), status=201)

    async def disconnect(self, request: web.Request) -> web.Response:
        """WhatsApp ends the connection: `reason` 401 logged out, 403 banned; its events in `order`, if there is one."""
        instance, script = self._instance(request), await _object(request)
        order = [str(event) for event in script.get("order", [])]
        self._simulator.instances.disconnect(instance, int(script.get("reason", 401)), order)
        return web.json_response(instance.state_json(), status=201)

    async def learn_contacts(self, request: web.Request) -> web.Response:
        """WhatsApp tells the instance of `contacts`: each one's `remoteJid`, perhaps `pushName` and `profilePicUrl`."""
        instance, script = self._instance(request), await _object(request)
        ids, clock = self._simulator.ids, self._simulator.clock
        known = script.get("contacts")
        if not isinstance(known, list) or not all(isinstance(each, dict) and "remoteJid" in each for each in known):
            raise Refused(400, {"error": "contacts is a list of objects with remoteJid"})
        instance.contacts.learn(instance.id, known, ids=ids, clock=clock)
        return web.json_response({"contacts": len(instance.contacts)}, status=201)

    async def messages(self, request: web.Request) -> web.Response:
        return await _page(request, "messages", self._simulator.log.sends)

    async def webhooks(self, request: web.Request) -> web.Response:
        return await _page(request, "webhooks", self._simulator.log.webhooks)

    async def summary(self, request: web.Request) -> web.Response:
        return web.json_response(self._simulator.log.totals(request.query.get("instance")).to_json())

    async def clear_log(self, _request: web.Request) -> web.Response:
        self._simulator.log.clear()
        return web.json_response({"status": "ok"})


def _subject(request: web.Request) -> str:
    """The name under which faults are armed: an instance's, or a phone's address."""
    subject = request.match_info["subject"]
    return create_jid(subject) if request.match_info["kind"] == "phones" else subject


def _checked(fault: AnyFault) -> AnyFault:
    if isinstance(fault, PhoneFault):
        changed(NORMAL, fault.phone)
    return fault


async def _object(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    try:
        script = json.loads(raw) if raw else {}
    except ValueError as error:
        raise Refused(400, {"error": str(error)}) from error
    if not isinstance(script, dict):
        raise Refused(400, {"error": "the body is not an object"})
    return script


def _understood[Parsed](parse: Callable[[], Parsed]) -> Parsed:
    try:
        return parse()
    except (ValueError, TypeError) as error:
        raise Refused(400, {"error": str(error)}) from error


async def _page(request: web.Request, name: str, rows: Sequence[Send] | Sequence[Webhook]) -> web.Response:
    """Rows behind `after` (a seq), which is their place: no look at the rest. `next_after` is null at the end."""
    try:
        after = max(0, int(request.query.get("after", 0)))
        limit = min(max(1, int(request.query.get("limit", _PAGE))), _MAX_PAGE)
    except ValueError as error:
        raise Refused(400, {"error": "after and limit are integers"}) from error
    page = rows[after : after + limit]
    written: list[str] = []
    for start in range(0, len(page), _SLICE):
        written.extend(json.dumps(row.to_json()) for row in page[start : start + _SLICE])
        await asyncio.sleep(0)  # a long page must not delay the sends and webhooks whose times are compared
    more = after + len(page) if after + len(page) < len(rows) else None
    text = f'{{"{name}": [{", ".join(written)}], "next_after": {json.dumps(more)}}}'
    return web.Response(text=text, content_type="application/json")
