"""What a template may contain, and placeholders such as ``{{nome}}`` in its text."""

import re
from collections.abc import Iterator, Mapping, Sequence

from hidra.domain.content import MediaType
from hidra.errors import Field, Rejected

# Cloud API, "Text messages" and "Image messages" (developers.facebook.com): text.body at most 4,096 characters, caption
# at most 1,024; audio has no caption.
TEXT_CHARACTERS = 4_096
CAPTION_CHARACTERS = 1_024

# What Evolution API 2.3.7 accepts as a URL (class-validator's isURL): a name with a top-level domain, or an IP address.
_PUBLIC_HOST = re.compile(
    r"^https?://(?:[^/?#@]*@)?(?:(?:[^\s/?#@:._]+\.)+[^\s/?#@:._\d-][^\s/?#@:._]+|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\])(?::\d+)?(?:[/?#]|$)",
    re.IGNORECASE,
)

# The error of a message that has no value for some variables; their names follow.
NO_VALUE = "No value for: "

PLACEHOLDER = re.compile(r"\{\{\s*(\w{1,64})\s*\}\}")

# A contact's own columns, by the names that users give them; an attribute of the same name comes first.
CONTACT_FIELDS = {"name": "name", "nome": "name", "phone": "phone", "telefone": "phone"}


def placeholders(body: str) -> list[str]:
    """Returns the names between double braces, each once, in the order of their first appearance."""
    return list(dict.fromkeys(PLACEHOLDER.findall(body)))


def columns(names: Sequence[str]) -> list[str | None]:
    """Returns the contact's own column for each placeholder; None if only an attribute can have that name."""
    return [CONTACT_FIELDS.get(name) for name in names]


def check(
    body: str,
    variables: Sequence[str],
    *,
    media_url: str | None = None,
    media_type: MediaType | None = None,
    file_name: str | None = None,
) -> None:
    """Checks that the parts of a template fit together.

    Raises:
        Rejected: naming what is wrong with the media and the length of the body; if nothing is, each variable that is
            declared and not used or used and not declared, and braces that are no placeholder.
    """
    wrong = [*_wrong_media(media_url, media_type, file_name), *_wrong_length(body, media_type)]
    if wrong:
        raise Rejected("The template's text and media do not fit together.", code="template-content", fields=wrong)
    _check_variables(body, variables)


def _wrong_media(media_url: str | None, media_type: MediaType | None, file_name: str | None) -> Iterator[Field]:
    if media_url is not None and not _PUBLIC_HOST.match(media_url):
        yield Field("media_url", "must name a host that Evolution accepts: with a dot and without underscores")
    if media_url is not None and media_type is None:
        yield Field("media_type", "is needed with media_url")
    if media_type is not None and media_url is None:
        yield Field("media_url", "is needed with media_type")
    if file_name is not None and media_type != "document":
        yield Field("file_name", "only a document has one")


def _wrong_length(body: str, media_type: MediaType | None) -> Iterator[Field]:
    if media_type is None:
        if not body:
            yield Field("body", "must not be empty without media")
        if len(body) > TEXT_CHARACTERS:
            yield Field("body", f"must have at most {TEXT_CHARACTERS:,} characters")
    elif media_type == "audio":
        if body:
            yield Field("body", "must be empty: WhatsApp shows no caption with audio")
    elif len(body) > CAPTION_CHARACTERS:
        yield Field("body", f"must have at most {CAPTION_CHARACTERS:,} characters as the caption of media")


def _check_variables(body: str, variables: Sequence[str]) -> None:
    found = placeholders(body)
    wrong = [
        Field("variables", f"{name!r} is declared but does not appear in the body")
        for name in variables
        if name not in found
    ]
    wrong += [
        Field("variables", f"{name!r} appears in the body but is not declared")
        for name in found
        if name not in variables
    ]
    if len(set(variables)) != len(variables):
        wrong.append(Field("variables", "a variable is declared twice"))
    rest = PLACEHOLDER.sub("", body)
    if "{{" in rest or "}}" in rest:
        wrong.append(Field("body", "double braces must enclose one name of letters, digits and underscores"))
    if wrong:
        raise Rejected(
            "The template's variables do not equal the placeholders in its body.",
            code="template-variables",
            fields=wrong,
        )


def render(body: str, values: Mapping[str, str]) -> str:
    """Returns the text for one recipient. Values are inserted as they are: braces in them are not read again.

    Raises:
        Rejected: naming every placeholder without a value; a blank value counts as none.
    """
    missing = [name for name in placeholders(body) if not values.get(name, "").strip()]
    if missing:
        raise Rejected(
            "Some variables have no value.",
            code="unresolved-variables",
            fields=[Field(f"variables.{name}", "has no value") for name in missing],
        )
    return PLACEHOLDER.sub(lambda match: values[match[1]], body)
