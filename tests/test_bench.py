"""The benchmarks still run, and their results have their form. No test here asserts a time."""

import importlib
import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from bench import __main__ as runner
from bench import cost_model, results
from bench.results import Result
from tests.conftest import ROOT

ROW = Result(
    name="a row", size="10 rows", value=1234.5, unit="rows/s", seconds=2.0, yardstick="COPY", yardstick_value=2469.0,
    ratio=0.5, goal="ratio ≥ 0.6", ok=False, run="today",
)  # fmt: skip
WITHOUT_YARDSTICK = Result(name="another", size="1 call", value=0.3456, unit="ms", seconds=1.0)


def test_every_stage_has_a_full_and_a_quick_size() -> None:
    names = [*runner.STAGES, *runner.ON_REQUEST]
    for name in names:
        stage = importlib.import_module(f"bench.{name}")
        assert 0 < stage.QUICK < stage.FULL, name
        assert callable(stage.measure)


@pytest.mark.parametrize("name", ["pace", "recorder"])
def test_a_stage_measures_beside_its_yardstick(name: str) -> None:
    [*found] = runner.measured([name], quick=True, rows=60)
    assert found
    for result in found:
        assert result.value > 0
        assert result.seconds > 0
        assert result.goal
        assert isinstance(result.ok, bool)
        assert "quick" in result.run
        assert (result.yardstick is None) == (result.ratio is None) == (result.yardstick_value is None)


def test_results_replace_earlier_ones_of_their_name(tmp_path: Path) -> None:
    path = tmp_path / "out" / "results.json"
    results.write([ROW, WITHOUT_YARDSTICK], path)
    new = Result(name="another", size="2 calls", value=1.0, unit="ms", seconds=1.0)
    assert results.write([new], path) == [ROW, new]
    assert results.read(path) == [ROW, new]
    assert [set(row) for row in json.loads(path.read_text())] == [{field.name for field in fields(Result)}] * 2


def test_the_table_stands_between_its_markers_and_keeps_the_rows_of_other_runs(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n\n{results.BEGIN}\nold\n{results.END}\n\nafter\n")
    results.write_table([ROW, replace(WITHOUT_YARDSTICK, value=7)], document)
    results.write_table([WITHOUT_YARDSTICK], document)
    lines = document.read_text().splitlines()
    assert lines[0] == "before"
    assert lines[-1] == "after"
    assert "old" not in lines
    [*table] = [line for line in lines if line.startswith("|")]
    assert len(table) == 4
    assert "| a row | 10 rows | 1,234 rows/s | COPY | 2,469 rows/s | 0.50 | ratio ≥ 0.6 | no | today |" in table
    assert "| another | 1 call | 0.346 ms |  |  |  |  |  |  |" in table


def test_the_document_has_the_markers_of_the_table() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text()
    assert text.count(results.BEGIN) == text.count(results.END) == 1
    assert text.index(results.BEGIN) < text.index(results.END)


def test_costs_grow_with_the_messages_and_read_the_template(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    names = {"send over HTTPS, one process": 25.0, "webhook, warm, with its put, by the clock": 2.0}
    rows = [
        Result(name=name, size="1", value=value, unit="", seconds=1.0)
        for name, value in {**names, "recorder, 100 campaigns": 1000.0}.items()
    ]
    assert cost_model.durations(path) is None
    results.write(rows, path)
    took = cost_model.durations(path)
    assert took == cost_model.Durations(send_ms=40.0, webhook_ms=2.0, event_ms=1.0)
    at = cost_model.deployment()
    assert (at.sender_gb, at.send_batch, at.record_batch) == (0.25, 10, 500)
    slow, fast = (cost_model.costs(rate, at, took) for rate in (600, 6_000))
    assert all(fast[service] >= slow[service] > 0 for service in fast)
    # 600 messages a minute are 25,920,000 in 30 days, each with three webhooks.
    assert slow["API Gateway"] == pytest.approx(77.76)
    assert "6,000/min" in cost_model.report(at, took)
    [at_60, at_600] = cost_model.rows(at, took)
    assert at_600.value == pytest.approx(sum(slow.values()) / 25.92)
    assert at_60.value > at_600.value
    assert (at_60.goal, at_600.goal) == ("≤ 20 USD", "≤ 9 USD")
    assert [row.ok for row in (at_60, at_600)] == [at_60.value <= 20, at_600.value <= 9]
