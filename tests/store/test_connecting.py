"""Whose server a function talks to, and what it does if the server has no connection left."""

import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hidra.errors import Full, Rejected, Unavailable
from hidra.store import connecting, schema
from hidra.store.db import Database
from local.database import Database as Server
from tests.conftest import MIGRATIONS, Databases
from tests.functions.workers import Logs

PEM = serialization.Encoding.PEM


class Authority:
    """A certificate authority of this test."""

    def __init__(self, name: str) -> None:
        self.key, self.name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string(f"CN={name}")
        self.certificate = self._signed(self.name, self.key, x509.BasicConstraints(ca=True, path_length=None))

    def server(self, host: str) -> bytes:
        """The key and the certificate of a server of this name."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name.from_rfc4514_string(f"CN={host}")
        certificate = self._signed(name, key, x509.SubjectAlternativeName([x509.DNSName(host)]))
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return private + certificate

    def _signed(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType) -> bytes:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(self.name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
        return builder.add_extension(extension, critical=True).sign(self.key, hashes.SHA256()).public_bytes(PEM)


SSL_REQUEST, GSS_REQUEST = struct.pack("!ii", 8, 80877103), struct.pack("!ii", 8, 80877104)


@contextmanager
def encrypted(server: Server, pem: bytes, tmp_path: Path) -> Iterator[str]:
    """A port at which the server is encrypted, with this key and certificate: the embedded one cannot encrypt."""
    (tmp_path / "server.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")

    class Session(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            # "SSL Session Encryption" in PostgreSQL's description of its protocol.
            while (asked := self.request.recv(8)) == GSS_REQUEST:
                self.request.sendall(b"N")
            if asked != SSL_REQUEST:
                return
            self.request.sendall(b"S")
            with (
                suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as client,
                socket.create_connection(("127.0.0.1", server.port)) as behind,
            ):
                to_server = threading.Thread(target=forward, args=(client, behind), daemon=True)
                to_server.start()
                forward(behind, client)
                to_server.join()

    class Front(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Front(("127.0.0.1", 0), Session) as front:
        thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield str(front.server_address[1])
        finally:
            front.shutdown()
            thread.join()


def forward(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("Of the test")


@pytest.fixture(scope="module")
def trusted(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("roots") / "roots.pem"
    file.write_bytes(authority.certificate)
    return file


@pytest.fixture
def reach(databases: Databases) -> Iterator[Callable[..., Database]]:
    made: list[Database] = []

    def reach(**settings: str) -> Database:
        made.append(
            Database(
                {**databases.settings, "DATABASE_SECRET": "jobs", "DATABASE_HOST": "localhost", **settings},
                databases.logins.__getitem__,
            )
        )
        return made[-1]

    yield reach
    for each in made:
        each.close()


def is_encrypted(db: Database) -> bool:
    db.as_worker(lambda tx: tx.value("select 1"))
    assert db._connection is not None
    return db._connection.pgconn.ssl_in_use


def test_a_server_with_the_right_name_and_a_known_authority_is_trusted(
    server: Server, authority: Authority, trusted: Path, reach: Callable[..., Database], tmp_path: Path
) -> None:
    with encrypted(server, authority.server("localhost"), tmp_path) as port:
        db = reach(DATABASE_PORT=port, DATABASE_SSLMODE="verify-full", DATABASE_ROOT_CERTIFICATES=str(trusted))
        assert is_encrypted(db)
        db.close()


@pytest.mark.parametrize(
    ("host", "roots", "words"),
    [
        ("other.example", "", 'server certificate for "other.example" does not match host name "localhost"'),
        ("localhost", "rds", "certificate verify failed"),
        ("localhost", "public", "certificate verify failed"),
        ("localhost", "/nowhere/roots.pem", 'root certificate file "/nowhere/roots.pem" does not exist'),
    ],
)
def test_a_server_with_another_name_or_an_unknown_authority_is_refused_in_words(
    server: Server, authority: Authority, trusted: Path, reach: Callable[..., Database], tmp_path: Path, *,
    host: str, roots: str, words: str,
) -> None:  # fmt: skip
    with encrypted(server, authority.server(host), tmp_path) as port, Logs.captured() as logs:
        chosen = roots or str(trusted)
        db = reach(DATABASE_PORT=port, DATABASE_SSLMODE="verify-full", DATABASE_ROOT_CERTIFICATES=chosen)
        with pytest.raises(Unavailable):
            db.as_worker(lambda tx: tx.value("select 1"))
    [line] = logs.named("the database's certificate is not accepted")
    assert words in line["reason"]


def test_a_server_without_encryption_is_refused_where_its_certificate_must_be_verified(
    trusted: Path, reach: Callable[..., Database]
) -> None:
    with pytest.raises(Unavailable):
        reach(DATABASE_SSLMODE="verify-full", DATABASE_ROOT_CERTIFICATES=str(trusted)).as_worker(
            lambda tx: tx.value("select 1")
        )


def test_require_encrypts_and_checks_nothing(
    server: Server, authority: Authority, reach: Callable[..., Database], tmp_path: Path
) -> None:
    with encrypted(server, authority.server("other.example"), tmp_path) as port:
        db = reach(DATABASE_PORT=port, DATABASE_SSLMODE="require")
        assert is_encrypted(db)
        db.close()


def test_migrations_verify_the_server_as_the_functions_do(
    server: Server, authority: Authority, trusted: Path, fresh_database: Databases, tmp_path: Path
) -> None:
    place = urlsplit(server.url)
    owner = {"username": str(place.username), "password": str(place.password)}
    with encrypted(server, authority.server("localhost"), tmp_path) as port:
        settings = {**fresh_database.settings, "DATABASE_HOST": "localhost", "DATABASE_PORT": port}
        settings |= {"DATABASE_SSLMODE": "verify-full"}
        known = schema.owner_url({**settings, "DATABASE_ROOT_CERTIFICATES": str(trusted)}, owner)
        unknown = schema.owner_url({**settings, "DATABASE_ROOT_CERTIFICATES": "rds"}, owner)
        assert "Applied" not in schema.migrate(known, MIGRATIONS)
        with pytest.raises(Rejected, match=r"certificate verify failed.*DatabaseRootCertificates"):
            schema.migrate(unknown, MIGRATIONS)


def test_the_roots_of_rds_are_certificates_that_are_valid_for_years() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(connecting.root_certificates("rds"))
    roots = context.get_ca_certs()
    names = {value for root in roots for part in root["subject"] for key, value in part if key == "commonName"}  # type: ignore[union-attr, misc]
    for region in ("sa-east-1", "us-east-1", "us-east-2", "eu-west-1", "il-central-1"):
        assert {f"Amazon RDS {region} Root CA {key} G1" for key in ("RSA2048", "RSA4096", "ECC384")} <= names
    assert {f"Amazon Root CA {number}" for number in (1, 2, 3, 4)} <= names  # of RDS Proxy
    assert min(ssl.cert_time_to_seconds(str(root["notAfter"])) for root in roots) > time.time() + 5 * 365 * 86_400


@pytest.fixture
def limited(server: Server, databases: Databases) -> Iterator[Callable[[float], Database]]:
    """A database whose login may have one connection."""
    login = {"username": "test_limited", "password": "limited"}
    made: list[Database] = []
    with server.admin(databases.settings["DATABASE_NAME"]) as admin:
        admin.execute("create role test_limited login noinherit password 'limited' connection limit 1")
        admin.execute("grant hidra_worker to test_limited")

        def limited(wait_seconds: float) -> Database:
            made.append(
                Database({**databases.settings, "DATABASE_SECRET": ""}, lambda _: login, wait_seconds=wait_seconds)
            )
            return made[-1]

        yield limited
        for each in made:
            each.close()
        admin.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'test_limited'"
        ).fetchall()
        admin.execute("drop role test_limited")


def test_a_server_without_a_connection_left_is_waited_for(limited: Callable[[float], Database]) -> None:
    first, second = limited(0), limited(10)
    first.as_worker(lambda tx: tx.value("select 1"))
    ends = threading.Timer(0.15, first.close)
    ends.start()
    assert second.as_worker(lambda tx: tx.value("select 1")) == 1
    ends.join()


def test_the_wait_for_a_connection_is_bounded_and_its_error_says_that_nothing_was_done(
    limited: Callable[[float], Database],
) -> None:
    first, second = limited(0), limited(0.2)
    first.as_worker(lambda tx: tx.value("select 1"))
    began = time.monotonic()
    with Logs.captured() as logs, pytest.raises(Full, match="no free connection"):
        second.as_worker(lambda tx: tx.value("select 1"))
    assert time.monotonic() - began < 2
    assert "too many connections for role" in logs.named("the database has no connection left")[0]["reason"]


@pytest.mark.parametrize(
    "words",
    [
        "FATAL:  sorry, too many clients already",
        "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
        "FATAL:  remaining connection slots are reserved for non-replication superuser and rds_superuser connections",
        "FATAL:  no more connections allowed (max_client_conn)",
        "FATAL:  query_wait_timeout",
    ],
)
def test_the_words_of_servers_and_poolers_without_a_connection_are_known(words: str) -> None:
    assert connecting.is_full(
        psycopg.OperationalError(f'connection failed: connection to server at "10.0.0.1": {words}')
    )
    assert not connecting.is_full(psycopg.OperationalError("FATAL:  password authentication failed"))
