"""What rings when something is wrong, and that the runbook has an answer to each alarm."""

import re
from typing import Any

from tests.deployment import (
    ROOT,
    dead_letters,
    events,
    functions,
    logical_id,
    queues_with_functions,
    references,
    resources,
)

LONGEST_DELAY_SECONDS = 900  # of a message of SQS


def alarms() -> dict[str, dict[str, Any]]:
    return {name: alarm["Properties"] for name, alarm in resources("AWS::CloudWatch::Alarm").items()}


def watching(resource: str, metric: str) -> list[dict[str, Any]]:
    return [
        alarm
        for alarm in alarms().values()
        if resource in references(alarm.get("Dimensions")) and alarm["MetricName"] == metric
    ]


def test_every_alarm_notifies_the_topic_if_there_is_one() -> None:
    for alarm in resources("AWS::CloudWatch::Alarm").values():
        assert "AlarmTopicArn" in references(alarm["Properties"]["AlarmActions"])


def test_every_alarm_has_a_line_in_the_runbook_and_the_runbook_no_other() -> None:
    runbook = (ROOT / "docs/deploying.md").read_text().split("## When an alarm rings")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", runbook, re.MULTILINE)) == alarms().keys()


def test_every_queue_has_dead_letters_and_every_dead_letter_an_alarm() -> None:
    queues = resources("AWS::SQS::Queue")
    assert queues.keys() == queues_with_functions().keys() | dead_letters()
    for queue in queues_with_functions():
        assert set(references(queues[queue]["Properties"]["RedrivePolicy"])) <= dead_letters()
    alarms = [alarm["Properties"] for alarm in resources("AWS::CloudWatch::Alarm").values()]
    for queue in dead_letters():
        assert queues[queue]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
        watched = [alarm for alarm in alarms if queue in references(alarm.get("Dimensions"))]
        assert [alarm["MetricName"] for alarm in watched] == ["ApproximateNumberOfMessagesVisible"]
        assert (watched[0]["Threshold"], watched[0]["ComparisonOperator"]) == (0, "GreaterThanThreshold")


def test_a_message_that_waits_for_too_long_rings_but_not_one_whose_function_died_once() -> None:
    """The age counts from the sending: a delay, and the time for which a lost invocation hides the message, are in it."""
    for queue in queues_with_functions():
        [alarm] = watching(queue, "ApproximateAgeOfOldestMessage")
        hidden = resources("AWS::SQS::Queue")[queue]["Properties"]["VisibilityTimeout"]
        assert hidden + LONGEST_DELAY_SECONDS < alarm["Threshold"] <= 4500
        assert (alarm["Statistic"], alarm["ComparisonOperator"]) == ("Maximum", "GreaterThanThreshold")


def test_a_schedule_that_calls_nothing_rings() -> None:
    """Lambda drops a throttled invocation of a schedule without an error, and a disabled schedule makes no data."""
    scheduled = {name: events(name, "ScheduleV2")[0] for name in functions() if events(name, "ScheduleV2")}
    assert scheduled.keys() == {"campaign_clock", "connection_check"}
    for name, event in scheduled.items():
        [alarm] = watching(logical_id(name), "Invocations")
        minutes = int(re.findall(r"rate\((\d+) minutes?\)", event["ScheduleExpression"])[0])
        assert 3 * minutes * 60 <= alarm["Period"] * alarm["EvaluationPeriods"] <= 5 * minutes * 60
        assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == ("Sum", 1, "LessThanThreshold")
        assert alarm["TreatMissingData"] == "breaching"


def test_a_function_that_the_account_has_no_room_for_rings() -> None:
    [alarm] = [alarm for alarm in alarms().values() if alarm.get("MetricName") == "Throttles"]
    assert (alarm["Namespace"], alarm["Threshold"]) == ("AWS/Lambda", 0)
    assert "Dimensions" not in alarm  # the whole account's, whose concurrency all functions share


def test_a_recorder_that_lags_or_is_never_called_raises_an_alarm() -> None:
    alarms = {name: alarm["Properties"] for name, alarm in resources("AWS::CloudWatch::Alarm").items()}
    lag = alarms["DeliveryRecorderAlarm"]
    assert (lag["Namespace"], lag["MetricName"], lag["Statistic"]) == ("AWS/Lambda", "IteratorAge", "Maximum")
    assert "DeliveryRecorderFunction" in references(lag["Dimensions"])
    mapping = resources("AWS::Lambda::EventSourceMapping")["DeliveryRecorderSource"]["Properties"]
    given_up_ms = mapping["MaximumRecordAgeInSeconds"] * 1000
    assert lag["Threshold"] + lag["EvaluationPeriods"] * lag["Period"] * 1000 < given_up_ms / 10

    stopped = {metric["Id"]: metric for metric in alarms["DeliveryRecorderStoppedAlarm"]["Metrics"]}
    assert stopped["stopped"]["Expression"] == "IF(FILL(put, 0) > 0 AND FILL(batches, 0) == 0, 1, 0)"
    watched = {
        name: (metric["MetricStat"]["Metric"]["MetricName"], *references(metric["MetricStat"]["Metric"]["Dimensions"]))
        for name, metric in stopped.items()
        if "MetricStat" in metric
    }
    assert watched == {
        "put": ("IncomingRecords", "DeliveryStream"),
        "batches": ("Invocations", "DeliveryRecorderFunction"),
    }
    assert [name for name, metric in stopped.items() if metric.get("ReturnData", True)] == ["stopped"]
