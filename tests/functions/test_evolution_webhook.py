import base64
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest

from hidra.domain import webhook_key
from hidra.domain.webhook_key import jwt_key
from hidra.entry import http
from hidra.errors import Malformed, NotFound, Unavailable
from hidra.gateways import aws_api
from tests.functions.api import CONTEXT, Answer, load
from tests.functions.workers import Aws, Logs

os.environ.setdefault("WEBHOOK_SECRET", "webhook-secret")
os.environ.setdefault("DELIVERY_STREAM", "delivery")

MASTERS = {"v1": "first-master"}
CONFIG = UUID(load("evolution_webhook_delivered")["pathParameters"]["connection_id"])


class Stream:
    """What is on the Kinesis stream, and the secret with the master keys."""

    def __init__(self, app: ModuleType, aws: Aws) -> None:
        self.app, self.aws = app, aws
        self.kinesis = aws.client("kinesis")
        self.kinesis.create_stream(StreamName=app.ENV["DELIVERY_STREAM"], ShardCount=1)
        self.rotate(**MASTERS)

    def rotate(self, **masters: str) -> None:
        self.aws.secret(self.app.ENV["WEBHOOK_SECRET"], masters)

    def records(self) -> list[dict[str, Any]]:
        name = self.app.ENV["DELIVERY_STREAM"]
        shard = self.kinesis.describe_stream(StreamName=name)["StreamDescription"]["Shards"][0]["ShardId"]
        start = self.kinesis.get_shard_iterator(StreamName=name, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        found = self.kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]
        return [json.loads(record["Data"]) for record in found]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = importlib.import_module("functions.evolution_webhook.app")
    monkeypatch.setattr(module, "masters", module.Masters())
    monkeypatch.setattr(module, "flow", module.Flow())
    return module


@pytest.fixture
def on_aws(app: ModuleType) -> Iterator[Stream]:
    with Aws.running() as aws:
        yield Stream(app, aws)


def token(
    key: str | None = None, *, age: timedelta = timedelta(0), algorithm: str | None = "HS256", **claims: Any
) -> str:
    """A token as Evolution makes it: valid for ten minutes from its making."""
    made = datetime.now(UTC) - age
    payload = {"iat": made, "exp": made + timedelta(seconds=600), "app": "evolution", "action": "webhook"} | claims
    payload = {name: value for name, value in payload.items() if value is not None}
    return jwt.encode(payload, jwt_key(MASTERS["v1"], CONFIG, "loja") if key is None else key, algorithm=algorithm)


def post(app: ModuleType, event: dict[str, Any], bearer: str | None = None) -> Answer:
    event["headers"]["authorization"] = f"Bearer {token() if bearer is None else bearer}"
    answer = app.handler(event, CONTEXT)
    return Answer(answer["statusCode"], json.loads(answer["body"]))


def test_the_events_are_on_the_stream_before_the_answer(app: ModuleType, on_aws: Stream) -> None:
    before = datetime.now(UTC)
    assert post(app, load("evolution_webhook_delivered")) == Answer(200, {"accepted": 1})
    [record] = on_aws.records()
    assert before <= datetime.fromisoformat(record.pop("received_at")) <= datetime.now(UTC)
    assert record == {
        "kind": "status",
        "connection_id": str(CONFIG),
        "instance": "loja",
        "provider_message_id": "3EB0C0FFEE00000000000001",
        "status": "delivered",
    }


def test_replies_and_connection_events_are_accepted_and_all_others_dropped(app: ModuleType, on_aws: Stream) -> None:
    assert post(app, load("evolution_webhook_opt_out")).json == {"accepted": 1}
    assert post(app, load("evolution_webhook_logged_out")).json == {"accepted": 1}
    assert post(app, load("evolution_webhook_sent")) == Answer(200, {"accepted": 0})
    reply, connection = on_aws.records()
    assert (reply["phone"], reply["text"]) == ("+5531987654321", "SAIR")
    assert connection["status"] == "disconnected"


