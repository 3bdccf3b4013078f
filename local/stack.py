"""Hidra on this machine: database, token issuer, Evolution simulator, and AWS with the application deployed."""

import base64
import contextlib
import json
import os
import secrets
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from nacl.public import PrivateKey
from psycopg.conninfo import conninfo_to_dict

from local import emulator, foreign_database, issuer
from local.database import Database
from local.emulator import Cloud
from local.processes import (
    Child,
    Identity,
    LocalError,
    clean_environment,
    make_folder,
    printed_url,
    remove_folder,
)

ROOT = Path(__file__).resolve().parent.parent

# Each running function is a process here, and its start costs half a second of a core: a burst of webhooks or tickets
# must not start dozens at once.
SENDERS = 20
WEBHOOKS_AT_ONCE = 6

type Report = Callable[[str], None]


@dataclass
class Stack:
    """A stack and its addresses. `running` is for tests and the demo; named_stacks.py has those in the background.

    `database` is the embedded server if this process owns it. It is None with DATABASE_URL, and for a stack that
    another process started.
    """

    name: str
    folder: Path
    aws_endpoint: str = ""
    issuer_url: str = ""
    evolution_url: str = ""
    evolution_api_key: str = ""
    database_url: str = ""  # the owner's
    login_prefix: str = "hidra"
    parameters: dict[str, str] = field(default_factory=dict)
    started: float = field(default_factory=time.time)
    processes: dict[str, Child | Identity] = field(default_factory=dict)
    database: Database | None = None
    database_folder: Path | None = None

    @classmethod
    @contextlib.contextmanager
    def running(cls, name: str = "scratch", **options: Any) -> Iterator[Self]:
        """A stack in a temporary folder, with the options of `start`; always stopped and removed at the end."""
        stack = cls.start(name, folder=make_folder(f"hidra-{name}-"), **options)
        try:
            yield stack
        finally:
            stack.stop()

    @classmethod
    def start(
        cls,
        name: str,
        *,
        folder: Path,
        root: Path = ROOT,
        port: int = 0,
        parameters: Mapping[str, str] | None = None,
        enforce_rights: bool = True,
        durable: bool = False,
        report: Report = lambda _: None,
    ) -> Self:
        """Start everything and deploy the sources under `root`, in some five seconds. Raises LocalError.

        `stop` removes `folder`. `port` is the API's (0: a free one), `parameters` override the template's,
        `enforce_rights` checks every call of a function against its role, `durable` keeps the database's fsync on.
        DATABASE_URL, or EVOLUTION_URL with EVOLUTION_API_KEY, in the environment replace the embedded database
        and the simulator.
        """
        stack = cls(name, folder)
        try:
            stack._start_processes(port, enforce_rights, durable, report)
            stack.parameters = stack._deployment() | dict(parameters or {})
            stack.deploy(root, report)
        except BaseException:
            stack.stop()
            raise
        return stack

    @property
    def api_url(self) -> str:
        return self.cloud.api_url

    @cached_property
    def cloud(self) -> Cloud:
        return Cloud(self.aws_endpoint)

    def deploy(self, root: Path = ROOT, report: Report = lambda _: None) -> bool:
        """Deploy the sources as they are now; False if nothing has changed."""
        with _reported(report, "Deploy") as set_result:
            changed = self.cloud.deploy(root, self.parameters)
            set_result(self.api_url if changed else "nothing has changed")
        return changed

    def token(
        self,
        *,
        sub: str | None = None,
        email: str | None = None,
        name: str | None = None,
        groups: Sequence[str] = (),
        lifetime: int | None = None,
    ) -> str:
        """A bearer token for the fixed local user, or for the one given; `lifetime` in seconds, a day by default."""
        request = {"sub": sub, "email": email, "name": name, "groups": list(groups), "lifetime": lifetime}
        body = json.dumps({key: value for key, value in request.items() if value is not None}).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.issuer_url}/token", data=body, timeout=10) as answer:
            return str(json.load(answer)["access_token"])

    def invoke(self, function: str, payload: object = None) -> Any:
        """Call a function by its folder's name and wait for its answer. Raises FunctionFailed."""
        return self.cloud.invoke(function, payload or {})

    def warm(self, function: str, processes: int) -> None:
        """Start so many processes of a queue's or stream's function now, so that none has to start under load."""
        with ThreadPoolExecutor(processes) as threads:
            list(threads.map(lambda _: self.invoke(function, {"Records": []}), range(processes)))

    def logs(self, function: str) -> list[str]:
        """The lines that the function wrote, oldest first."""
        return self.cloud.logs(function)

    def stop(self) -> None:
        """Stop the processes in the reverse order of their start, and remove what they leave."""
        for name in reversed([name for name in self.processes if name != "PostgreSQL"]):
            self.processes.pop(name).stop(patience=5)
        if self.database_url and not self.database_folder:
            foreign_database.drop_logins(self.database_url, self.login_prefix)
        if self.database:
            self.database.close()
        elif "PostgreSQL" in self.processes:
            self.processes["PostgreSQL"].stop(patience=5)
        self.processes.clear()
        if self.database_folder:
            remove_folder(self.database_folder)
        remove_folder(self.folder)

    def _start_processes(self, port: int, enforce_rights: bool, durable: bool, report: Report) -> None:
        """Start all of them, then wait for each: their starts overlap."""
        with _reported(report, "Processes started"):
            aws, cloud = emulator.spawn(self.folder, port=port, enforce_rights=enforce_rights)
            self.processes["AWS emulator"] = aws
            tokens = self._spawn("token issuer", "local.issuer", "--audience", issuer.AUDIENCE)
            simulator = self._spawn_simulator()
        with _reported(report, "Database") as set_result:
            self._open_database(durable)
            set_result(_without_password(self.database_url))
        with _reported(report, "Token issuer") as set_result:
            self.issuer_url = printed_url(tokens)
            set_result(self.issuer_url)
        with _reported(report, "Evolution") as set_result:
            if simulator:
                self.evolution_url = printed_url(simulator)
            set_result(self.evolution_url)
        with _reported(report, "AWS emulator") as set_result:
            emulator.wait(aws, cloud)
            self.aws_endpoint = cloud.endpoint
            set_result(self.aws_endpoint)

    def _spawn(self, name: str, module: str, *options: str) -> Child:
        log = self.folder / (name.replace(" ", "-") + ".log")
        command = [sys.executable, "-m", module, "--port", "0", *options]
        child = Child(f"The {name}", command, log=log, env=clean_environment(), cwd=ROOT)
        self.processes[name] = child
        return child

    def _spawn_simulator(self) -> Child | None:
        if url := os.environ.get("EVOLUTION_URL"):
            self.evolution_url, self.evolution_api_key = url.rstrip("/"), os.environ.get("EVOLUTION_API_KEY", "")
            if not self.evolution_api_key:
                raise LocalError(
                    "EVOLUTION_URL is set, but EVOLUTION_API_KEY is not. Set both, or neither for the simulator."
                )
            return None
        self.evolution_api_key = secrets.token_hex(16)
        options = ("--api-key", self.evolution_api_key, "--webhooks-at-once", str(WEBHOOKS_AT_ONCE))
        return self._spawn("Evolution simulator", "local.evolution", *options)

    def _open_database(self, durable: bool) -> None:
        if url := os.environ.get("DATABASE_URL"):
            foreign_database.check(url)
            # Logins belong to the server: two stacks on one server must not change the passwords of each other's.
            self.login_prefix = f"hidra_{secrets.token_hex(4)}"
            self.database_url = url
            return
        self.database = Database.launch(durable=durable)
        self.database_folder = self.database.folder
        self.database_url = self.database.url
        self.processes["PostgreSQL"] = self.database.child

    def _deployment(self) -> dict[str, str]:
        """The template's parameters for this stack."""
        place = conninfo_to_dict(self.database_url)
        owner = {"username": place["user"], "password": place.get("password", "")}
        key = PrivateKey.generate()
        return {
            "DatabaseHost": str(place["host"]),
            "DatabasePort": str(place.get("port", 5432)),
            "DatabaseName": str(place["dbname"]),
            "DatabaseSslMode": str(place.get("sslmode", "prefer")) if self.database is None else "disable",
            "DatabaseOwnerSecretArn": self.cloud.create_secret("hidra-database-owner", json.dumps(owner)),
            "LoginPrefix": self.login_prefix,
            "JwtIssuer": self.issuer_url,
            "JwtAudience": issuer.AUDIENCE,
            "VaultPublicKeys": json.dumps({"k1": base64.b64encode(bytes(key.public_key)).decode()}),
            "VaultPrivateKeys": json.dumps({"k1": base64.b64encode(bytes(key)).decode()}),
            "PublicUrl": self.api_url,
            "AllowPrivateAddresses": "true",
            "ApiDocs": "true",
            "SenderConcurrency": str(SENDERS),
        }


@contextlib.contextmanager
def _reported(report: Report, step: str) -> Iterator[Callable[[str], None]]:
    """Report one line when the step is done: its name, its duration, and the result that the step sets."""
    began, result = time.monotonic(), [""]
    yield lambda text: result.__setitem__(0, text)
    report(f"{step:<18}{time.monotonic() - began:5.1f} s  {result[0]}".rstrip())


def _without_password(url: str) -> str:
    place = conninfo_to_dict(url)
    return f"{place.get('host')}:{place.get('port', 5432)}/{place.get('dbname')}"
