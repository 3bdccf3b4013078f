"""Drafts that change, and drafts made of other campaigns. What changes later: test_campaigns_planning.py."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import Databases
from tests.functions.api import Api
from tests.store.world import World

PACE = "max_messages_per_minute"


@pytest.fixture
def world(databases: Databases) -> World:
    return World.make(databases, recipients=3)


@pytest.fixture
def api(call: Any, world: World) -> Api:
    return call("campaigns", world.user_id)


def draft(api: Api, world: World, **changes: Any) -> dict[str, Any]:
    """A new draft."""
    wanted = {"name": "Launch", "segment_id": str(world.segment_id), "template_id": str(world.template_id), **changes}
    answer = api.post("/v1/campaigns", wanted)
    assert answer.status == 201
    return answer.json


def path(campaign: dict[str, Any]) -> str:
    return "/v1/campaigns/" + campaign["id"]


def another(world: World) -> tuple[str, str]:
    """Another segment and another template of the same user."""
    return (
        str(world.one("insert into hidra.contact_segments (user_id, name) values (%s, 's') returning id", world.user_id)["id"]),
        str(world.one("insert into hidra.message_templates (user_id, title, body) values (%s, 't', 'Oi') returning id", world.user_id)["id"]),
    )  # fmt: skip


@contextmanager
def held(world: World, sql: str, *params: Any) -> Iterator[psycopg.Connection[Any]]:
    """Another transaction that has run this statement."""
    with psycopg.connect(world.databases.owner.info.dsn, password=world.databases.owner.info.password) as other:
        other.execute(sql, params)
        yield other
        other.rollback()


def test_a_draft_changes_only_in_what_is_given(api: Api, world: World) -> None:
    made = draft(api, world, description="d", external_id="crm-42", max_messages_per_minute=30)
    segment_id, template_id = another(world)
    for changes in (
        {"name": "Other"},
        {"description": None},
        {"segment_id": segment_id, "template_id": template_id},
        {"max_messages_per_minute": 7},
        {},
    ):
        answer = api.patch(path(made), changes)
        assert answer.status == 200
        made |= changes
        assert answer.json == made
        assert api.get(path(made)).json == made


def test_a_changed_pace_is_the_drafts_limit_too(api: Api, world: World) -> None:
    made = draft(api, world)
    assert api.patch(path(made), {"max_messages_per_minute": 7}).status == 200
    limits = world.rows("select subject::text, rate from hidra.pace_limits where subject <> %s", world.connection_id)
    assert {row["subject"]: row["rate"] for row in limits} == {made["id"]: 7, str(world.campaign_id): 600}


@pytest.mark.parametrize("status", ["running", "paused", "completed", "failed", "canceled"])
def test_a_name_does_not_change_once_a_campaign_has_started(api: Api, world: World, status: str) -> None:
    world.databases.owner.execute("update hidra.campaigns set status = %s", [status])
    answer = api.patch(f"/v1/campaigns/{world.campaign_id}", {"name": "Other", "max_messages_per_minute": 7})
    assert (answer.status, answer.code) == (409, "campaign-status")
    assert f"name cannot change while the campaign is {status}" in answer.json["detail"].replace(f"{PACE}, ", "")
    assert "name" in answer.fields
    assert (world.campaign()["name"], world.campaign()["max_messages_per_minute"]) == ("c", 600)
    assert world.one("select rate from hidra.pace_limits where subject = %s", world.campaign_id)["rate"] == 600


def test_a_draft_takes_nothing_that_is_not_the_users(api: Api, world: World) -> None:
    made, other = draft(api, world), World.make(world.databases, recipients=0)
    for field in ("segment_id", "template_id"):
        for unknown in (str(uuid4()), str(getattr(other, field))):
            answer = api.patch(path(made), {"name": "Other", "max_messages_per_minute": 7, field: unknown})
            assert (answer.status, answer.code, answer.fields) == (422, f"unknown-{field[:-3]}", [field])
    assert api.get(path(made)).json == made
    assert world.one("select rate from hidra.pace_limits where subject = %s", made["id"])["rate"] == 20


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"description": "x" * 2001}, "description"),
        ({"segment_id": None}, "segment_id"),
        ({"template_id": "x"}, "template_id"),
        ({"max_messages_per_minute": 0}, "max_messages_per_minute"),
        ({"max_messages_per_minute": None}, "max_messages_per_minute"),
        ({"external_id": "crm-43"}, "external_id"),
        ({"external_id": None}, "external_id"),
        ({"status": "running"}, "status"),
    ],
)
def test_a_wrong_change_names_its_field_and_changes_nothing(api: Api, world: World, changes: Any, field: str) -> None:
    made = draft(api, world, external_id="crm-42")
    answer = api.patch(path(made), changes)
    assert (answer.status, answer.code, answer.fields) == (422, "invalid-request", [field])
    assert api.get(path(made)).json == made


def test_a_draft_of_another_is_not_found(api: Api, call: Any, world: World) -> None:
    made, other = draft(api, world), World.make(world.databases, recipients=0)
    theirs = call("campaigns", other.user_id)
    answer = theirs.patch(path(made), {"name": "Mine"})
    assert (answer.status, answer.code) == (404, "not-found")
    assert api.get(path(made)).json == made


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"name": "Other"}), ("DELETE", None)])
def test_a_change_waits_for_the_limit_before_it_locks_the_draft(api: Api, world: World, method: str, body: Any) -> None:
    """Who holds the limit, as permits do, still gets the campaign: the one lock order, limits before campaigns."""
    made, answers = draft(api, world), []
    with held(world, "select from hidra.pace_limits where subject = %s for update", made["id"]) as other:
        changing = threading.Thread(target=lambda: answers.append(api(method, path(made), body)))
        changing.start()
        while not world.one("select count(*) from pg_locks where not granted")["count"]:
            assert changing.is_alive()
        other.execute("select from hidra.campaigns where id = %s for update nowait", [made["id"]])
        other.rollback()
        changing.join()
    assert [answer.status for answer in answers] == [200 if method == "PATCH" else 204]


def test_a_change_of_a_campaign_that_is_being_started_is_a_conflict(
    api: Api, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hidra.store.db.LOCK_TIMEOUT_MS", 200)
    with held(world, "select from hidra.campaigns where id = %s for update", world.campaign_id):
        answer = api.patch(f"/v1/campaigns/{world.campaign_id}", {"name": "Other"})
    assert (answer.status, answer.code) == (409, "campaign-starting")


@pytest.mark.parametrize("status", ["draft", "running", "completed"])
def test_a_duplicate_is_a_draft_with_the_same_content(api: Api, world: World, status: str) -> None:
    made = draft(api, world, description="d", external_id="crm-42", max_messages_per_minute=30)
    world.databases.owner.execute("update hidra.campaigns set status = %s, started_at = now()", [status])
    answer = api.post(f"{path(made)}/duplicate")
    assert answer.status == 201
    copied = answer.json
    assert copied["id"] != made["id"]
    assert copied == made | {
        "id": copied["id"],
        "name": "Launch (copy)",
        "external_id": None,
        "created_at": copied["created_at"],
    }
    assert api.get(path(copied)).json == copied
    assert api.patch(path(copied), {"max_messages_per_minute": 7}).status == 200
    assert world.one("select rate from hidra.pace_limits where subject = %s", copied["id"])["rate"] == 7
    assert world.one("select count(*) from hidra.campaign_metrics where campaign_id = %s", copied["id"])["count"] == 1


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"name": " Second "}, "Second"),
        ({"name": None}, "x" * 193 + " (copy)"),
        ({}, "x" * 193 + " (copy)"),
        (None, "x" * 193 + " (copy)"),
    ],
)
def test_a_duplicate_has_the_wanted_name_or_one_that_fits(api: Api, world: World, body: Any, name: str) -> None:
    answer = api.post(f"{path(draft(api, world, name='x' * 200))}/duplicate", body)
    assert (answer.status, answer.json["name"]) == (201, name)


@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": ""}, "name"), ({"name": "x" * 201}, "name"), ({"external_id": "crm-43"}, "external_id")],
)
def test_a_duplicate_takes_a_name_only(api: Api, world: World, body: Any, field: str) -> None:
    answer = api.post(f"/v1/campaigns/{world.campaign_id}/duplicate", body)
    assert (answer.status, answer.code, answer.fields) == (422, "invalid-request", [field])
    assert world.one("select count(*) from hidra.campaigns")["count"] == 1


@pytest.mark.parametrize("text", ["[]", "5", "[{}]"])
def test_a_duplicates_body_is_an_object(api: Api, world: World, text: str) -> None:
    answer = api("POST", f"/v1/campaigns/{world.campaign_id}/duplicate", text=text)
    assert (answer.status, answer.code) == (422, "invalid-request")


def test_a_user_cannot_duplicate_another_users_campaign(api: Api, call: Any, world: World) -> None:
    other = World.make(world.databases, recipients=0)
    answer = call("campaigns", other.user_id).post(f"/v1/campaigns/{world.campaign_id}/duplicate")
    assert (answer.status, answer.code) == (404, "not-found")
    assert world.one("select count(*) from hidra.campaigns")["count"] == 2
