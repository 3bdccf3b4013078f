"""Requests, answers and webhooks of a real Evolution API 2.3.7, replayed: the shapes are as captured, the people not.

``captures/`` holds a file for each capture: ``exchanges`` (a request and its answer) and ``webhooks``. 80 to 95 are of
Baileys, the others of the Cloud API, but for 60 and 61.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest

from hidra.domain.content import Content, Media, MediaType
from hidra.domain.message import MessageStatus
from hidra.domain.message_id import RANDOM_BYTES, requested_message_id
from hidra.domain.outcome import Outcome, Sent, name_of
from hidra.domain.webhook import events_of
from hidra.errors import Rejected
from hidra.gateways import bodies
from hidra.gateways.answers import sort_answer
from hidra.gateways.evolution import Evolution, Offer
from local.evolution.versions import V2_3_7, V2_4_0, Version
from tests.simulator_harness import Harness, run_scenario
from tests.unit.test_gateway_evolution import answering, serving

CAPTURES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text()) for path in sorted((Path(__file__).parent / "captures").glob("*.json"))
}
SENDS = ("sendText", "sendMedia")
RITA, PEER = "5511973260417@s.whatsapp.net", "+5511973260417"


def sends(capture: str) -> Iterator[dict[str, Any]]:
    """Its requests that Hidra makes too: to send a text or media."""
    for exchange in CAPTURES[capture]["exchanges"]:
        if exchange["path"].split("/")[1:3] in [["message", route] for route in SENDS]:
            yield exchange


def named(outcome: Outcome) -> str:
    return "sent" if isinstance(outcome, Sent) else f"{name_of(outcome)} {outcome.code}"


# A request that Hidra would never make (a JSON number, no text) is sorted too: a proxy may garble one.
OUTCOMES = {
    "05-wrong-keys": ["not_sent unauthorized", "not_sent instance_not_found", "not_sent instance_not_found"],
    "07-token-of-one-instance": ["not_sent unauthorized"],
    "10-cloud-text": ["sent"],
    "11-cloud-text-ninth-digit": ["sent"],
    "12-cloud-text-bad-requests": [
        "refused invalid_request", "refused invalid_request", "refused invalid_request", "unknown failed_while_sending",
        "sent", "refused invalid_request", "refused refused", "refused invalid_request",
    ],
    "13-cloud-text-refused-by-meta": [
        "refused meta_131030", "not_sent meta_190", "not_sent meta_130429", "unknown failed_while_sending", "sent",
        "unknown failed_while_sending", "unknown meta_1",
    ],
    "14-cloud-media": [
        "sent", "sent", "refused refused", "sent", "refused invalid_request", "refused invalid_request", "sent",
    ],
    "61-baileys-never-connected": ["not_sent never_connected", "not_sent media_not_fetched", "refused refused"],
    "81-baileys-text": ["sent"],
    "83-baileys-text-delayed": ["sent"],
    "84-baileys-number-not-on-whatsapp": ["refused not_on_whatsapp", "refused not_on_whatsapp", "sent"],
    "85-baileys-refused-by-whatsapp": ["sent"],
    "91-baileys-send-errors": [
        "unknown failed_while_sending", "unknown failed_while_sending", "not_sent connection_closed", "sent",
        "unknown server_error",
    ],
}  # fmt: skip
EVENTS: dict[str, list[str]] = {
    "16-cloud-template-status": ["status delivered"],
    "20-cloud-status-sent": ["status sent"],
    "20-cloud-status-delivered": ["status delivered"],
    "20-cloud-status-read": ["status read"],
    "20-cloud-status-failed": ["status failed"],
    "30-cloud-reply-text": [f"reply SAIR {PEER}"],
    "31-cloud-reply-quick-button": [f"reply Parar avisos {PEER}"],
    "32-cloud-reply-interactive": [f"reply Parar {PEER}"],
    "81-baileys-text": ["status sent", "status delivered", "status read"],
    "83-baileys-text-delayed": ["status sent", "status delivered", "status read"],
    "85-baileys-refused-by-whatsapp": ["status failed"],
    "95-baileys-logout": ["connection disconnected", "connection disconnected", "connection disconnected"],
}


def test_every_capture_is_here() -> None:
    assert len(CAPTURES) == 34
    assert set(OUTCOMES) == {name for name in CAPTURES if list(sends(name))}


@pytest.mark.parametrize("capture", OUTCOMES)
def test_each_answer_to_a_send_is_sorted(capture: str) -> None:
    found = []
    for exchange in sends(capture):
        media: MediaType | None = "image" if "sendMedia" in exchange["path"] else None
        outcome = sort_answer(exchange["status"], exchange["answer"], media=media)
        found.append(named(outcome))
        if isinstance(outcome, Sent):
            assert outcome.provider_message_id == exchange["answer"]["key"]["id"]
    assert found == OUTCOMES[capture]


@pytest.mark.parametrize("capture", [name for name in CAPTURES if CAPTURES[name]["webhooks"]])
def test_each_webhook_is_read(capture: str) -> None:
    found = []
    for body in CAPTURES[capture]["webhooks"]:
        for event in events_of(body, uuid4(), datetime.now(UTC)):
            kind = type(event).__name__.removesuffix("Event").lower()
            words = [kind, getattr(event, "status", None), getattr(event, "text", None), getattr(event, "phone", None)]
            found.append(" ".join(str(word) for word in words if word is not None))
            data = body["data"]
            if kind == "status":
                assert event.provider_message_id == data["keyId"]  # type: ignore[union-attr]
    assert found == EVENTS.get(capture, [])


def accepted_fields() -> dict[str, dict[str, set[type]]]:
    """The fields of requests that were answered with a message's id, with their types, by route."""
    found: dict[str, dict[str, set[type]]] = {route: {} for route in SENDS}
    for capture in CAPTURES:
        for exchange in sends(capture):
            if isinstance(exchange["body"], dict) and "key" in exchange["answer"]:
                for name, value in exchange["body"].items():
                    found[exchange["path"].split("/")[2]].setdefault(name, set()).add(type(value))
    # Read in Evolution's source: every send takes the options of a text (src/api/dto/sendMessage.dto.ts, Metadata).
    found["sendMedia"].setdefault("messageId", {str})
    return found