def test_a_base64_body_is_accepted(app: ModuleType, on_aws: Stream) -> None:
    event = load("evolution_webhook_opt_out")
    event |= {"body": base64.b64encode(event["body"].encode()).decode(), "isBase64Encoded": True}
    assert post(app, event).json == {"accepted": 1}
    assert on_aws.records()[0]["text"] == "SAIR"


def listed(event: dict[str, Any], items: int, **more: Any) -> dict[str, Any]:
    """The webhook with so many statuses of different messages."""
    body = json.loads(event["body"])
    data = [body["data"] | {"keyId": f"3EB0{index}"} | more for index in range(items)]
    return event | {"body": json.dumps(body | {"data": data})}


def test_a_long_list_is_accepted_whole(app: ModuleType, on_aws: Stream) -> None:
    event = listed(load("evolution_webhook_delivered"), app.MAX_ITEMS, padding="x" * 3_000)
    assert post(app, event).json == {"accepted": app.MAX_ITEMS}
    assert len(on_aws.records()) == app.MAX_ITEMS


def test_a_body_larger_than_any_of_evolution_is_not_parsed(app: ModuleType, on_aws: Stream) -> None:
    large = load("evolution_webhook_delivered") | {"body": "[" + " " * app.MAX_BODY}
    large["headers"]["authorization"] = f"Bearer {token()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json, "loads", lambda *_: pytest.fail("it is parsed"))
        answer = app.handler(large, CONTEXT)
    assert (answer["statusCode"], Answer(413, json.loads(answer["body"])).code) == (413, "webhook-too-large")


def test_a_flood_of_one_connection_is_slowed_down_and_another_is_not(app: ModuleType, on_aws: Stream) -> None:
    flood = listed(load("evolution_webhook_delivered"), app.MAX_ITEMS)
    answers = [post(app, flood).status for _ in range(20)]
    assert answers[:4] == [200] * 4  # 2,000 at once
    assert set(answers[4:]) == {429}  # which Evolution sends again
    other = load("evolution_webhook_delivered")
    other_id = uuid4()
    other["pathParameters"]["connection_id"] = str(other_id)
    assert post(app, other, token(jwt_key(MASTERS["v1"], other_id, "loja"))).status == 200
    assert len(on_aws.records()) == 2_001


def test_a_list_longer_than_any_of_evolution_is_refused_for_good(app: ModuleType, on_aws: Stream) -> None:
    event = load("evolution_webhook_delivered")
    body = json.loads(event["body"])
    event["body"] = json.dumps(body | {"data": [body["data"]] * (app.MAX_ITEMS + 1)})
    assert (post(app, event).status, on_aws.records()) == (422, [])


@pytest.mark.parametrize("key_id", ["", "a/b", "v1 ", "v" * 65, "vı"])
def test_a_key_id_that_no_key_can_have_is_refused_before_anything_is_read(
    app: ModuleType, on_aws: Stream, key_id: str
) -> None:
    on_aws.aws.lose_secret(app.ENV["WEBHOOK_SECRET"])
    event = load("evolution_webhook_delivered") | {"body": "{"}
    event["pathParameters"]["key_id"] = key_id
    assert post(app, event).status == 401


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer a.b", "Bearer a.b.c.d", "Bearer a.b.c, x", "a.b.c"])
def test_a_body_without_a_token_in_form_is_not_read(app: ModuleType, on_aws: Stream, header: str) -> None:
    event = load("evolution_webhook_delivered") | {"body": "{"}
    event["headers"]["authorization"] = header
    assert app.handler(event, CONTEXT)["statusCode"] == 401


@pytest.mark.parametrize("age", [timedelta(0), timedelta(minutes=10), timedelta(minutes=39)])
def test_a_late_retry_carries_an_old_token_and_is_accepted(app: ModuleType, on_aws: Stream, age: timedelta) -> None:
    assert post(app, load("evolution_webhook_delivered"), token(age=age)).status == 200


