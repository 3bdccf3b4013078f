"""What only connection_check can do, because only it can open a key: it is invoked and waited for."""

import json
from typing import Any, Literal
from uuid import UUID

from hidra.errors import Unavailable
from hidra.gateways.aws import functions


def ask(function_name: str, action: Literal["check", "connect"], *, config_id: UUID) -> dict[str, Any]:
    """Lets connection_check look at a connection, which it also notes in the connection's row.

    Raises:
        Unavailable: it could not be invoked, did not answer in time, or failed; or Evolution did, then in its words.
    """
    # botocore comes with the client: importing it costs a cold start what boto3 does.
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        answer = functions().invoke(
            FunctionName=function_name, Payload=json.dumps({"action": action, "config_id": str(config_id)}).encode()
        )
        payload = json.loads(answer["Payload"].read() or b"null")
    except (BotoCoreError, ClientError, ValueError) as error:
        raise Unavailable("The connection cannot be checked at the moment; try again.") from error
    if "FunctionError" in answer or not isinstance(payload, dict):
        raise Unavailable("The check of the connection failed; try again.")
    if "error" in payload:
        raise Unavailable(payload["error"], code="evolution-unavailable")
    return payload
