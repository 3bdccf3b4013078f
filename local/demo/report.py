"""The campaign's result in tables: Hidra's numbers beside the simulator's."""

from collections import Counter
from typing import Any

from rich.table import Table

from local.demo import comparison
from local.demo.client import Client
from local.demo.comparison import Difference
from local.demo.console import BOX, console
from local.demo.simulator_log import SimulatorLog

SHOWN_DIFFERENCES = 20


def compare(client: Client, campaign_id: str, log: SimulatorLog) -> bool:
    """Print metrics, timeline and differences of both sides; True if every recipient and every minute is equal."""
    messages = log.messages()
    recipients = list(client.every(f"/v1/campaigns/{campaign_id}/recipients"))
    points = list(client.every(f"/v1/campaigns/{campaign_id}/timeline"))
    different = comparison.differences(comparison.ours(recipients), comparison.theirs(messages))
    recorded = comparison.moments(recipients)
    in_time = comparison.timeline_differences(points, messages, recorded)
    console.print(_totals(client, campaign_id, log.summary()))
    console.print(_points(points, comparison.timeline(messages, recorded)))
    _print_differences([_line(difference) for difference in different])
    _print_differences(in_time)
    if different:
        console.print(f"[bold red]{len(different)} of {len(recipients)} recipients differ.[/bold red]")
    else:
        console.print(
            f"[bold green]All {len(recipients)} recipients are equal[/bold green]: phone, final state, provider id."
        )
    if in_time:
        console.print(f"[bold red]The timelines differ[/bold red] in {len(in_time)} places.")
    else:
        console.print("[bold green]The timelines are equal[/bold green], minute by minute.")
    return not different and not in_time


def _print_differences(lines: list[str]) -> None:
    for line in lines[:SHOWN_DIFFERENCES]:
        console.print(f"  [red]different[/red] {line}")


def metrics_table(client: Client, campaign_id: str) -> Table:
    """Hidra's metrics alone."""
    table = Table("", "Hidra", title="Metrics", title_justify="left", box=BOX)
    for name, value in client.call("GET", f"/v1/campaigns/{campaign_id}/metrics").items():
        table.add_row(name, str(value))
    return table


def _totals(client: Client, campaign_id: str, summary: dict[str, Any]) -> Table:
    metrics = client.call("GET", f"/v1/campaigns/{campaign_id}/metrics")
    final = summary["final"]
    table = Table("", "Hidra", "simulator", title="Metrics", title_justify="left", box=BOX)
    rows = [
        ("recipients", metrics["total_messages"], summary["received"]),
        ("delivered", metrics["delivered"], final["delivered"] + final["read"]),
        ("failed", metrics["failed"], final["failed"] + final["refused"]),
        ("pending", metrics["pending"], final["sent"]),
        ("skipped", metrics["skipped"], 0),
        ("sent twice", "", summary["duplicates"]),
        ("most requests at once", "", summary["max_open"]),
        ("average delivery, ms", metrics["average_delivery_ms"], ""),
    ]
    for name, ours, theirs in rows:
        table.add_row(name, str(ours), str(theirs))
    return table


def _points(points: list[dict[str, Any]], theirs: dict[str, Counter[str]]) -> Table:
    """Both timelines by Hidra's clock."""
    ours = {point["timestamp"]: point for point in points}
    table = Table(
        "UTC minute", "delivered", "simulator", "failed", "simulator", title="Timeline", title_justify="left", box=BOX
    )
    for minute in sorted({*ours, *theirs}):
        point, their_point = ours.get(minute, {}), theirs.get(minute, Counter[str]())
        cells = [
            point.get("delivered", 0),
            their_point.get("delivered", 0),
            point.get("failed", 0),
            their_point.get("failed", 0),
        ]
        table.add_row(minute[11:16] or minute, *map(str, cells))
    return table


def _line(difference: Difference) -> str:
    ours, theirs = difference.ours, difference.theirs
    left = f"{ours.state} {ours.provider_id}" if ours else "nothing"
    right = f"{theirs.state} {theirs.provider_id}" if theirs else "nothing"
    return f"{difference.phone}: Hidra has {left}, the simulator {right}"
