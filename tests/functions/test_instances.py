"""What Evolution tells about an instance: its integration, who else uses it or its number, why it is closed."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from hidra.domain.instance import InstanceFacts
from hidra.services.save_connection import Wanted, save_connection
from hidra.store import connections
from tests.conftest import Databases
from tests.functions.checks import (
    Simulator,
    Tenant,
    app,  # noqa: F401 - fixtures
    scheduled,
    simulator,  # noqa: F401
)

Make = Callable[..., Tenant]


@pytest.fixture
def make(app: ModuleType, databases: Databases, simulator: Simulator) -> Make:  # noqa: F811
    def make(instance: str, **columns: Any) -> Tenant:
        tenant = Tenant(app, databases, simulator.url, instance)
        if columns:
            tenant.set(**columns)
        return tenant

    return make


def warnings(tenant: Tenant) -> dict[str, str]:
    return {warning["code"]: warning["message"] for warning in tenant.row["warnings"]}


@pytest.mark.parametrize(("saved", "right"), [("baileys", "cloud_api"), ("cloud_api", "baileys")])
def test_a_wrong_integration_is_corrected_in_words_that_stay(
    make: Make,
    simulator: Simulator,  # noqa: F811
    databases: Databases,
    saved: str,
    right: str,
) -> None:
    tenant = make(simulator.instance(cloud=right == "cloud_api"), integration=saved)
    for _ in range(3):
        tenant.do("check")
        assert (tenant.row["status"], tenant.row["integration"]) == ("connected", right)
        words = warnings(tenant)["integration-corrected"]
        assert f"saved as {saved}" in words
        assert f"uses {right}" in words
    shown = databases.http.as_user(tenant.world.user_id, connections.get)
    derived = ["statuses-missing"] if right == "cloud_api" else []
    assert [warning.code for warning in shown.warnings] == ["integration-corrected", *derived]
    wanted = Wanted(tenant.row["base_url"], tenant.instance, right)
    save_connection(databases.http, tenant.world.user_id, wanted, sealed=None, origin=str, nudge=lambda **_: None)
    tenant.do("check")
    assert (warnings(tenant), tenant.row["integration"]) == ({}, right)


def test_saving_the_wrong_integration_again_is_corrected_again(
    make: Make,
    simulator: Simulator,  # noqa: F811
    databases: Databases,
) -> None:
    tenant = make(simulator.instance(cloud=True), integration="baileys")
    tenant.do("check")
    wanted = Wanted(tenant.row["base_url"], tenant.instance, "baileys")
    save_connection(databases.http, tenant.world.user_id, wanted, sealed=None, origin=str, nudge=lambda **_: None)
    assert tenant.row["status"] == "disconnected"  # nothing is sent with it
    tenant.do("check")
    assert tenant.row["integration"] == "cloud_api"
    assert "integration-corrected" in warnings(tenant)


def test_statuses_of_a_baileys_instance_say_nothing_about_the_cloud_api_instance_that_replaced_it(
    make: Make,
    simulator: Simulator,  # noqa: F811
    databases: Databases,
) -> None:
    """In Evolution the instance was deleted and created again with the same name; the connection was not saved."""
    tenant = make(simulator.instance(), integration="baileys")
    databases.owner.execute("update hidra.evolution_api_config set last_status_at = now()")
    tenant.do("check")
    assert tenant.row["last_status_at"] is not None
    databases.owner.execute(
        "update hidra.evolution_api_config set instance_name = %s", [simulator.instance(cloud=True)]
    )
    tenant.do("check")
    shown = databases.http.as_user(tenant.world.user_id, connections.get)
    assert [warning.code for warning in shown.warnings] == ["integration-corrected", "statuses-missing"]
    databases.owner.execute("update hidra.evolution_api_config set last_status_at = now()")
    tenant.do("check")
    assert tenant.row["last_status_at"] is not None


def test_the_right_integration_needs_no_words(make: Make, simulator: Simulator) -> None:  # noqa: F811
    for cloud, integration in ((True, "cloud_api"), (False, "baileys")):
        tenant = make(simulator.instance(cloud=cloud), integration=integration)
        tenant.do("check")
        assert (warnings(tenant), tenant.row["integration"]) == ({}, integration)


def hook_owner(simulator: Simulator, tenant: Tenant) -> str:  # noqa: F811
    return str(simulator.webhook(tenant.instance)["url"]).split("/")[-2]


def test_two_connections_on_one_instance_leave_its_webhook_to_the_first(
    make: Make,
    app: ModuleType,  # noqa: F811
    simulator: Simulator,  # noqa: F811
) -> None:
    instance = simulator.instance()
    first = make(instance)
    first.do("check")
    second = make(instance)
    second.set(base_url=first.row["base_url"].replace("127.0.0.1", "localhost"))
    second.seal("global-key")
    second.do("check")
    set_at = simulator.webhook(instance)["updatedAt"]
    for _ in range(3):
        scheduled(app)
        first.do("check")
        second.do("check")
        assert hook_owner(simulator, first) == str(first.world.connection_id)
        assert simulator.webhook(instance)["updatedAt"] == set_at
    assert "receives the webhooks of both" in warnings(first)["instance-shared"]
    assert "instance of its own" in warnings(second)["instance-shared"]
    for tenant, other in ((first, second), (second, first)):
        assert tenant.row["status"] == "connected"
        told = str(tenant.row["warnings"]) + str(tenant.row["error_message"])
        for secret in (other.world.user_id, other.world.connection_id, other.row["base_url"], other.instance):
            assert str(secret) not in told
        assert tenant.world.rows("select from hidra.status_backfills") == []


def test_connections_that_fought_before_they_were_compared_stop_at_the_second_check(
    make: Make,
    app: ModuleType,  # noqa: F811
    simulator: Simulator,  # noqa: F811
) -> None:
    instance = simulator.instance()
    tenants = [make(instance), make(instance)]
    scheduled(app)
    scheduled(app)
    set_at = simulator.webhook(instance)["updatedAt"]
    scheduled(app)
    assert simulator.webhook(instance)["updatedAt"] == set_at
    assert [set(warnings(tenant)) for tenant in tenants] == [{"instance-shared"}] * 2


def test_the_second_connection_takes_the_webhook_over_when_the_first_is_deleted(
    make: Make,
    app: ModuleType,  # noqa: F811
    simulator: Simulator,  # noqa: F811
    databases: Databases,
) -> None:
    first, second = (make(name) for name in [simulator.instance()] * 2)
    first.do("check")
    second.do("check")
    databases.http.as_user(first.world.user_id, connections.delete)
    scheduled(app)
    assert hook_owner(simulator, second) == str(second.world.connection_id)
    assert warnings(second) == {}


def test_a_connection_without_the_key_neither_takes_the_webhook_nor_is_told_of(
    make: Make,
    simulator: Simulator,  # noqa: F811
) -> None:
    first, stranger = (make(name) for name in [simulator.instance()] * 2)
    first.do("check")
    stranger.seal("a guess")
    stranger.do("check")
    first.do("check")
    assert (warnings(first), warnings(stranger)) == ({}, {})
    assert hook_owner(simulator, first) == str(first.world.connection_id)


def test_a_webhook_of_a_connection_that_is_gone_is_replaced(make: Make, simulator: Simulator) -> None:  # noqa: F811
    tenant = make(simulator.instance())
    tenant.do("check")
    hook = simulator.webhook(tenant.instance)
    gone = hook["url"].replace(str(tenant.world.connection_id), "00000000-0000-4000-8000-000000000000")
    for url in (gone, gone.replace("00000000-0000", "x"), "https://hidra.example/webhooks/evolution/"):
        body = {"url": url, "enabled": True, "events": hook["events"], "headers": hook["headers"]}
        simulator.ask(f"/webhook/set/{tenant.instance}", {"webhook": body})
        tenant.do("check")
        assert hook_owner(simulator, tenant) == str(tenant.world.connection_id)


def test_two_instances_on_one_cloud_api_number_are_warned_of(make: Make, simulator: Simulator) -> None:  # noqa: F811
    first = make(simulator.instance(cloud=True, number="1555000111"), integration="cloud_api")
    first.do("check")
    assert warnings(first) == {}
    second = make(simulator.instance(cloud=True, number="1555000111"), integration="cloud_api")
    for tenant in (second, first):
        tenant.do("check")
        assert "same phone number id" in warnings(tenant)["number-shared"]


def test_a_number_that_another_server_claims_to_have_is_no_warning(
    make: Make,
    simulator: Simulator,  # noqa: F811
) -> None:
    """Otherwise a server of a user's own could ask whether a number is used here, and frighten its owner."""
    tenant = make(simulator.instance(cloud=True, number="1555000222"), integration="cloud_api")
    liar = make("x", evolution_instance_id="invented", evolution_number="1555000222")
    liar.set(base_url="https://liar.example")
    tenant.do("check")
    assert warnings(tenant) == {}


