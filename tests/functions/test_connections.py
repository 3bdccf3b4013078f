import base64
import io
import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from hidra.errors import Unanswered, Unavailable
from hidra.gateways import aws_api
from hidra.gateways.vault import open_sealed
from hidra.store.claims import Claim, NoClaim
from hidra.store.db import Database
from hidra.telemetry import logger
from tests.conftest import Databases
from tests.functions.api import Answer, Api
from tests.functions.conftest import VAULT_KEY, Nudges
from tests.store.world import World

PATH = "/v1/evolution-config"
API_KEY = "429683C4C977415C"
GIVEN = {"base_url": "https://evo.example.com", "instance_name": "main", "api_key": API_KEY, "integration": "baileys"}
PRIVATE_KEYS = {"v1": base64.b64encode(bytes(VAULT_KEY)).decode()}


class Check:
    """connection_check, which notes what it finds in the row, and everything that it was asked."""

    def __init__(self, databases: Databases) -> None:
        self.databases = databases
        self.asked: list[tuple[str, str, str]] = []
        self.finds = "connected"
        self.answers: Callable[[], Any] = dict

    def invoke(self, function_name: str, asked: Any, *, wait: bool) -> Any:
        assert wait
        self.asked.append((function_name, asked["action"], asked["connection_id"]))
        answer = self.answers()
        self.databases.owner.execute(
            "update hidra.evolution_api_config set status = %s, last_health_check_at = now() where id = %s",
            [self.finds, asked["connection_id"]],
        )
        return answer


