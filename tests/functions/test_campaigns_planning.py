"""Campaigns whose plan changes: moved, edited or unscheduled before the start, and paced anew after it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import Databases
from tests.functions.api import Answer, Api
from tests.functions.conftest import Nudges
from tests.store.world import World

PACE = "max_messages_per_minute"
LATER = "2099-01-31T12:00:00Z"
ALL = {"name": "x", "description": "x", PACE: 7, "scheduled_at": LATER, "not_after": None}
SHARED = "select pg_advisory_xact_lock_shared(hidra.lock_key('campaign', %s))"


@pytest.fixture
def world(databases: Databases) -> World:
    return World.make(databases, recipients=3)


@pytest.fixture
def api(call: Any, world: World) -> Api:
    return call("campaigns", world.user_id)


@pytest.fixture
def hurried(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Locks are waited for 200 ms instead of 5 s."""
    databases.http.close()
    monkeypatch.setattr("hidra.store.db.LOCK_TIMEOUT_MS", 200)
    yield
    databases.http.close()


@pytest.fixture
def path(world: World) -> str:
    """The world's campaign, scheduled for the year 2099."""
    place(world, status="scheduled", scheduled_at=LATER)
    return f"/v1/campaigns/{world.campaign_id}"


def place(world: World, **columns: Any) -> None:
    for column, value in columns.items():
        statement = f"update hidra.campaigns set {column} = %s where id = %s"
        world.databases.owner.execute(statement, [value, world.campaign_id])  # type: ignore[arg-type]


def ahead(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def draft(api: Api, world: World) -> str:
    wanted = {"name": "Launch", "segment_id": str(world.segment_id), "template_id": str(world.template_id)}
    return "/v1/campaigns/" + api.post("/v1/campaigns", wanted).json["id"]


def another(world: World) -> tuple[str, str]:
    """Another segment with one contact, and another template."""
    segment = world.one(
        "insert into hidra.contact_segments (user_id, name) values (%s, 's') returning id", world.user_id
    )["id"]
    world.databases.owner.execute(
        "insert into hidra.segment_contacts select user_id, %s, id from hidra.contacts where user_id = %s limit 1",
        [segment, world.user_id],
    )
    template = world.one(
        "insert into hidra.message_templates (user_id, title, body) values (%s, 't', 'Tchau') returning id",
        world.user_id,
    )["id"]
    return str(segment), str(template)


def rate(world: World) -> tuple[int, int]:
    """The campaign's pace in both places."""
    limit = world.one("select rate from hidra.pace_limits where subject = %s", world.campaign_id)["rate"]
    return world.campaign()[PACE], limit


@contextmanager
def held(world: World, sql: str) -> Iterator[psycopg.Connection[Any]]:
    """Another transaction that has run this statement on the campaign."""
    with psycopg.connect(world.databases.owner.info.dsn, password=world.databases.owner.info.password) as other:
        other.execute(sql, [world.campaign_id])
        yield other
        other.rollback()


def fail_and_retry(api: Api, world: World) -> None:
    """Ends the campaign's first run with a failure, and schedules its retry."""
    place(world, scheduled_at=datetime.now(UTC))
    world.advance()
    world.finish_one()
    world.finish_one()
    world.finish_one(refused=True)
    world.advance()
    assert api.post(f"/v1/campaigns/{world.campaign_id}/retry-failed").status == 202


@pytest.mark.parametrize(("seconds", "delays"), [(0.4, [1]), (20, [20]), (119.5, [120]), (200, []), (90_000, [])])
def test_a_start_that_is_near_is_asked_for_when_it_is_scheduled_or_moved(
    api: Api, world: World, nudges: Nudges, *, path: str, seconds: float, delays: list[int]
) -> None:
    made = draft(api, world)
    assert api.post(f"{made}/schedule", {"scheduled_at": ahead(seconds)}).status == 200
    assert nudges.delays == delays
    assert api.patch(path, {"scheduled_at": ahead(seconds)}).status == 200
    assert nudges.delays == delays * 2
    assert {str(campaign) for _, campaign in nudges} == ({made[-36:], path[-36:]} if delays else set())


def test_a_scheduled_campaign_is_moved_both_ways_and_starts_at_the_last_time(
    api: Api, world: World, nudges: Nudges, path: str
) -> None:
    for moved in (ahead(30), "2098-06-01T00:00:00Z", ahead(40)):
        answer = api.patch(path, {"scheduled_at": moved})
        assert (answer.status, answer.json["status"]) == (200, "scheduled")
        assert datetime.fromisoformat(answer.json["scheduled_at"]) == datetime.fromisoformat(moved)
        assert api.get(path).json == answer.json
        world.advance()  # by a nudge for an earlier time
        assert world.campaign()["status"] == "scheduled"
    assert nudges.delays == [30, 40]
    place(world, scheduled_at=datetime.now(UTC))
    world.advance()
    world.advance()
    assert world.campaign()["status"] == "running"
    assert world.one("select count(*) from hidra.campaign_runs")["count"] == 1


def test_an_edit_before_the_start_is_what_starts(api: Api, world: World, path: str) -> None:
    segment_id, template_id = another(world)
    changes = {"name": "Other", "description": "d", "segment_id": segment_id, "template_id": template_id, PACE: 7}
    answer = api.patch(path, changes)
    assert (answer.status, answer.json["status"]) == (200, "scheduled")
    assert answer.json.items() >= changes.items()
    assert rate(world) == (7, 7)
    place(world, scheduled_at=datetime.now(UTC))
    world.advance()
    assert len(world.messages()) == 1
    assert world.one("select body from hidra.campaign_runs")["body"] == "Tchau"


def test_an_edit_of_a_campaign_that_is_due_asks_for_its_start(
    api: Api, world: World, nudges: Nudges, path: str
) -> None:
    """The pass that comes while an edit holds the campaign does nothing."""
    place(world, scheduled_at=datetime.now(UTC))
    with held(world, "select from hidra.campaigns where id = %s for no key update"):
        world.advance()
    assert world.campaign()["status"] == "scheduled"
    assert api.patch(path, {"name": "Other"}).status == 200
    assert (list(nudges), nudges.delays) == ([(world.user_id, world.campaign_id)], [0])


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"scheduled_at": "2020-01-31T09:00:00Z"}, "scheduled_at", "wrong-times"),
        ({"scheduled_at": None}, "scheduled_at", "invalid-request"),
        ({"scheduled_at": "tomorrow"}, "scheduled_at", "invalid-request"),
        ({"scheduled_at": "2099-05-01T00:00:00Z"}, "not_after", "wrong-times"),
        ({"not_after": LATER}, "not_after", "wrong-times"),
        ({"not_after": "2020-01-31T09:00:00Z"}, "not_after", "wrong-times"),
        ({"scheduled_at": LATER, "not_after": LATER}, "not_after", "wrong-times"),
        ({"name": "Other", "status": "draft"}, "status", "invalid-request"),
        ({"name": "Other", "segment_id": str(uuid4())}, "segment_id", "unknown-segment"),
        ({"name": "Other", "template_id": str(uuid4())}, "template_id", "unknown-template"),
    ],
)
def test_a_wrong_edit_of_a_scheduled_campaign_changes_nothing(
    api: Api, world: World, nudges: Nudges, *, path: str, body: Any, field: str, code: str
) -> None:
    place(world, not_after="2099-02-01T00:00:00Z")
    before = api.get(path).json
    answer = api.patch(path, body)
    assert (answer.status, answer.code, answer.fields) == (422, code, [field])
    assert api.get(path).json == before
    assert nudges == []


