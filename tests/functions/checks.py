"""A tenant whose connection leads to an instance of the simulator, and the connection_check that looks after it."""

import base64
import importlib
import json
import os
import socket
import urllib.request
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from nacl.public import PrivateKey

from hidra.gateways import vault
from hidra.gateways.aws import SecretVersions
from tests import simulator_process
from tests.conftest import Databases
from tests.functions.api import load
from tests.store.world import World

for name in ("VAULT_SECRET", "WEBHOOK_SECRET", "SEND_QUEUE_URL"):
    os.environ.setdefault(name, "none")
os.environ.setdefault("PUBLIC_URL", "https://hidra.example")

KEY = "global-key"
_PAIR = PrivateKey.generate()
PUBLIC_KEYS = {"k1": base64.b64encode(bytes(_PAIR.public_key)).decode()}
PRIVATE_KEYS = {"k1": base64.b64encode(bytes(_PAIR)).decode()}
MASTERS = {"v1": "old-master", "v2": "new-master"}


class Context(SimpleNamespace):
    function_name = "connection_check"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:connection_check"
    aws_request_id = "request"
    seconds = 90.0

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def number_id(name: str) -> str:
    """A phone number id of this instance alone."""
    return str(1_000_000_000 + zlib.crc32(name.encode()))


class Simulator:
    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"apikey": KEY, "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers)) as answer:
            return json.load(answer)

    def instance(self, *, connected: bool = True, cloud: bool = False, number: str | None = None) -> str:
        name = f"loja-{uuid4().hex[:8]}"
        kind: dict[str, Any] = {"integration": "WHATSAPP-BAILEYS", "qrcode": False}
        if cloud:
            kind = {"integration": "WHATSAPP-BUSINESS", "token": f"meta-{name}", "number": number or number_id(name)}
        self.ask("/instance/create", {"instanceName": name, **kind})
        if connected and not cloud:
            self.ask(f"/_control/instances/{name}/scan", {})
        return name

    def webhook(self, instance: str) -> Any:
        return self.ask(f"/webhook/find/{instance}")

    def received(self, instance: str) -> int:
        return self.ask(f"/_log/summary?instance={instance}")["received"]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with simulator_process.simulator("--api-key", KEY, "--retry-attempts", "1") as url:
        yield Simulator(url)


@pytest.fixture
def app(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = importlib.import_module("functions.connection_check.app")
    versions = SecretVersions(MASTERS, datetime.now(UTC), None)
    monkeypatch.setattr(
        module,
        "ENV",
        {
            "VAULT_SECRET": "vault",
            "WEBHOOK_SECRET": "webhook",
            "PUBLIC_URL": "https://hidra.example/",
            "SEND_QUEUE_URL": "none",
        },
    )
    monkeypatch.setattr(module, "send_recheck", lambda *_: None)
    monkeypatch.setattr(module, "read_json_secret", {"vault": PRIVATE_KEYS}.__getitem__)
    monkeypatch.setattr(module, "read_secret_versions", {"webhook": versions}.__getitem__)
    monkeypatch.setattr(module, "ALLOW_PRIVATE", True)
    monkeypatch.setattr(module, "db", databases.jobs)
    return module


class Tenant:
    """A world whose connection leads to an instance of the simulator."""

    def __init__(self, app: ModuleType, databases: Databases, url: str, instance: str, **world: Any) -> None:
        self.app, self.instance = app, instance
        self.world = World.make(databases, **world)
        self.run = databases.owner.execute
        self.set(base_url=url, instance_name=instance, status="disconnected")
        self.seal(KEY)

    def set(self, **columns: Any) -> None:
        for column, value in columns.items():
            self.run(
                f"update hidra.evolution_api_config set {column} = %s where id = %s",  # type: ignore[arg-type]
                [value, self.world.connection_id],
            )

    def seal(self, key: str, **bound: Any) -> None:
        bound = {"user_id": self.world.user_id, "base_url": self.row["base_url"]} | bound
        self.set(api_key_encrypted=vault.seal(PUBLIC_KEYS, key, **bound))

    @property
    def row(self) -> dict[str, Any]:
        return self.world.one("select * from hidra.evolution_api_config where id = %s", self.world.connection_id)

    def do(self, action: str) -> Any:
        event = load(f"connection_check_{action}") | {"connection_id": str(self.world.connection_id)}
        answer = self.app.handler(event, Context())
        return json.loads(json.dumps(answer))


@pytest.fixture
def tenant(app: ModuleType, databases: Databases, simulator: Simulator) -> Tenant:
    return Tenant(app, databases, simulator.url, simulator.instance())


def now() -> datetime:
    return datetime.now(UTC)


def scheduled(app: ModuleType, seconds: float = 90) -> None:
    context = Context()
    context.seconds = seconds
    assert app.handler(load("connection_check_schedule"), context) is None


def no_server(tenant: Tenant, _: Simulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        tenant.set(base_url=f"http://127.0.0.1:{closed.getsockname()[1]}")
    tenant.seal(KEY)
