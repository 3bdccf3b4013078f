"""Rows as dataclasses, built from their columns by name."""

from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache
from typing import Any, get_args, get_type_hints

import psycopg
from psycopg.rows import RowMaker


@cache
def _enums(cls: type) -> dict[str, type[Enum]]:
    hints = {name: (hint, *get_args(hint)) for name, hint in get_type_hints(cls).items()}
    found = {name: [t for t in types if isinstance(t, type) and issubclass(t, Enum)] for name, types in hints.items()}
    return {name: types[0] for name, types in found.items() if types}


def typed_row[T](cls: type[T]) -> Callable[[psycopg.Cursor[Any]], RowMaker[T]]:
    """As psycopg's class_row, with enums as the class declares them: the server sends their text."""

    def factory(cursor: psycopg.Cursor[Any]) -> RowMaker[T]:
        names = [column.name for column in cursor.description or ()]
        enums = [_enums(cls).get(name) for name in names]  # type: ignore[arg-type]  # a class is hashable

        def make(values: Sequence[Any]) -> T:
            typed = (v if enum is None or v is None else enum(v) for v, enum in zip(values, enums, strict=True))
            return cls(**dict(zip(names, typed, strict=True)))

        return make

    return factory
