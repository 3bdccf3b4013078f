"""A function's part of a CloudFormation custom resource ("Custom resource request and response", its User Guide)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import requests

from hidra.telemetry import logger


def answer(event: Mapping[str, Any], work: Callable[[], Mapping[str, str]], *, resource_id: str) -> dict[str, str]:
    """Does the work for a creation or an update and always answers CloudFormation, which waits for an hour without.

    A deletion does nothing: data and keys outlive the stack.

    Args:
        work: returns the resource's attributes; the words of its error are the reason of the failure.
        resource_id: the same for ever, so that no update is a replacement.
    """
    attributes: Mapping[str, str] = {}
    try:
        if event["RequestType"] != "Delete":
            attributes = work()
        status, reason = "SUCCESS", "done"
    except Exception as error:  # noqa: BLE001
        logger.exception("the custom resource failed", resource=resource_id)
        status, reason = "FAILED", str(error)[:1000] or type(error).__name__
    said = {
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": resource_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": dict(attributes),
    }
    # As bytes, so that requests adds no Content-Type: some regions sign the address without one and refuse any
    # (https://github.com/binxio/cfn-secret-provider/issues/3).
    body = json.dumps(said, ensure_ascii=False).encode()
    requests.put(event["ResponseURL"], data=body, timeout=10).raise_for_status()
    return {"status": status}
