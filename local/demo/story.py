"""A campaign from a CSV file to exact metrics, told as it happens."""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import requests
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from local.demo import truth
from local.demo.client import Client
from local.demo.recipients import Contact
from local.demo.truth import Difference, Simulator
from local.processes import LocalError
from local.stack import SENDERS, Stack

PER_MINUTE = 600
CONCURRENT_SENDS = 10
BODY = "Olá {{nome}}! Você que mora em {{cidade}} já tem {{pontos}} pontos. Responda SAIR para não receber mais."
# The clock looks once a minute, so a start is at most that late; what Evolution still has to tell follows in seconds.
START_WITHIN_SECONDS = 90
SETTLE_WITHIN_SECONDS = 90
POLL_SECONDS = 1.0
PRINT_SECONDS = 5.0  # where there is no terminal to draw a bar on

# Lines may be longer than a narrow terminal; breaking them is its own affair.
console = Console(highlight=False, soft_wrap=True)
_BOX = box.HEAVY_HEAD if console.is_terminal else None


@dataclass(frozen=True)
class Watched:
    """One look: the campaign, its metrics, its recipients by state, how many were sent, and the simulator's counts."""

    campaign: dict[str, Any]
    metrics: dict[str, Any]
    states: Counter[str]
    sent: int
    truth: dict[str, Any] | None


def tell(stack: Stack, contacts: Sequence[Contact], *, source: str) -> bool:
    """Runs the campaign on a running stack; True if our numbers equal the simulator's for every recipient.

    Raises:
        LocalError: something did not work or took too long; the message says what.
    """
    instance = os.environ.get("EVOLUTION_INSTANCE") or f"demo-{uuid4().hex[:8]}"
    simulated = "EVOLUTION_URL" not in os.environ
    if simulated:
        _make_instance(stack, instance)
    # A tenant of its own, so that a second demo on the same database starts from nothing too.
    client = Client(stack.api_url, stack.token(sub=str(uuid4()), email="demo@example.com", name="Demo"))
    campaign_id = _prepare(client, stack, instance, contacts, source)
    simulator = Simulator(stack.evolution_url, instance) if simulated else None
    with console.status("Starting the sending processes while there is time"):
        stack.warm("message_sender", SENDERS)
    _watch(client, campaign_id, simulator)
    if simulator is None:
        console.print(_summary(client, campaign_id))
        console.print("A real Evolution server keeps no log to compare with.")
        return True
    return _compare(client, campaign_id, simulator)


def _make_instance(stack: Stack, instance: str) -> None:
    headers = {"apikey": stack.evolution_api_key}
    created = requests.post(
        f"{stack.evolution_url}/instance/create",
        json={"instanceName": instance, "integration": "WHATSAPP-BAILEYS", "qrcode": True},
        headers=headers,
        timeout=10,
    )
    created.raise_for_status()
    requests.post(f"{stack.evolution_url}/_control/instances/{instance}/scan", json={}, timeout=10).raise_for_status()
    state = f"{stack.evolution_url}/instance/connectionState/{instance}"
    _wait(
        "the simulated phone to connect",
        15,
        lambda: requests.get(state, headers=headers, timeout=10).json()["instance"]["state"] == "open",
    )


