"""What a benchmark measured beside its yardstick: written as JSON, and as a table of docs/benchmarks.md."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import monotonic

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "out" / "results.json"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
HEADINGS = ("what", "size", "measured", "yardstick", "of the yardstick", "ratio", "goal", "reached", "run")


@dataclass(frozen=True, kw_only=True)
class Result:
    """One row.

    ``size`` says of how much; ``ok`` is None where there is no goal, or where the size is not the one of the goal;
    ``seconds`` is how long the row took with its preparation; ``run`` says when, and with what load of the machine.
    """

    name: str
    size: str
    value: float
    unit: str
    seconds: float
    yardstick: str | None = None
    yardstick_value: float | None = None
    ratio: float | None = None
    goal: str | None = None
    ok: bool | None = None
    run: str = ""


def compared(
    name: str,
    *,
    size: str,
    unit: str,
    value: float,
    yardstick: str,
    yardstick_value: float,
    seconds: float,
    at_least: float | None = None,
) -> Result:
    """Returns the row of a speed beside the speed of its yardstick.

    Args:
        at_least: the ratio that is wanted.
    """
    ratio = value / yardstick_value
    return Result(
        name=name,
        size=size,
        value=value,
        unit=unit,
        seconds=seconds,
        yardstick=yardstick,
        yardstick_value=yardstick_value,
        ratio=ratio,
        goal=None if at_least is None else f"ratio ≥ {at_least:g}",
        ok=None if at_least is None else ratio >= at_least,
    )


def interleaved(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    rounds: int,
    before: Callable[[], object] = lambda: None,
) -> tuple[float, float]:
    """Runs both in turns whose order alternates, after one unmeasured turn of each; returns the median seconds of each.

    Each call does the same amount of work as every other call.

    Args:
        before: is called before each turn, and not measured.
    """
    for work in (ours, theirs):
        before()
        work()
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(rounds):
        for mine in (True, False) if number % 2 else (False, True):
            before()
            began = monotonic()
            (ours if mine else theirs)()
            times[mine].append(monotonic() - began)
    return median(times[True]), median(times[False])


def percentile(times: Iterable[float], share: float) -> float:
    """The least of the times that so large a share of them does not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def run_note(*, quick: bool) -> str:
    """The date, whether the sizes were the quick ones, and the machine's load at this moment."""
    load = os.getloadavg()[0]
    return f"{datetime.now(UTC):%Y-%m-%d}{', quick' if quick else ''}, {os.cpu_count()} cores, load {load:.1f}"


def read(path: Path = RESULTS) -> list[Result]:
    """The results of earlier runs; none if there was no run."""
    return [Result(**row) for row in json.loads(path.read_text())] if path.exists() else []


def write(results: Sequence[Result], path: Path = RESULTS) -> list[Result]:
    """Adds the results to the file, in place of earlier ones of the same names; returns what the file has now."""
    new = {result.name: result for result in results}
    rows = [new.pop(old.name, old) for old in read(path)] + list(new.values())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False) + "\n")
    return rows


def table(results: Iterable[Result]) -> str:
    """The results as a table in Markdown."""
    return _table(map(_line, results))


def write_table(results: Iterable[Result], document: Path = DOCUMENT) -> None:
    """Puts the results into the table between the two markers of the document, in place of rows of their names."""
    before, rest = document.read_text().split(BEGIN)
    old, after = rest.split(END)
    lines = {_name(line): line for line in old.splitlines() if line.startswith("| ")}
    for heading in (HEADINGS[0], "---"):
        lines.pop(heading, None)
    lines |= {result.name: _line(result) for result in results}
    document.write_text(f"{before}{BEGIN}\n\n{_table(lines.values())}\n{END}{after}")


def _table(lines: Iterable[str]) -> str:
    heads = (f"| {' | '.join(HEADINGS)} |", f"| {' | '.join(['---'] * len(HEADINGS))} |")
    return "".join(f"{line}\n" for line in (*heads, *lines))


def _name(line: str) -> str:
    return line.split(" | ", maxsplit=1)[0].removeprefix("| ")


def _line(result: Result) -> str:
    return f"| {' | '.join(_cells(result))} |"


def _cells(result: Result) -> tuple[str, ...]:
    return (
        result.name,
        result.size,
        f"{number(result.value)} {result.unit}",
        result.yardstick or "",
        "" if result.yardstick_value is None else f"{number(result.yardstick_value)} {result.unit}",
        "" if result.ratio is None else f"{result.ratio:.2f}",
        result.goal or "",
        {None: "", True: "yes", False: "no"}[result.ok],
        result.run,
    )


def number(value: float) -> str:
    """A number with three or more significant digits: 12,345, 12.3 or 0.123."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"
