"""What the messages cost on AWS: python -m bench.cost_model [--send-ms MS] [--webhook-ms MS] [--event-ms MS].

Memory, batch sizes and retention come from template.yaml, durations from the results of ``make bench`` or from the
command line. Durations of this machine are not those of Lambda. What cannot be
measured here is an assumption with a name below, and is printed. PostgreSQL, its network and WhatsApp are not included,
nor are the clock, the checks of connections and the calls of the API, which do not grow with the messages.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from bench.results import RESULTS, ROOT, Result, read
from local.expand import load

# List prices of us-east-1 without free tiers, in USD, from aws.amazon.com/{lambda,sqs,kinesis/data-streams,api-gateway,
# cloudwatch}/pricing as known in 2026-11. Check them before you rely on a sum: AWS changes them.
LAMBDA_GB_SECOND = 0.0000133334  # arm64, the first tier
LAMBDA_REQUEST = 0.20 / 1e6
SQS_REQUEST = 0.40 / 1e6  # standard queues
HTTP_API_REQUEST = 1.00 / 1e6
KINESIS_STREAM_HOUR = 0.04  # on demand
KINESIS_GB_IN, KINESIS_GB_OUT = 0.08, 0.04
KINESIS_GB_MONTH = 0.10  # beyond the first 24 hours
LOGS_GB = 0.50

# Assumptions.
STATUSES_A_MESSAGE = 3  # webhooks: sent, delivered, read
RECORD_KB = 1  # Kinesis on demand rounds each record up to a KB
WAIT_SECONDS = 1.5  # a ticket comes 1 to 2 s before its slot (domain/pacing.delay_seconds)
ANSWER_SECONDS = 1.0  # until Evolution answers a post
LOG_BYTES_A_MESSAGE, LOG_BYTES_AN_INVOCATION = 400, 600
HOURS = 720  # of a month
RATES = (60, 600, 6_000)
GOALS = {60: 20, 600: 9}  # USD a million messages


@dataclass(frozen=True)
class Deployment:
    """What template.yaml says: memory in GB, batch sizes in messages or records, retention in hours."""

    sender_gb: float
    webhook_gb: float
    recorder_gb: float
    send_batch: int
    record_batch: int
    record_window: int
    retention_hours: int


@dataclass(frozen=True)
class Durations:
    """Milliseconds of work: of a message in the sender, of a webhook, and of one event in the recorder."""

    send_ms: float
    webhook_ms: float
    event_ms: float


def deployment(path: Path = ROOT / "template.yaml") -> Deployment:
    """Reads the template."""
    template = load(path)
    resources: dict[str, dict[str, Any]] = template["Resources"]
    usual = template["Globals"]["Function"]["MemorySize"]

    def of(name: str) -> dict[str, Any]:
        found: dict[str, Any] = resources[name]["Properties"]
        return found

    def gb(function: str) -> float:
        return float(of(function).get("MemorySize", usual)) / 1024

    return Deployment(
        sender_gb=gb("MessageSenderFunction"),
        webhook_gb=gb("EvolutionWebhookFunction"),
        recorder_gb=gb("DeliveryRecorderFunction"),
        send_batch=of("MessageSenderSource")["BatchSize"],
        record_batch=of("DeliveryRecorderSource")["BatchSize"],
        record_window=of("DeliveryRecorderSource")["MaximumBatchingWindowInSeconds"],
        retention_hours=of("DeliveryStream")["RetentionPeriodHours"],
    )


def durations(path: Path = RESULTS) -> Durations | None:
    """The measured durations; None if a stage that they need has not run."""
    values = {result.name: result.value for result in read(path)}
    try:
        return Durations(
            send_ms=1000 / values["send over HTTPS, one process"],
            webhook_ms=values["webhook, warm, with its put, by the clock"],
            event_ms=1000 / values["recorder, 100 campaigns"],
        )
    except KeyError:
        return None


def costs(rate: int, at: Deployment, took: Durations) -> dict[str, float]:
    """USD a month by service, at so many messages a minute all the time."""
    messages = rate * 60 * HOURS
    tickets = min(at.send_batch, max(1, rate // 60))  # of an invocation: those of one second
    sends, webhooks = messages / tickets, messages * STATUSES_A_MESSAGE
    # On demand a stream has at least four shards, each read by a recorder of its own at most once a window.
    batches = max(webhooks / at.record_batch, min(webhooks, 4 * HOURS * 3600 / max(1, at.record_window)))
    gb = webhooks * RECORD_KB / 1e6
    send_seconds = WAIT_SECONDS + ANSWER_SECONDS + took.send_ms / 1000  # its messages wait side by side
    invocations = sends + webhooks + batches
    return {
        "Lambda, sender": sends * (send_seconds * at.sender_gb * LAMBDA_GB_SECOND + LAMBDA_REQUEST),
        "Lambda, webhook": webhooks * (_billed(took.webhook_ms) * at.webhook_gb * LAMBDA_GB_SECOND + LAMBDA_REQUEST),
        "Lambda, recorder": (
            batches * (_billed(took.event_ms * webhooks / batches) * at.recorder_gb * LAMBDA_GB_SECOND + LAMBDA_REQUEST)
        ),
        # Sent in batches of ten; received and deleted with each invocation.
        "SQS": (messages / 10 + 2 * sends) * SQS_REQUEST,
        "API Gateway": webhooks * HTTP_API_REQUEST,
        "Kinesis": (
            KINESIS_STREAM_HOUR * HOURS
            + gb * (KINESIS_GB_IN + KINESIS_GB_OUT)
            + gb * max(0, at.retention_hours - 24) / HOURS * KINESIS_GB_MONTH
        ),
        "CloudWatch Logs": (
            (messages * LOG_BYTES_A_MESSAGE + (invocations + webhooks) * LOG_BYTES_AN_INVOCATION) / 1e9 * LOGS_GB
        ),
    }


def for_a_million(rate: int, at: Deployment, took: Durations) -> float:
    """USD a million messages, at so many messages a minute all the time."""
    return sum(costs(rate, at, took).values()) / (rate * 60 * HOURS) * 1e6


def rows(at: Deployment, took: Durations) -> list[Result]:
    """The costs that have a goal, as rows of the benchmarks' table."""
    found = {rate: for_a_million(rate, at, took) for rate in GOALS}
    return [
        Result(
            name=f"cost of a million messages at {rate} a minute",
            size="a model from the durations above",
            value=value,
            unit="USD",
            goal=f"≤ {GOALS[rate]} USD",
            ok=value <= GOALS[rate],
            seconds=0.0,
        )
        for rate, value in found.items()
    ]


