"""All of Hidra's workers as killable processes, with a broker in the place of AWS, a real database, a real simulator.

The test's process plays what AWS is: it hands out queue messages and stream batches, lets come again what was not
acknowledged, and turns webhooks into API Gateway's events. Everything that happens to a message happens in the
product's own functions.
"""

import base64
import json
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from nacl.public import PrivateKey

from hidra.domain.ticket import Ticket
from tests.chaos.broker import Message, Queue, Shard, queue_event
from tests.chaos.fork_server import ROOT, ForkServer, Pool, Reply
from tests.chaos.kill_plan import KillPlan
from tests.chaos.simulator import Simulator
from tests.conftest import Databases

VAULT_KEY = PrivateKey(bytes(range(32)))
PUBLIC_KEYS = {"v1": base64.b64encode(bytes(VAULT_KEY.public_key)).decode()}
PHONE_HASH_SECRET = "test"
WEBHOOK_KEYS = {"k1": "a master key of the fire tests"}
_SHARDS = 2


@dataclass(frozen=True)
class Times:
    """Seconds, as short as a test wants them; each keeps its place among the others as in production."""

    send_timeout: float = 2.5  # 90: the simulator's slow phones take 1.6
    sender_timeout: float = 4.0  # 120
    function_timeout: float = 120.0  # of the function that sends, as long as the sender's in production
    patience: float = 20.0  # for which an answer to somebody who left waits for its turn
    sender_lost_after: int = 5  # 180
    visibility: float = 3.0  # 720
    look_visibility: float = 3.0  # 1800
    probe_every: float = 0.2  # 300
    again: float = 0.01  # of what was acknowledged comes again all the same
    tick: float = 0.5  # 60: from one tick of the clock to the next


@dataclass(frozen=True)
class Sizes:
    """How many workers of each function there are."""

    send: int = 10
    advance: int = 2
    webhook: int = 2
    clock: int = 1
    check: int = 1


