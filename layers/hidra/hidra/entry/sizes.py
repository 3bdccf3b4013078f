"""What fits through Lambda: at most 6 MB of a request's event, and 6 MB of an answer.

Both are counted as JSON (AWS Lambda Developer Guide, "Lambda quotas": 6 MB each, in practice 6,291,556 bytes). A body
is a string in it, so its quotes and backslashes are escaped once more. API Gateway's HTTP API itself passes 10 MB.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

LAMBDA_BYTES = 6_291_556
# A request's body before it is escaped; the event has the headers and claims beside it.
MAX_BODY_BYTES = 5_000_000
# Of one list in an answer; the rest is for what stands beside the list, at most 1.2 MB.
MAX_LIST_BYTES = 4_500_000


def encoded_bytes(value: Any) -> int:
    """The bytes of a JSON value inside an answer's body, encoded twice: by us, and by Lambda."""
    return len(json.dumps(json.dumps(value)))


def fitting[Item](items: Iterable[Item], *, to_json: Callable[[Item], Any], most: int = MAX_LIST_BYTES) -> list[Item]:
    """The first items that fit into so many bytes of an answer; at least one, so that a reader of pages moves on."""
    found: list[Item] = []
    left = most
    for item in items:
        left -= encoded_bytes(to_json(item)) + 2  # the comma and its space
        if left < 0 and found:
            break
        found.append(item)
    return found
