"""What only connection_check can do, because only it can open a key: it is invoked, and waited for if it is quick."""

from typing import Any, Literal
from uuid import UUID

from hidra.errors import Unavailable
from hidra.gateways.aws import invoke, invoke_later


def ask(function_name: str, action: Literal["check", "connect"], *, connection_id: UUID) -> dict[str, Any]:
    """Lets connection_check look at a connection, which it also notes in the connection's row.

    Raises:
        Unavailable: it could not be invoked, did not answer in time, or failed; or Evolution did, then in its words.
    """
    payload = invoke(function_name, {"action": action, "connection_id": str(connection_id)})
    if not isinstance(payload, dict):
        raise Unavailable("The check of the connection failed; try again.")
    if "error" in payload:
        raise Unavailable(payload["error"], code="evolution-unavailable")
    return payload


def pull_contacts(function_name: str, *, connection_id: UUID, import_id: UUID) -> None:
    """Lets connection_check fetch what contacts the connection's Evolution server knows as the import's file.

    Raises:
        Unavailable: it could not be invoked.
    """
    event = {"action": "pull_contacts", "connection_id": str(connection_id), "import_id": str(import_id)}
    invoke_later(function_name, event)
