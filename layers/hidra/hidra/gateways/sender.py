"""Sending a trial message by invoking message_sender, which can open API keys; the caller waits for the answer."""

from hidra.domain.trial import UNAVAILABLE, TrialAnswer, TrialMessage
from hidra.errors import Conflict, Unanswered, Unavailable
from hidra.gateways.aws import invoke

_NO_TURN = {
    "busy": ("The connection's pace is used up at the moment; try again in a minute.", "connection-busy"),
    "closed": ("The Evolution connection is not connected; nothing was sent.", "connection-not-usable"),
    "opted_out": ("This phone has opted out; nothing was sent.", "opted-out"),
}


_UNKNOWN = TrialAnswer(
    "unknown",
    error_code="no_answer_yet",
    error_detail="Evolution has not answered yet. Look at the phone before you try again.",
)


def send_trial(function_name: str, trial: TrialMessage) -> TrialAnswer:
    """Lets message_sender post the trial message at a slot of its campaign and connection. Returns the post's outcome.

    Raises:
        Conflict: there was no slot for it, or it may not be sent; nothing was sent.
        Unavailable: nothing was sent.
    """
    try:
        answer = TrialAnswer.from_json(invoke(function_name, trial.to_json()))
    except Unanswered:
        return _UNKNOWN
    if answer.outcome == UNAVAILABLE:
        raise Unavailable("The message could not be sent at the moment. Try again in a few seconds.")
    if answer.outcome in _NO_TURN:
        detail, code = _NO_TURN[answer.outcome]
        raise Conflict(detail, code=code)
    return answer
