"""What the send queue carries: tickets, confirmations to send, and rechecks. Losing or repeating one is harmless.

A ticket permits one run to send one more message, and names no recipient.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from hidra.errors import Rejected

VERSION = 1
CONFIRMATION = "confirmation"
RECHECK = "recheck"


@dataclass(frozen=True)
class Ticket:
    """``delayed``: it came too early for its slot once already; ``returned``: how often it found no connection to the
    database.
    """

    user_id: UUID
    connection_id: UUID
    campaign_id: UUID
    run_id: UUID
    delayed: bool = False
    returned: int = 0

    def later(self) -> "Ticket":
        return replace(self, delayed=True)

    def again(self) -> "Ticket":
        return replace(self, returned=self.returned + 1)

    def to_json(self) -> str:
        ids = {name: str(getattr(self, name)) for name in ("user_id", "connection_id", "campaign_id", "run_id")}
        return json.dumps({"version": VERSION, **ids, "delayed": self.delayed, "returned": self.returned})


@dataclass(frozen=True)
class ConfirmationTicket:
    """An opt-out confirmation to send, by the id of its row: the row has the phone."""

    connection_id: UUID
    confirmation_id: UUID

    def to_json(self) -> str:
        ids = {"connection_id": str(self.connection_id), "confirmation_id": str(self.confirmation_id)}
        return json.dumps({"version": VERSION, "kind": CONFIRMATION, **ids})


@dataclass(frozen=True)
class RecheckTicket:
    """A connection that stopped at ``since`` and is to be checked at ``at``, before its next scheduled check."""

    connection_id: UUID
    at: datetime
    since: datetime

    def to_json(self) -> str:
        times = {"at": self.at.isoformat(), "since": self.since.isoformat()}
        return json.dumps({"version": VERSION, "kind": RECHECK, "connection_id": str(self.connection_id), **times})


def read(text: str) -> Ticket | ConfirmationTicket | RecheckTicket:
    """Reads a message of the send queue.

    Raises:
        Rejected: it is no kind of ticket, or not of this version.
    """
    try:
        found: dict[str, Any] = json.loads(text)
        if found["version"] != VERSION:
            raise Rejected(f"The send queue's message has version {found['version']}, which is not supported.")
        if found.get("kind") == CONFIRMATION:
            return ConfirmationTicket(UUID(found["connection_id"]), UUID(found["confirmation_id"]))
        if found.get("kind") == RECHECK:
            at, since = (datetime.fromisoformat(found[name]) for name in ("at", "since"))
            return RecheckTicket(UUID(found["connection_id"]), at, since)
        return Ticket(
            user_id=UUID(found["user_id"]),
            connection_id=UUID(found["connection_id"]),
            campaign_id=UUID(found["campaign_id"]),
            run_id=UUID(found["run_id"]),
            delayed=bool(found["delayed"]),
            returned=int(found.get("returned", 0)),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Rejected("The send queue's message is not a ticket.") from error