@pytest.mark.parametrize(
    "content",
    [
        Content("Bom dia"),
        Content("", Media("https://fotos.padaria.example/a.png", "image", None)),
        Content("Veja", Media("https://fotos.padaria.example/a", "document", "menu.pdf")),
        Content("Veja", Media("https://fotos.padaria.example/a.mp4", "video", None)),
    ],
)
@pytest.mark.parametrize("message_id", [None, requested_message_id(bytes(range(RANDOM_BYTES)))])
def test_hidras_requests_have_only_fields_that_were_accepted(content: Content, message_id: str | None) -> None:
    route, body = bodies.to_send("+5511973260417", content, message_id=message_id)
    accepted = accepted_fields()[route.removeprefix("message/")]
    assert {name: type(value) for name, value in body.items() if type(value) not in accepted.get(name, ())} == {}
    assert ("messageId" in body) is (message_id is not None)


def exchange_of(capture: str, index: int) -> dict[str, Any]:
    found: dict[str, Any] = CAPTURES[capture]["exchanges"][index]
    return found


def asked(capture: str, index: int, call: Any) -> Any:
    """What the client returns if a server answers as captured."""
    exchange = exchange_of(capture, index)
    with serving(answering(exchange["status"], exchange["answer"])) as server:
        return call(server.client())


STATE, CONNECT, ADDRESS = Evolution.connection_state, Evolution.connect, Evolution.own_address
READS: list[tuple[str, int, Any, Any]] = [
    ("04-cloud-instance-state", 0, STATE, "open"),
    ("04-cloud-instance-state", 1, CONNECT, Offer("open", None, None)),
    ("04-cloud-instance-state", 3, ADDRESS, None),
    ("07-token-of-one-instance", 0, STATE, "close"),
    ("60-baileys-create", 3, lambda client: client.find_webhook().jwt_key, "k"),
    ("95-baileys-logout", 0, CONNECT, Offer("connecting", None, None)),
    ("95-baileys-logout", 2, STATE, "close"),
]


@pytest.mark.parametrize(("capture", "index", "call", "expected"), READS)
def test_what_evolution_tells_of_an_instance_is_read(capture: str, index: int, call: Any, expected: object) -> None:
    assert asked(capture, index, call) == expected


