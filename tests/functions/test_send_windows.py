"""Sending windows and local times over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hidra.domain.send_window import DAYS
from hidra.gateways import aws_api
from hidra.store.claims import Claim, NoClaim
from tests.conftest import Databases
from tests.functions.api import Api
from tests.functions.conftest import Nudges
from tests.store.world import World

CONNECTION = "/v1/evolution-config"
SAVED = {"base_url": "https://evo.example.com", "instance_name": "main", "api_key": "k"}
WEEK = [{"days": ["mon", "tue"], "from": "09:00", "to": "12:00"}, {"days": ["sat"], "from": "20:00", "to": "02:00"}]
WINDOW = {"time_zone": "America/Sao_Paulo", "ranges": WEEK}


@pytest.fixture
def world(databases: Databases) -> World:
    return World.make(databases)


@pytest.fixture
def api(call: Any, world: World) -> Api:
    return call("campaigns", world.user_id)


@pytest.fixture
def connections(call: Any, world: World, monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setattr(aws_api, "invoke", lambda *_, **__: {})
    return call("connections", world.user_id)


def wish(world: World, **more: Any) -> dict[str, Any]:
    return {"name": "Launch", "segment_id": str(world.segment_id), "template_id": str(world.template_id), **more}


def closed() -> dict[str, Any]:
    """A window that opens in two hours."""
    opens, closes = (f"{datetime.now(UTC) + timedelta(hours=hours):%H:%M}" for hours in (2, 3))
    return {"time_zone": "UTC", "ranges": [{"days": list(DAYS), "from": opens, "to": closes}]}


def test_a_campaign_is_saved_with_its_window_and_copied_with_it(api: Api, world: World) -> None:
    made = api.post("/v1/campaigns", wish(world, send_window=WINDOW))
    assert (made.status, made.json["send_window"]) == (201, WINDOW)
    path = "/v1/campaigns/" + made.json["id"]
    assert api.get(path).json == made.json
    assert api.post(f"{path}/duplicate").json["send_window"] == WINDOW
    unordered = [{"days": ["sun", "mon", "sun"], "from": "00:00", "to": "24:00"}]
    changed = api.patch(path, {"send_window": {"time_zone": "UTC", "ranges": unordered}})
    assert changed.json["send_window"]["ranges"] == [{"days": ["mon", "sun"], "from": "00:00", "to": "24:00"}]
    assert api.patch(path, {"name": "Other"}).json["send_window"] == changed.json["send_window"]
    assert api.patch(path, {"send_window": None}).json["send_window"] is None
    assert world.one("select send_window from hidra.campaigns where id = %s", made.json["id"])["send_window"] is None


@pytest.mark.parametrize(
    ("window", "field"),
    [
        ({"time_zone": "America/Sao_Paulo", "ranges": []}, "ranges"),
        ({"time_zone": "America/Sao_Paulo", "ranges": WEEK * 15}, "ranges"),
        ({"time_zone": "America/Sao_Paulo"}, "ranges"),
        ({"time_zone": "Brazil/Sao_Paulo", "ranges": WEEK}, "time_zone"),
        ({"time_zone": "../zones", "ranges": WEEK}, "time_zone"),
        ({"ranges": WEEK}, "time_zone"),
        ({"time_zone": "UTC", "ranges": [{"days": [], "from": "09:00", "to": "12:00"}]}, "ranges.0.days"),
        ({"time_zone": "UTC", "ranges": [{"days": ["seg"], "from": "09:00", "to": "12:00"}]}, "ranges.0.days.0"),
        ({"time_zone": "UTC", "ranges": [*WEEK, {"days": ["mon"], "from": "09:00", "to": "09:00"}]}, "ranges.2.to"),
        ({"time_zone": "UTC", "ranges": [{"days": ["mon"], "from": "24:00", "to": "09:00"}]}, "ranges.0.from"),
        ({"time_zone": "UTC", "ranges": [{"days": ["mon"], "from": "9:00", "to": "24:01"}]}, "ranges.0.from"),
        ({"time_zone": "UTC", "ranges": [{"days": ["mon"], "from": "09:00", "to": "24:01"}]}, "ranges.0.to"),
        ({"time_zone": "UTC", "ranges": [{"days": ["mon"], "from": "٠٩:٠٠", "to": "10:00"}]}, "ranges.0.from"),
    ],
)
def test_a_window_that_never_opens_or_is_wrong_is_refused_at_its_field(
    api: Api, connections: Api, world: World, *, window: Any, field: str
) -> None:
    for answer in (
        api.post("/v1/campaigns", wish(world, send_window=window)),
        api.patch(f"/v1/campaigns/{world.campaign_id}", {"send_window": window}),
        connections.put(CONNECTION, {**SAVED, "send_window": window}),
    ):
        assert (answer.status, answer.code) in ((422, "invalid-request"), (422, "wrong-times"))
        assert answer.fields[0] == f"send_window.{field}"
    assert world.one("select count(*) from hidra.campaigns")["count"] == 1
    assert connections.get(CONNECTION).json["send_window"] is None


@pytest.mark.parametrize("status", ["running", "paused", "scheduled"])
def test_the_window_of_a_campaign_changes_while_it_waits_and_runs(
    api: Api, world: World, nudges: Nudges, status: str
) -> None:
    path = f"/v1/campaigns/{world.campaign_id}"
    if status == "scheduled":
        assert api.patch(path, {"send_window": closed()}).status == 200
        world.advance()
    else:
        world.advance()
        world.databases.owner.execute("update hidra.campaigns set status = %s", [status])
        assert api.patch(path, {"send_window": closed()}).status == 200
    world.databases.owner.execute("update hidra.campaigns set status = 'running'")
    assert world.claim() is NoClaim.CLOSED
    world.advance()
    shown = api.get(path).json
    assert shown["blocked_code"] == "outside-send-window"
    nudges.clear()
    assert api.patch(path, {"send_window": None}).status == 200
    assert nudges == [(world.user_id, world.campaign_id)]
    assert isinstance(world.claim(), Claim)
    world.databases.owner.execute("update hidra.campaigns set status = 'completed'")
    assert api.patch(path, {"send_window": WINDOW}).fields == ["send_window"]


def test_the_connections_window_stays_if_left_out_and_null_removes_it(
    connections: Api, world: World, nudges: Nudges
) -> None:
    world.advance()
    window = closed()
    assert connections.put(CONNECTION, {**SAVED, "send_window": window}).json["send_window"] == window
    assert nudges == [(world.user_id, world.campaign_id)]
    world.databases.owner.execute("update hidra.evolution_api_config set status = 'connected'")
    assert world.claim() is NoClaim.CLOSED
    assert connections.put(CONNECTION, SAVED).json["send_window"] == window
    assert connections.delete(CONNECTION).status == 204
    assert connections.put(CONNECTION, SAVED).json["send_window"] == window
    assert len(nudges) == 1
    assert connections.put(CONNECTION, {**SAVED, "send_window": None}).json["send_window"] is None
    assert len(nudges) == 2


def test_the_preflight_expects_messages_in_the_window_only(api: Api, world: World) -> None:
    path = f"/v1/campaigns/{world.campaign_id}"
    window = closed()
    api.patch(path, {"send_window": window})
    found = api.post(f"{path}/preflight").json
    assert f"T{window['ranges'][0]['from']}:00Z" in found["expected_begin"]
    assert (found["time_zone"], [day["messages"] for day in found["days"]]) == ("UTC", [3])


@pytest.mark.parametrize(
    ("given", "zone", "start"),
    [
        ("2098-12-01T09:00", "America/Sao_Paulo", "2098-12-01T12:00:00Z"),
        ("2098-12-01T09:00:30", "Asia/Kathmandu", "2098-12-01T03:15:30Z"),
        ("2098-12-01T09:00:00-03:00", None, "2098-12-01T12:00:00Z"),
        ("2098-11-02T01:30", "America/New_York", "2098-11-02T05:30:00Z"),  # occurs twice: the first
    ],
)
def test_a_start_may_be_given_as_local_time(api: Api, world: World, given: str, zone: str | None, start: str) -> None:
    path = f"/v1/campaigns/{world.campaign_id}"
    body = {"scheduled_at": given} | ({"time_zone": zone} if zone else {})
    moved = api.patch(path, body)
    assert (moved.status, moved.json["scheduled_at"]) == (200, start)
    assert api.post(f"{path}/unschedule").status == 200
    assert api.post(f"{path}/schedule", body).json["scheduled_at"] == start


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"scheduled_at": "2098-12-01T09:00"}, "scheduled_at", "wrong-times"),
        ({"scheduled_at": "2098-03-09T02:30", "time_zone": "America/New_York"}, "scheduled_at", "wrong-times"),
        ({"scheduled_at": "2098-12-01T09:00Z", "time_zone": "America/New_York"}, "time_zone", "wrong-times"),
        ({"scheduled_at": "2098-12-01T09:00", "time_zone": "Sao Paulo"}, "time_zone", "wrong-times"),
        ({"scheduled_at": "9999-12-31T23:00", "time_zone": "America/New_York"}, "scheduled_at", "wrong-times"),
        (
            {"scheduled_at": "2098-12-01T09:00Z", "not_after": "2098-03-09T02:30", "time_zone": "America/New_York"},
            "not_after",
            "wrong-times",
        ),
    ],
)
def test_a_local_time_without_a_zone_or_that_does_not_occur_is_refused(
    api: Api, world: World, *, body: Any, field: str, code: str
) -> None:
    path = f"/v1/campaigns/{world.campaign_id}"
    before = api.get(path).json
    for answer in (api.patch(path, body), api.post(f"{path}/schedule", body)):
        assert (answer.status, answer.code, answer.fields) == (422, code, [field])
    assert api.get(path).json == before
