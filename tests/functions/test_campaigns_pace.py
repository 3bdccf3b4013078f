"""How fast a campaign sends, and which limit decides, as its owner reads it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hidra.gateways import aws_api
from hidra.services.advance_campaign import advance_campaign
from hidra.services.daily_limits import prepare
from hidra.store import connections
from tests.conftest import Databases
from tests.functions.api import Api
from tests.functions.test_send_windows import CONNECTION, SAVED, closed
from tests.store.world import World


@pytest.fixture
def world(databases: Databases) -> World:
    """A campaign that is running, with three recipients that wait."""
    world = World.make(databases, rate=30, connection_rate=60)
    world.advance()
    return world


@pytest.fixture
def api(call: Any, world: World) -> Api:
    return call("campaigns", world.user_id)


def pace(api: Api, world: World) -> dict[str, Any]:
    answer = api.get(f"/v1/campaigns/{world.campaign_id}/pace")
    assert answer.status == 200
    return answer.json


def limits_the_day(call: Any, world: World, monkeypatch: pytest.MonkeyPatch, **limits: Any) -> None:
    monkeypatch.setattr(aws_api, "invoke", lambda *_, **__: {})
    assert call("connections", world.user_id).put(CONNECTION, SAVED | limits).status == 200
    run(world, "update hidra.evolution_api_config set status = 'connected'")
    prepare(world.campaign_id, db=world.databases.jobs)


def run(world: World, sql: str, *params: Any) -> None:
    world.databases.owner.execute(sql, list(params))  # type: ignore[arg-type]


def add_running(world: World, rate: int) -> None:
    campaign_id = world.add_campaign(uuid4(), rate=rate)
    advance_campaign(
        campaign_id,
        db=world.databases.jobs,
        issue_tickets=lambda *_: None,
        requeue_after=lambda *_: None,
    )


@pytest.mark.parametrize(
    ("rate", "others", "limit", "share", "in_force"),
    [
        (30, [], "campaign", 60, 30),
        (100, [], "connection", 60, 60),
        (30, [30, 100], "share", 20, 20),
        (15, [30, 100], "campaign", 20, 15),
        (30, [5, 100], "share", 27.5, 27.5),
    ],
)
def test_the_lowest_of_pace_connection_and_share_decides(
    api: Api, world: World, *, rate: int, others: list[int], limit: str, share: float, in_force: float
) -> None:
    run(world, "update hidra.campaigns set max_messages_per_minute = %s", rate)
    for other in others:
        add_running(world, other)
    found = pace(api, world)
    assert (found["limit"], found["share_per_minute"], found["messages_per_minute"]) == (limit, share, in_force)
    assert (found["campaign_per_minute"], found["connection_per_minute"]) == (rate, 60)
    assert (found["other_campaigns"], found["blocked_code"]) == (len(others), None)


def test_slots_of_the_last_minute_are_counted_and_the_plan_says_the_next_one(api: Api, world: World) -> None:
    for subject in (world.campaign_id, world.connection_id, world.connection_id):
        for seconds in (-70, -30, -10, 1):
            shift = len(world.rows("select from hidra.pace_slots")) / 1000
            run(
                world,
                "insert into hidra.pace_slots (subject, user_id, slot) values (%s, %s, now() + make_interval(secs => %s))",
                subject, world.user_id, seconds + shift,
            )  # fmt: skip
    run(world, "update hidra.pace_limits set plan = now() + interval '1 hour' where subject = %s", world.connection_id)
    found = pace(api, world)
    assert (found["sent_last_minute"], found["connection_sent_last_minute"]) == (2, 4)
    ahead = datetime.fromisoformat(found["next_slot_at"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < ahead <= timedelta(hours=1)


def test_a_closed_window_decides_until_it_opens(api: Api, world: World) -> None:
    window = closed()
    assert api.patch(f"/v1/campaigns/{world.campaign_id}", {"send_window": window}).status == 200
    found = pace(api, world)
    assert (found["limit"], found["blocked_code"], found["messages_per_minute"]) == ("window", "outside-send-window", 0)
    assert f"T{window['ranges'][0]['from']}:00Z" in found["continues_at"]
    assert found["next_slot_at"] == found["continues_at"]


@pytest.mark.parametrize(
    ("limits", "limit", "left"),
    [
        ({"max_messages_per_day": 1}, "day", (0, None)),
        ({"max_messages_per_day": 5, "warm_up": {"limits": [1, 9]}}, "warm_up", (0, None)),
        ({"max_messages_per_day": 1, "warm_up": {"limits": [5, 9]}}, "day", (0, None)),
        ({"max_first_contacts_per_day": 1}, "first_contacts", (None, 0)),
        ({"max_messages_per_day": 3, "max_first_contacts_per_day": 2}, "campaign", (2, 1)),
    ],
)
def test_a_limit_of_the_day_decides_once_it_is_used_up(
    api: Api, call: Any, world: World, monkeypatch: pytest.MonkeyPatch, *, limits: Any, limit: str, left: Any
) -> None:
    if "warm_up" in limits:
        limits = limits | {"warm_up": {**limits["warm_up"], "since": datetime.now(UTC).date().isoformat()}}
    limits_the_day(call, world, monkeypatch, time_zone="UTC", **limits)
    world.finish_one()
    found = pace(api, world)
    today = found["today"]
    assert (found["limit"], today["messages"]) == (limit, 1)
    assert (today["messages_left"], today["first_contacts_left"]) == left
    assert found["continues_at"] == (None if limit == "campaign" else today["ends_at"])
    assert (today["warm_up_day"], today["warm_up_days"]) == ((1, 2) if "warm_up" in limits else (None, None))


def test_a_known_recipient_goes_on_when_first_contacts_are_used_up(
    api: Api, call: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits_the_day(call, world, monkeypatch, max_first_contacts_per_day=1)
    world.finish_one()
    run(world, "update hidra.campaign_messages set first_contact = false where status = 'pending' and contact_id ="
        " (select contact_id from hidra.campaign_messages order by id desc limit 1)")  # fmt: skip
    assert pace(api, world)["limit"] == "campaign"


def test_a_day_that_is_used_up_continues_when_the_window_opens_on_the_next_one(
    api: Api, call: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits_the_day(call, world, monkeypatch, max_messages_per_day=1, time_zone="UTC")
    world.finish_one()
    always = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    window = {"time_zone": "UTC", "ranges": [{"days": always, "from": "23:59", "to": "23:58"}]}
    api.patch(f"/v1/campaigns/{world.campaign_id}", {"send_window": window})
    found = pace(api, world)
    assert found["limit"] == "day"
    assert found["continues_at"] == found["today"]["ends_at"]
    api.patch(f"/v1/campaigns/{world.campaign_id}", {"send_window": closed()})
    found = pace(api, world)
    assert found["limit"] == "window"
    assert found["continues_at"] > found["today"]["ends_at"]


@pytest.mark.parametrize(
    ("places", "seconds", "limit"), [(1, 3, "room"), (1, 1, "campaign"), (2, 3, "campaign"), (2, 16, "room")]
)
def test_open_requests_that_are_not_answered_decide(
    api: Api, world: World, *, places: int, seconds: int, limit: str
) -> None:
    world.claim()
    run(world, "update hidra.evolution_api_config set max_concurrent_sends = %s", places)
    run(world, "update hidra.campaign_messages set claimed_at = now() - make_interval(secs => %s)"
        " where status = 'sending'", seconds)  # fmt: skip
    assert pace(api, world)["limit"] == limit


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("evolution_api_config set status = 'disconnected'", "connection-not-connected"),
        ("evolution_api_config set status = 'error'", "connection-error"),
        ("evolution_api_config set distrusted_since = now(), acknowledged_until = now()", "connection-probed"),
        ("pace_limits set slow_answers = 3", "server-slow"),
    ],
)  # fmt: skip
def test_a_connection_that_cannot_send_decides(api: Api, world: World, change: str, code: str) -> None:
    run(world, f"update hidra.{change}")
    found = pace(api, world)
    assert (found["limit"], found["blocked_code"], found["messages_per_minute"]) == ("blocked", code, 0)
    assert (found["next_slot_at"] is not None) == (code in ("connection-probed", "server-slow"))


def test_a_campaign_whose_connection_was_deleted_is_blocked(api: Api, world: World) -> None:
    world.databases.http.as_user(world.user_id, connections.delete)
    found = pace(api, world)
    assert (found["limit"], found["blocked_code"], found["today"]) == ("blocked", "no-connection", None)
    assert (found["connection_per_minute"], found["share_per_minute"]) == (None, None)


@pytest.mark.parametrize("status", ["draft", "scheduled", "paused", "completed", "failed", "canceled"])
def test_a_campaign_that_does_not_send_has_a_pace_without_a_limit(api: Api, world: World, status: str) -> None:
    run(world, "update hidra.campaigns set status = %s, scheduled_at = now() + interval '1 hour'", status)
    found = pace(api, world)
    assert (found["limit"], found["messages_per_minute"], found["campaign_per_minute"]) == ("none", 0, 30)
    assert (found["continues_at"] is not None) == (status == "scheduled")


def test_a_running_campaign_without_a_message_that_waits_has_no_limit(api: Api, world: World) -> None:
    run(world, "update hidra.campaign_messages set status = 'sent', sent_at = now()")
    assert pace(api, world)["limit"] == "none"
    run(world, "update hidra.campaigns set blocked_code = 'outcomes-in-doubt', blocked_reason = 'x'")
    found = pace(api, world)
    assert (found["limit"], found["blocked_code"]) == ("blocked", "outcomes-in-doubt")


def test_the_pace_of_another_users_campaign_is_not_found(call: Any, world: World) -> None:
    other = World.make(world.databases, recipients=0)
    answer = call("campaigns", other.user_id).get(f"/v1/campaigns/{world.campaign_id}/pace")
    assert (answer.status, answer.code) == (404, "not-found")
