"""Figures for operators: one line of the embedded metric format for each invocation that measured something."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hidra.telemetry import Figure, measure, measured


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "message_sender")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Hidra/dev")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_counts_are_summed_and_times_are_kept_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    @measured
    def handler(times: int) -> str:
        for number in range(times):
            measure(Figure.MESSAGES_SENT)
            measure(Figure.ANSWER_TIME, number)
        return "done"

    assert handler(3) == "done"
    [line] = lines(capsys)
    assert (line["service"], line["MessagesSent"], line["AnswerTime"]) == ("message_sender", [3], [0, 1, 2])
    [described] = line["_aws"]["CloudWatchMetrics"]
    assert (described["Namespace"], described["Dimensions"]) == ("Hidra/dev", [["service"]])
    units = {metric["Name"]: metric["Unit"] for metric in described["Metrics"]}
    assert units == {"MessagesSent": "Count", "AnswerTime": "Milliseconds"}


def test_an_invocation_writes_only_what_it_measured_also_if_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    @measured
    def handler(fails: bool) -> None:
        if fails:
            measure(Figure.DOUBTS_GIVEN_UP, 2)
            raise ZeroDivisionError

    measure(Figure.DOUBTS_GIVEN_UP, 5)  # outside of any invocation, as in a benchmark
    with pytest.raises(ZeroDivisionError):
        handler(True)
    handler(False)
    [line] = lines(capsys)
    assert line["DoubtsGivenUp"] == [2]


def test_what_was_measured_while_nothing_is_written_is_not_written_later(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = measured(lambda: measure(Figure.REPLIES))
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
    handler()
    assert lines(capsys) == []
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    handler()
    [line] = lines(capsys)
    assert line["Replies"] == [1]


def test_no_value_of_threads_side_by_side_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    @measured
    def handler() -> None:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda _: measure(Figure.MESSAGES_SENT), range(5_000)))

    handler()
    [line] = lines(capsys)
    assert line["MessagesSent"] == [5_000]