def _prepare(client: Client, stack: Stack, instance: str, contacts: Sequence[Contact], source: str) -> str:
    """Everything up to the schedule; gives the campaign's id."""
    config = client.call(
        "PUT",
        "/v1/evolution-config",
        {
            "base_url": stack.evolution_url,
            "instance_name": instance,
            "api_key": stack.evolution_api_key,
            "integration": "baileys",
            "max_messages_per_minute": PER_MINUTE,
            "max_concurrent_sends": CONCURRENT_SENDS,
        },
    )
    if config["status"] != "connected":
        raise LocalError(f"The Evolution connection is {config['status']}: {config['error_message']}")
    console.print(f"  Evolution config   {instance} is {config['status']}, its key sealed, our webhook set")
    segment = client.call("POST", "/v1/segments", {"name": source})
    for start in range(0, len(contacts), 1_000):
        part = {"contacts": contacts[start : start + 1_000], "segment_id": segment["id"]}
        client.call("POST", "/v1/contacts", part)
    total = client.call("GET", f"/v1/segments/{segment['id']}")["total_contacts"]
    console.print(f"  Contacts           {total} recipients from {source}")
    template = client.call(
        "POST", "/v1/templates", {"title": "Pontos", "body": BODY, "variables": ["nome", "cidade", "pontos"]}
    )
    example = {"variables": {"nome": "Ana", "cidade": "Recife", "pontos": "70"}}
    preview = client.call("POST", f"/v1/templates/{template['id']}/preview", example)
    console.print(f"  Template           {preview['text']}")
    campaign = client.call(
        "POST",
        "/v1/campaigns",
        {
            "name": "Demo",
            "segment_id": segment["id"],
            "template_id": template["id"],
            "external_id": f"demo-{uuid4()}",
            "max_messages_per_minute": PER_MINUTE,
        },
    )
    at = datetime.now(UTC) + timedelta(seconds=3)
    client.call("POST", f"/v1/campaigns/{campaign['id']}/schedule", {"scheduled_at": at.isoformat()})
    console.print(f"  Campaign           scheduled for {at:%H:%M:%S} UTC at {PER_MINUTE} messages per minute")
    campaign_id: str = campaign["id"]
    return campaign_id


def _watch(client: Client, campaign_id: str, simulator: Simulator | None) -> None:
    """Shows the campaign's numbers until nothing more will happen to it."""
    path = f"/v1/campaigns/{campaign_id}"
    with console.status("Waiting for EventBridge, which looks once a minute"):
        _wait(
            "EventBridge to start the campaign",
            START_WITHIN_SECONDS,
            lambda: client.call("GET", path)["status"] != "scheduled",
        )
    console.print(f"  Started            by EventBridge at {datetime.now(UTC):%H:%M:%S} UTC")
    columns = TextColumn("  {task.description}"), BarColumn(bar_width=30), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=None)
        changed_at, sending_until = time.monotonic(), datetime.now(UTC)
        before: object = None
        printed_at = 0.0
        while True:
            seen = _look(client, campaign_id, simulator)
            now = time.monotonic()
            if seen.campaign["status"] == "running":
                sending_until = datetime.now(UTC)
            sending = sending_until - datetime.fromisoformat(seen.campaign["started_at"] or sending_until.isoformat())
            line = _line(seen, per_minute=seen.sent / max(1.0, sending.total_seconds()) * 60)
            done = seen.metrics["total_messages"] - seen.states["pending"] - seen.states["sending"]
            progress.update(bar, description=line, total=max(1, seen.metrics["total_messages"]), completed=done)
            if not console.is_terminal and now - printed_at >= PRINT_SECONDS:
                console.print(f"  {line}")
                printed_at = now
            if seen.campaign["blocked_reason"]:
                raise LocalError(f"The campaign is blocked: {seen.campaign['blocked_reason']}")
            if _settled(seen):
                return
            if (state := (seen.metrics, seen.campaign["status"], seen.states)) != before:
                changed_at, before = now, state
            if now - changed_at > SETTLE_WITHIN_SECONDS:
                console.print(f"  Nothing has changed for {SETTLE_WITHIN_SECONDS} s.")
                return
            time.sleep(max(POLL_SECONDS, seen.metrics["total_messages"] / 1_000))


def _look(client: Client, campaign_id: str, simulator: Simulator | None) -> Watched:
    path = f"/v1/campaigns/{campaign_id}"
    rows = list(client.every(f"{path}/recipients"))
    return Watched(
        client.call("GET", path),
        client.call("GET", f"{path}/metrics"),
        Counter(row["status"] for row in rows),
        sum(row["provider_message_id"] is not None for row in rows),
        simulator.summary() if simulator else None,
    )


