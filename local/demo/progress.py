"""The campaign's progress, from the schedule to its final numbers."""

import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.live import Live
from rich.text import Text

from local.demo.client import Client
from local.demo.console import console
from local.demo.simulator_log import SimulatorLog
from local.demo.waiting import wait_for
from local.processes import LocalError

# The clock runs once a minute, so a start is at most that late; Evolution's last webhooks follow within seconds.
START_WITHIN_SECONDS = 90
SETTLE_WITHIN_SECONDS = 90
POLL_SECONDS = 1.0
SHORTEST_BAR, LONGEST_BAR = 8, 30
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
    with console.status("Waiting for the clock, up to a minute"):
        wait_for(
            "EventBridge to start the campaign",
            seconds=START_WITHIN_SECONDS,
            ready=lambda: client.call("GET", path)["status"] != "scheduled",
        )
    console.print(f"  Started            at {datetime.now(UTC):%H:%M:%S} UTC")
    shown = _Shown()
    changed_at, sending_until = time.monotonic(), datetime.now(UTC)
    before: object = None
    with Live(shown, console=console, refresh_per_second=4) if console.is_terminal else contextlib.nullcontext():
        while True:
            snapshot = _take_snapshot(client, campaign_id, log)
            now = time.monotonic()
            if snapshot.campaign["status"] == "running":
                sending_until = datetime.now(UTC)
            started_at = datetime.fromisoformat(snapshot.campaign["started_at"] or sending_until.isoformat())
            seconds = max(1.0, (sending_until - started_at).total_seconds())
            shown.update(snapshot, per_minute=snapshot.sent / seconds * 60)
            # With only doubts left, the numbers can still be compared.
            if snapshot.campaign["blocked_code"] not in (None, "outcomes-in-doubt"):
                raise LocalError(f"The campaign is blocked: {snapshot.campaign['blocked_reason']}")
            if _settled(snapshot):
                return
            if (state := (snapshot.metrics, snapshot.campaign["status"], snapshot.states)) != before:
                changed_at, before = now, state
            if now - changed_at > SETTLE_WITHIN_SECONDS:
                console.print(f"  Nothing has changed for {SETTLE_WITHIN_SECONDS} s.")
                return
            time.sleep(max(POLL_SECONDS, snapshot.total / 1_000))


class _Shown:
    """The newest snapshot: on a terminal one line with a bar that fits its width, elsewhere a line now and then."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._printed_at = 0.0
        self._texts, self._share = [""], 0.0

    def update(self, snapshot: Snapshot, *, per_minute: float) -> None:
        done = snapshot.total - snapshot.states["pending"] - snapshot.states["sending"]
        self._texts, self._share = _texts(snapshot, per_minute=per_minute), done / max(1, snapshot.total)
        if not console.is_terminal and time.monotonic() - self._printed_at >= PRINT_SECONDS:
            console.print(f"  {self._texts[0]}")
            self._printed_at = time.monotonic()

    def __rich__(self) -> Text:
        seconds = int(time.monotonic() - self._began)
        bar = "#-" if console.options.ascii_only else "━─"
        # One column less: a terminal may wrap a line that fills it.
        line = bar_line(self._texts, self._share, seconds, width=console.width - 1, bar=bar)
        return Text(line, no_wrap=True, overflow="crop", end="")


def bar_line(texts: Sequence[str], share: float, seconds: int, *, width: int, bar: str = "━─") -> str:
    """A line of at most `width` columns: the longest of the texts that leaves room for the bar, the bar, the time.

    `share` is how much of the bar is full, from 0 to 1. `bar` has its full and its empty sign.
    """
    time_text = f"{seconds // 60}:{seconds % 60:02d}"
    for text in texts:
        room = width - len(f"  {text}    {time_text}")
        if room >= SHORTEST_BAR:
            return f"  {text}  {_bar(min(room, LONGEST_BAR), share, bar)}  {time_text}"
    room = width - len(texts[-1]) - 1
    return f"{texts[-1]} {_bar(room, share, bar)}" if room > 0 else texts[-1][: max(0, width)]


def _bar(length: int, share: float, signs: str) -> str:
    full = min(length, int(length * share))
    return signs[0] * full + signs[1] * (length - full)


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


def _texts(snapshot: Snapshot, *, per_minute: float) -> list[str]:
    """The numbers in words, the longest text first, for terminals of any width."""
    metrics = snapshot.metrics
    delivered, failed, pending = metrics["delivered"], metrics["failed"], metrics["pending"]
    return [
        f"sent {snapshot.sent:>4}  delivered {delivered:>4}  read {snapshot.states['read']:>4}"
        f"  failed {failed:>3}  pending {pending:>4}  {per_minute:>4.0f}/min",
        f"sent {snapshot.sent:>4}  delivered {delivered:>4}  failed {failed:>3}",
        f"sent {snapshot.sent:>4}  failed {failed:>3}",
        f"{snapshot.sent}/{snapshot.total}",
    ]
