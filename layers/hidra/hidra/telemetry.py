"""One logger and one set of figures a function. Logs contain only Hidra's own identifiers: never a phone number, a
provider's message id (a Cloud API id contains the phone), a key or a text. Figures are sums over all tenants.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()


class Figure(StrEnum):
    """Every figure for operators: a CloudWatch metric in the stack's namespace, whose ``service`` is the function."""

    # message_sender: campaigns, trials and confirmations, by what Evolution answered
    MESSAGES_SENT = "MessagesSent"
    MESSAGES_REFUSED = "MessagesRefused"
    MESSAGES_NOT_SENT = "MessagesNotSent"
    MESSAGES_IN_DOUBT = "MessagesInDoubt"
    ANSWER_TIME = "AnswerTime"
    # delivery_recorder: messages whose status changed, and how late
    MESSAGES_DELIVERED = "MessagesDelivered"
    MESSAGES_READ = "MessagesRead"
    MESSAGES_FAILED = "MessagesFailed"
    REPLIES = "Replies"
    RECORDS_PARKED = "RecordsParked"
    RECORD_DELAY = "RecordDelay"
    # campaign_clock: as the database stands, once a minute
    CAMPAIGNS_RUNNING = "CampaignsRunning"
    CAMPAIGNS_BLOCKED = "CampaignsBlocked"
    PACE_USED = "PaceUsed"
    DOUBTS = "Doubts"
    IMPORTS_OPEN = "ImportsOpen"
    EXPORTS_OPEN = "ExportsOpen"
    BACKFILLS_OPEN = "BackfillsOpen"
    # contact_import
    ROWS_IMPORTED = "RowsImported"
    ROWS_REJECTED = "RowsRejected"
    # list_export
    ROWS_EXPORTED = "RowsExported"
    # connection_check
    CONNECTIONS_CHECKED = "ConnectionsChecked"
    CONNECTIONS_UNANSWERED = "ConnectionsUnanswered"
    DOUBTS_RESOLVED = "DoubtsResolved"
    DOUBTS_GIVEN_UP = "DoubtsGivenUp"
    STATUSES_FOUND = "StatusesFound"


_UNITS = {
    Figure.ANSWER_TIME: MetricUnit.Milliseconds,
    Figure.RECORD_DELAY: MetricUnit.Milliseconds,
    Figure.PACE_USED: MetricUnit.Percent,
}
# Every list exists from the start: threads that measure side by side only append.
_values: dict[Figure, list[float]] = {figure: [] for figure in Figure}


def measure(figure: Figure, value: float = 1) -> None:
    """Adds a value, for ``measured`` to write. Call it after the commit, or what is repeated counts twice."""
    _values[figure].append(value)


def measured[**P, R](handler: Callable[P, R]) -> Callable[P, R]:
    """A function's handler, whose figures are written at its end: one line in CloudWatch's embedded metric format."""
    metrics = Metrics()

    @wraps(handler)
    def measuring(*args: P.args, **kwargs: P.kwargs) -> R:
        for values in _values.values():
            values.clear()
        try:
            return handler(*args, **kwargs)
        finally:
            _write(metrics)

    return measuring


def _write(metrics: Metrics) -> None:
    found = {figure: values for figure, values in _values.items() if values}
    for figure, values in found.items():
        unit = _UNITS.get(figure, MetricUnit.Count)
        for value in [sum(values)] if unit is MetricUnit.Count else values:
            metrics.add_metric(figure, unit, value)
    if found:
        metrics.flush_metrics()
        metrics.clear_metrics()  # Powertools keeps them where POWERTOOLS_METRICS_DISABLED keeps it from writing