@pytest.mark.parametrize(
    ("capture", "index", "code"),
    [("05-wrong-keys", 0, "unauthorized"), ("05-wrong-keys", 6, "not-evolution")],
)
def test_a_call_that_evolution_refuses_says_why(capture: str, index: int, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        asked(capture, index, STATE)
    assert refused.value.code == code


def test_a_message_is_found_by_its_id_with_its_statuses() -> None:
    capture = "22-find-message-and-status"
    message_id = exchange_of(capture, 0)["body"]["where"]["key"]["id"]
    found = asked(capture, 0, lambda client: client.find_message(message_id))
    record = exchange_of(capture, 0)["answer"]["messages"]["records"][0]
    assert found.provider_message_id == message_id
    assert found.at == datetime.fromtimestamp(record["messageTimestamp"], UTC)
    assert asked(capture, 1, lambda client: client.find_statuses(message_id)) >= {MessageStatus.READ}
    unknown = exchange_of(capture, 3)["body"]["where"]["key"]["id"]
    assert asked(capture, 3, lambda client: client.find_message(unknown)) is None
    assert asked(capture, 4, lambda client: client.find_statuses(unknown)) == frozenset()
    # A server that ignores the filter answers with other messages.
    assert asked(capture, 0, lambda client: client.find_message(unknown)) is None


def test_messages_are_found_by_address_and_time() -> None:
    capture, start, end = (
        "22-find-message-and-status",
        datetime(2020, 1, 1, tzinfo=UTC),
        datetime(2030, 1, 1, tzinfo=UTC),
    )
    records = exchange_of(capture, 6)["answer"]["messages"]["records"]
    found = asked(capture, 6, lambda client: client.find_messages([RITA], start, end))
    assert [item.provider_message_id for item in found] == [record["key"]["id"] for record in records]


def shape(value: Any) -> Any:
    """Names and types, without values; texts of errors stay."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


# What the simulator plays: by capture, the exchanges whose answers have the captured status and shape.
PLAYED = {
    "00-root": [0], "02-create-again": [0], "03-create-errors": [0, 1, 2, 3], "04-cloud-instance-state": [0, 1, 4, 6],
    "05-wrong-keys": [0, 1, 3, 4, 5], "10-cloud-text": [0], "11-cloud-text-ninth-digit": [0],
    "12-cloud-text-bad-requests": [0, 1, 2, 3, 4, 5, 7], "17-cloud-numbers": [0],
    "61-baileys-never-connected": [0, 6, 7, 9],
}  # fmt: skip


@pytest.mark.parametrize("version", [V2_3_7, V2_4_0], ids=["2.3.7", "2.4"])
@pytest.mark.parametrize("capture", PLAYED)
def test_the_simulator_answers_as_captured(capture: str, version: Version) -> None:
    async def scenario(harness: Harness) -> None:
        await harness.cloud("loja-api")
        await harness.call(
            "POST",
            "/instance/create",
            {"instanceName": "loja-nova", "integration": "WHATSAPP-BAILEYS", "qrcode": False},
        )
        for index in PLAYED[capture]:
            exchange = exchange_of(capture, index)
            key = "wrong" if capture == "05-wrong-keys" and index != 4 else "global-key"
            status, answer = await harness.call(exchange["method"], exchange["path"], exchange["body"], key=key)
            if "logout" in exchange["path"] and version.logs_out_twice:
                assert status == 200
                continue
            assert status == exchange["status"], (index, answer)
            if status >= 400:
                assert answer == exchange["answer"]
            else:
                assert shape(answer) == shape(exchange["answer"])

    run_scenario(scenario, version=version)


def test_the_simulator_signs_webhooks_as_captured_and_retries_with_the_same_token() -> None:
    captured = CAPTURES["41-webhook-authentication"]
    answers = CAPTURES["44-webhook-retried-then-accepted"]["answered"]

    async def scenario(harness: Harness) -> None:

        hook = {"events": ["SEND_MESSAGE"], "headers": {"jwt_key": "a-key-of-at-least-thirty-two-bytes"}}
        await harness.cloud("loja-api", **hook)
        harness.receiver.answers = list(answers)
        await harness.send("5511973260417", name="loja-api")
        await harness.settled()
        posts = harness.receiver.of("send.message")
        assert len(posts) == len(answers)
        [token] = {post.headers["Authorization"].removeprefix("Bearer ") for post in posts}
        claims = jwt.decode(token, options={"verify_signature": False})
        assert jwt.get_unverified_header(token) == captured["header"]
        assert (claims["app"], claims["action"]) == (captured["claims"]["app"], captured["claims"]["action"])
        assert claims["exp"] - claims["iat"] == captured["claims"]["exp"] - captured["claims"]["iat"]
        assert {json.dumps(post.body) for post in posts} == {json.dumps(posts[0].body)}
        assert CAPTURES["43-webhook-retried"]["one_token"]
        assert shape(posts[0].body["data"]) == shape(captured["webhooks"][0]["data"])

    run_scenario(scenario)
