"""A server on loopback that answers over TLS, at once or later: as Evolution API, Kinesis and Secrets Manager.

It is a process of its own, so that its work is not measured as Hidra's. ``served`` starts it with a new certificate,
which the starting process trusts from then on.
"""

import ipaddress
import json
import re
import socket
import socketserver
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hidra.gateways import tls
from local.processes import clean_environment

ROOT = Path(__file__).parent.parent
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@contextmanager
def served(secrets: Mapping[str, Any], *, posts_take: float = 0) -> Iterator[tuple[str, Path]]:
    """Runs the server; yields its URL and the file of its certificate.

    Args:
        secrets: what Secrets Manager answers, by the secret's id.
        posts_take: seconds until Evolution answers a message.
    """
    with TemporaryDirectory(prefix="hidra-bench-") as folder:
        certificate = Path(folder) / "certificate.pem"
        certificate.write_bytes(_certificate())
        tls.context().load_verify_locations(certificate)
        command = [sys.executable, "-m", "bench.server", str(certificate), json.dumps(secrets), str(posts_take)]
        environment = clean_environment(PYTHONPATH=f"{ROOT / 'layers' / 'hidra'}:{ROOT}")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
            try:
                assert process.stdout is not None
                yield process.stdout.readline().strip(), certificate
            finally:
                process.terminate()


def _certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")]), datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem) + private


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 200

    def __init__(self, context: ssl.SSLContext, secrets: Mapping[str, Any], posts_take: float) -> None:
        self.context, self.secrets, self.posts_take = context, secrets, posts_take
        self.webhooks: dict[str, Any] = {}  # by instance
        self.numbers = count(1)
        super().__init__(("127.0.0.1", 0), Connection)

    def answer(self, method: str, path: str, target: str, body: bytes) -> tuple[int, Any]:
        """Returns the status and the answer of a request."""
        if target:
            return 200, self._aws(target, json.loads(body))
        status, found = self._evolution(path, body)
        if status == 404:
            return status, {"status": 404, "response": {"message": [f"Cannot {method} {path}"]}}
        return status, found

    def _aws(self, target: str, given: Any) -> Any:
        if target.endswith("PutRecords"):
            results = [{"SequenceNumber": "1", "ShardId": "1"} for _ in given["Records"]]
            return {"FailedRecordCount": 0, "Records": results}
        if target.endswith("GetSecretValue"):
            secret = self.secrets[given["SecretId"]]
            return {"SecretString": secret if isinstance(secret, str) else json.dumps(secret), "CreatedDate": 0}
        return {}

    def _evolution(self, path: str, body: bytes) -> tuple[int, Any]:
        route, _, instance = path.partition("?")[0].rpartition("/")
        match route:
            case "/message/sendText":
                time.sleep(self.posts_take)
                return 201, {"key": {"id": f"3EB0{next(self.numbers):016X}", "fromMe": True}, "status": "PENDING"}
            case "/instance/connectionState":
                return 200, {"instance": {"instanceName": instance, "state": "open"}}
            case "/webhook/find":
                return 200, self.webhooks.get(instance)
            case "/webhook/set":
                self.webhooks[instance] = _as_found(json.loads(body)["webhook"])
                return 201, self.webhooks[instance]
            case "/instance":
                name = path.partition("instanceName=")[2]
                row = {"id": str(uuid5(NAMESPACE_URL, name)), "name": name, "connectionStatus": "open"}
                return 200, [{**row, "integration": "WHATSAPP-BAILEYS"}]
        return 404, None


class Connection(socketserver.BaseRequestHandler):
    """Reads requests of one connection until it ends, with little more work than their bytes need."""

    server: Server

    def handle(self) -> None:
        with suppress(OSError):
            # An answer must not wait for the acknowledgement of the session's tickets.
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = self.server.context.wrap_socket(self.request, server_side=True)
            with client, client.makefile("rb") as lines:
                while self._one(client, lines):
                    pass

    def _one(self, client: Any, lines: Any) -> bool:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = lines.readline()
            if not line:
                return False
            head += line
        length = LENGTH.search(head)
        body = lines.read(int(length[1])) if length else b""
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        target = re.search(rb"(?i)\r\nx-amz-target: *(\S+)", head)
        status, answer = self.server.answer(method, path, target[1].decode() if target else "", body)
        payload, close = json.dumps(answer).encode(), b"connection: close" in head.lower()
        client.sendall(
            b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: %s\r\n\r\n%s"
            % (status, len(payload), b"close" if close else b"keep-alive", payload)
        )
        return not close


def _as_found(webhook: Mapping[str, Any]) -> dict[str, Any]:
    """A webhook as Evolution stores it (``gateways.evolution.find_webhook``)."""
    return {**webhook, "webhookByEvents": webhook["byEvents"], "webhookBase64": webhook["base64"]}


def main(certificate: str, secrets: str, posts_take: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Server(context, json.loads(secrets), float(posts_take)) as server:
        print(f"https://127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
