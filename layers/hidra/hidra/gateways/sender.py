"""What only message_sender can do beside connection_check, because it can open a key: it is invoked and waited for."""

from typing import Any

from hidra.domain.trial import TrialMessage
from hidra.errors import Conflict, Unanswered, Unavailable
from hidra.gateways.aws import invoke

_NO_TURN = {
    "busy": ("The connection's pace is used up at the moment; try again in a minute.", "connection-busy"),
    "closed": ("The Evolution connection is not connected; nothing was sent.", "connection-not-usable"),
    "opted_out": ("This phone has opted out; nothing was sent.", "opted-out"),
}


_UNKNOWN = {
    "outcome": "unknown",
    "provider_message_id": None,
    "error_code": "no_answer_yet",
    "error_detail": "Evolution has not answered yet; look at the phone before you try again.",
}


def send_trial(function_name: str, test: TrialMessage) -> dict[str, Any]:
    """Lets message_sender post a test in its turn; gives outcome, provider_message_id, error_code and error_detail.

    Raises:
        Conflict: it got no turn, so nothing was sent.
        Unavailable: nothing was sent.
    """
    try:
        found: dict[str, Any] = invoke(function_name, {"test": test.to_json()})
    except Unanswered:
        return _UNKNOWN
    if found["outcome"] == "unavailable":
        raise Unavailable("The message could not be sent at the moment; try again.")
    if found["outcome"] in _NO_TURN:
        detail, code = _NO_TURN[found["outcome"]]
        raise Conflict(detail, code=code)
    return found
