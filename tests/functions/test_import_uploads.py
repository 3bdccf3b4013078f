"""Forms that upload more than one file: one file is imported, whatever else arrives and in whichever order."""

# ruff: noqa: F811 - fixtures of contact_import

import json
import random
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from hidra.domain.imports import files
from hidra.gateways import uploads
from hidra.services.imports.request_import import cancel_import
from hidra.store import import_slices
from hidra.store.db import Database
from tests.conftest import Databases
from tests.functions.api import load
from tests.functions.test_contact_import import (
    ARRIVED,
    handle,
    importer,  # noqa: F401
    next_slice,
)
from tests.functions.workers import BUCKET, Aws
from tests.store.importing import Importing, contacts

FIRST, SECOND = b"phone,name\n11980000001,First\n", b"phone,name\n11980000002,Second\n"


class Form:
    """The form of one import."""

    def __init__(self, databases: Databases, user: UUID) -> None:
        self.user, self.this = user, Importing.make(databases, user, b"")
        self.key = files.contacts_key(user, self.this.id)

    def upload(self, content: bytes) -> str:
        """Uploads a file; returns S3's event about it."""
        stored = uploads.s3().put_object(Bucket=BUCKET, Key=self.key, Body=content)
        body = json.loads(load(ARRIVED)["Records"][0]["body"])
        body["Records"][0]["s3"]["object"] |= {"key": self.key, "versionId": stored["VersionId"]}
        return json.dumps(body)

    def stored(self) -> list[bytes]:
        """The files that are stored, every version."""
        found = uploads.s3().list_object_versions(Bucket=BUCKET, Prefix=self.key)
        assert not found.get("DeleteMarkers")
        return [
            uploads.s3().get_object(Bucket=BUCKET, Key=self.key, VersionId=each["VersionId"])["Body"].read()
            for each in found.get("Versions", [])
        ]

    def imported(self) -> set[str | None]:
        return {name for name, *_ in contacts(self.this.databases, self.user).values()}


@pytest.fixture
def form(importer: ModuleType, databases: Databases, user: UUID) -> Form:
    return Form(databases, user)


@pytest.mark.parametrize("order", [[0, 1], [1, 0], [0, 1, 0, 1], [1, 1, 0, 0]], ids=str)
def test_of_two_files_that_wait_the_one_that_is_noticed_first_is_imported_and_the_other_is_deleted(
    importer: ModuleType, form: Form, order: list[int]
) -> None:
    content = (FIRST, SECOND)
    events = [form.upload(each) for each in content]
    for number in order:
        assert handle(importer, events[number]) == {"batchItemFailures": []}
    assert form.this.row()["status"] == "completed"
    assert form.imported() == {("First", "Second")[order[0]]}
    assert form.stored() == [content[order[0]]]


def test_a_second_file_does_not_disturb_the_one_that_is_being_imported(
    importer: ModuleType, form: Form, on_aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "SLICE_SECONDS", 0)
    monkeypatch.setattr("hidra.services.imports.reading.BATCH_BYTES", 1000)
    content = b"phone\n" + b"".join(b"119%d\n" % (80000000 + n) for n in range(600))
    handle(importer, form.upload(content))
    row = form.this.row()
    assert row["status"] == "running"
    second = form.upload(SECOND)
    assert handle(importer, second, second) == {"batchItemFailures": []}
    assert form.this.row() == row
    done, queue = 0, importer.ENV["IMPORT_QUEUE_URL"]
    while done < len(on_aws.bodies(queue)):
        handle(importer, json.dumps(on_aws.bodies(queue)[done]))
        done += 1
    assert (form.this.row()["status"], form.this.row()["bytes_total"]) == ("completed", len(content))
    assert form.this.counts()["created"] == 600
    assert form.stored() == [content]


@pytest.mark.parametrize("content", [FIRST, b"nome\nAna\n"], ids=["completed", "failed"])
def test_a_file_that_arrives_after_the_end_changes_nothing_and_is_deleted(
    importer: ModuleType, form: Form, content: bytes
) -> None:
    first = form.upload(content)
    handle(importer, first)
    before = form.this.row()
    assert before["ended_at"] is not None
    handle(importer, form.upload(SECOND), first, next_slice(form.user, form.this.id))
    assert form.this.row() == before
    assert "Second" not in form.imported()
    assert form.stored() == [content]


