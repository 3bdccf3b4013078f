"""Rows of ``GET /instance/fetchInstances`` (Evolution API 2.3.7, instance.controller.ts), of which few fields are kept.

Each row has the instance's token in clear.
"""

from collections.abc import Mapping
from typing import Any

from hidra.domain.close_reason import code_of
from hidra.domain.instance import INTEGRATIONS, InstanceFacts

_CLOUD_API = "cloud_api"


def of_instance(rows: object, name: str) -> Mapping[str, Any] | None:
    """Returns the row of the instance with this name, or None."""
    return next((row for row in _rows(rows) if row.get("name") == name), None)


def facts_of(row: Mapping[str, Any]) -> InstanceFacts | None:
    """Returns the facts of a row; None if it has no id."""
    row_id, integration = _text(row.get("id")), _text(row.get("integration"))
    if row_id is None:
        return None
    cloud = INTEGRATIONS.get(integration or "") == _CLOUD_API
    return InstanceFacts(
        id=row_id,
        integration=integration,
        number=_text(row.get("number")) if cloud else None,
        close_code=code_of(row.get("disconnectionReasonCode")),
    )


def is_elsewhere(rows: object, facts: InstanceFacts) -> bool:
    """Whether a row of another instance has the same phone number id."""
    others = (found for row in _rows(rows) if (found := facts_of(row)) and found.id != facts.id)
    return any(other.number == facts.number for other in others)


def _rows(rows: object) -> list[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= 200 else None
