"""The campaign's progress, from the schedule to its final numbers."""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from local.demo.client import Client
from local.demo.console import console
from local.demo.simulator_log import SimulatorLog
from local.demo.waiting import wait_for
from local.processes import LocalError

# The clock runs once a minute, so a start is at most that late; Evolution's last webhooks follow within seconds.
START_WITHIN_SECONDS = 90
SETTLE_WITHIN_SECONDS = 90
POLL_SECONDS = 1.0
PRINT_SECONDS = 5.0  # between lines, where there is no terminal to draw a bar on


@dataclass(frozen=True)
class Snapshot:
    """The campaign, its metrics, its recipients by state, the number sent, and the simulator's counts."""

    campaign: dict[str, Any]
    metrics: dict[str, Any]
    states: Counter[str]
    sent: int
    simulated: dict[str, Any] | None

    @property
    def total(self) -> int:
        """All recipients of the campaign."""
        return int(self.metrics["total_messages"])


def follow(client: Client, campaign_id: str, log: SimulatorLog | None) -> None:
    """Show the campaign's numbers until they are final, or have not changed for `SETTLE_WITHIN_SECONDS`."""
    path = f"/v1/campaigns/{campaign_id}"
    with console.status("Waiting for EventBridge, which runs the clock once a minute"):
        wait_for(
            "EventBridge to start the campaign",
            seconds=START_WITHIN_SECONDS,
            ready=lambda: client.call("GET", path)["status"] != "scheduled",
        )
    console.print(f"  Started            by EventBridge at {datetime.now(UTC):%H:%M:%S} UTC")
    columns = TextColumn("  {task.description}"), BarColumn(bar_width=30), TimeElapsedColumn()
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=None)
        changed_at, sending_until = time.monotonic(), datetime.now(UTC)
        before: object = None
        printed_at = 0.0
        while True:
            snapshot = _take_snapshot(client, campaign_id, log)
            now = time.monotonic()
            if snapshot.campaign["status"] == "running":
                sending_until = datetime.now(UTC)
            started_at = datetime.fromisoformat(snapshot.campaign["started_at"] or sending_until.isoformat())
            seconds = max(1.0, (sending_until - started_at).total_seconds())
            line = _line(snapshot, per_minute=snapshot.sent / seconds * 60)
            done = snapshot.total - snapshot.states["pending"] - snapshot.states["sending"]
            progress.update(bar, description=line, total=max(1, snapshot.total), completed=done)
            if not console.is_terminal and now - printed_at >= PRINT_SECONDS:
                console.print(f"  {line}")
                printed_at = now
            if snapshot.campaign["blocked_reason"]:
                raise LocalError(f"The campaign is blocked: {snapshot.campaign['blocked_reason']}")
            if _settled(snapshot):
                return
            if (state := (snapshot.metrics, snapshot.campaign["status"], snapshot.states)) != before:
                changed_at, before = now, state
            if now - changed_at > SETTLE_WITHIN_SECONDS:
                console.print(f"  Nothing has changed for {SETTLE_WITHIN_SECONDS} s.")
                return
            time.sleep(max(POLL_SECONDS, snapshot.total / 1_000))


def _take_snapshot(client: Client, campaign_id: str, log: SimulatorLog | None) -> Snapshot:
    path = f"/v1/campaigns/{campaign_id}"
    rows = list(client.every(f"{path}/recipients"))
    return Snapshot(
        client.call("GET", path),
        client.call("GET", f"{path}/metrics"),
        Counter(row["status"] for row in rows),
        sum(row["provider_message_id"] is not None for row in rows),
        log.summary() if log else None,
    )


def _settled(snapshot: Snapshot) -> bool:
    """The campaign has ended, the simulator has posted every webhook, and Hidra has counted them all."""
    simulated, metrics = snapshot.simulated, snapshot.metrics
    if simulated is None or simulated["unsettled"] or snapshot.campaign["status"] not in ("completed", "failed"):
        return False
    final = simulated["final"]
    return (snapshot.states["read"], metrics["delivered"], metrics["failed"], metrics["pending"]) == (
        final["read"],
        final["delivered"] + final["read"],
        final["failed"] + final["refused"],
        final["sent"],
    )


def _line(snapshot: Snapshot, *, per_minute: float) -> str:
    metrics = snapshot.metrics
    return (
        f"sent {snapshot.sent:>4}  delivered {metrics['delivered']:>4}  read {snapshot.states['read']:>4}"
        f"  failed {metrics['failed']:>3}  pending {metrics['pending']:>4}  {per_minute:>4.0f}/min"
    )
