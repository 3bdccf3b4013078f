"""What a template may contain, and placeholders such as ``{{nome}}`` in its text."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from hidra.domain.address import names_private
from hidra.domain.attribute_name import fold
from hidra.domain.contact import MAX_ATTRIBUTE_NAME, MAX_VALUE
from hidra.domain.content import MediaType
from hidra.domain.imports.column_names import Role, meaning
from hidra.domain.text import BLANK, blank
from hidra.errors import Field, Rejected

# Cloud API, "Text messages" and "Image messages" (developers.facebook.com): text.body at most 4,096 characters, caption
# at most 1,024; audio has no caption.
TEXT_CHARACTERS = 4_096
CAPTION_CHARACTERS = 1_024
# WhatsApp's own limit, whatever the connection: its apps take no longer text.
WHATSAPP_CHARACTERS = 65_536

# What Evolution API 2.3.7 accepts as a URL (class-validator's isURL): a name with a top-level domain, or an IP address.
_PUBLIC_HOST = re.compile(
    r"^https?://(?:[^/?#@]*@)?(?:(?:[^\s/?#@:._]+\.)+[^\s/?#@:._\d-][^\s/?#@:._]+|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]+\])(?::\d+)?(?:[/?#]|$)",
    re.IGNORECASE,
)

# The errors of a message that has no value for some variables, whose names follow, and of one with too long a text.
NO_VALUE = "No value for: "
TOO_LONG = "The text with its values has %s characters; the Cloud API accepts at most %s."

# In a text without its placeholders: single braces, and a usual placeholder in another tool's spelling.
_SINGLE_BRACES = re.compile(r"\{[^{}]*\}|[{}]")
_OTHER_SPELLING = re.compile(r"[\[<%#|$]+\s*([^\W_][\w -]{0,30})\s*[\]>%#|$]+")
_SHOWN = 5  # of what a warning names

# Any name of an attribute, but for its characters | { }. It begins and ends with a character that is no white space.
_NAME = rf"(?=[^{{}}]*[^{BLANK}{{}}])[^\s{{}}|](?:[^{{}}|]{{0,{MAX_ATTRIBUTE_NAME - 2}}}[^\s{{}}|])?"
PLACEHOLDER = re.compile(rf"\{{\{{\s*({_NAME})\s*\}}\}}")

# A contact's own columns, by the folded names that users give them; an attribute of that name comes first.
_OWN = {"nome": "name", "name": "name", "telefone": "phone", "phone": "phone"}
OWN_NAMES = tuple(_OWN)


@dataclass(frozen=True)
class TemplateWarning:
    """What a template's user may not intend; ``code`` is stable."""

    code: str
    message: str


def placeholders(body: str) -> list[str]:
    """Returns the names between double braces as written, each once, in the order of their first appearance."""
    return list(dict.fromkeys(PLACEHOLDER.findall(body)))


def columns(names: Sequence[str]) -> tuple[list[str | None], list[str | None]]:
    """Returns the contact's own column for each placeholder, None if there is none: the column that takes the place of
    an attribute which a contact lacks, and the column that does so if no contact has such an attribute."""
    return [_OWN.get(fold(name)) for name in names], list(map(_guess, names))


def _guess(name: str) -> str | None:
    """The column that an import takes from a file's column of that name, so that no contact has it as an attribute.

    Only if no contact has it: an order's numero must never become a phone. Nor a phone of another person.
    """
    said = meaning(name)
    if said is None or said.others:
        return _OWN.get(fold(name))
    if said.role is Role.PHONE:
        return None if said.unsure else "phone"
    return "name" if said.role is Role.NAME else None


def names_column(name: str) -> bool:
    """Whether a placeholder that names no attribute takes the contact's own column."""
    return _guess(name) is not None


