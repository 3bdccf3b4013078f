"""Faults between a sender and Evolution, as scripts for the simulator, by what the sender can conclude from them."""

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
    "timed out, not accepted": {"status": 504, "body": PAGE, "hold_seconds": _HOLD},
    "timed out, accepted": {"status": 504, "body": PAGE, "hold_seconds": _HOLD, "accepted": True},
    "bad gateway, not accepted": {"status": 502, "body": PAGE},
    "bad gateway, accepted": {"status": 502, "body": PAGE, "accepted": True},
    "failed while sending, not accepted": {"status": 400, "body": _error(400, "Error: Connection Closed")},
    "failed while sending, accepted": {"status": 400, "body": _error(400, "Error: Timed Out"), "accepted": True},
}
"""These leave open whether the message was sent."""
CLOSED: Mapping[str, Any] = {"status": 500, "body": _error(500, "Connection Closed")}
"""The message was not sent, and the connection is the cause."""
SLOW_DOWN: Mapping[str, Any] = {"status": 429, "body": PAGE}
"""The message was not sent; its recipient waits for 30 s."""
