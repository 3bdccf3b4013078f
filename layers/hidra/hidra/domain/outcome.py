"""How one attempt to send ended: four ways, each with a different thing to do next.

``detail`` is a sentence for the campaign's owner and never holds a key, a phone number or a text.
"""

from dataclasses import dataclass


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
    """Surely not sent, so the recipient goes back to pending.

    ``stops_connection``: nothing at all can be sent on this connection now, whoever the recipient.
    """

    code: str
    detail: str
    stops_connection: bool


@dataclass(frozen=True)
class Unknown:
    """Sent or not, nobody can tell from here: never sent again, looked up instead."""

    code: str
    detail: str


Outcome = Sent | Refused | NotSent | Unknown