def test_a_logged_out_cloud_api_instance_says_what_opens_it(make: Make, simulator: Simulator) -> None:  # noqa: F811
    tenant = make(simulator.instance(cloud=True), integration="cloud_api")
    tenant.do("check")
    simulator.ask(f"/_control/instances/{tenant.instance}/disconnect", {})
    assert tenant.do("check")["status"] == "disconnected"
    assert "Restart the Evolution server" in tenant.row["error_message"]
    assert tenant.row["error_code"] == "cloud-api-closed"
    offer = tenant.do("connect")
    assert (offer["state"], offer["qr_code"]) == ("close", None)
    assert "Restart the Evolution server" in offer["message"]
    simulator.ask("/_control/restart", {})
    assert tenant.do("check") == {"status": "connected", "error_message": None}


@pytest.mark.parametrize(
    ("code", "words", "error_code"),
    [
        (401, "logged", "logged-out"),
        (403, "banned", "banned"),
        (406, "update Evolution", "client-not-accepted"),
        (777, "code 777", "closed-by-whatsapp"),
    ],
)
def test_a_check_says_why_whatsapp_closed_the_instance_though_no_webhook_came(
    make: Make,
    simulator: Simulator,  # noqa: F811
    code: int,
    words: str,
    error_code: str,
) -> None:
    tenant = make(simulator.instance())
    tenant.do("check")
    simulator.ask(f"/_control/instances/{tenant.instance}/disconnect", {"reason": code})
    answer = tenant.do("check")
    assert answer["status"] == "disconnected"
    assert words in answer["error_message"]
    assert tenant.row["error_code"] == error_code


