"""What a campaign says when it stands still: a code, its parameters, and a sentence that is true."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hidra.domain import blocked
from hidra.domain.blocked import BlockedCode, BlockedParams
from hidra.domain.campaign import EvolutionConnectionStatus
from hidra.domain.connection_error import ConnectionErrorCode
from hidra.services import lifecycle
from hidra.store import messages, outcomes
from tests.conftest import Databases
from tests.store.world import World

DOCS = Path(__file__).parents[2] / "docs"
NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
ALL = [
    blocked.NO_CONNECTION,
    blocked.not_connected(EvolutionConnectionStatus.CONNECTING),
    blocked.connection_error("no licence", ConnectionErrorCode.LICENSE_REQUIRED),
    blocked.probed("401", None),
    blocked.in_doubt(2, NOW, EvolutionConnectionStatus.CONNECTED),
    blocked.in_doubt(1, NOW, None),
    blocked.refused(14),
    blocked.media_not_fetched("Evolution cannot fetch the campaign's image."),
    blocked.SEGMENT_EMPTY,
    blocked.SEGMENT_TOO_LARGE,
    blocked.not_after_passed(NOW),
    blocked.nothing_to_send({"unresolved_variable": 4990, "opted_out": 6}, {"nme": "nome"}),
    blocked.NOTHING_FAILED,
    blocked.SERVER_SLOW,
    blocked.outside_send_window(NOW, "America/Sao_Paulo"),
    blocked.day_limit_reached(80, NOW),
    blocked.first_contacts_reached(20, NOW),
    blocked.time_zone_changed(NOW),
]


def doubts(world: World, count: int) -> None:
    """Lets the senders of so many messages die; there are no others."""
    world.advance()
    for _ in range(count):
        world.claim()
    world.databases.jobs.as_worker(lambda tx: outcomes.mark_sender_lost(tx, older_than=timedelta(0)))


@pytest.mark.parametrize(
    "connection",
    [
        "status = 'connected'",
        "status = 'error', error_message = 'server gone'",
        "status = 'disconnected'",
        "status = 'connected', distrusted_since = now(), distrust_reason = 'doubts', acknowledged_until = '2026-01-01'",
    ],
)
def test_a_campaign_with_only_doubts_left_says_that_nothing_more_is_sent(databases: Databases, connection: str) -> None:
    """Whatever the connection is like: it announces no probe, and no continuation."""
    world = World.make(databases, recipients=3)
    doubts(world, 3)
    databases.owner.execute(f"update hidra.evolution_api_config set {connection}")
    assert world.advance() == []
    campaign = world.campaign()
    assert campaign["blocked_code"] == "outcomes-in-doubt"
    latest = max(message["claimed_at"] for message in world.messages())
    until = datetime.fromisoformat(campaign["blocked_params"]["until"])
    assert until == (latest + timedelta(hours=24)).replace(microsecond=0)
    assert campaign["blocked_params"]["messages"] == 3
    reason = campaign["blocked_reason"]
    assert "3 messages" in reason
    assert "nothing more is sent" in reason
    assert f"{until.astimezone(UTC):%Y-%m-%d %H:%M}" in reason
    assert "probed" not in reason
    assert "continues" not in reason


def test_the_number_of_doubts_follows_those_that_are_settled(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    doubts(world, 2)
    world.advance()
    first = world.messages()[0]["id"]
    databases.jobs.as_worker(lambda tx: messages.give_up(tx, message_ids=[first], at=datetime.now(UTC)))
    world.advance()
    assert world.campaign()["blocked_params"]["messages"] == 1
    assert "1 message is in doubt" in world.campaign()["blocked_reason"]
    databases.jobs.as_worker(lambda tx: messages.give_up(tx, message_ids=[world.messages()[1]["id"]], at=NOW))
    world.advance()
    assert (world.campaign()["status"], world.campaign()["blocked_code"]) == ("failed", None)


def test_without_a_connection_doubts_ask_for_one(databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    doubts(world, 1)
    databases.owner.execute("delete from hidra.evolution_api_config")
    world.advance()
    assert world.campaign()["blocked_params"]["connection_status"] is None
    assert "save the connection again" in world.campaign()["blocked_reason"]


def test_a_campaign_whose_last_messages_are_being_sent_is_not_blocked(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    doubts(world, 1)
    world.claim()
    databases.owner.execute("update hidra.evolution_api_config set status = 'error', error_message = 'server gone'")
    world.advance()
    assert world.campaign()["blocked_code"] is None


@pytest.mark.parametrize("code", ["unreachable", None])  # None: a message of before there were codes
def test_recipients_that_wait_are_blocked_by_the_connection_and_not_by_doubts(
    databases: Databases, code: str | None
) -> None:
    world = World.make(databases, recipients=2)
    doubts(world, 1)
    databases.owner.execute(
        "update hidra.evolution_api_config set status = 'error', error_message = 'server gone', error_code = %s", [code]
    )
    world.advance()
    campaign = world.campaign()
    params = {"detail": "server gone", "error_code": code}
    assert (campaign["blocked_code"], campaign["blocked_params"]) == ("connection-error", params)


def test_a_campaign_that_its_user_pauses_announces_no_continuation(databases: Databases) -> None:
    world = World.make(databases)
    world.advance()
    databases.owner.execute("update hidra.evolution_api_config set status = 'disconnected'")
    world.advance()
    assert world.campaign()["blocked_code"] == "connection-not-connected"
    paused = lifecycle.pause(databases.http, world.user_id, world.campaign_id)
    assert (paused.blocked_code, paused.blocked_params, paused.blocked_reason) == (None, {}, None)


@pytest.mark.parametrize(
    ("lose", "reasons"),
    [
        ("update hidra.contacts set name = null", {"unresolved_variable": 3}),
        (
            "insert into hidra.opt_outs (user_id, phone_hash, source) select user_id, phone_hash, 'api'"
            " from hidra.contacts",
            {"opted_out": 3},
        ),
    ],
)
def test_a_campaign_that_reaches_no_recipient_at_its_time_fails_and_says_why(
    databases: Databases, lose: str, reasons: dict[str, int]
) -> None:
    world = World.make(databases, recipients=3)
    databases.owner.execute(lose)
    world.advance()
    campaign = world.campaign()
    assert (campaign["status"], campaign["blocked_code"]) == ("failed", "nothing-to-send")
    assert campaign["blocked_params"] == {"recipients": 3, "reasons": reasons, "similar_names": {}}
    assert "0 of 3 contacts" in campaign["blocked_reason"]
    world.assert_exact()


def test_a_name_that_is_nearly_an_attribute_is_hinted_when_the_campaign_fails(databases: Databases) -> None:
    world = World.make(databases, recipients=2, body="Oi {{nme}}")
    world.advance()
    assert world.campaign()["blocked_params"]["similar_names"] == {"nme": "nome"}
    assert "perhaps the text means {{nome}}" in world.campaign()["blocked_reason"]


def test_a_retry_that_reaches_no_recipient_says_so_and_leaves_the_campaign_completed(databases: Databases) -> None:
    world = World.make(databases, recipients=2)
    world.advance()
    world.finish_one()
    world.finish_one(refused=True)
    world.advance()
    lifecycle.retry_failed(databases.http, world.user_id, world.campaign_id, nudge=lambda **_: None)
    databases.owner.execute("update hidra.contacts set name = null")
    world.advance()
    world.advance()
    campaign = world.campaign()
    assert (campaign["status"], campaign["blocked_code"]) == ("completed", "nothing-to-send")
    assert campaign["blocked_params"]["recipients"] == 1


def test_every_code_has_a_sentence_and_exactly_the_parameters_that_are_documented() -> None:
    assert {each.code for each in ALL} == set(BlockedCode)
    described = " ".join((BlockedCode.__doc__ or "").split())
    tables = {
        language: dict(
            re.findall(r"^\| `([a-z-]+)` \|(.*)$", (DOCS / path).read_text().split(start)[1], flags=re.MULTILINE)
        )
        for language, path, start in [
            ("en", "api.md", "### Why a campaign stands still"),
            ("pt", "pt-BR/guia.md", "## Se a campanha não anda"),
        ]
    }
    for each in ALL:
        assert each.reason.endswith((".", each.params.get("detail", "."))), each
        of_code = described.split(f"``{each.code}``:")[1].split("- ``")[0]
        for name in each.params:
            assert name in BlockedParams.__annotations__
            assert f"``{name}``" in of_code, (each.code, name)
            for language, rows in tables.items():
                assert f"`{name}`" in rows[each.code], (language, each.code, name)


def test_the_sentence_follows_from_code_and_parameters_alone() -> None:
    assert blocked.refused(14).reason.startswith("WhatsApp refused 10 of the last 14 messages")
    assert "no value for a variable of the text (4,990), opted out (6)" in ALL[11].reason
    assert "2030-02-01 12:00 UTC" in ALL[4].reason
    assert "2030-02-02 12:00 UTC" in ALL[4].reason