def chosen(names: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """The given value of each placeholder that has one, as ``hidra.value`` finds an attribute: of the names that fold
    alike the exact spelling comes first, then the others by their code points, and a blank value is none."""
    found: dict[str, str] = {}
    for name in names:
        alike = sorted((each for each in given if fold(each) == fold(name)), key=lambda each: (each != name, each))
        value = next((given[each] for each in alike if not blank(given[each])), None)
        if value is not None:
            found[name] = value
    return found


def warnings(body: str) -> list[TemplateWarning]:
    """What goes out as it stands and looks like a placeholder."""
    rest = PLACEHOLDER.sub("…", body)
    found = []
    if braces := _listed(_SINGLE_BRACES.findall(rest)):
        found.append(
            TemplateWarning(
                "single-braces",
                f"Single braces go out as they stand: {braces}. A placeholder has double braces, as in {{{{nome}}}}.",
            )
        )
    if others := _listed(each[0] for each in _OTHER_SPELLING.finditer(rest) if meaning(each[1])):
        found.append(
            TemplateWarning(
                "other-placeholders",
                f"These texts go out as they stand: {others}. A placeholder has double braces, as in {{{{nome}}}}.",
            )
        )
    return found


def _listed(texts: Iterable[str]) -> str:
    each = list(dict.fromkeys(texts))
    return ", ".join(text if len(text) <= 40 else f"{text[:39]}…" for text in each[:_SHOWN]) + (
        f" and {len(each) - _SHOWN} more" if len(each) > _SHOWN else ""
    )


def length_limit(media_type: MediaType | None) -> int:
    """The characters, as Unicode's code points, of a text or of a caption."""
    return TEXT_CHARACTERS if media_type is None else CAPTION_CHARACTERS


def refuses_long(integration: str | None) -> bool:
    """Whether the connection refuses a text above the limit. WhatsApp Web does not: users report 9,000 characters
    (github.com/wppconnect-team/wppconnect, issue 2234)."""
    return integration == "cloud_api"


def occurrences(body: str) -> tuple[int, list[int]]:
    """Returns the number of characters outside placeholders, and how often each of ``placeholders`` appears."""
    return len(PLACEHOLDER.sub("", body)), list(Counter(PLACEHOLDER.findall(body)).values())


def longest(body: str) -> int:
    """The characters that the text has if every value is as long as a value may be."""
    fixed, times = occurrences(body)
    return fixed + sum(times) * MAX_VALUE


def too_long(text: str, media_type: MediaType | None) -> str | None:
    """Why the Cloud API would refuse a text with its values; None if it would not."""
    limit = length_limit(media_type)
    return TOO_LONG % (len(text), limit) if len(text) > limit else None


def check(
    body: str,
    variables: Sequence[str],
    *,
    media_url: str | None = None,
    media_type: MediaType | None = None,
    file_name: str | None = None,
    allow_private: bool = False,
) -> None:
    """Checks that the parts of a template fit together.

    Args:
        allow_private: whether ``media_url`` may name a private address. Evolution fetches it, not Hidra.

    Raises:
        Rejected: naming what is wrong with the media and the length of the body; if nothing is, each variable that is
            declared and not used or used and not declared, and braces that are no placeholder.
    """
    wrong = [*_wrong_media(media_url, media_type, file_name, allow_private), *_wrong_length(body, media_type)]
    if wrong:
        raise Rejected("The template's text and media do not fit together.", code="template-content", fields=wrong)
    _check_variables(body, variables)


def _wrong_media(
    media_url: str | None, media_type: MediaType | None, file_name: str | None, allow_private: bool
) -> Iterator[Field]:
    if media_url is not None and not _PUBLIC_HOST.match(media_url):
        yield Field("media_url", "must name a host that Evolution accepts: with a dot and without underscores")
    elif media_url is not None and not allow_private and names_private(urlsplit(media_url).hostname or ""):
        yield Field("media_url", "must not be a private address")
    if media_url is not None and media_type is None:
        yield Field("media_type", "is needed with media_url")
    if media_type is not None and media_url is None:
        yield Field("media_url", "is needed with media_type")
    if file_name is not None and media_type != "document":
        yield Field("file_name", "only a document has one")


def _wrong_length(body: str, media_type: MediaType | None) -> Iterator[Field]:
    if media_type is None:
        if blank(body):
            yield Field("body", "must have a visible character without media")
        if len(body) > TEXT_CHARACTERS:
            yield Field("body", f"must have at most {TEXT_CHARACTERS:,} characters")
    elif media_type == "audio":
        if body:
            yield Field("body", "must be empty: WhatsApp shows no caption with audio")
    else:
        if body and blank(body):
            yield Field("body", "must have a visible character or be empty")
        if len(body) > CAPTION_CHARACTERS:
            yield Field("body", f"must have at most {CAPTION_CHARACTERS:,} characters as the caption of media")


def _check_variables(body: str, variables: Sequence[str]) -> None:
    found = placeholders(body)
    used, declared = set(map(fold, found)), set(map(fold, variables))
    wrong = [
        Field("variables", f"{name!r} is declared but does not appear in the body")
        for name in variables
        if fold(name) not in used
    ]
    wrong += [
        Field("variables", f"{name!r} appears in the body but is not declared")
        for name in found
        if fold(name) not in declared
    ]
    if len(set(variables)) != len(variables):
        wrong.append(Field("variables", "a variable is declared twice"))
    rest = PLACEHOLDER.sub("", body)
    if "{{" in rest or "}}" in rest:
        wrong.append(
            Field(
                "body",
                f"double braces must enclose one name of at most {MAX_ATTRIBUTE_NAME} characters, without | {{ }}",
            )
        )
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
    text, missing = render_draft(body, values)
    if missing:
        raise Rejected(
            "Some variables have no value.",
            code="unresolved-variables",
            fields=[Field(f"variables.{name}", "has no value") for name in missing],
        )
    return text


def render_draft(body: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Returns the text for one recipient, and the placeholders without a value, which stay in it as they are."""
    missing = [name for name in placeholders(body) if blank(values.get(name, ""))]
    return PLACEHOLDER.sub(lambda match: match[0] if match[1] in missing else values[match[1]], body), missing