def test_a_file_that_arrives_after_a_cancel_is_deleted(importer: ModuleType, form: Form, databases: Databases) -> None:
    cancel_import(databases.http, form.user, form.this.id, nudge=pytest.fail)
    before = form.this.row()
    handle(importer, form.upload(FIRST), form.upload(SECOND))
    assert (form.this.row(), form.imported(), form.stored()) == (before, set(), [])


def test_a_file_of_an_import_that_is_gone_is_deleted(importer: ModuleType, form: Form, databases: Databases) -> None:
    databases.owner.execute("delete from hidra.contact_imports")
    assert handle(importer, form.upload(FIRST)) == {"batchItemFailures": []}
    assert form.stored() == []


def test_a_file_whose_event_was_lost_is_imported_and_its_late_event_changes_nothing(
    importer: ModuleType, form: Form
) -> None:
    lost = form.upload(FIRST)
    handle(importer, next_slice(form.user, form.this.id))
    before = form.this.row()
    assert before["status"] == "completed"
    handle(importer, form.upload(SECOND), lost)
    assert (form.this.row(), form.imported(), form.stored()) == (before, {"First"}, [FIRST])


@pytest.mark.parametrize("seed", range(12))
def test_one_whole_file_is_imported_whatever_the_order_of_uploads_events_and_slices(
    importer: ModuleType, form: Form, on_aws: Aws, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(importer, "SLICE_SECONDS", 0)
    monkeypatch.setattr("hidra.services.imports.reading.BATCH_BYTES", 60)
    chance, queue = random.Random(seed), importer.ENV["IMPORT_QUEUE_URL"]
    content = [
        b"phone,name\n" + b"".join(b"119%d,File %d\n" % (80000000 + n, number) for n in range(20))
        for number in range(4)
    ]
    events: list[str] = []
    for each in chance.sample(content, 4):
        events.append(form.upload(each))
        for _ in range(chance.randrange(4)):
            handle(importer, chance.choice([*events, *map(json.dumps, on_aws.bodies(queue))]))
    done = 0
    while done < len(on_aws.bodies(queue)) or events:
        handle(importer, *events)
        events = []
        for body in on_aws.bodies(queue)[done:]:
            handle(importer, json.dumps(body))
            done += 1
    assert form.this.row()["status"] == "completed"
    [kept] = form.stored()
    assert form.imported() == {f"File {content.index(kept)}"}
    assert form.this.counts() == {"rows_read": 20, "created": 20, "updated": 0, "unchanged": 0, "rejected": 0}


def test_of_files_that_are_noticed_at_once_one_is_accepted(databases: Databases, user: UUID) -> None:
    this = Importing.make(databases, user, b"")

    def accept(number: int) -> bool:
        settings = {**databases.settings, "DATABASE_SECRET": "jobs"}
        db = Database(settings, databases.logins.__getitem__)
        try:
            return db.as_worker(lambda tx: import_slices.accept_file(tx, import_id=this.id, version=f"v{number % 4}"))
        finally:
            db.close()

    with ThreadPoolExecutor(8) as threads:
        accepted = list(threads.map(accept, range(8)))
    version = this.row()["file_version"]
    assert accepted == [f"v{number % 4}" == version for number in range(8)]


def test_a_bucket_without_versions_fails_an_import_whose_file_is_replaced(
    importer: ModuleType, databases: Databases, user: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "SLICE_SECONDS", 0)
    monkeypatch.setattr("hidra.services.imports.reading.BATCH_BYTES", 20)
    monkeypatch.setitem(importer.ENV, "IMPORT_BUCKET", "without-versions")
    uploads.s3().create_bucket(Bucket="without-versions")
    this = Importing.make(databases, user, b"")
    body: Any = {"Bucket": "without-versions", "Key": files.contacts_key(user, this.id)}
    uploads.s3().put_object(**body, Body=FIRST * 3)
    handle(importer, next_slice(user, this.id))
    uploads.s3().put_object(**body, Body=SECOND)
    handle(importer, next_slice(user, this.id))
    assert this.row()["failure_code"] == "file_replaced"