def test_the_last_moment_to_start_moves_with_the_start_or_goes(api: Api, world: World, path: str) -> None:
    for body in ({"scheduled_at": "2098-01-01T00:00:00Z", "not_after": "2098-01-02T00:00:00Z"}, {"not_after": None}):
        answer = api.patch(path, body)
        assert answer.status == 200
        assert answer.json.items() >= body.items()
    assert api.patch(path, {"scheduled_at": "2098-05-01T00:00:00Z"}).status == 200


def test_a_scheduled_campaign_is_given_no_segment_without_contacts(api: Api, world: World, path: str) -> None:
    empty = world.one(
        "insert into hidra.contact_segments (user_id, name) values (%s, 's') returning id", world.user_id
    )["id"]
    answer = api.patch(path, {"segment_id": str(empty), "name": "Other"})
    assert (answer.status, answer.code) == (409, "segment-empty")
    assert (world.campaign()["segment_id"], world.campaign()["name"]) == (world.segment_id, "c")


def test_an_unscheduled_campaign_is_a_draft_like_any_other(api: Api, world: World, nudges: Nudges, path: str) -> None:
    place(world, scheduled_at=datetime.now(UTC), not_after=LATER)
    for _ in range(2):
        answer = api.post(f"{path}/unschedule")
        assert answer.status == 200
        assert [answer.json[name] for name in ("status", "scheduled_at", "not_after")] == ["draft", None, None]
        assert api.get(path).json == answer.json
    world.advance()
    assert world.campaign()["status"] == "draft"
    assert api.patch(path, {"name": "Other", PACE: 7}).status == 200
    assert api.post(f"{path}/schedule", {"scheduled_at": LATER}).json["status"] == "scheduled"
    assert api.post(f"{path}/unschedule").status == 200
    assert api.delete(path).status == 204
    assert nudges == []


