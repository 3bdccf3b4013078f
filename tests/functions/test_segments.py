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
    assert answer.json["campaigns"] == [{"id": str(world.campaign_id), "name": "c"}]
    assert segments.get(path).json["total_contacts"] == 1
    for _ in range(6):
        world.add_campaign(uuid4())
    answer = segments.delete(path)
    assert len(answer.json["campaigns"]) == 5
    assert answer.json["detail"].startswith("7 campaigns use this segment; it was not deleted.")


PEOPLE = [
    {"phone": "+5511987654321", "name": "Ana", "attributes": {"cidade": "Recife", "pontos": 70}},
    {"phone": "+5531987654321", "name": "João", "attributes": {"cidade": "Recife", "pontos": 5}},
    {"phone": "+5521987654321", "name": "Bia", "attributes": {"cidade": "Santos"}},
    {"phone": "+351912345678"},
]
IN_RECIFE = {"field": "attributes.cidade", "op": "eq", "value": "Recife"}
RICH = {"field": "attributes.pontos", "op": "gte", "value": 50}


@pytest.mark.parametrize(
    ("wanted", "phones"),
    [
        (IN_RECIFE, "1 3"),
        ({"all": [IN_RECIFE, RICH]}, "1"),
        ({"any": [RICH, {"field": "name", "op": "prefix", "value": "joao"}]}, "1 3"),
        ({"not": IN_RECIFE}, "2 5"),
        ({"field": "name", "op": "exists", "value": False}, "5"),
        ({"field": "phone", "op": "prefix", "value": "+55 (21)"}, "2"),
        ({"field": "last_contacted", "op": "exists"}, ""),
    ],
)
def test_a_filter_is_previewed_and_fills_a_segment_once(
    call: Any, stranger: UUID, wanted: dict[str, Any], phones: str
) -> None:
    for user in ({}, {"user_id": stranger}):
        call("contacts", **user).post("/v1/contacts", {"contacts": PEOPLE})
    segments = call("segments")
    path = "/v1/segments/" + segments.post("/v1/segments", {"name": "some"}).json["id"]
    preview = segments.post("/v1/segments/preview-filter", {"filter": wanted}).json
    count = len(phones.split())
    assert preview["contacts"] == len(preview["examples"]) == count
    answer = segments.post(f"{path}/fill", {"filter": wanted})
    assert (answer.status, answer.json) == (200, {"added": count, "total_contacts": count, "next_cursor": None})
    members = segments.all(f"{path}/contacts", limit=50)
    assert members == preview["examples"]
    digit = {"+5511": "1", "+5531": "3", "+5521": "2", "+3519": "5"}
    assert sorted(digit[member["phone"][:5]] for member in members) == phones.split()
    assert segments.post(f"{path}/fill", {"filter": wanted}).json["added"] == 0


def test_segments_are_merged_and_subtracted_and_doing_it_again_changes_nothing(call: Any) -> None:
    segments = call("segments")
    one, two, three, four = save(call("contacts"), *(person["phone"] for person in PEOPLE))

    def segment(*ids: str) -> str:
        segment_id = segments.post("/v1/segments", {"name": "s"}).json["id"]
        if ids:
            segments.post(f"/v1/segments/{segment_id}/contacts", {"contact_ids": list(ids)})
        return str(segment_id)

    first, second, third, empty = segment(one, two), segment(two, three), segment(four), segment()
    path = f"/v1/segments/{first}"
    for added in (2, 0):
        answer = segments.post(f"{path}/merge", {"segment_ids": [second, third, empty, first, second]})
        assert (answer.status, answer.json) == (200, {"added": added, "total_contacts": 4, "next_cursor": None})
    for removed in (2, 0):
        answer = segments.post(f"{path}/subtract", {"segment_ids": [second, empty]})
        assert (answer.status, answer.json) == (200, {"removed": removed, "total_contacts": 2, "next_cursor": None})
    assert {item["id"] for item in segments.all(f"{path}/contacts", limit=9)} == {one, four}
    assert segments.get(f"/v1/segments/{second}").json["total_contacts"] == 2


def test_what_takes_too_long_for_one_request_goes_on_with_the_cursor(
    call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    segments = call("segments")
    monkeypatch.setattr(segments.function.fill_segment, "SLICE", 2)
    monkeypatch.setattr(segments.function.fill_segment, "ENOUGH_SECONDS", -1)
    save(call("contacts"), *(person["phone"] for person in PEOPLE))
    paths = ["/v1/segments/" + segments.post("/v1/segments", {"name": "s"}).json["id"] for _ in range(2)]

    def run(path: str, counted: str, **body: Any) -> list[tuple[int, int]]:
        steps = []
        while True:
            answer = segments.post(path, body).json
            steps.append((answer[counted], answer["total_contacts"]))
            if answer["next_cursor"] is None:
                return steps
            body["cursor"] = answer["next_cursor"]

    everybody = {"field": "name", "op": "exists", "value": False}
    others = [path.rsplit("/", 1)[1] for path in paths]
    assert run(f"{paths[0]}/fill", "added", filter=everybody) == [(2, 2), (2, 4), (0, 4)]
    assert run(f"{paths[1]}/merge", "added", segment_ids=[others[0]]) == [(2, 2), (2, 4), (0, 4)]
    assert run(f"{paths[0]}/subtract", "removed", segment_ids=[others[1]]) == [(2, 2), (2, 0), (0, 0)]
    answer = segments.post(f"{paths[0]}/fill", {"filter": everybody, "cursor": "x"})
    assert (answer.status, answer.code) == (422, "invalid-cursor")


@pytest.mark.parametrize("action", ["merge", "subtract"])
def test_segments_that_are_not_mine_are_named_and_nothing_is_changed(call: Any, stranger: UUID, action: str) -> None:
    segments = call("segments")
    theirs = call("segments", stranger).post("/v1/segments", {"name": "theirs"}).json["id"]
    mine = segments.post("/v1/segments", {"name": "mine"}).json["id"]
    answer = segments.post(f"/v1/segments/{mine}/{action}", {"segment_ids": [mine, theirs, str(uuid4())]})
    assert (answer.status, answer.code) == (422, "unknown-segment")
    assert answer.fields == ["segment_ids.1", "segment_ids.2"]
    for body, path in (({"segment_ids": [mine]}, action), ({"filter": IN_RECIFE}, "fill")):
        assert segments.post(f"/v1/segments/{theirs}/{path}", body).status == 404


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"all": [IN_RECIFE, {"field": "phone", "op": "eq", "value": 5}]}, "filter"),
        ({"all": [IN_RECIFE, {"any": [{**RICH, "value": "x"}]}]}, "filter.all.1.any.0.value"),
        ({"not": {"field": "user_id", "op": "eq", "value": "x"}}, "filter.not.field"),
        ({"all": [{"op": "like"}]}, "filter.all.0"),
        ("name = 'Ana'", "filter"),
        (None, "filter"),
    ],
)
def test_what_is_wrong_in_a_filter_is_named_by_its_place(call: Any, wanted: Any, field: str) -> None:
    answer = call("segments").post("/v1/segments/preview-filter", {"filter": wanted})
    assert (answer.status, answer.fields) == (422, [field])


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