def report(at: Deployment, took: Durations) -> str:
    """The costs as lines of text: for each rate USD a month, and USD a million messages."""
    found = {rate: costs(rate, at, took) for rate in RATES}
    lines = [
        f"{at}",
        f"{took}",
        f"assumed: {STATUSES_A_MESSAGE} webhooks a message, {WAIT_SECONDS} s for the slot, {ANSWER_SECONDS} s for "
        "Evolution, an invocation for the tickets of each second; PostgreSQL not included",
        "USD a month" + "".join(f"{f'{rate:,}/min':>14}" for rate in RATES),
    ]
    for service in found[RATES[0]]:
        lines.append(
            f"{service:17}" + "".join(f"{found[rate][service]:>14,.2f}" for rate in RATES).removeprefix(6 * " ")
        )
    lines.append(
        f"{'in all':17}" + "".join(f"{sum(found[rate].values()):>14,.2f}" for rate in RATES).removeprefix(6 * " ")
    )
    lines.append(
        f"{'for a million':17}"
        + "".join(f"{for_a_million(rate, at, took):>14,.2f}" for rate in RATES).removeprefix(6 * " ")
    )
    return "\n".join(lines)


def _billed(milliseconds: float) -> float:
    """Seconds as Lambda bills them, in whole milliseconds."""
    return ceil(milliseconds) / 1000


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.cost_model")
    names = ("send", "webhook", "event")
    for name in names:
        parser.add_argument(f"--{name}-ms", type=float)
    given = vars(parser.parse_args(arguments))
    chosen = {f"{name}_ms": value for name in names if (value := given[f"{name}_ms"]) is not None}
    measured = durations()
    if measured is None and len(chosen) < len(names):
        parser.error("run `make bench` first, or give every duration")
    print(report(deployment(), Durations(**{**(vars(measured) if measured else {}), **chosen})))


if __name__ == "__main__":
    main(sys.argv[1:])
