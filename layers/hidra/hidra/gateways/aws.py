"""Secrets and functions of AWS."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from hidra.errors import Unanswered, Unavailable
from hidra.gateways import aws_api
from hidra.telemetry import logger


def invoke(function_name: str, payload: object) -> Any:
    """Invokes a function with a payload and returns its answer, both JSON.

    Raises:
        Unavailable: it could not be invoked.
        Unanswered: it was invoked and failed, or did not answer in time; it may still be running.
    """
    try:
        return aws_api.invoke(function_name, payload, wait=True)
    except Unanswered as error:
        raise Unanswered("Another part of Hidra has not answered yet. Try again in a few seconds.") from error
    except Unavailable as error:
        raise Unavailable("Another part of Hidra cannot be reached. Try again in a few seconds.") from error


def invoke_later(function_name: str, payload: object) -> None:
    """Invokes a function with a payload and does not wait for it.

    Raises:
        Unavailable: it could not be invoked, or it is not known whether it was.
    """
    try:
        aws_api.invoke(function_name, payload, wait=False)
    except Unavailable as error:
        raise Unavailable("Another part of Hidra cannot be reached. Try again in a few seconds.") from error


@dataclass(frozen=True)
class SecretVersions:
    """A secret's current value, a flat JSON object, since when it is that, and the value before; None if none."""

    value: dict[str, str]
    since: datetime
    before: dict[str, str] | None


def read_secret(secret_id: str) -> str:
    """Returns the secret's current text.

    Raises:
        Unavailable: it could not be read.
    """
    text: str = _secret(secret_id)["SecretString"]
    return text


def find_secret(secret_id: str) -> str | None:
    """Returns the secret's current text, or None if it was never given one.

    Raises:
        Unavailable: it could not be read.
    """
    try:
        answer = aws_api.call("secretsmanager", "GetSecretValue", {"SecretId": secret_id})
    except aws_api.Refused as error:
        # AWS answers the same where there is no such secret; then it cannot be saved either.
        if error.aws_code == "ResourceNotFoundException":
            return None
        raise
    return str(answer["SecretString"])


def save_secret(secret_id: str, text: str, *, version: str) -> None:
    """Gives the secret another text.

    Args:
        version: 32 to 64 characters; a second call with the same one changes nothing, or fails if the text differs.

    Raises:
        Unavailable: it is not known to be saved.
    """
    parameters = {"SecretId": secret_id, "SecretString": text, "ClientRequestToken": version}
    aws_api.call("secretsmanager", "PutSecretValue", parameters)


@cache
def hash_secret(secret_id: str) -> bytes:
    """The secret that phones are hashed with, read once a process: it never changes.

    Raises:
        Unavailable: it could not be read.
    """
    return read_secret(secret_id).encode()


def read_json_secret(secret_id: str) -> dict[str, str]:
    """Returns the secret's current value, a flat JSON object.

    Raises:
        Unavailable: it could not be read.
    """
    value: dict[str, str] = json.loads(read_secret(secret_id))
    return value


def read_secret_versions(secret_id: str) -> SecretVersions:
    """Returns the secret's current version and the one before (Secrets Manager, "GetSecretValue": CreatedDate is the
    version's, in seconds since 1970; AWSPREVIOUS is the stage of the version before).

    Raises:
        Unavailable: it could not be read.
    """
    current = _secret(secret_id)
    try:
        before = json.loads(_secret(secret_id, VersionStage="AWSPREVIOUS")["SecretString"])
    except _NoSuchVersion:
        before = None
    since = datetime.fromtimestamp(current["CreatedDate"], UTC)
    return SecretVersions(json.loads(current["SecretString"]), since, before)


class _NoSuchVersion(Unavailable):
    pass


def _secret(secret_id: str, **version: str) -> dict[str, Any]:
    try:
        return aws_api.call("secretsmanager", "GetSecretValue", {"SecretId": secret_id, **version})
    except Unavailable as error:
        if version and isinstance(error, aws_api.Refused) and error.aws_code == "ResourceNotFoundException":
            raise _NoSuchVersion("The secret has no such version.") from error
        logger.warning("a secret could not be read", exc_info=True)
        raise Unavailable("A secret could not be read. Try again in a few seconds.") from error
