"""The demo's progress: a line with a bar on terminals of any width, lines without one elsewhere."""

import io
import re
from collections import Counter
from typing import Any

import pytest
from rich.console import Console
from rich.live import Live

from local.demo import progress
from local.demo.progress import Snapshot, bar_line

METRICS: dict[str, Any] = {"total_messages": 300, "delivered": 51, "failed": 8, "pending": 241}
SNAPSHOT = Snapshot({}, METRICS, Counter(pending=37, read=31), 263, None)


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (140, "sent  263  delivered   51  read   31  failed   8  pending  241   452/min"),
        (80, "sent  263  delivered   51  failed   8"),
        (40, "sent  263  failed   8"),
        (20, "263/300"),
    ],
)
def test_a_terminal_of_any_width_has_a_whole_line_with_a_bar(
    width: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, soft_wrap=True, color_system=None)
    monkeypatch.setattr(progress, "console", console)
    shown = progress._Shown()
    shown.update(SNAPSHOT, per_minute=452)
    with Live(shown, console=console, auto_refresh=False):
        pass
    written = console.file.getvalue()  # type: ignore[attr-defined]
    lines = [re.sub("\x1b[^a-zA-Z]*[a-zA-Z]", "", line) for line in re.split("[\r\n]", written)]
    lines = [line for line in lines if line]
    assert lines
    for line in lines:
        assert len(line) < width
        assert re.fullmatch(rf"(  )?{re.escape(text)} +━+─+(  0:00)?", line)


def test_no_width_makes_a_line_too_long() -> None:
    texts = progress._texts(SNAPSHOT, per_minute=452)
    for width in range(200):
        line = bar_line(texts, 0.5, 3_725, width=width)
        assert len(line) <= width
        assert width < 11 or "━" in line


@pytest.mark.parametrize(("share", "full"), [(0, 0), (0.5, 15), (1, 30), (1.2, 30)])
def test_the_bar_shows_the_share(share: float, full: int) -> None:
    assert bar_line(["x"], share, 0, width=80, bar="#-").count("#") == full


def test_without_a_terminal_lines_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=io.StringIO(), width=80, soft_wrap=True)
    monkeypatch.setattr(progress, "console", console)
    shown = progress._Shown()
    shown.update(SNAPSHOT, per_minute=452)
    shown.update(SNAPSHOT, per_minute=452)
    assert console.file.getvalue() == (  # type: ignore[attr-defined]
        "  sent  263  delivered   51  read   31  failed   8  pending  241   452/min\n"
    )
