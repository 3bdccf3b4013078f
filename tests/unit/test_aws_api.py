"""Calls of AWS against an HTTP server on loopback, and beside what boto3 sends for the same calls."""

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import boto3
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from hidra.errors import Unanswered, Unavailable
from hidra.gateways import aws, aws_api, queues, signing, stream
from tests.listening import listening

SECRET = {"SecretString": '{"a": "b"}'}
Reply = bytes | None  # None: the server hangs up


def reply(status: int, body: Any = "", **headers: str) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", *(f"{n}: {v}" for n, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Service:
    """Answers the requests in turn, the last answer again and again; keeps connections open."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [reply(200, SECRET)]
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.clients: list[socket.socket] = []
        self.before_answer: Callable[[], object] = lambda: None
        self.host = ""

    def hang_up(self) -> None:
        for client in self.clients:
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                client.close()

    def accept(self, client: socket.socket) -> None:
        kept = client.dup()  # the caller closes its own
        self.clients.append(kept)
        threading.Thread(target=self._serve, args=[kept], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client, client.makefile("rb") as file:
            while first := file.readline():
                headers: dict[str, str] = {}
                while line := file.readline().strip():
                    name, _, value = line.decode().partition(":")
                    headers[name.lower()] = value.strip()
                body = file.read(int(headers["content-length"]))
                answer = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
                self.requests.append((first.decode().split()[1], headers, body))
                self.before_answer()
                if answer is None:
                    return
                client.sendall(answer)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    service = Service()
    with listening(service.accept) as port:
        service.host = f"127.0.0.1:{port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{service.host}")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "session")
        monkeypatch.setenv("AWS_REGION", "sa-east-1")
        yield service
        service.hang_up()
    for connections in aws_api._idle.values():
        for connection in connections:
            connection.close()
    aws_api._idle.clear()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long is waited between attempts, at most."""
    waits: list[float] = []
    monkeypatch.setattr(aws_api.time, "sleep", lambda _: None)
    monkeypatch.setattr(aws_api.random, "uniform", lambda _, most: waits.append(most))
    return waits


def read() -> str:
    return aws.read_secret("name")


def test_a_call_is_signed_for_its_region_and_service(service: Service) -> None:
    assert read() == SECRET["SecretString"]
    [(path, headers, body)] = service.requests
    now = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - now).total_seconds()) < 60
    expected = signing.sign(
        "POST",
        path,
        {name: headers[name] for name in ("host", "content-type", "x-amz-target")},
        body,
        service="secretsmanager",
        region="sa-east-1",
        credentials=signing.Credentials("testing", "testing", "session"),
        now=now,
    )
    assert headers["authorization"] == expected["Authorization"]
    assert (headers["host"], headers["x-amz-security-token"]) == (service.host, "session")


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("secretsmanager", "GetSecretValue", {"SecretId": "arn:aws:secretsmanager:us-east-1:1:secret:é"}),
    ("kinesis", "PutRecords", {"StreamName": "s", "Records": [{"Data": "eyJhIjogIsOpIn0=", "PartitionKey": "k"}]}),
    ("sqs", "SendMessage", {"QueueUrl": "https://q", "MessageBody": "ü", "DelaySeconds": 3, "MessageGroupId": "g"}),
    (
        "sqs",
        "SendMessageBatch",
        {"QueueUrl": "https://q", "Entries": [{"Id": "0", "MessageBody": "{}", "DelaySeconds": 0}]},
    ),
]


