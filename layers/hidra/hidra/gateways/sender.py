"""Invokes message_sender and waits for its answer: besides connection_check, only it can open a connection's key."""

from hidra.domain.outcome import NoTurn
from hidra.domain.trial import UNAVAILABLE, TrialAnswer, TrialMessage
from hidra.errors import Conflict, Unanswered, Unavailable
from hidra.gateways.aws import invoke

_NO_TURN: dict[str, tuple[str, str]] = {
    NoTurn.BUSY: ("Nothing was sent: the connection's pace is used up. Try again in a minute.", "connection-busy"),
    NoTurn.CLOSED: ("Nothing was sent: the Evolution connection is not connected.", "connection-not-usable"),
    NoTurn.DISTRUSTED: (
        "Nothing was sent: the Evolution connection sends only one message every 5 minutes until WhatsApp acknowledges"
        " one or, if the server is slow, until one is answered in time. It is too early for the next. Read the"
        " connection's error_message and the campaign's blocked_reason, and try again in 5 minutes.",
        "connection-distrusted",
    ),
    NoTurn.OPTED_OUT: ("Nothing was sent: this phone has opted out.", "opted-out"),
}
_UNKNOWN = TrialAnswer(
    "unknown",
    error_code="no_answer_yet",
    error_detail="Evolution has not answered yet. Check the phone before you try again.",
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
        raise Unavailable("Nothing was sent: the sender is unavailable. Try again in a few seconds.")
    if answer.outcome in _NO_TURN:
        detail, code = _NO_TURN[answer.outcome]
        raise Conflict(detail, code=code)
    return answer
