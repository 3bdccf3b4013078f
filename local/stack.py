"""Hidra on this machine: database, token issuer, Evolution simulator, and AWS with the application deployed."""

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
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from local import emulator, foreign_database
from local.database import Database, has_data
from local.emulator import Cloud
from local.processes import (
    Child,
    Identity,
    LocalError,
    clean_environment,
    make_folder,
    printed_url,
    remove_folder,
    require_port,
)

ROOT = Path(__file__).resolve().parent.parent

# Each running function is a process here, and its start costs half a second of a core: a burst of webhooks or tickets
# must not start dozens at once.
SENDERS = 4
WEBHOOKS_AT_ONCE = 6
AUDIENCE = "hidra-local"
AWS, DATABASE, ISSUER, SIMULATOR = "AWS emulator", "PostgreSQL", "token issuer", "Evolution simulator"

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
    generated: dict[str, str] = field(default_factory=dict)  # secrets by logical id
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
        data_inside: bool = False,
        aws_command: Sequence[str] = emulator.COMMAND,
        report: Report = lambda _: None,
    ) -> Self:
        """Start everything and deploy the sources under `root`, in some five seconds. Raises LocalError.

        `stop` removes `folder`. `port` is the API's (0: a free one), `parameters` override the template's,
        `enforce_rights` checks every call of a function against its role, `durable` keeps the database's fsync on,
        `data_inside` keeps its data in `folder`, which a restart of the machine does not empty, `aws_command` is run
        as the emulator. DATABASE_URL, or
        EVOLUTION_URL with EVOLUTION_API_KEY, in the environment replace the embedded database and the simulator.
        """
        stack = cls(name, folder)
        try:
            wanted = [AWS, DATABASE, ISSUER, SIMULATOR]
            options = {"durable": durable, "folder": folder if data_inside else None}
            stack._start_processes(wanted, port, options, report, enforce_rights=enforce_rights, command=aws_command)
            stack.parameters = stack._deployment() | dict(parameters or {})
            stack.deploy(root, report)
        except BaseException:
            stack.stop()
            raise
        return stack

    @property
    def api_url(self) -> str:
        return self.cloud.api_url

    @property
    def console_url(self) -> str:
        return f"{self.api_url}/console"

    @cached_property
    def cloud(self) -> Cloud:
        return Cloud(self.aws_endpoint)

    def deploy(self, root: Path = ROOT, report: Report = lambda _: None) -> bool:
        """Deploy the sources as they are now; False if nothing has changed."""
        with _reported(report, "Deploy") as set_result:
            changed = self.cloud.deploy(root, self.parameters, self.generated)
            set_result(self.api_url if changed else "nothing has changed")
        return changed

    def start_again(self, lost: Sequence[str], report: Report = lambda _: None) -> None:
        """Start the lost processes again, on their ports and with the data. Raises LocalError, and then keeps the data.

        A lost emulator needs a deploy afterwards: it keeps nothing.
        """
        for name in lost:
            ended = self.processes.pop(name)
            if isinstance(ended, Identity):
                ended.stop_group()
        try:
            if not self.database_folder:
                foreign_database.check(self.database_url)
            self._start_processes(lost, port_of(self.aws_endpoint), {}, report)
            if AWS in lost:
                self.parameters["DatabaseOwnerSecretArn"] = self._save_owner()
        except BaseException:
            for process in self.processes.values():
                if isinstance(process, Child):
                    process.stop(patience=5)
            raise

    def lacks_data(self) -> bool:
        """Whether the files of its database are gone."""
        return self.database_folder is not None and not has_data(self.database_folder)

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

    def stop(self, *, keep_folder: bool = False) -> None:
        """Stop the processes in the reverse order of their start, and remove what they leave."""
        for name in reversed([name for name in self.processes if name != DATABASE]):
            self.processes.pop(name).stop(patience=5)
        if self.database_url and not self.database_folder:
            foreign_database.drop_logins(self.database_url, self.login_prefix)
        if self.database:
            self.database.close()
        elif DATABASE in self.processes:
            self.processes[DATABASE].stop(patience=5)
        self.processes.clear()
        if self.database_folder:
            remove_folder(self.database_folder)
        if not keep_folder:
            remove_folder(self.folder)

    def _start_processes(
        self, wanted: Sequence[str], port: int, database: Mapping[str, Any], report: Report, **aws: Any
    ) -> None:
        """Start those wanted, then wait for each: their starts overlap."""
        spawned: dict[str, Child] = {}
        with _reported(report, "Processes started"):
            if AWS in wanted:
                child, cloud = emulator.spawn(self.folder, port=port, **aws)
                self.processes[AWS] = child
            if ISSUER in wanted:
                options = ("--audience", AUDIENCE, "--key-file", str(self.folder / "issuer-key.pem"))
                spawned[ISSUER] = self._spawn(ISSUER, "local.issuer", self.issuer_url, *options)
            if SIMULATOR in wanted and (simulator := self._spawn_simulator()):
                spawned[SIMULATOR] = simulator
        if DATABASE in wanted:
            with _reported(report, "Database") as set_result:
                self._open_database(database)
                set_result(_without_password(self.database_url))
        if ISSUER in wanted:
            with _reported(report, "Token issuer") as set_result:
                self.issuer_url = printed_url(spawned[ISSUER])
                set_result(self.issuer_url)
        if SIMULATOR in wanted:
            with _reported(report, "Evolution") as set_result:
                if SIMULATOR in spawned:
                    self.evolution_url = printed_url(spawned[SIMULATOR])
                set_result(self.evolution_url)
        if AWS in wanted:
            with _reported(report, "AWS emulator") as set_result:
                emulator.wait(child, cloud)
                self.aws_endpoint = cloud.endpoint
                set_result(self.aws_endpoint)

    def _spawn(self, name: str, module: str, url: str, *options: str) -> Child:
        """Start a process on the port of its last URL, on a free one without."""
        port = require_port(port_of(url), f"the {name}")
        log = self.folder / (name.replace(" ", "-") + ".log")
        command = [sys.executable, "-m", module, "--port", str(port), *options]
        child = Child(f"The {name}", command, log=log, env=clean_environment(), cwd=ROOT)
        self.processes[name] = child
        return child

    def _spawn_simulator(self) -> Child | None:
        if (url := os.environ.get("EVOLUTION_URL")) and not self.evolution_url:
            self.evolution_url, self.evolution_api_key = url.rstrip("/"), os.environ.get("EVOLUTION_API_KEY", "")
            if not self.evolution_api_key:
                raise LocalError(
                    "EVOLUTION_URL is set, but EVOLUTION_API_KEY is not. Set both, or neither for the simulator."
                )
            return None
        self.evolution_api_key = self.evolution_api_key or secrets.token_hex(16)
        options = ("--api-key", self.evolution_api_key, "--webhooks-at-once", str(WEBHOOKS_AT_ONCE))
        kept = ("--instances-file", str(self.folder / "evolution-instances.json"))
        return self._spawn(SIMULATOR, "local.evolution", self.evolution_url, *options, *kept)

    def _open_database(self, options: Mapping[str, Any]) -> None:
        if self.database_folder:
            self.database = Database.reopen(self.database_folder, port_of(self.database_url))
            self.processes[DATABASE] = self.database.child
            return
        if url := os.environ.get("DATABASE_URL"):
            foreign_database.check(url)
            # Logins belong to the server: two stacks on one server must not change the passwords of each other's.
            self.login_prefix = f"hidra_{secrets.token_hex(4)}"
            self.database_url = url
            self.generated = foreign_database.secrets_of(url)
            return
        self.database = Database.launch(**options)
        self.database_folder = self.database.folder
        self.database_url = self.database.url
        self.processes[DATABASE] = self.database.child

    def _save_owner(self) -> str:
        """Save the owner's login as a secret; returns its ARN."""
        place = conninfo_to_dict(self.database_url)
        owner = {"username": place["user"], "password": place.get("password", "")}
        return self.cloud.create_secret("hidra-database-owner", json.dumps(owner))

    def _deployment(self) -> dict[str, str]:
        """The template's parameters for this stack."""
        place = conninfo_to_dict(self.database_url)
        return {
            "DatabaseHost": str(place["host"]),
            "DatabasePort": str(place.get("port", 5432)),
            "DatabaseName": str(place["dbname"]),
            "DatabaseSslMode": str(place.get("sslmode", "prefer")) if self.database is None else "disable",
            "DatabaseRootCertificates": str(place.get("sslrootcert", "public")),
            "DatabaseOwnerSecretArn": self._save_owner(),
            "LoginPrefix": self.login_prefix,
            "JwtIssuer": self.issuer_url,
            "JwtAudience": AUDIENCE,
            "PublicUrl": self.api_url,
            "AllowPrivateAddresses": "true",
            "ApiDocs": "true",
            "Console": "true",
            "SenderConcurrency": str(SENDERS),
            "ConnectionShare": "100",  # so few senders leave nothing to share
        }


@contextlib.contextmanager
def _reported(report: Report, step: str) -> Iterator[Callable[[str], None]]:
    """Report one line when the step is done: its name, its duration, and the result that the step sets."""
    began, result = time.monotonic(), [""]
    yield lambda text: result.__setitem__(0, text)
    report(f"{step:<18}{time.monotonic() - began:5.1f} s  {result[0]}".rstrip())


def port_of(url: str) -> int:
    """The port in the URL; 0 without one, which stands for a free port."""
    return urlsplit(url).port or 0


def _without_password(url: str) -> str:
    place = conninfo_to_dict(url)
    return f"{place.get('host')}:{place.get('port', 5432)}/{place.get('dbname')}"