def _settled(seen: Watched) -> bool:
    """The campaign has ended, the simulator has told everything, and what it told is counted."""
    if seen.truth is None or seen.truth["unsettled"] or seen.campaign["status"] not in ("completed", "failed"):
        return False
    final, metrics = seen.truth["final"], seen.metrics
    return (seen.states["read"], metrics["delivered"], metrics["failed"], metrics["pending"]) == (
        final["read"],
        final["delivered"] + final["read"],
        final["failed"] + final["refused"],
        final["sent"],
    )


def _line(seen: Watched, *, per_minute: float) -> str:
    metrics = seen.metrics
    return (
        f"sent {seen.sent:>4}  delivered {metrics['delivered']:>4}  read {seen.states['read']:>4}"
        f"  failed {metrics['failed']:>3}  pending {metrics['pending']:>4}  {per_minute:>4.0f}/min"
    )


def _compare(client: Client, campaign_id: str, simulator: Simulator) -> bool:
    messages = simulator.messages()
    our_side = truth.ours(client.every(f"/v1/campaigns/{campaign_id}/recipients"))
    their_side = truth.theirs(messages)
    different = truth.differences(our_side, their_side)
    console.print(_totals(client, campaign_id, simulator.summary()))
    console.print(_points(client, campaign_id, messages))
    for difference in different[:20]:
        console.print(f"  [red]different[/red] {_told(difference)}")
    if different:
        console.print(f"[bold red]{len(different)} of {len(our_side)} recipients differ.[/bold red]")
    else:
        console.print(
            f"[bold green]All {len(our_side)} recipients are equal[/bold green]: phone, final state, provider id."
        )
    return not different


def _totals(client: Client, campaign_id: str, summary: dict[str, Any]) -> Table:
    metrics = client.call("GET", f"/v1/campaigns/{campaign_id}/metrics")
    final = summary["final"]
    table = Table("", "Hidra", "simulator", title="Metrics", title_justify="left", box=_BOX)
    rows = [
        ("recipients", metrics["total_messages"], summary["received"]),
        ("delivered", metrics["delivered"], final["delivered"] + final["read"]),
        ("failed", metrics["failed"], final["failed"] + final["refused"]),
        ("pending", metrics["pending"], final["sent"]),
        ("skipped", metrics["skipped"], 0),
        ("sent twice", "", summary["duplicates"]),
        ("open requests at most", "", summary["max_open"]),
        ("average delivery, ms", metrics["average_delivery_ms"], ""),
    ]
    for name, ours, theirs in rows:
        table.add_row(name, str(ours), str(theirs))
    return table


def _points(client: Client, campaign_id: str, messages: list[dict[str, Any]]) -> Table:
    ours = {point["timestamp"]: point for point in client.every(f"/v1/campaigns/{campaign_id}/timeline")}
    theirs = truth.timeline(messages)
    table = Table(
        "UTC minute", "delivered", "simulator", "failed", "simulator", title="Timeline", title_justify="left", box=_BOX
    )
    for minute in sorted({*ours, *theirs}):
        point, their_point = ours.get(minute, {}), theirs.get(minute, Counter[str]())
        cells = [
            point.get("delivered", 0),
            their_point.get("delivered", 0),
            point.get("failed", 0),
            their_point.get("failed", 0),
        ]
        table.add_row(minute[11:16], *map(str, cells))
    return table


def _summary(client: Client, campaign_id: str) -> Table:
    table = Table("", "Hidra", title="Metrics", title_justify="left", box=_BOX)
    for name, value in client.call("GET", f"/v1/campaigns/{campaign_id}/metrics").items():
        table.add_row(name, str(value))
    return table


def _told(difference: Difference) -> str:
    ours, theirs = difference.ours, difference.theirs
    left = f"{ours.state} {ours.provider_id}" if ours else "nothing"
    right = f"{theirs.state} {theirs.provider_id}" if theirs else "nothing"
    return f"{difference.phone}: Hidra says {left}, the simulator {right}"


def _wait(what: str, seconds: float, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise LocalError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(0.3)
