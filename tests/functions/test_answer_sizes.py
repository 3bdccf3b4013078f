"""Answers and requests as large as the API's limits allow, against Lambda's 6 MB."""

import gzip
import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.domain.phone import phone_hash
from hidra.domain.template import WHATSAPP_CHARACTERS
from hidra.entry.http import COMPRESSED_FROM
from hidra.entry.sizes import LAMBDA_BYTES, MAX_BODY_BYTES
from tests.conftest import Databases
from tests.functions.api import CONTEXT, Answer, Api, load
from tests.functions.conftest import PHONE_HASH_SECRET
from tests.store.world import World

# Of one character, the longest in JSON inside JSON: two escaped halves, each with its backslash escaped again.
WIDE = "\U0001f600"
ENVELOPE = 500  # bytes beside the body: status, headers

CONTACTS = """
with large as (
    select jsonb_object_agg('a' || n, repeat(%(wide)s, 500)) as attributes from generate_series(1, 50) n
), made as (
    insert into hidra.contacts (id, user_id, phone, phone_hash, name, attributes)
    select gen_random_uuid(), %(user)s, '+55119' || 80000000 + n, '', repeat(%(wide)s, 200), attributes
    from large, generate_series(1, 30) n returning id
)
insert into hidra.segment_contacts (user_id, segment_id, contact_id) select %(user)s, %(segment)s, id from made
"""
SEGMENTS = """
insert into hidra.contact_segments (user_id, name, description)
select %(user)s, repeat(%(wide)s, 200), repeat(%(wide)s, 2000) from generate_series(1, 199)
"""
TEMPLATES = """
insert into hidra.message_templates (user_id, title, body)
select %(user)s, repeat(%(wide)s, 200), repeat(%(wide)s, 4096) from generate_series(1, 200)
"""
CAMPAIGNS = """
with template as (
    insert into hidra.message_templates (user_id, title, body) values (%(user)s, 'x', 'x') returning id
), made as (
    insert into hidra.campaigns (user_id, name, description, segment_id, template_id)
    select %(user)s, repeat(%(wide)s, 200), repeat(%(wide)s, 2000), %(segment)s, template.id
    from template, generate_series(1, 200) returning id
)
insert into hidra.campaign_metrics (campaign_id, user_id) select id, %(user)s from made
"""
IMPORTS = """
insert into hidra.contact_imports (user_id, source, format, options)
select %(user)s, 'csv', 'csv', jsonb_build_object('mapping', (
    select jsonb_object_agg(n || repeat(%(wide)s, 197), repeat(%(wide)s, 64)) from generate_series(1, 200) n
)) from generate_series(1, 10)
"""


@pytest.fixture
def segment(databases: Databases, user: UUID) -> UUID:
    segment_id = uuid4()
    databases.owner.execute("insert into core.users (id) values (%s) on conflict do nothing", [user])
    databases.owner.execute(
        "insert into hidra.contact_segments (id, user_id, name) values (%s, %s, 'all')", [segment_id, user]
    )
    return segment_id


def encoded(answer: Answer) -> int:
    return len(json.dumps(json.dumps(answer.json))) + ENVELOPE