@pytest.mark.parametrize(
    "bearer",
    [
        token(age=timedelta(minutes=41)),
        token(jwt_key("another-master", CONFIG, "loja")),
        token(jwt_key(MASTERS["v1"], CONFIG, "outra")),
        token(jwt_key(MASTERS["v1"], uuid4(), "loja")),
        token(MASTERS["v1"].ljust(32)),
        token("", algorithm="none"),
        token(algorithm="HS512"),
        token(exp=None),
        token(app="other"),
        token(action=None),
        "",
        "nonsense",
        "a.b.c",
    ],
    ids=[
        "too old", "another master", "another instance", "another connection", "the master itself", "unsigned",
        "another algorithm", "for ever", "another app", "no action", "none", "no token", "no token either",
    ],
)  # fmt: skip
def test_a_webhook_that_is_not_authentic_is_refused(app: ModuleType, on_aws: Stream, bearer: str) -> None:
    answer = post(app, load("evolution_webhook_delivered"), bearer)
    assert (answer.status, answer.code) == (401, "unauthorized")
    assert on_aws.records() == []


def test_a_webhook_without_a_token_is_refused(app: ModuleType, on_aws: Stream) -> None:
    event = load("evolution_webhook_delivered")
    del event["headers"]["authorization"]
    assert app.handler(event, CONTEXT)["statusCode"] == 401


def test_a_body_that_names_another_instance_fails_the_signature(app: ModuleType, on_aws: Stream) -> None:
    event = load("evolution_webhook_delivered")
    event["body"] = event["body"].replace('"loja"', '"outra"')
    assert post(app, event).status == 401


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "{}", '{"instance": 3}'])
def test_a_body_that_names_no_instance_is_refused(app: ModuleType, on_aws: Stream, body: str) -> None:
    assert post(app, load("evolution_webhook_delivered") | {"body": body}).status == 401


@pytest.mark.parametrize("body", [None, "", "{", "<html>", "[" * 100_000])
def test_a_body_that_is_no_json_is_malformed(app: ModuleType, on_aws: Stream, body: str | None) -> None:
    answer = post(app, load("evolution_webhook_delivered") | {"body": body})
    assert answer.json == json.loads(json.dumps(http.problem(Malformed("The body is not valid JSON.")).body))


def test_a_body_that_is_not_even_base64_is_malformed(app: ModuleType, on_aws: Stream) -> None:
    event = load("evolution_webhook_delivered") | {"body": "%%%", "isBase64Encoded": True}
    assert post(app, event).status == 400


def test_a_path_that_no_connection_can_have_is_not_found(app: ModuleType, on_aws: Stream) -> None:
    event = load("evolution_webhook_delivered")
    event["pathParameters"]["connection_id"] = "nobody"
    answer = app.handler(event, CONTEXT)
    documented = http.problem(NotFound("There is no such thing."))
    assert answer["statusCode"] == documented.status_code
    assert answer["headers"]["Content-Type"] == documented.headers["Content-Type"]
    assert json.loads(answer["body"]) == documented.body


