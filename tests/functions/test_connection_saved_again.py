"""A connection that is deleted and saved again: its messages in doubt, its pace and its campaigns go on."""

import json
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from hidra.domain.campaign import EvolutionConnectionStatus as S
from hidra.domain.delivery import ConnectionEvent, StatusEvent
from hidra.domain.message import MessageStatus
from hidra.gateways import aws_api
from hidra.services import save_connection as saving
from hidra.services.record_delivery import record_delivery
from hidra.services.save_connection import Wanted
from hidra.store import claims, connections, outcomes, pace
from hidra.store.claims import NoClaim
from tests.conftest import Databases
from tests.functions.checks import (
    KEY,
    PUBLIC_KEYS,
    Simulator,
    Tenant,
    app,  # noqa: F401 - fixtures
    now,
    scheduled,
    simulator,  # noqa: F401
)
from tests.store.world import World

PATH = "/v1/evolution-config"


class Owner:
    """A tenant, and its own calls of the API, each save followed by the real check."""

    def __init__(self, tenant: Tenant, call: Any) -> None:
        self.tenant, self.world = tenant, tenant.world
        self.http = call("connections", self.world.user_id)
        self.server = tenant.row["base_url"]

    def save(self, instance: str | None = None, **changes: Any) -> Any:
        body = {"base_url": self.server, "instance_name": instance or self.tenant.instance, "api_key": KEY, **changes}
        answer = self.http.put(PATH, body)
        assert answer.status == 200, answer.json
        return answer.json

    def delete(self) -> None:
        assert self.http.delete(PATH).status == 204

    def doubt(self) -> str:
        """Sends the campaign's one message, and loses the answer; returns its phone."""
        held = self.world.claim()
        assert isinstance(held, claims.Claim)
        text = held.body.replace("{{name}}", held.variables["name"])
        self.tenant_simulator.ask(
            f"/message/sendText/{self.tenant.instance}", {"number": held.phone.removeprefix("+"), "text": text}
        )
        self.world.databases.jobs.as_worker(
            lambda tx: outcomes.mark_unknown(tx, held, sent_at=now(), code="timed_out", detail="No answer.")
        )
        return held.phone

    @property
    def tenant_simulator(self) -> Simulator:
        return Simulator(self.server)

    @property
    def status(self) -> str:
        return str(self.world.messages()[0]["status"])


