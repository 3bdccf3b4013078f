"""What became of one attempt to send: no turn, or one of four outcomes, each with a different next step.

``detail`` is a sentence for the campaign's owner and never holds a key, a phone number or a text.
"""

from dataclasses import dataclass
from enum import StrEnum


class NoTurn(StrEnum):
    """Why a message outside campaigns was not posted."""

    # The pace, or the room on the connection, is used up for now; or its server leaves a request unanswered.
    BUSY = "busy"
    CLOSED = "closed"  # the connection is gone or not usable
    DISTRUSTED = "distrusted"  # the connection sends one message every 5 minutes, and it is not time for the next
    OPTED_OUT = "opted_out"
    NO_WORK = "no_work"  # a confirmation that was sent already or is not to be sent; never a trial


class Stops(StrEnum):
    """What must stop when a message was not sent."""

    NOTHING = "nothing"
    CAMPAIGN = "campaign"  # its content cannot be sent to any recipient
    CONNECTION = "connection"  # it cannot send any message
    # The recipient may be at fault, or the connection: it is if several recipients meet this and none gets a message.
    CONNECTION_IF_REPEATED = "connection_if_repeated"
    # The recipient is not at fault and loses no attempt; the connection stops under the same condition.
    SERVER_IF_REPEATED = "server_if_repeated"


@dataclass(frozen=True)
class Sent:
    """Evolution accepted the message under this id (``key.id`` of its answer, ``keyId`` of its webhooks)."""

    provider_message_id: str


@dataclass(frozen=True)
class Refused:
    """Permanent for this recipient: the same message again ends the same way."""

    code: str
    detail: str


@dataclass(frozen=True)
class NotSent:
    """Surely not sent, so the recipient becomes pending again. What it ``stops`` would fail the next recipient too.

    ``arrived``: the request may have come to the Evolution server, which refused it.
    """

    code: str
    detail: str
    stops: Stops
    arrived: bool = True


@dataclass(frozen=True)
class Unknown:
    """In doubt: sent or not, the sender cannot know. It is looked up, and never sent again."""

    code: str
    detail: str


Outcome = Sent | Refused | NotSent | Unknown
_NAMES = {Sent: "sent", Refused: "refused", NotSent: "not_sent", Unknown: "unknown"}


def name_of(found: Outcome | NoTurn) -> str:
    """The word for logs and clients: sent, refused, not_sent or unknown; or the reason of no turn."""
    return found.value if isinstance(found, NoTurn) else _NAMES[type(found)]
