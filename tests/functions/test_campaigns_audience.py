"""Which contacts of its segment a campaign skips, as its user sets and reads it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Databases
from tests.functions.api import Api
from tests.store.world import World

DEFAULTS = {"exclude_segment_ids": [], "not_contacted_for_days": None, "skip_not_on_whatsapp_days": 90}


@pytest.fixture
def world(databases: Databases) -> World:
    return World.make(databases, recipients=3)


@pytest.fixture
def api(call: Any, world: World) -> Api:
    return call("campaigns", world.user_id)


def wish(world: World, **more: Any) -> dict[str, Any]:
    return {"name": "Launch", "segment_id": str(world.segment_id), "template_id": str(world.template_id), **more}


def segment(world: World, *, of: int = 0) -> str:
    """Another segment of the user, with so many of the contacts."""
    segment_id = uuid4()
    run = world.databases.owner.execute
    run(
        "insert into hidra.contact_segments (id, user_id, name) values (%s, %s, 's')",
        [segment_id, world.user_id],
    )
    run(
        "insert into hidra.segment_contacts select user_id, %s, id from hidra.contacts where user_id = %s"
        " order by phone limit %s",
        [segment_id, world.user_id, of],
    )
    return str(segment_id)


def rules(campaign: dict[str, Any]) -> dict[str, Any]:
    return {name: campaign[name] for name in DEFAULTS}


def test_the_rules_have_defaults_are_shown_and_are_duplicated(api: Api, world: World) -> None:
    assert rules(api.post("/v1/campaigns", wish(world)).json) == DEFAULTS
    excluded = sorted([segment(world), segment(world)])
    wanted = {"exclude_segment_ids": excluded, "not_contacted_for_days": 7, "skip_not_on_whatsapp_days": 0}
    given = {**wanted, "exclude_segment_ids": [*reversed(excluded), excluded[0]]}
    campaign = api.post("/v1/campaigns", wish(world, **given)).json
    assert rules(campaign) == wanted
    assert api.get("/v1/campaigns/" + campaign["id"]).json == campaign
    assert {**campaign, "metrics": None} in api.get("/v1/campaigns").json["items"]
    copy = api.post(f"/v1/campaigns/{campaign['id']}/duplicate").json
    assert rules(copy) == wanted


def test_the_rules_of_a_draft_change_in_what_is_given(api: Api, world: World) -> None:
    first, second = segment(world), segment(world)
    campaign = api.post("/v1/campaigns", wish(world, exclude_segment_ids=[first], not_contacted_for_days=7)).json
    path = "/v1/campaigns/" + campaign["id"]
    assert rules(api.patch(path, {"name": "n"}).json) == rules(campaign)
    changed = api.patch(path, {"exclude_segment_ids": [second], "skip_not_on_whatsapp_days": 30}).json
    assert rules(changed) == {
        "exclude_segment_ids": [second],
        "not_contacted_for_days": 7,
        "skip_not_on_whatsapp_days": 30,
    }
    assert api.get(path).json == changed
    assert rules(api.patch(path, {"exclude_segment_ids": [], "not_contacted_for_days": None}).json) == {
        **DEFAULTS,
        "skip_not_on_whatsapp_days": 30,
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("exclude_segment_ids", [str(UUID(int=number)) for number in range(21)]),
        ("exclude_segment_ids", None),
        ("exclude_segment_ids", ["x"]),
        ("not_contacted_for_days", 0),
        ("not_contacted_for_days", 366),
        ("not_contacted_for_days", True),
        ("not_contacted_for_days", "7"),
        ("skip_not_on_whatsapp_days", -1),
        ("skip_not_on_whatsapp_days", 366),
        ("skip_not_on_whatsapp_days", None),
    ],
)
def test_rules_out_of_range_are_refused(api: Api, world: World, field: str, value: Any) -> None:
    for answer in (
        api.post("/v1/campaigns", wish(world, **{field: value})),
        api.patch(f"/v1/campaigns/{world.campaign_id}", {field: value}),
    ):
        assert (answer.status, answer.code) == (422, "invalid-request")
        assert answer.fields[0].startswith(field)


def test_a_segment_of_another_owner_cannot_be_excluded(api: Api, world: World) -> None:
    theirs = segment(World.make(world.databases, recipients=0))
    own = segment(world)
    for unknown in (theirs, str(uuid4())):
        for answer in (
            api.post("/v1/campaigns", wish(world, exclude_segment_ids=[own, unknown])),
            api.patch(f"/v1/campaigns/{world.campaign_id}", {"exclude_segment_ids": [own, unknown], "name": "changed"}),
        ):
            assert (answer.status, answer.code, answer.fields) == (422, "unknown-segment", ["exclude_segment_ids"])
    assert world.campaign()["name"] == "c"
    assert world.rows("select * from hidra.campaign_excluded_segments") == []


def test_a_scheduled_campaign_that_would_skip_every_contact_is_refused(api: Api, world: World) -> None:
    path = f"/v1/campaigns/{world.campaign_id}"
    everybody, two = segment(world, of=3), segment(world, of=2)
    answer = api.patch(path, {"exclude_segment_ids": [everybody]})
    assert (answer.status, answer.code) == (409, "nothing-to-send")
    assert answer.json["reasons"] == {"excluded": 3}
    assert api.get(path).json["exclude_segment_ids"] == []
    assert api.patch(path, {"exclude_segment_ids": [two]}).status == 200
    draft = api.post("/v1/campaigns", wish(world, exclude_segment_ids=[everybody])).json
    answer = api.post(f"/v1/campaigns/{draft['id']}/start")
    assert (answer.status, answer.code, answer.json["reasons"]) == (409, "nothing-to-send", {"excluded": 3})


def test_the_rules_of_a_campaign_that_has_started_do_not_change(api: Api, world: World) -> None:
    world.advance()
    for field, value in (
        ("exclude_segment_ids", [segment(world)]),
        ("not_contacted_for_days", 7),
        ("skip_not_on_whatsapp_days", 0),
    ):
        answer = api.patch(f"/v1/campaigns/{world.campaign_id}", {field: value})
        assert (answer.status, answer.code, answer.fields) == (409, "campaign-status", [field])


def test_the_preflight_names_what_is_skipped_with_examples(api: Api, world: World) -> None:
    campaign = api.post("/v1/campaigns", wish(world, exclude_segment_ids=[segment(world, of=1)])).json
    world.databases.owner.execute(
        "update hidra.contacts set not_on_whatsapp_at = now() - interval '89 days' where phone = '+5511980000001'"
    )
    found = api.post(f"/v1/campaigns/{campaign['id']}/preflight").json
    assert (found["recipients"], found["will_receive"]) == (3, 1)
    assert [(item["reason"], [it["phone"] for it in item["examples"]]) for item in found["will_not"]] == [
        ("excluded", ["+5511980000000"]),
        ("not_on_whatsapp_before", ["+5511980000001"]),
    ]


def test_a_segment_that_a_campaign_excludes_is_not_deleted(api: Api, call: Any, world: World) -> None:
    excluded = segment(world)
    campaign = api.post("/v1/campaigns", wish(world, exclude_segment_ids=[excluded])).json
    segments = call("segments", world.user_id)
    answer = segments.delete(f"/v1/segments/{excluded}")
    assert (answer.status, answer.code) == (409, "segment-in-use")
    assert answer.json["campaigns"] == [{"id": campaign["id"], "name": "Launch"}]
    assert api.delete("/v1/campaigns/" + campaign["id"]).status == 204
    assert segments.delete(f"/v1/segments/{excluded}").status == 204


def test_a_contact_shows_when_it_was_not_on_whatsapp_and_nothing_can_set_it(api: Api, call: Any, world: World) -> None:
    world.advance()
    world.finish_one(refused=True)
    contacts = call("contacts", world.user_id)
    [shown] = contacts.get("/v1/contacts", search="+5511980000000").json["items"]
    assert shown["not_on_whatsapp_at"] is not None
    answer = contacts.patch("/v1/contacts/" + shown["id"], {"not_on_whatsapp_at": None})
    assert (answer.status, answer.fields) == (422, ["not_on_whatsapp_at"])
    assert contacts.get("/v1/contacts/" + shown["id"]).json == shown
    assert contacts.patch("/v1/contacts/" + shown["id"], {"phone": "+5511980000009"}).json["not_on_whatsapp_at"] is None
