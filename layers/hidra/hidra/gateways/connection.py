"""What only connection_check can do, because only it can open a key: it is invoked and waited for."""

from typing import Any, Literal
from uuid import UUID

from hidra.errors import Unavailable
from hidra.gateways.aws import invoke


def ask(function_name: str, action: Literal["check", "connect"], *, config_id: UUID) -> dict[str, Any]:
    """Lets connection_check look at a connection, which it also notes in the connection's row.

    Raises:
        Unavailable: it could not be invoked, did not answer in time, or failed; or Evolution did, then in its words.
    """
    payload = invoke(function_name, {"action": action, "config_id": str(config_id)})
    if not isinstance(payload, dict):
        raise Unavailable("The check of the connection failed; try again.")
    if "error" in payload:
        raise Unavailable(payload["error"], code="evolution-unavailable")
    return payload
