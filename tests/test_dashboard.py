"""The dashboard shows figures that are really written; tests/flow/test_everything_used.py compares them with the logs."""

import json
import re
from itertools import combinations
from typing import Any

from hidra.telemetry import Figure
from tests.deployment import resources

# AWS's own metrics, from the pages "Lambda metrics", "Available CloudWatch metrics for Amazon SQS" and "Monitor
# CloudWatch metrics for HTTP APIs", with the dimensions that they have.
OF_AWS = {
    ("AWS/Lambda", "FunctionName"): {"Errors", "Invocations", "Throttles", "IteratorAge", "ConcurrentExecutions"},
    ("AWS/Lambda", None): {"Throttles", "ConcurrentExecutions"},
    ("AWS/SQS", "QueueName"): {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"},
    ("AWS/ApiGateway", "ApiId"): {"4xx", "5xx", "Count", "Latency"},
}


OURS = "Hidra/${AWS::StackName}"


def widgets() -> list[dict[str, Any]]:
    [dashboard] = resources("AWS::CloudWatch::Dashboard").values()
    body = json.loads(dashboard["Properties"]["DashboardBody"]["Fn::Sub"])
    found: list[dict[str, Any]] = body["widgets"]
    return found


def metrics() -> list[list[str]]:
    """Each metric as namespace, name, and a dimension's name and value."""
    listed = [metric for widget in widgets() for metric in widget["properties"].get("metrics", [])]
    return [[part for part in metric if isinstance(part, str)] for metric in listed]


def shown() -> set[tuple[str, str]]:
    """The function that writes a figure, and the figure."""
    return {(metric[3], metric[1]) for metric in metrics() if metric[0] == OURS and len(metric) == 4}


def test_every_figure_is_shown_and_every_shown_figure_exists() -> None:
    assert sorted(name for _, name in shown()) == sorted(Figure)


def test_answers_that_failed_are_shown_under_the_name_that_the_filter_of_the_log_gives_them() -> None:
    [pattern] = resources("AWS::Logs::MetricFilter").values()
    [made] = pattern["Properties"]["MetricTransformations"]
    assert (made["MetricNamespace"], made["MetricName"]) == ({"Fn::Sub": OURS}, "ApiFaults")
    assert [OURS, "ApiFaults"] in metrics()


def test_every_metric_of_aws_exists_with_its_dimension() -> None:
    theirs = [metric for metric in metrics() if metric[0] != OURS]
    assert len(theirs) > 10
    for namespace, name, *dimension in theirs:
        assert name in OF_AWS[namespace, dimension[0] if dimension else None]


def test_every_alarm_that_always_exists_is_shown() -> None:
    [alarms] = [widget["properties"]["alarms"] for widget in widgets() if widget["type"] == "alarm"]
    always = {name for name, alarm in resources("AWS::CloudWatch::Alarm").items() if "Condition" not in alarm}
    assert {re.fullmatch(r"\$\{(\w+)\.Arn\}", arn)[1] for arn in alarms} == always  # type: ignore[index]


def test_no_widget_covers_another_and_all_fit_the_width() -> None:
    """A dashboard has 24 columns ("Dashboard body structure and syntax")."""
    places = [(w["x"], w["y"], w["x"] + w["width"], w["y"] + w["height"]) for w in widgets()]
    assert all(right <= 24 for _, _, right, _ in places)
    for one, other in combinations(places, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
