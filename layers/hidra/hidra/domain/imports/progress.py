"""What is told of an import before and while it runs."""

from dataclasses import dataclass
from datetime import datetime

CONTENT_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}


@dataclass(frozen=True)
class Pace:
    rows_per_second: float | None
    remaining_seconds: int | None


def pace(
    *, rows: int, bytes_read: int, bytes_total: int | None, began: datetime | None, moved: datetime | None
) -> Pace:
    """The mean rate between the first slice and the last batch, and how long the rest takes at that rate."""
    if began is None or moved is None or not rows or not bytes_read or not bytes_total:
        return Pace(None, None)
    seconds = max((moved - began).total_seconds(), 0.001)
    return Pace(round(rows / seconds, 1), round(max(0, bytes_total - bytes_read) * seconds / bytes_read))
