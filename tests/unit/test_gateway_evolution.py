"""The client against sockets that do what servers, proxies and networks do. Its happy paths run against the simulator,
in tests/functions/test_connection_check.py."""

import inspect
import json
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from urllib3.exceptions import HTTPError

from hidra.domain.connection_error import ConnectionFault
from hidra.domain.content import Content, Media, MediaType
from hidra.domain.outcome import NotSent, Sent, Stops, Unknown
from hidra.errors import Rejected, Unavailable
from hidra.gateways import addresses, evolution
from hidra.gateways.evolution import Evolution, Offer, SentMessage, Webhook
from tests.listening import listening

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
TEXT = Content("Oi")
Act = Callable[[socket.socket], None]


@dataclass
class Server:
    port: int
    requests: list[bytes] = field(default_factory=list)

    def client(self, key: str = "key", instance: str = "loja 1") -> Evolution:
        return Evolution(f"http://127.0.0.1:{self.port}/base", instance, key, allow_private=True)


@contextmanager
def serving(act: Act) -> Iterator[Server]:
    """Reads each client's request, then does ``act`` with the connection and closes it."""
    requests: list[bytes] = []

    def serve(client: socket.socket) -> None:
        client.settimeout(3)
        requests.append(_request(client))
        act(client)

    with listening(serve) as port:
        yield Server(port, requests)


def _request(client: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        read += client.recv(65536) or b"\r\n\r\n"
    head, _, body = read.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(status: int, body: object, *headers: str) -> Act:
    raw = json.dumps(body).encode()
    head = "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(raw)}", *headers]) + "\r\n\r\n"
    return lambda client: client.sendall(head.encode() + raw)


def resetting(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def saying(raw: bytes) -> Act:
    return lambda client: client.sendall(raw)


SENT = {"key": {"id": "3EB0A1", "fromMe": True}, "status": "PENDING"}


def test_a_text_is_posted_once_in_evolutions_form() -> None:
    with serving(answering(201, SENT)) as server:
        assert server.client().send("+5541988887777", Content("Olá, Ana!")) == Sent("3EB0A1")
    [request] = server.requests
    head, _, body = request.decode().partition("\r\n\r\n")
    assert head.startswith("POST /base/message/sendText/loja%201 HTTP/1.1")
    assert "apikey: key" in head
    assert "Connection: close" in head
    assert json.loads(body) == {"number": "5541988887777", "text": "Olá, Ana!", "linkPreview": False}


CDN = "https://cdn.example.com/"


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (  # the body of a real exchange with Evolution 2.3.7, but for the fileName, which only a document shows
            Content("legenda", Media(f"{CDN}a.png", "image")),
            {"mediatype": "image", "mimetype": "image/png", "caption": "legenda", "media": f"{CDN}a.png"},
        ),
        (
            Content("segue", Media(f"{CDN}x/doc.pdf?v=2", "document", "Contrato 7.pdf")),
            {"mediatype": "document", "mimetype": "application/pdf", "caption": "segue",
             "media": f"{CDN}x/doc.pdf?v=2", "fileName": "Contrato 7.pdf"},
        ),
        (
            Content("", Media(f"{CDN}Pre%C3%A7os.pdf", "document")),
            {"mediatype": "document", "mimetype": "application/pdf", "media": f"{CDN}Pre%C3%A7os.pdf",
             "fileName": "Preços.pdf"},
        ),
        (
            Content("", Media(f"{CDN}a.pdf", "document", "Contrato")),
            {"mediatype": "document", "mimetype": "application/pdf", "media": f"{CDN}a.pdf", "fileName": "Contrato"},
        ),
        (Content("", Media(CDN, "document")), {"mediatype": "document", "media": CDN, "fileName": "document"}),
        (Content("", Media(f"{CDN}a.mp3", "audio")), {"mediatype": "audio", "mimetype": "audio/mpeg", "media": f"{CDN}a.mp3"}),
        (Content("Oi", Media(f"{CDN}a.pdf", "image")), {"mediatype": "image", "caption": "Oi", "media": f"{CDN}a.pdf"}),
        (Content("Oi", Media(f"{CDN}7", "video")), {"mediatype": "video", "caption": "Oi", "media": f"{CDN}7"}),
    ],
)  # fmt: skip
def test_media_is_posted_once_in_evolutions_form(content: Content, fields: dict[str, str]) -> None:
    with serving(answering(201, SENT)) as server:
        assert server.client().send("+5541988887777", content) == Sent("3EB0A1")
    [request] = server.requests
    head, _, body = request.decode().partition("\r\n\r\n")
    assert head.startswith("POST /base/message/sendMedia/loja%201 HTTP/1.1")
    assert json.loads(body) == {"number": "5541988887777", **fields}


