"""How one attempt to send ended: four ways, each with a different thing to do next.

``detail`` is a sentence for the campaign's owner and never holds a key, a phone number or a text.
"""

from dataclasses import dataclass
from enum import StrEnum


class Stops(StrEnum):
    """What cannot go on when a message was not sent."""

    NOTHING = "nothing"
    CAMPAIGN = "campaign"  # nobody can be sent this content
    CONNECTION = "connection"  # nobody can be sent anything


@dataclass(frozen=True)
class Sent:
    """Evolution took the message under this id (``key.id`` of its answer, ``keyId`` of its webhooks)."""

    provider_message_id: str


@dataclass(frozen=True)
class Refused:
    """Permanent for this recipient: the same message again ends the same way."""

    code: str
    detail: str


@dataclass(frozen=True)
class NotSent:
    """Surely not sent, so the recipient goes back to pending; whoever comes next fares the same where it ``stops``."""

    code: str
    detail: str
    stops: Stops


@dataclass(frozen=True)
class Unknown:
    """Sent or not, nobody can tell from here: never sent again, looked up instead."""

    code: str
    detail: str


Outcome = Sent | Refused | NotSent | Unknown
_NAMES = {Sent: "sent", Refused: "refused", NotSent: "not_sent", Unknown: "unknown"}


def name_of(outcome: Outcome) -> str:
    """The outcome's word for logs and clients: sent, refused, not_sent or unknown."""
    return _NAMES[type(outcome)]
