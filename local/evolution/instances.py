"""What happens to instances, and the events emitted about it. Source: Evolution API 2.3.7, instance.controller.ts."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from local.evolution import qr
from local.evolution.clock import Clock, iso
from local.evolution.errors import bad_request, envelope, schema_error
from local.evolution.instance import BAILEYS, CLOUD, Instance
from local.evolution.jid import Ids, digits_of
from local.evolution.versions import V2_3_7, Version
from local.evolution.webhook_config import EVENTS, WebhookConfig
from local.evolution.webhooks import Webhooks

OWN_NUMBER = "551140000000"
_SETTINGS: Mapping[str, Any] = {
    "rejectCall": False,
    "msgCall": "",
    "groupsIgnore": False,
    "alwaysOnline": False,
    "readMessages": False,
    "readStatus": False,
    "syncFullHistory": False,
    "wavoipToken": "",
}
TIMED_OUT = 408
_REASONS = {
    401: "Intentional Logout",
    403: "Forbidden",
    402: "Payment Required",
    406: "Not Acceptable",
    TIMED_OUT: "Request Time-out",
}


class Instances:
    """All instances of the server by name."""

    def __init__(
        self, webhooks: Webhooks, *, clock: Clock, ids: Ids, scan_after: float | None = None, version: Version = V2_3_7
    ) -> None:
        self._version = version
        self._webhooks = webhooks
        self._clock = clock
        self._ids = ids
        self._scan_after = scan_after
        self.by_name: dict[str, Instance] = {}

    def refuse_name_in_use(self, name: Any) -> None:
        """403 for a name in use, and for a missing name once there is any instance."""
        if name in self.by_name or (name is None and self.by_name):
            raise envelope(403, [f'This name "{"undefined" if name is None else name}" is already in use.'])

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body of create's 201. The `hash` of a Cloud API instance is Meta's token as given."""
        name, number, token = body.get("instanceName"), body.get("number"), body.get("token")
        if not isinstance(name, str) or not name:
            raise schema_error('instance requires property "instanceName"')
        if number is not None and not re.match(r"\d+[.@\w-]+", str(number)):
            raise schema_error('number does not match pattern "^\\\\d+[\\\\.@\\\\w-]+"')
        integration = body.get("integration")
        if integration not in (BAILEYS, CLOUD):
            raise bad_request("Invalid integration")
        if integration == CLOUD:
            for field_name in ("token", "number"):
                if not body.get(field_name):
                    raise bad_request(f"{field_name} is required")
        settings = {name: body.get(name, default) for name, default in _SETTINGS.items()}
        instance = Instance(
            name=name,
            id=self._ids.uuid(),
            integration=str(integration),
            token=str(token or self._ids.uuid().upper()),
            number=None if number is None else str(number),
            business_id=body.get("businessId"),
            created_at=iso(self._clock.now()),
            settings=settings,
            state="open" if integration == CLOUD else "close",
        )
        hook = body.get("webhook") or {}
        if hook:
            if not isinstance(hook.get("events"), list):
                raise bad_request("Cannot read properties of undefined (reading 'length')")
            self.set_webhook(instance, hook)
        self.by_name[name] = instance
        self._webhooks.emit(instance, "instance.create", {"instanceName": name, "instanceId": instance.id})
        qrcode = {"qrcode": self._offer_code(instance)} if body.get("qrcode") and not instance.cloud else {}
        return {
            "instance": {
                "instanceName": name,
                "instanceId": instance.id,
                "integration": instance.integration,
                "webhookWaBusiness": f"{self._webhooks.server_url}/webhook/meta" if instance.cloud else None,
                "accessTokenWaBusiness": "evolution" if instance.cloud else "",
                "status": instance.state,
            },
            "hash": instance.token,
            "webhook": instance.webhook.created_json() if instance.webhook else {},
            "websocket": {},
            "rabbitmq": {},
            "nats": {},
            "sqs": {},
            "settings": settings,
        } | qrcode

    def set_webhook(self, instance: Instance, hook: Mapping[str, Any]) -> WebhookConfig:
        """Replace the instance's webhook; `events: []` subscribes to all of them, `enabled: false` to none."""
        enabled, events, now = bool(hook.get("enabled", True)), list(hook["events"]), iso(self._clock.now())
        old = instance.webhook
        instance.webhook = WebhookConfig(
            url=str(hook.get("url", "")),
            row_id=old.row_id if old else self._ids.row(),
            created_at=old.created_at if old else now,
            updated_at=now,
            enabled=enabled,
            events=(events or list(EVENTS)) if enabled else [],
            headers={str(name): str(value) for name, value in (hook.get("headers") or {}).items()},
            by_events=bool(hook.get("byEvents", False)),
            base64=bool(hook.get("base64", False)),
        )
        return instance.webhook

    def connect(self, instance: Instance) -> dict[str, Any]:
        """The body of connect: the state if open, else a code to scan; nothing for a closed Cloud API instance."""
        if instance.state == "open":
            return instance.state_json()
        return {} if instance.cloud else self._offer_code(instance)

    def _offer_code(self, instance: Instance) -> dict[str, Any]:
        instance.state = "connecting"
        instance.codes += 1
        text = f"2@{self._ids.row()}"
        pairing = f"{self._ids.phone()[2:10]}" if instance.number else None
        code = {"pairingCode": pairing, "code": text, "base64": qr.data_url(text)}
        self._emit_state(instance, 200)
        self._webhooks.emit(instance, "qrcode.updated", {"qrcode": {"instance": instance.name} | code})
        if self._scan_after is not None and instance.codes == 1:
            self._webhooks.spawn(self.scan_later(instance, self._scan_after, None))
        return {"count": instance.codes} | code

    async def scan_later(self, instance: Instance, seconds: float, number: str | None) -> None:
        """A phone scans the code after a while."""
        await self._clock.sleep(seconds)
        self.scan(instance, number)

    def scan(self, instance: Instance, number: str | None = None) -> None:
        """A phone scans the code: the instance opens and emits that."""
        own = digits_of(number or instance.number or OWN_NUMBER)
        instance.sender = instance.sender if number is None and instance.sender else f"{own}@s.whatsapp.net"
        instance.state, instance.connected_once, instance.codes, instance.disconnection = "open", True, 0, None
        self._emit_open(instance)

    def restart(self, instance: Instance) -> dict[str, Any]:
        """Reconnect; a closed instance answers an error with HTTP 200."""
        if instance.state == "close":
            return {"error": True, "message": "[object Object]"}
        if not instance.cloud and instance.state == "open":
            self._emit_state(instance, 200, state="connecting")
            self._emit_open(instance)
        return self.connect(instance)

    def restart_server(self) -> None:
        """Start again: Cloud API instances are open, whatever they were; others reconnect unless they were closed."""
        for instance in self.by_name.values():
            if instance.cloud:
                instance.state = "open"
            else:
                self.restart(instance)

    def of_number(self, number: str) -> Instance | None:
        """The first Cloud API instance with this phone number id: every status of the number is taken for its own.

        Source: whatsapp.business.service.ts and meta.controller.ts, which find one row by the number.
        """
        return next((each for each in self.by_name.values() if each.cloud and each.number == number), None)

    def logout(self, instance: Instance) -> dict[str, Any]:
        """Close the instance. On the Cloud API this emits no event, and sends continue to work."""
        if instance.state != "close":
            self.disconnect(instance, 401)
        elif not self._version.logs_out_twice:
            raise bad_request(f'The "{instance.name}" instance is not connected')
        return {"status": "SUCCESS", "error": False, "response": {"message": "Instance logged out"}}

    def disconnect(self, instance: Instance, reason: int, order: Sequence[str] = ()) -> None:
        """WhatsApp ends the connection: 401 logged out, 403 banned, 402, 406; from 2.4 on also 408, a timeout.

        Before 2.4 Baileys reconnects after a timeout, which shows as connecting and open.

        Evolution emits two or three events about it in no fixed order. Those named in `order` come first, each
        attempted before the next is posted.
        """
        if reason == TIMED_OUT and not self._version.closes_after_timeout and not instance.cloud:
            self._emit_state(instance, 200, state="connecting")
            self._emit_open(instance)
            return
        instance.state = "close"
        if instance.cloud:
            return
        at, text = iso(self._clock.now()), _REASONS.get(reason, "Connection Failure")
        payload = {"statusCode": reason, "error": text, "message": text}
        output = {"statusCode": reason, "payload": payload, "headers": {}}
        boom = {"data": None, "isBoom": True, "isServer": False, "output": output}
        instance.disconnection = (reason, json.dumps({"error": boom, "date": at}), at)
        data: dict[str, Any] = {"instance": instance.name, "status": "closed", "disconnectionAt": at}
        data |= {"disconnectionReasonCode": reason, "disconnectionObject": instance.disconnection[1]}
        state = {"instance": instance.name, "state": instance.state, "statusReason": reason}
        events: dict[str, Any] = {"logout.instance": None} if reason == 401 else {}
        events |= {"connection.update": state, "status.instance": data}
        if not order:
            for event, event_data in events.items():
                self._webhooks.emit(instance, event, event_data)
            return
        first = [name for name in order if name in events]
        rest = [name for name in events if name not in first]
        self._webhooks.spawn(self._emit_in_order(instance, {name: events[name] for name in first + rest}))

    async def _emit_in_order(self, instance: Instance, events: Mapping[str, Any]) -> None:
        for event, data in events.items():
            await self._webhooks.emit(instance, event, data).wait()

    def delete(self, instance: Instance) -> dict[str, Any]:
        """Log the instance out, then forget it and its messages."""
        if instance.state != "close":
            self.disconnect(instance, 401)
        self._webhooks.emit(instance, "remove.instance", None)
        del self.by_name[instance.name]
        instance.webhook = None
        return {"status": "SUCCESS", "error": False, "response": {"message": "Instance deleted"}}

    def _emit_state(self, instance: Instance, reason: int, *, state: str | None = None) -> None:
        data = {"instance": instance.name, "state": state or instance.state, "statusReason": reason}
        self._webhooks.emit(instance, "connection.update", data)

    def _emit_open(self, instance: Instance) -> None:
        data = {"instance": instance.name, "wuid": instance.sender, "profileName": "Loja", "profilePictureUrl": None}
        self._webhooks.emit(instance, "connection.update", data | {"state": "open", "statusReason": 200})
