"""What the send queue carries. None of it names a recipient: losing or repeating it is harmless.

A ticket is leave for one run to send one message more. The other kind asks for the answer to somebody who left.
"""

import json
from dataclasses import dataclass, replace
from uuid import UUID

from hidra.errors import Rejected

VERSION = 1


@dataclass(frozen=True)
class Ticket:
    """``delayed``: it was too early for its slot once already."""

    user_id: UUID
    connection_id: UUID
    campaign_id: UUID
    run_id: UUID
    delayed: bool = False

    def later(self) -> "Ticket":
        return replace(self, delayed=True)

    def to_json(self) -> str:
        ids = {name: str(getattr(self, name)) for name in ("user_id", "connection_id", "campaign_id", "run_id")}
        return json.dumps({"version": VERSION, **ids, "delayed": self.delayed})

    @classmethod
    def from_json(cls, text: str) -> "Ticket":
        """Reads a queue message.

        Raises:
            Rejected: it is no ticket of this version.
        """
        try:
            found = json.loads(text)
            if found["version"] != VERSION:
                raise Rejected(f"A ticket of version {found['version']} is not understood.")
            return cls(
                user_id=UUID(found["user_id"]),
                connection_id=UUID(found["connection_id"]),
                campaign_id=UUID(found["campaign_id"]),
                run_id=UUID(found["run_id"]),
                delayed=bool(found["delayed"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Rejected("The queue message is no ticket.") from error


CONFIRMATION = "confirmation"


@dataclass(frozen=True)
class ConfirmationTicket:
    """An answer to somebody who left, known by the row that says to whom."""

    connection_id: UUID
    confirmation_id: UUID

    def to_json(self) -> str:
        ids = {"connection_id": str(self.connection_id), "confirmation_id": str(self.confirmation_id)}
        return json.dumps({"version": VERSION, "kind": CONFIRMATION, **ids})


def read(text: str) -> Ticket | ConfirmationTicket:
    """Reads a message of the send queue, of whichever kind.

    Raises:
        Rejected: it is none of this version.
    """
    try:
        found = json.loads(text)
        if found.get("kind") != CONFIRMATION:
            return Ticket.from_json(text)
        if found["version"] != VERSION:
            raise Rejected(f"A confirmation of version {found['version']} is not understood.")
        return ConfirmationTicket(UUID(found["connection_id"]), UUID(found["confirmation_id"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Rejected("The queue message is none of ours.") from error
