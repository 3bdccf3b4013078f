"""TLS of outbound calls, against servers on loopback with certificates of the test."""

import re
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import certifi
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hidra.domain.content import Content
from hidra.domain.outcome import NotSent
from hidra.errors import Unavailable
from hidra.gateways import addresses, aws_api, tls
from hidra.gateways.addresses import Adapter
from hidra.gateways.evolution import Evolution
from tests.listening import listening

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


class TlsServer:
    """Answers every request with {}; keeps the name that each client asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self.authority = folder / f"{name}.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        subject, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")]), datetime.now(UTC)
        key_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        certificate = (
            x509.CertificateBuilder(subject, subject, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(key_id, critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.authority.write_bytes(certificate.public_bytes(pem) + private)
        self.names: list[str | None] = []
        self.requests: list[bytes] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.authority)
        self._context.sni_callback = lambda _, name, __: self.names.append(name)
        self.port = 0

    def serve(self, client: socket.socket) -> None:
        client.settimeout(3)
        with self._context.wrap_socket(client, server_side=True) as wrapped:
            self.requests.append(_request(wrapped))
            wrapped.sendall(ANSWER)


def _request(client: ssl.SSLSocket) -> bytes:
    """A whole request: closing a connection with unread bytes would break it before the client has its answer."""
    with client.makefile("rb") as lines:
        head = b"".join(takewhile(lambda line: line.strip(), lines))
        length = re.search(rb"(?i)content-length: (\d+)", head)
        return head + lines.read(int(length[1]) if length else 0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TlsServer]:
    server = TlsServer(tmp_path, "localhost")
    with listening(server.serve) as server.port:
        yield server


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    tls.context.cache_clear()
    yield
    tls.context.cache_clear()


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The authorities that are loaded into any context."""
    loaded: list[object] = []
    load = ssl.SSLContext.load_verify_locations

    def note(context: ssl.SSLContext, *args: object, **more: object) -> None:
        loaded.append((args, more))
        load(context, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", note)
    return loaded


def trust(server: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certifi, "where", lambda: str(server.authority))


def ask(server: TlsServer, host: str = "localhost") -> object:
    client = Evolution(f"https://{host}:{server.port}", "loja", "key", allow_private=True)
    return client.send("+5541988887777", Content("Oi"))


def test_every_client_of_a_process_verifies_with_the_same_authorities(
    server: TlsServer, loaded: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(server, monkeypatch)
    for _ in range(3):
        ask(server)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://localhost:{server.port}")
    assert aws_api.call("sqs", "SendMessage", {}) == {}
    assert len(server.requests) == 4
    assert server.names == ["localhost"] * 4
    assert len(loaded) == 1


def test_a_server_with_an_unknown_authority_gets_no_request(server: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = ask(server)
    assert isinstance(outcome, NotSent)
    assert outcome.code == "tls"
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://localhost:{server.port}")
    monkeypatch.setattr(aws_api, "_ATTEMPTS", 1)
    with pytest.raises(Unavailable, match="sqs cannot be reached"):
        aws_api.call("sqs", "SendMessage", {})
    assert server.requests == []


def test_a_server_with_the_certificate_of_another_name_gets_no_request(
    server: TlsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(server, monkeypatch)
    outcome = ask(server, "127.0.0.1")
    assert isinstance(outcome, NotSent)
    assert outcome.code == "tls"
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{server.port}")
    monkeypatch.setattr(aws_api, "_ATTEMPTS", 1)
    with pytest.raises(Unavailable, match="sqs cannot be reached"):
        aws_api.call("sqs", "SendMessage", {})
    assert server.requests == []


@pytest.mark.parametrize("verify", [False, "bundle.pem"])
def test_no_call_can_change_how_the_others_are_verified(server: TlsServer, verify: bool | str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", Adapter(allow_private=True))
        with pytest.raises(ValueError, match="every server is verified"):
            session.get(f"https://localhost:{server.port}", verify=verify, timeout=2)
    assert tls.context().verify_mode == ssl.CERT_REQUIRED
    assert tls.context().check_hostname


def test_a_name_is_resolved_once_and_its_checked_address_is_connected_to(
    server: TlsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(server, monkeypatch)
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    resolved: list[str] = []
    resolve = socket.getaddrinfo

    def note(host: str, port: int, *args: object, **more: object) -> object:
        if host != "127.0.0.1":
            resolved.append(host)
            assert len(resolved) == 1
            host = "127.0.0.1"
        return resolve(host, port, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", note)
    client = Evolution(f"https://localhost:{server.port}", "loja", "key", allow_private=False)
    client.send("+5541988887777", Content("Oi"))
    assert (resolved, server.names, len(server.requests)) == (["localhost"], ["localhost"], 1)
    assert f"Host: localhost:{server.port}".encode() in server.requests[0]


def test_the_next_address_of_a_name_is_tried(server: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(server, monkeypatch)
    monkeypatch.setattr(addresses, "is_public", lambda address: True)
    resolve = socket.getaddrinfo

    def both(host: str, port: int, *args: object, **more: object) -> object:
        if host != "localhost":
            return resolve(host, port, *args, **more)  # type: ignore[arg-type]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in ("::1", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    client = Evolution(f"https://localhost:{server.port}", "loja", "key", allow_private=False)
    client.send("+5541988887777", Content("Oi"))
    assert len(server.requests) == 1
