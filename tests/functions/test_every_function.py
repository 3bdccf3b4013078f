"""What holds for every function of the tenants' entities alike."""

import base64
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.domain.phone import phone_hash
from hidra.entry.tenant import user_of
from hidra.errors import Unanswered, Unavailable
from hidra.store import identity, metrics, users
from hidra.store.db import Database, Tx
from tests.conftest import ROOT, Databases
from tests.deployment import events
from tests.functions.api import CONTEXT, Api, load
from tests.functions.conftest import PHONE_HASH_SECRET
from tests.functions.workers import Logs, unreachable
from tests.store.world import World

LISTS = {
    "contacts": ("/v1/contacts", "/v1/opt-outs"),
    "segments": ("/v1/segments", "/v1/segments/{id}/contacts"),
    "templates": ("/v1/templates",),
    "imports": ("/v1/imports",),
    "exports": ("/v1/exports",),
    "campaigns": ("/v1/campaigns",),
    "recipients": ("/v1/campaigns/{id}/runs", "/v1/campaigns/{id}/recipients"),
    "metrics": ("/v1/campaigns/{id}/timeline",),
}
BODIES = {
    "contacts": ("POST", "/v1/contacts"),
    "segments": ("POST", "/v1/segments"),
    "templates": ("POST", "/v1/templates"),
    "imports": ("POST", "/v1/imports"),
    "exports": ("POST", "/v1/exports"),
    "campaigns": ("POST", "/v1/campaigns"),
    "connections": ("PUT", "/v1/evolution-config"),
}
ANY = {
    "contacts": "/v1/contacts",
    "segments": "/v1/segments",
    "templates": "/v1/templates",
    "imports": "/v1/imports",
    "exports": "/v1/exports",
    "campaigns": "/v1/campaigns",
    "recipients": f"/v1/campaigns/{UUID(int=1)}/recipients",
    "metrics": "/v1/metrics/overview",
    "connections": "/v1/evolution-config",
}
NO_UUID = {
    "contacts": "/v1/contacts/17",
    "segments": "/v1/segments/17",
    "templates": "/v1/templates/17",
    "imports": "/v1/imports/17",
    "exports": "/v1/exports/17",
    "campaigns": "/v1/campaigns/17",
    "recipients": "/v1/campaigns/17/runs",
    "metrics": "/v1/campaigns/17/metrics",
}
EVENTS = {
    "contacts_get": 200,
    "contacts_change": 200,
    "contacts_delete": 204,
    "contacts_opt_outs": 200,
    "contacts_opt_in": 204,
    "contacts_opt_out_settings": 200,
    "contacts_save_opt_out_settings": 200,
    "segments_get": 200,
    "segments_change": 200,
    "segments_delete": 204,
    "segments_contacts": 200,
    "segments_remove_contact": 204,
    "imports_create": 201,
    "imports_create_evolution": 201,
    "imports_preview": 200,
    "imports_cancel": 200,
    "imports_list": 200,
    "imports_get": 200,
    "imports_rejects": 200,
    "exports_create": 201,
    "exports_cancel": 200,
    "exports_list": 200,
    "exports_get": 200,
    "exports_file": 200,
    "segments_fill": 200,
    "segments_merge": 200,
    "segments_subtract": 200,
    "segments_preview_filter": 200,
    "contacts_search": 200,
    "templates_list": 200,
    "templates_get": 200,
    "templates_change": 200,
    "templates_delete": 204,
    "campaigns_list": 200,
    "campaigns_get": 200,
    "campaigns_delete": 204,
    "recipients_runs": 200,
    "campaigns_unschedule": 200,
    "campaigns_pause": 200,
    "campaigns_resume": 200,
    "campaigns_cancel": 200,
    "metrics_campaign": 200,
    "connections_get": 200,
    "connections_delete": 204,
    "connections_check": 200,
    "contacts_save": 201,
    "contacts_list": 200,
    "contacts_opt_out": 200,
    "contacts_erase": 200,
    "contacts_export": 200,
    "segments_create": 201,
    "segments_list": 200,
    "segments_add_contacts": 200,
    "templates_create": 201,
    "templates_create_media": 201,
    "templates_preview": 200,
    "templates_preview_text": 200,
    "campaigns_create": 201,
    "campaigns_change": 200,
    "campaigns_duplicate": 201,
    "campaigns_preflight": 200,
    "campaigns_pace": 200,
    "campaigns_schedule": 200,
    "campaigns_start": 200,
    "campaigns_retry_failed": 202,
    "campaigns_trial": 200,
    "recipients_list": 200,
    "recipients_summary": 200,
    "metrics_overview": 200,
    "metrics_timeline": 200,
    "metrics_every_owner": 200,
    "connections_save": 200,
    "connections_connect": 200,
    "connections_backfill_statuses": 202,
}


