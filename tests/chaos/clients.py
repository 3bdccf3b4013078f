"""A replacement for the calls of AWS in a worker process: each call goes to the test's process, which plays AWS."""

from collections.abc import Callable, Mapping
from typing import Any

from hidra.gateways import aws_api
from tests.chaos.kill_points import points, product_function

Ask = Callable[[str, str, dict[str, Any]], Any]
_KINDS = {"secretsmanager": "secrets"}  # of kill points, where they are not the service's name


def install(ask: Ask) -> None:
    """Passes every operation with its parameters to the test's process."""

    def call(service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        kind = _KINDS.get(service, service)
        what = f"{kind}:{product_function()}"
        points.reach(f"{what}:before")
        answer = ask(kind, operation, dict(parameters))
        points.reach(f"{what}:after")
        return answer

    aws_api.call = call  # type: ignore
