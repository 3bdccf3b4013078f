"""Invokes connection_check for what needs Evolution: HTTP functions cannot open a connection's key."""

from typing import Any
from uuid import UUID

from hidra.domain.check_request import CheckAction, CheckRequest, PullRequest, failure_of
from hidra.errors import Unavailable
from hidra.gateways.aws import invoke, invoke_later


def ask(function_name: str, action: CheckAction, *, connection_id: UUID) -> dict[str, Any]:
    """Invokes connection_check for a connection and waits for its answer; it also writes the connection's row.

    Raises:
        Unavailable: connection_check could not be invoked, did not answer in time, or failed; or Evolution failed, then
            with Evolution's words.
    """
    answer = invoke(function_name, CheckRequest(action, connection_id).to_json())
    if not isinstance(answer, dict):
        raise Unavailable("The check of the connection failed. Try again in a few seconds.")
    if (reason := failure_of(answer)) is not None:
        raise Unavailable(reason, code="evolution-unavailable")
    return answer


def pull_contacts(function_name: str, *, connection_id: UUID, import_id: UUID) -> None:
    """Invokes connection_check, without waiting, to fetch the contacts of the Evolution server as the import's file.

    Raises:
        Unavailable: connection_check could not be invoked.
    """
    invoke_later(function_name, PullRequest(connection_id, import_id).to_json())
