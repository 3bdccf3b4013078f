"""Types of request fields that several functions share. OpenAPI takes their limits from here."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic import Field as Constraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from hidra.domain.contact import (
    MAX_ATTRIBUTE_NAME,
    MAX_ATTRIBUTES,
    MAX_NAME,
    MAX_NUMBER,
    MAX_PHONE,
    MAX_VALUE,
    fits,
)
from hidra.domain.daily_limits import MAX_PER_DAY
from hidra.domain.text import BLANK, NUL, blank

_ISO_DATE = re.compile(r"^\d{4}-\d\d-\d\d$")
# With an area, or UTC. Other names exist on some machines only: posix/..., right/... (with leap seconds), localtime.
_ISO_INSTANT = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


def _without_nul(text: str) -> str:
    if NUL in text:  # pydantic itself refuses unpaired surrogates
        raise PydanticCustomError("nul_character", "Text must not contain the character NUL")
    return text


def _visible(text: str) -> str:
    if blank(text):
        raise PydanticCustomError("blank_text", "Must have a visible character")
    return text


def written_as_time(value: Any) -> Any:
    # By default pydantic reads a number as seconds or, by its size, milliseconds since 1970.
    if isinstance(value, str) and _ISO_INSTANT.match(value):
        return value
    raise PydanticCustomError("instant", "Must be a time as in 2030-01-31T09:00:00-03:00")


def _written_as_date(value: Any) -> Any:
    if isinstance(value, str) and _ISO_DATE.match(value):
        return value
    raise PydanticCustomError("local_date", "Must be a date as in 2030-01-31")


def in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("instant", "Must be in the years 1 to 9999, in UTC") from None


def _scalar(value: Any) -> Any:
    # One error at one place: a union reports an error of each of its members.
    if not fits(value):
        raise PydanticCustomError(
            "attribute", f"Must be text of at most {MAX_VALUE} characters, a number, or true or false"
        )
    return value


def _whole(value: Any) -> Any:
    # 20.0 is an integer in JSON Schema, and some languages' JSON cannot distinguish it from 20.
    return int(value) if isinstance(value, float) and value.is_integer() else value


class WithoutNul:
    """Text without NUL; with ``something``, also with a visible character."""

    def __init__(self, *, something: bool = False) -> None:
        self._something = something
        self._pattern = rf"^[^\x00]*[^\s\x00{BLANK}][^\x00]*$" if something else r"^[^\x00]*$"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = core_schema.no_info_after_validator_function(_without_nul, handler(source))
        return core_schema.no_info_after_validator_function(_visible, schema) if self._something else schema

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"pattern": self._pattern, **handler(schema)}


Whole = BeforeValidator(_whole)

# The default of a field that a change may omit; OpenAPI shows no default that a client could send.
LEFT_OUT = Constraints(default_factory=lambda: None)

Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME), WithoutNul(something=True)]
Description = Annotated[str, StringConstraints(max_length=2_000), WithoutNul()]
Reason = Annotated[str, StringConstraints(max_length=500), WithoutNul()]
Label = Annotated[str, StringConstraints(min_length=1, max_length=50), WithoutNul(something=True)]
MessageText = Annotated[str, StringConstraints(max_length=4_096), WithoutNul()]
ReplyWord = Annotated[str, StringConstraints(min_length=1, max_length=40), WithoutNul(something=True)]
# Without placeholders: it is sent verbatim, and only the recipient's phone may be known.
ConfirmationText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1_000, pattern=rf"^[^{{}}\x00]*[^{{}}\s\x00{BLANK}][^{{}}\x00]*$"),
]
FileName = Annotated[
    str,
    StringConstraints(max_length=240, pattern=rf"^[^/\\\x00-\x1f]*[^\s/\\\x00{BLANK}][^/\\\x00-\x1f]*$"),
]
# An attribute's name in any spelling that a placeholder can have.
VariableName = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=MAX_ATTRIBUTE_NAME, pattern=rf"^[^{{}}|\x00]*[^\s{{}}|\x00{BLANK}][^{{}}|\x00]*$"
    ),
]
VariableValue = Annotated[str, StringConstraints(max_length=1_000), WithoutNul()]
AttributeName = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_ATTRIBUTE_NAME), WithoutNul(something=True)
]
AttributeValue = Annotated[
    str | int | float | bool,
    BeforeValidator(
        _scalar,
        json_schema_input_type=Annotated[str, StringConstraints(max_length=MAX_VALUE), WithoutNul()]
        | Annotated[float, Constraints(ge=-MAX_NUMBER, le=MAX_NUMBER)]
        | bool,
    ),
]
Attributes = Annotated[dict[AttributeName, AttributeValue], Constraints(max_length=MAX_ATTRIBUTES)]
PhoneText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_PHONE),
    Constraints(examples=["+55 11 98765-4321"], pattern=r"\S"),
]
Country = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}$"),
    Constraints(description="ISO 3166 code of the country of phones without +."),
]
WebUrl = Annotated[str, StringConstraints(max_length=2_048, pattern=r"^https?://[^\s/?#]+[^\s\x00]*$"), WithoutNul()]
PerMinute = Annotated[int, Constraints(strict=True, ge=1, le=6_000), Whole]
PerDay = Annotated[int, Constraints(strict=True, ge=1, le=MAX_PER_DAY), Whole]
LocalDate = Annotated[date, BeforeValidator(_written_as_date, json_schema_input_type=date)]
Instant = Annotated[
    AwareDatetime, BeforeValidator(written_as_time, json_schema_input_type=datetime), AfterValidator(in_utc)
]