@pytest.fixture
def check(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Check:
    check = Check(databases)
    monkeypatch.setattr(aws_api, "invoke", check.invoke)
    return check


@pytest.fixture
def api(call: Any, check: Check) -> Api:
    return call("connections")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged."""
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(text := io.StringIO())
    yield text
    if before:
        handler.setStream(before)


def stored(databases: Databases, user: UUID) -> dict[str, Any]:
    world = World(databases, user, user, user, user, user)
    return world.one("select * from hidra.evolution_api_config where user_id = %s", user)


def limits(databases: Databases) -> dict[UUID, int]:
    return dict(databases.owner.execute("select subject, rate from hidra.pace_limits").fetchall())


def test_a_connection_is_saved_sealed_checked_and_shown_without_its_key(
    api: Api, check: Check, databases: Databases, user: UUID
) -> None:
    answer = api.put(PATH, {**GIVEN, "base_url": "https://EVO.example.com/", "api_key": f" {API_KEY}\n"})
    assert answer.status == 200
    saved = answer.json
    assert saved == {
        "id": saved["id"],
        "base_url": "https://evo.example.com",
        "instance_name": "main",
        "integration": "baileys",
        "status": "connected",
        "error_message": None,
        "error_code": None,
        "connected_at": None,
        "last_health_check_at": saved["last_health_check_at"],
        "last_webhook_at": None,
        "last_status_at": None,
        "max_messages_per_minute": 60,
        "max_concurrent_sends": 1,
        "jitter": 0.25,
        "send_window": None,
        "max_messages_per_day": None,
        "max_first_contacts_per_day": None,
        "warm_up": None,
        "time_zone": "America/Sao_Paulo",
        "today": saved["today"],
        "created_at": saved["created_at"],
        "warnings": [],
        "status_backfill": None,
    }
    assert saved["last_health_check_at"].endswith("Z")
    assert check.asked == [("none", "check", saved["id"])]
    assert limits(databases) == {UUID(saved["id"]): 60}
    sealed = stored(databases, user)["api_key_encrypted"]
    assert API_KEY.encode() not in sealed
    assert open_sealed(PRIVATE_KEYS, sealed, user_id=user, base_url=saved["base_url"]) == API_KEY
    assert api.get(PATH).json == saved


def test_what_is_absent_stays_as_it_was(api: Api, databases: Databases, user: UUID) -> None:
    limited = {"integration": "cloud_api", "max_messages_per_minute": 30, "max_concurrent_sends": 3, "jitter": 0}
    first = api.put(PATH, {**GIVEN, **limited}).json
    before = stored(databases, user)
    answer = api.put(PATH, {"base_url": "https://evo.example.com:443/api", "instance_name": "other"})
    assert answer.status == 200
    assert {name: answer.json[name] for name in limited} == limited
    assert (answer.json["id"], answer.json["instance_name"]) == (first["id"], "other")
    assert stored(databases, user)["api_key_encrypted"] == before["api_key_encrypted"]
    answer = api.put(PATH, {**GIVEN, "api_key": None, "max_messages_per_minute": 90})
    assert answer.json["max_messages_per_minute"] == 90
    assert limits(databases) == {UUID(first["id"]): 90}


def test_a_key_is_needed_at_first_and_for_another_server(
    api: Api, check: Check, databases: Databases, user: UUID
) -> None:
    keyless = {name: value for name, value in GIVEN.items() if name != "api_key"}
    answer = api.put(PATH, keyless)
    assert (answer.status, answer.code, answer.fields) == (422, "api-key-required", ["api_key"])
    assert api.get(PATH).status == 404
    api.put(PATH, GIVEN)
    before = stored(databases, user)
    for elsewhere in ("https://evo.example.org", "https://evo.example.com:8443"):
        answer = api.put(PATH, {**keyless, "base_url": elsewhere})
        assert (answer.status, answer.code, answer.fields) == (422, "api-key-required", ["api_key"])
    assert {**stored(databases, user), "status": before["status"]} == before
    assert len(check.asked) == 1
    answer = api.put(PATH, {**GIVEN, "base_url": "https://evo.example.org", "api_key": "another"})
    assert answer.status == 200
    sealed = stored(databases, user)["api_key_encrypted"]
    assert open_sealed(PRIVATE_KEYS, sealed, user_id=user, base_url="https://evo.example.org") == "another"


def test_a_connection_to_another_instance_is_not_connected_before_it_was_checked(
    api: Api, check: Check, databases: Databases, user: UUID
) -> None:
    api.put(PATH, GIVEN)

    check.answers = throttled
    assert api.put(PATH, {**GIVEN, "api_key": None, "max_concurrent_sends": 2}).json["status"] == "connected"
    answer = api.put(PATH, {**GIVEN, "api_key": None, "instance_name": "other"})
    assert (answer.status, answer.json["status"]) == (200, "disconnected")
    assert api.get(PATH).json["instance_name"] == "other"


def test_a_check_that_finds_an_error_is_no_error_of_the_request(api: Api, check: Check) -> None:
    check.finds = "error"
    for answer in (api.put(PATH, GIVEN), api.post(f"{PATH}/check")):
        assert (answer.status, answer.json["status"]) == (200, "error")
    assert [action for _, action, _ in check.asked] == ["check", "check"]


def test_why_a_connection_does_not_work_is_shown_for_people_and_for_programs(
    api: Api, check: Check, databases: Databases
) -> None:
    check.finds = "error"
    api.put(PATH, GIVEN)
    write = "update hidra.evolution_api_config set error_message = 'The API key is wrong.', error_code = %s"
    # None: a message of before there were codes; brand-new: a code of a later version, after a return to this one.
    for code, shown_as in (("unauthorized", "unauthorized"), (None, None), ("brand-new", "unknown")):
        databases.owner.execute(write, [code])
        shown = api.get(PATH).json
        assert (shown["error_message"], shown["error_code"]) == ("The API key is wrong.", shown_as)


def test_connect_passes_on_the_code_to_scan(api: Api, check: Check) -> None:
    assert api.post(f"{PATH}/connect").status == 404
    saved = api.put(PATH, GIVEN).json
    found = {"state": "connecting", "qr_code": "2@abc", "pairing_code": "WZYEH1YY", "message": "Scan it."}
    check.answers = lambda: found
    answer = api.post(f"{PATH}/connect")
    assert (answer.status, answer.json) == (200, found)
    assert check.asked[-1] == ("none", "connect", saved["id"])
    check.answers = lambda: {"state": "open"}
    assert api.post(f"{PATH}/connect").json == {
        "state": "open",
        "qr_code": None,
        "pairing_code": None,
        "message": None,
    }


def test_what_evolution_says_against_connecting_is_passed_on(api: Api, check: Check) -> None:
    api.put(PATH, GIVEN)
    check.answers = lambda: {"error": "The API key is refused."}
    answer = api.post(f"{PATH}/connect")
    assert (answer.status, answer.code, answer.json["detail"]) == (
        503,
        "evolution-unavailable",
        "The API key is refused.",
    )


def throttled() -> Any:
    raise Unavailable("lambda answered 429 TooManyRequestsException")


def timed_out() -> Any:
    raise Unanswered("lambda did not answer")


@pytest.mark.parametrize("answers", [throttled, timed_out, lambda: None, lambda: "text"])
def test_a_check_that_does_not_answer_is_to_be_asked_again(api: Api, check: Check, answers: Callable[[], Any]) -> None:
    check.answers = answers
    assert api.put(PATH, GIVEN).status == 200
    for action in ("check", "connect"):
        answer = api.post(f"{PATH}/{action}")
        assert (answer.status, answer.code) == (503, "unavailable")


def test_campaigns_without_a_connection_get_the_first_one(call: Any, check: Check, databases: Databases) -> None:
    world = World.make(databases, recipients=0)
    statuses = ("draft", "scheduled", "running", "paused", "completed", "failed", "canceled")
    ids = {status: world.add_campaign(uuid4()) for status in statuses}
    for status, campaign_id in ids.items():
        databases.owner.execute("update hidra.campaigns set status = %s where id = %s", [status, campaign_id])
    other = World.make(databases, recipients=0)
    databases.owner.execute("delete from hidra.evolution_api_config")
    connection_id = call("connections", world.user_id).put(PATH, GIVEN).json["id"]
    given = {
        status
        for status, campaign_id in ids.items()
        if call("campaigns", world.user_id).get(f"/v1/campaigns/{campaign_id}").json["evolution_config_id"]
        == connection_id
    }
    assert given == {"draft", "scheduled", "running", "paused"}
    theirs = call("campaigns", other.user_id).get(f"/v1/campaigns/{other.campaign_id}")
    assert theirs.json["evolution_config_id"] is None


def test_a_deleted_connection_leaves_its_campaigns_without(call: Any, check: Check, databases: Databases) -> None:
    world = World.make(databases, recipients=1)
    world.advance()
    api = call("connections", world.user_id)
    answer = api.delete(PATH)
    assert (answer.status, answer.json) == (204, None)
    assert api.get(PATH).status == 404
    assert api.delete(PATH).status == 404
    assert api.post(f"{PATH}/check").status == 404
    campaign = call("campaigns", world.user_id).get(f"/v1/campaigns/{world.campaign_id}").json
    assert (campaign["status"], campaign["evolution_config_id"]) == ("running", None)
    assert check.asked == []
    path = f"/v1/campaigns/{world.campaign_id}"
    campaigns = call("campaigns", world.user_id)
    world.advance()
    assert "no Evolution connection" in campaigns.get(path).json["blocked_reason"]
    connection_id = api.put(PATH, GIVEN).json["id"]
    assert connection_id == str(world.connection_id)
    [(ticket, _)] = world.advance()
    assert str(ticket.connection_id) == connection_id
    assert campaigns.get(path).json["blocked_reason"] is None


def test_another_neither_sees_nor_changes_the_connection(api: Api, call: Any, check: Check, stranger: UUID) -> None:
    saved = api.put(PATH, GIVEN).json
    theirs = call("connections", stranger)
    assert theirs.get(PATH).status == 404
    assert theirs.delete(PATH).status == 404
    assert theirs.post(f"{PATH}/check").status == 404
    assert theirs.put(PATH, {**GIVEN, "instance_name": "theirs"}).json["id"] != saved["id"]
    assert api.get(PATH).json == saved


def test_two_first_saves_at_the_same_time_make_one_connection(databases: Databases, user: UUID) -> None:
    from hidra.services.save_connection import Wanted, save_connection

    wanted = Wanted("https://evo.example.com", "main")
    start = threading.Barrier(4)
    made: list[UUID] = []

    def save() -> None:
        db = Database({**databases.settings, "DATABASE_SECRET": "http"}, databases.logins.__getitem__)
        start.wait()
        made.append(save_connection(db, user, wanted, sealed=b"sealed", origin=str, nudge=lambda **_: None))
        db.close()

    threads = [threading.Thread(target=save) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert limits(databases) == {made[0]: 60}
    assert len(set(made)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"base_url": ""}, "base_url"),
        ({"base_url": None}, "base_url"),
        ({"base_url": "evo.example.com"}, "base_url"),
        ({"base_url": "http://evo.example.com"}, "base_url"),
        ({"base_url": "https://127.0.0.1:8080"}, "base_url"),
        ({"base_url": "https://user:pass@evo.example.com"}, "base_url"),
        ({"base_url": "https://x/" + "x" * 500}, "base_url"),
        ({"instance_name": ""}, "instance_name"),
        ({"instance_name": "a/b"}, "instance_name"),
        ({"instance_name": "a\nb"}, "instance_name"),
        ({"instance_name": "x" * 101}, "instance_name"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": " "}, "api_key"),
        ({"api_key": "a\r\nb: c"}, "api_key"),
        ({"api_key": "ключ"}, "api_key"),
        ({"api_key": "x" * 501}, "api_key"),
        ({"api_key": 5}, "api_key"),
        ({"integration": "sms"}, "integration"),
        ({"max_messages_per_minute": 0}, "max_messages_per_minute"),
        ({"max_messages_per_minute": 6001}, "max_messages_per_minute"),
        ({"max_messages_per_minute": "60"}, "max_messages_per_minute"),
        ({"max_concurrent_sends": 0}, "max_concurrent_sends"),
        ({"max_concurrent_sends": 1001}, "max_concurrent_sends"),
        ({"jitter": -0.01}, "jitter"),
        ({"jitter": 0.51}, "jitter"),
        ({"jitter": "0.1"}, "jitter"),
        ({"jitter": True}, "jitter"),
        ({"status": "connected"}, "status"),
    ],
)
def test_an_invalid_connection_names_its_fields_and_shows_no_key(
    api: Api, check: Check, log: io.StringIO, changes: Any, field: str
) -> None:
    answer = api.put(PATH, {**GIVEN, **changes})
    assert (answer.status, answer.fields) == (422, [field])
    shown = " ".join(item["message"] for item in answer.json["errors"]) + log.getvalue()
    assert API_KEY not in shown
    assert "b: c" not in shown
    assert "ключ" not in shown
    assert api.get(PATH).status == 404
    assert check.asked == []


def test_no_key_is_logged_when_saving_fails(api: Api, monkeypatch: pytest.MonkeyPatch, log: io.StringIO) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr(api.function, "save_connection", fail)
    answer = api.put(PATH, GIVEN)
    assert (answer.status, answer.code) == (500, "internal")
    assert "request failed" in log.getvalue()
    assert API_KEY not in str(answer.json) + log.getvalue()


def test_a_cloud_api_connection_says_that_no_status_arrives_until_one_does(
    api: Api, check: Check, databases: Databases
) -> None:
    def codes(answer: Answer) -> list[str]:
        return [warning["code"] for warning in answer.json["warnings"]]

    assert codes(api.put(PATH, GIVEN)) == []
    cloud = {**GIVEN, "integration": "cloud_api"}
    assert codes(api.put(PATH, cloud)) == ["statuses-missing"]
    [warning] = api.get(PATH).json["warnings"]
    assert "discard Meta's statuses" in warning["message"]
    assert "stay sent" in warning["message"]
    arrived = "update hidra.evolution_api_config set last_status_at = now()"
    databases.owner.execute(arrived)
    assert codes(api.get(PATH)) == []
    assert codes(api.put(PATH, {**cloud, "max_messages_per_minute": 30})) == []
    assert codes(api.put(PATH, {**cloud, "instance_name": "other"})) == ["statuses-missing"]
    databases.owner.execute(arrived)
    api.put(PATH, GIVEN)
    assert codes(api.put(PATH, cloud)) == ["statuses-missing"]


DAILY = {
    "max_messages_per_day": 500,
    "max_first_contacts_per_day": 50,
    "warm_up": {"since": "2026-06-01", "limits": [20, 40]},
    "time_zone": "Europe/Lisbon",
}


def test_daily_limits_are_kept_when_absent_and_removed_by_null(api: Api) -> None:
    assert {name: api.put(PATH, {**GIVEN, **DAILY}).json[name] for name in DAILY} == DAILY
    kept = api.put(PATH, {**GIVEN, "max_messages_per_day": 400}).json
    assert {name: kept[name] for name in DAILY} == {**DAILY, "max_messages_per_day": 400}
    assert (kept["today"]["message_limit"], kept["today"]["first_contact_limit"]) == (400, 50)
    removed = api.put(PATH, {**GIVEN, **dict.fromkeys(DAILY)}).json
    assert {name: removed[name] for name in DAILY} == {**dict.fromkeys(DAILY), "time_zone": "Europe/Lisbon"}
    assert removed["today"]["messages"] == 0


def test_a_warm_up_without_limits_has_those_of_a_new_number(api: Api) -> None:
    warm_up = api.put(PATH, {**GIVEN, "warm_up": {"since": "2026-06-01"}}).json["warm_up"]
    assert warm_up["limits"] == [20, 40, 80, 120, 160, 200, 250, 300, 400, 500, 600, 700, 850, 1000]


def test_other_daily_limits_ask_for_a_pass_of_each_running_campaign(
    call: Any, check: Check, databases: Databases, nudges: Nudges
) -> None:
    world = World.make(databases)
    world.advance()
    api, one_a_day = call("connections", world.user_id), {**GIVEN, "max_messages_per_day": 1}
    assert api.put(PATH, one_a_day).status == 200
    assert nudges == [(world.user_id, world.campaign_id)]
    assert isinstance(world.claim(), Claim)
    assert world.claim() is NoClaim.DAY_USED
    world.advance()
    assert world.campaign()["blocked_code"] == "day-limit-reached"
    nudges.clear()
    assert api.put(PATH, one_a_day).status == 200
    assert nudges == []
    assert api.put(PATH, {**GIVEN, "max_messages_per_day": 2}).status == 200
    assert nudges == [(world.user_id, world.campaign_id)]
    world.advance()
    assert world.campaign()["blocked_code"] is None
    assert isinstance(world.claim(), Claim)
    databases.owner.execute("update hidra.campaigns set status = 'paused'")
    assert api.put(PATH, {**GIVEN, "max_messages_per_day": None}).status == 200
    assert len(nudges) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"max_messages_per_day": 0}, "max_messages_per_day"),
        ({"max_first_contacts_per_day": "9"}, "max_first_contacts_per_day"),
        ({"warm_up": {}}, "warm_up.since"),
        ({"warm_up": {"since": "2026-12-01T00:00:00Z"}}, "warm_up.since"),
        ({"warm_up": {"since": "2026-02-30"}}, "warm_up.since"),
        ({"warm_up": {"since": "2026-06-01", "limits": []}}, "warm_up.limits"),
        ({"warm_up": {"since": "2026-06-01", "limits": [20, 0]}}, "warm_up.limits.1"),
        ({"time_zone": "America/Sao Paulo"}, "time_zone"),
        ({"time_zone": "America/Nowhere"}, "time_zone"),
        ({"time_zone": "America/Argentina"}, "time_zone"),
        ({"time_zone": "Etc/../../etc"}, "time_zone"),
        ({"time_zone": "right/Europe/Lisbon"}, "time_zone"),
    ],
)
def test_a_wrong_daily_limit_is_refused_at_its_field_and_changes_nothing(
    api: Api, wrong: dict[str, Any], field: str
) -> None:
    before = api.put(PATH, {**GIVEN, **DAILY}).json
    answer = api.put(PATH, {**GIVEN, **wrong})
    assert (answer.status, answer.fields) == (422, [field])
    after = api.get(PATH).json
    assert {name: after[name] for name in DAILY} == {name: before[name] for name in DAILY}