# The ids that the events name: A is a segment and a template, B a template and a contact, C a draft, D a campaign that
# has ended with a failure, E one that runs, F one that is paused.
IDS = {
    letter: f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}"
    for letter, digit in zip("ABCDEF", "123456", strict=True)
}
WORLD = """
insert into hidra.contact_segments (id, user_id, name) values ('{A}', '{user}', 'all'), ('{B}', '{user}', 'nobody');
insert into hidra.contacts (id, user_id, phone, phone_hash, name, attributes)
values ('{B}', '{user}', '+351912345678', '', null, '{{}}'),
    ('{C}', '{user}', '+351912345679', '', 'Ana', '{{"pedido": 7}}');
insert into hidra.segment_contacts values ('{user}', '{A}', '{C}');
insert into hidra.message_templates (id, user_id, title, body)
values ('{A}', '{user}', 'x', '{{{{nome}}}} {{{{pedido}}}}'), ('{B}', '{user}', 'x', 'x');
insert into hidra.campaigns (id, user_id, name, segment_id, template_id) values ('{C}', '{user}', 'c', '{A}', '{A}');
insert into hidra.campaign_metrics (campaign_id, user_id) values ('{C}', '{user}');
insert into hidra.campaigns (id, user_id, name, segment_id, template_id, status)
values ('{D}', '{user}', 'd', '{A}', '{A}', 'completed'), ('{E}', '{user}', 'e', '{A}', '{A}', 'running'),
    ('{F}', '{user}', 'f', '{A}', '{A}', 'paused');
insert into hidra.campaign_runs (id, user_id, campaign_id, initiated_by, body)
values ('{D}', '{user}', '{D}', '{user}', 'x');
insert into hidra.campaign_messages (user_id, campaign_id, run_id, contact_id, phone, phone_hash, status)
values ('{user}', '{D}', '{D}', '{C}', '+351912345679', '', 'failed');
insert into hidra.contact_imports (id, user_id, segment_id, source, status, rows_read, rejected)
values ('{A}', '{user}', '{A}', 'csv', 'completed', 1, 1), ('{B}', '{user}', '{A}', 'csv', 'running', 0, 0);
insert into hidra.exports (id, user_id, kind, format, delimiter, status)
values ('{A}', '{user}', 'contacts', 'csv', ';', 'completed'), ('{B}', '{user}', 'opt_outs', 'csv', ';', 'waiting');
insert into hidra.evolution_api_config (user_id, base_url, instance_name, api_key_encrypted)
values ('{user}', 'https://evolution.example.com', 'main', '');
"""


SENT = {"outcome": "sent", "provider_message_id": "A", "error_code": None, "error_detail": None}