def test_a_key_newer_than_the_process_is_looked_up(
    app: ModuleType, on_aws: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post(app, load("evolution_webhook_delivered")).status == 200
    on_aws.rotate(v1=MASTERS["v1"], v2="second-master")
    newer = load("evolution_webhook_delivered")
    newer["pathParameters"]["key_id"] = "v2"
    # Webhooks are registered under a key only once it is older than this.
    later(monkeypatch, webhook_key.REGISTERED_AFTER)
    assert post(app, newer, token(jwt_key("second-master", CONFIG, "loja"))).status == 200
    assert post(app, load("evolution_webhook_delivered")).status == 200


def test_unknown_keys_of_strangers_are_refused_and_read_the_secret_now_and_then(
    app: ModuleType, on_aws: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    read = app.read_json_secret
    monkeypatch.setattr(app, "read_json_secret", lambda name: reads.append(name) or read(name))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    event = load("evolution_webhook_delivered")
    for number in range(50):
        event["pathParameters"]["key_id"] = f"v{number + 2}"
        assert post(app, event).status == 401
    assert len(reads) == 1
    later(monkeypatch, webhook_key.REREAD_AFTER)
    assert post(app, event).status == 401
    assert len(reads) == 2


def test_keys_are_read_again_after_a_process_was_frozen_or_its_clock_set_back(
    app: ModuleType, on_aws: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post(app, load("evolution_webhook_delivered")).status == 200
    newer = load("evolution_webhook_delivered")
    newer["pathParameters"]["key_id"] = "v2"
    on_aws.rotate(v1=MASTERS["v1"], v2="second-master")
    later(monkeypatch, -timedelta(hours=1))
    assert post(app, newer, token(jwt_key("second-master", CONFIG, "loja"), age=timedelta(0))).status == 200


def later(monkeypatch: pytest.MonkeyPatch, after: timedelta) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + after.total_seconds())


@pytest.mark.parametrize(
    "body",
    [r'{"instance": "\ud800"}', r'{"instance": "a\u0000"}'],
)
def test_an_instance_that_no_key_covers_is_refused_and_no_error(app: ModuleType, on_aws: Stream, body: str) -> None:
    assert post(app, load("evolution_webhook_delivered") | {"body": body}).status == 401


class FlakyStream:
    """Refuses the given number of records at each call in turn, or raises."""

    def __init__(self, aws: Aws, *refusals: int | Exception) -> None:
        self.aws = aws
        self.refusals = list(refusals)
        self.taken: list[str] = []

    def call(self, service: str, operation: str, parameters: Any) -> Any:
        if service != "kinesis":
            return self.aws.call(service, operation, parameters)
        records = parameters["Records"]
        refused = self.refusals.pop(0)
        if isinstance(refused, Exception):
            raise refused
        self.taken += [record["Data"] for record in records[refused:]]
        error = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow down"}
        results = [error] * refused + [{"SequenceNumber": "1", "ShardId": "s"}] * (len(records) - refused)
        return {"FailedRecordCount": refused, "Records": results}


@pytest.mark.parametrize(
    ("refusals", "status", "taken"),
    [
        ((0,), 200, 3),
        ((2, 0), 200, 3),
        ((2, 1), 503, 2),
        ((3, 3), 503, 0),
        ((Unavailable("kinesis cannot be reached"),), 503, 0),
        ((1, Unavailable("kinesis cannot be reached")), 503, 2),
    ],
)
def test_the_answer_is_200_only_after_the_stream_accepted_everything(
    app: ModuleType,
    on_aws: Stream,
    *,
    refusals: tuple[Any, ...],
    status: int,
    taken: int,
) -> None:
    flaky = FlakyStream(on_aws.aws, *refusals)
    event = load("evolution_webhook_delivered")
    body = json.loads(event["body"])
    body["data"] = [body["data"] | {"keyId": f"3EB0{index}"} for index in range(3)]
    event["body"] = json.dumps(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws_api, "call", flaky.call)
        answer = post(app, event)
    assert answer.status == status
    assert len(set(flaky.taken)) == len(flaky.taken) == taken
    assert flaky.refusals == []
    if status == 503:
        assert answer.json == http.problem(Unavailable(answer.json["detail"])).body


@pytest.mark.parametrize(
    ("refusals", "fault"),
    [((1, 1), False), ((Unavailable("kinesis cannot be reached"),), True)],
    ids=["a flood filled the shard", "the stream does not answer"],
)
def test_the_alarm_counts_a_stream_that_does_not_answer_and_no_full_shard(
    app: ModuleType, on_aws: Stream, *, refusals: tuple[Any, ...], fault: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch, Logs.captured() as logs:
        patch.setattr(aws_api, "call", FlakyStream(on_aws.aws, *refusals).call)
        assert post(app, load("evolution_webhook_delivered")).status == 503
    assert [line.get("fault", False) for line in logs.named("webhook not accepted")] == [fault]


def test_a_secret_that_cannot_be_read_refuses_no_webhook_for_good(app: ModuleType, on_aws: Stream) -> None:
    on_aws.aws.lose_secret(app.ENV["WEBHOOK_SECRET"])
    assert post(app, load("evolution_webhook_delivered")).status == 503


def test_nothing_heavy_is_imported() -> None:
    check = (
        "import sys, functions.evolution_webhook.app;"
        "print([name for name in ('psycopg', 'pydantic', 'requests', 'nacl', 'boto3', 'tenacity', 'phonenumbers',"
        " 'aws_lambda_powertools.event_handler') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", check],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(["layers/hidra", "."])},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"
