"""A campaign that no recipient would get is not started: the answer counts why, and nothing changes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hidra.store import forecast
from tests.conftest import Databases
from tests.functions.api import Answer, Api
from tests.functions.conftest import Nudges
from tests.store.world import World

ACTIONS = ["start", "schedule"]


@pytest.fixture
def world(databases: Databases) -> World:
    """A tenant with a draft whose placeholder is misspelled."""
    world = World.make(databases, recipients=3, body="Oi {{nme}}")
    databases.owner.execute("update hidra.campaigns set status = 'draft', scheduled_at = null")
    return world


@pytest.fixture
def api(call: Any, world: World) -> Api:
    return call("campaigns", world.user_id)


def act(api: Api, campaign_id: UUID, action: str) -> Answer:
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    return api.post(f"/v1/campaigns/{campaign_id}/{action}", {"scheduled_at": at} if action == "schedule" else None)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_campaign_without_a_recipient_is_neither_started_nor_scheduled(
    api: Api, world: World, nudges: Nudges, action: str
) -> None:
    world.databases.owner.execute(
        "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
        [world.user_id, world.hash("+5511980000001")],
    )
    before = world.campaign()
    answer = act(api, world.campaign_id, action)
    assert (answer.status, answer.code) == (409, "nothing-to-send")
    assert answer.json["recipients"] == 3
    assert answer.json["reasons"] == {"opted_out": 1, "unresolved_variable": 2}
    assert answer.json["similar_names"] == {"nme": "nome"}
    assert "0 of 3 contacts can get the message" in answer.json["detail"]
    assert "no value for a variable of the text (2)" in answer.json["detail"]
    assert "perhaps the text means {{nome}}" in answer.json["detail"]
    assert world.campaign() == before
    assert nudges == []


@pytest.mark.parametrize("action", ACTIONS)
def test_one_recipient_is_enough_and_the_others_are_not_counted(
    api: Api, world: World, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.databases.owner.execute(
        """update hidra.contacts set attributes = '{"nme": "Ana"}' where phone = '+5511980000002'"""
    )
    monkeypatch.setattr(forecast, "outcomes", lambda *_, **__: pytest.fail("counted"))
    assert act(api, world.campaign_id, action).json["status"] == "scheduled"


@pytest.mark.parametrize("action", ACTIONS)
def test_texts_that_the_cloud_api_refuses_leave_no_recipient(api: Api, world: World, action: str) -> None:
    run = world.databases.owner.execute
    run("update hidra.message_templates set body = %s", ["{{nome}}" * 500])
    run("update hidra.contacts set name = 'Ana Beatriz'")
    run("update hidra.evolution_api_config set integration = 'cloud_api'")
    answer = act(api, world.campaign_id, action)
    assert (answer.code, answer.json["reasons"]) == ("nothing-to-send", {"text_too_long": 3})
    run("update hidra.evolution_api_config set integration = 'baileys'")
    assert act(api, world.campaign_id, action).status == 200


@pytest.mark.parametrize("action", ACTIONS)
def test_a_segment_that_is_too_large_to_start_is_refused_before(api: Api, world: World, action: str) -> None:
    world.databases.owner.execute("update hidra.contact_segments set total_contacts = 2000001")
    answer = act(api, world.campaign_id, action)
    assert (answer.status, answer.code, answer.json["limit"]) == (409, "segment-too-large", 2_000_000)


def test_a_retry_that_would_fail_again_for_each_recipient_is_refused(api: Api, world: World) -> None:
    world.databases.owner.execute("update hidra.message_templates set body = 'Oi {{name}}'")
    assert act(api, world.campaign_id, "start").status == 200
    world.advance()
    world.finish_one()
    world.finish_one(refused=True)
    world.finish_one(refused=True)
    world.advance()
    world.databases.owner.execute("update hidra.message_templates set body = 'Oi {{cupom}}'")
    answer = act(api, world.campaign_id, "retry-failed")
    assert (answer.status, answer.code, answer.json["reasons"]) == (409, "nothing-to-send", {"unresolved_variable": 2})
    assert world.campaign()["status"] == "completed"
    assert len(world.rows("select from hidra.campaign_runs")) == 1
    world.databases.owner.execute("update hidra.message_templates set body = 'Oi {{name}}'")
    assert act(api, world.campaign_id, "retry-failed").status == 202


def test_a_campaign_shows_why_it_is_blocked_for_programs_and_for_people(api: Api, world: World) -> None:
    path = f"/v1/campaigns/{world.campaign_id}"
    run = world.databases.owner.execute
    run("update hidra.message_templates set body = 'Oi {{name}}'")
    act(api, world.campaign_id, "start")
    run("update hidra.contacts set name = null")
    world.advance()
    for shown in (api.get(path).json, api.get("/v1/campaigns").json["items"][0]):
        assert (shown["status"], shown["blocked_code"]) == ("failed", "nothing-to-send")
        assert shown["blocked_params"] == {
            "recipients": 3,
            "reasons": {"unresolved_variable": 3},
            "similar_names": {},
        }
        assert shown["blocked_reason"].startswith("0 of 3 contacts")
    run("""update hidra.contacts set name = 'Ana'""")
    retried = api.post(f"{path}/retry-failed").json
    assert (retried["status"], retried["blocked_code"], retried["blocked_reason"]) == ("scheduled", None, None)


def test_a_campaign_that_waits_for_its_connection_shows_the_code_of_the_connections_error(
    api: Api, world: World
) -> None:
    run = world.databases.owner.execute
    run("update hidra.message_templates set body = 'Oi'")
    act(api, world.campaign_id, "start")
    world.advance()
    for change, code, params in (
        ("status = 'error', error_message = 'x', error_code = 'unauthorized'", "connection-error", {}),
        (
            "status = 'connected', distrusted_since = now(), acknowledged_until = now(), distrust_reason = 'x',"
            " distrust_code = 'unauthorized'",
            "connection-probed",
            {"minutes": 5},
        ),
    ):
        run(f"update hidra.evolution_api_config set {change}")  # type: ignore[arg-type]
        world.advance()
        shown = api.get(f"/v1/campaigns/{world.campaign_id}").json
        assert (shown["blocked_code"], shown["blocked_params"]) == (
            code,
            {**params, "detail": "x", "error_code": "unauthorized"},
        )


def test_a_scheduled_campaign_is_given_no_content_that_no_recipient_would_get(
    api: Api, world: World, nudges: Nudges
) -> None:
    run, path = world.databases.owner.execute, f"/v1/campaigns/{world.campaign_id}"
    run("update hidra.message_templates set body = 'Oi {{name}}'")
    act(api, world.campaign_id, "schedule")
    before, nudged = world.campaign(), list(nudges)
    template = world.one(
        "insert into hidra.message_templates (user_id, title, body) values (%s, 't', 'Oi {{nme}}') returning id",
        world.user_id,
    )["id"]
    answer = api.patch(path, {"template_id": str(template), "name": "Other"})
    assert (answer.status, answer.code, answer.json["similar_names"]) == (409, "nothing-to-send", {"nme": "nome"})
    run("update hidra.contact_segments set total_contacts = 2000001")
    answer = api.patch(path, {"segment_id": str(world.segment_id)})
    assert (answer.status, answer.code) == (409, "segment-too-large")
    assert (world.campaign(), nudges) == (before, nudged)


def test_a_deleted_connection_is_neither_forecast_nor_warned_of(api: Api, call: Any, world: World) -> None:
    run, connection = world.databases.owner.execute, call("connections", world.user_id)
    run("update hidra.message_templates set body = 'Oi {{name}}'")
    run("update hidra.evolution_api_config set integration = 'cloud_api'")
    assert connection.delete("/v1/evolution-config").status == 204
    warnings = api.post(f"/v1/campaigns/{world.campaign_id}/preflight").json["warnings"]
    assert [warning["code"] for warning in warnings] == ["no-connection"]
