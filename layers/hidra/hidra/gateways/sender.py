"""Invokes message_sender and waits for its answer: besides connection_check, only it can open a connection's key."""

from typing import Any

from hidra.domain.outcome import NoTurn
from hidra.domain.trial import TrialMessage
from hidra.errors import Conflict, Unanswered, Unavailable
from hidra.gateways.aws import invoke

_NO_TURN = {
    NoTurn.BUSY: ("Nothing was sent: the connection's pace is used up. Try again in a minute.", "connection-busy"),
    NoTurn.CLOSED: ("Nothing was sent: the Evolution connection is not connected.", "connection-not-usable"),
    NoTurn.OPTED_OUT: ("Nothing was sent: this phone has opted out.", "opted-out"),
}
_UNKNOWN = {
    "outcome": "unknown",
    "provider_message_id": None,
    "error_code": "no_answer_yet",
    "error_detail": "Evolution has not answered yet; check the phone before you try again.",
}


def send_trial(function_name: str, trial: TrialMessage) -> dict[str, Any]:
    """Has a trial posted in its turn; returns its outcome, provider_message_id, error_code and error_detail.

    Raises:
        Conflict: the trial got no turn, so nothing was sent.
        Unavailable: nothing was sent.
    """
    try:
        found: dict[str, Any] = invoke(function_name, {"test": trial.to_json()})
    except Unanswered:
        return _UNKNOWN
    if found["outcome"] == "unavailable":
        raise Unavailable("Nothing was sent: the sender is unavailable. Try again.")
    if found["outcome"] in _NO_TURN:
        detail, code = _NO_TURN[found["outcome"]]
        raise Conflict(detail, code=code)
    return found