@pytest.fixture
def owner(
    app: ModuleType,  # noqa: F811
    databases: Databases,
    simulator: Simulator,  # noqa: F811
    call: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Owner:
    def invoke(function_name: str, payload: Any, *, wait: bool) -> Any:
        """Invokes the real check."""
        from tests.functions.checks import Context

        return json.loads(json.dumps(app.handler(json.loads(json.dumps(payload)), Context())))

    monkeypatch.setattr(aws_api, "invoke", invoke)
    tenant = Tenant(app, databases, simulator.url, simulator.instance(), recipients=1)
    owner = Owner(tenant, call)
    monkeypatch.setattr(owner.http.function, "ALLOW_PRIVATE", True)
    monkeypatch.setattr(owner.http.function, "PUBLIC_KEYS", PUBLIC_KEYS)
    owner.save()
    owner.world.advance()
    return owner


def test_a_message_in_doubt_is_found_after_its_connection_was_deleted_and_saved_again(owner: Owner) -> None:
    owner.doubt()
    owner.delete()
    scheduled(owner.tenant.app)
    assert owner.status == "unknown"
    owner.save()
    scheduled(owner.tenant.app)
    assert owner.status == "sent"
    owner.world.assert_exact()


def test_a_message_in_doubt_is_looked_up_on_its_own_instance_only(owner: Owner) -> None:
    """Another instance may have sent the same text to the same phone by itself."""
    phone = owner.doubt()
    elsewhere = owner.tenant_simulator.instance()
    owner.tenant_simulator.ask(
        f"/message/sendText/{elsewhere}", {"number": phone.removeprefix("+"), "text": "Oi Ana 0"}
    )
    owner.delete()
    owner.save(elsewhere)
    scheduled(owner.tenant.app)
    assert owner.status == "unknown"
    owner.save(owner.tenant.instance)
    scheduled(owner.tenant.app)
    assert owner.status == "sent"
    assert owner.tenant_simulator.received(owner.tenant.instance) == 1


def test_a_message_in_doubt_of_another_instance_is_given_up_after_a_day(owner: Owner) -> None:
    owner.doubt()
    owner.save(owner.tenant_simulator.instance())
    run = owner.world.databases.owner.execute
    run("update hidra.campaign_messages set claimed_at = claimed_at - interval '25 h'")
    run("update hidra.connection_endpoints set since = since - interval '25 h'")
    scheduled(owner.tenant.app)
    assert (owner.status, owner.world.messages()[0]["error_code"]) == ("failed", "outcome_unknown")
    owner.world.assert_exact()


def test_a_status_that_comes_while_the_connection_is_deleted_still_counts(owner: Owner) -> None:
    held = owner.world.claim()
    assert isinstance(held, claims.Claim)
    owner.world.databases.jobs.as_worker(
        lambda tx: outcomes.mark_sent(tx, held, sent_at=now(), provider_message_id="A")
    )
    owner.delete()
    event = StatusEvent(owner.world.connection_id, "A", MessageStatus.READ, now())
    record_delivery([event], [], db=owner.world.databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)
    assert owner.status == "read"
    owner.world.assert_exact()


def test_the_pace_of_the_last_minute_outlives_the_connections_deletion(owner: Owner) -> None:
    owner.save(max_messages_per_minute=2)
    permit = lambda: owner.world.databases.jobs.as_worker(  # noqa: E731
        lambda tx: pace.permit(tx, connection_id=owner.world.connection_id, campaign_id=None)
    )
    first = permit()
    assert first is not None
    assert first.granted
    for _ in range(3):
        owner.delete()
        assert owner.save()["max_messages_per_minute"] == 2
        found = permit()
        assert found is not None
        assert not found.granted
        assert (found.slot - first.slot).total_seconds() >= 15


def test_requests_that_are_open_still_take_room_after_the_connection_was_saved_again(owner: Owner) -> None:
    owner.save(max_concurrent_sends=1)
    assert isinstance(owner.world.claim(), claims.Claim)
    owner.delete()
    owner.save()
    assert owner.world.claim() is NoClaim.NO_ROOM


def test_a_deleted_connection_keeps_nothing_of_its_server(owner: Owner) -> None:
    owner.tenant.set(error_message="x", error_code="banned", distrust_reason="x", distrust_code="banned")
    before = owner.tenant.row
    owner.delete()
    row = owner.tenant.row
    names = ("base_url", "instance_name", "api_key_encrypted", "error_message", "error_code")
    assert [row[name] for name in (*names, "distrust_reason", "distrust_code")] == [None] * 7
    assert row["evolution_instance_id"] is None
    assert (row["id"], row["status"], row["max_concurrent_sends"]) == (
        before["id"],
        "disconnected",
        before["max_concurrent_sends"],
    )


def test_nothing_happens_on_a_deleted_connection(owner: Owner) -> None:
    owner.delete()
    assert owner.http.get(PATH).status == 404
    assert owner.http.delete(PATH).status == 404
    for action in ("check", "connect", "repair-statuses"):
        assert owner.http.post(f"{PATH}/{action}").status == 404
    assert owner.world.claim() is NoClaim.CLOSED
    before = owner.tenant.row
    opened = ConnectionEvent(owner.world.connection_id, S.CONNECTED, None, now())
    record_delivery([opened], [], db=owner.world.databases.jobs, hash_phone=lambda *_: b"", queue=lambda _: None)
    scheduled(owner.tenant.app)
    assert owner.tenant.do("check") == {"error": "There is no such connection."}
    assert {**owner.tenant.row, "last_webhook_at": None} == {**before, "last_webhook_at": None}
    assert owner.world.claim() is NoClaim.CLOSED


def test_a_deleted_connection_needs_its_key_again(owner: Owner) -> None:
    owner.delete()
    body = {"base_url": owner.server, "instance_name": owner.tenant.instance}
    answer = owner.http.put(PATH, body)
    assert (answer.status, answer.code, answer.fields) == (422, "api-key-required", ["api_key"])
    assert owner.http.get(PATH).status == 404


def test_campaigns_know_no_deleted_connection_and_continue_with_the_one_saved_again(owner: Owner, call: Any) -> None:
    world, campaigns = owner.world, call("campaigns", owner.world.user_id)
    ended = world.add_campaign(UUID(int=7))
    world.databases.owner.execute("update hidra.campaigns set status = 'completed' where id = %s", [ended])
    owner.delete()
    made = campaigns.post(
        "/v1/campaigns", {"name": "new", "segment_id": str(world.segment_id), "template_id": str(world.template_id)}
    )
    assert (made.status, made.json["evolution_config_id"]) == (201, None)
    path = f"/v1/campaigns/{made.json['id']}"
    assert campaigns.post(f"{path}/start").code == "no-connection"
    assert campaigns.post(f"/v1/campaigns/{ended}/retry-failed").code == "no-connection"
    codes = [warning["code"] for warning in campaigns.post(f"{path}/preflight").json["warnings"]]
    assert "no-connection" in codes
    assert world.advance() == []
    assert "no Evolution connection" in world.campaign()["blocked_reason"]
    owner.save()
    assert campaigns.get(path).json["evolution_config_id"] == str(world.connection_id)
    [(ticket, _)] = world.advance()
    assert ticket.connection_id == world.connection_id


def test_a_user_with_a_deleted_connection_can_be_deleted(owner: Owner) -> None:
    owner.delete()
    run = owner.world.databases.owner.execute
    run("delete from hidra.campaigns")
    run("delete from hidra.message_templates")
    run("delete from hidra.contact_segments")
    run("delete from core.users where id = %s", [owner.world.user_id])
    assert owner.world.rows("select from hidra.evolution_api_config") == []
    assert owner.world.rows("select from hidra.connection_endpoints") == []


def test_the_instance_of_a_claim_is_the_one_that_was_saved_before_it(databases: Databases) -> None:

    world = World.make(databases)
    world.advance()
    save = lambda name: saving.save_connection(  # noqa: E731
        databases.http,
        world.user_id,
        Wanted("https://evo.example", name),
        sealed=b"sealed",
        origin=str,
        nudge=lambda **_: None,
    )
    save("first")
    databases.http.as_user(world.user_id, connections.delete)
    save("second")
    databases.owner.execute("update hidra.evolution_api_config set status = 'connected'")
    held = world.claim()
    assert isinstance(held, claims.Claim)
    assert held.instance_name == "second"
    [period] = world.rows(
        "select endpoint_hash = hidra.endpoint_hash('https://evo.example', 'second') as right"
        " from hidra.connection_endpoints where since <= %s order by since desc limit 1",
        held.claimed_at,
    )
    assert period["right"]
