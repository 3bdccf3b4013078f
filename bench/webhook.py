"""A webhook on a warm process, its put on the stream included: python -m bench webhook.

The handler verifies the signature, reads the event, puts one record and answers. The stream is a server on loopback, in
a process of its own and over TLS. The CPU time is what a Lambda function would compute; the time by the clock adds the
round trip to the server, which shares this machine.
"""

import time
from itertools import cycle
from statistics import median
from typing import Any
from uuid import uuid4

from bench import functions
from bench.results import Result
from bench.server import served

FULL, QUICK = 6_000, 1_500  # webhooks
GOAL_MS, ROUNDS = 0.35, 5
CONNECTIONS = 100  # webhooks of one alone would be slowed down


def measure(size: int) -> list[Result]:
    began = time.monotonic()
    each = max(1, size // ROUNDS)
    with served(functions.SECRETS) as (url, _):
        app = functions.load("evolution_webhook", functions.settings(url))
        events = cycle([_event() for _ in range(CONNECTIONS)])
        wall, cpu = [], []
        for _ in range(ROUNDS + 1):
            at, worked = time.perf_counter(), time.process_time()
            for _ in range(each):
                answer = app.handler(next(events), functions.CONTEXT)
                assert answer["statusCode"] == 200, answer
            wall.append((time.perf_counter() - at) * 1000 / each)
            cpu.append((time.process_time() - worked) * 1000 / each)
    seconds = time.monotonic() - began
    return [
        Result(
            name=f"webhook, warm, with its put, by {what}",
            size=f"{ROUNDS} turns of {each:,}",
            value=median(times[1:]),
            unit="ms",
            goal=f"≤ {GOAL_MS} ms",
            ok=median(times[1:]) <= GOAL_MS,
            seconds=seconds,
        )
        for what, times in (("the clock", wall), ("CPU time", cpu))
    ]


def _event() -> dict[str, Any]:
    """A webhook of a connection of its own."""
    event = functions.event("evolution_webhook_delivered")
    event["pathParameters"]["connection_id"] = str(uuid4())
    return functions.signed(event)
