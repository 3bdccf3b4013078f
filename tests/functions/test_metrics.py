from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conftest import Databases
from tests.store.world import World

OTHER_STATUSES = (
    "draft_campaigns",
    "paused_campaigns",
    "completed_campaigns",
    "failed_campaigns",
    "canceled_campaigns",
)
NOON = datetime(2030, 1, 31, 12, tzinfo=UTC)


def add_point(world: World, minute: int, delivered: int, failed: int) -> None:
    world.databases.owner.execute(
        "insert into hidra.campaign_timeline_points (user_id, campaign_id, timestamp, delivered, failed)"
        " values (%s, %s, %s, %s, %s)",
        [world.user_id, world.campaign_id, NOON + timedelta(minutes=minute), delivered, failed],
    )


def count(world: World) -> None:
    world.databases.owner.execute(
        "update hidra.campaign_metrics set total_messages = 10, delivered = 4, failed = 3, pending = 2, skipped = 1,"
        " read = 3, replied = 2, delivery_ms_total = 10 where campaign_id = %s",
        [world.campaign_id],
    )


def test_the_overview_is_zeros_before_the_first_campaign(call: Any, user: UUID) -> None:
    answer = call("metrics").get("/v1/metrics/overview")
    assert answer.status == 200
    assert answer.json == {
        "owner_id": str(user),
        "total_campaigns": 0,
        "running_campaigns": 0,
        "scheduled_campaigns": 0,
        "delivered_messages": 0,
        "failed_messages": 0,
        "pending_messages": 0,
        "skipped_messages": 0,
        "read_messages": 0,
        "replied_messages": 0,
        **dict.fromkeys(OTHER_STATUSES, 0),
    }


def test_the_overview_sums_the_users_campaigns_only(call: Any, databases: Databases) -> None:
    world, other = World.make(databases, recipients=0), World.make(databases, recipients=0)
    world.add_campaign(uuid4())
    databases.owner.execute("update hidra.campaigns set status = 'running' where id = %s", [world.campaign_id])
    count(world)
    count(other)
    answer = call("metrics", world.user_id).get("/v1/metrics/overview")
    assert answer.json == {
        "owner_id": str(world.user_id),
        "total_campaigns": 2,
        "running_campaigns": 1,
        "scheduled_campaigns": 1,
        "delivered_messages": 4,
        "failed_messages": 3,
        "pending_messages": 2,
        "skipped_messages": 1,
        "read_messages": 3,
        "replied_messages": 2,
        **dict.fromkeys(OTHER_STATUSES, 0),
    }
    for status in OTHER_STATUSES:
        databases.owner.execute(
            "update hidra.campaigns set status = %s where id = %s",
            [status.removesuffix("_campaigns"), world.campaign_id],
        )
        answer = call("metrics", world.user_id).get("/v1/metrics/overview")
        assert (answer.json[status], answer.json["running_campaigns"], answer.json["total_campaigns"]) == (1, 0, 2)


def test_a_campaigns_counters_are_shown_as_they_stand(call: Any, databases: Databases, stranger: UUID) -> None:
    world = World.make(databases, recipients=0)
    path = f"/v1/campaigns/{world.campaign_id}/metrics"
    assert call("metrics", world.user_id).get(path).json["average_delivery_ms"] is None
    count(world)
    answer = call("metrics", world.user_id).get(path)
    assert answer.status == 200
    assert answer.json.pop("last_updated_at").endswith("Z")
    assert answer.json == {
        "campaign_id": str(world.campaign_id),
        "total_messages": 10,
        "delivered": 4,
        "failed": 3,
        "pending": 2,
        "skipped": 1,
        "read": 3,
        "replied": 2,
        "average_delivery_ms": 2,
        "delivery_ms_total": 10,
    }
    for user_id, wrong in ((stranger, path), (world.user_id, f"/v1/campaigns/{uuid4()}/metrics")):
        assert call("metrics", user_id).get(wrong).status == 404


def test_a_timeline_is_listed_oldest_first_and_cut_to_size(call: Any, databases: Databases, stranger: UUID) -> None:
    world = World.make(databases, recipients=0)
    metrics, path = call("metrics", world.user_id), f"/v1/campaigns/{world.campaign_id}/timeline"
    assert metrics.get(path).json == {"items": [], "next_cursor": None}
    for minute in (3, 0, 2, 1):
        add_point(world, minute, delivered=minute, failed=1)
    points = metrics.all(path, limit=3)
    assert points[1] == {"timestamp": "2030-01-31T12:01:00Z", "delivered": 1, "failed": 1}
    assert [point["delivered"] for point in points] == [0, 1, 2, 3]
    cut = {"from": "2030-01-31T09:01:00-03:00", "to": "2030-01-31T12:03:00Z"}
    assert [point["delivered"] for point in metrics.all(path, limit=1, **cut)] == [1, 2]
    assert [point["delivered"] for point in metrics.all(path, limit=9, to=cut["to"])] == [0, 1, 2]
    assert call("metrics", stranger).get(path).status == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2030-01-31"}, "from"),
        ({"to": "2030-01-31T12:00:00"}, "to"),
        ({"to": "1896091200"}, "to"),
        ({"limit": "0"}, "limit"),
        ({"limit": "10001"}, "limit"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_a_wrong_cut_is_named(call: Any, databases: Databases, query: dict[str, str], field: str) -> None:
    world = World.make(databases, recipients=0)
    answer = call("metrics", world.user_id).get(f"/v1/campaigns/{world.campaign_id}/timeline", **query)
    assert (answer.status, answer.fields) == (422, [field])


COGNITO = "https://cognito-idp.sa-east-1.amazonaws.com/sa-east-1_AbCdEf"


@pytest.mark.parametrize(
    "claims", [{"cognito:groups": "[admin]"}, {"cognito:groups": "admin"}, {"cognito:groups": ["admin", "ops"]}]
)
def test_one_group_or_a_list_of_groups_makes_an_admin_of_any_issuer(call: Any, claims: dict[str, Any]) -> None:
    assert call("metrics", **claims).get("/v1/admin/metrics/overview").status == 200


def test_admins_see_every_owner_page_by_page(call: Any, databases: Databases) -> None:
    worlds = [World.make(databases, recipients=0) for _ in range(3)]
    count(worlds[0])
    admin = call("metrics", **{"cognito:groups": "[admin ops]", "iss": COGNITO})
    owners = admin.all("/v1/admin/metrics/overview", limit=2)
    assert [owner["owner_id"] for owner in owners] == sorted(str(world.user_id) for world in worlds)
    delivered = {owner["owner_id"]: owner["delivered_messages"] for owner in owners}
    assert delivered[str(worlds[0].user_id)] == 4
    assert sum(delivered.values()) == 4


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"cognito:groups": "[ops]"},
        {"cognito:groups": "[administrators]"},
        {"cognito:groups": "[Admin]"},
        {"cognito:groups": ""},
        {"groups": "[admin]"},
        {"cognito:groups": "[site admin]"},
        {"cognito:groups": "[admin ops]", "iss": "https://login.example/"},
        {"cognito:groups": "site admin"},
        {"cognito:groups": "site admin", "iss": COGNITO},
        {"cognito:groups": "[admin] ops"},
        {"cognito:groups": "[[admin]]"},
        {"cognito:groups": "[]"},
    ],
)
def test_only_the_exact_group_in_the_exact_claim_makes_an_admin(call: Any, claims: dict[str, str]) -> None:
    answer = call("metrics", **claims).get("/v1/admin/metrics/overview")
    assert (answer.status, answer.code) == (403, "not-admin")