@pytest.mark.parametrize("event", EVENTS)
def test_the_events_of_the_repository_work_where_their_ids_exist(
    call: Any, databases: Databases, user: UUID, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    databases.owner.execute(WORLD.format(user=user, **IDS))
    databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
        [user, phone_hash(PHONE_HASH_SECRET, str(user), "+5511987654321")],
    )
    api = call(next(name for name in ANY if event.startswith(name)))
    if event.startswith("connections"):
        monkeypatch.setattr(api.function.connection, "ask", lambda *_, **__: {"state": "open"})
    if event == "imports_create_evolution":
        monkeypatch.setattr(api.function.connection, "invoke_later", lambda *_: None)
    if event.startswith("exports"):
        monkeypatch.setattr(api.function, "nudge_export", lambda *_, **__: None)
    if event == "campaigns_trial":
        monkeypatch.setattr(api.function.sender, "invoke", lambda *_: SENT)
    assert api.send(load(event)).status == EVENTS[event]


@pytest.mark.parametrize("function", ANY)
def test_an_unknown_user_of_a_foreign_platform_is_refused(call: Any, fresh_database: Databases, function: str) -> None:
    fresh_database.owner.execute("comment on table core.users is 'the platform around'")
    answer = call(function, uuid4()).get(ANY[function])
    assert (answer.status, answer.code) == (403, "unknown-user")


def admitting(api: Api, monkeypatch: pytest.MonkeyPatch, **rules: str) -> Api:
    """The function with other rules of who is a tenant."""
    monkeypatch.setattr(api.function, "me", user_of(api.function.app, lambda: api.function.db, RULES | rules))
    return api


RULES = {"GROUPS_CLAIM": "cognito:groups", "ALLOWED_GROUP": "*", "UNKNOWN_USERS": "create"}


