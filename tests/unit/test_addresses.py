import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from hidra.domain.address import check_base_url, is_public
from hidra.errors import Rejected, Unavailable
from hidra.gateways import addresses
from hidra.gateways.addresses import Adapter
from tests.listening import listening

PUBLIC = "93.184.215.14"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Listener:
    """Accepts on loopback and keeps what each client wrote."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[bytes] = []
        self.done = threading.Event()

    def serve(self, client: socket.socket) -> None:
        client.settimeout(2)
        try:
            said = client.recv(65536)
            if said:
                client.sendall(ANSWER)
        except OSError:
            said = b""
        self.received.append(said)
        self.done.set()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    with listening(made.serve) as made.port:
        yield made


def get(url: str, *, allow_private: bool, timeout: float = 2) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, Adapter(allow_private=allow_private))
        return session.get(url, timeout=timeout)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("https://evo.example.com", "https://evo.example.com"),
        (" https://Evo.Example.com:8443/ ", "https://evo.example.com:8443"),
        ("https://evo.example.com/Base/path//", "https://evo.example.com/Base/path"),
        ("https://93.184.215.14", "https://93.184.215.14"),
    ],
)
def test_a_public_server_is_stored_without_the_slash_at_its_end(given: str, stored: str) -> None:
    assert check_base_url(given, allow_private=False) == stored


@pytest.mark.parametrize(
    "url",
    [
        "evo.example.com", "", "https://", "https:///x", "ftp://evo.example.com", "file:///etc/passwd",
        "https://evo.example.com:0", "https://evo.example.com:99999", "https://[::1", "https://evo example.com",
        "https://evo.example.com\\@127.0.0.1", "https://user:pw@evo.example.com", "https://user@evo.example.com",
        "https://evo.example.com/?a=1", "https://evo.example.com?", "https://evo.example.com/#a", "https://evo\n.example.com",
    ],
)  # fmt: skip
@pytest.mark.parametrize("allow_private", [True, False])
def test_a_text_that_is_not_a_plain_address_is_refused(url: str, allow_private: bool) -> None:
    with pytest.raises(Rejected) as error:
        check_base_url(url, allow_private=allow_private)
    assert error.value.fields[0].field == "base_url"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "198.51.100.7", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "[::1]", "[::]",
        "[fd00:ec2::254]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "[::ffff:10.0.0.5]", "[::ffff:7f00:1]", "[::127.0.0.1]",
        "[2002:0a00:0005::1]", "[64:ff9b::10.0.0.5]", "[64:ff9b:1::1]", "[2001:db8::1]", "localhost", "LOCALHOST.",
        "evo.localhost", "evo.internal", "printer.local",
    ],
)  # fmt: skip
def test_a_private_address_is_refused_at_once_unless_allowed(host: str) -> None:
    with pytest.raises(Rejected):
        check_base_url(f"https://{host}:8080", allow_private=False)
    assert check_base_url(f"http://{host}:8080/", allow_private=True) == f"http://{host.lower()}:8080"


def test_plain_http_would_show_the_key_and_is_only_for_private_networks() -> None:
    with pytest.raises(Rejected) as error:
        check_base_url("http://evo.example.com", allow_private=False)
    assert "https" in error.value.fields[0].message
    assert check_base_url("http://evo.example.com", allow_private=True) == "http://evo.example.com"


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f::1", "::ffff:93.184.215.14", "64:ff9b::93.184.215.14"])
def test_public_addresses_are_public_however_they_are_wrapped(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_no_connection_to_a_private_address_is_attempted(listener: Listener, name: str) -> None:
    with pytest.raises(Rejected, match="private"):
        get(f"http://{name}:{listener.port}", allow_private=False)
    with pytest.raises(Rejected, match="private"):
        get(f"https://{name}:{listener.port}", allow_private=False)
    time.sleep(0.1)
    assert listener.received == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_is_written_to_a_private_peer_even_if_dns_lies(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    answers = iter([PUBLIC, "127.0.0.1"])

    def lying(host: str, port: int, *args: object, **kwargs: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    monkeypatch.setattr(socket, "getaddrinfo", lying)
    with pytest.raises(Rejected, match="private"):
        get(f"{scheme}://evo.example.com:{listener.port}", allow_private=False)
    assert listener.done.wait(2)
    assert listener.received == [b""]


def test_an_ipv4_peer_behind_an_ipv6_address_is_recognised(listener: Listener) -> None:
    with pytest.raises(Rejected, match="private"):
        get(f"http://[::ffff:127.0.0.1]:{listener.port}", allow_private=False)


def test_a_private_server_is_reached_where_the_deployment_allows_it(listener: Listener) -> None:
    assert get(f"http://127.0.0.1:{listener.port}", allow_private=True).text == "ok"


def test_a_peer_that_passes_the_check_gets_the_request(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
    assert get(f"http://127.0.0.1:{listener.port}", allow_private=False).text == "ok"


def test_failures_before_anything_was_written_are_unavailable(listener: Listener) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unavailable) as refused:
        get(f"http://127.0.0.1:{port}", allow_private=True)
    assert refused.value.code == "unreachable"
    with pytest.raises(Unavailable) as no_tls:
        get(f"https://127.0.0.1:{listener.port}", allow_private=True)
    assert no_tls.value.code == "tls"


@pytest.mark.parametrize("allow_private", [True, False])
def test_an_unknown_name_is_unavailable(monkeypatch: pytest.MonkeyPatch, allow_private: bool) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unavailable) as error:
        get("http://evo.example.com", allow_private=allow_private)
    assert error.value.code == "dns"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_connection_that_is_not_established_in_time_is_unavailable(scheme: str) -> None:
    # A listener with a full backlog never completes the handshake of a further client.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        try:
            with pytest.raises(Unavailable):
                get(f"{scheme}://127.0.0.1:{full.getsockname()[1]}", allow_private=True, timeout=0.2)
        finally:
            for one in waiting:
                one.close()
