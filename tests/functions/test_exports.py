"""Exports over HTTP: what is accepted, one of a kind at a time, progress, links, and their end."""

import csv
import io
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest

from hidra.domain.export import file_key
from hidra.domain.nudge import ExportNudge
from hidra.gateways import uploads
from tests.conftest import Databases
from tests.functions.api import CONTEXT, Api
from tests.functions.workers import BUCKET, Aws, from_queue, use
from tests.store.exporting import Exporting, add_contacts
from tests.store.world import World


@pytest.fixture
def api(call: Any, on_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Api:
    made: Api = call("exports")
    settings = {"EXPORT_BUCKET": BUCKET, "EXPORT_QUEUE_URL": on_aws.queue("exports")}
    monkeypatch.setattr(made.function, "ENV", {**made.function.ENV, **settings})
    return made


@pytest.fixture
def exporter(databases: Databases, api: Api, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    names = ("EXPORT_BUCKET", "EXPORT_QUEUE_URL")
    app = use("list_export", monkeypatch, **{name: api.function.ENV[name] for name in names})
    monkeypatch.setattr(app, "db", databases.jobs)
    return app


def create(api: Api, **body: Any) -> Any:
    answer = api.post("/v1/exports", {"kind": "contacts", **body})
    assert answer.status == 201, answer.json
    return answer.json


def run(exporter: ModuleType, user_id: UUID, export_id: str) -> None:
    event = from_queue("list_export_next_slice", ExportNudge(user_id, UUID(export_id)).to_json())
    assert exporter.handler(event, CONTEXT) == {"batchItemFailures": []}


def test_an_export_goes_from_its_request_to_a_link_that_expires(
    api: Api, exporter: ModuleType, databases: Databases, user: UUID, on_aws: Aws
) -> None:
    add_contacts(databases, user, 3)
    created = create(api)
    assert (created["status"], created["delimiter"], created["rows"]) == ("waiting", ";", 0)
    [queued] = on_aws.bodies(api.function.ENV["EXPORT_QUEUE_URL"])
    assert queued["export_id"] == created["id"]
    early = api.get(f"/v1/exports/{created['id']}/file")
    assert (early.status, early.code) == (409, "export-not-completed")
    run(exporter, user, created["id"])
    shown = api.get(f"/v1/exports/{created['id']}").json
    assert (shown["status"], shown["rows"], shown["rows_expected"]) == ("completed", 3, 3)
    kept = datetime.fromisoformat(shown["expires_at"]) - datetime.fromisoformat(shown["created_at"])
    assert kept == timedelta(days=7)
    link = api.get(f"/v1/exports/{created['id']}/file").json
    query = parse_qs(urlsplit(link["url"]).query)
    assert query["X-Amz-Expires"] == ["900"]
    [disposition] = query["response-content-disposition"]
    assert disposition.startswith('attachment; filename="contacts-20')
    assert disposition.endswith('.csv"')
    left = datetime.fromisoformat(link["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    content = uploads.s3().get_object(Bucket=BUCKET, Key=file_key(user, UUID(created["id"])))["Body"].read()
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    assert (header[:3], header[-1], len(rows)) == (["id", "phone", "name"], "loja", 3)
    assert shown["bytes"] == len(content)


def test_one_export_of_a_kind_is_open_at_a_time_for_each_user(
    api: Api, call: Any, stranger: UUID, databases: Databases
) -> None:
    first = create(api)
    answer = api.post("/v1/exports", {"kind": "contacts", "format": "jsonl"})
    assert (answer.status, answer.code) == (409, "export-running")
    create(api, kind="opt_outs")
    create(Api(api.function, stranger, {}))
    assert api.post(f"/v1/exports/{first['id']}/cancel").json["status"] == "canceled"
    create(api)
    assert len(api.all("/v1/exports", limit=2)) == 3


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["campaign_id"]),
        ({"kind": "contacts", "campaign_id": str(UUID(int=1))}, ["campaign_id"]),
        ({"kind": "contacts", "status": "failed"}, ["status"]),
        ({"kind": "opt_outs", "segment_id": str(UUID(int=1))}, ["segment_id"]),
        ({"kind": "opt_outs", "format": "jsonl", "delimiter": ";"}, ["delimiter"]),
    ],
)
def test_fields_that_do_not_fit_together_are_named(api: Api, body: dict[str, Any], fields: list[str]) -> None:
    answer = api.post("/v1/exports", {"kind": "recipients", **body})
    assert (answer.status, answer.code, answer.fields) == (422, "wrong-fields", fields)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "opt_outs", "delimiter": "\t"}, "delimiter"),
        ({"kind": "templates"}, "kind"),
        ({"kind": "contacts", "format": "xlsx"}, "format"),
    ],
)
def test_a_value_that_is_none_of_the_choices_is_named(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.post("/v1/exports", body)
    assert (answer.status, answer.code, answer.fields) == (422, "invalid-request", [field])


def test_a_campaign_or_segment_of_another_user_is_unknown(api: Api, databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    for kind, name, value in (
        ("recipients", "campaign", world.campaign_id),
        ("contacts", "segment", world.segment_id),
    ):
        answer = api.post("/v1/exports", {"kind": kind, f"{name}_id": str(value)})
        assert (answer.status, answer.code, answer.fields) == (422, f"unknown-{name}", [f"{name}_id"])
    own = create(
        Api(api.function, world.user_id, {}), kind="recipients", campaign_id=str(world.campaign_id), status="failed"
    )
    assert own["recipient_status"] == "failed"


def test_contacts_with_more_attributes_than_a_csv_has_columns_are_exported_as_json_lines(
    api: Api, databases: Databases, user: UUID
) -> None:
    databases.owner.execute(
        "insert into hidra.attribute_names (user_id, name) select %s, 'a' || n from generate_series(1, 193) n", [user]
    )
    answer = api.post("/v1/exports", {"kind": "contacts"})
    assert (answer.status, answer.code) == (422, "too-many-columns")
    create(api, format="jsonl")


@pytest.mark.parametrize("status", ["failed", "canceled", "erased", "expired"])
def test_an_export_without_a_file_says_why_and_gives_no_link(
    api: Api, databases: Databases, user: UUID, status: str
) -> None:
    columns: dict[str, Any] = {"status": status}
    if status == "failed":
        columns |= {"failure_code": "gone", "failure_reason": "It is gone."}
    if status == "expired":
        columns = {"status": "completed", "created_at": datetime.now(UTC) - timedelta(days=7, seconds=1)}
    this = Exporting.make(databases, user, **columns)
    assert api.get(f"/v1/exports/{this.id}").json["status"] == status
    answer = api.get(f"/v1/exports/{this.id}/file")
    assert (answer.status, answer.code) == (409, "export-without-file")


def test_an_export_that_has_ended_cannot_be_canceled_and_a_second_cancel_changes_nothing(
    api: Api, databases: Databases, user: UUID
) -> None:
    ended = Exporting.make(databases, user, status="completed")
    answer = api.post(f"/v1/exports/{ended.id}/cancel")
    assert (answer.status, answer.code) == (409, "export-ended")
    path = f"/v1/exports/{create(api)['id']}/cancel"
    assert api.post(path).json == api.post(path).json


def test_exports_of_another_user_are_not_found(api: Api, databases: Databases, stranger: UUID) -> None:
    foreign = Exporting.make(databases, stranger, status="completed")
    for path in (f"/v1/exports/{foreign.id}", f"/v1/exports/{foreign.id}/file", f"/v1/exports/{uuid4()}"):
        assert api.get(path).status == 404
    assert api.post(f"/v1/exports/{foreign.id}/cancel").status == 404
    assert api.get("/v1/exports").json["items"] == []


def test_an_export_whose_message_is_not_accepted_waits_for_the_clock(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.function, "ENV", {**api.function.ENV, "EXPORT_QUEUE_URL": "https://no.such/queue"})
    assert create(api)["status"] == "waiting"


def test_an_erasure_over_http_asks_for_the_deletion_of_each_file(
    call: Any, api: Api, exporter: ModuleType, databases: Databases, on_aws: Aws
) -> None:
    user, queue = api.user_id, api.function.ENV["EXPORT_QUEUE_URL"]
    add_contacts(databases, user, 1)
    created = create(api)
    run(exporter, user, created["id"])
    contacts = call("contacts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contacts.function, "ENV", {**contacts.function.ENV, "EXPORT_QUEUE_URL": queue})
        assert contacts.post("/v1/contacts/erase", {"phone": "+5511970000001"}).status == 200
    assert api.get(f"/v1/exports/{created['id']}/file").code == "export-without-file"
    assert on_aws.bodies(queue)[-1]["export_id"] == created["id"]
    run(exporter, user, created["id"])
    assert uploads.s3().list_object_versions(Bucket=BUCKET).get("Versions", []) == []