@pytest.mark.parametrize("function", ANY)
def test_only_members_of_the_allowed_group_are_tenants(
    call: Any, databases: Databases, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    user_id, denied = uuid4(), (403, "not-in-group")
    for claims in ({}, {"cognito:groups": "[staff]"}, {"cognito:groups": "sales team"}, {"groups": "sales"}):
        api = admitting(call(function, user_id, **claims), monkeypatch, ALLOWED_GROUP="sales")
        answer = api.get(ANY[function])
        assert (answer.status, answer.code) == denied
    assert databases.owner.execute("select from core.users where id = %s", [user_id]).fetchone() is None
    member = admitting(call(function, user_id, **{"cognito:groups": "[sales]"}), monkeypatch, ALLOWED_GROUP="sales")
    assert member.get(ANY[function]).status in (200, 404)
    # The group is read in each token, so a user who has left it is refused.
    left = admitting(call(function, user_id), monkeypatch, ALLOWED_GROUP="sales").get(ANY[function])
    assert (left.status, left.code) == denied


@pytest.mark.parametrize("function", ANY)
def test_unknown_users_are_refused_and_not_made_where_the_deployment_says_so(
    call: Any, databases: Databases, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    user_id = uuid4()
    api = admitting(call(function, user_id), monkeypatch, UNKNOWN_USERS="refuse")
    answer = api.get(ANY[function])
    assert (answer.status, answer.code) == (403, "unknown-user")
    assert databases.owner.execute("select from core.users where id = %s", [user_id]).fetchone() is None
    databases.owner.execute("insert into core.users (id) values (%s)", [user_id])
    assert api.get(ANY[function]).status in (200, 404)


@pytest.mark.parametrize("function", ANY)
def test_a_token_whose_subject_is_no_uuid_is_refused(call: Any, function: str) -> None:
    api = call(function)
    answer = Api(api.function, api.user_id, {"sub": "ana"}).get(ANY[function])
    assert (answer.status, answer.code) == (403, "forbidden")


def test_a_new_user_is_made_and_asked_for_once_a_process(
    call: Any, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    ensure = users.ensure

    def counting(*args: Any, **params: Any) -> bool:
        asked.append(params)
        return ensure(*args, **params)

    monkeypatch.setattr(users, "ensure", counting)
    user_id = uuid4()
    for function in ("contacts", "contacts", "segments"):
        api = Api(call(function).function, user_id, {"email": "bia@example.com", "name": "Bia"})
        assert api.get(ANY[function]).status == 200
    assert asked == [{"email": "bia@example.com", "name": "Bia"}]
    row = databases.owner.execute("select email, name, role from core.users where id = %s", [user_id]).fetchone()
    assert row == ("bia@example.com", "Bia", "user")


@pytest.mark.parametrize("function", ANY)
def test_without_a_database_every_answer_is_try_again(
    call: Any, databases: Databases, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    api = call(function)
    monkeypatch.setattr(api.function, "db", unreachable(databases))
    for _ in range(2):
        answer = api.get(ANY[function])
        assert (answer.status, answer.code) == (503, "unavailable")
    monkeypatch.setattr(api.function, "db", databases.http)
    assert api.get(ANY[function]).status in (200, 404)


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (Unavailable("The database is not available."), True),
        (ZeroDivisionError(), True),
        (Unavailable("Evolution did not answer.", code="evolution-unavailable"), False),
        (Unavailable("Another request is changing the same data.", code="locked"), False),
        (Unavailable("The request takes too long.", code="too-slow"), False),
        (Unanswered("Another part of Hidra has not answered yet."), False),
    ],
    ids=["no database", "a bug", "a tenant's server", "a tenant's other request", "a heavy request", "a slow server"],
)
def test_the_alarm_counts_failures_of_ours_and_none_that_a_tenant_can_cause(
    call: Any, monkeypatch: pytest.MonkeyPatch, *, error: Exception, fault: bool
) -> None:
    def fail(*_: Any) -> None:
        raise error

    api = call("connections")
    monkeypatch.setattr(api.function.db, "as_user", fail)
    with Logs.captured() as logs:
        assert api.post("/v1/evolution-config/check").status in (500, 503)
    assert [line["fault"] for line in logs.lines if "fault" in line] == [True] * fault


def test_a_statement_that_takes_too_long_is_no_failure_of_the_database(
    call: Any, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(tx: Tx, **_: Any) -> None:
        tx.run("set local statement_timeout = 10")
        tx.value("select pg_sleep(5)")

    monkeypatch.setattr(metrics, "overview", slow)
    api = call("metrics")
    answer = api.get("/v1/metrics/overview")
    assert (answer.status, answer.code) == (503, "too-slow")


@pytest.mark.parametrize(
    ("function", "event"),
    [("contacts", "contacts_list"), ("campaigns", "campaigns_list"), ("recipients", "recipients_list")],
)
def test_with_another_key_of_the_phone_hashes_nothing_is_answered_but_what_to_do(
    call: Any, databases: Databases, monkeypatch: pytest.MonkeyPatch, function: str, event: str
) -> None:
    api = call(function)
    check = identity.checked(lambda: b"of a stack that was made anew")
    db = Database({**databases.settings, "DATABASE_SECRET": "http"}, databases.logins.__getitem__, check=check)
    monkeypatch.setattr(api.function, "db", db)
    answer = api.function.handler(load(event), CONTEXT)
    assert answer["statusCode"] == 503
    assert json.loads(answer["body"])["type"] == "urn:hidra:problem:identity-key"
    assert "PhoneHashSecretArn" in json.loads(answer["body"])["detail"]
    db.close()


@pytest.mark.parametrize("function", BODIES)
def test_what_is_no_json_is_refused(call: Any, function: str) -> None:
    method, path = BODIES[function]
    for text in ("{", "name=x", '{"name": "x"', '{"name": "x",}', "\0"):
        answer = call(function)(method, path, text=text)
        assert (answer.status, answer.code) == (400, "malformed-json")
    for text in ("", "null", "5", '"x"', "[]", "true"):
        answer = call(function)(method, path, text=text)
        assert (answer.status, answer.fields) == (422, ["body"])


@pytest.mark.parametrize("function", BODIES)
@pytest.mark.parametrize("text", ["[" * 100_000, '{"name": ' + "9" * 5_000 + "}"], ids=["brackets", "digits"])
def test_json_that_python_cannot_hold_is_refused(call: Any, function: str, text: str) -> None:
    method, path = BODIES[function]
    answer = call(function)(method, path, text=text)
    assert (answer.status, answer.code) == (400, "malformed-json")


def test_a_body_is_an_object_not_a_list_of_them(call: Any) -> None:
    answer = call("segments").post("/v1/segments", [{"name": "a"}, {"name": "b"}])
    assert (answer.status, answer.fields) == (422, ["body"])


def test_bytes_that_are_no_text_are_refused(call: Any) -> None:
    answer = call("segments").send({**load("segments_create"), "body": "/w==", "isBase64Encoded": True})
    assert (answer.status, answer.code) == (400, "malformed-json")


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-8"],
)
def test_a_body_is_read_as_json_whatever_it_is_called(call: Any, kind: str) -> None:
    event = load("segments_create")
    event["headers"]["content-type"] = kind
    assert call("segments").send(event).status == 201


def test_an_answer_that_does_not_fit_is_our_error(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    api = call("metrics")
    monkeypatch.setattr(api.function.db, "as_user", lambda *_: {"owner_id": "x"})
    answer = api.get("/v1/metrics/overview")
    assert (answer.status, answer.code) == (500, "internal")


@pytest.mark.parametrize("function", NO_UUID)
def test_an_id_that_is_none_is_not_found(call: Any, function: str) -> None:
    answer = call(function).get(NO_UUID[function])
    assert (answer.status, answer.code) == (404, "not-found")


@pytest.mark.parametrize("function", ANY)
def test_a_route_that_is_none_is_not_found(call: Any, function: str) -> None:
    answer = call(function).get("/v1/nothing")
    assert (answer.status, answer.code) == (404, "not-found")


SERVED = {(event["Method"], event["Path"]): name for name in ANY for event in events(name, "HttpApi")}
OPERATIONS = [
    (
        SERVED[method.upper(), path],
        method.upper(),
        re.sub(r"\{\w+\}", str(UUID(int=1)), path),
        [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"],
    )
    for path, methods in json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"].items()
    for method, operation in methods.items()
    if path.startswith("/v1/")
]


@pytest.mark.parametrize(("function", "method", "path", "known"), OPERATIONS)
def test_every_route_refuses_a_parameter_that_it_does_not_know_and_names_those_that_it_does(
    call: Any, function: str, method: str, path: str, known: list[str]
) -> None:
    """Before anything else: without its body too, and without a row of that id."""
    answer = call(function)(method, path, query={"dry_run": "true"})
    assert (answer.status, answer.code, answer.fields) == (422, "unknown-parameter", ["dry_run"])
    assert f"it takes {', '.join(sorted(known)) or 'none'}." in answer.json["detail"]


def forged(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


WRONG_CURSORS = [
    "x",
    "é",
    "%00",
    forged([]),
    forged({}),
    forged("x"),
    forged(["x"] * 2),
    forged(["x"] * 3),
    forged(["0001-01-01T00:00:00+23:59", str(uuid4())]),
    forged(["2030-01-01", str(uuid4())]),
    "x" * 501,
    forged([5, 5]),
    forged([None]),
    forged([[]]),
]


@pytest.mark.parametrize(("function", "path"), [(name, path) for name, paths in LISTS.items() for path in paths])
def test_limits_and_cursors_that_are_none_are_named(call: Any, databases: Databases, function: str, path: str) -> None:
    world = World.make(databases, recipients=0)
    api = call(function, world.user_id)
    path = path.format(id=world.segment_id if function == "segments" else world.campaign_id)
    assert api.get(path).json == {"items": [], "next_cursor": None} or api.get(path).json["items"]
    for limit in ("0", "-1", "x", "1.5", "100000"):
        answer = api.get(path, limit=limit)
        assert (answer.status, answer.fields) == (422, ["limit"])
    for cursor in WRONG_CURSORS:
        answer = api.get(path, cursor=cursor)
        assert (answer.status, answer.fields) == (422, ["cursor"])