def test_a_retry_that_is_about_to_start_changes_in_its_pace_only_and_keeps_its_history(
    api: Api, world: World, path: str
) -> None:
    fail_and_retry(api, world)
    for field, value in (ALL | dict(zip(("segment_id", "template_id"), another(world), strict=True))).items():
        answer = api.patch(path, {field: value})
        if field == PACE:
            assert (answer.status, rate(world)) == (200, (7, 7))
            continue
        assert (answer.status, answer.code, answer.fields) == (409, "campaign-status", [field])
        assert f"{field} cannot change while the campaign is scheduled for a retry" in answer.json["detail"]
    answer = api.post(f"{path}/unschedule")
    assert (answer.status, answer.code) == (409, "campaign-status")
    assert "retry" in answer.json["detail"]
    assert api.delete(path).status == 409
    assert len(world.messages()) == 3


def test_a_draft_has_no_start_to_move(api: Api, world: World) -> None:
    made = draft(api, world)
    answer = api.patch(made, {"name": "Other", "scheduled_at": LATER, "not_after": LATER})
    assert (answer.status, answer.code, answer.fields) == (409, "campaign-status", ["not_after", "scheduled_at"])
    assert "Schedule the campaign" in answer.json["detail"]
    assert api.get(made).json["name"] == "Launch"


@pytest.mark.parametrize("status", ["running", "paused"])
def test_only_the_pace_of_a_started_campaign_changes(
    api: Api, world: World, nudges: Nudges, path: str, status: str
) -> None:
    place(world, status=status, started_at=datetime.now(UTC))
    for pace in (7, 7, 60):
        answer = api.patch(path, {PACE: pace})
        assert (answer.status, answer.json[PACE], answer.json["status"]) == (200, pace, status)
        assert rate(world) == (pace, pace)
    assert nudges.delays == ([0] * 3 if status == "running" else [])
    for field, value in (ALL | {"segment_id": str(world.segment_id), "template_id": str(world.template_id)}).items():
        if field != PACE:
            answer = api.patch(path, {field: value, PACE: 9})
            assert (answer.status, answer.code, answer.fields) == (409, "campaign-status", [field])
            assert (
                f"{field} cannot change while the campaign is {status}. Only {PACE} and send_window can."
                in answer.json["detail"]
            )
    assert rate(world) == (60, 60)
    assert api.patch(path, {}).status == 200
    assert api.patch(path, {PACE: 0}).status == 422


@pytest.mark.parametrize("status", ["completed", "failed", "canceled"])
def test_nothing_changes_in_a_campaign_that_has_ended(api: Api, world: World, path: str, status: str) -> None:
    place(world, status=status)
    for field, value in ALL.items():
        answer = api.patch(path, {field: value})
        assert (answer.status, answer.code, answer.fields) == (409, "campaign-status", [field])
        assert status in answer.json["detail"]
    assert rate(world) == (600, 600)


def test_the_plan_of_another_user_is_not_found(api: Api, call: Any, world: World, path: str) -> None:
    theirs = call("campaigns", World.make(world.databases, recipients=0).user_id)
    before = api.get(path).json
    for answer in (theirs.patch(path, {"scheduled_at": ahead(60)}), theirs.post(f"{path}/unschedule")):
        assert (answer.status, answer.code) == (404, "not-found")
    assert api.get(path).json == before


@pytest.mark.parametrize("edit", ["PATCH", "unschedule"])
@pytest.mark.parametrize("starts", [True, False])
def test_an_edit_at_the_moment_of_the_start_comes_before_it_or_is_told_so(
    api: Api, world: World, path: str, edit: str, *, starts: bool
) -> None:
    """The edit waits for the pass that starts the campaign, and then finds what that has done."""
    answers: list[Answer] = []

    def change() -> None:
        answers.append(api.patch(path, {"name": "Other"}) if edit == "PATCH" else api.post(f"{path}/unschedule"))

    with held(world, "select from hidra.campaigns where id = %s for update") as start:
        changing = threading.Thread(target=change)
        changing.start()
        world.wait_for_blocked_transaction()
        if starts:
            start.execute("update hidra.campaigns set status = 'running', started_at = now()")
        start.commit()
        changing.join()
    [answer] = answers
    if starts:
        assert (answer.status, answer.code) == (409, "campaign-status")
        assert "running" in answer.json["detail"]
        assert (world.campaign()["status"], world.campaign()["name"]) == ("running", "c")
    else:
        assert answer.status == 200


@pytest.mark.usefixtures("hurried")
def test_a_changed_pace_waits_for_claims_under_way(api: Api, world: World, path: str) -> None:
    place(world, scheduled_at=datetime.now(UTC))
    world.advance()
    with held(world, SHARED):
        assert api.patch(path, {PACE: 7}).status == 409
    assert rate(world) == (600, 600)
    assert api.patch(path, {PACE: 7}).status == 200