def pages(send: Callable[[dict[str, Any]], Answer], *lists: str) -> list[dict[str, Any]]:
    """Every page, each of which fits through Lambda."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 200}
    while True:
        answer = send(query)
        assert answer.status == 200
        assert encoded(answer) < LAMBDA_BYTES
        found.append(answer.json)
        if answer.json["next_cursor"] is None:
            return found
        query["cursor"] = answer.json["next_cursor"]


@pytest.mark.parametrize(
    ("function", "path", "rows", "made"),
    [
        ("contacts", "/v1/contacts", CONTACTS, 30),
        ("segments", "/v1/segments/{segment}/contacts", CONTACTS, 30),
        ("segments", "/v1/segments", SEGMENTS, 200),
        ("templates", "/v1/templates", TEMPLATES, 200),
        ("campaigns", "/v1/campaigns", CAMPAIGNS, 200),
        ("imports", "/v1/imports", IMPORTS, 10),
    ],
    ids=["contacts", "members", "segments", "templates", "campaigns", "imports"],
)
def test_a_page_of_large_items_ends_before_lambdas_limit_and_its_cursor_goes_on(
    call: Callable[..., Api],
    databases: Databases,
    user: UUID,
    segment: UUID,
    *,
    function: str,
    path: str,
    rows: str,
    made: int,
) -> None:
    databases.owner.execute(rows, {"user": user, "segment": segment, "wide": WIDE})
    api = call(function)
    found = pages(lambda query: api.get(path.format(segment=segment), **query))
    ids = [item["id"] for page in found for item in page["items"]]
    assert len(ids) == len(set(ids)) == made
    assert len(found) > 1
    assert all(len(page["items"]) > 1 for page in found[:-1])


EXPORTED = """
with template as (
    insert into hidra.message_templates (user_id, title, body) values (%(user)s, 'x', 'x') returning id
), campaign as (
    insert into hidra.campaigns (user_id, name, segment_id, template_id)
    select %(user)s, repeat(%(wide)s, 200), %(segment)s, id from template returning id
), counted as (
    insert into hidra.campaign_metrics (campaign_id, user_id) select id, %(user)s from campaign
), runs as (
    insert into hidra.campaign_runs (user_id, campaign_id, initiated_by, body, status, ended_at)
    select %(user)s, id, %(user)s, repeat('{{v}}', 819), 'completed', now() from campaign, generate_series(1, 12)
    returning id, campaign_id
), messages as (
    insert into hidra.campaign_messages
        (user_id, campaign_id, run_id, contact_id, phone, phone_hash, variables, status, counted)
    select %(user)s, campaign_id, id, gen_random_uuid(), '+5511980000001', %(hash)s,
        jsonb_build_object('v', repeat(%(wide)s, 500)), 'pending', false
    from runs
), contact as (
    insert into hidra.contacts (user_id, phone, phone_hash, attributes)
    select %(user)s, '+5511980000001', %(hash)s, jsonb_object_agg('a' || n, repeat(%(wide)s, 500))
    from generate_series(1, 50) n returning id
), segments as (
    insert into hidra.contact_segments (user_id, name)
    select %(user)s, repeat(%(wide)s, 200) from generate_series(1, 401) returning id
), members as (
    insert into hidra.segment_contacts (user_id, segment_id, contact_id)
    select %(user)s, segments.id, contact.id from segments, contact
)
insert into hidra.direct_sends (user_id, evolution_config_id, kind, phone_hash, provider_message_id, claimed_at)
select %(user)s, %(connection)s, 'trial', %(hash)s, repeat('x', 300), now() from generate_series(1, 250)
"""


def test_an_export_of_much_has_each_thing_on_one_of_its_pages(call: Callable[..., Api], databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    databases.owner.execute(
        EXPORTED,
        {
            "user": world.user_id,
            "segment": world.segment_id,
            "connection": world.connection_id,
            "wide": WIDE,
            "hash": phone_hash(PHONE_HASH_SECRET, str(world.user_id), "+5511980000001"),
        },
    )
    api, person = call("contacts", world.user_id), {"phone": "+5511980000001"}
    found = pages(lambda query: api("POST", "/v1/contacts/export", person, query=query))
    assert len(found) > 2
    for name, made in (("segments", 401), ("direct_messages", 250)):
        ids = [item["id"] for page in found for item in page[name]]
        assert len(ids) == len(set(ids)) == made
    runs = [message["run_id"] for page in found for message in page["messages"]]
    assert len(runs) == len(set(runs)) == 12
    assert {len(message["text"]) for page in found for message in page["messages"]} == {WHATSAPP_CHARACTERS}
    assert all(len(page["contact"]["attributes"]) == 50 for page in found)


def test_a_preview_longer_than_any_text_of_whatsapp_is_refused(call: Callable[..., Api]) -> None:
    templates = call("templates")
    made = templates.post("/v1/templates", {"title": "x", "body": "{{v}}" * 819, "variables": ["v"]}).json["id"]
    for value, status in ((WIDE * 80, 200), (WIDE * 1_000, 422)):
        answer = templates.post(f"/v1/templates/{made}/preview", {"variables": {"v": value}})
        assert answer.status == status
        assert encoded(answer) < LAMBDA_BYTES
    assert answer.code == "text-too-long"


@pytest.mark.parametrize(
    "body",
    [
        {f"unknown{at}": 1 for at in range(20_000)},
        {"contacts": [{"phone": WIDE * 50, "attributes": {WIDE * 60 + str(at): None for at in range(10)}}] * 300},
        {"contacts": [{"phone": "+5511980000001", "attributes": {WIDE * 1_000_000: 1}}]},
    ],
    ids=["unknown fields", "many contacts", "a long name"],
)
def test_the_errors_of_a_request_that_is_wrong_throughout_fit_into_the_answer(
    call: Callable[..., Api], body: dict[str, Any]
) -> None:
    answer = call("contacts")("POST", "/v1/contacts", text=json.dumps(body, ensure_ascii=False))
    assert answer.status == 422
    assert encoded(answer) < LAMBDA_BYTES
    assert len(answer.fields) <= 1_000
    if len(answer.fields) > 1:
        assert "errors names the first" in answer.json["detail"]


def test_every_phone_of_the_largest_request_that_is_wrong_is_named(call: Callable[..., Api]) -> None:
    answer = call("contacts").post("/v1/contacts", {"contacts": [{"phone": "x"}] * 1_000})
    assert (answer.status, len(answer.fields)) == (422, 1_000)
    assert answer.code == "invalid-phone"


@pytest.mark.parametrize(
    "name",
    ["contacts", "segments", "imports", "exports", "templates", "campaigns", "recipients", "connections", "metrics"],
)
@pytest.mark.parametrize("body", ["[" * (MAX_BODY_BYTES + 1), "é" * (MAX_BODY_BYTES // 2 + 1)], ids=["bytes", "utf-8"])
def test_a_body_that_is_too_large_is_refused_before_it_is_parsed(
    call: Callable[..., Api], monkeypatch: pytest.MonkeyPatch, name: str, body: str
) -> None:
    event = load("contacts_save") | {"body": body}
    module = call(name).function
    monkeypatch.setattr(module.app, "resolve", lambda *_: pytest.fail("it is parsed"))
    answer = module.handler(event, CONTEXT)
    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["status"], problem["type"]) == (
        413,
        413,
        "urn:hidra:problem:request-too-large",
    )
    assert answer["headers"]["Content-Type"] == "application/problem+json"


def test_the_largest_body_is_accepted(call: Callable[..., Api]) -> None:
    body = json.dumps({"contacts": [{"phone": "+5511980000001"}]})
    answer = call("contacts")("POST", "/v1/contacts", text=body + " " * (MAX_BODY_BYTES - len(body)))
    assert answer.status == 201


def test_a_long_answer_is_compressed_for_a_client_that_takes_that(
    call: Callable[..., Api], databases: Databases, user: UUID
) -> None:
    databases.owner.execute("insert into core.users (id) values (%s) on conflict do nothing", [user])
    databases.owner.execute(SEGMENTS, {"user": user, "wide": "x"})
    event = load("segments_list")
    event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = str(user)
    plain = call("segments").function.handler(event, CONTEXT)
    assert len(plain["body"]) > COMPRESSED_FROM
    assert not plain["isBase64Encoded"]
    event["headers"]["accept-encoding"] = "gzip, deflate, br"
    answer = call("segments").function.handler(event, CONTEXT)
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, True)
    assert (answer["headers"]["Content-Encoding"], answer["headers"]["Vary"]) == ("gzip", "Accept-Encoding")
    assert len(answer["body"]) * 10 < len(plain["body"])
    assert gzip.decompress(b64decode(answer["body"])).decode() == plain["body"]
    # A short one, such as a problem, is not.
    event["queryStringParameters"] = {"limit": "1"}
    event["rawQueryString"] = "limit=1"
    databases.owner.execute("update hidra.contact_segments set description = null")
    assert not call("segments").function.handler(event, CONTEXT)["isBase64Encoded"]
