"""What a preflight says holds when the campaign is frozen at the same moment."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hidra.services.advance_campaign import advance_campaign
from tests.conftest import Databases
from tests.functions.api import Answer, Api
from tests.store.world import World


@pytest.fixture
def world(databases: Databases) -> World:
    """A tenant whose campaign reaches three contacts at a pace that nothing warns of."""
    return World.make(databases, recipients=3, rate=20, connection_rate=60, body="Oi {{nome}}, pedido {{ pedido }}")


@pytest.fixture
def api(call: Any, world: World) -> Api:
    world.databases.owner.execute("""update hidra.contacts set attributes = '{"pedido": 7}'""")
    return call("campaigns", world.user_id)


def preflight(api: Api, world: World) -> Answer:
    answer = api.post(f"/v1/campaigns/{world.campaign_id}/preflight")
    assert answer.status == 200
    return answer


def codes(api: Api, world: World) -> list[str]:
    return [warning["code"] for warning in preflight(api, world).json["warnings"]]


def opt_out(world: World, *phones: str) -> None:
    for phone in phones:
        world.databases.owner.execute(
            "insert into hidra.opt_outs (user_id, phone_hash, source) values (%s, %s, 'api')",
            [world.user_id, world.hash(phone)],
        )


def in_seconds(text: str) -> float:
    return (datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds()


def test_a_campaign_that_all_is_well_with(api: Api, world: World) -> None:
    found = preflight(api, world).json
    begin, end, [day] = (found.pop(name) for name in ("expected_begin", "expected_end", "days"))
    # 3 messages at 20 a minute, 61.5 seconds to each of our minutes.
    assert found == {
        "recipients": 3,
        "will_receive": 3,
        "will_not": [],
        "expected_duration_seconds": 10,
        "time_zone": "America/Sao_Paulo",
        "warnings": [],
    }
    assert 0 < in_seconds(end) <= 10
    assert (day["messages"], day["from"]) == (3, begin)
    assert begin < day["until"] <= end


def test_a_draft_is_predicted_for_the_time_at_which_it_would_be_scheduled(api: Api, world: World) -> None:
    address, at = f"/v1/campaigns/{world.campaign_id}/preflight", "2031-06-02T12:00:00Z"
    [utc, local] = [{"scheduled_at": at}, {"scheduled_at": "2031-06-02T09:00", "time_zone": "America/Sao_Paulo"}]
    assert in_seconds(api.post(address, utc).json["expected_begin"]) < 60  # it has a time of its own
    world.databases.owner.execute("update hidra.campaigns set status = 'draft', scheduled_at = null")
    assert [api.post(address, body).json["expected_begin"] for body in (utc, local)] == [at, at]


def test_a_preflight_lists_contacts_that_get_nothing_with_reasons_and_examples(api: Api, world: World) -> None:
    for index in range(3, 10):
        world.add_contact(f"+551198000000{index}", name="Eva" if index < 9 else " ")  # none of them has a pedido
    opt_out(world, "+5511980000000", "+5511980000003")
    found = preflight(api, world).json
    assert (found["recipients"], found["will_receive"]) == (10, 2)
    assert [(item["reason"], item["recipients"]) for item in found["will_not"]] == [
        ("opted_out", 2),
        ("unresolved_variable", 6),
    ]
    opted_out, unresolved = (item["examples"] for item in found["will_not"])
    # One who opted out and lacks a value has opted out.
    assert {item["phone"] for item in opted_out} == {"+5511980000000", "+5511980000003"}
    assert {item["detail"] for item in opted_out} == {None}
    assert len(unresolved) == 5
    ids = [item["contact_id"] for item in unresolved]
    assert ids == sorted(ids)
    for item in unresolved:
        assert set(item) == {"contact_id", "phone", "detail"}
        contact = world.one("select phone, name from hidra.contacts where id = %s", item["contact_id"])
        assert item["phone"] == contact["phone"]
        missing = "pedido" if contact["name"] == "Eva" else "nome, pedido"
        assert item["detail"] == f"No value for: {missing}"


def test_the_freeze_does_as_the_preflight_said(api: Api, world: World) -> None:
    for index in range(3, 8):
        world.add_contact(f"+551198000000{index}", name="Eva")
    opt_out(world, "+5511980000001", "+5511980000004")
    found = preflight(api, world).json
    world.advance()
    frozen = Counter(message["error_code"] for message in world.messages())
    said = {item["reason"]: item["recipients"] for item in found["will_not"]}
    assert frozen == {**said, None: found["will_receive"]}
    details = {str(message["contact_id"]): message["error_detail"] for message in world.messages()}
    for item in found["will_not"]:
        assert {it["contact_id"]: it["detail"] for it in item["examples"]}.items() <= details.items()


@pytest.mark.parametrize(
    ("status", "warned"),
    [
        ("draft", []),
        ("scheduled", []),
        ("running", ["campaign-started"]),
        ("paused", ["campaign-started"]),
        ("completed", ["campaign-ended"]),
        ("failed", ["campaign-ended"]),
        ("canceled", ["campaign-ended"]),
    ],
)
def test_every_status_has_a_preflight_that_changes_nothing(
    api: Api, world: World, status: str, warned: list[str]
) -> None:
    world.databases.owner.execute("update hidra.campaigns set status = %s", [status])
    if warned:
        world.databases.owner.execute(
            "insert into hidra.campaign_runs (user_id, campaign_id, initiated_by, body) values (%s, %s, %s, 'x')",
            [world.user_id, world.campaign_id, world.user_id],
        )
    before = world.campaign()
    found = preflight(api, world).json
    assert found["recipients"] == (0 if status in ("running", "paused", "completed", "failed") else 3)
    wanted = [*warned, "nothing-failed"] if status in ("completed", "failed") else warned
    assert [warning["code"] for warning in found["warnings"]] == wanted
    assert world.campaign() == before
    assert world.messages() == []


def test_the_preflight_of_a_running_campaign_counts_its_recipients_that_wait(api: Api, world: World) -> None:
    world.advance()
    world.finish_one()
    world.add_contact("+5511980000300", name="Late")
    found = preflight(api, world).json
    assert (found["recipients"], found["will_receive"], found["will_not"]) == (2, 2, [])


def test_the_preflight_of_an_ended_campaign_predicts_its_retry(api: Api, world: World) -> None:
    """Whatever was added to the segment since then."""
    world.advance()
    for refused in (True, True, False):
        world.finish_one(refused=refused)
    world.advance()
    for number in range(5):
        world.add_contact(f"+551198000030{number}", name="Late")
    opt_out(world, "+5511980000000")
    found = preflight(api, world).json
    assert (found["recipients"], found["will_receive"]) == (2, 1)
    assert [(item["reason"], item["recipients"]) for item in found["will_not"]] == [("opted_out", 1)]
    [warning] = found["warnings"]
    assert warning["code"] == "campaign-ended"
    assert "retry-failed" in warning["message"]
    api.post(f"/v1/campaigns/{world.campaign_id}/retry-failed")
    world.advance()
    latest = world.rows("select status from hidra.campaign_messages order by id desc limit 2")
    assert sorted(row["status"] for row in latest) == ["pending", "skipped"]


@pytest.mark.parametrize(("placeholder", "attribute"), [("nme", "nome"), ("Cidde", "Cidade"), ("pontso", "pontos")])
def test_a_placeholder_that_no_contact_has_a_value_for_is_compared_with_the_names_that_there_are(
    api: Api, world: World, placeholder: str, attribute: str
) -> None:
    run = world.databases.owner.execute
    run("""update hidra.contacts set attributes = '{"Cidade": "Recife", "pontos": 1}'""")
    run("update hidra.message_templates set body = %s", [f"Oi {{{{{placeholder}}}}} {{{{xyzw}}}}"])
    [warning] = [it for it in preflight(api, world).json["warnings"] if it["code"] == "similar-name"]
    assert f"{{{{{placeholder}}}}}" in warning["message"]
    assert f"{{{{{attribute}}}}}" in warning["message"]
    assert "xyzw" not in warning["message"]


def test_a_connection_whose_statuses_do_not_arrive_is_warned_of(api: Api, world: World) -> None:
    run = world.databases.owner.execute
    run("update hidra.evolution_api_config set integration = 'cloud_api'")
    assert codes(api, world) == ["statuses-missing"]
    run("update hidra.evolution_api_config set last_status_at = now()")
    assert codes(api, world) == []


@pytest.mark.parametrize(("rate", "connection_rate", "seconds"), [(10, 60, 19), (60, 10, 19), (1, None, 186)])
def test_the_lower_limit_says_how_long_it_takes(
    api: Api, world: World, rate: int, connection_rate: int | None, seconds: int
) -> None:
    run = world.databases.owner.execute
    run("update hidra.campaigns set max_messages_per_minute = %s", [rate])
    run("update hidra.evolution_api_config set max_messages_per_minute = coalesce(%s, 1)", [connection_rate])
    if connection_rate is None:
        run("delete from hidra.evolution_api_config")
    assert preflight(api, world).json["expected_duration_seconds"] == seconds


def test_the_end_counts_from_a_schedule_that_is_to_come(api: Api, world: World) -> None:
    run = world.databases.owner.execute
    later = datetime.now(UTC) + timedelta(hours=1)
    run("update hidra.campaigns set scheduled_at = %s", [later])
    assert preflight(api, world).json["expected_end"] == (later + timedelta(seconds=10)).isoformat().replace(
        "+00:00", "Z"
    )
    run("update hidra.campaigns set scheduled_at = now() - interval '1 hour'")
    assert 0 < in_seconds(preflight(api, world).json["expected_end"]) <= 10
    run("update hidra.campaigns set scheduled_at = '9999-12-31T23:59:59Z'")
    found = preflight(api, world).json
    assert found["expected_begin"].startswith("9999-12-31T23:59:59")
    assert (found["expected_end"], found["expected_duration_seconds"], found["days"]) == (None, None, [])


def test_a_connection_that_cannot_send_is_warned_of(api: Api, world: World) -> None:
    run = world.databases.owner.execute
    for status in ("disconnected", "connecting", "error"):
        run("update hidra.evolution_api_config set status = %s", [status])
        [warning] = preflight(api, world).json["warnings"]
        assert warning["code"] == "connection-not-connected"
        assert status in warning["message"]
    run("update hidra.campaigns set evolution_config_id = null")
    run("update hidra.evolution_api_config set status = 'connected'")
    assert codes(api, world) == []  # the campaign will take the one there is
    run("delete from hidra.evolution_api_config")
    assert codes(api, world) == ["no-connection"]


@pytest.mark.parametrize(
    ("integration", "rate", "connection_rate", "wanted"),
    [
        ("baileys", 20, 60, []),
        ("baileys", 21, 60, ["pace-risks-ban"]),
        ("baileys", 60, 30, ["pace-above-connection", "pace-risks-ban"]),
        ("baileys", 60, 20, ["pace-above-connection"]),
        ("cloud_api", 600, 600, ["statuses-missing"]),
        ("cloud_api", 601, 600, ["pace-above-connection", "statuses-missing"]),
    ],
)
def test_a_pace_is_warned_of(
    api: Api, world: World, *, integration: str, rate: int, connection_rate: int, wanted: list[str]
) -> None:
    run = world.databases.owner.execute
    run("update hidra.campaigns set max_messages_per_minute = %s", [rate])
    run(
        "update hidra.evolution_api_config set integration = %s, max_messages_per_minute = %s",
        [integration, connection_rate],
    )
    assert codes(api, world) == wanted


def test_a_preflight_warns_of_a_campaign_that_reaches_no_contact(api: Api, world: World) -> None:
    run = world.databases.owner.execute
    run("update hidra.contacts set attributes = '{}'")
    assert codes(api, world) == ["nothing-to-send"]
    run("delete from hidra.segment_contacts")
    found = preflight(api, world).json
    assert [warning["code"] for warning in found["warnings"]] == ["segment-empty"]
    assert (found["recipients"], found["will_receive"], found["will_not"]) == (0, 0, [])
    assert found["expected_duration_seconds"] == 0


def test_a_template_without_variables_reaches_everybody(api: Api, world: World) -> None:
    world.databases.owner.execute("update hidra.contacts set attributes = '{}', name = null")
    world.databases.owner.execute("update hidra.message_templates set body = 'Oi'")
    assert preflight(api, world).json["will_receive"] == 3


def test_a_campaign_of_another_has_no_preflight(api: Api, call: Any, world: World) -> None:
    other = World.make(world.databases, recipients=0)
    answer = call("campaigns", other.user_id).post(f"/v1/campaigns/{world.campaign_id}/preflight")
    assert (answer.status, answer.code) == (404, "not-found")


def test_a_preflight_expects_first_contacts_and_a_days_limit_on_the_days_that_allow_them(
    api: Api, world: World
) -> None:
    run = world.databases.owner.execute
    run("update hidra.evolution_api_config set max_first_contacts_per_day = 1, time_zone = 'UTC'")
    run(
        "insert into hidra.opt_out_requests (user_id, phone_hash, opted_in_at) values (%s, %s, now())",
        [world.user_id, world.hash("+5511980000000")],
    )
    assert [day["messages"] for day in preflight(api, world).json["days"]] == [2, 1]
    run("update hidra.evolution_api_config set max_messages_per_day = 1")
    assert [day["messages"] for day in preflight(api, world).json["days"]] == [1, 1, 1]


def test_campaigns_that_run_beside_it_take_their_share_of_the_forecast(api: Api, world: World) -> None:
    world.databases.owner.execute("update hidra.evolution_api_config set max_messages_per_minute = 20")
    alone = preflight(api, world).json["expected_duration_seconds"]
    advance_campaign(
        world.add_campaign(uuid4(), rate=20),
        db=world.databases.jobs,
        issue_tickets=lambda *_: None,
        requeue_after=lambda *_: None,
    )
    assert abs(preflight(api, world).json["expected_duration_seconds"] - 2 * alone) <= 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("evolution_api_config set distrusted_since = now(), acknowledged_until = now()", "connection-probed"),
        ("pace_limits set slow_answers = 3", "server-slow"),
        ("campaigns set scheduled_at = now() + interval '1 hour', not_after = now() + interval '1 hour 1 s'",
         "ends-after-not-after"),
    ],
)  # fmt: skip
def test_a_preflight_warns_of_what_delays_messages(api: Api, world: World, change: str, code: str) -> None:
    assert codes(api, world) == []
    world.databases.owner.execute(f"update hidra.{change}")
    assert codes(api, world) == [code]


def test_a_number_that_never_sent_and_a_campaign_that_takes_long_are_warned_of(api: Api, world: World) -> None:
    run = world.databases.owner.execute
    for index in range(10, 410):
        world.add_contact(f"+551198000{index:04}", name="Eva")
    run("""update hidra.contacts set attributes = '{"pedido": 7}'""")
    assert codes(api, world) == ["number-never-sent"]
    run("update hidra.evolution_api_config set warm_up_since = current_date, warm_up_limits = '{300, 300}'")
    assert codes(api, world) == []
    run("update hidra.evolution_api_config set max_messages_per_day = 10")
    assert codes(api, world) == ["takes-long"]
    run("update hidra.evolution_api_config set max_messages_per_day = 1")
    found = preflight(api, world).json
    assert (found["warnings"][0]["code"], found["expected_end"]) == ("takes-long", None)
    assert len(found["days"]) in (365, 366)
    run(
        "update hidra.evolution_api_config set max_messages_per_day = null, warm_up_since = null, warm_up_limits = null"
    )
    world.advance()
    world.finish_one()
    assert codes(api, world) == ["campaign-started"]
