"""What functions used while everything happened: their rights, their figures, and no person's data in the wrong place."""

import json
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

import pytest

from local.stack import Stack
from tests.deployment import functions, logical_id
from tests.flow.everything import CONFIRMATION, NAME, PHONES, TEXT, VALUE, Everything, queued
from tests.test_dashboard import shown

# Rights of roles that the emulator does not ask for, because AWS itself uses them: what it is, and for what.
ONLY_AWS = {
    "kinesis:*": "Lambda's poller reads the stream with the function's role",
    "sqs:ReceiveMessage": "Lambda's poller of a queue",
    "sqs:DeleteMessage*": "Lambda's poller of a queue",
    "sqs:GetQueueAttributes": "Lambda's poller of a queue",
    "sqs:ChangeMessageVisibility*": "Lambda's poller of a queue",
    "lambda:InvokeFunction": "EventBridge Scheduler calls the function with a role of its own",
    "logs:*": "Lambda writes the function's log",
}
ONLY_AWS_ON = {
    ("delivery_recorder", "sqs:SendMessage*"): "Lambda reports batches that it gave up to DeliveryDeadLetters"
}


@pytest.fixture(scope="module")
def everything(stack: Stack) -> Everything:
    scenario = Everything(stack)
    scenario.happens()
    return scenario


def role_of(function: str, stack: Stack) -> str:
    return stack.cloud.resource(logical_id(function) + "Role")


def granted(function: str, stack: Stack) -> Iterator[tuple[str, str]]:
    """Each action with a resource on which the function's deployed role allows it."""
    iam, role = stack.cloud.client("iam"), role_of(function, stack)
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        for statement in iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]["Statement"]:
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    yield action, resource


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def used(stack: Stack) -> dict[str, set[tuple[str, str]]]:
    """By role: each action with the resource on which a function used it."""
    found: dict[str, set[tuple[str, str]]] = {}
    for line in (stack.folder / "emulator" / "rights.jsonl").read_text().splitlines():
        note = json.loads(line)
        if note["decision"] == "Allow" and ":assumed-role/" in note["role"]:
            role = note["role"].split(":assumed-role/")[1].split("/")[0]
            found.setdefault(role, set()).add((note["action"], note["resource"]))
    return found


def only_aws_uses(function: str, action: str, resource: str) -> bool:
    if any(fnmatch(action, pattern) for pattern in ONLY_AWS if pattern != "lambda:InvokeFunction"):
        return True
    return (function, action) in ONLY_AWS_ON and "DeadLetters" in resource


def test_every_right_of_a_function_is_used_and_none_is_missing(everything: Everything) -> None:
    stack = everything.stack
    by_role = used(stack)
    unused = []
    for function in functions():
        did = by_role.get(role_of(function, stack), set())
        rights = list(granted(function, stack))
        for action, resource in rights:
            if not only_aws_uses(function, action, resource) and not any(
                fnmatch(done, action) and fnmatch(on, resource) for done, on in did
            ):
                unused.append((function, action, resource))
        # The emulator refuses what no policy allows; this shows that it was asked.
        for done, on in did:
            assert any(fnmatch(done, action) and fnmatch(on, resource) for action, resource in rights), (function, done)
    assert unused == []
    assert {function for function in functions() if not by_role.get(role_of(function, stack))} == {
        "api_docs",
        "console",
    }


def test_every_figure_on_the_dashboard_was_written_and_every_written_one_is_shown(everything: Everything) -> None:
    written = set()
    for function in functions():
        for line in everything.stack.logs(function):
            if '"CloudWatchMetrics"' in line:
                found = json.loads(line)
                names = [
                    metric["Name"]
                    for described in found["_aws"]["CloudWatchMetrics"]
                    for metric in described["Metrics"]
                ]
                written |= {(found["service"], name) for name in names}
    assert written == shown()


def secrets_of(stack: Stack) -> set[str]:
    """Every value that is secret: of the secrets, and the keys inside them."""
    client, found = stack.cloud.client("secretsmanager"), set()
    for secret in client.list_secrets()["SecretList"]:
        value = client.get_secret_value(SecretId=secret["ARN"])["SecretString"]
        found.add(value)
        if value.startswith("{"):
            found |= {part for name, part in json.loads(value).items() if name != "username"}
    return {value for value in found if len(value) >= 16}


def records_of(stack: Stack) -> list[str]:
    """What is on the stream, as text."""
    client, name = stack.cloud.client("kinesis"), stack.cloud.resource("DeliveryStream")
    found: list[str] = []
    for shard in client.list_shards(StreamName=name)["Shards"]:
        position = client.get_shard_iterator(
            StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while position:
            page = client.get_records(ShardIterator=position)
            found += [record["Data"].decode() for record in page["Records"]]
            position = page["NextShardIterator"] if page["Records"] else None
    return found


def digits(phone: str) -> list[str]:
    """A phone as it may be written: its digits, and without the ninth as WhatsApp writes it."""
    number = phone[1:]
    return [number, number[2:], number[:4] + number[5:]]


def test_no_persons_data_and_no_key_is_where_it_does_not_belong(everything: Everything) -> None:
    """Where each may be stands in SECURITY.md. Replies are on the stream with phone and words: opt-outs need them."""
    stack = everything.stack
    secrets = {stack.evolution_api_key, everything.token, *secrets_of(stack)}
    people = {NAME, TEXT, VALUE, CONFIRMATION, *(number for phone in PHONES for number in digits(phone))}
    records = records_of(stack)
    places = {
        "a log": "\n".join(line for function in functions() for line in stack.logs(function)),
        "a queue": "\n".join(queued(stack)),
        "a record": "\n".join(record for record in records if '"kind": "reply"' not in record),
    }
    assert {name: len(text) for name, text in places.items() if len(text) < 1_000} == {}
    found = [(place, mark) for place, text in places.items() for mark in secrets | people if mark in text]
    replies, problems = "\n".join(records), "\n".join(everything.problems)
    found += [("a reply's record", mark) for mark in secrets | {NAME, TEXT, VALUE} if mark in replies]
    found += [("a problem", mark) for mark in secrets | {NAME, TEXT} if mark in problems]
    assert found == []
