"""Queues and a stream that deliver late, twice and in another order, as SQS and Kinesis may."""

import heapq
import itertools
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4


@dataclass(order=True)
class Message:
    """One message, in the queue until it is deleted."""

    due: float
    seq: int
    body: str = field(compare=False)
    id: str = field(compare=False, default_factory=lambda: str(uuid4()))
    receives: int = field(compare=False, default=0)
    deleted: bool = field(compare=False, default=False)


class Queue:
    """A standard queue: delivers at least once, in no order; a received message is hidden for the visibility timeout."""

    def __init__(self, *, visibility: float, max_receives: int, seed: int, repeat_share: float = 0.0) -> None:
        """
        Args:
            visibility: seconds until a message that was received and not deleted is delivered again.
            repeat_share: the share of deleted messages that are delivered once more.
        """
        self._visibility, self._max_receives, self._repeat_share = visibility, max_receives, repeat_share
        self._rng = random.Random(seed)
        self._heap: list[Message] = []
        self._seq = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self.dead: list[Message] = []
        self.sent = self.delivered = 0

    def put(self, body: str, delay: float = 0.0) -> None:
        with self._changed:
            heapq.heappush(self._heap, Message(time.monotonic() + delay, next(self._seq), body))
            self.sent += 1
            self._changed.notify()

    def receive(self, most: int = 1) -> list[Message]:
        """Waits for due messages and hides up to so many of them; returns none once the queue is closed."""
        with self._changed:
            while not self._closed:
                taken = list(itertools.islice(iter(self._take, None), most))
                if taken:
                    return taken
                wait = self._heap[0].due - time.monotonic() if self._heap else None
                self._changed.wait(wait)
        return []

    def _take(self) -> Message | None:
        now = time.monotonic()
        due: list[Message] = []
        while self._heap and self._heap[0].due <= now and len(due) < 4:
            message = heapq.heappop(self._heap)
            if message.deleted:
                continue
            if message.receives >= self._max_receives:
                self.dead.append(message)
                continue
            due.append(message)
        if not due:
            return None
        chosen = due.pop(self._rng.randrange(len(due)))
        for other in due:
            heapq.heappush(self._heap, other)
        chosen.receives += 1
        self.delivered += 1
        # Only a message outside the heap is changed: a change inside it would break the heap's order.
        chosen.due = now + self._visibility
        heapq.heappush(self._heap, chosen)
        self._changed.notify()
        return chosen

    def delete(self, message: Message) -> None:
        with self._changed:
            message.deleted = message.receives > 1 or self._rng.random() >= self._repeat_share

    def repeat(self, *, share: float, delay: float) -> None:
        """Delivers a share of the due, received and deleted messages once more, ``delay`` seconds later."""
        now = time.monotonic()
        with self._changed:
            known = [message.body for message in self._heap if message.receives or message.due <= now]
            bodies = [body for body in known if self._rng.random() < share]
        for body in bodies:
            self.put(body, delay)

    def waiting(self) -> int:
        """Returns how many messages are due now."""
        now = time.monotonic()
        with self._changed:
            return sum(not message.deleted and message.due <= now for message in self._heap)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def queue_event(*messages: Message) -> dict[str, Any]:
    """The event that Lambda makes of a batch of SQS messages."""
    return {
        "Records": [
            {
                "messageId": message.id,
                "receiptHandle": message.id,
                "body": message.body,
                "attributes": {"ApproximateReceiveCount": str(message.receives)},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:cluster",
                "awsRegion": "us-east-1",
            }
            for message in messages
        ]
    }


class Shard:
    """One shard: delivers its records in order, and retries a failed batch in halves until it succeeds."""

    def __init__(self, *, batch: int, window: float, seed: int, repeat_share: float = 0.0) -> None:
        """
        Args:
            window: seconds that a batch is gathered for.
            repeat_share: the share of batches that are delivered once more although they succeeded.
        """
        self._batch, self._window, self._repeat_share = batch, window, repeat_share
        self._rng = random.Random(seed)
        self._records: deque[dict[str, Any]] = deque()
        self._seq = itertools.count(1)
        self._changed = threading.Condition()
        self._closed = self._paused = False
        self._in_flight = 0
        self.history: list[dict[str, Any]] = []

    def put(self, data: str) -> str:
        """Adds a record, base64; returns its position in the stream, which the recorder stores."""
        with self._changed:
            number = next(self._seq)
            position = f"shard:{id(self)}-{number}"
            kinesis = {"data": data, "sequenceNumber": str(number), "approximateArrivalTimestamp": time.time()}
            record = {"kinesis": kinesis, "eventID": position}
            self.history.append(record)
            self._records.append(record)
            self._changed.notify()
        return position

    def put_again(self, records: Sequence[dict[str, Any]]) -> None:
        """Delivers records of its history once more."""
        with self._changed:
            self._records.extend(records)
            self._changed.notify()

    def pause(self) -> None:
        """Delivers no new batch until ``resume``; a batch in flight ends first."""
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        with self._changed:
            self._paused = False
            self._changed.notify()

    def in_flight(self) -> int:
        """Returns the number of records in the batch that is being delivered."""
        with self._changed:
            return self._in_flight

    def oldest(self) -> float:
        """Returns for how many seconds the oldest record has waited for its delivery."""
        with self._changed:
            if not self._records:
                return 0.0
            arrived: float = self._records[0]["kinesis"]["approximateArrivalTimestamp"]
            return time.time() - arrived

    def waiting(self) -> int:
        """Returns the number of records that are not processed yet."""
        with self._changed:
            return len(self._records) + self._in_flight

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def poll(self, invoke: Callable[[dict[str, Any]], bool]) -> None:
        """Delivers batches until the shard is closed. ``invoke`` returns whether a batch succeeded."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or (self._records and not self._paused))
                if not self._closed and len(self._records) < self._batch:
                    self._changed.wait_for(lambda: self._closed or len(self._records) >= self._batch, self._window)
                if self._closed:
                    return
                if self._paused:
                    continue
                batch = [self._records.popleft() for _ in range(min(self._batch, len(self._records)))]
                self._in_flight = len(batch)
            todo: list[Sequence[dict[str, Any]]] = [batch]
            while todo and not self._closed:
                part = todo.pop()
                if not invoke({"Records": list(part)}):
                    half = max(1, len(part) // 2)
                    todo.extend(piece for piece in (part[half:], part[:half]) if piece)
                elif self._rng.random() < self._repeat_share:
                    todo.append(part)
            with self._changed:
                self._in_flight = 0
