from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Databases
from tests.functions.api import Api
from tests.store.world import World


def save(contacts: Api, *phones: str) -> list[str]:
    answer = contacts.post("/v1/contacts", {"contacts": [{"phone": phone} for phone in phones]})
    return [contact["id"] for contact in answer.json["contacts"]]


def test_a_segment_is_created_changed_and_deleted(call: Any) -> None:
    segments = call("segments")
    answer = segments.post("/v1/segments", {"name": " Santos ", "description": "d"})
    assert answer.status == 201
    segment = answer.json
    assert {**segment, "id": "", "created_at": ""} == {
        "id": "",
        "name": "Santos",
        "description": "d",
        "import_source": "manual",
        "total_contacts": 0,
        "created_at": "",
    }
    assert segment["created_at"].endswith("Z")
    path = "/v1/segments/" + segment["id"]
    assert segments.get(path).json == segment
    assert segments.patch(path, {"name": "Rio"}).json == {**segment, "name": "Rio"}
    assert segments.patch(path, {"description": None}).json == {**segment, "name": "Rio", "description": None}
    assert segments.delete(path).status == 204
    assert segments.get(path).status == 404


def test_segments_are_listed_newest_first_page_by_page(call: Any, stranger: UUID) -> None:
    segments = call("segments")
    for name in "abcde":
        segments.post("/v1/segments", {"name": name})
    call("segments", stranger).post("/v1/segments", {"name": "theirs"})
    assert [item["name"] for item in segments.all("/v1/segments", limit=2)] == list("edcba")


def test_members_are_added_once_listed_and_removed(call: Any) -> None:
    segments, contacts = call("segments"), call("contacts")
    ids = save(contacts, "+5511987654321", "+5531987654321", "+351912345678")
    path = "/v1/segments/" + segments.post("/v1/segments", {"name": "all"}).json["id"]
    answer = segments.post(f"{path}/contacts", {"contact_ids": [ids[0], ids[1], ids[0]]})
    assert (answer.status, answer.json) == (200, {"added": 2, "total_contacts": 2})
    answer = segments.post(f"{path}/contacts", {"contact_ids": ids})
    assert answer.json == {"added": 1, "total_contacts": 3}
    listed = segments.all(f"{path}/contacts", limit=2)
    assert sorted(item["id"] for item in listed) == sorted(ids)
    assert listed[0] == contacts.get("/v1/contacts/" + listed[0]["id"]).json
    assert segments.delete(f"{path}/contacts/{ids[0]}").status == 204
    assert segments.delete(f"{path}/contacts/{ids[0]}").status == 404
    assert segments.get(path).json["total_contacts"] == 2


def test_unknown_contacts_are_named_and_none_is_added(call: Any, stranger: UUID) -> None:
    segments = call("segments")
    (mine,) = save(call("contacts"), "+5511987654321")
    (theirs,) = save(call("contacts", stranger), "+5531987654321")
    path = "/v1/segments/" + segments.post("/v1/segments", {"name": "all"}).json["id"]
    answer = segments.post(f"{path}/contacts", {"contact_ids": [str(uuid4()), mine, theirs]})
    assert (answer.status, answer.code) == (422, "unknown-contacts")
    assert answer.fields == ["contact_ids.0", "contact_ids.2"]
    assert segments.get(path).json["total_contacts"] == 0


def test_a_segment_that_a_campaign_uses_is_not_deleted(call: Any, databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    segments = call("segments", world.user_id)
    path = f"/v1/segments/{world.segment_id}"
    answer = segments.delete(path)
    assert (answer.status, answer.code) == (409, "segment-in-use")
    assert segments.get(path).json["total_contacts"] == 1


def test_segments_of_another_are_not_found(call: Any, stranger: UUID) -> None:
    segments, theirs = call("segments"), call("segments", stranger)
    (mine,) = save(call("contacts"), "+5511987654321")
    (other,) = save(call("contacts", stranger), "+5531987654321")
    path = "/v1/segments/" + segments.post("/v1/segments", {"name": "all"}).json["id"]
    segments.post(f"{path}/contacts", {"contact_ids": [mine]})
    for answer in (
        theirs.get(path),
        theirs.patch(path, {"name": "x"}),
        theirs.delete(path),
        theirs.get(f"{path}/contacts"),
        theirs.post(f"{path}/contacts", {"contact_ids": [other]}),
        theirs.delete(f"{path}/contacts/{mine}"),
    ):
        assert (answer.status, answer.code) == (404, "not-found")
    assert (segments.get(path).json["name"], segments.get(path).json["total_contacts"]) == ("all", 1)


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/v1/segments", {}, "name"),
        ("POST", "/v1/segments", {"name": ""}, "name"),
        ("POST", "/v1/segments", {"name": "x" * 201}, "name"),
        ("POST", "/v1/segments", {"name": None}, "name"),
        ("POST", "/v1/segments", {"name": "x", "description": "x" * 2001}, "description"),
        ("POST", "/v1/segments", {"name": "x", "total_contacts": 5}, "total_contacts"),
        ("PATCH", "/v1/segments/{id}", {"name": None}, "name"),
        ("PATCH", "/v1/segments/{id}", {"name": " "}, "name"),
        ("PATCH", "/v1/segments/{id}", {"title": "x"}, "title"),
        ("POST", "/v1/segments/{id}/contacts", {"contact_ids": []}, "contact_ids"),
        ("POST", "/v1/segments/{id}/contacts", {"contact_ids": ["x"]}, "contact_ids.0"),
        ("POST", "/v1/segments/{id}/contacts", {"contact_ids": [str(uuid4())] * 1001}, "contact_ids"),
    ],
)
def test_what_a_segment_may_not_be_is_named(call: Any, method: str, path: str, body: Any, field: str) -> None:
    segments = call("segments")
    segment = segments.post("/v1/segments", {"name": "all"}).json
    answer = segments(method, path.format(id=segment["id"]), body)
    assert (answer.status, answer.fields) == (422, [field])
    assert segments.all("/v1/segments", limit=9) == [segment]
