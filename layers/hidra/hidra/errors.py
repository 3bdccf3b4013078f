"""What can go wrong, sorted by what the caller may do next.

HidraError
├── Rejected       the same input fails the same way: fix it
│   ├── Malformed  the body is not even JSON
│   └── TooLarge   the body is larger than any request may be
├── Forbidden      this caller may not do this
├── NotFound       there is no such thing, or it belongs to another user
├── Conflict       the input is right, but does not fit the present state
└── Unavailable    not done, or not known to be done: try again
    ├── Full       not done: the database has no connection left
    └── Unanswered it may have happened all the same: check before you try again
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """One wrong field of a request: its place as a dotted path (``contacts.3.phone``) and what is wrong."""

    field: str
    message: str


class HidraError(Exception):
    """The root. ``code`` is stable and machine-readable, the message is a sentence for people.

    ``more`` has further members of the problem document, for programs, by their names.
    """

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fields: Sequence[Field] = (),
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.fields = tuple(fields)
        self.more = dict(more or {})


class Rejected(HidraError):
    code = "invalid-request"


class Malformed(Rejected):
    code = "malformed-json"


class TooLarge(Rejected):
    code = "request-too-large"


class Forbidden(HidraError):
    code = "forbidden"


class NotFound(HidraError):
    code = "not-found"


class Conflict(HidraError):
    code = "conflict"


class Unavailable(HidraError):
    code = "unavailable"


class Full(Unavailable):
    pass


class Unanswered(Unavailable):
    pass
