"""Signed calls of AWS's APIs over the standard library's HTTP client: importing boto3 doubles a cold start.

Connections stay open. A thread takes an idle one out of the pool, or opens another one, and puts it back after the
answer. AWS closes idle connections, and a frozen process does not notice: a kept connection that breaks before
the answer is replaced once, although its request may have arrived. So ``call`` is only for operations that may happen
twice: reading a secret, putting records that readers deduplicate, sending messages whose repetition is no harm.
"""

import json
import os
import random
import select
import ssl
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from hidra.errors import Unanswered, Unavailable
from hidra.gateways import tls
from hidra.gateways.signing import Credentials, sign

_CONNECT_TIMEOUT = 3.0  # seconds, for TCP and for TLS
_ATTEMPTS = 3  # as botocore's standard mode, with its waits: up to 1 s, then up to 2 s
# botocore 1.43, botocore/retries/standard.py: ThrottledRetryableChecker and TransientRetryableChecker.
_RETRYABLE_STATUSES = {429, 500, 502, 503, 504}
_RETRYABLE_CODES = {
    "BandwidthLimitExceeded",
    "InternalFailure",
    "KMSThrottlingException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
}


class _Service(NamedTuple):
    target: str  # of X-Amz-Target, before the operation
    json: str
    override: str  # the end of AWS_ENDPOINT_URL_*: the service id in upper case
    read_timeout: float  # seconds without a byte


_SERVICES = {
    "kinesis": _Service("Kinesis_20131202", "1.1", "KINESIS", 5),
    "secretsmanager": _Service("secretsmanager", "1.1", "SECRETS_MANAGER", 10),
    "sqs": _Service("AmazonSQS", "1.0", "SQS", 10),
}
# API Gateway gives up after 30 s, in which the caller starts cold, connects and answers.
LAMBDA_READ_TIMEOUT = 24.0

type _Origin = tuple[str, str]  # scheme and host with port
_idle: defaultdict[_Origin, list[HTTPConnection]] = defaultdict(list)


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Refused(Unavailable):
    """AWS answered with an error, whose code is ``aws_code``."""

    def __init__(self, service: str, answer: _Answer) -> None:
        self.aws_code = _error_code(answer)
        self.retryable = answer.status in _RETRYABLE_STATUSES or self.aws_code in _RETRYABLE_CODES
        super().__init__(f"{service} answered {answer.status} {self.aws_code}")