def test_an_instance_that_does_not_reach_whatsapp_is_an_error_in_words(
    make: Make,
    app: ModuleType,  # noqa: F811
    simulator: Simulator,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(app.Evolution, "facts", lambda _: InstanceFacts("id", "EVOLUTION"))
    tenant = make(simulator.instance())
    answer = tenant.do("check")
    assert answer["status"] == "error"
    assert "does not reach WhatsApp" in answer["error_message"]
    assert tenant.row["error_code"] == "no-whatsapp"


@pytest.mark.parametrize(
    "body",
    [None, [], {}, [None], [{"name": "another", "id": "x"}], [{"name": "NAME"}], [{"name": "NAME", "id": 5}], "html"],
)
def test_facts_that_cannot_be_read_change_nothing(
    make: Make,
    app: ModuleType,  # noqa: F811
    simulator: Simulator,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    body: Any,
) -> None:
    tenant = make(simulator.instance(), integration="cloud_api")
    name = tenant.instance
    if isinstance(body, list):
        body = [row if row is None else {**row, "name": row["name"].replace("NAME", name)} for row in body]
    ask = app.Evolution._answer

    def answer(self: Any, method: str, route: str, *rest: Any) -> Any:
        return body if "fetchInstances" in route else ask(self, method, route, *rest)

    monkeypatch.setattr(app.Evolution, "_answer", answer)
    assert tenant.do("check") == {"status": "connected", "error_message": None}
    assert (tenant.row["integration"], tenant.row["warnings"]) == ("cloud_api", [])