def test_media_that_cannot_be_fetched_stops_only_its_campaign() -> None:
    answer = {"status": 500, "response": {"message": ["Error: getaddrinfo ENOTFOUND cdn.invalid"]}}
    with serving(answering(500, answer)) as server:
        outcome = server.client().send("+5541988887777", Content("Oi", Media("https://cdn.invalid/a.png", "image")))
        assert isinstance(outcome, NotSent)
        assert outcome.stops is Stops.CAMPAIGN
        assert isinstance(server.client().send("+5541988887777", TEXT), Unknown)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (resetting, "connection_lost"),
        (lambda _: None, "connection_lost"),
        (saying(b"SSH-2.0-x\r\n"), "connection_lost"),
        (saying(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"), "connection_lost"),
        (saying(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "connection_lost"),
        (saying(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n{"), "connection_lost"),
        (saying(b'HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{"key":{"'), "answer_not_understood"),
        (saying(b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx"), "connection_lost"),
    ],
)
def test_a_connection_that_breaks_after_the_request_leaves_the_outcome_unknown(act: Act, code: str) -> None:
    with serving(act) as server:
        outcome = server.client().send("+5541988887777", TEXT)
    assert isinstance(outcome, Unknown)
    assert outcome.code == code
    assert len(server.requests) == 1


def test_an_answer_that_does_not_come_leaves_the_outcome_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evolution, "_SEND_TIMEOUT", (1, 0.2))
    with serving(lambda client: client.recv(1) and None) as server:
        outcome = server.client().send("+5541988887777", TEXT)
    assert isinstance(outcome, Unknown)
    assert outcome.code == "timed_out"
    assert len(server.requests) == 1


def drip(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 201 Created\r\n\r\n")
    while True:
        client.sendall(b" " * 65_536)


@pytest.mark.parametrize(("name", "value"), [("_MAX_ANSWER_BYTES", 1_000_000), ("_SEND_TIMEOUT", (0.1, 0.1))])
def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    monkeypatch.setattr(evolution, "_MAX_ANSWER_BYTES", 1 << 60)
    monkeypatch.setattr(evolution, name, value)
    with serving(drip) as server:
        assert isinstance(server.client().send("+5541988887777", TEXT), Unknown)


def test_an_answer_that_comes_byte_by_byte_is_cut_off_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def drop(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 201 Created\r\n\r\n")
        for _ in range(400):
            client.sendall(b" ")
            time.sleep(0.01)

    monkeypatch.setattr(evolution, "_SEND_TIMEOUT", (0.1, 0.1))
    began = time.monotonic()
    with serving(drop) as server:
        outcome = server.client().send("+5541988887777", TEXT)
        assert time.monotonic() - began < 2
    assert isinstance(outcome, Unknown)
    assert outcome.code == "timed_out"


def test_an_answer_that_stops_in_its_middle_leaves_the_outcome_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{")
        client.recv(1)

    monkeypatch.setattr(evolution, "_SEND_TIMEOUT", (1, 0.2))
    with serving(stop) as server:
        outcome = server.client().send("+5541988887777", TEXT)
    assert isinstance(outcome, Unknown)
    assert outcome.code == "timed_out"


def test_nothing_was_sent_if_no_connection_was_established() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = Server(port).client().send("+5541988887777", TEXT)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("unreachable", Stops.CONNECTION)


def test_nothing_was_sent_if_the_connection_was_not_established_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evolution, "_SEND_TIMEOUT", (0.2, 5))
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        outcome = Server(full.getsockname()[1]).client().send("+5541988887777", TEXT)
        for one in waiting:
            one.close()
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("slow_to_connect", Stops.SERVER_IF_REPEATED)


def test_a_name_that_is_resolved_slowly_counts_as_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evolution, "_SEND_TIMEOUT", (0.1, 5))
    resolve = socket.getaddrinfo

    def slowly(*args: Any, **options: Any) -> Any:
        time.sleep(0.15)
        return resolve(*args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    with serving(answering(201, SENT)) as server:
        outcome = server.client().send("+5541988887777", TEXT)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("slow_to_connect", Stops.SERVER_IF_REPEATED)
    assert b"".join(server.requests).strip() == b""


def test_nothing_was_sent_to_an_address_that_is_not_allowed() -> None:
    with serving(answering(201, SENT)) as server:
        client = Evolution(f"http://127.0.0.1:{server.port}", "loja", "key", allow_private=False)
        outcome = client.send("+5541988887777", TEXT)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("private_address", Stops.CONNECTION)
    assert server.requests == []


@pytest.mark.parametrize("key", ["line\nbreak", "chave-ç"])
def test_nothing_was_sent_with_a_key_that_no_header_can_hold(key: str) -> None:
    with serving(answering(201, SENT)) as server:
        outcome = server.client(key).send("+5541988887777", TEXT)
    assert isinstance(outcome, NotSent)
    assert (outcome.code, outcome.stops) == ("unusable_connection", Stops.CONNECTION)
    assert server.requests == []


def test_redirects_are_not_followed() -> None:
    with serving(answering(201, SENT)) as elsewhere:
        with serving(answering(307, {}, f"Location: http://127.0.0.1:{elsewhere.port}/")) as server:
            outcome = server.client().send("+5541988887777", TEXT)
        assert isinstance(outcome, NotSent)
        assert elsewhere.requests == []


@contextmanager
def redirecting_to_nothing(body: int) -> Iterator[tuple[Server, list[int]]]:
    """A redirect with a body of so many megabytes; the list grows by one with each that was taken."""
    taken: list[int] = []

    def act(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n")
        for number in range(body):
            client.sendall(b" " * 1_000_000)
            taken.append(number)

    with serving(act) as server:
        yield server, taken


def test_a_redirect_is_an_answer_like_any_other_wherever_it_leads() -> None:
    with redirecting_to_nothing(body=0) as (server, _):
        outcome = server.client().send("+5541988887777", TEXT)
        assert isinstance(outcome, NotSent)
        assert (outcome.code, outcome.stops) == ("not_evolution", Stops.CONNECTION)
        with pytest.raises(Rejected):
            server.client().connection_state()


def test_a_redirects_body_is_read_no_further_than_any_other() -> None:
    with redirecting_to_nothing(body=60) as (server, taken):
        with pytest.raises(Rejected):
            server.client().connection_state()
        assert len(taken) < 30  # 4 MB, and what the sockets hold


@pytest.mark.parametrize("error", [ValueError("bad"), HTTPError("bad"), KeyError("bad")])
def test_an_answer_that_no_library_can_read_leaves_the_outcome_unknown(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(evolution, "_read", fail)
    with serving(answering(201, SENT)) as server:
        outcome = server.client().send("+5541988887777", TEXT)
        assert isinstance(outcome, Unknown)
        assert outcome.code == "connection_lost"
        with pytest.raises(Unavailable) as raised:
            server.client().connection_state()
        assert raised.value.code == "connection-lost"


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with serving(answering(201, SENT)) as server:
        assert server.client().send("+5541988887777", TEXT) == Sent("3EB0A1")


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"instance": {"instanceName": "x", "state": "open"}}, "open"),
        ({"instance": {"instanceName": "x"}}, "absent"),
    ],
)
def test_the_state_may_be_absent(body: object, state: str) -> None:
    with serving(answering(200, body)) as server:
        assert server.client().connection_state() == state


@pytest.mark.parametrize(
    ("act", "error", "code"),
    [
        (answering(401, {"response": {"message": "Unauthorized"}}), Rejected, "unauthorized"),
        (
            answering(404, {"response": {"message": ['The "x" instance does not exist']}}),
            Rejected,
            "instance-not-found",
        ),
        (answering(404, {}), Rejected, "not-evolution"),
        (answering(503, {"code": "LICENSE_REQUIRED"}), Rejected, "license-required"),
        (answering(200, "hello"), Rejected, "not-evolution"),
        (answering(200, {}), Rejected, "not-evolution"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"), Rejected, "not-evolution"),
        (answering(502, {}), Unavailable, "server-error"),
        (answering(400, {}), Unavailable, "server-error"),
        (resetting, Unavailable, "connection-lost"),
    ],
)
def test_calls_that_fail_say_what_to_do(act: Act, error: type[Exception], code: str) -> None:
    with serving(act) as server, pytest.raises(error) as raised:
        server.client().connection_state()
    assert raised.value.code == code


@pytest.mark.parametrize("module", [addresses, evolution])
def test_every_failure_of_a_call_is_a_code_of_the_connection(module: ModuleType) -> None:
    """But those of calls that no check makes."""
    source = inspect.getsource(module)
    codes = set(re.findall(r'code="([a-z-]+)"', source)) - {"connect-failed", "answer-not-understood"}
    assert len(codes) > 3
    assert {code for code in codes if ConnectionFault.of(code, "x").code != code} == set()
    assert ConnectionFault.of(addresses.SLOW_TO_CONNECT, "x").code == addresses.SLOW_TO_CONNECT


@pytest.mark.parametrize(
    ("body", "offer"),
    [
        ({"instance": {"instanceName": "x", "state": "open"}}, Offer("open", None, None)),
        ({"count": 1, "code": "2@a", "base64": "data:image/png;base64,xx", "pairingCode": None},
         Offer("connecting", "data:image/png;base64,xx", None)),
        ({"count": 2, "code": "2@a", "base64": "data:", "pairingCode": "ABCD1234"}, Offer("connecting", "data:", "ABCD1234")),
        ({"count": 0}, Offer("connecting", None, None)),
        ({}, Offer("close", None, None)),
    ],
)  # fmt: skip
def test_connecting_offers_a_code_when_there_is_one(body: object, offer: Offer) -> None:
    with serving(answering(200, body)) as server:
        assert server.client().connect() == offer


def test_a_failure_to_connect_comes_as_http_200() -> None:
    with serving(answering(200, {"error": True, "message": "[object Object]"})) as server, pytest.raises(Unavailable):
        server.client().connect()


def test_no_webhook_and_another_webhook_are_distinguished() -> None:
    with serving(answering(200, None)) as server:
        assert server.client().find_webhook() is None
    row = {"url": "https://x/hook", "headers": None, "enabled": True, "events": ["SEND_MESSAGE"], "webhookByEvents": True,
           "webhookBase64": False}  # fmt: skip
    with serving(answering(200, row)) as server:
        found = server.client().find_webhook()
    assert found == Webhook("https://x/hook", "", frozenset({"SEND_MESSAGE"}), by_events=True)


def test_each_call_has_a_connection_of_its_own_even_if_the_server_keeps_them_open() -> None:
    more: list[bytes] = []

    def keep_open(client: socket.socket) -> None:
        answering(200, {"instance": {"state": "open"}})(client)
        more.append(client.recv(65536))

    with serving(keep_open) as server:
        evolution = server.client()
        assert [evolution.connection_state() for _ in range(3)] == ["open"] * 3
    assert len(server.requests) == 3
    assert more == [b""] * 3


def test_only_well_formed_messages_of_ours_in_the_window_are_found() -> None:
    at = int(NOW.timestamp())
    record = {"key": {"id": "A", "fromMe": True}, "message": {"conversation": "Oi"}, "messageTimestamp": at}
    records = [
        record,
        record | {"key": {"id": "B", "fromMe": False}},
        record | {"key": {"id": "C", "fromMe": True}, "messageTimestamp": at + 600},
        *(record | {"key": {"id": bad, "fromMe": True}} for bad in ("", "A\0B", "A\ud800", "A" * 9_000)),
        record | {"key": {"id": "D", "fromMe": True}, "messageTimestamp": 1 << 60},
        record | {"key": None},
        None,
    ]
    with serving(answering(200, {"messages": {"total": 7, "records": records}})) as server:
        found = server.client().find_messages(["1@s.whatsapp.net", "2@s.whatsapp.net"], NOW, NOW + timedelta(seconds=9))
    assert found == [SentMessage("A", "Oi", NOW)]
    bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests]
    assert [body["where"]["key"]["remoteJid"] for body in bodies] == ["1@s.whatsapp.net", "2@s.whatsapp.net"]
    assert bodies[0]["where"]["key"]["fromMe"] is True
    assert bodies[0]["where"]["messageTimestamp"] == {"gte": "2026-11-22T14:00:00Z", "lte": "2026-11-22T14:00:09Z"}


@pytest.mark.parametrize(
    ("message", "text", "media_type"),
    [
        ({"conversation": "Oi"}, "Oi", None),
        ({"imageMessage": {"caption": "Oi"}}, "Oi", "image"),
        ({"videoMessage": {"caption": "Oi"}}, "Oi", "video"),
        ({"documentMessage": {"caption": "Oi"}}, "Oi", "document"),
        ({"documentWithCaptionMessage": {"message": {"documentMessage": {"caption": "Oi"}}}}, "Oi", "document"),
        ({"audioMessage": {"mimetype": "audio/mpeg"}}, None, "audio"),
        ({"stickerMessage": {}}, None, None),
        (None, None, None),
    ],
)
def test_a_found_message_has_its_text_and_its_kind_of_media(
    message: object, text: str | None, media_type: MediaType | None
) -> None:
    record = {"key": {"id": "A", "fromMe": True}, "message": message, "messageTimestamp": int(NOW.timestamp())}
    with serving(answering(200, {"messages": {"records": [record]}})) as server:
        assert server.client().find_messages(["1@s.whatsapp.net"], NOW, NOW) == [
            SentMessage("A", text, NOW, media_type)
        ]
