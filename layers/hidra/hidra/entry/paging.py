"""Cursors: where a page of a list ended, opaque to the client."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query

from hidra.errors import Field, Rejected

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]


def after(cursor: str | None, *parse: Callable[[str], Any]) -> tuple[Any, ...]:
    """The values in a cursor, or a None for each where there is no cursor.

    Args:
        cursor: as ``next_cursor`` gave it.
        parse: one function a value, from its text.

    Raises:
        Rejected: it is none of ours.
    """
    if cursor is None:
        return (None,) * len(parse)
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return tuple(read(str(value)) for read, value in zip(parse, values, strict=True))
    except (ValueError, TypeError):
        raise Rejected(
            "The cursor is not valid.", code="invalid-cursor", fields=[Field("cursor", "is none that this list gave")]
        ) from None


def next_cursor[T](rows: Sequence[T], limit: int, key: Callable[[T], tuple[Any, ...]]) -> str | None:
    """The cursor behind the last row of a full page; None at the list's end."""
    if len(rows) < limit:
        return None
    return _cursor(key(rows[-1]))


def cursor_behind(value: object | None) -> str | None:
    """The cursor behind one value; None for none."""
    return None if value is None else _cursor((value,))


def _cursor(values: Sequence[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode()
