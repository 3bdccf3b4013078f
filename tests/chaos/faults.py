"""What goes wrong between a sender and Evolution: scripts for the simulator, and what a sender may make of each."""

from collections.abc import Mapping
from typing import Any

from tests.chaos.cluster import Times

_HOLD = Times().send_timeout + 0.7


def _error(status: int, message: str) -> dict[str, Any]:
    return {"status": status, "error": "Error", "response": {"message": [message]}}


PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"
IN_DOUBT: Mapping[str, Mapping[str, Any]] = {
    "cut before": {"cut": "before"},
    "cut after": {"cut": "after"},
    "timed out, not taken": {"status": 504, "body": PAGE, "hold_seconds": _HOLD},
    "timed out, taken": {"status": 504, "body": PAGE, "hold_seconds": _HOLD, "accepted": True},
    "bad gateway, not taken": {"status": 502, "body": PAGE},
    "bad gateway, taken": {"status": 502, "body": PAGE, "accepted": True},
    "failed while sending, not taken": {"status": 400, "body": _error(400, "Error: Connection Closed")},
    "failed while sending, taken": {"status": 400, "body": _error(400, "Error: Timed Out"), "accepted": True},
}
"""Nobody can tell from these whether the message went out."""
CLOSED: Mapping[str, Any] = {"status": 500, "body": _error(500, "Connection Closed")}
"""It surely did not, and the connection is to blame."""
SLOW_DOWN: Mapping[str, Any] = {"status": 429, "body": PAGE}
"""It surely did not; the recipient waits for 30 s."""
