"""Pages of lists, and the cursors that lead from one to the next: opaque to clients."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic_core import to_jsonable_python

from hidra.entry.http import Answer
from hidra.entry.sizes import fitting
from hidra.errors import Field, Rejected

Limit = Annotated[int, Query(ge=1, le=200, description="The page's maximum length.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the previous page.")]


class Page[T](Answer):
    """One page of a list; send ``next_cursor`` as ``cursor`` for the next page. Null: this page is the last.

    A page whose items are large may hold fewer than ``limit``: an answer has at most 6 MB.
    """

    items: list[T]
    next_cursor: str | None


class Order:
    """What a list is ordered by: the attributes of a row that its cursors hold, each with the parser of its text.

    ``Order(created_at=instant, id=UUID)`` orders rows by ``created_at`` and, where that is equal, by ``id``.
    """

    def __init__(self, **parsers: Callable[[str], Any]) -> None:
        self._parsers = parsers

    def after(self, cursor: str | None) -> tuple[Any, ...]:
        """The values in a cursor, or a None for each where there is no cursor.

        Raises:
            Rejected: no list with this order returned the cursor.
        """
        if cursor is None:
            return (None,) * len(self._parsers)
        try:
            values = json.loads(base64.urlsafe_b64decode(cursor.encode()))
            return tuple(parse(str(value)) for parse, value in zip(self._parsers.values(), values, strict=True))
        except (ValueError, TypeError):
            raise Rejected(
                "The cursor is not valid. Use next_cursor of the previous page, or no cursor for the first.",
                code="invalid-cursor",
                fields=[Field("cursor", "is not a next_cursor of this list")],
            ) from None

    def cursor(self, *values: object) -> str:
        """The cursor of a row with these values."""
        texts = [value.hex() if isinstance(value, bytes) else str(value) for value in values]
        return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode()

    def page[Row](self, rows: Sequence[Row], limit: int) -> Page[Row]:
        """The page of these rows, which were read with this limit: as many of them as fit into an answer."""
        return self.page_of(rows, limit, lambda row: row)

    def page_of[Row, Item](self, rows: Sequence[Row], limit: int, show: Callable[[Row], Item]) -> Page[Item]:
        """The same, with the item that ``show`` makes of each row."""
        items = fitting(map(show, rows), to_json=to_jsonable_python)
        ended = len(items) == len(rows) < limit
        return Page(items=items, next_cursor=None if ended else self._cursor_of(rows[len(items) - 1]))

    def _cursor_of(self, row: object) -> str:
        return self.cursor(*(getattr(row, name) for name in self._parsers))


def instant(text: str) -> datetime:
    """A time in a cursor.

    Raises:
        ValueError: it is not a time, has no time zone, or is outside the years that a Python datetime in UTC can hold.
    """
    value = datetime.fromisoformat(text)
    try:
        if value.tzinfo is not None:
            return value.astimezone(UTC)
    except OverflowError:
        pass
    raise ValueError(text)


BY_ID = Order(id=UUID)
NEWEST_FIRST = Order(created_at=instant, id=UUID)