@dataclass
class Cluster:
    """Everything at work. ``tick`` is the clock's minute, ``check`` the connections' five."""

    databases: Databases
    simulator: Simulator
    seed: int
    times: Times = field(default_factory=Times)
    sizes: Sizes = field(default_factory=Sizes)
    # Looks at a worker's call to AWS first: None answers it as usual, Lost as an AWS that cannot be reached.
    spoil: Callable[[str, str, Mapping[str, Any]], object] = lambda *_: None
    # Whether the stream refuses a record, though it may take its neighbours.
    refuse: Callable[[bytes], bool] = lambda _: False

    def __post_init__(self) -> None:
        times, seed = self.times, self.seed
        self.plan = KillPlan(seed)
        self.queues = {
            "campaign": Queue(visibility=times.look_visibility, max_receives=50, seed=seed, again=times.again),
            "send": Queue(visibility=times.visibility, max_receives=50, seed=seed + 1, again=times.again),
        }
        self.shards = [Shard(batch=500, window=0.15, seed=seed + at, again=0.02) for at in range(_SHARDS)]
        self.errors: list[str] = []
        self.answers: Counter[int] = Counter()  # to webhooks, by their status
        self._pools: dict[str, Pool] = {}
        self._threads: list[threading.Thread] = []
        self._secrets: dict[str, str] = {}
        self._next_shard = 0

    @classmethod
    @contextmanager
    def running(cls, databases: Databases, folder: Path, *, seed: int, **options: Any) -> Iterator[Self]:
        """
        Args:
            folder: for the workers' log.
            options: ``times``, ``sizes``, ``spoil``, ``refuse``.
        """
        with ExitStack() as stack:
            simulator = stack.enter_context(Simulator.running(seed=seed))
            cluster = cls(databases, simulator, seed, **options)
            gateway = _gateway(cluster)
            stack.callback(gateway.server_close)
            environment = cluster._environment(f"http://127.0.0.1:{gateway.server_port}")
            fork_server = stack.enter_context(ForkServer.open(environment, folder / "workers.log"))
            cluster._start(fork_server)
            served = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.05})
            served.start()
            try:
                yield cluster
            finally:
                gateway.shutdown()
                served.join()
                cluster._stop()

    def _environment(self, public_url: str) -> dict[str, str]:
        times = self.times
        self._secrets = {
            "jobs": json.dumps(self.databases.logins["jobs"]),
            "vault": json.dumps({"v1": base64.b64encode(bytes(VAULT_KEY)).decode()}),
            "webhook": json.dumps(WEBHOOK_KEYS),
            "phone-hash": PHONE_HASH_SECRET,
        }
        constants = {
            "send_timeout": [2.0, times.send_timeout],
            "sender_timeout": times.sender_timeout,
            "patience": times.patience,
            "probe_every": times.probe_every,
        }
        return {
            **os.environ,
            **self.databases.settings,
            "PYTHONPATH": f"{ROOT / 'layers' / 'hidra'}{os.pathsep}{ROOT}",
            "POWERTOOLS_LOG_LEVEL": os.environ.get("FIRE_LOG_LEVEL", "WARNING"),
            "DATABASE_SECRET": "jobs",
            "VAULT_SECRET": "vault",
            "WEBHOOK_SECRET": "webhook",
            "PHONE_HASH_SECRET": "phone-hash",
            "CAMPAIGN_QUEUE_URL": "campaign",
            "SEND_QUEUE_URL": "send",
            "IMPORT_QUEUE_URL": "import",
            "DELIVERY_STREAM": "stream",
            "PUBLIC_URL": public_url,
            "IMPORT_BUCKET": "none",
            "ALLOW_PRIVATE_ADDRESSES": "true",
            "SENDER_LOST_AFTER_SECONDS": str(times.sender_lost_after),
            "FIRE_CONSTANTS": json.dumps(constants),
        }

    def _start(self, fork_server: ForkServer) -> None:
        sizes = {**vars(self.sizes), "record": _SHARDS}
        send = self.times.function_timeout
        # Lambda's own time-outs, which nothing else here is meant to reach.
        seconds = {"advance": 300, "send": send, "record": 60, "webhook": 10, "clock": 50, "check": 300}
        for part, size in sizes.items():
            self._pools[part] = Pool(part, size, fork_server=fork_server, serve=self.serve, seconds=seconds[part])
        for name, part in (("campaign", "advance"), ("send", "send")):
            for _ in range(sizes[part]):
                self._threads.append(threading.Thread(target=self._work_off, args=(self.queues[name], part)))
        for shard in self.shards:
            poll = threading.Thread(target=shard.poll, args=(lambda e: not self.invoke("record", e).failed,))
            self._threads.append(poll)
        for thread in self._threads:
            thread.start()

    def _stop(self) -> None:
        for source in (*self.queues.values(), *self.shards):
            source.close()
        for thread in self._threads:
            thread.join()
        for pool in self._pools.values():
            pool.close()

    def invoke(self, part: str, event: Any) -> Reply:
        """Invokes a function as Lambda does, maybe to its death."""
        reply = self._pools[part].invoke(event, self.plan.arm(part))
        self.plan.learn(part, reply)
        if reply.error:
            self.errors.append(f"{part}: {reply.error}")
        return reply

    def _work_off(self, queue: Queue, part: str) -> None:
        while (message := queue.receive()) is not None:
            reply = self.invoke(part, queue_event(message))
            # What failed or was never answered comes again when its visibility time-out is over.
            if not reply.failed and not reply.result["batchItemFailures"]:
                queue.delete(message)

    def warm_senders(self) -> None:
        """Each has connected to the database and read its secrets, by way of a ticket for a campaign that is gone."""
        gone = Ticket(uuid4(), uuid4(), uuid4(), uuid4())
        self._pools["send"].warm(queue_event(Message(0, 0, gone.to_json())))

    def tick(self) -> Reply:
        """The clock's event."""
        return self.invoke("clock", {})

    def check(self, *, later_seconds: float = 0) -> Reply:
        """The event of the connections' check; for messages in doubt it may be so much later."""
        return self.invoke("check", {"later_seconds": later_seconds})

    def take_webhook(self, path: str, headers: Mapping[str, str], body: str) -> tuple[int, str]:
        """What API Gateway makes of a webhook: the function's answer, or 502 for one that died."""
        _, _, _, connection_id, key_id = path.split("/")
        event = {
            "version": "2.0",
            "routeKey": "POST /webhooks/evolution/{connection_id}/{key_id}",
            "rawPath": path,
            "headers": dict(headers),
            "pathParameters": {"connection_id": connection_id, "key_id": key_id},
            "body": body,
            "isBase64Encoded": False,
        }
        reply = self.invoke("webhook", event)
        if reply.failed:
            return 502, '{"message":"Internal Server Error"}'
        return reply.result["statusCode"], reply.result["body"]

    def serve(self, service: str, operation: str, params: dict[str, Any]) -> Any:
        """Plays AWS for one call of a worker; None: it cannot be reached."""
        if self.spoil(service, operation, params) is Lost:
            return None
        match service, operation:
            case "secrets", "get_secret_value":
                return {"SecretString": self._secrets[params["SecretId"]]}
            case "sqs", "send_message":
                self._queue(params)
                return {"MessageId": "1"}
            case "sqs", "send_message_batch":
                for entry in params["Entries"]:
                    self._queue({"QueueUrl": params["QueueUrl"], **entry})
                return {"Successful": [{"Id": entry["Id"]} for entry in params["Entries"]], "Failed": []}
            case "kinesis", "put_records":
                results = [self._take(entry["Data"]) for entry in params["Records"]]
                return {"FailedRecordCount": sum("ErrorCode" in result for result in results), "Records": results}
        raise AssertionError(f"nobody plays {service}.{operation}")

    def _take(self, data: bytes) -> dict[str, str]:
        if self.refuse(data):
            return {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded for shard"}
        self._next_shard += 1
        self.shards[self._next_shard % _SHARDS].put(base64.b64encode(data).decode())
        return {"SequenceNumber": "1"}

    def _queue(self, entry: Mapping[str, Any]) -> None:
        self.queues[entry["QueueUrl"]].put(entry["MessageBody"], entry.get("DelaySeconds", 0))

    def until(self, what: Callable[[], object], *, seconds: float, about: Callable[[], object] = lambda: "") -> None:
        """Lets the clock and the checks go on, side by side, until something is true, which is asked twice a second."""
        deadline, ended, due = time.monotonic() + seconds, threading.Event(), 0.0

        def check() -> None:
            while not ended.is_set():
                self.check()
                ended.wait(1.0)

        checking = threading.Thread(target=check)
        checking.start()
        try:
            while not what():
                began = time.monotonic()
                assert began < deadline, f"it did not come true in {seconds} s: {about()}"
                if began >= due:
                    self.tick()
                    due = began + self.times.tick
                ended.wait(max(0.0, 0.5 - (time.monotonic() - began)))
        finally:
            ended.set()
            checking.join()


class Lost:
    """What ``spoil`` gives for a call that does not get through."""


def _gateway(cluster: Cluster) -> ThreadingHTTPServer:
    """The public address of the webhook's function, on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = cluster.take_webhook(self.path, headers, body)
            cluster.answers[status] += 1
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    gateway = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.daemon_threads = True
    return gateway
