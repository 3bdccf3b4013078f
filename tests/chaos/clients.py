"""Replacements for boto3's clients in a worker process: each call goes to the test's process, which plays AWS."""

from collections.abc import Callable
from typing import Any

from hidra.gateways import aws
from tests.chaos.kill_points import points, product_function

Ask = Callable[[str, str, dict[str, Any]], Any]


class Client:
    """Passes ``client.send_message(QueueUrl=…)`` and every other operation to the test's process."""

    def __init__(self, service: str, ask: Ask) -> None:
        self._service, self._ask = service, ask

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**params: Any) -> Any:
            what = f"{self._service}:{product_function()}"
            points.reach(f"{what}:before")
            answer = self._ask(self._service, operation, params)
            points.reach(f"{what}:after")
            return answer

        return call


def install(ask: Ask) -> None:
    """Puts these clients into the product's gateways."""
    sqs, kinesis, secrets = Client("sqs", ask), Client("kinesis", ask), Client("secrets", ask)
    aws.sqs = lambda: sqs  # type: ignore
    aws.kinesis = lambda: kinesis  # type: ignore
    aws._secrets = lambda: secrets  # type: ignore
