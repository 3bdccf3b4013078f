"""The routes that drive the simulator, under /_control. No key."""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from local.evolution import presets
from local.evolution.chaos import Chaos
from local.evolution.errors import ErrorResponse
from local.evolution.faults import ANY, AnyFault, Fault, PhoneFault
from local.evolution.instance import Instance
from local.evolution.jid import create_jid
from local.evolution.phones import NAMED, NORMAL, changed, parse_behaviour
from local.evolution.simulator import Simulator


def routes(simulator: Simulator) -> list[web.RouteDef]:
    """Health, phones, faults, chaos, the clock, and what WhatsApp does to instances."""
    control = _ControlRoutes(simulator)
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
        web.post("/_control/restart", control.restart),
        web.post("/_control/instances/{instance}/scan", control.scan),
        web.post("/_control/instances/{instance}/disconnect", control.disconnect),
        web.post("/_control/instances/{instance}/contacts", control.add_contacts),
    ]


class _ControlRoutes:
    def __init__(self, simulator: Simulator) -> None:
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
        script = await _read_object(request)
        behaviour = _parse_or_refuse(lambda: parse_behaviour(script, number))
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
        """Arm a fault. A disconnect that waits for no send happens now or after its `after_seconds`."""
        script = await _read_object(request)
        fault = _parse_or_refuse(lambda: _checked(presets.parse(script)))
        if isinstance(fault, Fault) and fault.disconnect and not fault.after and request.match_info["kind"] != "phones":
            self._disconnect(_subject(request), fault)
        else:
            self._simulator.faults.add(_subject(request), fault)
        return web.json_response(fault.to_json(), status=201)

    def _disconnect(self, name: str, fault: Fault) -> None:
        by_name = self._simulator.instances.by_name
        for instance in list(by_name.values()) if name == ANY else [self._instance_named(name)]:
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
        """Draw faults at random from now on, by a mix that replaces the one before."""
        script, name = await _read_object(request), request.match_info["instance"]
        if not isinstance(script.get("seed"), int) or not isinstance(script.get("rates"), dict):
            raise ErrorResponse(400, {"error": "seed is an integer, rates an object"})
        mix = _parse_or_refuse(lambda: Chaos(name, script["seed"], script["rates"]))
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
        """Let virtual seconds pass; answers once everything due has happened and each post is answered or failed."""
        script, virtual = await _read_object(request), self._simulator.virtual
        if virtual is None:
            raise ErrorResponse(409, {"error": "this simulator has the real clock; start it with --virtual-clock"})
        seconds = _parse_or_refuse(lambda: float(script["advance"]) if "advance" in script else -1.0)
        if not 0 <= seconds < float("inf"):
            raise ErrorResponse(400, {"error": "advance is a number of seconds"})
        await virtual.advance(seconds, self._simulator.webhooks.settled)
        return await self.show_clock(request)

    def _instance(self, request: web.Request) -> Instance:
        return self._instance_named(request.match_info["instance"])

    def _instance_named(self, name: str) -> Instance:
        instance = self._simulator.instances.by_name.get(name)
        if instance is None:
            raise ErrorResponse(404, {"error": "no such instance"})
        return instance

    async def restart(self, _request: web.Request) -> web.Response:
        """Restart the server, as far as it concerns the state of its instances."""
        self._simulator.instances.restart_server()
        return web.json_response({name: each.state for name, each in self._simulator.instances.by_name.items()})

    async def scan(self, request: web.Request) -> web.Response:
        """A phone scans the QR code, at once or `after_seconds`."""
        instance, script = self._instance(request), await _read_object(request)
        seconds, number = float(script.get("after_seconds", 0)), script.get("number")
        if seconds > 0:
            self._simulator.webhooks.spawn(self._simulator.instances.scan_later(instance, seconds, number))
        else:
            self._simulator.instances.scan(instance, number)
        return web.json_response(instance.state_json(), status=201)

    async def disconnect(self, request: web.Request) -> web.Response:
        """WhatsApp ends the connection: `reason` 401 logged out, 403 banned. `order` orders its events."""
        instance, script = self._instance(request), await _read_object(request)
        order = [str(event) for event in script.get("order", [])]
        self._simulator.instances.disconnect(instance, int(script.get("reason", 401)), order)
        return web.json_response(instance.state_json(), status=201)

    async def add_contacts(self, request: web.Request) -> web.Response:
        """Give the instance `contacts`: `remoteJid` of each, optionally `pushName` and `profilePicUrl`."""
        instance, script = self._instance(request), await _read_object(request)
        ids, clock = self._simulator.ids, self._simulator.clock
        contacts = script.get("contacts")
        if not isinstance(contacts, list) or not all(isinstance(row, dict) and "remoteJid" in row for row in contacts):
            raise ErrorResponse(400, {"error": "contacts is a list of objects with remoteJid"})
        instance.contacts.add(instance.id, contacts, ids=ids, clock=clock)
        return web.json_response({"contacts": len(instance.contacts)}, status=201)


def _subject(request: web.Request) -> str:
    """The name under which faults are armed: an instance's, or a phone's address."""
    subject = request.match_info["subject"]
    return create_jid(subject) if request.match_info["kind"] == "phones" else subject


def _checked(fault: AnyFault) -> AnyFault:
    if isinstance(fault, PhoneFault):
        changed(NORMAL, fault.phone)
    return fault


async def _read_object(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    try:
        script = json.loads(raw) if raw else {}
    except ValueError as error:
        raise ErrorResponse(400, {"error": str(error)}) from error
    if not isinstance(script, dict):
        raise ErrorResponse(400, {"error": "the body is not an object"})
    return script


def _parse_or_refuse[Parsed](parse: Callable[[], Parsed]) -> Parsed:
    try:
        return parse()
    except (ValueError, TypeError) as error:
        raise ErrorResponse(400, {"error": str(error)}) from error
