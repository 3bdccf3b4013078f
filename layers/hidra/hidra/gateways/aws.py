"""Clients of AWS, each created at its first use: importing boto3 adds some 200 ms to a cold start."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from hidra.errors import Unanswered, Unavailable
from hidra.telemetry import logger

if TYPE_CHECKING:
    from types_boto3_kinesis import KinesisClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sqs import SQSClient


def _client(service: str, *, read_timeout: int = 10, attempts: int = 3) -> Any:
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=3,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        signature_version="s3v4" if service == "s3" else None,  # else links name S3's global address, which redirects
    )
    return boto3.client(service, config=config)


@cache
def sqs() -> "SQSClient":
    client: SQSClient = _client("sqs")
    return client


@cache
def kinesis() -> "KinesisClient":
    client: KinesisClient = _client("kinesis", read_timeout=5)
    return client


@cache
def functions() -> "LambdaClient":
    # One attempt: the invoked function calls Evolution, and the caller waits for it as long as it may run itself.
    client: LambdaClient = _client("lambda", read_timeout=28, attempts=1)
    return client


@cache
def s3() -> Any:
    return _client("s3")


@cache
def _secrets() -> "SecretsManagerClient":
    client: SecretsManagerClient = _client("secretsmanager")
    return client


def invoke(function_name: str, payload: object) -> Any:
    """Invokes a function with a payload and returns its answer, both JSON.

    Raises:
        Unavailable: it could not be invoked.
        Unanswered: it was invoked and failed, or did not answer in time; it may still be running.
    """
    # With the client, not before: importing botocore costs a cold start as much as boto3.
    from botocore.exceptions import (  # noqa: PLC0415
        BotoCoreError,
        ClientError,
        ConnectionClosedError,
        ReadTimeoutError,
        ResponseStreamingError,
    )

    try:
        answer = functions().invoke(FunctionName=function_name, Payload=json.dumps(payload).encode())
        found = json.loads(answer["Payload"].read() or b"null")
    except (ReadTimeoutError, ConnectionClosedError, ResponseStreamingError, ValueError) as error:
        raise Unanswered("Another part of Hidra has not answered yet. Try again in a few seconds.") from error
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("Another part of Hidra cannot be reached. Try again in a few seconds.") from error
    if "FunctionError" in answer:
        raise Unanswered("Another part of Hidra failed. Try again in a few seconds.")
    return found


def invoke_later(function_name: str, payload: object) -> None:
    """Invokes a function with a payload and does not wait for it.

    Raises:
        Unavailable: it could not be invoked, or it is not known whether it was.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - with the client, not before

    try:
        functions().invoke(FunctionName=function_name, Payload=json.dumps(payload).encode(), InvocationType="Event")
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("Another part of Hidra cannot be reached. Try again in a few seconds.") from error


def read_secret(secret_id: str) -> str:
    """Returns the secret's current text.

    Raises:
        Unavailable: it could not be read.
    """
    # With the client, not before: importing botocore costs a cold start as much as boto3.
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        return _secrets().get_secret_value(SecretId=secret_id)["SecretString"]
    except (BotoCoreError, ClientError) as error:
        logger.warning("a secret could not be read", exc_info=True)
        raise Unavailable("A secret could not be read. Try again in a few seconds.") from error


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
