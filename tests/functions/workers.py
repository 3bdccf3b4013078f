"""The events that worker functions receive, and what they reach: queues, secrets, a server on loopback, the log."""

import base64
import copy
import importlib
import io
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any, Self
from uuid import uuid4

import boto3
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from moto import mock_aws

from hidra.gateways import aws_api, uploads
from hidra.store.db import Database
from hidra.telemetry import logger
from tests.conftest import Databases
from tests.functions.api import load

for name in ("SEND_QUEUE_URL", "VAULT_SECRET", "OWNER_SECRET", "HTTP_LOGIN_SECRET", "JOBS_LOGIN_SECRET"):
    os.environ.setdefault(name, "none")
os.environ.setdefault("SENDER_LOST_AFTER_SECONDS", "180")
os.environ.setdefault("SENDER_CONCURRENCY", "50")

PHONE_HASH_SECRET = "test"  # what World hashes with
BUCKET = "files"


def use(name: str, monkeypatch: pytest.MonkeyPatch, **settings: str) -> ModuleType:
    """The function's module, with these settings added to those of its import."""
    module = importlib.import_module(f"functions.{name}.app")
    if settings:
        monkeypatch.setattr(module, "ENV", {**module.ENV, **settings})
    return module


def unreachable(databases: Databases) -> Database:
    """A database at a port on which no server listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings = {**databases.settings, "DATABASE_SECRET": "jobs", "DATABASE_PORT": str(closed.getsockname()[1])}
    return Database(settings, databases.logins.__getitem__)


def from_queue(event: str, *bodies: str) -> dict[str, Any]:
    """An SQS event of events/, with a record for each body."""
    [mould] = load(event)["Records"]
    return {"Records": [{**copy.deepcopy(mould), "messageId": str(uuid4()), "body": body} for body in bodies]}


def failed(event: dict[str, Any], *positions: int) -> dict[str, Any]:
    """The answer that makes the records at these positions come again, and no others."""
    return {"batchItemFailures": [{"itemIdentifier": event["Records"][at]["messageId"]} for at in positions]}


def on_stream(record: dict[str, Any], data: Any) -> dict[str, Any]:
    """A Kinesis record with other data: bytes, or a value that is written as JSON."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return {**record, "kinesis": {**record["kinesis"], "data": base64.b64encode(raw).decode()}}


def of_stream(record: dict[str, Any]) -> Any:
    return json.loads(base64.b64decode(record["kinesis"]["data"]))


@cache
def _client(service: str) -> Any:
    """Moto answers it in each later `mock_aws` too; a new one costs 50 ms of a core."""
    return boto3.client(service)


@dataclass(frozen=True)
class Aws:
    """Secrets Manager, SQS and Kinesis, all empty, and what the functions put on the queues."""

    sent: list[dict[str, Any]]

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        with mock_aws(), pytest.MonkeyPatch.context() as patch:
            running = cls([])
            patch.setattr(aws_api, "call", running.call)
            yield running

    @classmethod
    @contextmanager
    def with_bucket(cls) -> Iterator[Self]:
        """The same with S3 and an empty bucket, whose files have versions as in the template."""
        with cls.running() as running:
            uploads.s3.cache_clear()
            uploads.s3().create_bucket(Bucket=BUCKET)
            uploads.s3().put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
            yield running
        uploads.s3.cache_clear()

    def queue(self, name: str) -> str:
        """A queue's URL."""
        return self.client("sqs").create_queue(QueueName=name)["QueueUrl"]

    def secret(self, name: str, value: Any) -> None:
        """Creates or changes a secret."""
        text = value if isinstance(value, str) else json.dumps(value)
        client = self.client("secretsmanager")
        if any(known["Name"] == name for known in client.list_secrets()["SecretList"]):
            client.put_secret_value(SecretId=name, SecretString=text)
        else:
            client.create_secret(Name=name, SecretString=text)

    def lose_secret(self, name: str) -> None:
        self.client("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)

    def on(self, queue_url: str) -> list[dict[str, Any]]:
        """The messages sent to the queue, as SQS received them."""
        return [entry for entry in self.sent if entry["QueueUrl"] == queue_url]

    def bodies(self, queue_url: str) -> list[Any]:
        return [json.loads(entry["MessageBody"]) for entry in self.on(queue_url)]

    def client(self, service: str) -> Any:
        """The service as its owner sees it."""
        return _client(service)

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Answers for ``aws_api.call``: the same operation and parameters, by boto3 and moto."""
        given = json.loads(json.dumps(parameters))  # only what JSON can carry
        for record in given.get("Records", []):
            record["Data"] = base64.b64decode(record["Data"], validate=True)
        if service == "sqs":
            self.sent.extend({"QueueUrl": given["QueueUrl"], **entry} for entry in given.get("Entries", [given]))
        try:
            answer = getattr(self.client(service), xform_name(operation))(**given)
        except ClientError as error:
            headers = {"x-amzn-errortype": error.response["Error"]["Code"]}
            raise aws_api.Refused(service, aws_api._Answer(400, headers, b"")) from error
        if "CreatedDate" in answer:  # AWS sends seconds, of which boto3 makes a time
            answer["CreatedDate"] = answer["CreatedDate"].timestamp()
        return answer


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    json: Any


class Server:
    """An HTTP server on loopback with one answer to every request, or a function of it; None: it hangs up without one."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: tuple[int, Any] | Callable[[], tuple[int, Any]] | None = (200, {})
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.requests.append(Request(self.command, self.path, headers, body))
                if server.answer is None:
                    return
                status, answer = server.answer() if callable(server.answer) else server.answer
                payload = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_PUT = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                """Logs nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        server = cls()
        thread = threading.Thread(target=server._http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server._http.shutdown()
            thread.join()
            server._http.server_close()


class Logs:
    """What the functions log, from the lowest level on."""

    def __init__(self) -> None:
        self._stream = io.StringIO()

    @classmethod
    @contextmanager
    def captured(cls) -> Iterator[Self]:
        logs = cls()
        handler = logger.registered_handler
        before, level = handler.stream, logger.log_level
        handler.setStream(logs._stream)
        logger.setLevel("DEBUG")
        try:
            yield logs
        finally:
            handler.setStream(before)
            logger.setLevel(level)

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def named(self, message: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["message"] == message]

    def assert_free_of(self, *private: str) -> None:
        """No line contains any of these, in upper or lower case."""
        for word in private:
            assert word.casefold() not in self.text.casefold()
