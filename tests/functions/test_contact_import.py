"""Slices of imports that S3 and the import queue trigger: the real database, and moto's S3 and SQS."""

import json
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.domain.imports import files
from hidra.domain.nudge import ImportNudge
from hidra.gateways import uploads
from tests.conftest import Databases
from tests.functions.api import CONTEXT, load
from tests.functions.workers import BUCKET, PHONE_HASH_SECRET, Aws, Logs, failed, from_queue, unreachable, use
from tests.store.importing import Importing, contacts

ARRIVED, NEXT = "contact_import_file_arrived", "contact_import_next_slice"


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with Logs.captured() as logs:
        yield logs
    logs.assert_free_of("1198000", "Ana")


@pytest.fixture
def importer(databases: Databases, on_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    app = use("contact_import", monkeypatch, IMPORT_BUCKET=BUCKET, IMPORT_QUEUE_URL=on_aws.queue("imports"))
    monkeypatch.setattr(app, "db", databases.jobs)
    monkeypatch.setattr(app, "phone_hash_secret", PHONE_HASH_SECRET.encode)
    return app


def uploaded(databases: Databases, user: UUID, content: bytes) -> Importing:
    this = Importing.make(databases, user, content)
    uploads.s3().put_object(Bucket=BUCKET, Key=files.contacts_key(user, this.id), Body=content)
    return this


def arrival(user: UUID, import_id: UUID) -> str:
    body = json.loads(load(ARRIVED)["Records"][0]["body"])
    body["Records"][0]["s3"]["object"]["key"] = files.contacts_key(user, import_id)
    return json.dumps(body)


def next_slice(user: UUID, import_id: UUID) -> str:
    return ImportNudge(user, import_id).to_json()


def handle(importer: ModuleType, *bodies: str) -> Any:
    return importer.handler(from_queue(NEXT, *bodies), CONTEXT)


def test_an_arrived_file_is_imported_and_its_rejected_rows_are_a_file_beside_it(
    importer: ModuleType, databases: Databases, user: UUID, on_aws: Aws
) -> None:
    this = uploaded(databases, user, b"phone,name\n11980000000,Ana\nx,y\n")
    assert handle(importer, arrival(user, this.id), arrival(user, this.id)) == {"batchItemFailures": []}
    assert this.row()["status"] == "completed"
    assert contacts(databases, user) == {"+5511980000000": ("Ana", {}, None)}
    made = uploads.s3().get_object(Bucket=BUCKET, Key=files.rejects_key(user, this.id))
    assert made["Body"].read() == b'line,reason,row\r\n3,invalid_phone,"x,y"\r\n'
    assert on_aws.sent == []


def test_a_slice_whose_time_is_over_queues_the_next(
    importer: ModuleType, databases: Databases, user: UUID, on_aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "SLICE_SECONDS", 0)
    monkeypatch.setattr("hidra.services.imports.reading.BATCH_BYTES", 1000)
    content = b"phone\n" + b"".join(b"119%d\n" % (80000000 + n) for n in range(600))
    this = uploaded(databases, user, content)
    handle(importer, arrival(user, this.id))
    queue = importer.ENV["IMPORT_QUEUE_URL"]
    done = 0
    while done < len(on_aws.bodies(queue)):
        assert this.row()["status"] == "running"
        handle(importer, json.dumps(on_aws.bodies(queue)[done]))
        done += 1
    assert done > 2
    assert (this.row()["status"], this.counts()["created"]) == ("completed", 600)


def test_the_events_of_the_repository_are_for_imports_that_do_not_exist_here(importer: ModuleType) -> None:
    for name in (ARRIVED, NEXT):
        assert importer.handler(load(name), CONTEXT) == {"batchItemFailures": []}


def test_s3s_test_event_is_ignored_and_unknown_messages_fail(importer: ModuleType, user: UUID) -> None:
    assert handle(importer, '{"Service": "Amazon S3", "Event": "s3:TestEvent"}') == {"batchItemFailures": []}
    wrong = [
        "",
        "{",
        "[]",
        "{}",
        '{"import_id": "x"}',
        next_slice(user, uuid4()).replace("1", "2", 1),
        '{"Records": [{"s3": {"object": {"key": "x"}}}]}',
    ]
    event = from_queue(NEXT, *wrong)
    assert importer.handler(event, CONTEXT) == failed(event, *range(len(wrong)))


def test_a_slice_without_a_database_is_delivered_again(
    importer: ModuleType, databases: Databases, user: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    this = uploaded(databases, user, b"phone\n11980000000\n")
    monkeypatch.setattr(importer, "db", unreachable(databases))
    event = from_queue(NEXT, next_slice(user, this.id))
    assert importer.handler(event, CONTEXT) == failed(event, 0)
    monkeypatch.setattr(importer, "db", databases.jobs)
    assert importer.handler(event, CONTEXT) == {"batchItemFailures": []}
    assert this.counts()["created"] == 1


def test_a_file_that_is_replaced_while_it_is_read_fails_the_import(
    importer: ModuleType, databases: Databases, user: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    this = uploaded(databases, user, b"phone\n11980000000\n")
    key = files.contacts_key(user, this.id)
    found = uploads.find(BUCKET, key)
    assert found is not None
    found = replace(found, version=None)  # as in a bucket without versions
    slow = importer.File(found.size, found.etag, lambda *_: uploads.read(BUCKET, key, found, 0))
    monkeypatch.setattr(importer, "find", lambda *_: slow)
    uploads.s3().put_object(Bucket=BUCKET, Key=key, Body=b"another\n")
    handle(importer, next_slice(user, this.id))
    assert this.row()["failure_code"] == "file_replaced"


def test_an_import_whose_file_never_came_fails(importer: ModuleType, databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, b"")
    handle(importer, next_slice(user, this.id), next_slice(user, uuid4()))
    assert this.row()["status"] == "waiting"
    databases.owner.execute("update hidra.contact_imports set created_at = now() - interval '3 hours'")
    handle(importer, next_slice(user, this.id))
    assert this.row()["failure_code"] == "no_file"