@pytest.mark.parametrize(("name", "operation", "parameters"), CALLS, ids=[operation for _, operation, _ in CALLS])
def test_a_call_is_what_boto3_sends(service: Service, name: str, operation: str, parameters: dict[str, Any]) -> None:
    sent: list[Any] = []

    def take(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        return AWSResponse(request.url, 500, {}, None)

    client: Any = boto3.client(name, config=Config(retries={"total_max_attempts": 1}))  # type: ignore[call-overload]
    client.meta.events.register(f"before-send.{name}.{operation}", take)
    given = json.loads(json.dumps(parameters))
    for record in given.get("Records", []):
        record["Data"] = base64.b64decode(record["Data"])
    with pytest.raises(Exception):  # noqa: B017, PT011 - what boto3 makes of the answer is of no interest
        getattr(client, xform_name(operation))(**given)
    aws_api.call(name, operation, parameters)
    [theirs], [(path, headers, body)] = sent, service.requests
    assert theirs.url == f"http://{service.host}{path}"
    assert json.loads(body) == json.loads(theirs.body)
    for header in ("X-Amz-Target", "Content-Type"):
        value = theirs.headers[header]
        assert headers[header.lower()] == (value.decode() if isinstance(value, bytes) else value)


@pytest.mark.parametrize(
    ("region", "variables", "url"),
    [
        ("sa-east-1", {}, ("https", "sqs.sa-east-1.amazonaws.com")),
        ("cn-north-1", {}, ("https", "sqs.cn-north-1.amazonaws.com.cn")),
        ("sa-east-1", {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, ("http", "127.0.0.1:1")),
        ("sa-east-1", {"AWS_ENDPOINT_URL": "http://a:1", "AWS_ENDPOINT_URL_SQS": "http://b:2/"}, ("http", "b:2")),
    ],
)
def test_the_address_is_the_regions_or_the_one_that_is_set(
    monkeypatch: pytest.MonkeyPatch, region: str, variables: dict[str, str], url: tuple[str, str]
) -> None:
    found: list[Any] = []

    def connect(origin: Any) -> Any:
        found.append(origin)
        raise OSError

    monkeypatch.setattr(aws_api, "_connect", connect)
    monkeypatch.setattr(aws_api, "_ATTEMPTS", 1)
    monkeypatch.setenv("AWS_REGION", region)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unavailable):
        aws_api.call("sqs", "SendMessage", {})
    assert found == [url]


def test_calls_share_a_connection(service: Service) -> None:
    for _ in range(3):
        read()
    assert len(service.clients) == 1


def test_calls_at_the_same_time_have_a_connection_each(service: Service) -> None:
    together = threading.Barrier(4, timeout=5)
    service.before_answer = together.wait
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(read())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [SECRET["SecretString"]] * 4
    assert len(service.clients) == 4


def test_a_connection_that_was_closed_while_idle_is_replaced(service: Service, waits: list[float]) -> None:
    read()
    service.hang_up()
    assert read() == SECRET["SecretString"]
    assert (len(service.clients), len(service.requests), waits) == (2, 2, [])


def test_a_connection_that_is_closed_as_it_is_used_is_replaced(service: Service, waits: list[float]) -> None:
    service.replies = [reply(200, SECRET), None, reply(200, SECRET)]
    read()
    assert read() == SECRET["SecretString"]
    assert (len(service.clients), len(service.requests), waits) == (2, 3, [])


THROTTLED = reply(400, {"__type": "com.amazonaws.kinesis#ThrottlingException"})


@pytest.mark.parametrize("failure", [THROTTLED, reply(503), reply(429), None])
def test_a_failure_that_may_pass_is_tried_again_twice(service: Service, waits: list[float], failure: Reply) -> None:
    service.replies = [failure, failure, reply(200, SECRET)]
    assert read() == SECRET["SecretString"]
    assert waits == [1, 2]
    service.replies = [failure]
    service.requests.clear()
    with pytest.raises(Unavailable):
        read()
    assert len(service.requests) in (3, 4)  # the first may have found the kept connection closed


@pytest.mark.parametrize(
    "refusal",
    [
        reply(400, {"__type": "ResourceNotFoundException"}),
        reply(400, b"<html>", **{"x-amzn-ErrorType": "AccessDeniedException:http://internal.amazon.com/coral/"}),
    ],
)
def test_a_refusal_that_stays_is_not_tried_again(service: Service, waits: list[float], refusal: bytes) -> None:
    service.replies = [refusal]
    with pytest.raises(Unavailable) as error:
        read()
    assert (len(service.requests), waits) == (1, [])
    assert str(error.value.__cause__).startswith("secretsmanager answered 400 ")
    assert str(error.value.__cause__).endswith("Exception")


def test_a_silent_service_is_given_up(service: Service, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    quick = aws_api._SERVICES["secretsmanager"]._replace(read_timeout=0.05)
    monkeypatch.setitem(aws_api._SERVICES, "secretsmanager", quick)
    ended = threading.Event()
    service.before_answer = ended.wait
    with pytest.raises(Unanswered):
        aws_api.call("secretsmanager", "GetSecretValue", {})
    ended.set()
    assert len(service.requests) == 3


@pytest.mark.parametrize(("name", "seconds"), [("kinesis", 5), ("secretsmanager", 10), ("sqs", 10)])
def test_an_answer_is_waited_for_as_long_as_its_service_may_take(service: Service, name: str, seconds: int) -> None:
    aws_api.call(name, "Any", {})
    [[kept]] = aws_api._idle.values()
    assert kept.sock.gettimeout() == seconds


def test_a_process_without_credentials_says_so(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws_api, "_ATTEMPTS", 1)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(Unavailable, match="AWS_ACCESS_KEY_ID is not set"):
        aws_api.call("sqs", "SendMessage", {})


def test_records_of_one_connection_have_one_shard(service: Service) -> None:
    service.replies = [reply(200, {"FailedRecordCount": 0, "Records": []})]
    records = [{"connection_id": name, "text": "é"} for name in ("a", "b", "a")]
    stream.put("delivery", records)
    put = json.loads(service.requests[0][2])["Records"]
    assert [json.loads(base64.b64decode(record["Data"])) for record in put] == records
    keys = [record["PartitionKey"] for record in put]
    assert keys[0] == keys[2] != keys[1]


def test_a_secret_has_the_time_and_the_version_before(service: Service) -> None:
    service.replies = [
        reply(200, {"SecretString": '{"v1": "a", "v2": "b"}', "CreatedDate": 1_767_225_600.5}),
        reply(200, {"SecretString": '{"v1": "a"}', "CreatedDate": 1.0}),
    ]
    found = aws.read_secret_versions("webhook")
    assert (found.value, found.before) == ({"v1": "a", "v2": "b"}, {"v1": "a"})
    assert found.since == datetime(2026, 1, 1, 0, 0, 0, 500_000, UTC)
    asked = [json.loads(body).get("VersionStage") for _, _, body in service.requests]
    assert asked == [None, "AWSPREVIOUS"]


def test_a_secret_that_never_changed_has_no_version_before(service: Service) -> None:
    current = reply(200, {"SecretString": '{"v1": "a"}', "CreatedDate": 1.0})
    service.replies = [current, reply(400, {"__type": "ResourceNotFoundException"})]
    assert aws.read_secret_versions("webhook").before is None
    service.replies = [current, reply(400, {"__type": "AccessDeniedException"})]
    with pytest.raises(Unavailable):
        aws.read_secret_versions("webhook")


def test_a_nudge_that_the_queue_does_not_accept_is_only_logged(service: Service, waits: list[float]) -> None:
    service.replies = [reply(500)]
    queues.nudge("https://queue", user_id=UUID(int=1), campaign_id=UUID(int=2))
    assert len(service.requests) == 3


def test_a_function_is_invoked_and_answers(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    service.replies = [reply(200, {"state": "open"}), reply(202)]
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "caller")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988;Lineage=a:1|b")
    assert aws.invoke("arn:aws:lambda:sa-east-1:1:function:check", {"a": 1}) == {"state": "open"}
    aws.invoke_later("check", {"a": 1})
    (path, headers, body), (later, asynchronous, _) = service.requests
    assert path == "/2015-03-31/functions/arn%3Aaws%3Alambda%3Asa-east-1%3A1%3Afunction%3Acheck/invocations"
    assert (later, json.loads(body)) == ("/2015-03-31/functions/check/invocations", {"a": 1})
    assert [each["x-amz-invocation-type"] for each in (headers, asynchronous)] == ["RequestResponse", "Event"]
    assert headers["x-amzn-trace-id"] == "Root=1-5759e988;Lineage=a:1%7Cb"
    assert "/sa-east-1/lambda/aws4_request" in headers["authorization"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply(200, {"errorMessage": "Task timed out"}, **{"X-Amz-Function-Error": "Unhandled"}), Unanswered),
        (reply(200, b"<html>"), Unanswered),
        (None, Unanswered),
        (reply(429, {"Type": "User"}, **{"x-amzn-ErrorType": "TooManyRequestsException"}), Unavailable),
        (reply(500), Unavailable),
    ],
)
def test_an_invocation_is_attempted_once_on_a_connection_of_its_own(
    service: Service, waits: list[float], answer: Reply, error: type[Exception]
) -> None:
    read()
    service.replies = [answer]
    with pytest.raises(Unavailable) as failure:
        aws.invoke("check", {})
    assert type(failure.value) is error
    assert (len(service.clients), len(service.requests), waits) == (2, 2, [])


def test_a_function_that_cannot_be_reached_was_not_invoked(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", f"http://127.0.0.1:{port}")
    for attempt in (aws.invoke, aws.invoke_later):
        with pytest.raises(Unavailable) as error:
            attempt("check", {})
        assert type(error.value) is Unavailable
