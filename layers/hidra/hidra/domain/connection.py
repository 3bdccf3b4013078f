"""What a user should know about a connection that works."""

from dataclasses import dataclass
from datetime import datetime

_NO_STATUSES = (
    "No status of a message has arrived over this Cloud API connection. Evolution API 2.3.7 and 2.4.0-rc2 discard"
    " Meta's statuses (its issues 2573, 2704 and 2710). Messages then arrive but stay sent, delivered and read stay 0,"
    " and a message that Meta could not deliver is not counted as failed. Use a version of Evolution that has its pull"
    " request 2514. This warning ends with the first status."
)


@dataclass(frozen=True)
class ConnectionWarning:
    """What a user should know about a connection, whatever its ``status``; ``code`` is stable."""

    code: str
    message: str


def connection_warnings(*, integration: str, last_status_at: datetime | None) -> list[ConnectionWarning]:
    """What does not work on a connection although it is connected.

    Args:
        last_status_at: when the last status of a message arrived from this instance; None if none has.
    """
    # Meta's statuses of 2026 have contacts without a profile, on which whatsapp.business.service.ts throws.
    if integration == "cloud_api" and last_status_at is None:
        return [ConnectionWarning("statuses-missing", _NO_STATUSES)]
    return []
