"""Invokes connection_check for what needs Evolution: HTTP functions cannot open a connection's key."""

from typing import Any, Literal
from uuid import UUID

from hidra.errors import Unavailable
from hidra.gateways.aws import invoke, invoke_later


def ask(function_name: str, action: Literal["check", "connect"], *, connection_id: UUID) -> dict[str, Any]:
    """Invokes connection_check for a connection and waits for its answer; it also writes the connection's row.

    Raises:
        Unavailable: connection_check could not be invoked, did not answer in time, or failed; or Evolution failed, then
            with Evolution's words.
    """
    payload = invoke(function_name, {"action": action, "connection_id": str(connection_id)})
    if not isinstance(payload, dict):
        raise Unavailable("The check of the connection failed. Try again in a few seconds.")
    if "error" in payload:
        raise Unavailable(payload["error"], code="evolution-unavailable")
    return payload


def pull_contacts(function_name: str, *, connection_id: UUID, import_id: UUID) -> None:
    """Invokes connection_check, without waiting, to fetch the contacts of the Evolution server as the import's file.

    Raises:
        Unavailable: connection_check could not be invoked.
    """
    event = {"action": "pull_contacts", "connection_id": str(connection_id), "import_id": str(import_id)}
    invoke_later(function_name, event)
