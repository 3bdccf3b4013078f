from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Databases
from tests.store.world import World

GIVEN = {"title": "Oi", "body": "Oi {{nome}}, {{ pedido }}!", "variables": ["nome", "pedido"]}

CONTRACT = {"media_url": "https://cdn.example.com/a.pdf", "media_type": "document", "file_name": "Contrato.pdf"}
NO_MEDIA = {"media_url": None, "media_type": None, "file_name": None}


def test_a_template_is_created_changed_and_deleted(call: Any) -> None:
    templates = call("templates")
    answer = templates.post("/v1/templates", {**GIVEN, **CONTRACT})
    assert answer.status == 201
    template = answer.json
    assert template == {
        **GIVEN,
        **CONTRACT,
        "id": template["id"],
        "created_at": template["created_at"],
        "warnings": [],
    }
    path = "/v1/templates/" + template["id"]
    assert templates.get(path).json == template
    changed = {**template, "body": "Oi {{nome}}", "variables": ["nome"]}
    assert templates.patch(path, {"body": "Oi {{nome}}", "variables": ["nome"]}).json == changed
    without_media = {**changed, **NO_MEDIA}
    assert templates.patch(path, {"media_url": None}).json == without_media
    assert templates.get(path).json == without_media
    assert templates.delete(path).status == 204
    assert templates.delete(path).status == 404


def test_templates_are_listed_newest_first_page_by_page(call: Any, stranger: UUID) -> None:
    templates = call("templates")
    for title in "abc":
        templates.post("/v1/templates", {"title": title, "body": "x"})
    call("templates", stranger).post("/v1/templates", {"title": "theirs", "body": "x"})
    assert [item["title"] for item in templates.all("/v1/templates", limit=2)] == list("cba")


@pytest.mark.parametrize(
    "change", [{"body": "Oi {{nome}}"}, {"variables": ["nome"]}, {"body": "{{nome}} {{pedido}} {{"}]
)
def test_a_change_must_fit_to_what_stays(call: Any, change: Any) -> None:
    templates = call("templates")
    template = templates.post("/v1/templates", GIVEN).json
    answer = templates.patch("/v1/templates/" + template["id"], change)
    assert (answer.status, answer.code) == (422, "template-variables")
    assert templates.get("/v1/templates/" + template["id"]).json == template


@pytest.mark.parametrize(
    ("change", "media"),
    [
        ({"title": "x"}, CONTRACT),
        ({"file_name": None}, {**CONTRACT, "file_name": None}),
        ({"media_type": "image"}, {**CONTRACT, "media_type": "image", "file_name": None}),
        ({"media_url": None}, NO_MEDIA),
        (NO_MEDIA, NO_MEDIA),
    ],
)
def test_what_belongs_to_media_goes_with_it(call: Any, change: Any, media: Any) -> None:
    templates = call("templates")
    path = "/v1/templates/" + templates.post("/v1/templates", {**GIVEN, **CONTRACT}).json["id"]
    assert templates.patch(path, change).status == 200
    assert {name: templates.get(path).json[name] for name in NO_MEDIA} == media


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"media_type": None}, ["media_type"]),
        ({"media_type": "audio"}, ["body"]),
        ({"media_url": None, "media_type": "image"}, ["media_url"]),
        ({"media_url": None, "file_name": "a.pdf"}, ["file_name"]),
        ({"body": "x" * 1_025, "variables": []}, ["body"]),
    ],
)
def test_a_change_of_media_must_fit_to_what_stays(call: Any, change: Any, fields: list[str]) -> None:
    templates = call("templates")
    template = templates.post("/v1/templates", {**GIVEN, **CONTRACT}).json
    answer = templates.patch("/v1/templates/" + template["id"], change)
    assert (answer.status, answer.code, answer.fields) == (422, "template-content", fields)
    assert templates.get("/v1/templates/" + template["id"]).json == template


