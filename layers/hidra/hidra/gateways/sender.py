"""Invokes message_sender and waits for its answer: besides connection_check, only it can open a connection's key."""

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
    error_detail="Evolution has not answered yet; check the phone before you try again.",
)


def send_trial(function_name: str, trial: TrialMessage) -> TrialAnswer:
    """Has a trial posted in its turn; returns its outcome.

    Raises:
        Conflict: the trial got no turn, so nothing was sent.
        Unavailable: nothing was sent.
    """
    try:
        answer = TrialAnswer.from_json(invoke(function_name, trial.to_json()))
    except Unanswered:
        return _UNKNOWN
    if answer.outcome == UNAVAILABLE:
        raise Unavailable("Nothing was sent: the sender is unavailable. Try again.")
    if answer.outcome in _NO_TURN:
        detail, code = _NO_TURN[answer.outcome]
        raise Conflict(detail, code=code)
    return answer
