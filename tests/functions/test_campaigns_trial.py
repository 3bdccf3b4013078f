from typing import Any
from uuid import uuid4

import pytest

from hidra.errors import Unanswered, Unavailable
from hidra.gateways import sender
from tests.conftest import Databases
from tests.functions.api import Api
from tests.store.world import World

PHONE = "(11) 98765-4321"
SENT = {"outcome": "sent", "provider_message_id": "A", "error_code": None, "error_detail": None}


class Sender:
    """The function message_sender, as it is invoked."""

    def __init__(self) -> None:
        self.trials: list[Any] = []
        self.answer: Any = SENT

    def __call__(self, function_name: str, payload: Any) -> Any:
        self.trials.append(payload["trial"])
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def world(databases: Databases) -> World:
    return World.make(databases, recipients=1)


@pytest.fixture
def api(call: Any, world: World) -> Api:
    return call("campaigns", world.user_id)


@pytest.fixture(autouse=True)
def invoked(monkeypatch: pytest.MonkeyPatch) -> Sender:
    found = Sender()
    monkeypatch.setattr(sender, "invoke", found)
    return found


def path(world: World) -> str:
    return f"/v1/campaigns/{world.campaign_id}/test-send"


def test_the_message_is_sent_to_one_number_as_to_a_contact(api: Api, world: World, invoked: Sender) -> None:
    [contact] = world.rows("select id from hidra.contacts")
    answer = api.post(path(world), {"phone": PHONE, "contact_id": str(contact["id"])})
    assert answer.status == 200
    assert answer.json == {**SENT, "text": "Oi Ana 0"}
    [trial] = invoked.trials
    assert trial == {
        "user_id": str(world.user_id),
        "connection_id": str(world.connection_id),
        "campaign_id": str(world.campaign_id),
        "phone": "+5511987654321",
        "phone_hash": world.hash("+5511987654321").hex(),
        "text": "Oi Ana 0",
        "media": None,
    }


def test_values_may_be_given_and_media_is_sent(api: Api, world: World, invoked: Sender) -> None:
    world.databases.owner.execute(
        "update hidra.message_templates set media_url = 'https://cdn.example.com/a.png', media_type = 'image'"
    )
    assert api.post(path(world), {"phone": PHONE, "variables": {"name": "Bia"}}).json["text"] == "Oi Bia"
    assert invoked.trials[0]["media"] == {
        "url": "https://cdn.example.com/a.png",
        "type": "image",
        "file_name": None,
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"phone": PHONE}, "unresolved-variables"),
        ({"phone": PHONE, "variables": {"name": " "}}, "unresolved-variables"),
        ({"phone": PHONE, "contact_id": str(uuid4())}, "unknown-contact"),
        ({"phone": "17", "variables": {"name": "x"}}, "invalid-phone"),
        ({"variables": {"name": "x"}}, "invalid-request"),
        ({"phone": PHONE, "variables": {"name": 17}}, "invalid-request"),
    ],
)
def test_a_trial_that_cannot_be_sent_is_rejected_without_an_invocation(
    api: Api, world: World, invoked: Sender, body: Any, code: str
) -> None:
    answer = api.post(path(world), body)
    assert (answer.status, answer.code) == (422, code)
    assert invoked.trials == []


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("busy", "connection-busy"),
        ("distrusted", "connection-distrusted"),
        ("closed", "connection-not-usable"),
        ("opted_out", "opted-out"),
    ],
)
def test_a_trial_without_a_turn_is_a_conflict(api: Api, world: World, invoked: Sender, outcome: str, code: str) -> None:
    invoked.answer = {**SENT, "outcome": outcome, "provider_message_id": None}
    answer = api.post(path(world), {"phone": PHONE, "variables": {"name": "x"}})
    assert (answer.status, answer.code) == (409, code)


def test_a_sender_that_does_not_answer_is_an_unknown_outcome(api: Api, world: World, invoked: Sender) -> None:
    invoked.answer = Unanswered("x")
    answer = api.post(path(world), {"phone": PHONE, "variables": {"name": "x"}})
    assert (answer.status, answer.json["outcome"]) == (200, "unknown")
    assert "Check the phone" in answer.json["error_detail"]


@pytest.mark.parametrize("answered", [Unavailable("x"), {"outcome": "unavailable"}])
def test_a_trial_that_was_surely_not_sent_may_be_tried_again(
    api: Api, world: World, invoked: Sender, answered: Any
) -> None:
    invoked.answer = answered
    answer = api.post(path(world), {"phone": PHONE, "variables": {"name": "x"}})
    assert (answer.status, answer.code) == (503, "unavailable")


def test_without_a_connection_or_for_another_users_campaign_nothing_is_sent(
    api: Api, call: Any, world: World, invoked: Sender
) -> None:
    stranger = uuid4()
    world.databases.owner.execute("insert into core.users (id) values (%s)", [stranger])
    body = {"phone": PHONE, "variables": {"name": "x"}}
    assert call("campaigns", stranger).post(path(world), body).status == 404
    world.databases.owner.execute("delete from hidra.evolution_api_config")
    answer = api.post(path(world), body)
    assert (answer.status, answer.code) == (409, "no-connection")
    assert invoked.trials == []
