"""Rows as dataclasses, built from their columns by name."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, get_args, get_type_hints, is_typeddict

import psycopg
from psycopg.rows import RowMaker

type _Reader = Callable[[Any], Any]


@cache
def _readers(cls: type) -> dict[str, _Reader]:
    """What makes an enum, or an object with enums in it, of the text or JSON of a field; other fields have none."""
    found = {name: _reader(hint) for name, hint in get_type_hints(cls).items()}
    return {name: reader for name, reader in found.items() if reader}


def _reader(hint: Any) -> _Reader | None:
    for declared in (hint, *get_args(hint)):
        if isinstance(declared, type) and issubclass(declared, Enum):
            return declared
        if is_typeddict(declared) and (readers := _readers(declared)):
            return lambda found: _read(found, readers)
    return None


def _read(found: Mapping[str, Any], readers: Mapping[str, _Reader]) -> dict[str, Any]:
    return {name: readers[name](v) if v is not None and name in readers else v for name, v in found.items()}


def typed_row[T](cls: type[T]) -> Callable[[psycopg.Cursor[Any]], RowMaker[T]]:
    """As psycopg's class_row, with enums as the class declares them: the server sends their text."""

    def factory(cursor: psycopg.Cursor[Any]) -> RowMaker[T]:
        names = [column.name for column in cursor.description or ()]
        readers = _readers(cls)  # type: ignore[arg-type]  # a class is hashable

        def make(values: Sequence[Any]) -> T:
            return cls(**_read(dict(zip(names, values, strict=True)), readers))

        return make

    return factory
