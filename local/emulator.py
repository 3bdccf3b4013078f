"""AWS on this machine: a ministack process with the application deployed in it.

ministack runs the functions as processes of its own interpreter, so they find the dependencies in this environment
(1.5.33, core/lambda_runtime.py), and points their AWS clients at itself (AWS_ENDPOINT_URL).
"""

import contextlib
import json
import os
import shutil
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from local import expand, package
from local.processes import Child, LocalError, clean_environment, require_port

# -P: the modules beside it have names of libraries.
COMMAND = ("-P", str(Path(__file__).with_name("aws.py")))
_BUCKET = "hidra-sources"
STACK = "hidra"


class FunctionFailed(Exception):
    """A function that was invoked directly raised an error; the message is the function's."""


class Cloud:
    """The emulator at `endpoint`, which this or another process started."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._session = _session()
        self._clients: dict[str, Any] = {}

    @property
    def api_url(self) -> str:
        """The HTTP API by path, for clients that cannot resolve a host like hidra.execute-api.localhost."""
        return f"{self.endpoint}/_aws/execute-api/{expand.API_ID}"

    def client(self, service: str) -> Any:
        if service not in self._clients:
            # The proxies in the environment do not apply to the loopback address. An invocation may take 300 s.
            config = Config(proxies={}, read_timeout=310, retries={"total_max_attempts": 1})
            factory: Any = self._session.client
            self._clients[service] = factory(service, endpoint_url=self.endpoint, config=config)
        return self._clients[service]

    def create_secret(self, name: str, value: str) -> str:
        """Create a secret or replace its value; returns its ARN."""
        secrets = self.client("secretsmanager")
        try:
            return str(secrets.create_secret(Name=name, SecretString=value)["ARN"])
        except secrets.exceptions.ResourceExistsException:
            return str(secrets.put_secret_value(SecretId=name, SecretString=value)["ARN"])

    def deploy(
        self, root: Path, parameters: Mapping[str, str], generated: MutableMapping[str, str] | None = None
    ) -> bool:
        """Create the application's stack from the sources under `root`, or update it.

        `generated` holds the generated secrets by logical id, and receives those that it lacks. Returns False
        if there was nothing to change. Raises LocalError with the reasons of a failure.
        """
        source = expand.transformed(root / "template.yaml")
        zips = package.bundles(root, expand.sources(source.template))
        code = {name: (_BUCKET, self._upload(content)) for name, content in zips.items()}
        expanded = expand.expand(source, code, parameters, generated)
        formation = self.client("cloudformation")
        request = {
            "StackName": STACK,
            "TemplateURL": f"{self.endpoint}/{_BUCKET}/{self._upload(json.dumps(expanded.template).encode())}",
            "Capabilities": ["CAPABILITY_IAM"],
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        }
        try:
            if self._status() is None:
                formation.create_stack(**request, DisableRollback=True)
            else:
                formation.update_stack(**request)
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return False
            raise LocalError(f"The emulator refused the deploy: {str(error)[:2000]}") from error
        self._wait()
        self._check_routes(expanded.routes)
        return True

    def invoke(self, function: str, payload: object) -> Any:
        """Call a function by its folder's name and wait for its answer. Raises FunctionFailed."""
        answer = self.client("lambda").invoke(
            FunctionName=self.physical_name(function), Payload=json.dumps(payload).encode()
        )
        body = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise FunctionFailed(f"{function}: {_reason(body)}")
        return json.loads(body) if body else None

    def logs(self, function: str) -> list[str]:
        """The function's log so far, oldest line first, with the START, END and REPORT lines of each invocation."""
        return [event["message"] for event in sorted(self._log(function), key=lambda event: event["timestamp"])]

    def last_logged(self, function: str, *, seconds: float) -> float | None:
        """The time of the function's last log line in epoch seconds; None if there is none in the last ``seconds``."""
        since = int((time.time() - seconds) * 1000)
        newest = max((event["timestamp"] for event in self._log(function, startTime=since)), default=None)
        return newest / 1000 if newest else None

    def _log(self, function: str, **filters: Any) -> list[Any]:
        pages = self.client("logs").get_paginator("filter_log_events")
        name = f"/aws/lambda/{self.physical_name(function)}"
        try:
            return [event for page in pages.paginate(logGroupName=name, **filters) for event in page["events"]]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":  # never invoked
                return []
            raise

    def physical_name(self, function: str) -> str:
        """campaign_clock → the name that CloudFormation gave to CampaignClockFunction."""
        logical = "".join(word.capitalize() for word in function.split("_")) + "Function"
        return self.resource(logical)

    def resource(self, logical_id: str) -> str:
        """The physical id: a queue's URL, a function's or stream's name, a secret's ARN."""
        found = self.client("cloudformation").describe_stack_resource(StackName=STACK, LogicalResourceId=logical_id)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def _upload(self, content: bytes) -> str:
        """Store it under its own digest: a function gets a new version if and only if its code has changed."""
        storage = self.client("s3")
        storage.create_bucket(Bucket=_BUCKET)
        key = package.digest(content)
        storage.put_object(Bucket=_BUCKET, Key=key, Body=content)
        return key

    def _status(self) -> str | None:
        try:
            return str(self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"])
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def _wait(self) -> None:
        deadline = time.monotonic() + 360
        while (status := self._status() or "DELETE_COMPLETE").endswith("_IN_PROGRESS"):
            if time.monotonic() > deadline:
                raise LocalError(
                    f"The deploy is still {status} after six minutes. emulator.log in the stack's folder may say why."
                )
            time.sleep(0.05)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise LocalError("\n    ".join([f"The deploy ended as {status}:", *self._reasons()]))

    def _reasons(self) -> Iterator[str]:
        events = self.client("cloudformation").describe_stack_events(StackName=STACK)["StackEvents"]
        for event in reversed(events):
            if event["ResourceStatus"].endswith("_FAILED"):
                yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"

    def _check_routes(self, wanted: int) -> None:
        """Refuse an API without routes, with which a deploy succeeds if the emulator does not understand its body."""
        pages = self.client("apigatewayv2").get_paginator("get_routes").paginate(ApiId=expand.API_ID)
        found = sum(len(page["Items"]) for page in pages)
        if not found or found != wanted:
            raise LocalError(f"The deployed API has {found} routes instead of {wanted}.")


def spawn(
    folder: Path, *, port: int = 0, enforce_rights: bool = True, command: Sequence[str] = COMMAND
) -> tuple[Child, Cloud]:
    """Start the emulator with all its files in `folder`, without waiting until it answers; `wait` does that.

    `enforce_rights` makes it check every call of a function against the policies of its role. `command` is what this
    Python runs, in `folder`/emulator.
    """
    port = require_port(port, "the API")
    scratch = folder / "emulator"
    if scratch.exists():  # of an emulator that was lost
        shutil.rmtree(scratch)
    scratch.mkdir()
    environment = clean_environment(
        TMPDIR=str(scratch),  # the functions are unpacked here, and write here
        STATE_DIR=str(scratch / "state"),
        S3_DATA_DIR=str(scratch / "s3"),
        GATEWAY_PORT=str(port),
        BIND_HOST="127.0.0.1",
        MINISTACK_HOST="127.0.0.1",  # in queue URLs; localhost might be ::1, where it does not listen
        MINISTACK_REGION=expand.REGION,
        MINISTACK_WORKER_THREADS="256",  # each invocation holds one; with 64, waiting senders would block the API
        IOT_MTLS_ENABLED="0",  # it would bind another port
        AUTH="true" if enforce_rights else "false",
        LOG_LEVEL="WARNING",
    )
    log = folder / "emulator.log"
    child = Child("The AWS emulator", [sys.executable, *command], log=log, env=environment, cwd=scratch)
    return child, Cloud(f"http://127.0.0.1:{port}")


def wait(child: Child, cloud: Cloud) -> None:
    """Wait until the emulator answers. Raises LocalError with the end of its log."""
    child.wait_for(lambda: _answers(cloud.endpoint) or None, seconds=60)


def _session() -> boto3.Session:
    """The emulator's root user, whatever profile and files the user's environment names."""
    nowhere = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    profile = {"profile": (None, None, None, None)}
    alone = botocore.session.Session(session_vars={**profile, **nowhere})
    return boto3.Session("test", "test", region_name=expand.REGION, botocore_session=alone)


def _reason(body: str) -> str:
    """The message of {"errorMessage", "errorType", ...}, the answer of a function that raised; else all of it."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return str(json.loads(body)["errorMessage"])
    return body


def _answers(endpoint: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint}/_ministack/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
