"""What other functions invoke connection_check with, because only it and message_sender can open an API key."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from hidra.errors import Rejected

VERSION = 1
_PULL_CONTACTS = "pull_contacts"


class CheckAction(StrEnum):
    CHECK = "check"
    CONNECT = "connect"


@dataclass(frozen=True)
class CheckRequest:
    """Asks for a connection's health, or for what links WhatsApp to it. The caller waits for the answer."""

    action: CheckAction
    connection_id: UUID

    def to_json(self) -> dict[str, Any]:
        return {"version": VERSION, "action": self.action.value, "connection_id": str(self.connection_id)}


@dataclass(frozen=True)
class PullRequest:
    """Asks for the contacts on a connection's Evolution server, as the file of an import. Nothing is answered."""

    connection_id: UUID
    import_id: UUID

    def to_json(self) -> dict[str, Any]:
        ids = {"connection_id": str(self.connection_id), "import_id": str(self.import_id)}
        return {"version": VERSION, "action": _PULL_CONTACTS, **ids}


def read(event: Mapping[str, Any]) -> CheckRequest | PullRequest | None:
    """Reads what connection_check is invoked with; None is the schedule's event.

    Raises:
        Rejected: it is a request, but none of this version.
    """
    if "action" not in event:
        return None
    try:
        if event["version"] != VERSION:
            raise Rejected(f"A request of version {event['version']} is not supported.")
        connection_id = UUID(event["connection_id"])
        if event["action"] == _PULL_CONTACTS:
            return PullRequest(connection_id, UUID(event["import_id"]))
        return CheckRequest(CheckAction(event["action"]), connection_id)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Rejected("connection_check has no such action.") from error


def failure(reason: str) -> dict[str, str]:
    """The answer to a request that failed."""
    return {"error": reason}


def failure_of(answer: Mapping[str, Any]) -> str | None:
    """The reason in the answer to a request that failed, None in any other answer."""
    return answer.get("error")