def test_private_media_are_refused_when_saved_where_those_addresses_are_not_allowed(
    call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    templates = call("templates")
    private = CONTRACT | {"media_url": "https://10.0.0.7/a.pdf"}
    answer = templates.post("/v1/templates", {**GIVEN, **private})
    assert (answer.status, answer.code, answer.fields) == (422, "template-content", ["media_url"])
    path = "/v1/templates/" + templates.post("/v1/templates", {**GIVEN, **CONTRACT}).json["id"]
    assert templates.patch(path, {"media_url": private["media_url"]}).fields == ["media_url"]
    monkeypatch.setattr(templates.function, "ALLOW_PRIVATE", True)
    assert templates.patch(path, {"media_url": private["media_url"]}).status == 200
    monkeypatch.setattr(templates.function, "ALLOW_PRIVATE", False)
    assert templates.patch(path, {"title": "one that was saved before"}).status == 200


def test_media_may_have_no_caption_and_is_shown_in_the_preview(call: Any) -> None:
    templates = call("templates")
    media = {"media_url": "https://cdn.example.com/a.mp3", "media_type": "audio", "file_name": None}
    answer = templates.post("/v1/templates", {"title": "Oi", "body": "", **media})
    assert answer.status == 201
    answer = templates.post(f"/v1/templates/{answer.json['id']}/preview", {"variables": {}})
    assert (answer.status, answer.json) == (200, {"text": "", **media, "warnings": []})


def test_a_preview_puts_in_the_values(call: Any) -> None:
    templates = call("templates")
    path = "/v1/templates/" + templates.post("/v1/templates", GIVEN).json["id"] + "/preview"
    answer = templates.post(path, {"variables": {"nome": "{{pedido}}", "pedido": "17", "other": "x"}})
    assert (answer.status, answer.json) == (200, {"text": "Oi {{pedido}}, 17!", **NO_MEDIA, "warnings": []})
    answer = templates.post(path, {"variables": {"nome": " "}})
    assert (answer.status, answer.code) == (422, "unresolved-variables")
    assert answer.fields == ["variables.nome", "variables.pedido"]


def test_a_preview_for_a_contact_is_what_the_contact_will_get(call: Any, databases: Databases) -> None:
    world = World.make(databases, recipients=0, body="{{nome}} {{phone}} {{city}} {{orders}} {{vip}}")
    attributes = {"city": "Santos", "orders": 1.5, "vip": True}
    saved = call("contacts", world.user_id).post(
        "/v1/contacts",
        {
            "contacts": [
                {"phone": "+5511987654321", "name": "Ana", "attributes": attributes},
                {"phone": "+5531987654321", "attributes": {**attributes, "nome": "Bia", "city": " "}},
                {"phone": "+351912345678", "name": "Eva", "attributes": {**attributes, "nome": " "}},
            ],
            "segment_id": str(world.segment_id),
        },
    )
    variables = ["nome", "phone", "city", "orders", "vip"]
    databases.owner.execute("update hidra.message_templates set variables = %s", [variables])
    ana, bia, eva = (contact["id"] for contact in saved.json["contacts"])
    templates = call("templates", world.user_id)
    path = f"/v1/templates/{world.template_id}/preview"
    world.advance()
    frozen = {message["phone"]: message for message in world.messages()}

    text = templates.post(path, {"contact_id": ana}).json["text"]
    assert text == "Ana +5511987654321 Santos 1.5 true"
    assert text == " ".join(frozen["+5511987654321"]["variables"][name] for name in variables)

    text = templates.post(path, {"contact_id": eva}).json["text"]
    assert text == "Eva +351912345678 Santos 1.5 true"
    assert text == " ".join(frozen["+351912345678"]["variables"][name] for name in variables)

    answer = templates.post(path, {"contact_id": bia})
    assert (answer.status, answer.code, answer.fields) == (422, "unresolved-variables", ["variables.city"])
    assert frozen["+5531987654321"]["error_code"] == "unresolved_variable"


def test_a_preview_without_placeholders_needs_a_contact_of_the_user(call: Any, stranger: UUID) -> None:
    templates, contacts = call("templates"), call("contacts")
    path = "/v1/templates/" + templates.post("/v1/templates", {"title": "x", "body": "Oi"}).json["id"] + "/preview"
    one = {"contacts": [{"phone": "+5511987654321"}]}
    mine = contacts.post("/v1/contacts", one).json["contacts"][0]["id"]
    theirs = call("contacts", stranger).post("/v1/contacts", one).json["contacts"][0]["id"]
    assert templates.post(path, {"contact_id": mine}).json == {"text": "Oi", **NO_MEDIA, "warnings": []}
    for unknown in (theirs, str(uuid4())):
        answer = templates.post(path, {"contact_id": unknown})
        assert (answer.status, answer.code, answer.fields) == (422, "unknown-contact", ["contact_id"])


def test_an_edit_touches_no_run_that_has_started(call: Any, databases: Databases) -> None:
    world = World.make(databases, recipients=1, body="Oi {{name}}")
    world.advance()
    answer = call("templates", world.user_id).patch(
        f"/v1/templates/{world.template_id}", {"body": "Tchau", "variables": []}
    )
    assert answer.status == 200
    assert world.one("select body from hidra.campaign_runs")["body"] == "Oi {{name}}"


def test_a_template_that_a_campaign_uses_is_not_deleted(call: Any, databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    answer = call("templates", world.user_id).delete(f"/v1/templates/{world.template_id}")
    assert (answer.status, answer.code) == (409, "template-in-use")
    assert world.one("select count(*) from hidra.message_templates")["count"] == 1


def test_templates_of_another_are_not_found(call: Any, stranger: UUID) -> None:
    template = call("templates").post("/v1/templates", GIVEN).json
    path = "/v1/templates/" + template["id"]
    theirs = call("templates", stranger)
    for answer in (
        theirs.get(path),
        theirs.patch(path, {"title": "x"}),
        theirs.delete(path),
        theirs.post(f"{path}/preview", {"variables": {"nome": "a", "pedido": "b"}}),
    ):
        assert (answer.status, answer.code) == (404, "not-found")
    assert call("templates").get(path).json == template


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        ("POST", "/v1/templates", {}, ["title", "body"]),
        ("POST", "/v1/templates", {**GIVEN, "title": "x" * 201}, ["title"]),
        ("POST", "/v1/templates", {**GIVEN, "body": " "}, ["body"]),
        ("POST", "/v1/templates", {**GIVEN, "body": "x" * 4097}, ["body"]),
        ("POST", "/v1/templates", {**GIVEN, "body": "a\0"}, ["body"]),
        ("POST", "/v1/templates", {**GIVEN, "variables": []}, ["variables", "variables"]),
        ("POST", "/v1/templates", {**GIVEN, "variables": ["nome", "pedido", "x"]}, ["variables"]),
        ("POST", "/v1/templates", {**GIVEN, "variables": ["a|b"]}, ["variables.0"]),
        ("POST", "/v1/templates", {**GIVEN, "variables": "nome"}, ["variables"]),
        ("POST", "/v1/templates", {**GIVEN, "media_url": "ftp://example.com/a"}, ["media_url"]),
        ("POST", "/v1/templates", {**GIVEN, "media_url": "https://"}, ["media_url"]),
        ("POST", "/v1/templates", {**GIVEN, "media_url": "https://example.com/a"}, ["media_type"]),
        ("POST", "/v1/templates", {**GIVEN, "media_type": "image"}, ["media_url"]),
        ("POST", "/v1/templates", {**GIVEN, **CONTRACT, "media_type": "sticker"}, ["media_type"]),
        ("POST", "/v1/templates", {**GIVEN, **CONTRACT, "media_type": "video"}, ["file_name"]),
        ("POST", "/v1/templates", {**GIVEN, **CONTRACT, "file_name": ""}, ["file_name"]),
        ("POST", "/v1/templates", {**GIVEN, **CONTRACT, "file_name": "a/b.pdf"}, ["file_name"]),
        ("POST", "/v1/templates", {**GIVEN, **CONTRACT, "file_name": "a\0.pdf"}, ["file_name"]),
        ("POST", "/v1/templates", {**GIVEN, "kind": "x"}, ["kind"]),
        ("PATCH", "/v1/templates/{id}", {"title": None}, ["title"]),
        ("PATCH", "/v1/templates/{id}", {"body": ""}, ["body"]),
        ("PATCH", "/v1/templates/{id}", {"variables": None}, ["variables"]),
        ("POST", "/v1/templates/{id}/preview", {}, ["body"]),
        ("POST", "/v1/templates/{id}/preview", {"variables": {}, "contact_id": str(uuid4())}, ["body"]),
        ("POST", "/v1/templates/{id}/preview", {"variables": {"nome": 5}}, ["variables.nome"]),
        ("POST", "/v1/templates/{id}/preview", {"contact_id": "x"}, ["contact_id"]),
    ],
)
def test_what_a_template_may_not_be_is_named(call: Any, method: str, path: str, body: Any, fields: list[str]) -> None:
    templates = call("templates")
    template = templates.post("/v1/templates", GIVEN).json
    answer = templates(method, path.format(id=template["id"]), body)
    assert (answer.status, answer.fields) == (422, fields)
    assert templates.all("/v1/templates", limit=9) == [template]


def test_a_text_that_is_not_saved_is_read_as_several_contacts_would(call: Any, stranger: UUID) -> None:
    people = [{"phone": "+5511987650001", "name": "Ana", "attributes": {"Pedido": 7}}, {"phone": "+5511987650002"}]
    ids = [each["id"] for each in call("contacts").post("/v1/contacts", {"contacts": people}).json["contacts"]]
    body = {"body": "Oi {{nome}} <b>{{ pedido }}</b> {x}", "contact_ids": ids[::-1]}
    answer = call("templates").post("/v1/templates/preview", body)
    assert [(each["text"], each["missing"]) for each in answer.json["texts"]] == [
        ("Oi {{nome}} <b>{{ pedido }}</b> {x}", ["nome", "pedido"]),
        ("Oi Ana <b>7</b> {x}", []),
    ]
    assert answer.json["variables"] == ["nome", "pedido"]
    assert [each["code"] for each in answer.json["warnings"]] == ["single-braces"]
    answer = call("templates", stranger).post("/v1/templates/preview", body)
    assert (answer.status, answer.code) == (422, "unknown-contacts")
