"""Types of request fields that several functions share: limits stand here once, and in OpenAPI by them."""

import re
from datetime import UTC, datetime
from math import isfinite
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints
from pydantic import Field as Constraints
from pydantic_core import PydanticCustomError

_ISO_INSTANT = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


def _without_nul(text: str) -> str:
    if "\0" in text:  # PostgreSQL's text cannot hold it
        raise PydanticCustomError("nul_character", "Text must not contain the character NUL")
    return text


def _written_as_instant(value: Any) -> Any:
    # Left alone, pydantic takes a number for seconds since 1970, or for milliseconds, by its size.
    if isinstance(value, str) and _ISO_INSTANT.match(value):
        return value
    raise PydanticCustomError("instant", "Must be a time as in 2030-01-31T09:00:00-03:00")


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("instant", "Must lie in the years 1 to 9999, in UTC") from None


def _scalar(value: Any) -> Any:
    # One error in one place; a union tells of each of its members.
    match value:
        case bool():
            fits = True
        case str():
            fits = len(value) <= 500 and "\0" not in value and _encodable(value)
        case int():
            fits = abs(value) <= 2**53
        case float():
            fits = isfinite(value)
        case _:
            fits = False
    if not fits:
        raise PydanticCustomError("attribute", "Must be text of at most 500 characters, a number, or true or false")
    return value


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_NoNul = AfterValidator(_without_nul)

Name = Annotated[str, StringConstraints(min_length=1, max_length=200), _NoNul]
Description = Annotated[str, StringConstraints(max_length=2_000), _NoNul]
Reason = Annotated[str, StringConstraints(max_length=500), _NoNul]
MessageText = Annotated[str, StringConstraints(max_length=4_096), _NoNul]
FileName = Annotated[str, StringConstraints(max_length=240, pattern=r"^[^/\\\x00-\x1f]+$")]
VariableName = Annotated[str, StringConstraints(pattern=r"^\w{1,64}$")]
VariableValue = Annotated[str, StringConstraints(max_length=1_000), _NoNul]
AttributeName = Annotated[str, StringConstraints(min_length=1, max_length=64), _NoNul]
AttributeValue = Annotated[str | int | float | bool, BeforeValidator(_scalar)]
Attributes = Annotated[dict[AttributeName, AttributeValue], Constraints(max_length=50)]
PhoneText = Annotated[str, StringConstraints(min_length=1, max_length=40), Constraints(examples=["+55 11 98765-4321"])]
Country = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{2}$"), Constraints(description="ISO 3166 code of numbers without +.")
]
WebUrl = Annotated[str, StringConstraints(max_length=2_048, pattern=r"^https?://[^\s/?#]+[^\s]*$"), _NoNul]
PerMinute = Annotated[int, Constraints(strict=True, ge=1, le=6_000)]
# The default of a field that a change may leave out: none that a client could read in OpenAPI and send.
LEFT_OUT = Constraints(default_factory=lambda: None)

Instant = Annotated[
    AwareDatetime, BeforeValidator(_written_as_instant, json_schema_input_type=str), AfterValidator(_in_utc)
]
