"""Queues and a stream that behave as SQS and Kinesis do where it hurts: late, again, in another order."""

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
    """One message; a copy of it lies in the queue until it is taken for good."""

    due: float
    seq: int
    body: str = field(compare=False)
    id: str = field(compare=False, default_factory=lambda: str(uuid4()))
    receives: int = field(compare=False, default=0)
    gone: bool = field(compare=False, default=False)


class Queue:
    """A standard queue: at least once, in no order, hidden from others for the visibility time-out once received."""

    def __init__(self, *, visibility: float, max_receives: int, seed: int, again: float = 0.0) -> None:
        """
        Args:
            visibility: seconds until what was received and not deleted comes again.
            again: the share of deleted messages that come once more all the same.
        """
        self._visibility, self._max_receives, self._again = visibility, max_receives, again
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

    def receive(self) -> Message | None:
        """The next message that is due, hidden from now on; waits for one, None once the queue is closed."""
        with self._changed:
            while not self._closed:
                message = self._take()
                if message is not None:
                    return message
                wait = self._heap[0].due - time.monotonic() if self._heap else None
                self._changed.wait(wait)
        return None

    def _take(self) -> Message | None:
        now = time.monotonic()
        due: list[Message] = []
        while self._heap and self._heap[0].due <= now and len(due) < 4:
            message = heapq.heappop(self._heap)
            if message.gone:
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
        # What is in the heap is not changed, or its order would be lost.
        chosen.due = now + self._visibility
        heapq.heappush(self._heap, chosen)
        self._changed.notify()
        return chosen

    def delete(self, message: Message) -> None:
        with self._changed:
            message.gone = message.receives > 1 or self._rng.random() >= self._again

    def repeat(self, *, share: float, delay: float) -> None:
        """Lets a share of the messages that are due or taken, even for good, come once more, so many seconds later."""
        now = time.monotonic()
        with self._changed:
            there = [message.body for message in self._heap if message.receives or message.due <= now]
            bodies = [body for body in there if self._rng.random() < share]
        for body in bodies:
            self.put(body, delay)

    def waiting(self) -> int:
        """How many messages are due now."""
        now = time.monotonic()
        with self._changed:
            return sum(not message.gone and message.due <= now for message in self._heap)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def queue_event(message: Message) -> dict[str, Any]:
    """The event that Lambda makes of one SQS message."""
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
        ]
    }


class Shard:
    """One shard: its records in order, a batch again and again (in halves) until it is taken."""

    def __init__(self, *, batch: int, window: float, seed: int, again: float = 0.0) -> None:
        """
        Args:
            window: seconds that a batch is gathered for.
            again: the share of batches that come once more although they were taken.
        """
        self._batch, self._window, self._again = batch, window, again
        self._rng = random.Random(seed)
        self._records: deque[dict[str, Any]] = deque()
        self._seq = itertools.count(1)
        self._changed = threading.Condition()
        self._closed = self._stopped = False
        self._in_hand = 0
        self.history: list[dict[str, Any]] = []

    def put(self, data: str) -> str:
        """Takes a record, base64; gives its place as the recorder knows it."""
        with self._changed:
            number = next(self._seq)
            place = f"shard:{id(self)}-{number}"
            kinesis = {"data": data, "sequenceNumber": str(number), "approximateArrivalTimestamp": time.time()}
            record = {"kinesis": kinesis, "eventID": place}
            self.history.append(record)
            self._records.append(record)
            self._changed.notify()
        return place

    def put_again(self, records: Sequence[dict[str, Any]]) -> None:
        """Records that it had before, to be handed out once more."""
        with self._changed:
            self._records.extend(records)
            self._changed.notify()

    def stop(self) -> None:
        """Nothing is handed out any more until ``go_on``, but for the batch that is in hand."""
        with self._changed:
            self._stopped = True

    def go_on(self) -> None:
        with self._changed:
            self._stopped = False
            self._changed.notify()

    def in_hand(self) -> int:
        """Records of the batch that is handed out now."""
        with self._changed:
            return self._in_hand

    def oldest(self) -> float:
        """For how many seconds the oldest record has been waiting to be handed out."""
        with self._changed:
            if not self._records:
                return 0.0
            arrived: float = self._records[0]["kinesis"]["approximateArrivalTimestamp"]
            return time.time() - arrived

    def waiting(self) -> int:
        """Records that were not taken yet."""
        with self._changed:
            return len(self._records) + self._in_hand

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def poll(self, invoke: Callable[[dict[str, Any]], bool]) -> None:
        """Hands batches out until the shard is closed. ``invoke`` says whether one was taken."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or (self._records and not self._stopped))
                if not self._closed and len(self._records) < self._batch:
                    self._changed.wait_for(lambda: self._closed or len(self._records) >= self._batch, self._window)
                if self._closed:
                    return
                if self._stopped:
                    continue
                batch = [self._records.popleft() for _ in range(min(self._batch, len(self._records)))]
                self._in_hand = len(batch)
            todo: list[Sequence[dict[str, Any]]] = [batch]
            while todo and not self._closed:
                part = todo.pop()
                if not invoke({"Records": list(part)}):
                    half = max(1, len(part) // 2)
                    todo.extend(piece for piece in (part[half:], part[:half]) if piece)
                elif self._rng.random() < self._again:
                    todo.append(part)
            with self._changed:
                self._in_hand = 0
