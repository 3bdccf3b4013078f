"""All of Hidra's workers as processes that can be killed, with a broker in the place of AWS, PostgreSQL and the simulator.

The test's process plays AWS: it delivers queue messages and stream batches, delivers them again until they are
acknowledged, and turns webhooks into API Gateway's events. Only the product's own functions process messages.
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
from pathlib import Path
from typing import Any, Self
from uuid import UUID, uuid4

from nacl.public import PrivateKey
from psycopg.rows import dict_row

from hidra.domain.nudge import CampaignNudge
from hidra.domain.ticket import Ticket
from tests.chaos.broker import Message, Queue, Shard, queue_event
from tests.chaos.fork_server import ROOT, ForkServer, Pool, Reply
from tests.chaos.kill_plan import KillPlan
from tests.chaos.loopback import PostServer
from tests.chaos.simulator import Simulator
from tests.conftest import Databases

VAULT_KEY = PrivateKey(bytes(range(32)))
PUBLIC_KEYS = {"v1": base64.b64encode(bytes(VAULT_KEY.public_key)).decode()}
PHONE_HASH_SECRET = "test"
WEBHOOK_KEYS = {"k1": "a master key of the chaos tests"}
A_DAY_LATER = 25 * 3600
"""Seconds after which a check gives up every message in doubt that Evolution does not know."""
_SHARDS = 2
_CHECK_EVERY = 2.0  # seconds between two checks of the connections
_SENDS_AT_ONCE = 5  # in one worker; with the 10 of the template fewer kills would end as many messages


@dataclass(frozen=True)
class Times:
    """Seconds, with production's value in the comment. They are shorter here but keep production's order by length."""

    send_timeout: float = 2.5  # 90; the simulator's slow phones take 1.6
    sender_timeout: float = 4.0  # 120
    function_timeout: float = 120.0  # of message_sender, as in production
    latest_after_slot: float = 0.5  # 0.5; a claim that comes later is released
    confirmation_patience: float = 20.0  # an opt-out confirmation waits so long for its turn
    sender_lost_after: int = 5  # 180
    visibility: float = 3.0  # 720
    advance_visibility: float = 3.0  # 1800
    probe_every: float = 0.2  # 300
    repeat_share: float = 0.01  # not seconds: the share of acknowledged messages that is delivered once more
    tick: float = 0.5  # 60; from one tick of the clock to the next


PATIENT = Times(tick=2.5, latest_after_slot=1.5, visibility=6.0)
"""For scenarios that audit no pace. Few tickets find no work: a pass issues those of the next two seconds again, a busy
machine makes claims late, and a batch that takes longer than its visibility timeout is delivered again."""


@dataclass(frozen=True)
class Sizes:
    """The number of workers of each function."""

    send: int = 10
    advance: int = 2
    webhook: int = 2
    clock: int = 1
    check: int = 1


@dataclass
class Cluster:
    """The running workers. ``tick`` is the clock's event of each minute, ``check`` the connections' of every five."""

    databases: Databases
    simulator: Simulator
    seed: int
    times: Times = field(default_factory=Times)
    sizes: Sizes = field(default_factory=Sizes)
    connection_share: int = 100  # percent; as in production it would leave a connection one of these few senders
    refuse: Callable[[bytes], bool] = lambda _: False  # whether the stream refuses this record of a batch

    def __post_init__(self) -> None:
        times, seed = self.times, self.seed
        self.plan = KillPlan(seed)
        self.queues = {
            "campaign": self._queue_of(times.advance_visibility, seed),
            "send": self._queue_of(times.visibility, seed + 1),
        }
        self.shards = [Shard(batch=500, window=0.15, seed=seed + at, repeat_share=0.02) for at in range(_SHARDS)]
        self.errors: list[str] = []
        self.webhook_statuses: Counter[int] = Counter()  # HTTP statuses of the answers to webhooks
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
            options: ``times``, ``sizes``, ``connection_share``, ``refuse``.
        """
        with ExitStack() as stack:
            # A webhook that failed is posted again until it succeeds.
            simulator = stack.enter_context(
                Simulator.running(
                    "--seed", str(seed), "--retry-attempts", "200", "--retry-initial-seconds", "0.3",
                    "--retry-max-seconds", "2",
                )
            )  # fmt: skip
            cluster = cls(databases, simulator, seed, **options)
            gateway = stack.enter_context(PostServer(cluster._answer_webhook))
            environment = cluster._environment(gateway.url)
            fork_server = stack.enter_context(ForkServer.open(environment, folder / "workers.log"))
            cluster._start(fork_server)
            stack.callback(cluster._stop)
            stack.enter_context(gateway.serving())
            yield cluster

    def _queue_of(self, visibility: float, seed: int) -> Queue:
        return Queue(visibility=visibility, max_receives=50, seed=seed, repeat_share=self.times.repeat_share)

    def _answer_webhook(self, path: str, headers: Mapping[str, str], body: str) -> tuple[int, str]:
        status, answer = self.receive_webhook(path, headers, body)
        self.webhook_statuses[status] += 1
        return status, answer

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
            "latest_after_slot": times.latest_after_slot,
            "confirmation_patience": times.confirmation_patience,
            "probe_every": times.probe_every,
        }
        return {
            **os.environ,
            **self.databases.settings,
            "PYTHONPATH": f"{ROOT / 'layers' / 'hidra'}{os.pathsep}{ROOT}",
            "POWERTOOLS_LOG_LEVEL": os.environ.get("CHAOS_LOG_LEVEL", "WARNING"),
            "DATABASE_SECRET": "jobs",
            "VAULT_SECRET": "vault",
            "WEBHOOK_SECRET": "webhook",
            "PHONE_HASH_SECRET": "phone-hash",
            "CAMPAIGN_QUEUE_URL": "campaign",
            "SEND_QUEUE_URL": "send",
            "IMPORT_QUEUE_URL": "import",
            "EXPORT_QUEUE_URL": "export",
            "DELIVERY_STREAM": "stream",
            "PUBLIC_URL": public_url,
            "IMPORT_BUCKET": "none",
            "ALLOW_PRIVATE_ADDRESSES": "true",
            "SENDER_CONCURRENCY": str(self.sizes.send),
            "CONNECTION_SHARE": str(self.connection_share),
            "SENDER_LOST_AFTER_SECONDS": str(times.sender_lost_after),
            "CHAOS_CONSTANTS": json.dumps(constants),
        }

    def _start(self, fork_server: ForkServer) -> None:
        sizes = {**vars(self.sizes), "record": _SHARDS}
        # Lambda's timeouts; only a stopped or starved sender reaches one.
        timeouts = {
            "advance": 300, "send": self.times.function_timeout, "record": 60, "webhook": 10, "clock": 50, "check": 300,
        }  # fmt: skip
        for part, size in sizes.items():
            self._pools[part] = Pool(part, size, fork_server=fork_server, serve=self.serve, seconds=timeouts[part])
        for name, part in (("campaign", "advance"), ("send", "send")):
            for _ in range(sizes[part]):
                self._threads.append(threading.Thread(target=self._consume, args=(self.queues[name], part)))
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
        """Invokes a function as Lambda does; the kill plan may kill its worker."""
        armed = self.plan.arm(part)
        reply = self._pools[part].invoke(event, armed)
        self.plan.record(part, armed, reply)
        if reply.error:
            self.errors.append(f"{part}: {reply.error}")
        return reply

    def _consume(self, queue: Queue, part: str) -> None:
        most = _SENDS_AT_ONCE if part == "send" else 1
        while messages := queue.receive(most):
            reply = self.invoke(part, queue_event(*messages))
            # A message that failed or was never answered is delivered again after its visibility timeout.
            if reply.failed:
                continue
            failed = {failure["itemIdentifier"] for failure in reply.result["batchItemFailures"]}
            for message in messages:
                if message.id not in failed:
                    queue.delete(message)

    def warm_senders(self) -> None:
        """Lets each sender connect to the database and read its secrets, with a ticket for a campaign that is gone."""
        gone = Ticket(uuid4(), uuid4(), uuid4(), uuid4())
        self._pools["send"].warm(queue_event(Message(0, 0, gone.to_json())))

    def nudge(self, *, user_id: UUID, campaign_id: UUID) -> None:
        """Asks for a pass of a campaign."""
        self.queues["campaign"].put(CampaignNudge(user_id, campaign_id).to_json())

    def tick(self) -> Reply:
        """The clock's event."""
        return self.invoke("clock", {})

    def check(self, *, later_seconds: float = 0) -> Reply:
        """The event of the connections' check. It resolves messages in doubt as if so many seconds had passed."""
        return self.invoke("check", {"later_seconds": later_seconds})

    def receive_webhook(self, path: str, headers: Mapping[str, str], body: str) -> tuple[int, str]:
        """Passes a webhook to its function, as API Gateway does; returns its answer, or 502 if its worker failed."""
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
        """Plays AWS for one call of a worker."""
        match service, operation:
            case "secrets", "GetSecretValue":
                return {"SecretString": self._secrets[params["SecretId"]], "CreatedDate": 0.0}
            case "sqs", "SendMessage":
                self._enqueue(params)
                return {"MessageId": "1"}
            case "sqs", "SendMessageBatch":
                for entry in params["Entries"]:
                    self._enqueue({"QueueUrl": params["QueueUrl"], **entry})
                return {"Successful": [{"Id": entry["Id"]} for entry in params["Entries"]], "Failed": []}
            case "kinesis", "PutRecords":
                results = [self._put_record(base64.b64decode(entry["Data"])) for entry in params["Records"]]
                return {"FailedRecordCount": sum("ErrorCode" in result for result in results), "Records": results}
        raise AssertionError(f"the cluster does not play {service}.{operation}")

    def _put_record(self, data: bytes) -> dict[str, str]:
        if self.refuse(data):
            return {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded for shard"}
        self._next_shard += 1
        self.shards[self._next_shard % _SHARDS].put(base64.b64encode(data).decode())
        return {"SequenceNumber": "1"}

    def _enqueue(self, entry: Mapping[str, Any]) -> None:
        self.queues[entry["QueueUrl"]].put(entry["MessageBody"], entry.get("DelaySeconds", 0))

    def run_until(self, reached: Callable[[], object], *, seconds: float, state: Callable[[], object]) -> None:
        """Runs the clock and the checks side by side until a condition is true, which is tested twice a second.

        The clock waits for workers that are behind, as in its minute of production they use every ticket that is due.
        Otherwise each pass on a busy machine would issue tickets anew for recipients whose tickets still wait.

        Raises:
            AssertionError: it is still false after so many seconds; with ``state``.
        """
        deadline, ended, due = time.monotonic() + seconds, threading.Event(), 0.0

        def check() -> None:
            while not ended.is_set():
                self.check()
                ended.wait(_CHECK_EVERY)

        checking = threading.Thread(target=check)
        checking.start()
        try:
            while not reached():
                began = time.monotonic()
                assert began < deadline, f"the condition is still false after {seconds} s: {state()}"
                if began >= due and not self._is_behind():
                    self.tick()
                    due = began + self.times.tick
                ended.wait(max(0.0, 0.5 - (time.monotonic() - began)))
        finally:
            ended.set()
            checking.join()

    def _is_behind(self) -> bool:
        """Whether more messages wait in a queue than its workers take at once."""
        senders = self.sizes.send * _SENDS_AT_ONCE
        return self.queues["send"].waiting() > senders or self.queues["campaign"].waiting() > self.sizes.advance

    def is_settled(self) -> bool:
        """Whether the simulator has nothing more to do and every record of the stream is processed."""
        return self.simulator.summary()["unsettled"] == 0 and not any(shard.waiting() for shard in self.shards)

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """Runs a statement as the database's owner."""
        with self.databases.owner.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(sql, params).fetchall()
