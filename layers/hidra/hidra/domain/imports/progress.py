"""How fast an import is, and how long the rest takes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Progress:
    rows_per_second: float | None
    remaining_seconds: int | None


def progress(
    *,
    rows: int,
    bytes_read: int,
    bytes_total: int | None,
    started_at: datetime | None,
    last_progress_at: datetime | None,
) -> Progress:
    """The mean rate between the first slice and the last batch, and how long the rest takes at that rate."""
    if started_at is None or last_progress_at is None or not rows or not bytes_read or not bytes_total:
        return Progress(None, None)
    seconds = max((last_progress_at - started_at).total_seconds(), 0.001)
    return Progress(round(rows / seconds, 1), round(max(0, bytes_total - bytes_read) * seconds / bytes_read))
