"""Clients in the place of boto3's, in a worker process: each call goes to the test's process, which plays AWS."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import EndpointConnectionError

from hidra.gateways import aws
from tests.chaos.kill_points import points, product_function

Ask = Callable[[str, str, dict[str, Any]], Any]


class Client:
    """``client.send_message(QueueUrl=…)`` and every other operation, asked of the test's process.

    An answer of None is an AWS that could not be reached.
    """

    def __init__(self, service: str, ask: Ask) -> None:
        self._service, self._ask = service, ask

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**params: Any) -> Any:
            what = f"{self._service}:{product_function()}"
            points.reach(f"{what}:before")
            answer = self._ask(self._service, operation, params)
            points.reach(f"{what}:after")
            if answer is None:
                raise EndpointConnectionError(endpoint_url=f"https://{self._service}.test")
            return answer

        return call


def install(ask: Ask) -> None:
    """Lets the product's gateways find these clients and no others."""
    sqs, kinesis, secrets = Client("sqs", ask), Client("kinesis", ask), Client("secrets", ask)
    aws.sqs = lambda: sqs  # type: ignore
    aws.kinesis = lambda: kinesis  # type: ignore
    aws._secrets = lambda: secrets  # type: ignore
