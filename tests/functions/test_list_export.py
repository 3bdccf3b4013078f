"""Slices of exports that the export queue triggers: the real database, and moto's S3 and SQS."""

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.domain.export import file_key
from hidra.domain.nudge import ExportNudge
from hidra.gateways import uploads
from hidra.services.exports import run_slice
from tests.conftest import Databases
from tests.functions.api import CONTEXT, load
from tests.functions.workers import BUCKET, Aws, Logs, failed, from_queue, unreachable, use
from tests.store.exporting import Exporting, add_contacts

NEXT = "list_export_next_slice"


@pytest.fixture(autouse=True)
def parts_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with Logs.captured() as logs:
        yield logs
    logs.assert_free_of("1197000", "Cliente")


@pytest.fixture
def exporter(databases: Databases, on_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    app = use("list_export", monkeypatch, EXPORT_BUCKET=BUCKET, EXPORT_QUEUE_URL=on_aws.queue("exports"))
    monkeypatch.setattr(app, "db", databases.jobs)
    return app


def small_parts(exporter: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part after each page of ten rows, and a slice after each part."""
    monkeypatch.setattr(run_slice, "PART_BYTES", 1)
    monkeypatch.setattr(run_slice, "PAGE_ROWS", 10)
    monkeypatch.setattr(exporter, "SLICE_SECONDS", 0)


def handle(exporter: ModuleType, *exports: Exporting) -> Any:
    bodies = [ExportNudge(each.user_id, each.id).to_json() for each in exports]
    return exporter.handler(from_queue(NEXT, *bodies), CONTEXT)


def handle_all(exporter: ModuleType, on_aws: Aws, this: Exporting) -> int:
    """Each slice that the one before has queued; returns how many there were."""
    queue, done = exporter.ENV["EXPORT_QUEUE_URL"], 0
    handle(exporter, this)
    while done < len(on_aws.bodies(queue)):
        exporter.handler(from_queue(NEXT, json.dumps(on_aws.bodies(queue)[done])), CONTEXT)
        done += 1
    return done + 1


def stored(this: Exporting) -> Any:
    return uploads.s3().get_object(Bucket=BUCKET, Key=file_key(this.user_id, this.id))


def in_the_bucket() -> int:
    """How many versions, marks of deleted files and open uploads the bucket holds."""
    versions = uploads.s3().list_object_versions(Bucket=BUCKET)
    uploading = uploads.s3().list_multipart_uploads(Bucket=BUCKET)
    return sum(
        len(found.get(name, [])) for found in (versions, uploading) for name in ("Versions", "DeleteMarkers", "Uploads")
    )


def test_a_short_list_is_one_file_after_one_slice(exporter: ModuleType, databases: Databases, user: UUID) -> None:
    add_contacts(databases, user, 3)
    this = Exporting.make(databases, user, attribute_names=["loja"])
    assert handle(exporter, this, this) == {"batchItemFailures": []}
    answer = stored(this)
    assert answer["ContentType"] == "text/csv; charset=utf-8"
    assert len(answer["Body"].read().splitlines()) == 4
    assert this.row()["status"] == "completed"


def test_a_slice_whose_time_is_over_queues_the_next_and_the_parts_become_one_file(
    exporter: ModuleType, databases: Databases, user: UUID, on_aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_parts(exporter, monkeypatch)
    add_contacts(databases, user, 45)
    this = Exporting.make(databases, user, format="jsonl")
    assert handle_all(exporter, on_aws, this) == 5
    body = stored(this)["Body"].read()
    found = [json.loads(line)["phone"] for line in body.splitlines()]
    assert (len(found), len(set(found))) == (45, 45)
    row = this.row()
    assert (row["status"], row["rows"], row["bytes"], row["slices"]) == ("completed", 45, len(body), 5)
    assert in_the_bucket() == 1


def test_what_a_canceled_export_has_stored_is_deleted(
    exporter: ModuleType, databases: Databases, user: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_parts(exporter, monkeypatch)
    add_contacts(databases, user, 45)
    this = Exporting.make(databases, user)
    handle(exporter, this)
    assert in_the_bucket() == 1
    databases.owner.execute("update hidra.exports set status = 'canceled', leftover = true")
    assert handle(exporter, this, this) == {"batchItemFailures": []}
    assert (in_the_bucket(), this.row()["leftover"]) == (0, False)


def test_no_version_of_the_file_is_left_after_an_erasure(
    exporter: ModuleType, databases: Databases, user: UUID
) -> None:
    this = Exporting.make(databases, user)
    handle(exporter, this)
    uploads.s3().put_object(Bucket=BUCKET, Key=file_key(user, this.id), Body=b"another version")
    databases.owner.execute("update hidra.exports set status = 'erased', leftover = true")
    handle(exporter, this)
    assert (in_the_bucket(), this.row()["leftover"]) == (0, False)


def test_a_part_that_was_replaced_is_never_part_of_the_file(
    exporter: ModuleType, databases: Databases, user: UUID, on_aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_parts(exporter, monkeypatch)
    add_contacts(databases, user, 25)
    this = Exporting.make(databases, user, format="jsonl")
    handle(exporter, this)
    file = {"Bucket": BUCKET, "Key": file_key(user, this.id), "UploadId": this.row()["upload_id"]}
    uploads.s3().upload_part(**file, PartNumber=1, Body=b"of a slice that was thought dead")
    handle_all(exporter, on_aws, this)
    assert (this.row()["status"], this.row()["restarts"]) == ("completed", 1)
    assert len(stored(this)["Body"].read().splitlines()) == 25
    assert in_the_bucket() == 1


def test_a_slice_without_a_database_or_storage_is_delivered_again(
    exporter: ModuleType, databases: Databases, user: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    this = Exporting.make(databases, user)
    event = from_queue(NEXT, ExportNudge(user, this.id).to_json())
    monkeypatch.setattr(exporter, "db", unreachable(databases))
    assert exporter.handler(event, CONTEXT) == failed(event, 0)
    monkeypatch.setattr(exporter, "db", databases.jobs)
    uploads.s3().delete_bucket(Bucket=BUCKET)
    assert exporter.handler(event, CONTEXT) == failed(event, 0)
    uploads.s3().create_bucket(Bucket=BUCKET)
    assert exporter.handler(event, CONTEXT) == {"batchItemFailures": []}
    assert this.row()["status"] == "completed"


def test_the_event_of_the_repository_is_for_an_export_that_does_not_exist_here(exporter: ModuleType) -> None:
    assert exporter.handler(load("list_export_next_slice"), CONTEXT) == {"batchItemFailures": []}


def test_unknown_messages_fail(exporter: ModuleType, user: UUID) -> None:
    later = ExportNudge(user, uuid4()).to_json().replace("1", "2", 1)
    event = from_queue(NEXT, "", "{", "[]", "{}", '{"export_id": "x"}', later)
    assert exporter.handler(event, CONTEXT) == failed(event, *range(6))