def call(service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Calls an operation that may happen twice, and returns its answer.

    Throttles, failures of the service and of the network are tried again: three attempts in all.

    Args:
        service: ``kinesis``, ``secretsmanager`` or ``sqs``.
        parameters: as in the service's API reference; bytes are Base64 text.

    Raises:
        Unavailable: AWS refused the call, or cannot be reached.
        Unanswered: the last attempt got no answer.
    """
    api = _SERVICES[service]
    headers = {
        "Content-Type": f"application/x-amz-json-{api.json}",
        "X-Amz-Target": f"{api.target}.{operation}",
    }
    body = json.dumps(parameters).encode()
    attempt = 1
    while True:
        try:
            answer = _post(service, api.override, "/", headers, body, read_timeout=api.read_timeout, keep=True)
            if answer.status >= 300:
                raise Refused(service, answer)
            found: dict[str, Any] = _read(service, answer)
            return found
        except Unavailable as error:
            if attempt == _ATTEMPTS or (isinstance(error, Refused) and not error.retryable):
                raise
        time.sleep(random.uniform(0, 2 ** (attempt - 1)))  # noqa: S311 - only spreads the attempts
        attempt += 1


def invoke(function_name: str, payload: object, *, wait: bool) -> Any:
    """Invokes a function once and returns its answer, None without ``wait``; both are JSON.

    The call has a connection of its own, so that it cannot break on one that AWS has closed.

    Args:
        wait: for the function's end, at most 24 s; otherwise Lambda queues the invocation.

    Raises:
        Unavailable: it was not invoked.
        Unanswered: it may have been invoked; it failed, or did not answer in time.
    """
    headers = {"Content-Type": "application/json", "X-Amz-Invocation-Type": "RequestResponse" if wait else "Event"}
    path = f"/2015-03-31/functions/{quote(function_name, safe='')}/invocations"
    body = json.dumps(payload).encode()
    answer = _post("lambda", "LAMBDA", path, headers, body, read_timeout=LAMBDA_READ_TIMEOUT, keep=False)
    if answer.status >= 300:
        raise Refused("lambda", answer)
    if "x-amz-function-error" in answer.headers:
        raise Unanswered("the invoked function failed")
    return _read("lambda", answer) if wait else None


def _read(service: str, answer: _Answer) -> Any:
    try:
        return json.loads(answer.body or b"null")
    except ValueError as error:
        raise Unanswered(f"the answer of {service} is not JSON") from error


def _error_code(answer: _Answer) -> str:
    """The code of an error, without its namespace and its documentation's address ("AWS JSON 1.1", smithy.io)."""
    code = answer.headers.get("x-amzn-errortype")
    if code is None:
        try:
            code = str(json.loads(answer.body)["__type"])
        except (ValueError, KeyError, TypeError):
            return "without a code"
    return code.split(":")[0].split("#")[-1]


def _post(
    service: str, override: str, path: str, headers: dict[str, str], body: bytes, *, read_timeout: float, keep: bool
) -> _Answer:
    region, credentials = _region(), _credentials()
    address = urlsplit(
        os.environ.get(f"AWS_ENDPOINT_URL_{override}")
        or os.environ.get("AWS_ENDPOINT_URL")
        or f"https://{service}.{region}.amazonaws.com{'.cn' if region.startswith('cn-') else ''}"
    )
    origin = (address.scheme, address.netloc)
    path = address.path.rstrip("/") + path
    signed = sign(
        "POST",
        path,
        {"Host": address.netloc, **headers},
        body,
        service=service,
        region=region,
        credentials=credentials,
        now=datetime.now(UTC),
    )
    if (trace := os.environ.get("_X_AMZN_TRACE_ID")) and "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        # As AWS's SDKs do: by it Lambda finds functions that invoke themselves without end, and X-Ray joins traces.
        signed["X-Amzn-Trace-Id"] = quote(trace, safe="-=;:+&[]{}\"',")
    if keep and (connection := _take_idle(origin)):
        try:
            return _exchange(connection, origin, path, signed, body, read_timeout=read_timeout, keep=True)
        except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
            pass  # closed while it was idle
        except (OSError, HTTPException) as error:
            raise Unanswered(f"{service} did not answer") from error
    try:
        connection = _connect(origin)
    except OSError as error:
        raise Unavailable(f"{service} cannot be reached") from error
    try:
        return _exchange(connection, origin, path, signed, body, read_timeout=read_timeout, keep=keep)
    except (OSError, HTTPException) as error:
        raise Unanswered(f"{service} did not answer") from error


def _region() -> str:
    return _required("AWS_REGION", "AWS_DEFAULT_REGION")


def _credentials() -> Credentials:
    token = os.environ.get("AWS_SESSION_TOKEN")
    return Credentials(_required("AWS_ACCESS_KEY_ID"), _required("AWS_SECRET_ACCESS_KEY"), token)


def _required(*names: str) -> str:
    """Lambda sets these ("Defined runtime environment variables", Lambda Developer Guide)."""
    for name in names:
        if value := os.environ.get(name):
            return value
    raise Unavailable(f"{' or '.join(names)} is not set, so that AWS cannot be called")


def _take_idle(origin: _Origin) -> HTTPConnection | None:
    connections = _idle[origin]
    while True:
        try:
            connection = connections.pop()
        except IndexError:
            return None
        # What is readable before a request is the end of the connection.
        if connection.sock and not select.select([connection.sock], [], [], 0)[0]:
            return connection
        connection.close()


def _connect(origin: _Origin) -> HTTPConnection:
    scheme, host = origin
    connection = (
        HTTPSConnection(host, timeout=_CONNECT_TIMEOUT, context=tls.context())
        if scheme == "https"
        else HTTPConnection(host, timeout=_CONNECT_TIMEOUT)
    )
    try:
        connection.connect()
    except BaseException:
        connection.close()
        raise
    return connection


def _exchange(
    connection: HTTPConnection,
    origin: _Origin,
    path: str,
    headers: dict[str, str],
    body: bytes,
    *,
    read_timeout: float,
    keep: bool,
) -> _Answer:
    answered = False
    try:
        connection.sock.settimeout(read_timeout)
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        answer = _Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        )
        answered = keep and not response.will_close
    finally:
        if answered:
            _idle[origin].append(connection)
        else:
            connection.close()
    return answer
